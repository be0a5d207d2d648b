//! Challenges to those who say they hold a private key. The server keeps none of them: a challenge carries its party and its
//! end, authenticated by HMAC-SHA-256 (RFC 2104) under a secret of the server's.
//!
//! Written `END.NONCE.MAC`: milliseconds since 1970, 32 and 64 hexadecimal digits. A challenge answered twice enrols one key,
//! because a party has each key once.

use chancery_base::{
    crypto::{Commitment, CommitmentKey},
    values::{Entropy, PartyId, UnixMillis, encode_hex},
};

/// How long a challenge can be answered.
const LIFETIME_MS: i64 = 10 * 60 * UnixMillis::PER_SECOND;
/// Keeps two challenges of the same moment apart.
const NONCE_LENGTH: usize = 16;
/// Tells this use of the secret from any other.
const DOMAIN: &str = "chancery/key-challenge/v1";
/// The same for the key of redactions.
const REDACTION_DOMAIN: &str = "chancery/redaction/v1";

/// What challenges are authenticated with; known to the servers of one registry.
#[derive(Debug)]
pub struct ChallengeSecret(CommitmentKey);

/// A challenge as handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What to sign, together with the key: see [`crate::parties::possession_statement`].
    pub text: String,
    /// From when on no answer counts.
    pub expires_at: UnixMillis,
}

impl ChallengeSecret {
    /// Takes the secret; it has 32 bytes, and every use of it says what it is for.
    #[must_use]
    pub const fn new(secret: CommitmentKey) -> Self {
        Self(secret)
    }

    /// What tokens in the place of a party's personal data are made with: the same at every run, and outside the data directory.
    pub(crate) fn redaction_key(&self, party: PartyId) -> [u8; 32] {
        *self.0.commit(format!("{REDACTION_DOMAIN}\n{party}").as_bytes()).as_bytes()
    }

    pub(super) fn issue(&self, party: PartyId, entropy: &dyn Entropy, now: UnixMillis) -> Challenge {
        let mut nonce = [0; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let expires_at = now.plus_millis(LIFETIME_MS);
        let body = format!("{}.{}", expires_at.as_millis(), encode_hex(&nonce));
        let mac = self.0.commit(&authenticated(party, &body));
        Challenge { text: format!("{body}.{mac}"), expires_at }
    }

    /// Whether this server issued `text` to `party` and it can still be answered.
    pub(super) fn accepts(&self, text: &str, party: PartyId, now: UnixMillis) -> bool {
        let Some((body, mac)) = text.rsplit_once('.') else { return false };
        let Some((end, _)) = body.split_once('.') else { return false };
        let is_ours = mac.parse().is_ok_and(|mac: Commitment| mac.opens_with(&self.0, &authenticated(party, body)));
        is_ours && end.parse().is_ok_and(|end| now < UnixMillis::new(end))
    }
}

fn authenticated(party: PartyId, body: &str) -> Vec<u8> {
    format!("{DOMAIN}\n{party}\n{body}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_database::{Counting, NOW};

    #[test]
    fn only_its_own_party_answers_and_only_in_time() {
        let entropy = Counting::default();
        let secret = ChallengeSecret::new(CommitmentKey::generate(&entropy));
        let [party, other] = [(); 2].map(|()| PartyId::generate(&entropy, NOW));
        let Challenge { text, expires_at } = secret.issue(party, &entropy, NOW);
        assert!(secret.accepts(&text, party, NOW));
        assert!(!secret.accepts(&text, other, NOW));
        assert!(!secret.accepts(&text, party, expires_at));
        assert!(!ChallengeSecret::new(CommitmentKey::generate(&entropy)).accepts(&text, party, NOW));
        let later = text.replacen(char::is_numeric, "9", 1);
        for forged in ["", ".", "..", &later, &format!("{text}0"), &text.replace('.', "")] {
            assert!(!secret.accepts(forged, party, NOW), "{forged}");
        }
    }
}
