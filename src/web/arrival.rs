//! How a request arrived: from which client, under which scheme and host, as seen from outside.
//!
//! What a client writes into a header is its own invention, so a header that tells where a request comes from counts only when a
//! proxy that the operator named delivered it, and then from the right: each proxy adds whom it was asked by behind what it was
//! sent. The walk ends at the first address that is no such proxy. Whoever connects from elsewhere is where it connects from.

use std::net::{IpAddr, SocketAddr};

use actix_web::{HttpRequest, http::header::HeaderMap, web};

use crate::app::{Proxies, ProxyHeader};

/// Longest name of a host (RFC 1035 section 2.3.4), and a port.
const HOST_BYTES: usize = 253 + 6;

/// Where a request comes from and where it was sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The client, or the last proxy known before it where that does not say. `None` for what did not come over a network.
    pub client: Option<IpAddr>,
    /// Whether the client's connection was protected.
    pub is_https: bool,
    /// The host, with the port where it is not the scheme's own, that the client asked. `None` where it is none.
    pub host: Option<String>,
}

impl Arrival {
    /// How `request` arrived.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let headers = request.headers();
        let proxies = request.app_data::<web::Data<Proxies>>();
        let direct = Self {
            client: request.peer_addr().map(|peer| peer.ip().to_canonical()),
            is_https: request.app_config().secure() || proxies.is_some_and(|proxies| proxies.protect),
            host: last(headers, "host").filter(|host| is_host(host)).map(str::to_owned),
        };
        match (direct.client, proxies) {
            (Some(peer), Some(proxies)) if proxies.has(peer) => direct.told_by(peer, proxies, headers),
            _ => direct,
        }
    }

    /// Scheme and host as a browser names them (RFC 6454 section 6.2), such as `https://registry.example.org`.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let scheme = if self.is_https { "https" } else { "http" };
        self.host.as_ref().map(|host| format!("{scheme}://{}", host.to_ascii_lowercase()))
    }

    /// What the proxy at `peer` says of a request that it handed on.
    fn told_by(self, peer: IpAddr, proxies: &Proxies, headers: &HeaderMap) -> Self {
        let hops = match proxies.header {
            ProxyHeader::Forwarded => forwarded(headers),
            ProxyHeader::XForwarded => x_forwarded(headers),
        };
        let (mut client, mut told) = (peer, None);
        for hop in hops.iter().rev() {
            told = Some(hop);
            // Who is hidden or not named stays behind the last one known.
            let Some(address) = hop.client else { break };
            client = address;
            if !proxies.has(address) {
                break;
            }
        }
        let (scheme, host) = match proxies.header {
            ProxyHeader::Forwarded => told.map_or((None, None), |hop| (hop.scheme.clone(), hop.host.clone())),
            ProxyHeader::XForwarded => (
                last(headers, "x-forwarded-proto").map(str::to_owned),
                last(headers, "x-forwarded-host").map(str::to_owned),
            ),
        };
        Self {
            client: Some(client),
            is_https: scheme.map_or(self.is_https, |scheme| scheme.eq_ignore_ascii_case("https")),
            host: host.filter(|host| is_host(host)).or(self.host),
        }
    }
}

/// What one proxy says of whom it was asked by.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
}

/// The hops of `X-Forwarded-For`, the one next to us last; a header that came in several lines is one list (RFC 9110 section 5.3).
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let lines = headers.get_all("x-forwarded-for").map(|line| line.to_str().unwrap_or_default());
    let hop = |text: &str| Hop { client: node(text.trim()), ..Hop::default() };
    lines.flat_map(|line| line.split(',').map(hop)).collect()
}

/// The hops of `Forwarded`, the one next to us last. A header that does not follow RFC 7239 tells nothing: an open quotation
/// mark would let a client swallow what the proxy adds.
fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let lines = headers.get_all("forwarded").map(|line| elements(line.to_str().ok()?));
    lines.collect::<Option<Vec<_>>>().unwrap_or_default().concat()
}

/// The elements of a line of `Forwarded`: pairs parted by semicolons, elements by commas, values plain or quoted.
fn elements(line: &str) -> Option<Vec<Hop>> {
    let (mut hops, mut rest) = (vec![Hop::default()], line);
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after)?;
        let hop = hops.last_mut()?;
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.client = node(&value),
            "proto" => hop.scheme = Some(value),
            "host" => hop.host = Some(value),
            name if is_token(name) => {}
            _ => return None,
        }
        let after = after.trim_start();
        if let Some(next) = after.strip_prefix(',') {
            hops.push(Hop::default());
            rest = next;
        } else if let Some(next) = after.strip_prefix(';') {
            rest = next;
        } else {
            return after.is_empty().then_some(hops);
        }
    }
}

/// A value at the start of `text`, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ';', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        return is_token(value).then(|| (value.to_owned(), rest));
    };
    let (mut value, mut characters) = (String::new(), quoted.chars());
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
    None
}

/// A token of RFC 9110 section 5.6.2; here also with the colon that many proxies leave unquoted after an IPv4 address.
fn is_token(text: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(character);
    !text.is_empty() && text.chars().all(is_allowed)
}

/// The address of a node: with or without port, an IPv6 one in brackets where it has a port. `unknown` and names that hide who it
/// is (RFC 7239 section 6.3) have none.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

/// The last item of a header that is a list.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).last()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}

fn is_host(text: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-._:[]".contains(character);
    (1..=HOST_BYTES).contains(&text.len()) && text.chars().all(is_allowed)
}

#[cfg(test)]
#[path = "arrival_tests.rs"]
mod tests;
