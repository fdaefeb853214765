//! `matbang copy`: a store into another, of whichever engine.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    Outcome, StoreLocation,
    backup::{beside, copy_files, remove_log},
};
use crate::domain::hex;
use crate::store::{self, CampaignTexts, Head, StoreError};

/// Options of `matbang copy`.
#[derive(Debug, clap::Args)]
pub struct Copy {
    /// The store that is copied: a file or an address. It may be served meanwhile.
    from: PathBuf,
    /// The store that it is copied into: a file that is not there, or an empty database.
    to: PathBuf,
}

pub fn run(location: &StoreLocation, options: &Copy) -> Outcome {
    let (from, to) = (location.at(&options.from), location.at(&options.to));
    if !store::is_address(&to.data) && to.data.exists() {
        return Err(format!("{} is there already; name another file", to.shown()).into());
    }
    let source = from.open()?;
    let head = if store::is_address(&to.data) {
        let target = to.open_or_create()?;
        let head = store::copy(&*source, &*target)?;
        whole(&to, head)?;
        head
    } else {
        let part = beside(&to.data, "part");
        let head = into_file(location, &*source, &part).inspect_err(|_| {
            // What was begun is of no use.
            let _ = std::fs::remove_file(&part);
            remove_log(&part);
        })?;
        std::fs::rename(&part, &to.data)?;
        head
    };
    if let (Some(shared), false) = (source.shared(), store::is_address(&to.data)) {
        write_campaigns(&shared.campaign_texts()?, &to.data)?;
    }
    match (from.attachments(), to.attachments()) {
        (Some(from), Some(to)) => drop(copy_files(&from, &to)?),
        _ => eprintln!(
            "Scans and photographs stay where they are: copy their folder or bucket to where --files points."
        ),
    }
    eprintln!("{}: position {}, head {}, verified", to.shown(), head.position, hex(&head.hash));
    Ok(ExitCode::SUCCESS)
}

/// Campaigns that were changed in the app lie in a database, but beside a file.
fn write_campaigns(changed: &CampaignTexts, file: &Path) -> std::io::Result<()> {
    let texts = changed.over(Vec::new());
    if texts.is_empty() {
        return Ok(());
    }
    let folder = file.with_file_name("campaigns");
    std::fs::create_dir_all(&folder)?;
    texts.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
}

fn into_file(
    location: &StoreLocation,
    source: &dyn store::Store,
    part: &Path,
) -> Result<Head, Box<dyn std::error::Error>> {
    if part.exists() {
        return Err(format!("{} is there already; move it away first", part.display()).into());
    }
    let target = location.at(part).open_or_create()?;
    let head = store::copy(source, &*target)?;
    target.close()?;
    drop(target);
    whole(&location.at(part), head)?;
    remove_log(part);
    std::fs::File::open(part)?.sync_all()?;
    Ok(head)
}

/// Checks a copy by the same check as any store.
fn whole(copy: &StoreLocation, head: Head) -> Result<(), Box<dyn std::error::Error>> {
    let found = copy.open()?.verify(copy.law()?)?;
    if let Some(finding) = found.findings.first() {
        return Err(format!(
            "the copy is not whole: {} {}; run `matbang verify` on both",
            finding.table, finding.what
        )
        .into());
    }
    if found.head != head {
        return Err(StoreError::Replaced.into());
    }
    Ok(())
}
