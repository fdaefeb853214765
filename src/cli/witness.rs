//! `matbang key`, and what was signed elsewhere held against a store.

use std::{
    error::Error,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{Outcome, output::say};
use crate::{
    domain::{LedgerPosition, hex},
    server::secret,
    store::{
        Finding, Store,
        ledger::witness::{HeadKey, SignedHead},
    },
};

/// Options of `matbang key`.
#[derive(Debug, clap::Args)]
pub struct Key {
    /// Where the key is to lie, readable by its owner alone.
    file: PathBuf,
}

/// Makes a key.
pub fn key(options: &Key) -> Outcome {
    let secret = secret()?;
    let mut open = std::fs::OpenOptions::new();
    let file = open.write(true).create_new(true).mode(0o600).open(&options.file);
    let mut file = file.map_err(|error| format!("{}: {error}", options.file.display()))?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    say!("{}", HeadKey::parse(&secret)?.public());
    eprintln!(
        "keep the line above where others find it: it is the public key that signed heads are held against"
    );
    Ok(ExitCode::SUCCESS)
}

/// The key in a file.
pub fn read_key(path: &Path) -> Result<HeadKey, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(HeadKey::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Reads POSITION:HASH.
pub fn expected(text: &str) -> Result<(u64, String), String> {
    let wrong = || "write the position and the 64 digits of the hash there, as in 4242:9f86d0…".to_owned();
    let (position, hash) = text.split_once(':').ok_or_else(wrong)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let position = position.parse().map_err(|_| wrong())?;
    if is_hash { Ok((position, hash.to_lowercase())) } else { Err(wrong()) }
}

/// What a file of signed heads says, each line held against its signature.
pub fn read(path: &Path, key: Option<&str>) -> Result<Vec<(u64, String)>, Box<dyn Error>> {
    let fault = |line: usize, why: &dyn std::fmt::Display| format!("{}, line {line}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut heads = Vec::new();
    let mut keys = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let signed: SignedHead = serde_json::from_str(text).map_err(|error| fault(line, &error))?;
        signed.check(key).map_err(|error| fault(line, &error))?;
        heads.push((signed.position.0, signed.head));
        if !keys.contains(&signed.key) {
            keys.push(signed.key);
        }
    }
    if key.is_none() {
        for key in keys {
            eprintln!("signed by {key}: is that the key that you know? (--signed-by)");
        }
    }
    Ok(heads)
}

/// Where the store says otherwise than what was told of it.
pub fn compare(store: &dyn Store, expected: &[(u64, String)]) -> Result<Vec<Finding>, Box<dyn Error>> {
    let end = store.head()?.position.0;
    let mut findings = Vec::new();
    for (position, hash) in expected {
        let what = match store.head_at(LedgerPosition(*position))? {
            // Before the first event there is nothing to be told.
            _ if *position == 0 => continue,
            Some(head) if hex(&head.hash) == *hash => continue,
            Some(head) => format!(
                "the hash at position {position} was told as {hash} and is {} now: the ledger was made anew",
                hex(&head.hash)
            ),
            None => {
                format!("position {position} was told of, but the ledger ends at {end}: its end was cut off")
            }
        };
        findings.push(Finding { table: "ledger", row: i64::try_from(*position).ok(), what });
    }
    Ok(findings)
}
