//! Names, codes and extents: what a screen needs before it draws.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Bbox, Coded, DayNumber,
    parts::{province_bbox, time_span},
};
use crate::{
    analysis::{Figures, View},
    atlas::{ProjectEntry, UnitEntry},
    domain::{
        BlockerKind, Code, Label, LedgerPosition, Level, ProjectId, ProjectKind, SquareMetres, Stage,
        Standing, UnitId, Vocabulary, law::Act,
    },
};

/// A land-use code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LandUse {
    /// Code.
    pub code: String,
    /// Null where nobody gave the code a name.
    pub name: Option<Label>,
}

/// An administrative unit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unit {
    /// Number.
    pub id: UnitId,
    /// Official code.
    pub code: Code,
    /// Name.
    pub name: String,
    /// Level.
    pub level: Level,
    /// Code of the unit above it.
    pub parent: Option<Code>,
    /// First day; null where it has none.
    pub valid_from: Option<DayNumber>,
    /// Last day; null where it has none.
    pub valid_to: Option<DayNumber>,
    /// Extent.
    pub bbox: Option<Bbox>,
    /// Parcels recorded in it.
    pub parcels: usize,
}

/// A project as lists name it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ProjectEntry")]
pub struct ListedProject {
    /// Number.
    pub id: ProjectId,
    /// Code.
    pub code: Code,
    /// Name.
    pub name: String,
    /// What it builds.
    pub kind: ProjectKind,
    /// The provincial leaders follow it.
    pub key: bool,
    /// Investor.
    pub investor: Option<String>,
    /// Clearance body.
    pub body: Option<String>,
    /// Code of the law under which it began.
    pub procedure: Code,
    /// Required handover day.
    pub required_day: Option<DayNumber>,
    /// Codes of the units in which it lies.
    pub units: Vec<Code>,
    /// Null where neither boundary nor parcel is known.
    pub bbox: Option<Bbox>,
    /// It has an alignment.
    pub linear: bool,
    /// Metres of the alignment.
    pub length_m: Option<f64>,
    /// Parcels.
    pub parcels: usize,
    /// To recover, m².
    pub area_m2: SquareMetres,
}

/// A stage in words.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Stage")]
pub struct NamedStage {
    /// The stage.
    pub code: Stage,
    /// Its number, from 0.
    pub number: usize,
    /// Name.
    pub name: Label,
}

/// A code of `K` in words.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Named<K> {
    /// Code.
    pub code: K,
    /// Name.
    pub name: Label,
}

/// The map below everything else, as the operator chose it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct BasemapSource {
    /// How it is read.
    pub kind: BasemapKind,
    /// Where it is, a template with `{z}`, `{x}` and `{y}` unless it is an archive.
    pub url: String,
}

/// How a basemap is read.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum BasemapKind {
    /// A PMTiles archive of this server.
    Archive,
    /// Pictures.
    Raster,
    /// Vector tiles.
    Vector,
}

/// Names, codes and extents.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Catalog {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub today: DayNumber,
    /// All of it is made up.
    pub illustration: bool,
    /// Null where nothing says it.
    pub province: Option<String>,
    /// Null in an empty store.
    pub bbox: Option<Bbox>,
    /// The map below everything else.
    pub basemap: Option<BasemapSource>,
    /// First day of the time slider.
    pub first_day: DayNumber,
    /// Last day of the time slider.
    pub last_day: DayNumber,
    /// The nine acts that every parcel is followed by.
    pub stages: Vec<NamedStage>,
    /// Ten places on one scale: where a parcel stands.
    pub standings: Vec<Named<Standing>>,
    /// Laws under which projects began.
    pub laws: Vec<Coded>,
    /// Kinds of project.
    pub kinds: Vec<Named<ProjectKind>>,
    /// Land-use codes that occur.
    pub land_uses: Vec<LandUse>,
    /// Kinds of blocker.
    pub blocker_kinds: Vec<Named<BlockerKind>>,
    /// Clearance bodies.
    pub bodies: Vec<String>,
    /// Units, those that ended too.
    pub units: Vec<Unit>,
    /// Projects.
    pub projects: Vec<ListedProject>,
}

