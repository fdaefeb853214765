//! The section of what the law asks of heads, and of what was marked.

use super::{Block, Cell, Section, Subject, data::ReportData, map::act_name};
use crate::analysis::{Duty, DutyKind, duties, marked};

/// Parcels that are named of each list; the data room has all.
const MOST_NAMED: usize = 12;

/// The section: marks, the six lists, and the most urgent parcels of each.
pub fn section(data: &ReportData<'_>) -> Section {
    let (view, words) = (data.view, data.words);
    let all = duties(&view.snapshot, &data.chosen, view.today);
    let mut blocks: Vec<Block> = marks(data).into_iter().collect();
    if all.is_empty() {
        blocks.push(Block::Text { text: words.text("no_duty") });
    } else {
        blocks.push(lists(data, &all));
        let most = words.count(MOST_NAMED as u64);
        blocks.push(Block::Text { text: words.say("duty_most", &[("n", &most)]) });
        blocks.extend(all.chunk_by(|a, b| a.kind == b.kind).map(|same| named(data, same)));
    }
    blocks.push(Block::Text {
        text: words.say("law_caveat", &[("caveat", &words.label(view.snapshot.law().caveat()))]),
    });
    Section { heading: words.text("section_duties"), blocks }
}

/// Parcels by mark.
fn marks(data: &ReportData<'_>) -> Option<Block> {
    let law = data.view.snapshot.law();
    let counts = marked(&data.view.snapshot, &data.chosen, data.view.today);
    let row = |(code, parcels)| {
        let named = law.mark_words().iter().find(|one| one.code == code);
        let name = named.map_or_else(|| code.code().to_owned(), |one| data.words.label(&one.name));
        vec![Cell::Text(name), data.count(parcels)]
    };
    let rows: Vec<_> = counts.into_iter().map(row).collect();
    let columns = vec![data.column("mark", 7.0, false), data.column("parcels", 1.4, true)];
    (!rows.is_empty()).then(|| data.table("table_marks", columns, rows, false))
}

/// One row a list.
fn lists(data: &ReportData<'_>, all: &[Duty]) -> Block {
    let row = |kind: DutyKind| {
        let mut own = all.iter().filter(|duty| duty.kind == kind);
        let first = own.next();
        vec![
            Cell::Text(data.words.text(&format!("duty_{}", kind.code()))),
            data.count(first.map_or(0, |_| 1 + own.count() as u64)),
            first.map_or(Cell::Empty, |duty| Cell::Day(duty.on)),
        ]
    };
    let columns = vec![
        data.column("duty", 6.0, false),
        data.column("parcels", 1.4, true),
        data.column("duty_first", 2.0, true),
    ];
    data.table("table_duties", columns, DutyKind::ALL.map(row).to_vec(), false)
}

/// The most urgent parcels of a list.
fn named(data: &ReportData<'_>, same: &[Duty]) -> Block {
    let (view, words) = (data.view, data.words);
    let (snapshot, law) = (&view.snapshot, view.snapshot.law());
    let row = |duty: &Duty| {
        let columns = snapshot.parcels();
        let where_it_is = match data.subject {
            Subject::Unit(_) => snapshot.projects()[columns.project(duty.parcel)].project.code.to_string(),
            _ => snapshot.units()[view.unit_of(duty.parcel)].unit.name.clone(),
        };
        let who = law.must_act(duty.rule).map_or_else(|| "-".to_owned(), |body| words.label(&body.name));
        vec![
            Cell::Text(where_it_is),
            Cell::Text(columns.sheet(duty.parcel).to_owned()),
            Cell::Text(columns.number(duty.parcel).to_owned()),
            Cell::Text(act_name(view, duty.act, words)),
            Cell::Day(duty.on),
            Cell::Signed(i64::from(duty.on.since(view.today)), words.language()),
            duty.lawful.map_or(Cell::Empty, Cell::Day),
            Cell::Text(law.article(duty.rule).unwrap_or("-").to_owned()),
            Cell::Text(who),
        ]
    };
    let where_it_is = if matches!(data.subject, Subject::Unit(_)) { "duty_project" } else { "duty_unit" };
    let columns = vec![
        data.column(where_it_is, 2.0, false),
        data.column("duty_sheet", 0.8, true),
        data.column("duty_parcel", 0.9, true),
        data.column("duty_act", 2.6, false),
        data.column("duty_on", 1.5, true),
        data.column("duty_days", 1.1, true),
        data.column("duty_lawful", 1.5, true),
        data.column("article", 1.5, false),
        data.column("duty_who", 2.2, false),
    ];
    let caption = format!("duty_{}", same[0].kind.code());
    let rows = same.iter().take(MOST_NAMED).map(row).collect();
    data.table(&caption, columns, rows, false)
}
