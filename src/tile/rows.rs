//! What tiles say about parcels, as small numbers: a row a parcel, a number an attribute.

use super::{
    grid::EXTENT,
    layer::{PARCEL_FIELDS, PATCH_FIELDS},
};
use crate::{
    analysis::View,
    domain::{Day, Stage, Standing},
};

/// Attributes of a parcel.
pub const FIELDS: usize = 23;
/// An attribute that a parcel has not.
pub const ABSENT: u32 = u32::MAX;

/// Tile units a side of a tile of patches: half a pixel each where a tile takes 512.
pub const PATCH_EXTENT: i32 = 1024;
/// Where the area stands among the attributes.
pub const AREA: usize = 5;

/// What an attribute's numbers name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Projects, by index.
    Project,
    /// Units, by index.
    Unit,
    /// Sheet and parcel numbers, by symbol.
    Text,
    /// Land uses, by symbol.
    LandUse,
    /// Tenths of square metres.
    Area,
    /// Stages and side branches, by number.
    Standing,
    /// Laws, by index.
    Law,
    /// No and yes.
    Bool,
    /// Days since 1970-01-01.
    Day,
    /// How many.
    Count,
}

impl Kind {
    /// The text that a number names; empty for kinds that are no texts.
    pub fn text(self, view: &View, symbol: u32) -> &str {
        let (snapshot, at) = (&view.snapshot, symbol as usize);
        match self {
            Self::Project => snapshot.projects()[at].project.code.as_str(),
            Self::Unit => snapshot.units()[at].unit.code.as_str(),
            Self::Text => snapshot.parcels().texts().text(symbol),
            Self::LandUse => snapshot.parcels().land_uses().text(symbol),
            Self::Standing => Standing::ALL[at].code(),
            Self::Law => snapshot.law().laws()[at].code.as_str(),
            Self::Area | Self::Bool | Self::Day | Self::Count => "",
        }
    }
}

/// What a layer of rows says: its name, the grid of its geometries and its attributes.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Name in tiles.
    pub name: &'static str,
    /// Tile units a side.
    pub extent: u32,
    /// Names of the attributes with their types in `TileJSON` words.
    pub fields: &'static [(&'static str, &'static str)],
    /// What their numbers name.
    pub kinds: &'static [Kind],
}

/// Parcels.
pub const PARCELS: Schema = Schema {
    name: "parcels",
    extent: EXTENT as u32,
    fields: &PARCEL_FIELDS,
    kinds: &{
        let mut kinds = [Kind::Day; FIELDS];
        let [text, yes] = [Kind::Text, Kind::Bool];
        let first = [Kind::Project, Kind::Unit, text, text, Kind::LandUse, Kind::Area, Kind::Standing];
        let mut at = 0;
        while at < first.len() {
            kinds[at] = first[at];
            at += 1;
        }
        kinds[7] = Kind::Law;
        [kinds[8], kinds[9], kinds[10], kinds[11]] = [yes; 4];
        kinds
    },
};

/// Patches of parcels that are too small to be told apart: see `patches`.
pub const PATCHES: Schema = Schema {
    name: "patches",
    extent: PATCH_EXTENT as u32,
    fields: &PATCH_FIELDS,
    kinds: &{
        let mut kinds = [Kind::Day; PATCH_FIELDS.len()];
        [kinds[0], kinds[1]] = [Kind::Project, Kind::Unit];
        [kinds[2], kinds[3], kinds[4], kinds[5]] = [Kind::Count; 4];
        kinds
    },
};

/// A parcel.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its id.
    pub id: u32,
    /// Its attributes, each as its kind has it.
    pub cells: [u32; FIELDS],
}

impl Row {
    /// What a view says about a parcel; none for what was taken back on the day of its listing, which was never there.
    pub fn of(view: &View, parcel: u32) -> Option<Self> {
        let (snapshot, columns, today) = (&view.snapshot, view.snapshot.parcels(), view.today);
        let days = snapshot.days(parcel);
        let ended = snapshot.marks(parcel).and_then(|marks| marks.ended);
        if ended.is_some() && ended <= days.get(Stage::Listed) {
            return None;
        }
        let day = |day: Option<Day>| day.map_or(ABSENT, |day| u32::from(day.number()));
        let mut cells = [ABSENT; FIELDS];
        cells[..12].copy_from_slice(&[
            columns.project(parcel) as u32,
            view.unit_of(parcel) as u32,
            columns.sheet_symbol(parcel),
            columns.number_symbol(parcel),
            columns.land_use_symbol(parcel),
            u32::try_from(columns.recovered(parcel).tenths()).unwrap_or(ABSENT - 1),
            snapshot.stage_on(parcel, today).map_or(ABSENT, |standing| standing.number() as u32),
            snapshot.law_index(parcel) as u32,
            u32::from(days.reached(Stage::HandedOver, today)),
            u32::from(snapshot.blocked_on(parcel, today)),
            u32::from(snapshot.overdue_on(parcel, today)),
            u32::from(snapshot.late_on(parcel, today)),
        ]);
        cells[12] = day(snapshot.planned_day(parcel));
        for (cell, stage) in cells[13..].iter_mut().zip(Stage::ALL) {
            *cell = day(days.get(stage));
        }
        cells[FIELDS - 1] = day(ended);
        Some(Self { id: columns.id(parcel).0, cells })
    }
}
