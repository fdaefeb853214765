//! Coordinate reference systems by reference (OGC API - Features, Part 2; OGC 18-058r1).

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};

use super::error::ExportError;
use crate::{domain::ZONES, query::Outline};

/// Radius of the sphere of EPSG:3857, metres.
const RADIUS: f64 = 6_378_137.0;

/// A coordinate reference system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Crs {
    /// WGS 84, longitude before latitude.
    #[default]
    Crs84,
    /// Of the EPSG registry.
    Epsg(u32),
}

impl Crs {
    /// All that are offered: CRS84, WGS 84, Web Mercator, VN-2000 in degrees and in all zones.
    pub fn all() -> Vec<Self> {
        let zones = ZONES.iter().map(|zone| zone.epsg).filter(|epsg| *epsg != 4326);
        let epsg = [4326, 3857, 4756].into_iter().chain(zones).map(Self::Epsg);
        std::iter::once(Self::Crs84).chain(epsg).collect()
    }

    /// Its address.
    pub fn uri(self) -> String {
        match self {
            Self::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84".to_owned(),
            Self::Epsg(code) => format!("http://www.opengis.net/def/crs/EPSG/0/{code}"),
        }
    }

    /// Its short name.
    pub fn name(self) -> String {
        match self {
            Self::Crs84 => "OGC:CRS84".to_owned(),
            Self::Epsg(code) => format!("EPSG:{code}"),
        }
    }

    /// The EPSG code; of CRS84 that of WGS 84.
    pub fn epsg(self) -> u32 {
        match self {
            Self::Crs84 => 4326,
            Self::Epsg(code) => code,
        }
    }

    /// Reads an address, a safe CURIE (`[EPSG:5897]`), `EPSG:5897` or `CRS84`.
    ///
    /// # Errors
    /// For people: a system that is not offered, and those that are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bare = text.trim().trim_matches(['[', ']', '<', '>']);
        let found = Self::all().into_iter().find(|crs| {
            bare == crs.uri()
                || bare.eq_ignore_ascii_case(&crs.name())
                || (*crs == Self::Crs84 && bare.eq_ignore_ascii_case("CRS84"))
        });
        found.ok_or_else(|| {
            let names: Vec<_> = Self::all().into_iter().map(Self::name).collect();
            format!(
                "\"{text}\" is not offered; these are, as http://www.opengis.net/def/crs/EPSG/0/… or by name: {}",
                names.join(", ")
            )
        })
    }

    /// Whether latitude is written before longitude by the registry's rule.
    pub fn is_latitude_first(self) -> bool {
        matches!(self, Self::Epsg(4326 | 4756))
    }

    /// Whether coordinates are degrees.
    pub fn is_geographic(self) -> bool {
        self == Self::Crs84 || self.is_latitude_first()
    }

    /// Digits behind the point in text formats: a centimetre in degrees, a millimetre in metres.
    pub fn digits(self) -> i32 {
        if self.is_geographic() { 7 } else { 3 }
    }

    /// PROJ's definition, longitude or easting first.
    pub(super) fn reference(self) -> Result<SpatialRef, ExportError> {
        let mut reference = SpatialRef::from_epsg(self.epsg()).map_err(|e| self.error(&e))?;
        reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(reference)
    }

    fn error(self, why: &dyn std::fmt::Display) -> ExportError {
        ExportError::Crs { crs: self.name(), why: why.to_string() }
    }
}

/// Moves coordinates between WGS 84 degrees and a system, longitude or easting first.
pub struct Reprojector {
    way: Way,
    crs: Crs,
    xs: Vec<f64>,
    ys: Vec<f64>,
}

enum Way {
    None,
    Mercator,
    Proj(Box<CoordTransform>, Box<CoordTransform>),
}

impl Reprojector {
    /// To and from a system.
    ///
    /// # Errors
    /// [`ExportError`] when PROJ does not know the system.
    pub fn new(crs: Crs) -> Result<Self, ExportError> {
        let way = match crs {
            Crs::Crs84 | Crs::Epsg(4326) => Way::None,
            Crs::Epsg(3857) => Way::Mercator,
            Crs::Epsg(_) => {
                let (degrees, own) = (Crs::Crs84.reference()?, crs.reference()?);
                let there = CoordTransform::new(&degrees, &own).map_err(|e| crs.error(&e))?;
                let back = CoordTransform::new(&own, &degrees).map_err(|e| crs.error(&e))?;
                Way::Proj(Box::new(there), Box::new(back))
            }
        };
        Ok(Self { way, crs, xs: Vec::new(), ys: Vec::new() })
    }

