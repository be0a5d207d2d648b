//! IPv4 and IPv6 addresses; not versions of four numbers, and not addresses that are nobody's.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::{View, is_word},
};

patterns! {
    V4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}";
    V6 = r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.[0-9]{1,3}){0,3}";
}

/// How far before an address words may stand that make it a version.
const REACH: usize = 36;

/// Finds addresses.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.part.contains('.') {
        find_v4(view, findings);
    }
    if view.part.contains(':') {
        find_v6(view, findings);
    }
}

fn find_v4(view: View<'_>, findings: &mut Vec<Finding>) {
    for stretch in view.matches(&V4) {
        let span = (stretch.start, stretch.end);
        let Ok(address) = stretch.text.parse::<Ipv4Addr>() else { continue };
        let is_somebody = !address.is_unspecified()
            && !address.is_loopback()
            && !address.is_broadcast()
            && !address.is_multicast()
            && address.octets().first() != Some(&0);
        if is_somebody && stands_alone(view, span) && !is_version(view, span.0) {
            findings.push(found(Class::IpAddress, span, Confidence::Likely, "four bytes that are no version"));
        }
    }
}

fn find_v6(view: View<'_>, findings: &mut Vec<Finding>) {
    for stretch in view.matches(&V6) {
        // A colon may end the clause: `from 2001:db8::1: refused`.
        let text = if stretch.text.ends_with("::") { stretch.text } else { stretch.text.trim_end_matches(':') };
        let span = (stretch.start, stretch.start + text.len());
        let Ok(address) = text.parse::<Ipv6Addr>() else { continue };
        if is_allocated(address) && !is_word(view.byte_before(span.0)) && !is_word(view.byte_at(span.1)) {
            findings.push(found(Class::IpAddress, span, Confidence::Certain, "IPv6 in an allocated range"));
        }
    }
}

/// Nothing goes on but a port, a network's length or a full stop.
fn stands_alone(view: View<'_>, (start, end): (usize, usize)) -> bool {
    let (before, after) = (view.byte_before(start), view.byte_at(end));
    let goes_on = after == b'.' && is_word(view.byte_at(end + 1));
    let is_path = before == b'/' && is_word(view.byte_before(start - 1));
    let adjoins = is_word(before) || matches!(before, b'.' | b'-' | b'+');
    let is_tail = after == b'-' && view.byte_at(end + 1).is_ascii_alphabetic();
    !adjoins && !is_word(after) && !goes_on && !is_path && !is_tail
}

/// Words of versions right before, such as `Version 1.2.3.4`; `==1.2.3.4` pins one.
fn is_version(view: View<'_>, start: usize) -> bool {
    let before = view.before(start, REACH);
    view.contexts.is_in(Context::Version, before) || before.ends_with("==") || before.ends_with("~=")
}

/// Global unicast, unique local and link-local addresses (IANA IPv6 address space registry); the rest are reserved.
fn is_allocated(address: Ipv6Addr) -> bool {
    let first = address.segments().first().copied().unwrap_or(0);
    first & 0xe000 == 0x2000 || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
}
