//! Terms for the tests of this module.

/// Terms that use every clause.
pub const FULL: &str = r#"terms = 1
purposes = ["research", "commercial-service"]
quota_tokens = 1000000
attribution = "Acme MiniLM"
liability_cap = "10000.00 EUR"
versions = [2, 1]
governing_law = "Germany; courts of Berlin"
legal_text_digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
[territory]
included = ["FR", "DE"]
[term]
start = 2026-12-01
end = "2027-12-01T00:00:00Z"
[price]
model = "per-1000-tokens"
amount = "0.02 EUR"
"#;

/// Terms that leave open whatever may be left open.
pub const OPEN: &str = r#"terms = 1
purposes = ["research"]
governing_law = "Germany"
[term]
start = 2026-12-01
[price]
model = "free"
"#;
