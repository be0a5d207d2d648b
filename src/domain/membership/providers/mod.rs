//! Identity providers: who they are, how a browser is sent to one, and who may enter when it comes back.
//!
//! A provider says who somebody is; it never makes them a member. Whoever enters is linked already, or holds an open invitation to
//! the very address that the provider vouches for, or links themselves while they are signed in. An address alone opens nothing.

mod arriving;
mod departing;
mod file;
mod linking;

use std::{fmt, sync::Arc};

use chancery_base::{
    openid::{Identity, OpenIdError, RelyingParty},
    problem::{Problem, ProblemKind},
    values::{Email, Slug, UnixMillis},
};

pub use arriving::{Arrived, Refusal, Return, arrive};
pub use departing::{Departure, depart, depart_to_join, depart_to_link};
pub use file::SecretPlace;
pub use linking::{identities, list_identities, unlink};

use crate::{
    membership::{Office, at_once::Talking},
    parties::{Label, Party},
};

/// The providers that people may sign in with, and where they send browsers back to.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    list: Arc<Vec<Provider>>,
    public: String,
}

/// A provider, as the operator configured it.
pub struct Provider {
    /// Its name in addresses.
    pub id: Slug,
    /// Its name on the button.
    pub label: Label,
    /// Whose people it signs in.
    pub organisation: Slug,
    /// The only domains of whose addresses its word counts.
    domains: Vec<String>,
    /// Whether addresses count that it does not say to have verified.
    trusts_unverified: bool,
    /// Whether its own second factor stands for ours, where it says that it asked for several.
    trusts_second_factor: bool,
    client: RelyingParty,
    /// How many are asked about at once, so that a provider that hangs holds up only who goes there.
    talking: Talking,
}

impl Providers {
    /// The providers of a server that browsers reach at `public`, such as `https://registry.example.org`.
    #[must_use]
    pub fn new(list: Vec<Provider>, public: &str) -> Self {
        Self { list: Arc::new(list), public: public.trim_end_matches('/').to_owned() }
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> impl Iterator<Item = &Provider> {
        self.list.iter()
    }

    /// The provider called `id`.
    ///
    /// Errors: there is none such.
    pub fn find(&self, id: &str) -> Result<&Provider, Problem> {
        let detail = "there is no such way to sign in; choose one on the sign-in page";
        self.all()
            .find(|provider| provider.id.as_str() == id)
            .ok_or_else(|| Problem::new(ProblemKind::NotFound, detail))
    }

    /// Where the provider sends browsers back to, as it must know it beforehand.
    #[must_use]
    pub fn redirect(&self, provider: &Provider) -> String {
        format!("{}/sign-in/with/{}/return", self.public, provider.id)
    }
}

impl Provider {
    /// The provider's own name.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.client.issuer()
    }

    /// Asks the provider what it offers.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn look(&self, now: UnixMillis) -> Result<(), OpenIdError> {
        self.client.look(now)
    }

    /// The address that counts of `identity`.
    fn address_of(&self, identity: &Identity) -> Result<Email, Refusal> {
        let email: Option<Email> = identity.email.as_ref().and_then(|email| email.parse().ok());
        let email = email.ok_or(Refusal::NoAddress)?;
        if !identity.is_email_verified && !self.trusts_unverified {
            return Err(Refusal::Unverified);
        }
        let domain = email.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
        if self.domains.iter().any(|own| own == domain) { Ok(email) } else { Err(Refusal::ForeignDomain) }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Provider").field("id", &self.id).field("client", &self.client).finish_non_exhaustive()
    }
}

impl Office {
    /// The party whose people `provider` signs in.
    fn party_of(&self, provider: &Provider) -> Result<Party, Problem> {
        let found = self.database.read(|connection| {
            Ok::<_, Problem>(crate::parties::find_party_by_slug(connection, &provider.organisation)?)
        })?;
        found.ok_or_else(|| {
            tracing::warn!(provider = %provider.id, party = %provider.organisation, "a provider is for a party that is not there");
            unusable(provider)
        })
    }

    /// What whoever wants to sign in is told of a provider that fails; the cause is logged here, once.
    fn failed(&self, provider: &Provider, error: &OpenIdError) -> Problem {
        tracing::warn!(provider = %provider.id, error.cause = %error, "an identity provider could not be used");
        unusable(provider)
    }
}

fn unusable(provider: &Provider) -> Problem {
    let detail = format!(
        "{} cannot be used at the moment; try again in a few minutes, sign in with your password, or tell the operator",
        provider.label
    );
    Problem::new(ProblemKind::ProviderUnavailable, detail)
}
