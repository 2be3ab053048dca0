//! The address of a client behind proxies.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// The header in which proxies pass on whom they answer. One alone is believed: a client may send the other one, and a
/// proxy that does not know it lets it through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: addresses, parted by commas.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedHeader {
    /// Reads the header's name, in any case.
    ///
    /// # Errors
    /// What else was expected.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let known = [Self::XForwardedFor, Self::Forwarded];
        let named = known.into_iter().find(|header| header.name().eq_ignore_ascii_case(text));
        named.ok_or("must be x-forwarded-for or forwarded")
    }

    const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// Whose word is taken for the addresses of clients. Offered to handlers with `App::app_data`; without it, nobody's is.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    /// Where they are.
    pub networks: Vec<IpNet>,
    /// Which header they set.
    pub header: ForwardedHeader,
}

impl TrustedProxies {
    /// The client's address, where the connection comes from `peer`: going back from there, the first one that is not
    /// trusted. Each trusted one has appended the address before it as the last element of the header, whose lines count as
    /// one list. Where an element cannot be read nothing before it can be believed, and it is the last trusted address.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut address = peer.to_canonical();
        if !self.trusts(address) {
            return address;
        }
        let lines = headers.get_all(self.header.name()).map(|line| String::from_utf8_lossy(line.as_bytes()));
        let lines: Vec<_> = lines.collect();
        let list = lines.join(",");
        let mut rest = (!lines.is_empty()).then_some(list.as_str());
        while let Some(list) = rest {
            let (before, element) = self.header.split_last(list);
            let Some(before_it) = self.header.address(element) else { return address };
            address = before_it.to_canonical();
            if !self.trusts(address) {
                return address;
            }
            rest = before;
        }
        address
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

impl ForwardedHeader {
    /// The last element of a list, and the list before it. It is looked for from the end: what stands further to the
    /// front may have been written by anybody, and must not decide what the end means.
    fn split_last(self, list: &str) -> (Option<&str>, &str) {
        let comma = match self {
            Self::XForwardedFor => list.rfind(','),
            Self::Forwarded => last_unquoted_comma(list),
        };
        comma.map_or((None, list), |comma| (Some(&list[..comma]), &list[comma + 1..]))
    }

    fn address(self, element: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => node(element.trim_matches([' ', '\t'])),
            Self::Forwarded => forwarded_for(element),
        }
    }
}

fn last_unquoted_comma(list: &str) -> Option<usize> {
    let mut quoted = false;
    list.bytes().enumerate().rev().find_map(|(index, byte)| {
        quoted ^= byte == b'"' && !is_escaped(list, index);
        (byte == b',' && !quoted).then_some(index)
    })
}

/// Whether an odd number of backslashes stands before `index`.
fn is_escaped(text: &str, index: usize) -> bool {
    text.as_bytes()[..index].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The address in an element of `Forwarded`: pairs such as `for=192.0.2.60;proto=http;by="[2001:db8::1]:80"`, in any
/// order, of which one is named `for` (RFC 7239 section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = None;
    let mut rest = element.trim_matches([' ', '\t']);
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after)?;
        if name.eq_ignore_ascii_case("for") && found.replace(node(&value)?).is_some() {
            return None;
        }
        match after.strip_prefix(';') {
            Some(more) => rest = more,
            None if after.is_empty() => return found,
            None => return None,
        }
    }
}

/// A token or a quoted string at the beginning of `text`, and what follows (RFC 9110 sections 5.6.2 and 5.6.4).
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(c);
        return text[..end].chars().all(token).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (index, c) in quoted.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((value, &quoted[index + 1..])),
            _ => {
                escaped = false;
                value.push(c);
            }
        }
    }
    None
}

/// An address with a port or without, of IPv6 in brackets or without. Names such as `unknown` are none.
fn node(text: &str) -> Option<IpAddr> {
    let in_brackets = |text: &str| text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = |text: &str| text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(|| in_brackets(text)).or_else(|| with_port(text))
}

