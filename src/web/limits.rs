//! How often may be asked: per API key, per party, and per address without a good key. Looked at before anything is written.
//!
//! Each limit lets a second's worth through at once and refills evenly (the generic cell rate algorithm of `governor`). Addresses are
//! charged for refused keys only, so that a good key is never shut out by others behind the same proxy.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use actix_web::{
    HttpResponse,
    http::header::{HeaderName, HeaderValue},
};
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::PartyId,
};
use chancery_domain::parties::{ActorId, Caller};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};
use metrics::counter;

use super::problem::{Family, render};
use crate::app::Rates;

/// Askers that are remembered before those that have not asked for long are forgotten.
const MOST_ASKERS: usize = 10_000;

/// How many networks' worth of requests one site may make.
const NETWORKS_OF_A_SITE: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

/// The limits of one server process.
pub struct Limits {
    actors: Limit<ActorId>,
    parties: Limit<PartyId>,
    strangers: Limit<IpAddr>,
    sign_ins: Limit<IpAddr>,
    /// The same for the site that an IPv6 address belongs to.
    stranger_sites: Limit<Ipv6Addr>,
    sign_in_sites: Limit<Ipv6Addr>,
}

struct Limit<K: Hash + Eq + Clone> {
    /// What it is called in headers.
    name: &'static str,
    per_second: NonZeroU32,
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>,
}

/// A limit that was met: which, and when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    name: &'static str,
    per_second: NonZeroU32,
    wait: Duration,
}

impl Limits {
    /// Limits at these rates, nothing used yet.
    #[must_use]
    pub fn new(rates: &Rates) -> Self {
        Self {
            actors: Limit::new("key", rates.key),
            parties: Limit::new("party", rates.party),
            strangers: Limit::new("address", rates.stranger),
            sign_ins: Limit::new("address", rates.sign_in),
            stranger_sites: Limit::new("site", rates.stranger.saturating_mul(NETWORKS_OF_A_SITE)),
            sign_in_sites: Limit::new("site", rates.sign_in.saturating_mul(NETWORKS_OF_A_SITE)),
        }
    }

    /// Counts a request of `caller`.
    pub fn count(&self, caller: &Caller) -> Result<(), Exceeded> {
        self.actors.count(&caller.actor())?;
        self.parties.count(&caller.party.id)
    }

    /// Counts an attempt to sign in from `address`: each costs the server what a hundred other requests cost.
    pub fn count_sign_in(&self, address: Option<IpAddr>) -> Result<(), Exceeded> {
        self.sign_ins.count(&network(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))?;
        site(address).map_or(Ok(()), |site| self.sign_in_sites.count(&site))
    }

    /// Counts a request without a good key from `address`.
    pub fn count_stranger(&self, address: Option<IpAddr>) -> Result<(), Exceeded> {
        self.strangers.count(&network(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))?;
        site(address).map_or(Ok(()), |site| self.stranger_sites.count(&site))
    }
}

/// What one asker has of the address space: an IPv4 address, or the 64-bit prefix that an IPv6 subscriber gets (RFC 6177), in
/// which addresses cost nothing.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [first, second, third, fourth, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(first, second, third, fourth, 0, 0, 0, 0))
        }
        address => address,
    }
}

/// The 48-bit prefix that a site usually gets (RFC 6177), so that whoever has one does not get a new limit with each of its 65 536
/// networks.
fn site(address: Option<IpAddr>) -> Option<Ipv6Addr> {
    match address?.to_canonical() {
        IpAddr::V6(address) => {
            let [first, second, third, ..] = address.segments();
            Some(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0))
        }
        IpAddr::V4(_) => None,
    }
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, per_second: NonZeroU32) -> Self {
        Self { name, per_second, limiter: RateLimiter::keyed(Quota::per_second(per_second)) }
    }

    fn count(&self, asker: &K) -> Result<(), Exceeded> {
        if self.limiter.len() > MOST_ASKERS {
            self.limiter.retain_recent();
        }
        let Self { name, per_second, limiter } = self;
        limiter.check_key(asker).map_err(|early| {
            counter!("chancery_limited_requests_total", "limit" => *name).increment(1);
            Exceeded { name, per_second: *per_second, wait: early.wait_time_from(DefaultClock::default().now()) }
        })
    }
}

impl Exceeded {
    /// The answer: 429 with `Retry-After` and the headers of the IETF draft `RateLimit header fields for HTTP`.
    #[must_use]
    pub fn answer(&self, family: Family) -> HttpResponse {
        let Self { name, per_second, .. } = self;
        let seconds = self.wait.as_secs().max(1);
        let detail = format!(
            "more than {per_second} requests a second for this {name}; come back in {seconds} s, and ask for less at once"
        );
        let mut answer = render(&Problem::new(ProblemKind::RateLimited, detail), family);
        for (header, value) in [
            ("retry-after", seconds.to_string()),
            ("ratelimit", format!("\"{name}\";r=0;t={seconds}")),
            ("ratelimit-policy", format!("\"{name}\";q={per_second};w=1")),
        ] {
            // INVARIANT: names and numbers are visible ASCII.
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.headers_mut().insert(HeaderName::from_static(header), value);
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_asker() {
        let of = |address: &str| network(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }

    #[test]
    fn a_site_does_not_get_a_limit_for_each_of_its_networks() {
        let one = NonZeroU32::MIN;
        let limits = Limits::new(&Rates { sign_in: one, stranger: one, ..Rates::DEFAULT });
        let ask = |network: u16| {
            let address = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, network, 0, 0, 0, 1));
            (limits.count_sign_in(Some(address)).is_ok(), limits.count_stranger(Some(address)).is_ok())
        };
        assert!((0..8).all(|network| ask(network) == (true, true)));
        assert_eq!(ask(8), (false, false));
        assert!(limits.count_sign_in("2001:db8:2::1".parse().ok()).is_ok(), "another site is another asker");
    }

    #[test]
    fn each_asker_has_a_seconds_worth_and_is_told_when_to_come_back() {
        let limit = Limit::new("address", NonZeroU32::new(3).unwrap());
        let (one, other) = (1, 2);
        assert!((0..3).all(|_| limit.count(&one).is_ok()));
        let exceeded = limit.count(&one).unwrap_err();
        assert!(exceeded.wait <= Duration::from_secs(1));
        assert!(limit.count(&other).is_ok());
        let answer = exceeded.answer(Family::Api);
        assert_eq!(answer.status().as_u16(), 429);
        assert_eq!(answer.headers().get("retry-after").unwrap(), "1");
        assert_eq!(answer.headers().get("ratelimit").unwrap(), "\"address\";r=0;t=1");
        assert_eq!(answer.headers().get("ratelimit-policy").unwrap(), "\"address\";q=3;w=1");
    }
}
