//! What a server in front says of who asks, where it may be believed.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const REAL: HeaderName = HeaderName::from_static("x-real-ip");
/// Headers by which servers in front tell of themselves.
const BY_PROXIES: [HeaderName; 6] = [FOR, PROTO, HOST, REAL, header::FORWARDED, header::VIA];

/// Whether a request comes by way of another server.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    BY_PROXIES.iter().any(|name| headers.contains_key(name))
}

/// Puts the headers right: of a stranger nothing is believed; of a server in front, the address and the scheme that
/// it was asked by, and the host if it says so. `encrypted` is this connection.
pub fn settle(headers: &mut HeaderMap, trusted: bool, encrypted: bool) {
    if trusted {
        if let Some(host) = headers.get(HOST).cloned() {
            headers.insert(header::HOST, host);
        }
    } else {
        BY_PROXIES.iter().for_each(|name| drop(headers.remove(name)));
    }
    if encrypted {
        headers.insert(PROTO, HeaderValue::from_static("https"));
    }
}

/// The address that a request comes from: as the server in front says, of those that are believed.
pub fn address(headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    let mut all = headers.get_all(FOR).iter().filter_map(|value| value.to_str().ok());
    let last = all.next_back().and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    last.unwrap_or(peer)
}

/// Whether the person's own connection is encrypted.
pub fn is_encrypted(headers: &HeaderMap) -> bool {
    headers.get(PROTO).is_some_and(|proto| proto.as_bytes() == b"https")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn of_a_stranger_nothing_is_believed() {
        let peer = IpAddr::from([10, 0, 0, 1]);
        let given = [("host", "a"), ("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https")];
        let mut of_stranger = headers(&given);
        settle(&mut of_stranger, false, false);
        assert_eq!((address(&of_stranger, peer), is_encrypted(&of_stranger)), (peer, false));
        let mut of_proxy = headers(&[&given[..], &[("x-forwarded-host", "b")]].concat());
        settle(&mut of_proxy, true, false);
        assert_eq!(address(&of_proxy, peer), IpAddr::from([1, 2, 3, 4]));
        assert!(is_encrypted(&of_proxy));
        assert_eq!(of_proxy[header::HOST], "b");
    }
}
