//! `matbang report`: the briefing document as PDF, DOCX or XLSX.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use super::{Outcome, StoreLocation, clock, figures::find};
use crate::{
    analysis::{Discretion, View},
    domain::{Day, vocabulary},
    report::{Format, Language, Setting, Subject, Words, document, write},
};

/// Options of `matbang report`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("subject").required(true).args(["project", "unit", "province"])))]
pub struct Report {
    /// About the project with this code.
    #[arg(long, value_name = "CODE")]
    project: Option<String>,
    /// About the unit with this code, with all below it.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// About the whole province.
    #[arg(long)]
    province: bool,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Language.
    #[arg(long, default_value = "vi", value_parser = language)]
    lang: Language,
    /// File to write; its name ends with .pdf, .docx or .xlsx.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "write vi or en".to_owned())
}

/// `matbang report`.
pub fn report(location: &StoreLocation, options: &Report) -> Outcome {
    let end = options.out.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let format = Format::from_code(&end.to_lowercase())
        .ok_or_else(|| format!("{}: a report is written as .pdf, .docx or .xlsx", options.out.display()))?;
    let store = location.open()?;
    let day = options.as_of.map_or_else(clock::today, Ok)?;
    let view = View::new(Arc::new(location.load(&*store)?), day);
    let subject = subject(&view, options)?;
    let words = words(location, options.lang)?;
    let (vocabulary, province) = (vocabulary()?, store.setting("province")?);
    let illustration = store.setting("illustration")?.as_deref() == Some("true");
    let setting = Setting {
        vocabulary: &vocabulary,
        province: province.as_deref(),
        illustration,
        discretion: Discretion::Exact,
    };
    let bytes = write(&document(&view, subject, &words, setting)?, format)?;
    std::fs::write(&options.out, bytes).map_err(|error| format!("{}: {error}", options.out.display()))?;
    eprintln!("{}: as of {day}, ledger position {}", options.out.display(), view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

/// The words of reports, an operator's `report/vi.toml` or `report/en.toml` beside the store among them.
pub(super) fn words(
    location: &StoreLocation,
    language: Language,
) -> Result<Words, Box<dyn std::error::Error>> {
    let own = location.file(&format!("report/{}.toml", language.code()))?;
    let own = own.as_ref().map(|(file, text)| (file.as_str(), text.as_str()));
    Ok(Words::load(language, own)?)
}

fn subject(view: &View, options: &Report) -> Result<Subject, Box<dyn std::error::Error>> {
    if let Some(code) = &options.project {
        return Ok(Subject::Project(find(view, code)?));
    }
    let Some(code) = &options.unit else { return Ok(Subject::Province) };
    let unit = view.snapshot.unit_by_code(code, view.today);
    let unit = unit
        .ok_or_else(|| format!("no unit has the code \"{code}\"; `matbang progress --by unit` lists them"))?;
    Ok(Subject::Unit(unit))
}
