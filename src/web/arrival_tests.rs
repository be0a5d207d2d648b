use actix_web::test::TestRequest;
use proptest::prelude::*;

use super::*;

/// A stranger's address.
const STRANGER: &str = "203.0.113.9";
/// Where the proxies of these tests are, and one that asks from there.
const PROXIES: [&str; 2] = ["10.0.0.0/8", "2001:db8:1::/48"];
const PROXY: &str = "10.0.0.1";

fn arrival(peer: &str, header: ProxyHeader, headers: &[(&str, &str)]) -> Arrival {
    let trusted = PROXIES.map(|network| network.parse().unwrap()).to_vec();
    let proxies = Proxies { trusted, header, ..Proxies::default() };
    let mut request = TestRequest::default()
        .peer_addr(SocketAddr::new(peer.parse().unwrap(), 50_000))
        .app_data(web::Data::new(proxies))
        .insert_header(("host", "registry.example.org"));
    for (name, value) in headers {
        request = request.append_header((*name, *value));
    }
    Arrival::of(&request.to_http_request())
}

fn client(peer: &str, header: ProxyHeader, headers: &[(&str, &str)]) -> String {
    arrival(peer, header, headers).client.unwrap().to_string()
}

#[test]
fn x_forwarded_for_is_walked_from_the_right_past_proxies() {
    for (list, expected) in [
        (&["203.0.113.9"][..], "203.0.113.9"),
        // What the client itself wrote stands on the left.
        (&["8.8.8.8, 203.0.113.9"], "203.0.113.9"),
        (&["8.8.8.8,203.0.113.9 , 10.0.0.7"], "203.0.113.9"),
        (&["8.8.8.8", "203.0.113.9", "10.0.0.7"], "203.0.113.9"),
        (&["10.0.0.9, 203.0.113.9, 10.0.0.8, 10.0.0.7"], "203.0.113.9"),
        // Everybody is one of ours: the client is, too.
        (&["10.0.0.9, 10.0.0.8"], "10.0.0.9"),
        (&["203.0.113.9:4711"], "203.0.113.9"),
        (&["[2001:db8:9::1]:4711"], "2001:db8:9::1"),
        (&["[2001:db8:9::1]"], "2001:db8:9::1"),
        (&["2001:db8:9::1"], "2001:db8:9::1"),
        (&["203.0.113.9, 2001:db8:1::5"], "203.0.113.9"),
        (&["::ffff:203.0.113.9"], "203.0.113.9"),
        (&["203.0.113.9, ::ffff:10.0.0.7"], "203.0.113.9"),
        // Who is not named stays behind the last one known.
        (&["203.0.113.9, unknown"], PROXY),
        (&["203.0.113.9, _hidden, 10.0.0.7"], "10.0.0.7"),
        (&["203.0.113.9, "], PROXY),
        (&["for=203.0.113.9"], PROXY),
        (&["999.1.1.1"], PROXY),
        (&[""], PROXY),
        (&[], PROXY),
    ] {
        let headers: Vec<_> = list.iter().map(|line| ("x-forwarded-for", *line)).collect();
        assert_eq!(client(PROXY, ProxyHeader::XForwarded, &headers), expected, "{list:?}");
        assert_eq!(client("::ffff:10.0.0.1", ProxyHeader::XForwarded, &headers), expected, "{list:?}, mapped");
        assert_eq!(client(STRANGER, ProxyHeader::XForwarded, &headers), STRANGER, "{list:?}, from a stranger");
        assert_eq!(client(PROXY, ProxyHeader::Forwarded, &headers), PROXY, "{list:?}, not the header that was named");
    }
}

