//! The URL of a request to somebody else's server, read more strictly than RFC 3986 has it.
//!
//! Programs disagree on how unusual URLs are read (a host of `0x7f.1`, credentials before an `@`, a backslash), and such
//! disagreements are how checks are got past. Whatever could be read in two ways is refused, and what is left is written in one.
//! A refusal does not repeat the URL: its path may hold a secret.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Reach;

/// Longest URL, in bytes.
const LONGEST: usize = 2_048;
/// Longest host name and longest part of it between dots, in bytes (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;
/// What a URL is written with besides letters and digits (RFC 3986, section 2).
const MARKS: &str = "-._~:/?#[]@!$&'()*+,;=%";
/// The one name without a dot that may be called, by a registry that may call itself.
const LOCALHOST: &str = "localhost";

/// Why a URL is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefused {
    /// Longer than 2048 bytes.
    #[error("the address is longer than {LONGEST} bytes; give a shorter one")]
    TooLong,
    /// A character that does not stand in URLs.
    #[error(
        "the address holds a character that does not stand in URLs; percent-encode it, and write a name of another alphabet \
             in its `xn--` form"
    )]
    Character,
    /// Something other than https.
    #[error("the address must start with `https://`; nothing is sent unencrypted")]
    Scheme,
    /// Credentials before the host.
    #[error("the address holds a name or password before `@`; leave it out, what is sent is signed")]
    Credentials,
    /// A fragment.
    #[error("the address holds a `#`, and what follows it is never sent; leave it out")]
    Fragment,
    /// A host that is none, or is written unusually.
    #[error("the host must be a full domain name, or an IP address in its usual form; correct it")]
    Host,
    /// A port that is none.
    #[error("the port must be a number from 1 to 65535; correct it, or leave it out")]
    Port,
    /// An IP address that is not public.
    #[error("this server calls public addresses only, and that is not one; give one that is reached from the internet")]
    NotPublic,
}

/// A URL that may be called, if what its name leads to may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetUrl {
    text: String,
    host: String,
}

impl TargetUrl {
    /// Reads a URL that somebody gave.
    ///
    /// # Errors
    /// Each of [`TargetRefused`].
    pub fn parse(text: &str, reach: Reach) -> Result<Self, TargetRefused> {
        if text.len() > LONGEST {
            return Err(TargetRefused::TooLong);
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || MARKS.contains(c)) {
            return Err(TargetRefused::Character);
        }
        let (scheme, rest) = text.split_once("://").ok_or(TargetRefused::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if rest.contains('#') {
            return Err(TargetRefused::Fragment);
        }
        let (authority, path) =
            rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(TargetRefused::Credentials);
        }
        let (host, port) = split_port(authority)?;
        let host = host.to_ascii_lowercase();
        let is_loopback = match address_in(&host)? {
            Some(address) if !reach.covers(address) => return Err(TargetRefused::NotPublic),
            Some(address) => address.is_loopback(),
            None if host == LOCALHOST && reach.covers_loopback() => true,
            None => require_name(&host).map(|()| false)?,
        };
        if scheme != "https" && !(scheme == "http" && is_loopback) {
            return Err(TargetRefused::Scheme);
        }
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { text: format!("{scheme}://{host}{port}{slash}{path}"), host })
    }

    /// The URL in the one form it is called in.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone, which unlike the path holds no secret.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// Host and port, told apart so that an IPv6 address keeps its brackets.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), TargetRefused> {
    let end = authority.find(']').map_or(0, |bracket| bracket + 1);
    let colon = authority.get(end..).and_then(|rest| rest.find(':')).map(|colon| end + colon);
    let Some((host, port)) = colon.and_then(|colon| authority.split_at_checked(colon)) else {
        return Ok((authority, None));
    };
    let digits = port.strip_prefix(':').unwrap_or_default();
    let number: u16 = digits.parse().map_err(|_| TargetRefused::Port)?;
    // What begins with `+` or `0` is a number to some and none to others.
    if number == 0 || number.to_string() != digits { Err(TargetRefused::Port) } else { Ok((host, Some(number))) }
}

