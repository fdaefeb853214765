//! The share of its farm land that a household loses, and the months of support that follow (NĐ88, Article 19.1).

use serde::Serialize;

use crate::domain::SquareMetres;

/// Months of support by what the household must do; the province may set more (NĐ88 19.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SupportMonths {
    /// Staying where it lives.
    pub staying: u8,
    /// Moving its home.
    pub moving: u8,
    /// Moving to an area with hard conditions: at most.
    pub hard_area: u8,
}

/// What a household loses of its farm land in one commune by one project, at the approval of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FarmLoss {
    /// Farm land recovered, m².
    pub recovered: SquareMetres,
    /// Farm land in use before, m².
    pub whole: SquareMetres,
    /// Recovered of whole, for showing; thresholds are decided in whole tenths of m².
    pub share: f64,
    /// Months; none below 30 %, where the province may decide.
    pub months: Option<SupportMonths>,
}

impl FarmLoss {
    /// The loss; unknown where the household's whole is not known, and where less is known than is recovered.
    pub fn of(recovered: SquareMetres, whole: Option<SquareMetres>) -> Option<Self> {
        let whole = whole.filter(|whole| whole.tenths() > 0 && recovered <= *whole)?;
        let (lost, all) = (u128::from(recovered.tenths()), u128::from(whole.tenths()));
        let months = if 10 * lost > 7 * all {
            Some(SupportMonths { staying: 12, moving: 24, hard_area: 36 })
        } else if 10 * lost >= 3 * all {
            Some(SupportMonths { staying: 6, moving: 12, hard_area: 24 })
        } else {
            None
        };
        Some(Self { recovered, whole, share: recovered.get() / whole.get(), months })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_per_cent_is_enough_and_seventy_is_not_more_than_seventy() {
        let months = |lost: f64, whole: f64| {
            let loss = FarmLoss::of(SquareMetres::new(lost), Some(SquareMetres::new(whole)));
            loss.and_then(|loss| loss.months).map(|months| months.staying)
        };
        assert_eq!(months(1200.0, 4000.0), Some(6), "exactly 30 %");
        assert_eq!(months(1199.9, 4000.0), None);
        assert_eq!(months(2800.0, 4000.0), Some(6), "exactly 70 %");
        assert_eq!(months(2801.0, 4000.0), Some(12));
        let area = SquareMetres::new(500.0);
        assert_eq!(FarmLoss::of(area, None), None, "the household's whole is not known");
        assert_eq!(FarmLoss::of(area, Some(SquareMetres::new(400.0))), None);
    }
}
