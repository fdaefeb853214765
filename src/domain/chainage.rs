//! Chainage (lý trình): places along an alignment.

/// `Km12+300` for a place 12 300 m from the start of the alignment.
///
/// ```
/// assert_eq!(matbang::domain::chainage_label(12_300.4), "Km12+300");
/// ```
pub fn chainage_label(metres: f64) -> String {
    let metres = metres.round().max(0.0) as u64;
    format!("Km{}+{:03}", metres / 1000, metres % 1000)
}

/// A run along an alignment in decimetres from its start: whole numbers, so
/// that lengths add up exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First decimetre.
    pub from: u32,
    /// First decimetre behind it.
    pub to: u32,
}

impl Span {
    /// The run between two chainages in metres, within an alignment of `length` decimetres.
    pub fn of_metres([from, to]: [f32; 2], length: u32) -> Self {
        let tenths = |metres: f32| ((f64::from(metres) * 10.0).round().max(0.0) as u32).min(length);
        Self { from: tenths(from), to: tenths(to) }
    }

    /// Decimetres.
    pub fn length(self) -> u32 {
        self.to - self.from
    }

    /// Start and end in metres.
    pub fn metres(self) -> [f64; 2] {
        [f64::from(self.from) / 10.0, f64::from(self.to) / 10.0]
    }

    /// Whether the two have some length in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chainage_is_written_as_on_the_posts() {
        assert_eq!([0.0, 12_300.4, 999.6].map(chainage_label), ["Km0+000", "Km12+300", "Km1+000"]);
    }

    #[test]
    fn spans_stay_on_the_alignment() {
        assert_eq!(Span::of_metres([-0.04, 10.26], 100), Span { from: 0, to: 100 });
        assert_eq!(Span::of_metres([1.04, 1.06], 100).length(), 1);
    }
}
