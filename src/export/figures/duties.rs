//! What the law asks of heads, list by list.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::parcel;
use crate::analysis::{Duty, DutyKind, Filter, GroupBy, View, duties as found, groups};

/// What is asked of the lists.
#[derive(Debug, Clone, Copy)]
pub struct DutyAsk {
    /// The list of which parcels are told; all of them if left out.
    pub list: Option<DutyKind>,
    /// What rows are put together by.
    pub by: GroupBy,
    /// Parcels that are told.
    pub limit: usize,
    /// Parcels before them.
    pub offset: usize,
    /// What late payments cost is told too: it lets amounts be known.
    pub with_money: bool,
}

/// The lists of what `filter` lets through on the view's day: counts, groups, and parcels of one list.
pub fn duties(view: &View, filter: &Filter, ask: DutyAsk) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let chosen = filter.select(snapshot, day);
    let all = found(snapshot, &chosen, day);
    let count = |kind: DutyKind| all.iter().filter(|duty| duty.kind == kind).count();
    let own: Vec<&Duty> = all.iter().filter(|duty| ask.list.is_none_or(|list| list == duty.kind)).collect();
    let mut by_parcel: HashMap<u32, u64> = HashMap::new();
    own.iter().for_each(|duty| *by_parcel.entry(duty.parcel).or_default() += 1);
    let concerned: Vec<u32> =
        chosen.iter().copied().filter(|parcel| by_parcel.contains_key(parcel)).collect();
    let row = |group: crate::analysis::Group| {
        let parcels: u64 = group.parcels.iter().filter_map(|parcel| by_parcel.get(parcel)).sum();
        json!({ "code": group.code, "name": group.name, "parcels": parcels })
    };
    let rows: Vec<Value> = groups(snapshot, &concerned, ask.by, day).into_iter().map(row).collect();
    let listed = own.iter().skip(ask.offset).take(ask.limit).map(|duty| entry(view, duty, ask.with_money));
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "caveat": snapshot.law().caveat(),
        "lists": DutyKind::ALL.map(|kind| json!({ "code": kind, "parcels": count(kind) })),
        "list": ask.list,
        "total": own.len(),
        "rows": rows,
        "offset": ask.offset,
        "parcels": listed.collect::<Vec<_>>(),
    })
}

fn entry(view: &View, duty: &Duty, with_money: bool) -> Value {
    let snapshot = &view.snapshot;
    let law = snapshot.law();
    let project = &snapshot.projects()[snapshot.parcels().project(duty.parcel)].project;
    let mut value = parcel(view, duty.parcel);
    value["list"] = json!(duty.kind);
    value["act"] = json!(duty.act);
    value["on"] = json!(duty.on);
    value["lawful_on"] = json!(duty.lawful);
    value["days"] = json!(duty.on.since(view.today));
    value["rule"] = json!(law.rule_id(duty.rule));
    value["article"] = json!(law.article(duty.rule));
    value["who"] = json!(law.who(duty.rule));
    value["body"] = json!(project.body);
    if let (true, Some(late)) = (with_money, duty.late) {
        value["interest_a_day"] = json!(late.a_day);
        value["interest_so_far"] = json!(late.so_far);
    }
    value
}
