//! Parcels packed into bytes: as they travel between processes, wait in a file, and go into a store.
//!
//! A million parcels as values of their own are a gigabyte; packed they are a fourth of it, and are handed on as they
//! are. Whoever needs one reads it where it lies. Bytes may come from anywhere: what is no parcel is told, not believed.
//!
//! ```text
//! run   = row*
//! row   = length of the rest (4) · seven lengths of texts and that of the shape (4 each) · total, recovered,
//!         declared (8 each, tenths of m²) · planned (4) · share (8) · whole (1) · texts · shape as WKB
//! ```

use super::{Day, Parcel, SquareMetres, wkb};

/// What stands for a number that is not there.
const NONE: u64 = u64::MAX;
/// Bytes of a row before its texts, without its length.
const HEAD: usize = 8 * 4 + 3 * 8 + 4 + 8 + 1;

/// A parcel where it lies in its run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PackedParcel<'a> {
    /// The feature that it comes from, as reports name it.
    pub feature: &'a str,
    /// Code of its project.
    pub project: &'a str,
    /// Code of its commune.
    pub unit: &'a str,
    /// Sheet number.
    pub sheet: &'a str,
    /// Parcel number.
    pub number: &'a str,
    /// Land-use code or empty.
    pub land_use: &'a str,
    /// Name of its holder.
    pub holder: Option<&'a str>,
    /// Area of the whole cadastral parcel.
    pub total: SquareMetres,
    /// The part of it that the project recovers.
    pub recovered: SquareMetres,
    /// Area as the file declares it.
    pub declared: Option<SquareMetres>,
    /// Day by which it is planned to be handed over.
    pub planned: Option<Day>,
    /// Of a parcel that was cut at a boundary: the share of its land inside, and whether nothing remains outside.
    pub cut: Option<(f64, bool)>,
    /// Its shape: a `MultiPolygon` as WKB, in WGS 84 degrees.
    pub shape: &'a [u8],
}

/// Why bytes are no run of parcels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no parcels")]
pub struct NoParcels;

/// A run of parcels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackedParcels {
    bytes: Vec<u8>,
    rows: usize,
}

impl PackedParcels {
    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets all of it and keeps its room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.rows = 0;
    }

    /// The run in these bytes, all of it looked at.
    ///
    /// # Errors
    /// [`NoParcels`] where a row is none.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, NoParcels> {
        let mut run = Self { bytes, rows: 0 };
        let (mut rest, mut rows) = (run.bytes.as_slice(), 0);
        while !rest.is_empty() {
            first(&mut rest).ok_or(NoParcels)?;
            rows += 1;
        }
        run.rows = rows;
        Ok(run)
    }

    /// The parcels in their order.
    pub fn iter(&self) -> impl Iterator<Item = PackedParcel<'_>> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || first(&mut rest))
    }

    /// Adds a parcel.
    pub fn push(&mut self, feature: &str, parcel: &Parcel, cut: Option<(f64, bool)>) {
        let key = &parcel.key;
        let texts =
            [feature, key.project.as_str(), key.unit.as_str(), &key.sheet, &key.number, &parcel.land_use];
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let length = |bytes: &mut Vec<u8>, length: usize| {
            bytes.extend_from_slice(&(length as u32).to_le_bytes());
        };
        texts.iter().for_each(|text| length(&mut self.bytes, text.len()));
        length(&mut self.bytes, parcel.holder.as_ref().map_or(u32::MAX as usize, String::len));
        let shape_length = self.bytes.len();
        length(&mut self.bytes, 0);
        let declared = parcel.declared_area.map_or(NONE, SquareMetres::tenths);
        for number in [parcel.total_area.tenths(), parcel.recovered_area.tenths(), declared] {
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
        let planned = parcel.planned_day.map_or(u32::MAX, |day| u32::from(day.number()));
        self.bytes.extend_from_slice(&planned.to_le_bytes());
        let (share, whole) = cut.unwrap_or((f64::NAN, false));
        self.bytes.extend_from_slice(&share.to_le_bytes());
        self.bytes.push(u8::from(whole));
        texts.iter().for_each(|text| self.bytes.extend_from_slice(text.as_bytes()));
        self.bytes.extend_from_slice(parcel.holder.as_deref().unwrap_or_default().as_bytes());
        let shape = self.bytes.len();
        wkb::write_area(parcel.geometry.0.iter(), &mut self.bytes);
        let shape = (self.bytes.len() - shape) as u32;
        self.bytes[shape_length..shape_length + 4].copy_from_slice(&shape.to_le_bytes());
        let row = (self.bytes.len() - start - 4) as u32;
        self.bytes[start..start + 4].copy_from_slice(&row.to_le_bytes());
        self.rows += 1;
    }

    /// Runs of these parcels, some hundreds each, whose features have no names.
    pub fn runs_of(parcels: &[Parcel]) -> impl Iterator<Item = Self> {
        parcels.chunks(1000).map(|parcels| {
            let mut run = Self::default();
            parcels.iter().for_each(|parcel| run.push("", parcel, None));
            run
        })
    }
}

