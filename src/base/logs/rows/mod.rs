//! Rows of the logs. A leaf's index is called `position` here, since that is no word of SQL.

mod leaves;
mod tree;

pub(super) use leaves::{
    LeafRows, assign_positions, browse, count_unsequenced, count_up_to, find_leaf, find_opening, has_unsequenced,
    leaves_of, list, placed_entries, placed_leaf, shared_with,
};
pub(super) use tree::{
    State, advance, find_state, first_checkpoint_with, hashes, insert_checkpoint, insert_state, insert_tile_hash,
    last_checkpoint, last_signed, rename, state,
};

use crate::db::Error;

diesel::table! {
    log_state (log) {
        log -> Text,
        origin -> Text,
        verifier -> Text,
        size -> BigInt,
        epoch -> BigInt,
        root -> Binary,
    }
}

diesel::table! {
    log_leaves (id) {
        id -> Text,
        log -> Text,
        position -> Nullable<BigInt>,
        entry -> Binary,
        leaf_hash -> Binary,
        appended_at -> BigInt,
    }
}

diesel::table! {
    log_openings (leaf_id) {
        leaf_id -> Text,
        salt -> Binary,
        payload -> Text,
    }
}

diesel::table! {
    log_readers (party_id, leaf_id) {
        party_id -> Text,
        leaf_id -> Text,
    }
}

diesel::table! {
    log_tile_hashes (log, level, position) {
        log -> Text,
        level -> Integer,
        position -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    log_checkpoints (log, size) {
        log -> Text,
        size -> BigInt,
        note -> Text,
        signed_at -> BigInt,
    }
}

diesel::joinable!(log_openings -> log_leaves (leaf_id));
diesel::joinable!(log_readers -> log_leaves (leaf_id));
diesel::allow_tables_to_appear_in_same_query!(log_leaves, log_openings, log_readers);

/// A size or index as stored.
fn stored(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Corrupt(format!("{number} is beyond what a log can hold")))
}

/// A size or index as read.
fn read(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Corrupt(format!("a size or index of {number}")))
}

fn tree_hash(bytes: &[u8]) -> Result<super::merkle::TreeHash, Error> {
    super::merkle::TreeHash::from_slice(bytes).ok_or_else(|| Error::Corrupt("a hash that has not 32 bytes".to_owned()))
}
