//! Chunks: runs of parcels that are made apart from each other, on as many
//! threads as there are, and joined by the builder in the order of their ids.

use std::{collections::HashMap, sync::Arc};

use geo_traits::{GeometryTrait, GeometryType, MultiPolygonTrait};

use super::{
    arena::Arena,
    columns::{Columns, NO_AREA, NO_DAY, land_use},
    error::BuildError,
    pages::thousands,
    symbols::Symbols,
    world::Extent,
};
use crate::domain::{
    Day, HolderId, LedgerPosition, Marks, ParcelId, ProjectId, SquareMetres, StageDays, UnitId, Vnd,
};

/// A parcel's row.
#[derive(Debug, Clone, Copy)]
pub struct ParcelRow<'a> {
    /// Id; greater than the one before.
    pub id: ParcelId,
    /// Project.
    pub project: ProjectId,
    /// Unit.
    pub unit: UnitId,
    /// Sheet number.
    pub sheet: &'a str,
    /// Parcel number.
    pub number: &'a str,
    /// Land-use code or empty.
    pub land_use: &'a str,
    /// Recovered area.
    pub recovered: SquareMetres,
    /// Area of the whole parcel.
    pub total: SquareMetres,
    /// Area as the file declared it.
    pub declared: Option<SquareMetres>,
    /// Holder.
    pub holder: Option<HolderId>,
    /// Planned day of handover.
    pub planned: Option<Day>,
    /// Money approved.
    pub money: Vnd,
    /// Days of the stages.
    pub days: StageDays,
    /// Last position that touched it.
    pub version: LedgerPosition,
    /// What it has beside its stages.
    pub marks: Option<&'a Marks>,
    /// `Polygon` or `MultiPolygon` as WKB, WGS 84 degrees (lon, lat).
    pub wkb: &'a [u8],
}

/// The numbers of units and projects inside the atlas.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    pub(super) units: HashMap<UnitId, u16>,
    pub(super) projects: HashMap<ProjectId, u16>,
}

/// A run of parcels.
#[derive(Debug)]
pub struct Chunk {
    numbers: Arc<Numbers>,
    pub(super) parcels: Columns,
    pub(super) texts: Symbols,
    pub(super) uses: Symbols,
    pub(super) days: Vec<StageDays>,
    /// Thousands of đồng.
    pub(super) money: Vec<u32>,
    pub(super) versions: Vec<u32>,
    /// By place in the chunk, rising.
    pub(super) marks: Vec<(u32, Arc<Marks>)>,
    pub(super) extents: Vec<Extent>,
}

impl Chunk {
    pub(super) fn new(numbers: Arc<Numbers>) -> Self {
        Self {
            numbers,
            parcels: Columns::default(),
            texts: Symbols::default(),
            uses: Symbols::default(),
            days: Vec::new(),
            money: Vec::new(),
            versions: Vec::new(),
            marks: Vec::new(),
            extents: Vec::new(),
        }
    }

    /// An empty chunk beside this one.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(Arc::clone(&self.numbers))
    }

    /// Adds a parcel.
    ///
    /// # Errors
    /// A project or unit that the builder does not know, an id out of order, or a geometry that is no polygon.
    pub fn parcel(&mut self, row: &ParcelRow<'_>) -> Result<(), BuildError> {
        if self.parcels.ids.last().is_some_and(|last| *last >= row.id.0) {
            return Err(BuildError::Order(row.id));
        }
        let project = self.numbers.projects.get(&row.project);
        let project = *project.ok_or(BuildError::NoProject(row.id, row.project))?;
        let unit = *self.numbers.units.get(&row.unit).ok_or(BuildError::NoUnit(row.id, row.unit))?;
        let parcels = &mut self.parcels;
        push_wkb(&mut parcels.arena, row.wkb).map_err(|why| BuildError::Geometry(row.id, why))?;
        let extent = parcels.arena.shape(parcels.ids.len()).extent();
        parcels.land_uses.push(land_use(self.uses.intern(row.land_use))?);
        parcels.sheets.push(self.texts.intern(row.sheet));
        parcels.numbers.push(self.texts.intern(row.number));
        parcels.ids.push(row.id.0);
        parcels.projects.push(project);
        parcels.units.push(unit);
        parcels.recovered.push(tenths(row.recovered));
        parcels.total.push(tenths(row.total));
        parcels.declared.push(row.declared.map_or(NO_AREA, tenths));
        parcels.holders.push(row.holder.map_or(0, |holder| holder.0));
        parcels.planned.push(row.planned.map_or(NO_DAY, Day::number));
        self.extents.push(extent);
        self.days.push(row.days);
        self.money.push(thousands(row.money));
        self.versions.push(u32::try_from(row.version.0).unwrap_or(u32::MAX));
        if let Some(marks) = row.marks {
            self.marks.push((self.days.len() as u32 - 1, Arc::new(marks.clone())));
        }
        Ok(())
    }
}

fn tenths(area: SquareMetres) -> u32 {
    u32::try_from(area.tenths()).unwrap_or(NO_AREA - 1)
}

fn push_wkb(arena: &mut Arena, wkb: &[u8]) -> Result<(), String> {
    let geometry = wkb::reader::read_wkb(wkb).map_err(|e| e.to_string())?;
    match geometry.as_type() {
        GeometryType::Polygon(polygon) => arena.push_polygon(polygon),
        GeometryType::MultiPolygon(polygons) => {
            polygons.polygons().for_each(|polygon| arena.push_polygon(&polygon));
        }
        _ => return Err("neither Polygon nor MultiPolygon".to_owned()),
    }
    arena.end_shape();
    Ok(())
}