#[test]
fn forwarded_is_read_as_rfc_7239_has_it() {
    for (list, expected) in [
        (&["for=203.0.113.9"][..], "203.0.113.9"),
        (&["For=203.0.113.9;by=10.0.0.1;proto=https"], "203.0.113.9"),
        (&["by=10.0.0.1 ; for=203.0.113.9"], "203.0.113.9"),
        (&["for=8.8.8.8, for=203.0.113.9, for=10.0.0.7"], "203.0.113.9"),
        (&["for=8.8.8.8", "for=203.0.113.9", "for=10.0.0.7"], "203.0.113.9"),
        (&[r#"for="[2001:db8:9::1]:4711""#], "2001:db8:9::1"),
        (&[r#"for="203.0.113.9:4711""#], "203.0.113.9"),
        (&["for=203.0.113.9:4711"], "203.0.113.9"),
        (&[r#"for="203\.0.113.9""#], "203.0.113.9"),
        (&[r#"ext="a,b;for=8.8.8.8";for=203.0.113.9"#], "203.0.113.9"),
        (&["for=203.0.113.9, for=unknown"], PROXY),
        (&["for=203.0.113.9, for=_hidden, for=10.0.0.7"], "10.0.0.7"),
        (&["for=203.0.113.9, proto=https"], PROXY),
        // An open quotation mark would swallow what the proxy added.
        (&[r#"for=8.8.8.8;a=", for="[2001:db8:9::1]""#], PROXY),
        (&[r#"for=8.8.8.8;a=", for=203.0.113.9"#], PROXY),
        (&[r#"a="\"#, "for=203.0.113.9"], PROXY),
        (&["203.0.113.9"], PROXY),
        (&["for=203.0.113.9;"], PROXY),
        (&["for"], PROXY),
        (&[""], PROXY),
    ] {
        let headers: Vec<_> = list.iter().map(|line| ("forwarded", *line)).collect();
        assert_eq!(client(PROXY, ProxyHeader::Forwarded, &headers), expected, "{list:?}");
        assert_eq!(client(STRANGER, ProxyHeader::Forwarded, &headers), STRANGER, "{list:?}, from a stranger");
        assert_eq!(client(PROXY, ProxyHeader::XForwarded, &headers), PROXY, "{list:?}, not the header that was named");
    }
}

#[test]
fn scheme_and_host_are_those_of_the_clients_connection() {
    let x = ProxyHeader::XForwarded;
    let secure = [
        ("x-forwarded-for", STRANGER),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "Models.example.com:8443"),
    ];
    assert_eq!(arrival(PROXY, x, &secure).origin().unwrap(), "https://models.example.com:8443");
    assert_eq!(arrival(STRANGER, x, &secure).origin().unwrap(), "http://registry.example.org");
    assert_eq!(
        arrival(PROXY, x, &[("x-forwarded-proto", "https, http")]).origin().unwrap(),
        "http://registry.example.org"
    );
    assert!(arrival(PROXY, x, &[("x-forwarded-proto", "http"), ("x-forwarded-proto", "HTTPS")]).is_https);
    let odd = [("x-forwarded-host", "evil.example/x\"><script>"), ("x-forwarded-proto", "https")];
    assert_eq!(arrival(PROXY, x, &odd).origin().unwrap(), "https://registry.example.org");

    let forwarded = |line| arrival(PROXY, ProxyHeader::Forwarded, &[("forwarded", line)]).origin().unwrap();
    assert_eq!(forwarded("for=203.0.113.9;proto=https;host=models.example.com"), "https://models.example.com");
    // The element of the proxy that the client asked, not that of the one next to us, nor what the client wrote.
    let line =
        "for=8.8.8.8;host=evil.example, for=203.0.113.9;proto=https;host=a.example, for=10.0.0.7;proto=http;host=b";
    assert_eq!(forwarded(line), "https://a.example");
    assert_eq!(forwarded("proto=https"), "https://registry.example.org");
}

proptest! {
    #[test]
    fn who_does_not_come_through_a_proxy_cannot_say_who_it_is(
        bits in any::<u32>(),
        lines in prop::collection::vec(("(x-forwarded-(for|proto|host)|forwarded|x-real-ip)", "[ -~]{0,60}"), 0..8),
        through_forwarded in any::<bool>(),
    ) {
        let peer = std::net::Ipv4Addr::from_bits(bits);
        prop_assume!(peer.octets()[0] != 10);
        let header = if through_forwarded { ProxyHeader::Forwarded } else { ProxyHeader::XForwarded };
        let lines: Vec<_> = lines.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let found = arrival(&peer.to_string(), header, &lines);
        prop_assert_eq!(found.client, Some(IpAddr::V4(peer)));
        prop_assert_eq!(found.origin().unwrap(), "http://registry.example.org");
    }

    #[test]
    fn whatever_a_client_writes_the_proxys_word_stands_last(
        sent in prop::collection::vec("[ -~]{0,60}", 0..4),
        through_forwarded in any::<bool>(),
    ) {
        let (header, name, own) = if through_forwarded {
            (ProxyHeader::Forwarded, "forwarded", format!("for={STRANGER}"))
        } else {
            (ProxyHeader::XForwarded, "x-forwarded-for", STRANGER.to_owned())
        };
        let joined = [sent, vec![own]].concat().join(", ");
        let found = client(PROXY, header, &[(name, joined.as_str())]);
        // Nonsense makes a header tell nothing; it never makes it tell something else.
        prop_assert!(found == STRANGER || (through_forwarded && found == PROXY), "{joined}: {found}");
    }
}
