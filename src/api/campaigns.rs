//! Emulation campaigns: what does not depend on a period.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::schema::one_of;
use crate::{
    analysis::View,
    domain::{
        self, Awarded, BlockerKind, Branch, CampaignText, Code, Contestants, Day, Label, LedgerPosition,
        Measure, ProjectKind,
    },
};

/// One of each kind of measure.
const MEASURES: [Measure; 7] = [
    Measure::HandedOverArea,
    Measure::OnPlannedDay,
    Measure::MoneyPaid,
    Measure::BlockersSettled(BlockerKind::Complaint, 0),
    Measure::LawfulSteps,
    Measure::ConsentingHolders,
    Measure::WithoutBranch(Branch::Enforcement),
];

fn measures(_: &mut SchemaGenerator) -> Schema {
    one_of(MEASURES.map(Measure::code))
}

fn counted(_: &mut SchemaGenerator) -> Schema {
    one_of(MEASURES.map(Measure::unit))
}

fn origins(_: &mut SchemaGenerator) -> Schema {
    one_of([CampaignText::Shipped, CampaignText::Own, CampaignText::Replaced].map(CampaignText::code))
}

/// By what is compared.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Criterion {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// What it measures.
    #[schemars(schema_with = "measures")]
    pub measure: &'static str,
    /// What its numbers count: m², đồng, or so many of these.
    #[schemars(schema_with = "counted")]
    pub counts: &'static str,
    /// Points at most.
    pub weight: f64,
    /// Share that earns all points.
    pub target: f64,
    /// Share of the target that earns none.
    pub floor: f64,
    /// Article or document that it follows.
    pub article: Option<String>,
    /// A reading still to be confirmed: it counts for and against nobody.
    pub to_be_confirmed: bool,
}

impl From<&domain::Criterion> for Criterion {
    fn from(one: &domain::Criterion) -> Self {
        Self {
            code: one.code.clone(),
            name: one.name.clone(),
            measure: one.measure.code(),
            counts: one.measure.unit(),
            weight: one.weight,
            target: one.target,
            floor: one.floor,
            article: one.article.clone(),
            to_be_confirmed: one.to_be_confirmed,
        }
    }
}

/// Who may be put forward for an award.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Award {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// Code of a group, or `holders`.
    pub to: String,
    /// How many at most; who shares the last place comes in too.
    pub places: usize,
    /// Score from which on, 0 … 100.
    pub least_score: f64,
    /// Nobody with a step out of order.
    pub none_out_of_order: bool,
    /// Share of the steps judged that may be marked at most.
    pub most_irregular: f64,
    /// Days before the planned day by which a holder's land was handed over.
    pub days_early: u16,
    /// Article or document that it follows.
    pub article: Option<String>,
}

impl From<&domain::Award> for Award {
    fn from(one: &domain::Award) -> Self {
        let to = match &one.to {
            Awarded::Group(code) => code.clone(),
            Awarded::Holders => "holders".to_owned(),
        };
        Self {
            code: one.code.clone(),
            name: one.name.clone(),
            to,
            places: one.places,
            least_score: one.least_score,
            none_out_of_order: one.none_out_of_order,
            most_irregular: one.most_irregular,
            days_early: one.days_early,
            article: one.article.clone(),
        }
    }
}

/// A month, quarter, half year or year.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Period {
    /// As in 2026-Q2.
    pub code: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl From<domain::Period> for Period {
    fn from(period: domain::Period) -> Self {
        Self { code: period.to_string(), from: period.first(), to: period.last() }
    }
}

/// Which projects count.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct CampaignScope {
    /// Key projects only.
    pub key: bool,
    /// These kinds; all if empty.
    pub kinds: Vec<ProjectKind>,
    /// These projects; all if empty.
    pub projects: Vec<String>,
}

/// A group that is ranked among its like.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct CampaignGroup {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// Who is in it.
    pub of: Contestants,
    /// Parcels to be cleared from which on one is ranked.
    pub least_parcels: u64,
    /// Points that could be earned from which on one is ranked.
    pub least_weight: f64,
    /// Parcels due by plan, or handed over, from which on one is ranked.
    pub least_due: u64,
}

/// A campaign.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Campaign {
    /// Code.
    pub code: Code,
    /// Name.
    pub name: Label,
    /// The documents that it follows.
    pub basis: Option<Label>,
    /// Whose the text is: it comes with the program, is an operator's, or an operator's in the place of one that comes.
    #[schemars(schema_with = "origins")]
    pub origin: &'static str,
    /// It is made up.
    pub illustration: bool,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// The period that is shown on the day.
    pub period: String,
    /// All periods.
    pub periods: Vec<Period>,
    /// Which projects count.
    pub scope: CampaignScope,
    /// Who is ranked among whom.
    pub groups: Vec<CampaignGroup>,
    /// By what.
    pub criteria: Vec<Criterion>,
    /// Codes of the criteria that decide between equals.
    pub tie_break: Vec<String>,
    /// Who may be put forward.
    pub awards: Vec<Award>,
}

impl Campaign {
    /// As it stands on the view's day.
    pub fn of(view: &View, campaign: &domain::Campaign) -> Self {
        let scope = campaign.scope();
        let group = |group: &domain::CampaignGroup| CampaignGroup {
            code: group.code.clone(),
            name: group.name.clone(),
            of: group.of,
            least_parcels: group.least_parcels,
            least_weight: group.least_weight,
            least_due: group.least_due,
        };
        let ties = campaign.tie_break().iter();
        Self {
            code: campaign.code().clone(),
            name: campaign.name().clone(),
            basis: campaign.basis().cloned(),
            origin: campaign.text().code(),
            illustration: campaign.illustration(),
            from: campaign.from(),
            to: campaign.to(),
            period: campaign.period_on(view.today).to_string(),
            periods: campaign.periods().into_iter().map(Into::into).collect(),
            scope: CampaignScope {
                key: scope.key,
                kinds: scope.kinds.clone(),
                projects: scope.projects.clone(),
            },
            groups: campaign.groups().iter().map(group).collect(),
            criteria: campaign.criteria().iter().map(Into::into).collect(),
            tie_break: ties.map(|at| campaign.criteria()[*at].code.clone()).collect(),
            awards: campaign.awards().iter().map(Into::into).collect(),
        }
    }
}

/// Groups, criteria with weights, periods, awards.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Campaigns {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// The campaigns.
    pub campaigns: Vec<Campaign>,
}

/// All campaigns, with all that does not depend on a period.
pub fn campaigns(view: &View, all: &[domain::Campaign]) -> Campaigns {
    Campaigns {
        at: view.snapshot.position(),
        as_of: view.today,
        campaigns: all.iter().map(|one| Campaign::of(view, one)).collect(),
    }
}
