//! What the law asks of heads, list by list.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::ParcelBrief;
use crate::{
    analysis::{Duty, DutyKind, Filter, Group, GroupBy, View, duties as found, groups},
    domain::{Day, Label, LedgerPosition, Vnd, law::Act},
};

/// What is asked of the lists.
#[derive(Debug, Clone, Copy)]
pub struct DutyAsk {
    /// The list of which parcels are listed; all of them if left out.
    pub list: Option<DutyKind>,
    /// What rows are put together by.
    pub by: GroupBy,
    /// Parcels that are listed.
    pub limit: usize,
    /// Parcels before them.
    pub offset: usize,
    /// What late payments cost is shown too: it lets amounts be known.
    pub with_money: bool,
}

/// How much one list holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct DutyCount {
    /// The list.
    pub code: DutyKind,
    /// Entries.
    pub parcels: usize,
}

/// How much of the list falls to one group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct GroupDuties {
    /// Code of the group.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Entries.
    pub parcels: u64,
}

/// A parcel of a list, and what is to be done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct DutyParcel {
    /// The parcel.
    #[serde(flatten)]
    pub parcel: ParcelBrief,
    /// The list.
    pub list: DutyKind,
    /// The act that it is about.
    pub act: Act,
    /// The day that counts for the list.
    pub on: Day,
    /// First lawful day; null where no day bounds it.
    pub lawful_on: Option<Day>,
    /// Days until `on`; negative when it has passed.
    pub days: i32,
    /// Id of the rule.
    pub rule: Option<String>,
    /// Where the law says so.
    pub article: Option<String>,
    /// Code of the body that must act.
    pub who: Option<String>,
    /// Clearance body of the project.
    pub body: Option<String>,
    /// Đồng a day; shown on the command line only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub interest_a_day: Option<Vnd>,
    /// Đồng up to the day; shown on the command line only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub interest_so_far: Option<Vnd>,
}

/// Counts of all lists, groups, and the parcels of one list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Duties {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// What this reading of the law is not.
    pub caveat: Label,
    /// All lists.
    pub lists: Vec<DutyCount>,
    /// The list that was asked for.
    pub list: Option<DutyKind>,
    /// Entries of it.
    pub total: usize,
    /// By group.
    pub rows: Vec<GroupDuties>,
    /// Parcels left out before those listed.
    pub offset: usize,
    /// Its parcels.
    pub parcels: Vec<DutyParcel>,
}

/// The lists of what `filter` lets through on the view's day: counts, groups, and parcels of one list.
pub fn duties(view: &View, filter: &Filter, ask: DutyAsk) -> Duties {
    let (snapshot, day) = (&view.snapshot, view.today);
    let chosen = filter.select(snapshot, day);
    let all = found(snapshot, &chosen, day);
    let count = |kind: DutyKind| all.iter().filter(|duty| duty.kind == kind).count();
    let own: Vec<&Duty> = all.iter().filter(|duty| ask.list.is_none_or(|list| list == duty.kind)).collect();
    let mut by_parcel: HashMap<u32, u64> = HashMap::new();
    own.iter().for_each(|duty| *by_parcel.entry(duty.parcel).or_default() += 1);
    let concerned: Vec<u32> =
        chosen.iter().copied().filter(|parcel| by_parcel.contains_key(parcel)).collect();
    let row = |group: Group| {
        let parcels = group.parcels.iter().filter_map(|parcel| by_parcel.get(parcel)).sum();
        GroupDuties { code: group.code, name: group.name, parcels }
    };
    let listed = own.iter().skip(ask.offset).take(ask.limit).map(|duty| entry(view, duty, ask.with_money));
    Duties {
        at: snapshot.position(),
        as_of: day,
        caveat: snapshot.law().caveat().clone(),
        lists: DutyKind::ALL.into_iter().map(|code| DutyCount { code, parcels: count(code) }).collect(),
        list: ask.list,
        total: own.len(),
        rows: groups(snapshot, &concerned, ask.by, day).into_iter().map(row).collect(),
        offset: ask.offset,
        parcels: listed.collect(),
    }
}

fn entry(view: &View, duty: &Duty, with_money: bool) -> DutyParcel {
    let snapshot = &view.snapshot;
    let law = snapshot.law();
    let project = &snapshot.projects()[snapshot.parcels().project(duty.parcel)].project;
    let late = duty.late.filter(|_| with_money);
    DutyParcel {
        parcel: ParcelBrief::of(view, duty.parcel),
        list: duty.kind,
        act: duty.act,
        on: duty.on,
        lawful_on: duty.lawful,
        days: duty.on.since(view.today),
        rule: law.rule_id(duty.rule).map(str::to_owned),
        article: law.article(duty.rule).map(str::to_owned),
        who: law.who(duty.rule).map(str::to_owned),
        body: project.body.clone(),
        interest_a_day: late.map(|late| late.a_day),
        interest_so_far: late.map(|late| late.so_far),
    }
}
