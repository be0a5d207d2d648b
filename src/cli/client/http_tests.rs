//! The client against a server of a few lines.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
};

use chancery_base::crypto::ApiToken;

use super::*;

const A_KEY: &str = "key_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2";

/// Answers each connection with the next of `answers` and passes on what was asked.
fn server(answers: &'static [&'static str]) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut asked = String::new();
            while reader.read_line(&mut asked).unwrap() > 2 {}
            let length = asked.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            sender.send(asked + &*String::from_utf8_lossy(&body)).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, receiver)
}

fn client(address: &str, token: Option<&str>) -> Client {
    let token = token.map(|token| token.parse().unwrap());
    Client::new(address, token.as_ref(), Language::Chinese, None, SystemEntropy).unwrap()
}

const CREATED: &str = "HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: 8\r\n\r\n{\"id\":1}";
const BROKEN: &str = "";

#[test]
fn requests_carry_the_key_the_language_and_an_idempotency_key() {
    let (address, asked) = server(&[CREATED]);
    let token = ApiToken::generate(A_KEY.parse().unwrap(), &SystemEntropy).expose().to_string();
    let answer = client(&address, Some(&token)).post::<Value>("/api/v1/keys", &Value::Null).unwrap();
    assert_eq!(answer.document["id"], 1);
    let asked = asked.recv().unwrap();
    let bearer = format!("authorization: Bearer {token}");
    for expected in ["POST /api/v1/keys", &bearer, "accept-language: zh", "idempotency-key: "] {
        assert!(asked.contains(expected), "{expected} in {asked}");
    }
}

#[test]
fn a_broken_connection_is_tried_again_under_the_same_idempotency_key() {
    let (address, asked) = server(&[BROKEN, CREATED]);
    client(&address, None).post::<Value>("/x", &Value::Null).unwrap();
    let key = |asked: String| asked.lines().find(|line| line.starts_with("idempotency-key")).map(str::to_owned);
    let (first, second) = (key(asked.recv().unwrap()), key(asked.recv().unwrap()));
    assert!(first.is_some());
    assert_eq!(first, second);
}

#[test]
fn uploads_announce_their_length() {
    let (address, asked) = server(&["HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"]);
    client(&address, None).upload("/blob", &mut "bytes".as_bytes(), 5).unwrap();
    let asked = asked.recv().unwrap();
    assert!(asked.contains("content-length: 5") && asked.ends_with("bytes"), "{asked}");
    assert!(!asked.contains("transfer-encoding"), "{asked}");
}

#[test]
fn refusals_redirects_and_silence_are_told_apart() {
    let (address, _asked) = server(&[
        "HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 46\r\n\r\n{\"detail\":\"no\",\"reasons\":[{\"rule\":\"quota\"}]}  ",
        "HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ]);
    let client = client(&address, None);
    let exit = || client.get::<Value>("/x").unwrap_err().exit();
    assert_eq!(exit(), Exit::Refused);
    assert_eq!(exit(), Exit::Failure);
    assert_eq!(exit(), Exit::Unauthenticated);
    assert_eq!(exit(), Exit::Failure, "nobody listens any more");
}
