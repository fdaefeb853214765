//! Progress of any set of parcels, as a whole and in groups.

use serde_json::{Value, json};

use crate::{
    analysis::{By, Figures, Filter, Group, View, groups, wholes},
    domain::{Day, SquareMetres, Stage},
};

/// Progress on the view's day of what `filter` lets through: the whole, the
/// groups when asked for, and the change since `since`.
pub fn progress(view: &View, filter: &Filter, by: Option<By>, since: Option<Day>) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let chosen = filter.select(snapshot, day);
    let whole = wholes(snapshot, &chosen);
    let all = Group {
        code: String::new(),
        name: String::new(),
        projects: (0..whole.len()).filter(|project| whole[*project]).collect(),
        parcels: chosen,
    };
    let rows = by.map(|by| groups(snapshot, &all.parcels, by, day));
    let row = |group: &Group| {
        let mut row = figures(view, group, since);
        row["code"] = json!(group.code);
        row["name"] = json!(group.name);
        row
    };
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "since": since.map(|day| day.to_string()),
        "total": figures(view, &all, since),
        "rows": rows.map(|rows| rows.iter().map(row).collect::<Vec<_>>()),
    })
}

fn figures(view: &View, group: &Group, since: Option<Day>) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let figures = Figures::of(snapshot, &group.parcels, &group.projects, day);
    let mut value = json!(figures.progress);
    value["blocked"] = json!(figures.blocked);
    value["overdue"] = json!(figures.overdue);
    value["late"] = json!(figures.late);
    let now = figures.progress.measures.area.done;
    // What was handed over in a period; what was withdrawn meanwhile no longer counts.
    let change = |before: Day| {
        let then = cleared_by(view, &group.parcels, before);
        json!({ "since": before.to_string(), "area": (now.get() * 10.0 - then.get() * 10.0).round() / 10.0 })
    };
    let mut changes = json!({ "days7": change(day.plus(-7)), "days30": change(day.plus(-30)) });
    if let Some(since) = since {
        changes["since"] = change(since);
    }
    value["change"] = changes;
    value
}

fn cleared_by(view: &View, parcels: &[u32], day: Day) -> SquareMetres {
    let snapshot = &view.snapshot;
    let cleared = parcels
        .iter()
        .filter(|p| snapshot.days(**p).reached(Stage::HandedOver, day) && snapshot.exists_on(**p, day));
    cleared.map(|parcel| snapshot.parcels().recovered(*parcel)).sum()
}
