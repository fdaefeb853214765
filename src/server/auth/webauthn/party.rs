//! Whose page it is: the origin that a browser names, and the host that a key is made for.

use std::net::IpAddr;

/// Whose page it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Scheme, host and port, as browsers write them.
    pub origin: String,
    /// The host: a key answers to it alone.
    pub id: String,
}

/// Why keys can't be used on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// It was opened by an address.
    #[error("security keys need a name: open the page by the server's name and not by its IP address")]
    Address,
    /// What it says can be read on the way.
    #[error("security keys need HTTPS: open the page by an address that begins with https")]
    Plain,
}

impl Party {
    /// Of a page at `base`: scheme, host and, where it is not the scheme's own, port. On this machine itself, by its name
    /// `localhost`, nothing need be encrypted.
    ///
    /// # Errors
    /// Keys can't be used on it.
    pub fn of(base: &str) -> Result<Self, PartyError> {
        let (scheme, host) = base.split_once("://").unwrap_or(("http", base));
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, Some(port)),
            _ => (host.as_str(), None),
        };
        if name.is_empty() || name.starts_with('[') || name.parse::<IpAddr>().is_ok() {
            return Err(PartyError::Address);
        }
        let is_here = name == "localhost" || name.ends_with(".localhost");
        if scheme != "https" && !is_here {
            return Err(PartyError::Plain);
        }
        let own = if scheme == "https" { "443" } else { "80" };
        let origin = match port {
            Some(port) if port != own => format!("{scheme}://{name}:{port}"),
            _ => format!("{scheme}://{name}"),
        };
        Ok(Self { origin, id: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_a_name_and_an_encrypted_page() {
        let party = |base: &str| Party::of(base).map(|party| (party.origin, party.id));
        let is = |origin: &str, id: &str| Ok((origin.to_owned(), id.to_owned()));
        assert_eq!(party("https://GPMB.tinh.vn"), is("https://gpmb.tinh.vn", "gpmb.tinh.vn"));
        assert_eq!(party("https://gpmb.tinh.vn:443"), is("https://gpmb.tinh.vn", "gpmb.tinh.vn"));
        assert_eq!(party("https://gpmb.tinh.vn:8443"), is("https://gpmb.tinh.vn:8443", "gpmb.tinh.vn"));
        assert_eq!(party("http://localhost:8080"), is("http://localhost:8080", "localhost"));
        for base in
            ["https://10.0.0.1", "http://127.0.0.1:8080", "https://[::1]:8080", "https://[::1]", "https://"]
        {
            assert_eq!(party(base), Err(PartyError::Address), "{base}");
        }
        assert_eq!(party("http://gpmb.tinh.vn"), Err(PartyError::Plain));
    }
}
