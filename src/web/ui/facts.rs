//! The facts of a decision for people: each with how it came to be known, and from whom.

use chancery_base::values::Standing;
use chancery_domain::policy::facts::{
    Facts, GrantFacts, LicenceCause, LicenceEffect, Quota, Scope, Stated, WorkPrivacy,
};

use super::frame::Frame;

/// A fact as it is shown.
pub struct ShownFact {
    /// What it is about.
    pub name: String,
    /// The fact; empty where it is missing.
    pub value: String,
    /// How it came to be known.
    pub standing: Standing,
    /// From whom or what.
    pub source: String,
}

/// Facts being laid out.
struct Sheet<'page> {
    frame: &'page Frame,
    facts: Vec<ShownFact>,
}

impl ShownFact {
    /// All facts of a decision, in the order in which rules ask for them.
    pub fn all(frame: &Frame, facts: &Facts) -> Vec<Self> {
        let mut sheet = Sheet { frame, facts: Vec::new() };
        sheet.of_use(facts);
        sheet.of_model(facts);
        sheet.of_lineage(facts);
        sheet.of_grant(facts.grant.as_ref(), facts.caller.is_owner);
        sheet.facts
    }
}

impl Sheet<'_> {
    /// Adds a fact whose name and source are texts.
    fn add(&mut self, name: &str, value: impl ToString, standing: Standing, source: &str) {
        let name = self.frame.named("factname", name);
        self.put(name, value, standing, source);
    }

    /// Adds a fact that is named after something.
    fn put(&mut self, name: String, value: impl ToString, standing: Standing, source: &str) {
        let source = if source.is_empty() { String::new() } else { self.frame.named("factsource", source) };
        self.facts.push(ShownFact { name, value: value.to_string(), standing, source });
    }

    fn missing(&mut self, name: &str, source: &str) {
        self.add(name, "", Standing::Missing, source);
    }

    fn of_use(&mut self, facts: &Facts) {
        self.add("caller", &facts.caller.party, Standing::Observed, "api-key");
        self.stated("purpose", facts.request.purpose.as_ref(), facts.key.purpose.as_ref());
        self.stated("territory", facts.request.territory.as_ref(), facts.key.territory.as_ref());
        self.add("time", self.frame.time(&facts.now), Standing::Observed, "server");
        let tokens = self.frame.number(facts.request.estimated_tokens);
        self.add("tokens", tokens, Standing::Computed, "input");
    }

    /// What the request says, else what its key says.
    fn stated<T: ToString>(&mut self, name: &str, request: Option<&T>, key: Option<&Stated<T>>) {
        match (request, key) {
            (Some(value), _) => self.add(name, value.to_string(), Standing::Declared, "request"),
            (None, Some(stated)) if stated.standing != Standing::Missing => {
                self.add(name, stated.value.to_string(), stated.standing, "api-key");
            }
            _ => self.missing(name, "request"),
        }
    }

    fn of_model(&mut self, facts: &Facts) {
        let model = &facts.model;
        self.add("model", format!("{} v{}", model.name, model.version), Standing::Observed, "server");
        self.add("manifest", model.digest, Standing::Computed, "manifest");
        let code = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let status = code(serde_json::json!(model.status));
        self.add("status", self.frame.named("modelstatus", status), Standing::Observed, "server");
        let signature = code(serde_json::json!(model.signature));
        self.add("signature", self.frame.named("modelsignature", signature), Standing::Computed, "owner-keys");
        if model.holds.is_empty() {
            self.add("holds", self.frame.t("none"), Standing::Observed, "server");
        }
        for hold in &model.holds {
            self.add("hold", format!("{}: {}", hold.authority, hold.reason), Standing::Observed, "server");
        }
    }

    fn of_lineage(&mut self, facts: &Facts) {
        match &facts.provenance {
            None => self.missing("provenance", "passport"),
            Some(provenance) if provenance.gaps.is_empty() => {
                self.add("provenance", self.frame.t("fact-complete"), Standing::Declared, "passport");
            }
            Some(provenance) => {
                for gap in &provenance.gaps {
                    let name = self.frame.t1("fact-of-work", "work", &gap.work.name);
                    self.put(name, gap.missing.join(", "), Standing::Missing, "passport");
                }
            }
        }
        match &facts.privacy {
            None => self.missing("privacy", "passport"),
            Some(works) => works.iter().for_each(|work| self.of_privacy(work)),
        }
        match &facts.licence {
            None => self.missing("licence", "licences"),
            Some(licence) if licence.causes.is_empty() => {
                self.add("licence", self.frame.t("fact-permitted"), Standing::Computed, "licences");
            }
            Some(licence) => licence.causes.iter().for_each(|cause| self.of_licence(cause)),
        }
    }

    fn of_privacy(&mut self, work: &WorkPrivacy) {
        let name = self.frame.t1("fact-privacy-of", "work", &work.work.name);
        let Some(class) = work.class else { return self.put(name, "", Standing::Missing, "passport") };
        let code = serde_json::json!(class);
        let class = self.frame.named("privacyclass", code.as_str().unwrap_or_default());
        let basis = work.deployment_basis.as_deref().unwrap_or_default();
        self.put(name, [class.as_str(), basis].join(" ").trim(), Standing::Declared, "passport");
    }

    fn of_licence(&mut self, cause: &LicenceCause) {
        let name = self.frame.t1("fact-licence-of", "work", &cause.work.name);
        let effect = self.effect(&cause.effect);
        let value = [cause.licence.as_str(), cause.clause.as_str()].join(" ");
        let value = self.frame.t2("fact-effect", "licence", value.trim(), "effect", effect);
        let standing = match &cause.effect {
            LicenceEffect::Missing => Standing::Missing,
            LicenceEffect::Permission { .. } => Standing::Declared,
            _ => Standing::Computed,
        };
        self.put(name, value, standing, "licences");
    }

    fn effect(&self, effect: &LicenceEffect) -> String {
        let (frame, language) = (self.frame, self.frame.language());
        let right = effect.right().map(|right| right.noun(language)).unwrap_or_default();
        match effect {
            LicenceEffect::Forbidden(_) => frame.t1("effect-forbids", "right", right),
            LicenceEffect::Silent(_) => frame.t1("effect-silent", "right", right),
            LicenceEffect::Conditional { condition, .. } => {
                frame.t2("effect-conditional", "right", right, "condition", condition.in_language(language))
            }
            LicenceEffect::Permission { holder, evidence, .. } => {
                frame.t2("effect-permission", "holder", holder, "evidence", evidence)
            }
            LicenceEffect::Reserved => frame.t("effect-reserved"),
            LicenceEffect::Unread => frame.t("effect-unread"),
            LicenceEffect::Missing => frame.t("effect-missing"),
            LicenceEffect::FieldOfUse => frame.t("effect-field"),
            LicenceEffect::PurposeForbidden(purpose) => frame.t1("effect-forbids", "right", purpose),
            LicenceEffect::TerritoryForbidden(territory) => frame.t1("effect-forbids", "right", territory),
            LicenceEffect::AttributionRequired(text) => frame.t1("effect-attribution", "text", text),
        }
    }

    fn of_grant(&mut self, grant: Option<&GrantFacts>, is_owner: bool) {
        let Some(grant) = grant else {
            if is_owner {
                self.add("grant", self.frame.t("fact-owner"), Standing::Observed, "server");
            } else {
                self.missing("grant", "server");
            }
            return;
        };
        self.add("grant", grant.id, Standing::Observed, "server");
        let status = serde_json::json!(grant.status);
        let status = self.frame.named("grantstatus", status.as_str().unwrap_or_default());
        self.add("grant-status", status, Standing::Observed, "server");
        self.scope("grant-purposes", &grant.purposes);
        self.scope("grant-territories", &grant.territories);
        self.scope("grant-versions", &grant.versions);
        let end = grant.not_after.map_or_else(|| self.frame.t("open-ended"), |end| self.frame.time(&end));
        let term = self.frame.t2("fact-term", "start", self.frame.time(&grant.not_before), "end", end);
        self.add("grant-term", term, Standing::Declared, "terms");
        let payment = serde_json::json!(grant.payment);
        self.add(
            "grant-payment",
            self.frame.named("payment", payment.as_str().unwrap_or_default()),
            Standing::Declared,
            "terms",
        );
        let left = match grant.quota {
            Quota::Unlimited => self.frame.t("unlimited"),
            Quota::Remaining(tokens) => self.frame.number(tokens),
        };
        self.add("grant-quota", left, Standing::Computed, "uses");
    }

    fn scope<T: ToString>(&mut self, name: &str, scope: &Scope<T>) {
        let value = match scope {
            Scope::Any => self.frame.t("any"),
            Scope::Only(values) => values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        self.add(name, value, Standing::Declared, "terms");
    }
}
