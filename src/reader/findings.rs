//! What a report tells about features, apart from the rest of it: it may be long.

use serde::{Deserialize, Serialize};

use super::check::{self, Doubt};
use crate::ingest::{AreaDifference, Overlap, Refusal, Remark, Report};

/// Characters of one finding; what a file says may be quoted in it.
const LONGEST: usize = 400;

/// One thing told about a feature, or about all.
#[derive(Debug, Serialize, Deserialize)]
pub enum Finding {
    /// A geometry was repaired.
    Repaired(Remark),
    /// A feature was refused.
    Refused(Refusal),
    /// A parcel lies in several communes.
    Divided(Remark),
    /// Two parcels claim the same land.
    Overlap(Overlap),
    /// A declared area differs from the computed one.
    Difference(AreaDifference),
    /// Anything else.
    Warning(String),
}

/// Takes the lists out of a report.
pub fn taken(report: &mut Report) -> Vec<Finding> {
    let take = std::mem::take::<Vec<Remark>>;
    let mut all: Vec<Finding> = Vec::new();
    all.extend(take(&mut report.repaired).into_iter().map(Finding::Repaired));
    all.extend(std::mem::take(&mut report.refused).into_iter().map(Finding::Refused));
    all.extend(take(&mut report.divided).into_iter().map(Finding::Divided));
    all.extend(std::mem::take(&mut report.overlaps).into_iter().map(Finding::Overlap));
    all.extend(std::mem::take(&mut report.area_differences).into_iter().map(Finding::Difference));
    all.extend(std::mem::take(&mut report.warnings).into_iter().map(Finding::Warning));
    all.iter_mut().for_each(shorten);
    all
}

fn shorten(finding: &mut Finding) {
    match finding {
        Finding::Repaired(remark) | Finding::Divided(remark) => clip(&mut remark.reason),
        Finding::Refused(refusal) => clip(&mut refusal.reason),
        Finding::Warning(words) => clip(words),
        Finding::Overlap(_) | Finding::Difference(_) => {}
    }
}

/// Cuts a text that is too long for a person.
pub fn clip(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
}

/// Puts one finding into its list.
///
/// # Errors
/// [`Doubt`] when a text is longer than is taken.
pub fn put(finding: Finding, report: &mut Report) -> Result<(), Doubt> {
    let remark = |remark: Remark| {
        Ok(Remark { feature: check::name(remark.feature)?, reason: check::text(remark.reason)? })
    };
    match finding {
        Finding::Repaired(repaired) => report.repaired.push(remark(repaired)?),
        Finding::Divided(divided) => report.divided.push(remark(divided)?),
        Finding::Refused(refusal) => report.refused.push(Refusal {
            feature: check::name(refusal.feature)?,
            field: check::some_text(refusal.field)?,
            reason: check::text(refusal.reason)?,
        }),
        Finding::Overlap(overlap) => report.overlaps.push(Overlap {
            a: check::name(overlap.a)?,
            b: check::name(overlap.b)?,
            area_m2: overlap.area_m2,
        }),
        Finding::Difference(difference) => report.area_differences.push(AreaDifference {
            feature: check::name(difference.feature)?,
            field: check::name(difference.field)?,
            ..difference
        }),
        Finding::Warning(words) => report.warnings.push(check::text(words)?),
    }
    Ok(())
}
