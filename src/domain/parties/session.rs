//! Sessions: browsers that people signed in with. They live here, so that ending one ends it at once.

use chancery_base::{
    crypto::TokenHash,
    values::{PersonId, SessionId, UnixMillis},
};

/// A browser in which somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// Hash of the secret in the cookie.
    pub hash: TokenHash,
    /// What the browser calls itself; for its person to recognise it.
    pub agent: String,
    /// The identity provider whose word it began with; `None` where a password was shown.
    pub issuer: Option<String>,
    /// Whether all factors were shown. Until then nothing can be done but to show the second.
    pub is_complete: bool,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it was last used, to within [`Session::TOUCH_MS`].
    pub seen_at: UnixMillis,
    /// When it was ended.
    pub ended_at: Option<UnixMillis>,
}

impl Session {
    /// How long a session lasts without being used: a working day (OWASP ASVS 5.0.0, 7.3.1, asks for a documented time).
    pub const IDLE_MS: i64 = 10 * 3_600 * UnixMillis::PER_SECOND;
    /// How long it lasts in all (7.3.2).
    pub const LIFETIME_MS: i64 = 7 * UnixMillis::PER_DAY;
    /// How long there is to show a second factor.
    pub const SECOND_FACTOR_MS: i64 = 10 * 60 * UnixMillis::PER_SECOND;
    /// How much later a use is before it is written down.
    pub const TOUCH_MS: i64 = 5 * 60 * UnixMillis::PER_SECOND;
    /// How long after a sign-in through a provider whoever has no password need not sign in again to change what they sign in with.
    pub const FRESH_MS: i64 = 10 * 60 * UnixMillis::PER_SECOND;
    /// Longest name of a browser that is kept, in characters.
    pub const AGENT_CHARACTERS: usize = 160;

    /// Whether it counts at `now`.
    #[must_use]
    pub fn is_live(&self, now: UnixMillis) -> bool {
        let lifetime = if self.is_complete { Self::LIFETIME_MS } else { Self::SECOND_FACTOR_MS };
        self.ended_at.is_none()
            && now < self.created_at.plus_millis(lifetime)
            && now < self.seen_at.plus_millis(Self::IDLE_MS)
    }

    /// Whether it began with a provider's word a moment before `now`.
    #[must_use]
    pub fn is_fresh_from_provider(&self, now: UnixMillis) -> bool {
        self.issuer.is_some() && now < self.created_at.plus_millis(Self::FRESH_MS)
    }

    /// Whether a use at `now` is to be written down.
    #[must_use]
    pub fn is_to_be_touched(&self, now: UnixMillis) -> bool {
        now >= self.seen_at.plus_millis(Self::TOUCH_MS)
    }
}