    /// Moves an outline from WGS 84 degrees.
    ///
    /// # Errors
    /// [`ExportError`] when a coordinate lies outside what the system can express.
    pub fn apply(&mut self, outline: &mut Outline) -> Result<(), ExportError> {
        match &self.way {
            Way::None => {}
            Way::Mercator => outline.coords.iter_mut().for_each(|c| *c = mercator(*c)),
            Way::Proj(there, _) => {
                self.xs.clear();
                self.ys.clear();
                self.xs.extend(outline.coords.iter().map(|c| c[0]));
                self.ys.extend(outline.coords.iter().map(|c| c[1]));
                there
                    .transform_coords(&mut self.xs, &mut self.ys, &mut [])
                    .map_err(|e| self.crs.error(&e))?;
                let moved = self.xs.iter().zip(&self.ys);
                outline.coords.iter_mut().zip(moved).for_each(|(c, (x, y))| *c = [*x, *y]);
            }
        }
        Ok(())
    }

    /// Moves a coordinate to WGS 84 degrees, read in the order of the system's axes; none where it has no place.
    pub fn back(&self, [a, b]: [f64; 2]) -> Option<[f64; 2]> {
        let [x, y] = if self.crs.is_latitude_first() { [b, a] } else { [a, b] };
        let [lon, lat] = match &self.way {
            Way::None => [x, y],
            Way::Mercator => [(x / RADIUS).to_degrees(), ((y / RADIUS).sinh()).atan().to_degrees()],
            Way::Proj(_, back) => {
                let (mut xs, mut ys) = ([x], [y]);
                back.transform_coords(&mut xs, &mut ys, &mut []).ok()?;
                [xs[0], ys[0]]
            }
        };
        let inside = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        inside.then_some([lon, lat])
    }
}

fn mercator([lon, lat]: [f64; 2]) -> [f64; 2] {
    [RADIUS * lon.to_radians(), RADIUS * lat.to_radians().tan().asinh()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_of_each_system_are_in_the_order_of_the_registry() {
        for crs in Crs::all() {
            let reference = SpatialRef::from_epsg(crs.epsg()).unwrap();
            let wkt = reference.to_pretty_wkt().unwrap();
            // Where the registry says nothing else, WKT 1 leaves the axes out or says east first.
            let north = wkt.find("NORTH]").or_else(|| wkt.find("\",NORTH"));
            let east = wkt.find("EAST]").or_else(|| wkt.find("\",EAST"));
            let projected = reference.is_projected();
            assert!(projected || north < east, "{wkt}");
            if projected {
                assert!(!crs.is_latitude_first() && east < north, "{wkt}");
            }
        }
    }

    #[test]
    fn a_place_comes_back_from_each_system() {
        for crs in Crs::all() {
            let mut mover = Reprojector::new(crs).unwrap();
            let mut outline = Outline { coords: vec![[105.9, 20.5], [105.91, 20.51]], rings: vec![] };
            mover.apply(&mut outline).unwrap();
            let [x, y] = outline.coords[0];
            let [lon, lat] = mover.back(if crs.is_latitude_first() { [y, x] } else { [x, y] }).unwrap();
            // The three-degree zones of the far south are stretched this far from their meridian.
            assert!((lon - 105.9).abs() < 1e-6 && (lat - 20.5).abs() < 1e-6, "{crs:?}: {lon} {lat}");
        }
    }

    #[test]
    fn systems_are_known_by_address_and_by_name() {
        assert_eq!(Crs::parse("http://www.opengis.net/def/crs/EPSG/0/5897"), Ok(Crs::Epsg(5897)));
        assert_eq!(Crs::parse("[EPSG:4326]"), Ok(Crs::Epsg(4326)));
        assert_eq!(Crs::parse("CRS84"), Ok(Crs::Crs84));
        assert!(Crs::parse("EPSG:2154").unwrap_err().contains("EPSG:5897"));
        assert_eq!(Crs::all().len(), 24);
    }
}
