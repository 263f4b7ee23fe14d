//! Whether an endpoint on the public internet can fetch a URL.
//!
//! Reads a URL as browsers do (WHATWG URL Standard, sections 3.5 and 4.4), as far as scheme and host
//! go: `https://0x7f.1/` is a loopback address to every client, so it is one here. It resolves no
//! names; a public name that points to a private address passes.

use crate::data_url::percent_decoded;
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A URL that an endpoint on the public internet can try to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// In lower case, with IPv4 addresses in dotted decimals, and IPv6 addresses as they are written.
    pub host: String,
}

/// Why an endpoint cannot fetch a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// The text is no URL with a host that can be read.
    #[error("This is not a URL.")]
    NotAUrl,
    /// The scheme is not `https`.
    #[error("The endpoint fetches https addresses only, and this is {scheme}:.")]
    NotHttps {
        /// The scheme in lower case, without its colon.
        scheme: String,
    },
    /// The host is not on the public internet.
    #[error("The endpoint cannot reach {host}: it is {what}.")]
    NotPublic {
        /// The host, written as in [`Address::host`].
        host: String,
        /// What the host is instead, in words, such as `a private address`.
        what: &'static str,
    },
}

impl Address {
    /// Reads a URL that an endpoint is to fetch.
    ///
    /// # Errors
    ///
    /// [`Unreachable::NotAUrl`], [`Unreachable::NotHttps`] or [`Unreachable::NotPublic`].
    pub fn parse(url: &str) -> Result<Self, Unreachable> {
        let url = stripped(url);
        let (scheme, rest) = url.split_once(':').ok_or(Unreachable::NotAUrl)?;
        if !is_scheme(scheme) {
            return Err(Unreachable::NotAUrl);
        }
        if !scheme.eq_ignore_ascii_case("https") {
            let scheme = scheme.to_ascii_lowercase();
            return Err(Unreachable::NotHttps { scheme });
        }
        let (slashes, behind) = split_before(rest, |byte| !matches!(byte, b'/' | b'\\'));
        if slashes.len() < 2 {
            return Err(Unreachable::NotAUrl);
        }
        let (authority, _) =
            split_before(behind, |byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'));
        let host_and_port = authority.rsplit('@').next().unwrap_or_default();
        let host = Host::parse(host_and_port).ok_or(Unreachable::NotAUrl)?;
        match host.private() {
            Some(what) => Err(Unreachable::NotPublic {
                host: host.to_string(),
                what,
            }),
            None => Ok(Self {
                host: host.to_string(),
            }),
        }
    }
}

/// Browsers strip blanks around a URL, and tabs and line breaks anywhere in it.
fn stripped(url: &str) -> Cow<'_, str> {
    let is_stripped = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r');
    let url = url.trim_matches(|character: char| character <= ' ');
    if !url.bytes().any(is_stripped) {
        return url.into();
    }
    url.replace(['\t', '\n', '\r'], "").into()
}

/// What stands before the first such byte, which is no part of a longer character, and what from it on.
fn split_before(text: &str, is_it: fn(u8) -> bool) -> (&str, &str) {
    let at = text.bytes().position(is_it).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

fn is_scheme(text: &str) -> bool {
    text.bytes()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

enum Host<'a> {
    Name(Cow<'a, str>),
    V4(Ipv4Addr),
    V6(Ipv6Addr, &'a str),
}

impl std::fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => address.fmt(f),
            Self::V6(_, written) => write!(f, "[{}]", written.to_ascii_lowercase()),
        }
    }
}

impl<'a> Host<'a> {
    fn parse(host_and_port: &'a str) -> Option<Self> {
        if let Some(rest) = host_and_port.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            let port = match rest.split_once(':') {
                Some(("", port)) => Some(port),
                Some(_) => return None,
                None => rest.is_empty().then_some(None)?,
            };
            is_port(port).then_some(())?;
            return Some(Self::V6(address.parse().ok()?, address));
        }
        let (host, port) = match host_and_port.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host_and_port, None),
        };
        is_port(port).then_some(())?;
        let host = if is_plain(host) {
            Cow::Borrowed(host.strip_suffix('.').unwrap_or(host))
        } else {
            Cow::Owned(decoded(host)?)
        };
        if host.is_empty() || host.split('.').any(str::is_empty) {
            return None;
        }
        let last = host.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) || ipv4_number(last).is_some() {
            return ipv4(&host).map(Self::V4);
        }
        Some(Self::Name(host))
    }

    /// What kind of address it is, if no public client reaches it.
    fn private(&self) -> Option<&'static str> {
        match self {
            Self::Name(name) => private_name(name),
            Self::V4(address) => private_v4(*address),
            Self::V6(address, _) => private_v6(*address),
        }
    }
}

