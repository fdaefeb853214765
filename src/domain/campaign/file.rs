//! Campaign files: read and checked, with the line of what is wrong.

use serde::Deserialize;

use super::{
    Award, Awarded, Campaign, CampaignError, CampaignGroup, CampaignScope, CampaignText, Criterion, Measure,
    Pledge,
};
use crate::domain::{BlockerKind, Branch, Code, Day, Label, Period, PeriodKind, text::line_of};

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
    most_irregular: Option<f64>,
    #[serde(default)]
    days_early: u16,
    article: Option<String>,
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
        let known_criterion = |key: &str, name: &String| {
            let found = codes.iter().position(|code| code == name);
            found.map_or_else(
                || wrong(line_of(text, key, name), format!("no criterion has the code \"{name}\"")),
                Ok,
            )
        };
        let tie_break = file
            .tie_break
            .iter()
            .map(|name| known_criterion("tie_break", name))
            .collect::<Result<Vec<_>, _>>()?;
        for pledge in &file.pledge {
            known_criterion("criterion", &pledge.criterion)?;
            pledged(text, pledge)?;
        }
        let award = |entry: AwardEntry| award(text, entry, &groups);
        let awards = file.award.into_iter().map(award).collect::<Result<Vec<_>, _>>()?;
        distinct(text, "award", &awards.iter().map(|award| award.code.as_str()).collect::<Vec<_>>())?;
        Ok(Self {
            text: CampaignText::Own,
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
    let most_irregular = entry.most_irregular.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&most_irregular) {
        let line = line_of(text, "code", &entry.code);
        return wrong(line, format!("`most_irregular` of \"{}\" must be a share from 0 to 1", entry.code));
    }
    Ok(Award {
        code: entry.code,
        name: entry.name,
        to,
        places: entry.places,
        least_score: entry.least_score,
        none_out_of_order: entry.none_out_of_order,
        most_irregular,
        days_early: entry.days_early,
        article: entry.article,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../../data/campaigns/thi-dua-gpmb.toml");

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
        for (from, to, why) in [
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
            assert!(error.contains(why) && error.contains("line "), "{from}: {error}");
        }
    }
}
