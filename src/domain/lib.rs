//! Floors 3 to 6 of Chancery: things, claims, judgement and acts.
//!
//! The order of the module groups below is the order of the floors; a module imports only from groups above it in this
//! file (lower floors), never from its own group. A test in the root package holds this.

// floor 3: what tests need from outside
#[cfg(test)]
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[cfg(test)]
#[path = "../../tests/support/required.rs"]
mod required;

// floor 3: documents, below the things written in them
pub mod documents;
#[cfg(test)]
mod test_database;

// floor 3: things
pub mod artifacts;
pub mod holds;
pub mod parties;
pub mod passport;
pub mod webhooks;

// floor 3: what two people have to agree on
pub mod approvals;

// floor 4: claims
pub mod licensing;
pub mod provenance;

// floor 4: what is claimed, in other people's formats
pub mod exchange;

// floor 5: judgement
pub mod policy;

// floor 6: what every act writes
pub mod recording;

// floor 6: what there is to look through
pub mod catalogue;

// floor 6: acts, in this order
pub mod granting;
pub mod membership;
pub mod registration;
pub mod reports;
pub mod requesting;
pub mod serving;

// floor 6: what is made of what is registered
pub mod preparing;

// floor 6: what is taken back for good
pub mod destroying;
pub mod rotating;

// floor 6: what is told to others about all these
pub mod notifying;
