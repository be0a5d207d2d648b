//! A browser that somebody signed in with, and the pages it asks for.

use std::time::Instant;

use crate::filling::{EMAIL, Filled, PASSWORD};

pub struct Browser {
    agent: ureq::Agent,
    address: String,
    cookie: String,
}

impl Browser {
    /// Signs in at a registry.
    pub fn signed_in(filled: &Filled) -> Self {
        let config = ureq::Agent::config_builder().max_redirects(0).build();
        let (agent, address) = (ureq::Agent::new_with_config(config), filled.registry.address.clone());
        let form = [("organisation", "acme"), ("email", EMAIL), ("password", PASSWORD), ("next", "/")];
        let asked = agent.post(format!("{address}/sign-in")).header("sec-fetch-site", "same-origin").send_form(form);
        let answer = asked.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { agent, address, cookie }
    }

    fn text(&self, path: &str) -> String {
        let asked = self.agent.get(format!("{}{path}", self.address));
        let mut answer = asked.header("cookie", &self.cookie).header("accept", "text/html").call().unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.body_mut().read_to_string().unwrap()
    }

    /// How long a page takes to arrive; what it takes beyond the server is the same for all.
    pub fn milliseconds(&self, path: &str) -> f64 {
        let started = Instant::now();
        self.text(path);
        started.elapsed().as_secs_f64() * 1_000.0
    }

    /// The first link of a page that begins so.
    fn link(&self, page: &str, beginning: &str) -> String {
        let html = self.text(page);
        let link = html
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .find(|link| link.starts_with(beginning) && link.len() > beginning.len());
        link.unwrap_or_else(|| panic!("no link {beginning} on {page}")).replace("&#38;", "&")
    }

    /// Every kind of page by its name, and where one of them is.
    pub fn pages(&self) -> Vec<(&'static str, String)> {
        // The only one whose signed papers bear its name: the others are listed, and refused where they are opened.
        let model = "/models/acme/model-00000000";
        let of_model = |tab: &str| format!("{model}/{tab}");
        let fixed = |path: &str| path.to_owned();
        vec![
            ("overview", fixed("/")),
            ("models", fixed("/models")),
            ("models by age", fixed("/models?sort=newest")),
            ("models, next page", self.link("/models", "/models?")),
            ("models found", fixed("/models?q=model-000005")),
            ("models found, too many", fixed("/models?q=model")),
            ("own models suspended", fixed("/models?from=own&status=suspended")),
            ("model", fixed(model)),
            ("passport", of_model("passport")),
            ("files", of_model("files")),
            ("versions", of_model("versions")),
            ("lineage", of_model("lineage")),
            ("licence", of_model("licence")),
            ("grants on a model", of_model("grants")),
            ("uses of a model", of_model("uses")),
            ("data sets", fixed("/datasets")),
            ("data set", self.link("/datasets", "/datasets/")),
            ("grants", fixed("/grants")),
            ("grant", self.link("/grants?state=in-force", "/grants/grant_")),
            ("decisions", fixed("/decisions?side=owner")),
            ("decisions refused", fixed("/decisions?side=owner&outcome=refused")),
            ("decision", self.link("/decisions?side=owner", "/decisions/decision_")),
            ("log", fixed("/records")),
            ("log, next page", self.link("/records", "/records?")),
            ("log entry", self.link("/records", "/records/leaf_")),
            ("proof", self.link(&self.link("/records", "/records/leaf_"), "/records/leaf_")),
            ("members", fixed("/members")),
            ("API keys", fixed("/tokens")),
            ("policies", fixed("/policies")),
        ]
    }
}
