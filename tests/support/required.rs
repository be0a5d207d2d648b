//! What a test needs from outside: said when it is missing, and demanded where nothing may be skipped.

/// What the environment variable holds. Without it the test says that it is skipped; in CI that is a failure.
pub fn required(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    if value.is_none() {
        skipped(&format!("`{variable}` is not set; `scripts/test` sets it, see docs/testing.md"));
    }
    value
}

/// Says that something cannot be tested here, and why; in CI that is a failure.
pub fn skipped(reason: &str) {
    assert!(std::env::var_os("CI").is_none(), "in CI nothing may be skipped: {reason}");
    println!("SKIPPED: {reason}");
}
