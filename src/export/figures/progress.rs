//! Progress of any set of parcels, as a whole and in groups.

use serde_json::{Value, json};

use crate::{
    analysis::{CountMeasure, Discretion, Filter, GroupBy, Grouping, Sums, Survey, View, length},
    domain::Day,
};

/// Progress on the view's day of what `filter` lets through: the whole, the
/// groups when asked for, and the change since `since`; money with `discretion`.
pub fn progress(
    view: &View,
    filter: &Filter,
    (by, since): (Option<GroupBy>, Option<Day>),
    discretion: Discretion,
) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let grouping = by.map(|by| Grouping::of(snapshot, by, day));
    let earlier = [Some(day.plus(-7)), Some(day.plus(-30)), since];
    let survey = Survey::of(snapshot, filter, day, earlier);
    // Alignments count only for projects that the filter takes whole.
    let projects = snapshot.projects();
    let taken = survey.rows(projects.len(), |project, _| project);
    let whole = |project: &usize| {
        let all = projects[*project].parcels.len() as u64;
        all > 0 && taken[*project].all.parcels == all
    };
    let wholes: Vec<usize> = (0..projects.len()).filter(whole).collect();
    let say = |sums: &Sums, holders: CountMeasure, projects: &[usize]| {
        figures(view, (sums, holders, projects), earlier, discretion)
    };
    let total = say(&survey.total(), survey.holders(snapshot, 1, |_| 0)[0], &wholes);
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "since": since.map(|day| day.to_string()),
        "total": total,
        "rows": grouping.map(|grouping| rows(view, &survey, &grouping, &wholes, say)),
    })
}

fn rows(
    view: &View,
    survey: &Survey,
    grouping: &Grouping,
    wholes: &[usize],
    say: impl Fn(&Sums, CountMeasure, &[usize]) -> Value,
) -> Vec<Value> {
    let (snapshot, count) = (&view.snapshot, grouping.names.len());
    let sums = survey.rows(count, |project, unit| grouping.row(project, unit));
    let holders = survey.holders(snapshot, count, |parcel| grouping.row_of(snapshot, parcel));
    // A unit cuts alignments into parts; the other groups take projects whole.
    let of_row = |row: usize| -> Vec<usize> {
        let own = |project: &&usize| !grouping.is_by_unit() && grouping.row(**project, 0) == row;
        wholes.iter().filter(own).copied().collect()
    };
    let mut order: Vec<usize> = (0..count).filter(|row| sums[*row].all.parcels > 0).collect();
    order.sort_by_key(|row| &grouping.names[*row]);
    let row = |row: usize| {
        let mut said = say(&sums[row], holders[row], &of_row(row));
        let (code, name) = &grouping.names[row];
        said["code"] = json!(code);
        said["name"] = json!(name);
        said
    };
    order.into_iter().map(row).collect()
}

fn figures(
    view: &View,
    (sums, holders, projects): (&Sums, CountMeasure, &[usize]),
    earlier: [Option<Day>; 3],
    discretion: Discretion,
) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let figures = sums.figures(snapshot, day, holders, length(snapshot, projects, day));
    let mut value = json!(figures.progress.told(discretion));
    value["blocked"] = json!(figures.blocked);
    value["overdue"] = json!(figures.overdue);
    value["late"] = json!(figures.late);
    let now = figures.progress.measures.area.done;
    // What was handed over in a period; what was withdrawn meanwhile no longer counts.
    let change = |place: usize, before: Day| {
        let then = sums.earlier[place];
        json!({ "since": before.to_string(), "area": (now.get() * 10.0 - then.get() * 10.0).round() / 10.0 })
    };
    let named = ["days7", "days30", "since"].into_iter().zip(earlier).enumerate();
    let changes = named.filter_map(|(place, (name, before))| Some((name.to_owned(), change(place, before?))));
    value["change"] = Value::Object(changes.collect());
    value
}