/// The IP address that a host is, in brackets or with four decimal numbers; nothing where it is a name. What is a number to
/// some programs (`0x7f.1`, `2130706433`, `127.1`, `0177.0.0.1`) is neither.
fn address_in(host: &str) -> Result<Option<IpAddr>, TargetRefused> {
    if let Some(rest) = host.strip_prefix('[') {
        let inner: Option<Ipv6Addr> = rest.strip_suffix(']').and_then(|inner| inner.parse().ok());
        return inner.map(|address| Some(IpAddr::V6(address))).ok_or(TargetRefused::Host);
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if !is_number {
        return Ok(None);
    }
    host.parse::<Ipv4Addr>().map(|address| Some(IpAddr::V4(address))).map_err(|_| TargetRefused::Host)
}

/// A name of at least two labels of letters, digits and hyphens (RFC 1123, section 2.1), without the dot of the root.
fn require_name(host: &str) -> Result<(), TargetRefused> {
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = host.len() <= LONGEST_NAME && host.contains('.') && host.split('.').all(is_label);
    if is_name { Ok(()) } else { Err(TargetRefused::Host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, TargetRefused> {
        TargetUrl::parse(text, Reach::Public).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn what_may_be_called_is_written_in_one_form() {
        for (given, written) in [
            ("https://hooks.example.com", "https://hooks.example.com/"),
            ("HTTPS://Hooks.Example.COM/In?a=B", "https://hooks.example.com/In?a=B"),
            ("https://example.com:8443/x", "https://example.com:8443/x"),
            ("https://example.com?x=1@2", "https://example.com/?x=1@2"),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("https://[2606:4700::1111]:443/", "https://[2606:4700::1111]:443/"),
            ("https://xn--mnchen-3ya.example/%C3%A9", "https://xn--mnchen-3ya.example/%C3%A9"),
        ] {
            assert_eq!(read(given).as_deref(), Ok(written), "{given}");
        }
        let url = TargetUrl::parse("https://Example.com:444/secret", Reach::Public).unwrap();
        assert_eq!(url.host(), "example.com");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        use TargetRefused::{Character, Credentials, Fragment, Host, NotPublic, Port, Scheme, TooLong};
        for (url, refused) in [
            ("", Scheme),
            ("example.com/x", Scheme),
            ("http://example.com/", Scheme),
            ("ftp://example.com/", Scheme),
            ("file:///etc/passwd", Host),
            ("gopher://example.com/", Scheme),
            ("https:/example.com", Scheme),
            ("https:example.com", Scheme),
            ("https://", Host),
            ("https:///x", Host),
            ("https://?x", Host),
            // Loopback as others read it: decimal, octal, hexadecimal, short, mixed.
            ("https://2130706433/", Host),
            ("https://017700000001/", Host),
            ("https://0x7f000001/", Host),
            ("https://0177.0.0.1/", Host),
            ("https://0x7f.0.0.1/", Host),
            ("https://0x7f.1/", Host),
            ("https://127.1/", Host),
            ("https://127.0.1/", Host),
            ("https://127.0.0.01/", Host),
            ("https://127.0.0.0x1/", Host),
            ("https://127.0.0.1.1/", Host),
            ("https://1/", Host),
            ("https://0/", Host),
            ("https://256.256.256.256/", Host),
            ("https://example.0x1/", Host),
            ("https://127.0.0.1/", NotPublic),
            ("https://10.0.0.1:8443/", NotPublic),
            ("https://169.254.169.254/latest/meta-data/", NotPublic),
            ("https://[::1]/", NotPublic),
            ("https://[::]/", NotPublic),
            ("https://[::ffff:127.0.0.1]/", NotPublic),
            ("https://[::ffff:7f00:1]/", NotPublic),
            ("https://[0:0:0:0:0:ffff:127.0.0.1]/", NotPublic),
            ("https://[64:ff9b::127.0.0.1]/", NotPublic),
            ("https://[fe80::1]/", NotPublic),
            ("https://[fe80::1%25eth0]/", Host),
            ("https://[fd00:ec2::254]/", NotPublic),
            ("https://[::1/", Port),
            ("https://[v1.x]/", Host),
            ("https://::1/", Port),
            // Names.
            ("https://localhost/", Host),
            ("https://metadata/", Host),
            ("https://example.com./", Host),
            ("https://127.0.0.1./", Host),
            ("https://.example.com/", Host),
            ("https://example..com/", Host),
            ("https://-a.example/", Host),
            ("https://a_b.example/", Host),
            ("https://exam%70le.com/", Host),
            ("https://example.com%00.evil.example/", Host),
            ("https://exаmple.com/", Character), // a Cyrillic letter
            ("https://１２７.0.0.1/", Character),
            ("https://①②⑦.0.0.1/", Character),
            ("https://127。0。0。1/", Character),
            // Ports.
            ("https://example.com:0/", Port),
            ("https://example.com:/", Port),
            ("https://example.com:65536/", Port),
            ("https://example.com:+443/", Port),
            ("https://example.com:0443/", Port),
            ("https://example.com:443:80/", Port),
            ("https://[2606:4700::1111]x/", Host),
            // Parts that mislead.
            ("https://user@example.com/", Credentials),
            ("https://user:pass@example.com/", Credentials),
            ("https://example.com@127.0.0.1/", Credentials),
            ("https://example.com/#part", Fragment),
            ("https://example.com#@127.0.0.1/", Fragment),
            (r"https://example.com\@127.0.0.1/", Character),
            (r"https:\\example.com/", Character),
            ("https://example.com /", Character),
            (" https://example.com/", Character),
            ("https://example.com/\r\nHost: x", Character),
            ("https://example.com/\0", Character),
            ("https://example.com/é", Character),
            (&format!("https://example.com/{}", "a".repeat(LONGEST)), TooLong),
            (&format!("https://{}.com/", "a".repeat(64)), Host),
        ] {
            assert_eq!(read(url), Err(refused), "{url}");
            assert!(!refused.to_string().contains("127"), "the address is not repeated");
        }
    }

    #[test]
    fn a_registry_that_may_call_itself_may_do_so_in_clear_and_nobody_else() {
        let read = |text: &str| TargetUrl::parse(text, Reach::PublicAndLoopback).map(|url| url.text);
        for url in ["http://127.0.0.1:9000/", "http://[::1]:9000/", "http://localhost:9000/", "https://localhost/"] {
            assert_eq!(read(url).as_deref(), Ok(url));
        }
        for (url, refused) in [
            ("http://example.com/", TargetRefused::Scheme),
            ("http://10.0.0.1/", TargetRefused::NotPublic),
            ("http://[::ffff:127.0.0.1]/", TargetRefused::NotPublic),
            ("http://127.1/", TargetRefused::Host),
            ("http://localhost./", TargetRefused::Host),
        ] {
            assert_eq!(read(url), Err(refused), "{url}");
        }
    }
}
