//! Requests to addresses that strangers chose: https to public addresses, and nowhere else.
//!
//! Whoever may name an address for us to call must not reach through us what only we can reach: other services of this machine,
//! its network, its cloud's metadata (CWE-918). So a URL is read strictly ([`TargetUrl`]); its host is looked up once, by us; only
//! addresses that are global unicast are connected to ([`Reach`]), those that were looked up and no others; no redirect is
//! followed, no proxy used, and no body of an answer read.
//!
//! Whom the operator named, an identity provider, is asked in the same way: its answers are read up to a length, and only where the
//! operator says so does it stand in a private network or on this machine.

mod address;
mod post;
mod target;

pub use address::Reach;
pub use post::{Failure, Outbound, TIMEOUT};
pub use target::{TargetRefused, TargetUrl};
