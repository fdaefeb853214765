//! Emulation campaigns (phong trào thi đua) as data: who is compared, by what, over which periods,
//! and who is put forward for which award.
//!
//! The files stand in `data/campaigns/*.toml`; an operator puts his own beside the store. This
//! module knows nothing of files: it takes their text. What counts for or against whom is worked
//! out in `analysis::board`.

mod file;

use serde::{Deserialize, Serialize};

use super::{BlockerKind, Branch, Code, Day, Label, Level, Period, PeriodKind, ProjectKind};

/// Who is compared with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contestants {
    /// Districts; abolished on 1 July 2025.
    District,
    /// Communes and wards.
    Commune,
    /// Clearance bodies.
    Body,
}

impl Contestants {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::District, Self::Commune, Self::Body];

    /// The level of the units; none for bodies.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::District => Some(Level::District),
            Self::Commune => Some(Level::Commune),
            Self::Body => None,
        }
    }
}

/// A group that is ranked among its like.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignGroup {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// Who is in it.
    pub of: Contestants,
    /// Parcels to be cleared in the period from which on one is ranked.
    #[serde(default = "one")]
    pub least_parcels: u64,
    /// Points that could be earned, of the criteria that had a case, from which on one is ranked: who is
    /// judged by little is not set beside who is judged by all.
    #[serde(default)]
    pub least_weight: f64,
    /// Parcels that were due by plan, or are handed over, from which on one is ranked: who had next to nothing due
    /// is not set before who had much.
    #[serde(default)]
    pub least_due: u64,
}

fn one() -> u64 {
    1
}

/// What a criterion measures, always of the work that a period found undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Share of the area handed over, against the pledge or else against what was planned by then.
    HandedOverArea,
    /// Parcels handed over on or before their planned day, of those that were due or came early.
    OnPlannedDay,
    /// Money paid, of what was approved and not yet paid.
    MoneyPaid,
    /// Blockers of a kind that were settled within this many days.
    BlockersSettled(BlockerKind, u16),
    /// Steps in the order of the procedure and within their legal days.
    LawfulSteps,
    /// Holders whose land was handed over without mandatory inventory and enforcement.
    ConsentingHolders,
    /// Parcels handed over without this side branch.
    WithoutBranch(Branch),
}

impl Measure {
    /// What its numbers count: `area` (m²), `money` (đồng), `parcels`, `blockers`, `steps` or `holders`.
    pub fn unit(self) -> &'static str {
        match self {
            Self::HandedOverArea => "area",
            Self::MoneyPaid => "money",
            Self::OnPlannedDay | Self::WithoutBranch(_) => "parcels",
            Self::BlockersSettled(..) => "blockers",
            Self::LawfulSteps => "steps",
            Self::ConsentingHolders => "holders",
        }
    }

    /// Its code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::HandedOverArea => "handed_over_area",
            Self::OnPlannedDay => "on_planned_day",
            Self::MoneyPaid => "money_paid",
            Self::BlockersSettled(..) => "blockers_settled",
            Self::LawfulSteps => "lawful_steps",
            Self::ConsentingHolders => "consenting_holders",
            Self::WithoutBranch(_) => "without_branch",
        }
    }
}

/// A criterion: `weight` points for a share of `target` or more, none for `floor` of it or less.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// What it measures.
    pub measure: Measure,
    /// Points at most.
    pub weight: f64,
    /// Share that earns all points; for the handed-over area only where something was pledged.
    pub target: f64,
    /// Share of the target that earns none; between it and the target points rise evenly.
    pub floor: f64,
    /// Article or document that it follows.
    pub article: Option<String>,
    /// The entry is a reading still to be confirmed: it is shown, and counts for and against nobody.
    pub to_be_confirmed: bool,
}

impl Criterion {
    /// The points for `value`, a share, where `target` is asked for; both 0 … 1.
    pub fn points(&self, value: f64, target: f64) -> f64 {
        let reached = if target > 0.0 { (value / target).min(1.0) } else { 1.0 };
        self.weight * ((reached - self.floor) / (1.0 - self.floor)).clamp(0.0, 1.0)
    }
}

/// What a unit or body promised for a criterion.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    /// Code of the unit, or name of the body.
    pub by: String,
    /// Code of the criterion.
    pub criterion: String,
    /// Period for which it was given; all of them if left out.
    pub period: Option<String>,
    /// Share, 0 … 1.
    pub share: f64,
}

/// Who gets an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awarded {
    /// The best of the group with this code.
    Group(String),
    /// Holders who handed over early.
    Holders,
}

/// An award and the rule by which people are put forward for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Award {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// To whom.
    pub to: Awarded,
    /// How many at most; who shares the last place comes in too.
    pub places: usize,
    /// Score from which on, 0 … 100.
    pub least_score: f64,
    /// Nobody with a step out of order.
    pub none_out_of_order: bool,
    /// Share of the steps that may be against the law or late at most, 0 … 1.
    pub most_irregular: f64,
    /// Days before the planned day by which a holder's land was handed over.
    pub days_early: u16,
    /// Article or document that it follows.
    pub article: Option<String>,
}