/// What a catalogue says beside the view.
#[derive(Debug, Clone, Default)]
pub struct CatalogFacts {
    /// All of it is made up.
    pub illustration: bool,
    /// Name of the province.
    pub province: Option<String>,
    /// The map below everything else.
    pub basemap: Option<BasemapSource>,
}

/// The catalogue of a view, with the words for codes.
pub fn catalog(view: &View, words: &Vocabulary, facts: CatalogFacts) -> Catalog {
    let snapshot = &view.snapshot;
    let (first, last) = time_span(view);
    let mut bodies: Vec<String> =
        snapshot.projects().iter().filter_map(|entry| entry.project.body.clone()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    let kinds = ProjectKind::ALL.into_iter();
    let blockers = BlockerKind::ALL.into_iter();
    let laws = snapshot.law().laws().iter();
    Catalog {
        at: snapshot.position(),
        today: view.today.into(),
        illustration: facts.illustration,
        province: facts.province,
        bbox: province_bbox(view),
        basemap: facts.basemap,
        first_day: first.into(),
        last_day: last.into(),
        stages: Stage::ALL.into_iter().map(|stage| named_stage(view, stage)).collect(),
        standings: Standing::ALL
            .into_iter()
            .map(|code| Named { code, name: word(snapshot.law().standing(code), code.code()) })
            .collect(),
        laws: laws.map(|law| Coded { code: law.code.clone(), name: law.name.clone() }).collect(),
        kinds: kinds
            .map(|code| Named { code, name: word(words.kinds.get(code.code()), code.code()) })
            .collect(),
        land_uses: land_uses(view, words),
        blocker_kinds: blockers
            .map(|code| Named { code, name: word(words.blockers.get(code.code()), code.code()) })
            .collect(),
        bodies,
        units: snapshot.units().iter().map(|entry| unit(entry)).collect(),
        projects: projects(view),
    }
}

/// The words for a code; the code itself where nobody gave it any.
fn word(known: Option<&Label>, code: &str) -> Label {
    known.cloned().unwrap_or_else(|| Label { vi: code.to_owned(), en: code.to_owned() })
}

fn named_stage(view: &View, stage: Stage) -> NamedStage {
    let words = view.snapshot.law().words(Act::from(stage)).map(|words| &words.name);
    NamedStage { code: stage, number: stage.number(), name: word(words, stage.code()) }
}

fn land_uses(view: &View, words: &Vocabulary) -> Vec<LandUse> {
    let known = view.snapshot.parcels().land_uses();
    let mut codes: Vec<&str> = (0..known.len() as u32).map(|number| known.text(number)).collect();
    codes.retain(|code| !code.is_empty());
    codes.sort_unstable();
    let named = |code: &str| LandUse { code: code.to_owned(), name: words.land_uses.get(code).cloned() };
    codes.into_iter().map(named).collect()
}

fn unit(entry: &UnitEntry) -> Unit {
    let unit = &entry.unit;
    Unit {
        id: entry.id,
        code: unit.code.clone(),
        name: unit.name.clone(),
        level: unit.level,
        parent: unit.parent.clone(),
        valid_from: unit.valid_from.map(Into::into),
        valid_to: unit.valid_to.map(Into::into),
        bbox: Bbox::of(entry.extent),
        parcels: entry.parcels.len(),
    }
}

fn projects(view: &View) -> Vec<ListedProject> {
    let units = view.snapshot.units();
    let listed = |(entry, figures): (&ProjectEntry, &Figures)| {
        let project = &entry.project;
        ListedProject {
            id: entry.id,
            code: project.code.clone(),
            name: project.name.clone(),
            kind: project.kind,
            key: project.key,
            investor: project.investor.clone(),
            body: project.body.clone(),
            procedure: project.procedure.clone(),
            required_day: project.required_day.map(Into::into),
            units: entry.units.iter().map(|unit| units[usize::from(*unit)].unit.code.clone()).collect(),
            bbox: Bbox::of(entry.extent),
            linear: project.alignment.is_some(),
            length_m: entry.length_m,
            parcels: entry.parcels.len(),
            area_m2: figures.progress.measures.area.total,
        }
    };
    view.snapshot
        .projects()
        .iter()
        .zip(view.projects.iter())
        .map(|(entry, figures)| listed((entry, figures)))
        .collect()
}
