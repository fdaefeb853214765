//! `matbang backup` and `matbang restore`: a consistent copy of a running store, and the way back.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{Outcome, StoreLocation, clock, witness};
use crate::{
    domain::LedgerPosition,
    store::{self, Store},
};

/// Options of `matbang backup`.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The copy; its scans and photographs go to a folder beside it, with the ending .files. Of a database, a name that
    /// ends with .dump has its own program write it.
    file: PathBuf,
    /// Sign the copy's end of the ledger with this key, beside the copy with the ending .head.json.
    #[arg(long, env = "MATBANG_HEAD_KEY", value_name = "FILE")]
    head_key: Option<PathBuf>,
}

/// Options of `matbang restore`.
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// A copy that `matbang backup` made.
    file: PathBuf,
    /// Put it in the place of a store that is there; that one is kept beside, with the ending .before.
    #[arg(long)]
    replace: bool,
    /// The public key that the copy's end of the ledger must be signed with.
    #[arg(long, value_name = "HEX")]
    signed_by: Option<String>,
}

pub fn backup(location: &StoreLocation, options: &Backup) -> Outcome {
    if options.file.exists() {
        return Err(format!("{} is there already; name another file", options.file.display()).into());
    }
    let store = location.open()?;
    let part = beside(&options.file, "part");
    if is_dump(&options.file) {
        return dump(location, &*store, options, &part);
    }
    store.copy_to(&part)?;
    // Files never change and come before the events that name them: copied after, none is missing.
    let files = match location.attachments() {
        Some(folder) => copy_files(&folder, &options.file.with_extension("files"))?,
        None => elsewhere(),
    };
    let found = location.at(&part).open()?.verify(location.law()?)?;
    remove_log(&part);
    if let Some(finding) = found.findings.first() {
        let _ = std::fs::remove_file(&part);
        return Err(format!(
            "the copy is not whole: {} {}; run `matbang verify`",
            finding.table, finding.what
        )
        .into());
    }
    std::fs::File::open(&part)?.sync_all()?;
    if let Some(key) = &options.head_key {
        let signed = witness::read_key(key)?.sign(found.head.position, &found.head.hash, clock::now_millis());
        std::fs::write(beside(&options.file, "head.json"), format!("{}\n", serde_json::json!(signed)))?;
    }
    std::fs::rename(&part, &options.file)?;
    eprintln!("{}: position {}, {files} files, verified", options.file.display(), found.head.position);
    Ok(ExitCode::SUCCESS)
}

/// Whether a copy is in the form of the database's own programs.
fn is_dump(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("dump"))
}

/// The database writes the copy itself; it is checked when it is brought back.
fn dump(location: &StoreLocation, store: &dyn Store, options: &Backup, part: &Path) -> Outcome {
    let before = store.head()?;
    store::dump(&location.data, part).inspect_err(|_| {
        // What was begun is of no use.
        let _ = std::fs::remove_file(part);
    })?;
    std::fs::File::open(part)?.sync_all()?;
    if let Some(key) = &options.head_key {
        // The copy holds this event, and perhaps later ones.
        let signed = witness::read_key(key)?.sign(before.position, &before.hash, clock::now_millis());
        std::fs::write(beside(&options.file, "head.json"), format!("{}\n", serde_json::json!(signed)))?;
    }
    std::fs::rename(part, &options.file)?;
    elsewhere();
    eprintln!(
        "{}: position {} at least, by pg_dump; restoring verifies it",
        options.file.display(),
        before.position
    );
    Ok(ExitCode::SUCCESS)
}

/// Has the database bring a copy back that it wrote itself, and checks what is there then.
fn restore_dump(location: &StoreLocation, options: &Restore) -> Outcome {
    if store::is_address(&location.data) && location.is_there()? {
        return Err(format!("{} holds a store already; name an empty database", location.shown()).into());
    }
    store::bring_back(&location.data, &options.file)?;
    let restored = location.open()?;
    let found = restored.verify(location.law()?)?;
    if let Some(finding) = found.findings.first() {
        let what = format!("{} {}", finding.table, finding.what);
        return Err(format!("what was brought back to {} is not whole: {what}", location.shown()).into());
    }
    signed_by(&*restored, options)?;
    elsewhere();
    eprintln!("{}: position {}, verified", location.shown(), found.head.position);
    Ok(ExitCode::SUCCESS)
}

