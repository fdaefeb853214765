//! Strands: runs of parcels that are made apart from each other, on as many
//! threads as there are, and joined by the builder in the order of their ids.

use std::{collections::HashMap, sync::Arc};

use geo_traits::{GeometryTrait, GeometryType, MultiPolygonTrait};

use super::{
    arena::Arena,
    builder::{BuildError, push_polygon},
    pages::thousands,
    parcels::{Columns, NO_AREA, NO_DAY},
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
pub struct Strand {
    numbers: Arc<Numbers>,
    pub(super) parcels: Columns,
    pub(super) days: Vec<StageDays>,
    /// Thousands of đồng.
    pub(super) money: Vec<u32>,
    pub(super) versions: Vec<u32>,
    /// By place in the strand, rising.
    pub(super) marks: Vec<(u32, Arc<Marks>)>,
    pub(super) extents: Vec<Extent>,
}

impl Strand {
    pub(super) fn new(numbers: Arc<Numbers>) -> Self {
        Self {
            numbers,
            parcels: Columns::default(),
            days: Vec::new(),
            money: Vec::new(),
            versions: Vec::new(),
            marks: Vec::new(),
            extents: Vec::new(),
        }
    }

    /// An empty strand beside this one.
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
        parcels.land_uses.push(land_use(parcels.uses.intern(row.land_use))?);
        parcels.sheets.push(parcels.texts.intern(row.sheet));
        parcels.numbers.push(parcels.texts.intern(row.number));
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

impl Columns {
    /// Moves the parcels of `other`, whose symbols are its own, behind these.
    pub(super) fn append(&mut self, other: &Self) -> Result<(), BuildError> {
        let texts = self.texts.adopt(&other.texts);
        let uses = self.uses.adopt(&other.uses).into_iter().map(land_use).collect::<Result<Vec<_>, _>>()?;
        self.ids.extend_from_slice(&other.ids);
        self.projects.extend_from_slice(&other.projects);
        self.units.extend_from_slice(&other.units);
        self.sheets.extend(other.sheets.iter().map(|symbol| texts[*symbol as usize]));
        self.numbers.extend(other.numbers.iter().map(|symbol| texts[*symbol as usize]));
        self.land_uses.extend(other.land_uses.iter().map(|symbol| uses[usize::from(*symbol)]));
        self.recovered.extend_from_slice(&other.recovered);
        self.total.extend_from_slice(&other.total);
        self.declared.extend_from_slice(&other.declared);
        self.holders.extend_from_slice(&other.holders);
        self.planned.extend_from_slice(&other.planned);
        self.arena.append(&other.arena);
        Ok(())
    }
}

impl Symbols {
    /// Takes in all texts of `other`; its numbers as they are here, by its numbers.
    fn adopt(&mut self, other: &Self) -> Vec<u32> {
        (0..other.len() as u32).map(|number| self.intern(other.text(number))).collect()
    }
}

fn land_use(symbol: u32) -> Result<u16, BuildError> {
    u16::try_from(symbol).map_err(|_| BuildError::TooMany(65_536, "land uses"))
}

fn tenths(area: SquareMetres) -> u32 {
    u32::try_from(area.tenths()).unwrap_or(NO_AREA - 1)
}

fn push_wkb(arena: &mut Arena, wkb: &[u8]) -> Result<(), String> {
    let geometry = wkb::reader::read_wkb(wkb).map_err(|e| e.to_string())?;
    match geometry.as_type() {
        GeometryType::Polygon(polygon) => push_polygon(arena, polygon),
        GeometryType::MultiPolygon(polygons) => {
            polygons.polygons().for_each(|polygon| push_polygon(arena, &polygon));
        }
        _ => return Err("neither Polygon nor MultiPolygon".to_owned()),
    }
    arena.end_shape();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_strands_become_one_set() {
        let (mut all, mut other) = (Symbols::default(), Symbols::default());
        let (seven, eight) = (all.intern("7"), all.intern("8"));
        let (nine, again) = (other.intern("9"), other.intern("7"));
        let here = all.adopt(&other);
        assert_eq!(here[again as usize], seven);
        assert_eq!(all.text(here[nine as usize]), "9");
        assert_eq!((all.len(), all.text(eight)), (3, "8"));
    }
}
