//! Legal deadlines that run.

use serde_json::{Value, json};

use super::parcel;
use crate::analysis::{Filter, GroupBy, ParcelClock, View, clocks as running, groups};

/// The deadlines of what `filter` lets through on the view's day: counts in
/// all and by group, and the `limit` most urgent parcels behind the first `offset`.
pub fn clocks(view: &View, filter: &Filter, by: GroupBy, limit: usize, offset: usize) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let chosen = filter.select(snapshot, day);
    let all = running(snapshot, &chosen, day, offset.saturating_add(limit));
    let mut left: Vec<Option<i32>> = vec![None; snapshot.parcels().len()];
    all.iter().for_each(|one| left[one.parcel as usize] = Some(one.days_left));
    let row = |group: crate::analysis::Group| {
        let mut row = counts(group.parcels.iter().filter_map(|parcel| left[*parcel as usize]));
        row["code"] = json!(group.code);
        row["name"] = json!(group.name);
        row
    };
    let rows: Vec<Value> = groups(snapshot, &chosen, by, day).into_iter().map(row).collect();
    let listed = all.iter().skip(offset).take(limit).filter_map(|one| clock(view, one));
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "total": counts(all.iter().map(|one| one.days_left)),
        "rows": rows,
        "offset": offset,
        "parcels": listed.collect::<Vec<_>>(),
    })
}

/// Counts of what has these days left.
fn counts(left: impl Iterator<Item = i32>) -> Value {
    let (mut running, mut overdue, mut week, mut month, mut longest) = (0u64, 0u64, 0u64, 0u64, 0i32);
    for days in left {
        running += 1;
        overdue += u64::from(days < 0);
        week += u64::from((0..=7).contains(&days));
        month += u64::from((0..=30).contains(&days));
        longest = longest.max(-days);
    }
    json!({
        "running": running,
        "overdue": overdue,
        "due_in_7_days": week,
        "due_in_30_days": month,
        "longest_overdue_days": (longest > 0).then_some(longest),
    })
}

fn clock(view: &View, one: &ParcelClock) -> Option<Value> {
    let snapshot = &view.snapshot;
    let clock = snapshot.clock(one.parcel, view.today)?;
    let project = &snapshot.projects()[snapshot.parcels().project(one.parcel)].project;
    let mut value = parcel(view, one.parcel);
    let law = snapshot.law();
    let rule = &law.clocks()[clock.clock];
    value["due_stage"] = json!(clock.act);
    value["rule"] = json!(rule.id);
    value["article"] = json!(rule.article);
    value["who"] = json!(law.bodies()[rule.who].code);
    value["floor_over_max"] = json!(clock.over.is_some());
    value["to_be_confirmed"] = json!(law.is_unsure(&clock));
    value["regime"] =
        json!(law.regime(law.recovery_regime(&snapshot.file(one.parcel), view.today).regime).id);
    value["law"] = json!(project.procedure.as_str());
    value["due_on"] = json!(clock.due.to_string());
    value["days_left"] = json!(one.days_left);
    value["body"] = json!(project.body);
    Some(value)
}
