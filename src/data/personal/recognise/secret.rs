//! Keys, tokens and passwords: by the prefixes their issuers give them, by the words before them, and inside URLs.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::automaton,
    recognise::{found, patterns},
    terms,
    view::View,
};

patterns! {
    /// Prefixes as AWS, GitHub, GitLab, Slack, Stripe, OpenAI, Google, npm, PyPI, Hugging Face, SendGrid and DigitalOcean document them.
    KNOWN = r"(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}|AIza[0-9A-Za-z_-]{35}|npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|dop_v1_[a-f0-9]{64}";
    JSON_WEB_TOKEN = r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}";
    PRIVATE_KEY = r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{16,8192}-----END [A-Z ]{0,20}PRIVATE KEY-----";
    URL_WITH_PASSWORD = r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/@:]{1,64}:[^\s/@]{1,128}@[A-Za-z0-9.\[\]:_-]{1,128}";
    ASSIGNED = r#"\A["']? ?(?::=|=>|[:=]| is |是|为) ?["']?([^\s"',;，。；\p{Han}]{6,200})"#;
    /// Chinese puts a value right behind the word.
    ADJACENT = r"\A([!-~]{6,64})";
}

static COMMONEST: LazyLock<Vec<&str>> = LazyLock::new(|| terms::section(terms::SECRETS, "commonest"));
static PLACEHOLDERS: LazyLock<Vec<&str>> = LazyLock::new(|| terms::section(terms::SECRETS, "no secret"));

/// A random string of twelve characters has about 3.3 bits a character; a word has less.
const LEAST_ENTROPY: f64 = 2.5;
/// So long, a value is a secret whatever characters it has.
const LONG: usize = 20;

/// Finds secrets that their form gives away.
pub(in super::super) fn find_known(view: View<'_>, findings: &mut Vec<Finding>) {
    let kinds = [
        (&KNOWN, "prefix of an issuer"),
        (&JSON_WEB_TOKEN, "JSON web token"),
        (&PRIVATE_KEY, "private key block"),
        (&URL_WITH_PASSWORD, "URL with a password"),
    ];
    for (pattern, reason) in kinds {
        for stretch in view.matches(pattern) {
            let before = view.byte_before(stretch.start);
            if !before.is_ascii_alphanumeric() && !is_placeholder(stretch.text) {
                let span = (stretch.start, stretch.end);
                findings.push(found(Class::Secret, span, Confidence::Certain, reason));
            }
        }
    }
}

/// The words that introduce a secret.
pub(in super::super) fn introducers() -> AhoCorasick {
    automaton(&terms::section(terms::SECRETS, "introduces"))
}

/// Finds the value assigned at this place, behind a word such as "password".
pub(in super::super) fn find_assigned(view: View<'_>, end_of_word: usize, findings: &mut Vec<Finding>) {
    let after = view.after(end_of_word, 256);
    let is_chinese = !view.byte_before(end_of_word).is_ascii();
    let assigned = ASSIGNED.captures(after).or_else(|| is_chinese.then(|| ADJACENT.captures(after)).flatten());
    let Some(value) = assigned.and_then(|captures| captures.get(1)) else { return };
    // Also a name of the program's: `password = getpass.getpass()`.
    let is_word = value
        .as_str()
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'.' | b'_' | b'(' | b')'))
        || value.as_str().bytes().filter(u8::is_ascii_alphanumeric).count() < 4;
    let is_known = COMMONEST.contains(&value.as_str());
    if (is_word && !is_known && value.len() < LONG)
        || is_placeholder(value.as_str())
        || entropy(value.as_str()) < LEAST_ENTROPY
    {
        return;
    }
    let span = (end_of_word + value.start(), end_of_word + value.end());
    let text = value.as_str().trim_end_matches(['.', ')', ']', '}', '!', '?']);
    let span = (span.0, span.0 + text.len());
    findings.push(found(Class::Secret, span, Confidence::Likely, "value behind a word for secrets"));
}

fn is_placeholder(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    PLACEHOLDERS.iter().any(|placeholder| value.contains(placeholder))
}

/// Shannon's entropy of the bytes, in bits a byte.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = value.len() as f64;
    let share = |&count: &u32| f64::from(count) / total;
    counts.iter().filter(|&&count| count > 0).map(share).map(|share| -share * share.log2()).sum()
}
