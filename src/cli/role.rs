//! What people and API keys may do, as commands take it.

use clap::{
    ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use serde::Serialize;

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Create parties, place holds, set the rules; and all that an owner may
    Operator,
    /// Push, license, make keys, approve signing keys, invite, export
    Owner,
    /// Agree to what others propose (people only)
    Approver,
    /// Call models, ask for licences, propose signing keys, read single decisions and receipts
    Member,
    /// Read and export
    Auditor,
}

impl Role {
    /// Reads a role that a key can have: nobody knows who holds one, so none agrees to what others propose.
    pub fn of_keys() -> impl TypedValueParser<Value = Self> {
        let held = Self::value_variants().iter().filter(|role| **role != Self::Approver);
        PossibleValuesParser::new(held.filter_map(ValueEnum::to_possible_value))
            .try_map(|name| Self::from_str(&name, false))
    }
}