/// Checks a copy against its signed end, where there is one or must be.
fn signed_by(copy: &dyn Store, options: &Restore) -> Result<(), Box<dyn std::error::Error>> {
    let signed = beside(&options.file, "head.json");
    if signed.exists() {
        let expected = witness::read(&signed, options.signed_by.as_deref())?;
        if let Some(finding) = witness::compare(copy, &expected)?.first() {
            return Err(format!("{}: {}", options.file.display(), finding.what).into());
        }
    } else if options.signed_by.is_some() {
        return Err(format!("{} is not there: the copy was not signed", signed.display()).into());
    }
    Ok(())
}

pub fn restore(location: &StoreLocation, options: &Restore) -> Outcome {
    if is_dump(&options.file) {
        return restore_dump(location, options);
    }
    let copy = location.at(&options.file).open()?;
    let found = copy.verify(location.law()?)?;
    if let Some(finding) = found.findings.first() {
        return Err(
            format!("{} is not whole: {} {}", options.file.display(), finding.table, finding.what).into()
        );
    }
    signed_by(&*copy, options)?;
    if store::is_address(&location.data) {
        return into_database(location, &*copy, found.head.position, options);
    }
    if location.data.exists() {
        let store = location.open()?;
        if store.head()?.position.0 > 0 && !options.replace {
            let head = store.head()?.position;
            return Err(format!(
                "{} holds a ledger up to position {head}; stop its server and add --replace to put the copy in its place",
                location.data.display()
            )
            .into());
        }
        let before = beside(&location.data, "before");
        if before.exists() {
            return Err(format!("{} is there already; move it away first", before.display()).into());
        }
        store.copy_to(&before)?;
        drop(store);
        std::fs::remove_file(&location.data)?;
        remove_log(&location.data);
    }
    let part = beside(&location.data, "part");
    copy.copy_to(&part)?;
    let files = copy_files(&options.file.with_extension("files"), &location.data.with_extension("files"))?;
    std::fs::File::open(&part)?.sync_all()?;
    std::fs::rename(&part, &location.data)?;
    eprintln!("{}: position {}, {files} files", location.data.display(), found.head.position);
    Ok(ExitCode::SUCCESS)
}

/// A copy goes into an empty database only: what stands in one is an administrator's to move away.
fn into_database(
    location: &StoreLocation,
    copy: &dyn Store,
    position: LedgerPosition,
    options: &Restore,
) -> Outcome {
    if options.replace {
        let how = "--replace is for files; have the database's administrator rename its schema, or name another \
                   with schema=…";
        return Err(how.into());
    }
    store::copy(copy, &*location.open_or_create()?)?;
    let found = location.open()?.verify(location.law()?)?;
    if !found.findings.is_empty() || found.head.position != position {
        return Err(format!(
            "what was brought back to {} is not whole; run `matbang verify`",
            location.shown()
        )
        .into());
    }
    elsewhere();
    eprintln!("{}: position {position}, verified", location.shown());
    Ok(ExitCode::SUCCESS)
}

/// Says that files beside a database are kept by whoever keeps them.
fn elsewhere() -> usize {
    eprintln!("Scans and photographs are not among it: keep the folder or bucket that --files names.");
    0
}

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// What `SQLite` leaves beside a file that is closed.
pub(super) fn remove_log(path: &Path) {
    for ending in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // Not being there is as good.
        let _ = std::fs::remove_file(name);
    }
}

/// Copies files that are not there yet; their number.
pub(super) fn copy_files(from: &Path, to: &Path) -> Result<usize, std::io::Error> {
    let Ok(entries) = std::fs::read_dir(from) else { return Ok(0) };
    std::fs::create_dir_all(to)?;
    let mut copied = 0;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if !target.exists() {
            std::fs::copy(entry.path(), &target)?;
            // A copy has the rights of what it is made from, and that may be older than the rule.
            std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600))?;
        }
        copied += 1;
    }
    Ok(copied)
}
