//! Projects (dự án): the works that need the land.

use geo::{LineString, MultiPolygon};

use super::{Code, Day};

/// What a project builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectKind {
    /// Đường giao thông.
    Road,
    /// Khu công nghiệp.
    IndustrialPark,
    /// Khu đô thị.
    UrbanArea,
    /// Công trình năng lượng.
    Energy,
    /// Công trình công cộng: bệnh viện, trường học, đê điều.
    PublicWork,
    /// Khác.
    Other,
}

impl ProjectKind {
    /// All kinds, in the order of lists and legends.
    pub const ALL: [Self; 6] =
        [Self::Road, Self::IndustrialPark, Self::UrbanArea, Self::Energy, Self::PublicWork, Self::Other];

    /// The kind's code in files, tiles and filters.
    pub fn code(self) -> &'static str {
        match self {
            Self::Road => "road",
            Self::IndustrialPark => "industrial_park",
            Self::UrbanArea => "urban_area",
            Self::Energy => "energy",
            Self::PublicWork => "public_work",
            Self::Other => "other",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The pledge: what share of the area is to be cleared by which day.
/// Between two points the curve is straight, before the first it is 0,
/// after the last it stays at the last share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanCurve(Vec<(Day, f64)>);

/// Why a list of points is not a plan curve.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Days must rise strictly.
    #[error("the plan's days must rise: {0} does not come after the day before it")]
    Order(Day),
    /// Shares are between 0 and 1 and never fall.
    #[error("the plan's share {1} on {0} is not between the share before it and 1")]
    Share(Day, f64),
    /// Not the `date=share` notation.
    #[error("\"{0}\" is not a plan; write date=share pairs, as in 2026-01-31=0.25;2026-06-30=1")]
    Format(String),
}

impl PlanCurve {
    /// Checks that days rise and shares (0 … 1) never fall.
    ///
    /// # Errors
    /// [`PlanError`] with the first point that breaks the rule.
    pub fn new(points: Vec<(Day, f64)>) -> Result<Self, PlanError> {
        let (mut last_day, mut last_share) = (None, 0.0);
        for &(day, share) in &points {
            if last_day.is_some_and(|last| last >= day) {
                return Err(PlanError::Order(day));
            }
            if !(last_share..=1.0).contains(&share) {
                return Err(PlanError::Share(day, share));
            }
            (last_day, last_share) = (Some(day), share);
        }
        Ok(Self(points))
    }

    /// Reads `2026-01-31=0.25;2026-06-30=1`.
    ///
    /// # Errors
    /// Another notation, or a curve that breaks the rule of [`PlanCurve::new`].
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let error = || PlanError::Format(text.to_owned());
        let point = |pair: &str| {
            let (day, share) = pair.split_once('=').ok_or_else(error)?;
            let day = Day::parse(day).map_err(|_| error())?;
            Ok((day, share.trim().parse().map_err(|_| error())?))
        };
        let pairs = text.split(';').filter(|pair| !pair.trim().is_empty());
        Self::new(pairs.map(point).collect::<Result<_, PlanError>>()?)
    }

    /// The text that [`PlanCurve::parse`] reads.
    pub fn write(&self) -> String {
        self.0.iter().map(|(day, share)| format!("{day}={share}")).collect::<Vec<_>>().join(";")
    }

    /// The points, days rising.
    pub fn points(&self) -> &[(Day, f64)] {
        &self.0
    }

    /// The planned share on `day`, 0 … 1; none when there is no plan.
    pub fn share_on(&self, day: Day) -> Option<f64> {
        let (&(first, _), &(_, end)) = (self.0.first()?, self.0.last()?);
        if day < first {
            return Some(0.0);
        }
        let pair = self.0.windows(2).find(|pair| pair[0].0 <= day && day < pair[1].0);
        Some(pair.map_or(end, |pair| {
            let ((d0, s0), (d1, s1)) = (pair[0], pair[1]);
            s0 + (s1 - s0) * f64::from(day.since(d0)) / f64::from(d1.since(d0))
        }))
    }
}

/// A project. Its boundary is what it recovers; linear works also have an
/// alignment, along which chainage is counted from Km0+000 at its start.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Code, unique.
    pub code: Code,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: ProjectKind,
    /// Dự án trọng điểm: followed by the provincial leaders.
    pub key: bool,
    /// Chủ đầu tư.
    pub investor: Option<String>,
    /// Đơn vị thực hiện bồi thường, GPMB.
    pub body: Option<String>,
    /// Code of the legal procedure.
    pub procedure: Code,
    /// Day by which all land is to be handed over.
    pub required_day: Option<Day>,
    /// The pledge over time.
    pub plan: PlanCurve,
    /// Boundary in WGS 84 degrees (lon, lat).
    pub boundary: Option<MultiPolygon<f64>>,
    /// Alignment in WGS 84 degrees (lon, lat).
    pub alignment: Option<LineString<f64>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_plan_is_straight_between_its_points() {
        let plan = PlanCurve::parse("2026-01-01=0;2026-01-11=0.5;2026-01-31=1").unwrap();
        assert_eq!(plan.share_on(day("2025-12-31")), Some(0.0));
        assert_eq!(plan.share_on(day("2026-01-06")), Some(0.25));
        assert_eq!(plan.share_on(day("2026-03-01")), Some(1.0));
        assert_eq!(PlanCurve::parse(&plan.write()), Ok(plan));
        assert_eq!(PlanCurve::default().share_on(day("2026-01-06")), None);
    }

    #[test]
    fn a_plan_never_goes_back() {
        assert!(matches!(PlanCurve::parse("2026-01-01=0.5;2026-02-01=0.4"), Err(PlanError::Share(..))));
        assert!(matches!(PlanCurve::parse("2026-02-01=0.5;2026-01-01=0.6"), Err(PlanError::Order(_))));
        assert!(matches!(PlanCurve::parse("soon"), Err(PlanError::Format(_))));
    }
}
