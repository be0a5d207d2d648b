//! What is made to be heavy: tokenizers that blow up what they are given, and texts of megabytes.

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::{Answer, Client},
    fixtures::{self, Files, TERMS},
    organisation::text,
};

/// Millions of bytes without an end of a word: a tokenizer has to read all of it to tell the first token.
fn endless() -> String {
    "x".repeat(3_800_000)
}

fn embed(client: &Client, input: &Value) -> Answer {
    client.post("/v1/embeddings", &json!({"model": "acme/words", "input": input}))
}

/// An encoder with another normalizer.
fn normalising_with(normalizer: &Value) -> Files {
    let mut files = fixtures::tiny_encoder();
    let mut tokenizer: Value = serde_json::from_slice(&files["tokenizer.json"]).unwrap();
    tokenizer["normalizer"] = normalizer.clone();
    files.insert("tokenizer.json".to_owned(), tokenizer.to_string().into_bytes());
    files
}

#[test]
fn a_tokenizer_that_blows_up_texts_is_not_registered() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let thousandfold = json!({"type": "Replace", "pattern": {"String": "q"}, "content": "q".repeat(1000)});
    let memory = json!({"type": "Sequence", "normalizers": [thousandfold, thousandfold, thousandfold]});
    let time = json!({"type": "Replace", "pattern": {"Regex": "(?=x*y)z"}, "content": ""});
    for bomb in [memory, time] {
        let pushed = acme.try_push(&acme.client, "acme/words", &normalising_with(&bomb), &fixtures::open_passport());
        let answer = pushed.unwrap();
        assert_eq!(answer.body["field"], "tokenizer.json", "{answer:?}");
        let detail = answer.problem(422, "refused-format");
        assert!(detail.contains("`normalizer` in `tokenizer.json` is `Replace`"), "{detail}");
        assert!(detail.contains("supported is BertNormalizer"), "{detail}");
    }
    acme.client.logged_refusals(&[("commit-upload", "refused-format"); 2]);
    acme.client.get("/api/v1/models/acme/words").problem(404, "not-found");
    let harmless = normalising_with(&json!({"type": "Lowercase"}));
    acme.push("acme/words", &harmless, &fixtures::open_passport());
}

#[test]
fn who_has_no_licence_is_refused_before_a_large_text_is_read() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push("acme/words", &fixtures::tiny_encoder(), &fixtures::open_passport());
    // The model is in memory: nothing but the licence is in the way.
    embed(&acme.program("commercial-service", "DE"), &json!("one")).expect(200);
    let program = globex.program("commercial-service", "DE");
    for input in [json!(endless()), json!(vec!["one two three ".repeat(100); 2_000])] {
        let refused = embed(&program, &input).expect(403);
        assert_eq!(refused["reasons"][0]["rule"], "grant-missing", "{refused}");
        let decision = program.get(&format!("/api/v1/decisions/{}", text(&refused["decision"]))).expect(200);
        assert_eq!(decision["facts"]["request"]["estimated_tokens"], 0, "{decision}");
    }
    // What is small is counted first, so that the record says how much it was.
    let refused = embed(&program, &json!("one two")).expect(403);
    let decision = program.get(&format!("/api/v1/decisions/{}", text(&refused["decision"]))).expect(200);
    assert_eq!(decision["facts"]["request"]["estimated_tokens"], 4, "{decision}");
}

#[test]
fn of_a_large_text_the_beginning_counts() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push("acme/words", &fixtures::tiny_encoder(), &fixtures::open_passport());
    acme.grant("acme/words", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    let short = "one two three ".repeat(6);
    let answer = embed(&program, &json!([short, short.repeat(20_000)])).expect(200);
    assert_eq!(answer["data"][0]["embedding"], answer["data"][1]["embedding"]);
    assert_eq!(answer["usage"]["prompt_tokens"], 32, "{}", answer["usage"]);
    let refused = embed(&program, &json!(["one", endless()]));
    assert_eq!(refused.body["field"], "input", "{refused:?}");
    let detail = refused.problem(413, "too-large");
    assert!(detail.contains("text 2 has 3800000 bytes"), "{detail}");
    program.logged_refusal("use-model", "too-large");
}

#[test]
fn a_large_text_is_too_much_for_a_classifier() {
    let app = TestApp::start();
    let acme = app.party("acme");
    acme.push_reviews();
    let program = acme.program("commercial-service", "DE");
    let detail = program.predict("acme/reviews", &endless()).problem(413, "too-large");
    assert!(detail.contains("no more than 262144"), "{detail}");
    program.predict("acme/reviews", &"good ".repeat(50_000)).expect(200);
}
