//! The address of a database: `postgres://user@host,host/database?…`.
//!
//! Beside what PostgreSQL's own programs take, it knows `schema` (where the
//! tables lie), `passwordfile` and `sslrootcert`. Nobody is shown a password, and
//! an address that asks for TLS is met with TLS or not at all.

use std::{path::PathBuf, time::Duration};

use tokio_postgres::config::{Config, Host, SslMode};

use crate::store::StoreError;

/// Schema of the tables where the address names none.
const SCHEMA: &str = "matbang";

/// How the way to the server is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secrecy {
    /// Plain: a socket, this machine, or said so.
    Plain,
    /// TLS with the server's certificate and name checked, by the system's authorities or those of a file.
    Tls(Option<PathBuf>),
}

/// Where a database is.
#[derive(Debug, Clone)]
pub struct Address {
    /// How to get there.
    pub config: Config,
    /// How the way is kept.
    pub secrecy: Secrecy,
    /// Schema of the tables.
    pub schema: String,
    /// The address without its password.
    pub shown: String,
}

/// The address without a password, to be shown.
pub fn shown(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (Some(user), rest));
    let user = user.map(|user| user.split(':').next().unwrap_or_default());
    let named = |part: &&str| !part.starts_with("password=");
    let query: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).filter(named).collect();
    let mut shown = format!("{scheme}://");
    if let Some(user) = user {
        shown += user;
        shown.push('@');
    }
    shown += rest;
    if !query.is_empty() {
        shown.push('?');
        shown += &query.join("&");
    }
    shown
}

impl Address {
    /// Reads an address; a password that it does not name is that of `passwordfile`, else of `PGPASSWORD`.
    ///
    /// # Errors
    /// An address that can't be understood, or a file that can't be read.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let shown = shown(text);
        let wrong = |why: String| StoreError::Open { path: shown.clone(), why };
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut schema, mut sslmode, mut authorities, mut file) = (SCHEMA.to_owned(), None, None, None);
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "schema" => schema = value.into_owned(),
                "sslmode" => sslmode = Some(value.into_owned()),
                "sslrootcert" => authorities = Some(PathBuf::from(value.into_owned())),
                "passwordfile" => file = Some(PathBuf::from(value.into_owned())),
                _ => drop(rest.append_pair(&name, &value)),
            }
        }
        // The engine's crate knows %20, not +.
        let text = format!("{base}?{}", rest.finish().replace('+', "%20"));
        let mut config: Config = text
            .trim_end_matches('?')
            .parse()
            .map_err(|_| wrong("it can't be understood; write postgres://USER@HOST/DATABASE".to_owned()))?;
        if schema.is_empty() || schema.len() > 63 || schema.starts_with("pg_") || schema.contains('\0') {
            return Err(wrong(
                "the schema needs a name of 1 to 63 bytes that does not begin with pg_".to_owned(),
            ));
        }
        if config.get_password().is_none() {
            if let Some(file) = &file {
                let read = std::fs::read_to_string(file);
                let password = read.map_err(|error| wrong(format!("{}: {error}", file.display())))?;
                config.password(password.trim_end_matches(['\r', '\n']));
            } else if let Ok(password) = std::env::var("PGPASSWORD") {
                config.password(password);
            }
        }
        let secrecy = secrecy(sslmode.as_deref(), authorities, &config).map_err(wrong)?;
        config.ssl_mode(if secrecy == Secrecy::Plain { SslMode::Disable } else { SslMode::Require });
        patience(&mut config);
        Ok(Self { config, secrecy, schema, shown })
    }
}

impl Address {
    /// How to get to each host alone, so that one that is silent does not hide the next.
    pub fn each_host(&self) -> Vec<Config> {
        let (hosts, addresses, ports) =
            (self.config.get_hosts(), self.config.get_hostaddrs(), self.config.get_ports());
        let alone = |index: usize| {
            let mut config = without_hosts(&self.config);
            match hosts.get(index) {
                Some(Host::Tcp(name)) => {
                    config.host(name);
                }
                Some(Host::Unix(folder)) => {
                    config.host_path(folder);
                }
                None => {}
            }
            addresses.get(index).map(|address| config.hostaddr(*address));
            ports.get(index).or(ports.first()).map(|port| config.port(*port));
            config
        };
        (0..hosts.len().max(addresses.len())).map(alone).collect()
    }
}

