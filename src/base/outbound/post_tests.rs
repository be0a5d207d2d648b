//! Requests to servers that try to lead us elsewhere.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::*;

/// Names that lead to the given addresses, one list for each time they are looked up; the last one stays.
#[derive(Debug, Clone)]
struct Names {
    answers: Arc<Mutex<Vec<Vec<SocketAddr>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    fn answering(answers: &[&[SocketAddr]]) -> Self {
        let answers = answers.iter().rev().map(|addresses| addresses.to_vec()).collect();
        Self { answers: Arc::new(Mutex::new(answers)), asked: Arc::default() }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolver for Names {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop().unwrap() } else { answers[0].clone() };
        let mut found = self.empty();
        answer.into_iter().for_each(|address| found.push(address));
        Ok(found)
    }
}

/// A server that says the same to everybody, and what it was told.
fn server(said: String) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, told) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&told);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut bytes) = (stream.unwrap(), vec![0; 4096]);
            let length = stream.read(&mut bytes).unwrap_or_default();
            heard.lock().unwrap().push(String::from_utf8_lossy(&bytes[..length]).into_owned());
            let _ = stream.write_all(said.as_bytes());
        }
    });
    (address, told)
}

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn post(outbound: &Outbound, url: &str) -> Result<u16, Failure> {
    let url = TargetUrl::parse(url, outbound.reach()).unwrap();
    outbound.post(&url, &[("webhook-id", "delivery_1".to_owned())], "{\"type\":\"x\"}")
}

fn with_names(names: &Names) -> Outbound {
    Outbound::looking_up_with(Reach::PublicAndLoopback, names.clone())
}

#[test]
fn a_request_goes_to_the_address_that_was_looked_up_once() {
    let (address, told) = server(NO_CONTENT.to_owned());
    let private: SocketAddr = "10.0.0.1:80".parse().unwrap();
    let names = Names::answering(&[&[address], &[private]]);
    let outbound = with_names(&names);
    assert_eq!(post(&outbound, "http://localhost:9/in?x=1"), Ok(204));
    assert_eq!(names.asked(), 1, "a name that is looked up twice may lead elsewhere the second time");
    let told = told.lock().unwrap()[0].clone();
    assert!(told.starts_with("POST /in?x=1 HTTP/1.1\r\n") && told.contains("host: localhost:9\r\n"), "{told}");
    assert!(
        told.contains("webhook-id: delivery_1\r\n") && told.contains("content-type: application/json\r\n"),
        "{told}"
    );
    assert_eq!(post(&outbound, "http://localhost:9/"), Err(Failure::NoPublicAddress), "rebound to a private address");
    assert_eq!(names.asked(), 2);
}

#[test]
fn of_several_addresses_only_those_that_may_be_called_are() {
    let (address, _) = server(NO_CONTENT.to_owned());
    let private: SocketAddr = "169.254.169.254:80".parse().unwrap();
    let mapped = SocketAddr::new("::ffff:127.0.0.1".parse().unwrap(), address.port());
    assert_eq!(post(&with_names(&Names::answering(&[&[private, mapped, address]])), "http://localhost/"), Ok(204));
    for refused in [&[private, mapped][..], &[mapped], &[]] {
        let outbound = with_names(&Names::answering(&[refused]));
        assert_eq!(post(&outbound, "http://localhost/"), Err(Failure::NoPublicAddress), "{refused:?}");
    }
    let outbound = Outbound::looking_up_with(Reach::Public, Names::answering(&[&[address]]));
    assert_eq!(post(&outbound, "https://hooks.example.com/"), Err(Failure::NoPublicAddress));
}

#[test]
fn redirects_are_answers_and_are_not_followed() {
    let (elsewhere, told) = server(NO_CONTENT.to_owned());
    for status in [301, 302, 303, 307, 308] {
        let (address, _) =
            server(format!("HTTP/1.1 {status} Moved\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n"));
        assert_eq!(post(&Outbound::new(Reach::PublicAndLoopback), &format!("http://{address}/")), Ok(status));
    }
    assert!(told.lock().unwrap().is_empty());
}

#[test]
fn bodies_are_not_read_and_endless_heads_are_given_up() {
    let outbound = Outbound::new(Reach::PublicAndLoopback);
    let (address, _) = server(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\nx", u64::MAX));
    assert_eq!(post(&outbound, &format!("http://{address}/")), Ok(200));
    let (address, _) = server(format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(1 << 20)));
    assert!(post(&outbound, &format!("http://{address}/")).is_err());
    let (address, _) = server("SSH-2.0-OpenSSH_9.9\r\n".to_owned());
    assert_eq!(post(&outbound, &format!("http://{address}/")), Err(Failure::NotUnderstood));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(post(&outbound, &format!("http://{closed}/")), Err(Failure::Disconnected));
}

#[test]
fn an_encrypted_request_names_the_host_and_not_the_address() {
    let (address, told) = server("no handshake".to_owned());
    let outbound = with_names(&Names::answering(&[&[address]]));
    assert_eq!(post(&outbound, "https://hooks.example.com/"), Err(Failure::Untrusted));
    let hello = told.lock().unwrap()[0].clone();
    assert!(
        hello.starts_with('\u{16}') && hello.contains("hooks.example.com"),
        "a TLS greeting with the server's name"
    );
}
