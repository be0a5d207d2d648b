//! The operator's file of providers, in TOML. Every fault is told with its line, its field and what is expected there.

use std::borrow::Cow;

use chancery_base::{
    openid::{ClientSecret, Registration, RelyingParty},
    outbound::{Outbound, Reach, TargetUrl},
    values::{Email, Slug},
};
use zeroize::Zeroizing;

use super::{Provider, Talking};
use crate::documents::{Content, Faults, Node, Section, parse_toml, read, read::Expected, read_document};

/// What the document is called in faults.
const DOCUMENT: &str = "file of sign-in providers";
/// What is asked for where the file says nothing.
const USUAL_SCOPES: [&str; 2] = ["email", "profile"];
/// How far a provider may be, as the file says it.
const REACHES: [(&str, Reach); 3] =
    [("public", Reach::Public), ("private", Reach::PublicAndPrivate), ("loopback", Reach::PublicAndLoopback)];

/// Where a client's secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPlace<'a> {
    /// In a file, named from the folder of the file of providers.
    File(&'a str),
    /// In an environment variable.
    Environment(&'a str),
}

impl Provider {
    /// Reads a file of providers; `secret_at` fetches what is kept elsewhere, and says why it cannot.
    ///
    /// # Errors
    /// Every field that is missing, not as expected, or unknown.
    pub fn parse_all(
        source: &str,
        secret_at: &dyn Fn(SecretPlace<'_>) -> Result<Zeroizing<String>, String>,
    ) -> Result<Vec<Self>, Faults> {
        read_document(DOCUMENT, &parse_toml(DOCUMENT, source)?, |root| {
            let providers = root.sections("provider", |section| Self::read(section, secret_at));
            for (index, provider) in providers.iter().enumerate() {
                let before = providers.get(..index).unwrap_or_default();
                if before.iter().any(|other| other.id == provider.id) {
                    root.refuse("provider", format!("an `id` for each, and `{}` once", provider.id));
                }
                let is_same =
                    |other: &Self| other.issuer() == provider.issuer() && other.organisation == provider.organisation;
                if before.iter().any(is_same) {
                    root.refuse("provider", format!("each `issuer` once for `{}`", provider.organisation));
                }
            }
            if providers.is_empty() && !root.has("provider") {
                root.refuse("provider", "at least one section [[provider]]");
            }
            Some(providers)
        })
    }

    fn read(
        section: &Section<'_>,
        secret_at: &dyn Fn(SecretPlace<'_>) -> Result<Zeroizing<String>, String>,
    ) -> Option<Self> {
        let id = section.required("id", read::parsed::<Slug>);
        let label = section.required("label", read::parsed);
        let organisation = section.required("organisation", read::parsed);
        let reach = section.optional("reach", reach).unwrap_or(Reach::Public);
        let issuer = section.required("issuer", |node| issuer(node, reach));
        let client_id = section.required("client_id", read::text);
        let client_secret = secret(section, secret_at);
        let domains = section.required_list("domains", domain);
        let mut scopes = section.list("scopes", scope);
        if !section.has("scopes") {
            scopes = USUAL_SCOPES.map(str::to_owned).to_vec();
        }
        let trusts_unverified = section.optional("unverified_email", read::flag).unwrap_or_default();
        let trusts_second_factor = section.optional("second_factor", second_factor).unwrap_or_default();
        let registration =
            Registration { issuer: issuer?, client_id: client_id?, client_secret: client_secret?, scopes };
        Some(Self {
            id: id?,
            label: label?,
            organisation: organisation?,
            domains: domains?,
            trusts_unverified,
            trusts_second_factor,
            client: RelyingParty::new(registration, Outbound::new(reach)),
            talking: Talking::default(),
        })
    }
}

fn secret(
    section: &Section<'_>,
    secret_at: &dyn Fn(SecretPlace<'_>) -> Result<Zeroizing<String>, String>,
) -> Option<ClientSecret> {
    if section.has("client_secret") {
        let expected =
            "no secret in this file: name a file with `client_secret_file`, or a variable with `client_secret_env`";
        section.refuse("client_secret", expected);
    }
    let file = section.optional("client_secret_file", read::text);
    let variable = section.optional("client_secret_env", read::text);
    let (key, place) = match (&file, &variable) {
        (Some(file), None) => ("client_secret_file", SecretPlace::File(file)),
        (None, Some(variable)) => ("client_secret_env", SecretPlace::Environment(variable)),
        _ => {
            section.refuse("client_secret_file", "either `client_secret_file` or `client_secret_env`");
            return None;
        }
    };
    let found = secret_at(place).and_then(|text| {
        ClientSecret::new(Zeroizing::new(text.trim().to_owned())).ok_or_else(|| "there is nothing in it".to_owned())
    });
    found.map_err(|why| section.refuse(key, format!("where the client's secret is ({why})"))).ok()
}

/// The issuer is compared letter by letter with what the provider says, so it is kept as it is written.
fn issuer(node: &Node, reach: Reach) -> Result<String, Expected> {
    let text = read::text(node).unwrap_or_default();
    match TargetUrl::parse(&text, reach) {
        Ok(_) if !text.contains('?') => Ok(text),
        Ok(_) => Err(Cow::Borrowed("an issuer without `?`, exactly as the provider writes it")),
        Err(refused) => Err(Cow::Owned(format!(
            "the provider's issuer, such as https://login.example.org; {refused}, or say `reach` = \"private\" or \"loopback\""
        ))),
    }
}

fn reach(node: &Node) -> Result<Reach, Expected> {
    let found = REACHES.iter().find(|(name, _)| is_text(node, name));
    found.map(|(_, reach)| *reach).ok_or(Cow::Borrowed("\"public\", \"private\" or \"loopback\""))
}

fn second_factor(node: &Node) -> Result<bool, Expected> {
    match node {
        own if is_text(own, "own") => Ok(false),
        provider if is_text(provider, "provider") => Ok(true),
        _ => Err(Cow::Borrowed("\"own\" or \"provider\"")),
    }
}

fn is_text(node: &Node, expected: &str) -> bool {
    matches!(&node.content, Content::Text(text) if text == expected)
}

/// A domain in the form in which addresses are kept.
fn domain(node: &Node) -> Result<String, Expected> {
    let address = read::text(node).ok().and_then(|text| format!("x@{text}").parse::<Email>().ok());
    let domain = address.as_ref().and_then(|address| address.as_str().strip_prefix("x@"));
    domain.map(str::to_owned).ok_or(Cow::Borrowed("the domain of e-mail addresses, such as example.org"))
}

/// A scope as OAuth writes it (RFC 6749, section 3.3); `openid` is always asked for.
fn scope(node: &Node) -> Result<String, Expected> {
    let is_scope = |text: &String| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    let scope = read::text(node).ok().filter(is_scope).filter(|scope| scope != "openid");
    scope.ok_or(Cow::Borrowed("a scope such as email, without spaces; `openid` is asked for anyway"))
}