/// All that a configuration says but where the servers are.
fn without_hosts(all: &Config) -> Config {
    let mut config = Config::new();
    all.get_user().map(|user| config.user(user));
    all.get_password().map(|password| config.password(password));
    all.get_dbname().map(|name| config.dbname(name));
    all.get_options().map(|options| config.options(options));
    all.get_application_name().map(|name| config.application_name(name));
    all.get_connect_timeout().map(|time| config.connect_timeout(*time));
    all.get_tcp_user_timeout().map(|time| config.tcp_user_timeout(*time));
    all.get_keepalives_interval().map(|time| config.keepalives_interval(time));
    all.get_keepalives_retries().map(|times| config.keepalives_retries(times));
    config
        .ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle())
        .target_session_attrs(all.get_target_session_attrs())
        .channel_binding(all.get_channel_binding());
    config
}

/// How the way is to be kept. Nothing said: plain to this machine, else it must be said.
fn secrecy(mode: Option<&str>, authorities: Option<PathBuf>, config: &Config) -> Result<Secrecy, String> {
    match mode {
        Some("require" | "verify-ca" | "verify-full") => Ok(Secrecy::Tls(authorities)),
        Some("disable") => Ok(Secrecy::Plain),
        Some("allow" | "prefer") => {
            Err("sslmode must say for certain: verify-full for TLS, or disable".to_owned())
        }
        Some(other) => Err(format!("sslmode={other} is not known; write verify-full or disable")),
        None if authorities.is_some() => Ok(Secrecy::Tls(authorities)),
        None if config.get_hosts().iter().all(is_here) => Ok(Secrecy::Plain),
        None => {
            Err("the server is another machine: add sslmode=verify-full for TLS, or sslmode=disable where \
                     the network between is your own"
                .to_owned())
        }
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

/// A server that is gone without a word is noticed before an officer gives up.
fn patience(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(10));
    }
    config
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3);
    if config.get_application_name().is_none() {
        config.application_name("matbang");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_shown_a_password() {
        let text = "postgres://an:bí@mật@h1,h2/db?password=x&schema=s";
        assert_eq!(shown(text), "postgres://an@h1,h2/db?schema=s");
        let address = Address::parse("postgres://an:secret@10.0.0.1/db");
        assert!(!format!("{address:?}").contains("secret") && address.is_err());
    }

    #[test]
    fn tls_that_is_asked_for_is_never_left_out() {
        let secrecy = |text: &str| Address::parse(text).map(|address| address.secrecy).ok();
        assert_eq!(secrecy("postgres://h/db?sslmode=verify-full"), Some(Secrecy::Tls(None)));
        let file = Secrecy::Tls(Some("/ca.pem".into()));
        assert_eq!(secrecy("postgres://h/db?sslrootcert=/ca.pem&sslmode=require"), Some(file));
        assert_eq!(secrecy("postgres://h/db?sslmode=disable"), Some(Secrecy::Plain));
        assert_eq!(secrecy("postgres://localhost,127.0.0.1/db"), Some(Secrecy::Plain));
        assert_eq!(secrecy("postgres:///db?host=/run/postgresql"), Some(Secrecy::Plain));
        for unclear in ["postgres://h/db", "postgres://h/db?sslmode=prefer", "postgres://h/db?sslmode=x"] {
            assert_eq!(secrecy(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn several_hosts_and_the_schema_are_read() {
        let text = "postgresql://an@h1:5433,h2/db?target_session_attrs=read-write&schema=th%E1%BB%AD&sslmode=disable";
        let address = Address::parse(text).unwrap();
        assert_eq!((address.config.get_hosts().len(), &*address.schema), (2, "thử"));
        assert!(Address::parse("postgres://localhost/db?schema=pg_x").is_err());
    }
}
