//! The words everything else is written in: digests, identifiers, names, time, amounts and who said so.
//!
//! Every type here cannot hold an invalid value: text becomes one of them through `parse`/`FromStr`, which says what was
//! expected. Nothing in this module performs input or output; [`Clock`] and [`Entropy`] are handed in from the assembly.

mod amount;
#[cfg(test)]
mod counting;
mod deceptive;
mod digest;
mod email;
mod fact;
mod hexadecimal;
mod id;
mod kind;
mod language;
mod name;
mod network;
mod path;
mod quantity;
mod territory;
mod time;

pub use amount::{Amount, Currency};
#[cfg(test)]
pub(crate) use counting::Counting;
pub use deceptive::is_deceptive;
pub use digest::Sha256Digest;
pub use email::Email;
pub use fact::Standing;
pub use hexadecimal::{decode_hex, encode_hex};
pub use id::{
    AccessRequestId, ApiKeyId, DecisionId, DeliveryId, Entropy, ExportId, FlowId, GrantId, HoldId, InvitationId,
    LeafId, ModelId, PartyId, PersonId, PreparationId, ProposalId, RotationId, SessionId, SigningKeyId, UploadId,
    UseId, VersionId, WebhookId,
};
pub use kind::ArtifactKind;
pub use language::{Language, Localized};
pub use name::{Alias, ModelName, ModelReference, Selector, Slug};
pub use network::Network;
pub use path::{ArtifactPath, PathSet};
pub use quantity::{ByteCount, PAGE_ITEMS, TokenCount};
pub use territory::{Purpose, Territory};
pub use time::{Clock, UnixMillis};

/// Text that is not a value of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not {expected}")]
pub struct Invalid {
    /// What was given, cut to a length that is safe to show.
    pub input: String,
    /// What would have been accepted, as a noun phrase.
    pub expected: &'static str,
}

impl Invalid {
    /// Longest piece of the user's input that an error repeats, in characters.
    const SHOWN_CHARACTERS: usize = 80;

    /// Describes `input` as not being `expected`; deceptive characters are replaced so that the text is safe to print.
    #[must_use]
    pub fn new(input: &str, expected: &'static str) -> Self {
        let shown = input.chars().take(Self::SHOWN_CHARACTERS);
        Self { input: shown.map(|c| if is_deceptive(c) { '\u{fffd}' } else { c }).collect(), expected }
    }
}
