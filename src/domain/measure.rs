//! Units of measure.

use std::ops::{Add, AddAssign, Sub};

/// An area in square metres, kept in tenths: cadastral books write one
/// decimal, and sums of tenths are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SquareMetres(u64);

impl SquareMetres {
    /// No area.
    pub const ZERO: Self = Self(0);

    /// Rounds to a tenth; what is negative or not a number becomes zero.
    pub fn new(square_metres: f64) -> Self {
        Self((square_metres * 10.0).round().max(0.0) as u64)
    }

    /// From tenths of a square metre.
    pub fn from_tenths(tenths: u64) -> Self {
        Self(tenths)
    }

    /// Tenths of a square metre.
    pub fn tenths(self) -> u64 {
        self.0
    }

    /// Square metres.
    pub fn get(self) -> f64 {
        self.0 as f64 / 10.0
    }

    /// This area as a share of `total`, 0 … 1; 0 when there is no total.
    ///
    /// ```
    /// use matbang::domain::SquareMetres;
    ///
    /// let (cleared, all) = (SquareMetres::new(250.05), SquareMetres::new(1000.4));
    /// assert_eq!((cleared.get(), all.get()), (250.1, 1000.4));
    /// assert_eq!(cleared.share_of(all), 2501.0 / 10_004.0);
    /// ```
    pub fn share_of(self, total: Self) -> f64 {
        if total.0 == 0 { 0.0 } else { self.0 as f64 / total.0 as f64 }
    }
}

impl Add for SquareMetres {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for SquareMetres {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for SquareMetres {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for SquareMetres {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl serde::Serialize for SquareMetres {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.get())
    }
}

/// Money in đồng.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Vnd(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_areas_are_exact() {
        let total: SquareMetres = (0..10).map(|_| SquareMetres::new(0.1)).sum();
        assert_eq!(total, SquareMetres::new(1.0));
        assert_eq!(SquareMetres::new(f64::NAN), SquareMetres::ZERO);
        assert_eq!(SquareMetres::new(1.0) - SquareMetres::new(2.0), SquareMetres::ZERO);
    }
}