/// Names that never leave a machine or a network (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and ICANN's
/// reservation of .internal, 2024-07-29).
fn private_name(name: &str) -> Option<&'static str> {
    const TOP: [(&str, &str); 9] = [
        ("localhost", "this computer"),
        ("local", "a name of the local network"),
        ("internal", "a name of a private network"),
        ("lan", "a name of a private network"),
        ("home.arpa", "a name of a home network"),
        ("test", "a name reserved for tests"),
        ("example", "a name reserved for documentation"),
        ("invalid", "a name that never exists"),
        ("onion", "a name of the Tor network"),
    ];
    let under = |top: &str| {
        name.strip_suffix(top)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    TOP.iter()
        .find(|(top, _)| under(top))
        .map(|(_, what)| *what)
        .or_else(|| (!name.as_bytes().contains(&b'.')).then_some("a name without a domain"))
}

/// IANA IPv4 Special-Purpose Address Registry, as far as it is not globally reachable.
fn private_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (127, ..) => Some("this computer"),
        (0, ..) => Some("no address"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("a private address"),
        (169, 254, _) => Some("a link-local address"),
        (100, 64..=127, _) => Some("an address shared inside a carrier's network"),
        (192, 0, 0) => Some("reserved"),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some("an address for documentation"),
        (198, 18..=19, _) => Some("an address for benchmarks"),
        (224..=239, ..) => Some("a multicast address"),
        (240.., ..) => Some("reserved"),
        _ => None,
    }
}

/// IANA IPv6 Special-Purpose Address Registry, as far as it is not globally reachable.
fn private_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = address.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match [s0, s1, s2, s3, s4, s5] {
        [0, 0, 0, 0, 0, 0] if s6 == 0 && s7 == 1 => Some("this computer"),
        [0, 0, 0, 0, 0, 0] if s6 == 0 && s7 == 0 => Some("no address"),
        // IPv4 in its compatible, mapped and translated forms (RFC 4291, RFC 6052).
        [0, 0, 0, 0, 0, 0 | 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => private_v4(v4(s6, s7)),
        // 6to4 carries its IPv4 address behind the prefix (RFC 3056).
        [0x2002, high, low, ..] => private_v4(v4(high, low)),
        [0xfc00..=0xfdff, ..] => Some("a private address"),
        [0xfe80..=0xfebf, ..] => Some("a link-local address"),
        [0xfec0..=0xfeff, ..] => Some("a private address"),
        [0xff00..=0xffff, ..] => Some("a multicast address"),
        [0x2001, 0xdb8, ..] | [0x3fff, ..] => Some("an address for documentation"),
        [0x100, 0, 0, 0, ..] => Some("an address that discards"),
        _ => None,
    }
}

/// What stands behind the colon, if there is one, names a port.
fn is_port(text: Option<&str>) -> bool {
    text.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && (port.is_empty() || port.parse::<u16>().is_ok())
    })
}

/// One to four numbers, the last of which fills what is left of the 32 bits.
fn ipv4(host: &str) -> Option<Ipv4Addr> {
    let numbers = host
        .split('.')
        .map(ipv4_number)
        .collect::<Option<Vec<u32>>>()?;
    let (last, leading) = numbers.split_last()?;
    if leading.len() > 3 {
        return None;
    }
    let mut address = 0_u64;
    for (index, number) in leading.iter().enumerate() {
        let octet = u8::try_from(*number).ok()?;
        address |= u64::from(octet) << (24 - 8 * index);
    }
    let space = 1_u64 << (32 - 8 * leading.len());
    if u64::from(*last) >= space {
        return None;
    }
    u32::try_from(address | u64::from(*last))
        .ok()
        .map(Ipv4Addr::from)
}

/// Decimal, octal with a leading 0, or hexadecimal with a leading 0x.
fn ipv4_number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some("") => return Some(0),
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    digits
        .chars()
        .all(|digit| digit.is_digit(radix))
        .then(|| u32::from_str_radix(digits, radix).ok())
        .flatten()
}

/// Whether a name is written as every reader writes it, which most are.
fn is_plain(host: &str) -> bool {
    host.bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_'))
}

/// A name as every reader writes it, without a full stop at its end; `None` where it holds what no name may.
fn decoded(host: &str) -> Option<String> {
    let mut host = String::from_utf8(percent_decoded(host).into_owned()).ok()?;
    host.make_ascii_lowercase();
    let is_forbidden =
        |byte: u8| matches!(byte, 0..=b' ' | 0x7f) || b"#/:<>?@[\\]^|%".contains(&byte);
    if host.bytes().any(is_forbidden) {
        return None;
    }
    // The full stops of other scripts are full stops of a host (UTS #46, section 4.5).
    let mut host = host.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".");
    if host.ends_with('.') {
        host.pop();
    }
    Some(host)
}