/// Which projects count.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CampaignScope {
    /// Key projects only.
    pub key: bool,
    /// These kinds; all if empty.
    pub kinds: Vec<ProjectKind>,
    /// These projects; all if empty.
    pub projects: Vec<String>,
}

/// Whose the text of a campaign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignText {
    /// It comes with the program.
    Shipped,
    /// An operator's.
    Own,
    /// An operator's, in the place of one that comes with the program.
    Replaced,
}

impl CampaignText {
    /// Its name in answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Own => "own",
            Self::Replaced => "replaced",
        }
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    text: CampaignText,
    code: Code,
    name: Label,
    basis: Option<Label>,
    illustration: bool,
    from: Day,
    to: Day,
    period: PeriodKind,
    scope: CampaignScope,
    groups: Vec<CampaignGroup>,
    criteria: Vec<Criterion>,
    pledges: Vec<Pledge>,
    awards: Vec<Award>,
    tie_break: Vec<usize>,
}

/// Why a text is not a campaign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CampaignError {
    /// Not TOML, or not of this shape; the parser says line and column.
    #[error("{0}")]
    Format(String),
    /// An entry that contradicts another.
    #[error("line {line}: {why}")]
    Entry {
        /// Line.
        line: usize,
        /// What is wrong, and what to do.
        why: String,
    },
    /// Two files describe the same campaign.
    #[error("two files describe the campaign \"{0}\"")]
    Twice(Code),
    /// An error in one of several files.
    #[error("{file}: {error}")]
    InFile {
        /// File.
        file: String,
        /// What is wrong in it.
        error: Box<CampaignError>,
    },
}

impl Campaign {
    /// Code.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// Whose its text is.
    pub fn text(&self) -> CampaignText {
        self.text
    }

    /// The same campaign by a text that is `text`.
    #[must_use]
    pub fn of(self, text: CampaignText) -> Self {
        Self { text, ..self }
    }

    /// Name.
    pub fn name(&self) -> &Label {
        &self.name
    }

    /// The plan or decision that it follows.
    pub fn basis(&self) -> Option<&Label> {
        self.basis.as_ref()
    }

    /// Its weights and pledges are made up, for illustration.
    pub fn illustration(&self) -> bool {
        self.illustration
    }

    /// First day.
    pub fn from(&self) -> Day {
        self.from
    }

    /// Last day.
    pub fn to(&self) -> Day {
        self.to
    }

    /// Which projects count.
    pub fn scope(&self) -> &CampaignScope {
        &self.scope
    }

    /// The groups that are ranked, each among its like.
    pub fn groups(&self) -> &[CampaignGroup] {
        &self.groups
    }

    /// The criteria.
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// The awards.
    pub fn awards(&self) -> &[Award] {
        &self.awards
    }

    /// The criteria, by index, whose points decide between equal scores, in turn.
    pub fn tie_break(&self) -> &[usize] {
        &self.tie_break
    }

    /// What was promised for the criterion at `index` in a period, by the unit code or body name `by`.
    pub fn pledge(&self, index: usize, by: &str, period: Period) -> Option<f64> {
        let named = period.to_string();
        let own = |pledge: &&Pledge| pledge.by == by && pledge.criterion == self.criteria[index].code;
        let all = || self.pledges.iter().filter(own);
        let exact = all().find(|pledge| pledge.period.as_ref() == Some(&named));
        exact.or_else(|| all().find(|pledge| pledge.period.is_none())).map(|pledge| pledge.share)
    }

    /// The campaign's periods in order.
    pub fn periods(&self) -> Vec<Period> {
        let first = Period::holding(self.period, self.from);
        std::iter::successors(Some(first), |period| Some(period.after()))
            .take_while(|period| period.first() <= self.to)
            .collect()
    }

    /// The period to show on `day`: the one that runs, the last one after the end, the first one before.
    pub fn period_on(&self, day: Day) -> Period {
        Period::holding(self.period, day.max(self.from).min(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../data/campaigns/thi-dua-gpmb.toml");

    #[test]
    fn points_rise_evenly_from_the_floor_to_the_target() {
        let mut criterion = Campaign::parse(OURS).unwrap().criteria()[0].clone();
        (criterion.weight, criterion.floor) = (20.0, 0.5);
        for (value, points) in [(0.9, 20.0), (0.8, 20.0), (0.6, 10.0), (0.4, 0.0), (0.1, 0.0)] {
            assert!((criterion.points(value, 0.8) - points).abs() < 1e-9, "{value}");
        }
        assert!((criterion.points(0.0, 0.0) - 20.0).abs() < 1e-9);
    }
}
