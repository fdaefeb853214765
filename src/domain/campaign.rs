//! Emulation campaigns (phong trào thi đua) as data: who is compared, by what, over which periods,
//! and who is put forward for which award.
//!
//! The files stand in `data/campaigns/*.toml`; an operator puts his own beside the store. This
//! module knows nothing of files: it takes their text. What counts for or against whom is worked
//! out in `analysis::board`.

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
    /// The entry is a reading still to be confirmed.
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

/// A campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: String,
    name: Label,
    basis: Option<Label>,
    #[serde(default)]
    illustration: bool,
    from: Day,
    to: Day,
    period: PeriodKind,
    #[serde(default)]
    scope: CampaignScope,
    group: Vec<CampaignGroup>,
    criterion: Vec<CriterionEntry>,
    #[serde(default)]
    pledge: Vec<Pledge>,
    #[serde(default)]
    award: Vec<AwardEntry>,
    #[serde(default)]
    tie_break: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionEntry {
    code: String,
    name: Label,
    measure: String,
    blocker: Option<BlockerKind>,
    within_days: Option<u16>,
    branch: Option<Branch>,
    weight: f64,
    target: Option<f64>,
    floor: Option<f64>,
    article: Option<String>,
    #[serde(default)]
    to_be_confirmed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AwardEntry {
    code: String,
    name: Label,
    to: String,
    places: usize,
    #[serde(default)]
    least_score: f64,
    #[serde(default)]
    none_out_of_order: bool,
    #[serde(default)]
    days_early: u16,
    article: Option<String>,
}

/// The line on which `key` is given `value`, the last if there are several: it is the one too many.
fn line_of(text: &str, key: &str, value: &str) -> usize {
    let named = format!("\"{value}\"");
    let gives = |line: &str| line.trim_start().starts_with(key) && line.contains(&named);
    (1..).zip(text.lines()).filter(|(_, line)| gives(line)).map(|(number, _)| number).last().unwrap_or(1)
}

fn wrong<T>(line: usize, why: impl Into<String>) -> Result<T, CampaignError> {
    Err(CampaignError::Entry { line, why: why.into() })
}

impl Campaign {
    /// Reads and checks the text of a campaign file.
    ///
    /// # Errors
    /// With line and column when the text has not the right shape; with the line when entries
    /// contradict each other.
    pub fn parse(text: &str) -> Result<Self, CampaignError> {
        let file: File = toml::from_str(text).map_err(|e| CampaignError::Format(e.to_string()))?;
        let code = Code::new(&file.code)
            .or_else(|e| wrong(line_of(text, "code", &file.code), format!("code: {e}")))?;
        if file.to < file.from {
            return wrong(1, format!("the campaign ends on {}, before it begins on {}", file.to, file.from));
        }
        let criteria: Vec<Criterion> =
            file.criterion.into_iter().map(|entry| criterion(text, entry)).collect::<Result<_, _>>()?;
        let codes: Vec<&str> = criteria.iter().map(|criterion| criterion.code.as_str()).collect();
        distinct(text, "criterion", &codes)?;
        let groups: Vec<&str> = file.group.iter().map(|group| group.code.as_str()).collect();
        distinct(text, "group", &groups)?;
        let place = |key: &str, name: &String| {
            let found = codes.iter().position(|code| code == name);
            found.map_or_else(
                || wrong(line_of(text, key, name), format!("no criterion has the code \"{name}\"")),
                Ok,
            )
        };
        let tie_break =
            file.tie_break.iter().map(|name| place("tie_break", name)).collect::<Result<Vec<_>, _>>()?;
        for pledge in &file.pledge {
            place("criterion", &pledge.criterion)?;
            pledged(text, pledge)?;
        }
        let award = |entry: AwardEntry| award(text, entry, &groups);
        let awards = file.award.into_iter().map(award).collect::<Result<Vec<_>, _>>()?;
        distinct(text, "award", &awards.iter().map(|award| award.code.as_str()).collect::<Vec<_>>())?;
        Ok(Self {
            code,
            name: file.name,
            basis: file.basis,
            illustration: file.illustration,
            from: file.from,
            to: file.to,
            period: file.period,
            scope: file.scope,
            groups: file.group,
            criteria,
            pledges: file.pledge,
            awards,
            tie_break,
        })
    }

    /// Code.
    pub fn code(&self) -> &Code {
        &self.code
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

fn distinct(text: &str, what: &str, codes: &[&str]) -> Result<(), CampaignError> {
    if codes.is_empty() && what != "award" {
        return wrong(1, format!("a campaign needs at least one [[{what}]]"));
    }
    let twice = codes.iter().enumerate().find(|(at, code)| codes[..*at].contains(code));
    match twice {
        Some((_, code)) => {
            wrong(line_of(text, "code", code), format!("two entries [[{what}]] have the code \"{code}\""))
        }
        None => Ok(()),
    }
}

fn pledged(text: &str, pledge: &Pledge) -> Result<(), CampaignError> {
    let line = line_of(text, "by", &pledge.by);
    if !(0.0..=1.0).contains(&pledge.share) {
        return wrong(line, format!("the pledge of \"{}\" must be a share from 0 to 1", pledge.by));
    }
    match pledge.period.as_deref().map(Period::parse) {
        Some(Err(error)) => wrong(line, error.to_string()),
        _ => Ok(()),
    }
}

fn criterion(text: &str, entry: CriterionEntry) -> Result<Criterion, CampaignError> {
    let line = line_of(text, "code", &entry.code);
    let measure = measure(line, &entry)?;
    let (target, floor) = (entry.target.unwrap_or(1.0), entry.floor.unwrap_or(0.0));
    if !(entry.weight > 0.0 && entry.weight <= 1000.0) {
        return wrong(line, format!("the weight of \"{}\" must be above 0 and at most 1000", entry.code));
    }
    if !(target > 0.0 && target <= 1.0) {
        return wrong(line, format!("the target of \"{}\" must be a share above 0, at most 1", entry.code));
    }
    if !(0.0..1.0).contains(&floor) {
        return wrong(line, format!("the floor of \"{}\" must be a share from 0, below 1", entry.code));
    }
    if measure == Measure::HandedOverArea && entry.target.is_some() {
        let why = "the handed-over area is asked for by plan or [[pledge]]; leave `target` out";
        return wrong(line, why);
    }
    Ok(Criterion {
        code: entry.code,
        name: entry.name,
        measure,
        weight: entry.weight,
        target,
        floor,
        article: entry.article,
        to_be_confirmed: entry.to_be_confirmed,
    })
}

fn measure(line: usize, entry: &CriterionEntry) -> Result<Measure, CampaignError> {
    let blocked = entry.blocker.is_some() || entry.within_days.is_some();
    let measure = match entry.measure.as_str() {
        "blockers_settled" => match (entry.blocker, entry.within_days) {
            (Some(kind), Some(days)) => Measure::BlockersSettled(kind, days),
            _ => return wrong(line, "blockers_settled needs `blocker` and `within_days`"),
        },
        "without_branch" => match entry.branch {
            Some(branch) => Measure::WithoutBranch(branch),
            None => return wrong(line, "without_branch needs `branch`"),
        },
        "handed_over_area" => Measure::HandedOverArea,
        "on_planned_day" => Measure::OnPlannedDay,
        "money_paid" => Measure::MoneyPaid,
        "lawful_steps" => Measure::LawfulSteps,
        "consenting_holders" => Measure::ConsentingHolders,
        other => {
            let known = "handed_over_area, on_planned_day, money_paid, blockers_settled, lawful_steps, \
                         consenting_holders, without_branch";
            return wrong(line, format!("the measure \"{other}\" is not one of {known}"));
        }
    };
    if blocked && !matches!(measure, Measure::BlockersSettled(..)) {
        return wrong(line, "`blocker` and `within_days` belong to blockers_settled only");
    }
    if entry.branch.is_some() && !matches!(measure, Measure::WithoutBranch(_)) {
        return wrong(line, "`branch` belongs to without_branch only");
    }
    Ok(measure)
}

fn award(text: &str, entry: AwardEntry, groups: &[&str]) -> Result<Award, CampaignError> {
    let to = match entry.to.as_str() {
        "holders" => Awarded::Holders,
        group if groups.contains(&group) => Awarded::Group(group.to_owned()),
        other => {
            let known = groups.join(", ");
            let line = line_of(text, "to", other);
            return wrong(
                line,
                format!("the award goes to \"{other}\", which is not one of {known}, holders"),
            );
        }
    };
    if !(1..=1000).contains(&entry.places) || !(0.0..=100.0).contains(&entry.least_score) {
        let line = line_of(text, "code", &entry.code);
        return wrong(
            line,
            format!("\"{}\" needs `places` from 1 to 1000 and `least_score` from 0 to 100", entry.code),
        );
    }
    Ok(Award {
        code: entry.code,
        name: entry.name,
        to,
        places: entry.places,
        least_score: entry.least_score,
        none_out_of_order: entry.none_out_of_order,
        days_early: entry.days_early,
        article: entry.article,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../data/campaigns/thi-dua-gpmb.toml");

    #[test]
    fn the_campaign_that_comes_with_the_program_is_whole() {
        let campaign = Campaign::parse(OURS).unwrap();
        assert!(campaign.illustration());
        let weights: f64 = campaign.criteria().iter().map(|criterion| criterion.weight).sum();
        assert!((weights - 100.0).abs() < 1e-9);
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(campaign.period_on(day("2026-05-10")).to_string(), "2026-Q2");
        assert_eq!(campaign.period_on(day("2099-05-10")), *campaign.periods().last().unwrap());
    }

    #[test]
    fn entries_that_contradict_each_other_are_told_with_their_line() {
        for (from, to, told) in [
            ("measure = \"money_paid\"", "measure = \"money\"", "is not one of handed_over_area"),
            ("blocker = \"complaint\"", "", "needs `blocker` and `within_days`"),
            ("to = \"communes\"", "to = \"everybody\"", "not one of districts, communes, bodies, holders"),
            ("code = \"handed-over\"", "code = \"on-time\"", "two entries [[criterion]] have the code"),
            ("period = \"quarter\"", "period = \"decade\"", "decade"),
            (
                "tie_break = [\"handed-over\"",
                "tie_break = [\"beauty\"",
                "no criterion has the code \"beauty\"",
            ),
        ] {
            let error = Campaign::parse(&OURS.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("line "), "{from}: {error}");
        }
    }

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