/// The address of the client that sent `request`: the peer's, or the one that trusted proxies pass on.
#[must_use]
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let proxies = request.app_data::<TrustedProxies>();
    Some(proxies.map_or_else(|| peer.to_canonical(), |proxies| proxies.client(peer, request.headers())))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    const HEADERS: [ForwardedHeader; 2] = [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded];

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// The client behind proxies in 10.0.0.0/8 and `fd00::/8`, where the connection comes from `peer`.
    fn client<T: AsRef<[u8]>>(header: ForwardedHeader, peer: &str, lines: &[T]) -> String {
        let networks = vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line.as_ref()).unwrap();
            headers.append(HeaderName::from_static(header.name()), value);
        }
        TrustedProxies { networks, header }.client(address(peer), &headers).to_string()
    }

    #[test]
    fn the_rightmost_address_that_is_not_trusted_is_the_clients() {
        let of = |peer, lines: &[&str]| client(ForwardedHeader::XForwardedFor, peer, lines);
        assert_eq!(of("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(of("10.0.0.1", &["198.51.100.1, 203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(of("10.0.0.1", &["198.51.100.1", "203.0.113.7", "10.0.0.2,10.0.0.3"]), "203.0.113.7");
        assert_eq!(of("::ffff:10.0.0.1", &["::ffff:203.0.113.7"]), "203.0.113.7");
        assert_eq!(of("fd00::1", &["2001:db8::1 ,fd00::2"]), "2001:db8::1");
        assert_eq!(of("10.0.0.1", &["10.0.0.3,10.0.0.2"]), "10.0.0.3");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        let lines = ["198.51.100.1"];
        assert_eq!(client(ForwardedHeader::XForwardedFor, "203.0.113.7", &lines), "203.0.113.7");
        assert_eq!(client(ForwardedHeader::Forwarded, "203.0.113.7", &["for=198.51.100.1"]), "203.0.113.7");
        let untrusting = TrustedProxies::default();
        assert_eq!(untrusting.client(address("10.0.0.1"), &HeaderMap::new()), address("10.0.0.1"));
    }

    #[test]
    fn ports_and_brackets_are_taken_off() {
        for (text, expected) in [
            ("203.0.113.7:4711", "203.0.113.7"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(client(ForwardedHeader::XForwardedFor, "10.0.0.1", &[text]), expected);
            assert_eq!(client(ForwardedHeader::Forwarded, "10.0.0.1", &[format!("for=\"{text}\"")]), expected);
        }
    }

    #[test]
    fn an_unreadable_element_ends_the_walk_at_the_last_trusted_address() {
        for element in
            ["unknown", "", "203.0.113", "203.0.113.7:99999", "203.0.113.7 198.51.100.1", "[203.0.113.7]", "_x"]
        {
            let line = format!("198.51.100.1, {element}, 10.0.0.2");
            assert_eq!(client(ForwardedHeader::XForwardedFor, "10.0.0.1", &[line]), "10.0.0.2", "{element}");
        }
        for element in [
            "for=unknown",
            "",
            "by=203.0.113.7",
            "for=203.0.113.7;for=10.0.0.3",
            "for=203.0.113.7;",
            "for = 203.0.113.7",
        ] {
            let line = format!("for=198.51.100.1, {element}, for=10.0.0.2");
            assert_eq!(client(ForwardedHeader::Forwarded, "10.0.0.1", &[line]), "10.0.0.2", "{element}");
        }
        assert_eq!(client(ForwardedHeader::XForwardedFor, "10.0.0.1", &[b"\xff".as_slice()]), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_as_its_standard_has_it() {
        let of = |line: &str| client(ForwardedHeader::Forwarded, "10.0.0.1", &[line]);
        assert_eq!(of("for=203.0.113.7"), "203.0.113.7");
        assert_eq!(of("proto=https;For=203.0.113.7;host=\"a, \\\"b;c\""), "203.0.113.7");
        assert_eq!(of("for=198.51.100.1, FOR=\"[2001:db8::1]:80\";by=\"x, y\""), "2001:db8::1");
        assert_eq!(
            of("for=198.51.100.1;x=\", for=203.0.113.7"),
            "203.0.113.7",
            "a quotation that never ends hides nothing"
        );
    }

    proptest! {
        /// Whatever a client sends: behind it stands what the trusted proxy has appended.
        #[test]
        fn no_header_of_a_client_changes_what_a_trusted_proxy_says(
            forged in prop::collection::vec("[ -~\t]{0,40}|(for=|\")?[0-9.:\\[\\]\",;\\\\= ]{0,20}", 0..4),
            client_is in prop_oneof![Just("203.0.113.7"), Just("2001:db8::1")],
            same_line: bool,
        ) {
            for header in HEADERS {
                let appended = match header {
                    ForwardedHeader::XForwardedFor => client_is.to_owned(),
                    ForwardedHeader::Forwarded if client_is.contains(':') => format!("proto=http;for=\"[{client_is}]\""),
                    ForwardedHeader::Forwarded => format!("for={client_is};host=\"a\""),
                };
                let mut lines: Vec<String> = forged.clone();
                match lines.last_mut() {
                    Some(last) if same_line => *last = format!("{last}, {appended}"),
                    _ => lines.push(appended),
                }
                prop_assert_eq!(client(header, "10.0.0.1", &lines), client_is);
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic_and_none_but_a_trusted_peer_is_replaced(
            lines in prop::collection::vec(prop::collection::vec(prop_oneof![32..=126_u8, 128..=255_u8], 0..60), 0..4),
        ) {
            for header in HEADERS {
                client(header, "10.0.0.1", &lines);
                prop_assert_eq!(client(header, "203.0.113.7", &lines), "203.0.113.7");
            }
        }
    }
}
