//! Mail addresses, as they are and as `name (at) example (dot) org`.

use crate::personal::{
    class::{Class, Confidence, Finding},
    recognise::{found, patterns},
    view::View,
};

patterns! {
    ADDRESS = r"[\p{Latin}0-9._%+'-]+@(?:[\p{Latin}0-9-]+\.)+(?:xn--[A-Za-z0-9-]+|\p{Latin}{2,24})";
    SPELT_OUT = r"(?i)[\p{Latin}0-9._%+'-]+ ?[\[({] ?at ?[\])}] ?(?:[\p{Latin}0-9-]+ ?(?:\.|[\[({] ?dot ?[\])}]) ?)+[a-z]{2,24}";
}

/// The longest local part (RFC 5321, section 4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;
/// Endings of files that stand where a top-level domain would: `icon@2x.png`. None of them is a top-level domain.
const FILE_ENDINGS: [&str; 12] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "json", "html", "service"];

/// Finds mail addresses.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    for stretch in view.matches(&ADDRESS) {
        let trimmed = stretch.text.trim_start_matches(['\'', '.', '-', '%', '+']);
        let start = stretch.end - trimmed.len();
        let Some((local, domain)) = trimmed.split_once('@') else { continue };
        let ending = domain.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        // `git@host:path` names a repository and its user is nobody.
        let is_repository = local == "git" && view.byte_at(stretch.end) == b':';
        let is_written_badly =
            local.is_empty() || local.ends_with('.') || domain.contains(".-") || domain.starts_with('-');
        if local.len() <= LONGEST_LOCAL_PART
            && !is_repository
            && !is_written_badly
            && !FILE_ENDINGS.contains(&ending.as_str())
        {
            findings.push(found(Class::Email, (start, stretch.end), Confidence::Certain, "form of a mail address"));
        }
    }
}

/// Finds mail addresses with "at" and "dot" in brackets.
pub(in super::super) fn find_spelt_out(view: View<'_>, findings: &mut Vec<Finding>) {
    for stretch in view.matches(&SPELT_OUT) {
        findings.push(found(Class::Email, (stretch.start, stretch.end), Confidence::Likely, "mail address spelt out"));
    }
}
