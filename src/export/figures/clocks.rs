//! Legal deadlines that run.

use serde_json::{Value, json};

use super::parcel;
use crate::analysis::{By, Filter, ParcelClock, View, clocks as running, groups};

/// The deadlines of what `filter` lets through on the view's day: counts in
/// all and by group, and the `limit` most urgent parcels behind the first `offset`.
pub fn clocks(view: &View, filter: &Filter, by: By, limit: usize, offset: usize) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let chosen = filter.select(snapshot, day);
    let all = running(snapshot, &chosen, day);
    let row = |group: crate::analysis::Group| {
        let own = running(snapshot, &group.parcels, day);
        let mut row = counts(&own);
        row["code"] = json!(group.code);
        row["name"] = json!(group.name);
        row
    };
    let rows: Vec<Value> = groups(snapshot, &chosen, by, day).into_iter().map(row).collect();
    let listed = all.iter().skip(offset).take(limit).map(|one| clock(view, one));
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "total": counts(&all),
        "rows": rows,
        "offset": offset,
        "parcels": listed.collect::<Vec<_>>(),
    })
}

fn counts(clocks: &[ParcelClock]) -> Value {
    let count = |wanted: &dyn Fn(i32) -> bool| clocks.iter().filter(|one| wanted(one.days_left)).count();
    json!({
        "running": clocks.len(),
        "overdue": count(&|left| left < 0),
        "due_in_7_days": count(&|left| (0..=7).contains(&left)),
        "due_in_30_days": count(&|left| (0..=30).contains(&left)),
        "longest_overdue_days": clocks.iter().map(|one| -one.days_left).max().filter(|days| *days > 0),
    })
}

fn clock(view: &View, one: &ParcelClock) -> Value {
    let snapshot = &view.snapshot;
    let project = &snapshot.projects()[snapshot.parcels().project(one.parcel)].project;
    let mut value = parcel(view, one.parcel);
    let law = snapshot.law();
    let rule = &law.clocks()[one.clock.clock];
    value["due_stage"] = json!(one.clock.act);
    value["rule"] = json!(rule.id);
    value["article"] = json!(rule.article);
    value["who"] = json!(law.bodies()[rule.who].code);
    value["floor_over_max"] = json!(one.clock.over.is_some());
    value["to_be_confirmed"] = json!(law.is_unsure(&one.clock));
    value["regime"] =
        json!(law.regime(law.recovery_regime(&snapshot.file(one.parcel), view.today).regime).id);
    value["law"] = json!(project.procedure.as_str());
    value["due_on"] = json!(one.clock.due.to_string());
    value["days_left"] = json!(one.days_left);
    value["body"] = json!(project.body);
    value
}
