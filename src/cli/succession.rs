//! Logs that went on under another name, as they are told.

use chancery_base::logs::Ended;
use serde_json::{Value, json};

use super::message::{Message, say};
use crate::app::backup::Succession;

/// How each log ended, and what it is called now.
pub fn ended(succession: &Succession) -> Vec<Message> {
    let ended = succession.ended.iter().map(|ended| {
        let next = format!("{}/{}", succession.origin, ended.log);
        say!("succession-ended", origin = ended.origin, size = ended.size, next = next)
    });
    ended.collect()
}

/// All of it.
pub fn document(succession: &Succession) -> Value {
    let ended = |ended: &Ended| {
        json!({
            "log": ended.log, "origin": ended.origin, "key": ended.verifier, "last_signed": ended.last_signed,
            "restored_size": ended.size, "restored_root": ended.root,
        })
    };
    json!({
        "origin": succession.origin, "old_keys": succession.aside,
        "ended": succession.ended.iter().map(ended).collect::<Vec<_>>(),
    })
}
