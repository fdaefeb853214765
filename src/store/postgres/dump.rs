//! A copy by the database's own programs, `pg_dump` and `pg_restore`, where they are installed.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::address::{Address, Secrecy};
use crate::store::StoreError;

/// A program that goes to the database of an address; no password stands among its arguments.
fn program(name: &str, address: &Address) -> Command {
    let config = &address.config;
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) => folder.display().to_string(),
    });
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    let mut command = Command::new(name);
    command.env("PGHOST", hosts.collect::<Vec<_>>().join(","));
    let numeric: Vec<String> = config.get_hostaddrs().iter().map(ToString::to_string).collect();
    let (mode, authorities) = match &address.secrecy {
        Secrecy::Plain => ("disable", None),
        Secrecy::Tls(authorities) => ("verify-full", Some(authorities.clone())),
    };
    command.env("PGSSLMODE", mode);
    // Without a file the system's are meant, which libpq knows by this word.
    if let Some(file) = authorities {
        command.env("PGSSLROOTCERT", file.unwrap_or_else(|| "system".into()));
    }
    if config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
        command.env("PGTARGETSESSIONATTRS", "read-write");
    }
    for (variable, value) in [
        ("PGPORT", ports.join(",")),
        ("PGHOSTADDR", numeric.join(",")),
        ("PGUSER", config.get_user().unwrap_or_default().to_owned()),
        ("PGDATABASE", config.get_dbname().unwrap_or_default().to_owned()),
        ("PGOPTIONS", config.get_options().unwrap_or_default().to_owned()),
        ("PGPASSWORD", String::from_utf8_lossy(config.get_password().unwrap_or_default()).into_owned()),
    ] {
        if !value.is_empty() {
            command.env(variable, value);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn run(mut command: Command, address: &Address) -> Result<(), StoreError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ran = command.output().map_err(|error| {
        let how = "install PostgreSQL's client programs, or name a file that ends with .gpkg";
        StoreError::Backend(format!("{name} does not run ({error}): {how}"))
    })?;
    if ran.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    Err(StoreError::Open { path: address.shown.clone(), why: format!("{name}: {why}") })
}

/// Writes the store at an address to a file of `pg_dump`'s own form.
///
/// # Errors
/// An address that can't be understood; programs that are not there, or what they say.
pub fn dump(text: &str, file: &Path) -> Result<(), StoreError> {
    let address = Address::parse(text)?;
    let mut command = program("pg_dump", &address);
    // A pattern: quoted, it is the name itself.
    let schema = super::pool::quoted(&address.schema);
    command
        .args(["--format=custom", "--no-owner", "--no-privileges", "--schema", &schema, "--file"])
        .arg(file);
    run(command, &address)
}

/// Brings what [`dump`] wrote into the database of an address, all or nothing; into the schema that it came from.
///
/// # Errors
/// As [`dump`]; besides when its tables are there already.
pub fn bring_back(text: &str, file: &Path) -> Result<(), StoreError> {
    let address = Address::parse(text)?;
    let mut command = program("pg_restore", &address);
    let database = address.config.get_dbname().or(address.config.get_user()).unwrap_or_default();
    command
        .args([
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--dbname",
            database,
        ])
        .arg(file);
    run(command, &address)
}
