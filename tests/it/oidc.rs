//! Signing in through an identity provider that really runs: `oidc-provider`, whose login form is filled in as a browser would.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use chancery::app::SystemClock;
use chancery_base::{crypto::AuthenticatorSecret, values::Clock};
use serde_json::Value;

use crate::{
    browser::{Browser, PASSWORD, Shown},
    client::Client,
    commands::Program,
    organisation::Organisation,
    people::early_in_a_step,
    process::{Server, Site},
    required::required,
};

const EMAIL: &str = "ada@acme.example";
/// What the provider shares with the registry.
const SECRET: &str = "the clients secret, which nobody may see";
/// Where the way through the provider begins.
const DOOR: &str = "/sign-in/with/corporate";
const FLOW_COOKIE: &str = "__Host-chancery-flow";

/// The provider's process; it ends with this.
struct Provider {
    child: Child,
    issuer: String,
}

impl Provider {
    /// Starts a provider that sends browsers back to `redirects`.
    fn start(packages: &str, redirects: &[String]) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/oidc/provider.mjs");
        let mut command = Command::new("node");
        command.arg(script).args([packages, SECRET]).args(redirects);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("node runs");
        let mut issuer = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut issuer).unwrap();
        Self { child, issuer: issuer.trim().to_owned() }
    }

    fn address(&self) -> SocketAddr {
        self.issuer.strip_prefix("http://").unwrap().parse().unwrap()
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A registry whose people may sign in through a provider, and `acme`, of whose people it tells.
pub struct House {
    provider: Provider,
    site: Site,
    server: Server,
    acme: Organisation,
    /// The browser of its first person, who has a password.
    owner: Browser,
}

impl House {
    /// Opens it; `None` where no provider can run. `more` stands in the provider's section.
    pub fn open(more: &str) -> Option<Self> {
        let packages = required("CHANCERY_OIDC")?;
        let mut site = Site::new();
        site.listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let public = format!("http://{}", site.listen);
        let provider = Provider::start(&packages, &[format!("{public}{DOOR}/return")]);
        let file = site.folder().join("providers.toml");
        fs::write(site.folder().join("corporate.secret"), format!("{SECRET}\n")).unwrap();
        fs::write(&file, file_of(&provider.issuer, more)).unwrap();
        let file = file.to_str().unwrap().to_owned();
        let site = site.told(&["--sign-in", &file, "--public-url", &public, "--sign-in-rate", "1000"]);
        let site = site.told(&["--log-level", "debug"]);
        let server = site.start();
        let acme = Organisation::join(server.operator.as_ref().unwrap(), "acme");
        let owner = Browser::new(server.address);
        owner.set_up(acme.client.token(), "acme", EMAIL);
        Some(Self { provider, site, server, acme, owner })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    fn browser(&self) -> Browser {
        Browser::new(self.server.address)
    }

    /// Goes from `start` to the provider and signs in there as `who`; where the provider sends the browser back to, which it has
    /// not opened yet.
    fn sent_back(&self, browser: &Browser, start: &str, who: &str) -> String {
        let shown = browser.open(start);
        assert_eq!(shown.answer.status, 303, "{}", shown.html);
        self.signed_in_there(shown.answer.header("location"), who)
    }

    /// Signs in at the provider as `who`, from the address that a browser is sent to; where it sends the browser then.
    fn signed_in_there(&self, departure: &str, who: &str) -> String {
        let there = Browser::new(self.provider.address());
        let mut place = departure.to_owned();
        for _ in 0..12 {
            if let Some(back) = place.strip_prefix(&format!("http://{}", self.server.address)) {
                return back.to_owned();
            }
            let path = place.strip_prefix(&self.provider.issuer).unwrap_or(&place).to_owned();
            let mut shown = there.open(&path);
            if shown.answer.status == 200 {
                let prompt = if shown.html.contains("name=\"login\"") { "login" } else { "consent" };
                shown = there.submit(&path, &[("prompt", prompt), ("login", who), ("password", "any")]);
            }
            shown.answer.header("location").clone_into(&mut place);
            assert!(!place.is_empty(), "{who} at {path}: {} {}", shown.answer.status, shown.html);
        }
        panic!("the provider sends browsers round and round");
    }

    /// All the way from `start` and back as `who`; what the registry answers.
    fn through(&self, browser: &Browser, start: &str, who: &str) -> Shown {
        let back = self.sent_back(browser, start, who);
        browser.open(&back)
    }

    /// Invites somebody; where they join.
    pub fn invited(&self, email: &str) -> String {
        self.owner.read("/members");
        let shown = self.owner.submit("/members/invitations", &[("email", email), ("role", "member")]);
        let place = shown.html.split("/join/").nth(1).unwrap().split('<').next().unwrap();
        format!("/join/{place}")
    }

    /// A browser in which `grace` joined through the provider.
    fn joined(&self) -> Browser {
        let (grace, place) = (self.browser(), self.invited("grace@acme.example"));
        assert!(grace.read(&place).contains(&format!("{place}/with/corporate")));
        let shown = self.through(&grace, &format!("{place}/with/corporate"), "grace");
        assert_eq!((shown.answer.status, shown.answer.header("location")), (303, "/"), "{}", shown.html);
        grace
    }

    /// Links the owner, who is `who` at the provider.
    fn linked(&self, who: &str, code: &str) -> Shown {
        self.owner.read("/settings");
        let shown = self.owner.submit("/settings/identities/corporate", &[("password", PASSWORD), ("code", code)]);
        assert_eq!(shown.answer.status, 200, "{}", shown.html);
        let place = shown.html.split("class=\"button primary\" href=\"").nth(1).unwrap().split('"').next().unwrap();
        let back = self.signed_in_there(&place.replace("&#38;", "&").replace("&amp;", "&"), who);
        self.owner.open(&back)
    }

    /// Gives the owner a second factor.
    fn with_second_factor(&self) -> AuthenticatorSecret {
        early_in_a_step();
        self.owner.read("/settings/second-factor");
        let shown = self.owner.hidden("secret");
        let secret = AuthenticatorSecret::parse_base32(&shown).unwrap();
        let code = secret.code(SystemClock.now().plus_millis(-30_000));
        let fields = [("secret", shown.as_str()), ("code", &code), ("password", PASSWORD)];
        assert_eq!(self.owner.submit("/settings/second-factor", &fields).answer.status, 200);
        secret
    }

    /// The same after the server was stopped and started.
    fn restarted(mut self) -> Self {
        self.server.kill();
        self.server = self.site.start();
        self
    }

    fn logged(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        self.acme.client.logged(what, is_it)
    }
}

fn file_of(issuer: &str, more: &str) -> String {
    format!(
        "[[provider]]\nid = \"corporate\"\nlabel = \"Corporate login\"\norganisation = \"acme\"\nissuer = \"{issuer}\"\n\
         client_id = \"chancery\"\nclient_secret_file = \"corporate.secret\"\ndomains = [\"acme.example\"]\n\
         reach = \"loopback\"\n{more}"
    )
}

/// Demands that nobody was let in, and for which reason.
#[track_caller]
fn assert_refused(shown: &Shown, explanation: &str) {
    assert_eq!(shown.answer.status, 401, "{explanation}: {} {}", shown.answer.header("location"), shown.html);
    assert!(shown.html.contains(explanation), "{explanation}: {}", shown.html);
    let cookies = shown.answer.headers.get_all("set-cookie").iter();
    assert!(!cookies.map(|cookie| cookie.to_str().unwrap()).any(|cookie| cookie.starts_with("__Host-chancery=")));
}

/// `place` with another value under `name`, or without it.
fn altered(place: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = place.split_once('?').unwrap();
    let own = format!("{name}=");
    assert!(query.split('&').any(|pair| pair.starts_with(&own)), "{name}: {place}");
    let pairs = query.split('&').filter_map(|pair| match value {
        _ if !pair.starts_with(&own) => Some(pair.to_owned()),
        Some(value) => Some(format!("{own}{value}")),
        None => None,
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn parameter<'a>(place: &'a str, name: &str) -> &'a str {
    let pairs = place.split_once('?').unwrap().1.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

#[test]
fn an_invitation_is_taken_through_the_provider_and_who_joined_signs_in_again() {
    let Some(house) = House::open("") else { return };
    let grace = house.joined();
    let page = grace.read("/settings");
    assert!(page.contains("Grace Hopper") && page.contains("grace@acme.example") && page.contains("Corporate login"));
    house.logged("the joining", |entry| {
        entry["type"] == "person-joined" && entry["details"]["issuer"] == house.provider.issuer.as_str()
    });

    let other = house.browser();
    let page = other.read("/sign-in?next=%2Fmodels");
    assert!(page.contains("Sign in with Corporate login") && page.contains(&format!("{DOOR}?next=%2Fmodels")));
    let zh = house.browser();
    assert!(zh.read("/sign-in?lang=zh").contains("用 Corporate login 登录"));
    other.take_cookie(&grace.cookie());
    let shown = house.through(&other, &format!("{DOOR}?next=%2Fmodels"), "grace");
    assert_eq!(shown.answer.header("location"), "/models", "{}", shown.html);
    assert_ne!(other.cookie(), grace.cookie(), "signing in makes another session");
    other.read("/models");
    let entry = house.logged("the sign-in", |entry| {
        entry["type"] == "signed-in" && entry["details"]["issuer"] == house.provider.issuer.as_str()
    });
    assert!(!entry.to_string().contains("race"), "no name, address or subject is on record: {entry}");

    let page = house.owner.read("/members");
    let row = page.split("grace@acme.example").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("Corporate login") && !row.contains("Password"), "{row}");

    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "%2F%2Fevil.example"] {
        let shown = house.through(&house.browser(), &format!("{DOOR}?next={next}"), "grace");
        assert_eq!(shown.answer.header("location"), "/", "{next}");
    }
    let said = house.site.said();
    assert!(said.contains("DEBUG"), "the log tells everything: {said}");
    for secret in [SECRET, "grace", "code=", "state="] {
        assert!(!said.contains(secret), "{secret} is in the server's log:\n{said}");
    }
}

#[test]
fn who_is_unknown_or_not_vouched_for_is_told_why_and_stays_out() {
    let Some(house) = House::open("") else { return };
    for (who, explanation, reason) in [
        ("eve", "Nobody here is linked", "unknown"),
        ("ada", "sign in with it and link the provider", "unknown"),
        ("unverified", "has not verified", "unverified"),
        ("foreign", "may not speak for addresses", "foreign-domain"),
        ("nameless", "does not tell your e-mail address", "no-address"),
    ] {
        let browser = house.browser();
        assert_refused(&house.through(&browser, DOOR, who), explanation);
        assert_eq!(browser.open("/").answer.status, 303, "{who} is not signed in");
        let entry =
            house.logged(who, |entry| entry["type"] == "sign-in-refused" && entry["details"]["reason"] == reason);
        assert!(entry["by"].is_null() && !entry.to_string().contains("@"), "{entry}");
    }
    let place = house.invited("grace@acme.example");
    let departure = format!("{place}/with/corporate");
    for (who, explanation) in [("unverified", "has not verified"), ("eve", "for another e-mail address")] {
        assert_refused(&house.through(&house.browser(), &departure, who), explanation);
    }
    let stranger = house.browser().open("/join/invitation_1.AAAA/with/corporate");
    assert_eq!(stranger.answer.status, 404);
    let forged = house.browser().send_from("cross-site", &departure);
    assert_eq!(forged.answer.status, 403, "another site's page does not make anybody join");
    assert_eq!(house.browser().open("/sign-in/with/nobody").answer.status, 404);

    let late = house.browser();
    let back = house.sent_back(&late, &departure, "grace");
    let page = house.owner.read("/members");
    let action = page.split("/members/invitations/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    house.owner.follow(&format!("/members/invitations/{action}"), &[]);
    assert_refused(&late.open(&back), "was taken, withdrawn or has run out");
}

#[test]
fn an_answer_counts_once_in_the_browser_that_was_sent_and_for_its_own_journey() {
    let Some(house) = House::open("") else { return };
    house.joined();
    let (stale, forged) = ("does not belong to a sign-in", "could not be proven");

    let browser = house.browser();
    let back = house.sent_back(&browser, DOOR, "grace");
    let flow = browser.kept(FLOW_COOKIE);
    let other = house.browser();
    assert_refused(&other.open(&back), stale);
    house.sent_back(&other, DOOR, "grace");
    assert_refused(&other.open(&back), stale);
    assert_eq!(browser.open(&back).answer.header("location"), "/", "nobody else used it up");
    assert_eq!(browser.kept(FLOW_COOKIE), "", "the cookie is gone");
    browser.keep(FLOW_COOKIE, &flow);
    assert_refused(&browser.open(&back), stale);

    let browser = house.browser();
    let back = house.sent_back(&browser, DOOR, "grace");
    for state in ["", "x", &"0".repeat(64)] {
        assert_refused(&browser.open(&altered(&back, "state", Some(state))), stale);
        browser.keep(FLOW_COOKIE, &flow);
    }

    for (name, value) in [("iss", Some("https%3A%2F%2Flogin.example.org")), ("iss", None), ("code", Some("made-up"))] {
        let browser = house.browser();
        let back = house.sent_back(&browser, DOOR, "grace");
        assert_refused(&browser.open(&altered(&back, name, value)), forged);
        assert_refused(&browser.open(&back), stale);
    }

    let browser = house.browser();
    let departure = browser.open(DOOR).answer.header("location").to_owned();
    assert_eq!(parameter(&departure, "code_challenge_method"), "S256");
    let back = house.signed_in_there(&altered(&departure, "nonce", Some("another")), "grace");
    assert_refused(&browser.open(&back), forged);

    // A code that was used, brought to a journey of the same browser.
    let browser = house.browser();
    let used = house.sent_back(&browser, DOOR, "grace");
    browser.open(&used);
    let back = house.sent_back(&browser, DOOR, "grace");
    assert_refused(&browser.open(&altered(&back, "code", Some(parameter(&used, "code")))), forged);
    // A code of another's journey, which was not used: the verifier does not fit.
    let (browser, thief) = (house.browser(), house.browser());
    let victims = house.sent_back(&browser, DOOR, "grace");
    let back = house.sent_back(&thief, DOOR, "eve");
    assert_refused(&thief.open(&altered(&back, "code", Some(parameter(&victims, "code")))), forged);

    let browser = house.browser();
    let departure = browser.open(DOOR).answer.header("location").to_owned();
    let declined = format!(
        "{DOOR}/return?error=access_denied&state={}&iss={}",
        parameter(&departure, "state"),
        house.provider.issuer.replace(':', "%3A").replace('/', "%2F")
    );
    assert_refused(&browser.open(&declined), "signed nobody in");
    house.logged("the refusal", |entry| entry["details"]["reason"] == "not-genuine");
}

#[test]
fn a_token_that_the_provider_did_not_mean_for_this_sign_in_is_refused() {
    let Some(house) = House::open("") else { return };
    for who in [
        "forged-key",
        "forged-none",
        "forged-secret",
        "forged-audience",
        "forged-audiences",
        "forged-issuer",
        "forged-age",
        "forged-subject",
    ] {
        let shown = house.through(&house.browser(), DOOR, who);
        assert_refused(&shown, "could not be proven");
    }
}

#[test]
fn a_member_links_and_unlinks_with_password_and_second_factor() {
    let Some(house) = House::open("") else { return };
    let secret = house.with_second_factor();
    let code = |steps: i64| secret.code(SystemClock.now().plus_millis(steps * 30_000));
    house.owner.read("/settings");
    for (password, code) in [("wrong", code(0)), (PASSWORD, "000000".to_owned()), (PASSWORD, String::new())] {
        let fields = [("password", password), ("code", code.as_str())];
        let shown = house.owner.submit("/settings/identities/corporate", &fields);
        assert_eq!(shown.answer.status, 422, "{}", shown.html);
    }
    house.logged("that it was refused", |entry| entry["details"]["attempt"] == "link-identity");
    let forged = house.owner.forge("/settings/identities/corporate", &[("sec-fetch-site", "cross-site")], &[]);
    assert_eq!(forged.answer.status, 403);

    assert_eq!(house.linked("ada", &code(0)).answer.header("location"), "/settings?said=linked");
    house.logged("the link", |entry| entry["type"] == "identity-linked");
    let browser = house.browser();
    let shown = house.through(&browser, &format!("{DOOR}?next=%2Fmodels"), "ada");
    assert_eq!(shown.answer.header("location"), "/sign-in/second-factor?next=%2Fmodels", "our own factor is asked for");
    assert_eq!(browser.open("/").answer.status, 303, "half a sign-in opens nothing");
    let shown = house.through(&browser, DOOR, "several-factors");
    assert!(shown.answer.header("location").starts_with("/sign-in/second-factor"), "the provider's is not trusted");
    assert_eq!(browser.follow("/sign-in/second-factor", &[("code", &code(1)), ("next", "/")]), "/");

    house.owner.read("/settings");
    let fields = [("issuer", house.provider.issuer.as_str()), ("password", "wrong")];
    assert_eq!(house.owner.submit("/settings/identities/remove", &fields).answer.status, 422);
    let fields = [("issuer", house.provider.issuer.as_str()), ("password", PASSWORD)];
    assert_eq!(house.owner.follow("/settings/identities/remove", &fields), "/settings?said=unlinked");
    house.logged("the removal", |entry| entry["type"] == "identity-unlinked");
    assert_eq!(browser.open("/").answer.status, 303, "what began so has ended");
    house.owner.read("/");
    assert_refused(&house.through(&house.browser(), DOOR, "ada"), "Nobody here is linked");
}

#[test]
fn one_identity_is_one_person_and_the_only_way_in_stays() {
    let Some(house) = House::open("") else { return };
    let grace = house.joined();
    assert_refused(&house.linked("grace", ""), "linked to another person");
    let place = house.invited("eve@acme.example");
    let shown = house.through(&house.browser(), &format!("{place}/with/corporate"), "eve");
    assert_eq!(shown.answer.header("location"), "/");

    grace.read("/settings");
    let issuer = [("issuer", house.provider.issuer.as_str())];
    let only = grace.submit("/settings/identities/remove", &issuer);
    assert_eq!(only.answer.status, 409, "{}", only.html);
    assert!(only.html.contains("choose a password first"), "{}", only.html);
    assert_eq!(
        grace.follow("/settings/password", &[("new_password", PASSWORD)]),
        "/settings?said=password-changed",
        "a moment after signing in through the provider, one needs no password to choose one"
    );
    let wrong = grace.submit("/settings/identities/remove", &issuer);
    assert_eq!(wrong.answer.status, 422, "{}", wrong.html);
    let fields = [issuer[0], ("password", PASSWORD)];
    assert_eq!(grace.follow("/settings/identities/remove", &fields), "/settings?said=unlinked");
    assert_eq!(house.browser().sign_in("acme", "grace@acme.example", PASSWORD), "/");

    // Somebody else's browser ends a journey to link: it does not link them.
    house.owner.read("/settings");
    let shown = house.owner.submit("/settings/identities/corporate", &[("password", PASSWORD)]);
    let place = shown.html.split("class=\"button primary\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let back = house.signed_in_there(&place.replace("&#38;", "&").replace("&amp;", "&"), "ada");
    let flow = house.owner.kept(FLOW_COOKIE);
    grace.keep(FLOW_COOKIE, &flow);
    assert_refused(&grace.open(&back), "does not belong to a sign-in");
}

#[test]
fn who_was_removed_is_not_signed_in_and_may_be_invited_again() {
    let Some(house) = House::open("") else { return };
    let grace = house.joined();
    let page = house.owner.read("/members");
    let row = page.split("grace@acme.example").nth(1).unwrap();
    let id = row.split("/members/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    house.owner.follow(&format!("/members/{id}/remove"), &[("sure", "yes")]);
    assert_eq!(grace.open("/").answer.status, 303);
    assert_refused(&house.through(&house.browser(), DOOR, "grace"), "Nobody here is linked");
    house.joined();
}

#[test]
fn a_provider_whose_second_factor_is_trusted_stands_for_ours_only_when_it_says_so() {
    let Some(house) = House::open("second_factor = \"provider\"\n") else { return };
    let secret = house.with_second_factor();
    house.linked("ada", &secret.code(SystemClock.now()));
    let shown = house.through(&house.browser(), DOOR, "ada");
    assert_eq!(shown.answer.header("location"), "/sign-in/second-factor?next=%2F");
    let shown = house.through(&house.browser(), DOOR, "several-factors");
    assert_eq!(shown.answer.header("location"), "/", "{}", shown.html);
}

#[test]
fn a_provider_that_is_down_breaks_its_own_button_only() {
    let Some(mut house) = House::open("") else { return };
    house.joined();
    let away = house.browser();
    let back = house.sent_back(&away, DOOR, "grace");
    house.provider.stop();
    let shown = away.open(&back);
    assert_eq!(shown.answer.status, 503, "{}", shown.html);
    let mut house = house.restarted();
    let shown = house.browser().open(DOOR);
    assert_eq!(shown.answer.status, 503, "{}", shown.html);
    assert!(shown.html.contains("sign in with your password"), "{}", shown.html);
    assert_eq!(house.browser().sign_in("acme", EMAIL, PASSWORD), "/");
    assert!(house.site.said().contains("the provider did not answer"), "{}", house.site.said());
    assert!(house.server.is_running());
}

#[test]
fn a_faulty_file_is_refused_with_field_and_remedy() {
    let site = Site::new();
    let file = site.folder().join("providers.toml");
    fs::write(site.folder().join("corporate.secret"), SECRET).unwrap();
    let program = Program::of(&Client::new(site.listen, ""));
    let shown = file.to_str().unwrap().to_owned();
    let site = site.told(&["--sign-in", &shown, "--public-url", "https://registry.example.org"]);
    let whole = file_of("https://login.acme.example", "").replace("reach = \"loopback\"\n", "");
    for (from, to, field) in [
        ("domains = [\"acme.example\"]\n", "", "provider[0].domains"),
        ("acme.example\"]", "@acme\"]", "provider[0].domains[0]"),
        ("https://login", "http://login", "provider[0].issuer"),
        ("https://login.acme.example", "https://10.0.0.1", "provider[0].issuer"),
        ("corporate.secret", "absent.secret", "provider[0].client_secret_file"),
        ("client_secret_file = \"corporate.secret\"", "client_secret = \"x\"", "provider[0].client_secret"),
        (
            "client_secret_file = \"corporate.secret\"",
            "client_secret_env = \"CHANCERY_ABSENT\"",
            "provider[0].client_secret_env",
        ),
        ("label", "lable", "did you mean `label`"),
        ("[[provider]]", "[provider]", "provider"),
        ("id = \"corporate\"", "id = \"Not A Slug\"", "provider[0].id"),
    ] {
        assert!(whole.contains(from), "{from}");
        fs::write(&file, whole.replacen(from, to, 1)).unwrap();
        let (_, said) = site.start_refused();
        assert!(said.contains(field) && said.contains("line "), "{field}: {said}");
        let examined = program.run(&["doctor", "--data", site.folder().to_str().unwrap(), "--sign-in", &shown]);
        assert!(examined.expect(1).out.contains(field), "{field}");
    }
    fs::write(&file, format!("{whole}{whole}")).unwrap();
    assert!(site.start_refused().1.contains("`corporate` once"));
    fs::write(&file, "").unwrap();
    assert!(site.start_refused().1.contains("[[provider]]"));
    fs::write(&file, &whole).unwrap();
    let insecure = Site::new().told(&["--sign-in", &shown, "--public-url", "http://registry.example.org"]);
    assert!(insecure.start_refused().1.contains("--public-url"));
}