/// Takes the first row off a run; none where it is no row.
fn first<'a>(rest: &mut &'a [u8]) -> Option<PackedParcel<'a>> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (row, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (head, mut texts) = row.split_first_chunk::<HEAD>()?;
    *rest = after;
    let word = |place: usize| u32::from_le_bytes(head[place..place + 4].try_into().unwrap_or_default());
    let long = |place: usize| u64::from_le_bytes(head[place..place + 8].try_into().unwrap_or_default());
    let mut bytes = |length: u32| {
        let (bytes, after) = texts.split_at_checked(length as usize)?;
        texts = after;
        Some(bytes)
    };
    let mut text = |place: usize| std::str::from_utf8(bytes(word(place))?).ok();
    let (feature, project, unit) = (text(0)?, text(4)?, text(8)?);
    let (sheet, number, land_use) = (text(12)?, text(16)?, text(20)?);
    let holder = if word(24) == u32::MAX { None } else { Some(text(24)?) };
    let shape = bytes(word(28))?;
    let planned = match word(56) {
        u32::MAX => None,
        day => Some(Day::from_cell(u16::try_from(day).ok()?)?),
    };
    let share = f64::from_le_bytes(head[60..68].try_into().unwrap_or_default());
    let declared = long(48);
    texts.is_empty().then_some(PackedParcel {
        feature,
        project,
        unit,
        sheet,
        number,
        land_use,
        holder,
        total: SquareMetres::from_tenths(long(32)),
        recovered: SquareMetres::from_tenths(long(40)),
        declared: (declared != NONE).then(|| SquareMetres::from_tenths(declared)),
        planned,
        cut: (!share.is_nan()).then_some((share, head[68] == 1)),
        shape,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, ParcelKey};
    use geo::polygon;

    fn parcel(number: &str, holder: Option<&str>) -> Parcel {
        let code = |text: &str| Code::new(text).unwrap();
        Parcel {
            key: ParcelKey {
                project: code("P"),
                unit: code("13285"),
                sheet: "1".into(),
                number: number.into(),
            },
            land_use: "LUC".into(),
            total_area: SquareMetres::new(400.0),
            recovered_area: SquareMetres::new(200.5),
            declared_area: holder.map(|_| SquareMetres::new(401.0)),
            holder: holder.map(str::to_owned),
            planned_day: Some(Day::parse("2026-11-24").unwrap()),
            geometry: polygon![(x: 105.9, y: 20.5), (x: 105.901, y: 20.5), (x: 105.901, y: 20.501)].into(),
        }
    }

    #[test]
    fn parcels_are_read_as_they_were_packed() {
        let mut run = PackedParcels::default();
        run.push("7", &parcel("12a", Some("Nguyễn Văn A")), None);
        run.push("8", &parcel("", None), Some((0.25, true)));
        let back = PackedParcels::from_bytes(run.bytes().to_vec()).unwrap();
        assert_eq!(back, run);
        let rows: Vec<PackedParcel<'_>> = back.iter().collect();
        assert_eq!((rows.len(), rows[0].feature, rows[0].number), (2, "7", "12a"));
        assert_eq!(
            (rows[0].holder, rows[0].declared),
            (Some("Nguyễn Văn A"), Some(SquareMetres::new(401.0)))
        );
        assert_eq!((rows[1].holder, rows[1].declared, rows[1].cut), (None, None, Some((0.25, true))));
        assert_eq!((rows[1].project, rows[1].unit, rows[1].land_use), ("P", "13285", "LUC"));
        assert_eq!(rows[1].recovered, SquareMetres::new(200.5));
        assert_eq!(rows[0].planned, Day::parse("2026-11-24").ok());
        assert_eq!(wkb::read_area(rows[0].shape), Ok(parcel("", None).geometry));
    }

    #[test]
    fn bytes_that_are_no_parcels_are_told() {
        let mut run = PackedParcels::default();
        run.push("7", &parcel("12a", Some("A")), None);
        let bytes = run.bytes();
        for end in 1..bytes.len() {
            assert_eq!(PackedParcels::from_bytes(bytes[..end].to_vec()), Err(NoParcels), "{end}");
        }
        for (place, value) in [(0, 0xFF), (4, 9), (7, 0xFF), (31, 1), (35, 0xFF), (62, 1), (73, 0xC0)] {
            let mut broken = bytes.to_vec();
            broken[place] = value;
            assert!(PackedParcels::from_bytes(broken).is_err(), "{place}");
        }
    }
}
