//! Parcels as they come through the pipe: packed, each looked at before it is believed.

use super::check::{self, Check, Doubt};
use crate::domain::{PackedParcel, PackedParcels, SquareMetres, wkb};

/// Looks at the parcels of a frame.
#[derive(Debug)]
pub struct ParcelCheck {
    check: Check,
    /// The last codes that were looked at: they repeat.
    project: String,
    unit: String,
}

impl ParcelCheck {
    /// Nothing has come yet.
    pub fn new(check: Check) -> Self {
        Self { check, project: String::new(), unit: String::new() }
    }

    /// The parcels in these bytes.
    ///
    /// # Errors
    /// [`Doubt`] when they hold what an honest reader would not send.
    pub fn run(&mut self, bytes: &[u8]) -> Result<PackedParcels, Doubt> {
        let run = PackedParcels::from_bytes(bytes.to_vec()).map_err(|_| Doubt("a frame that is none"))?;
        self.check.rows(run.len())?;
        run.iter().try_for_each(|parcel| self.parcel(&parcel))?;
        Ok(run)
    }

    /// `count` more findings.
    ///
    /// # Errors
    /// [`Doubt`] when there are more than are taken.
    pub fn findings(&mut self, count: usize) -> Result<(), Doubt> {
        self.check.findings(count)
    }

    fn parcel(&mut self, parcel: &PackedParcel<'_>) -> Result<(), Doubt> {
        for (last, code) in [(&mut self.project, parcel.project), (&mut self.unit, parcel.unit)] {
            if last != code {
                // A code is trimmed when it is made: what is sent has nothing to trim.
                if check::code(code)?.as_str() != code {
                    return Err(Doubt("a code that is none"));
                }
                code.clone_into(last);
            }
        }
        check::is_name(parcel.feature)?;
        let texts = [parcel.sheet, parcel.number, parcel.land_use, parcel.holder.unwrap_or_default()];
        texts.into_iter().try_for_each(check::is_text)?;
        let areas = [Some(parcel.total), Some(parcel.recovered), parcel.declared];
        areas.into_iter().flatten().try_for_each(is_area)?;
        if parcel.cut.is_some_and(|(share, _)| !(0.0..=1.0).contains(&share)) {
            return Err(Doubt("a share that is none"));
        }
        self.shape(parcel.shape)
    }

    fn shape(&mut self, shape: &[u8]) -> Result<(), Doubt> {
        let mut sound = Ok(());
        let read = wkb::each_ring(shape, |_, ring| {
            if sound.is_ok() {
                sound = self.check.corners(ring.len(), ring.corners());
            }
            if sound.is_ok() && (ring.len() < 4 || !ring.is_closed()) {
                sound = Err(Doubt("a ring that is not closed"));
            }
        });
        sound?;
        read.map_err(|_| Doubt("a shape that is none"))
    }
}

/// More than the Earth has is no area.
fn is_area(area: SquareMetres) -> Result<(), Doubt> {
    const EARTH_TENTHS: u64 = 5_100_656_220_000_000;
    if area.tenths() > EARTH_TENTHS { Err(Doubt("an area larger than the Earth")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Code, Parcel, ParcelKey},
        ingest::Bounds,
    };
    use geo::{MultiPolygon, polygon};

    fn parcel(x: f64) -> Parcel {
        let code = |text: &str| Code::new(text).unwrap();
        Parcel {
            key: ParcelKey { project: code("P"), unit: code("13285"), sheet: "1".into(), number: "2".into() },
            land_use: "LUC".into(),
            total_area: SquareMetres::new(400.0),
            recovered_area: SquareMetres::new(200.0),
            declared_area: None,
            holder: Some("A".into()),
            planned_day: None,
            geometry: polygon![(x: x, y: 20.5), (x: x + 0.001, y: 20.5), (x: x + 0.001, y: 20.501)].into(),
        }
    }

    fn checked(parcel: &Parcel, cut: Option<(f64, bool)>) -> Result<PackedParcels, Doubt> {
        let mut run = PackedParcels::default();
        run.push("7", parcel, cut);
        ParcelCheck::new(Check::new(Bounds::UPLOAD)).run(run.bytes())
    }

    #[test]
    fn a_parcel_comes_as_it_was_sent() {
        let run = checked(&parcel(105.9), Some((0.5, false))).unwrap();
        let back = run.iter().next().unwrap();
        assert_eq!((back.feature, back.number, back.holder), ("7", "2", Some("A")));
        assert_eq!(wkb::read_area(back.shape), Ok(parcel(105.9).geometry));
    }

    #[test]
    fn what_no_honest_reader_sends_is_doubted() {
        let mut huge = parcel(105.9);
        huge.total_area = SquareMetres::from_tenths(u64::MAX - 1);
        let mut endless = parcel(105.9);
        endless.key.sheet = "x".repeat(1 << 20);
        let mut open = parcel(105.9);
        // Polygons close their rings themselves: a point of its own stays one.
        open.geometry = MultiPolygon::new(vec![polygon![(x: 105.9, y: 20.5)]]);
        for bad in [parcel(0.0), parcel(f64::NAN), huge, endless, open] {
            assert!(checked(&bad, None).is_err(), "{bad:?}");
        }
        assert!(checked(&parcel(105.9), Some((1.5, false))).is_err());
        assert!(ParcelCheck::new(Check::new(Bounds::UPLOAD)).run(b"nonsense").is_err());
        let mut run = PackedParcels::default();
        (0..3).for_each(|_| run.push("7", &parcel(105.9), None));
        let few = Bounds { rows: 2, ..Bounds::UPLOAD };
        assert!(ParcelCheck::new(Check::new(few)).run(run.bytes()).is_err());
    }
}
