//! The tables of a report.

use super::{
    Block, Cell, Column, Subject, Table,
    data::ReportData,
    map::{act_name, standing_name},
};
use crate::{
    analysis::{CountMeasure, Figures, Front, ParcelClock, Sums, blockers, clocks},
    domain::{Standing, chainage_label},
};

/// Rows of a table that names single places.
const MOST_GAPS: usize = 8;

impl ReportData<'_> {
    pub fn column(&self, key: &str, width: f64, right: bool) -> Column {
        Column { name: self.words.text(key), width, right }
    }

    pub fn table(&self, caption: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>, total: bool) -> Block {
        Block::Table(Table { caption: self.words.text(caption), columns, rows, total })
    }

    pub fn count(&self, count: u64) -> Cell {
        Cell::Number(count as f64, 0, self.words.language())
    }

    pub fn decimal(&self, value: f64, decimals: usize) -> Cell {
        Cell::Number(value, decimals, self.words.language())
    }

    pub fn hectares(&self, square_metres: f64) -> Cell {
        self.decimal(square_metres / 1e4, 2)
    }

    pub fn share(&self, part: f64, of: f64) -> Cell {
        if of > 0.0 { Cell::Share(part / of, self.words.language()) } else { Cell::Empty }
    }
}

/// The five measures.
pub fn measures(data: &ReportData<'_>) -> Block {
    let measures = &data.figures.progress.measures;
    let name = |key: &str| Cell::Text(data.words.text(key));
    let count = |key: &str, count: CountMeasure| {
        vec![
            name(key),
            data.count(count.total),
            count.planned.map_or(Cell::Empty, |planned| data.count(planned)),
            data.count(count.done),
            data.share(count.done as f64, count.total as f64),
        ]
    };
    let area = measures.area;
    let mut rows = vec![
        vec![
            name("measure_area"),
            data.hectares(area.total.get()),
            area.planned.map_or(Cell::Empty, |planned| data.hectares(planned.get())),
            data.hectares(area.done.get()),
            data.share(area.done.get(), area.total.get()),
        ],
        count("measure_parcels", measures.parcels),
        count("measure_holders", measures.holders),
    ];
    if let Some(money) = measures.money {
        let (called, digits) = match money.rounded_to {
            Some(_) => ("measure_money_rounded", 0),
            None => ("measure_money", 2),
        };
        let billion = |amount: u64| data.decimal(amount as f64 / 1e9, digits);
        rows.push(vec![
            name(called),
            billion(money.approved),
            Cell::Empty,
            billion(money.paid),
            data.share(money.paid as f64, money.approved as f64),
        ]);
    }
    if let Some(length) = measures.length {
        let km = |metres: f64| data.decimal(metres / 1000.0, 2);
        let cells = [km(length.total), Cell::Empty, km(length.done), data.share(length.done, length.total)];
        rows.push([vec![name("measure_length")], cells.to_vec()].concat());
    }
    let columns = vec![
        data.column("measure", 4.0, false),
        data.column("total", 1.6, true),
        data.column("planned", 1.6, true),
        data.column("done", 1.6, true),
        data.column("share", 1.3, true),
    ];
    data.table("table_measures", columns, rows, false)
}

/// By project or unit, and by stage.
pub fn groups(data: &ReportData<'_>) -> Vec<Block> {
    let (snapshot, survey) = (&data.view.snapshot, &data.survey);
    let (projects, units) = (snapshot.projects(), snapshot.units());
    let by_project = || {
        let sums = survey.rows(projects.len(), |project, _| project).into_iter().zip(projects);
        let rows =
            sums.map(|(sums, entry)| (entry.project.code.to_string(), entry.project.name.clone(), sums));
        grouped(data, "table_projects", rows.collect())
    };
    let by_unit = || {
        let sums = survey.rows(units.len(), |_, unit| unit).into_iter().zip(units);
        let rows = sums.map(|(sums, entry)| (entry.unit.code.to_string(), entry.unit.name.clone(), sums));
        grouped(data, "table_units", rows.collect())
    };
    let mut blocks = match data.subject {
        Subject::Province => vec![by_project(), by_unit()],
        Subject::Unit(_) => vec![by_project()],
        Subject::Project(_) => vec![by_unit()],
    };
    blocks.push(stages(data));
    blocks
}

fn grouped(data: &ReportData<'_>, caption: &str, rows: Vec<(String, String, Sums)>) -> Block {
    let (snapshot, day) = (&data.view.snapshot, data.view.today);
    // Holders are not shown here.
    let nobody = CountMeasure { total: 0, done: 0, planned: None };
    let cells = |code: String, name: String, figures: &Figures| {
        let (progress, area) = (&figures.progress, figures.progress.measures.area);
        let language = data.words.language();
        vec![
            Cell::Text(code),
            Cell::Text(name),
            data.hectares(area.total.get()),
            data.hectares(area.done.get()),
            data.share(area.done.get(), area.total.get()),
            progress.planned_share.map_or(Cell::Empty, |share| Cell::Share(share, language)),
            progress.days_ahead.map_or(Cell::Empty, |days| Cell::Signed(i64::from(days), language)),
            data.count(progress.measures.parcels.total),
            data.count(figures.blocked.parcels),
            data.count(figures.overdue.parcels),
            data.count(figures.late.parcels),
        ]
    };
    let some = rows.into_iter().filter(|(_, _, sums)| sums.all.parcels > 0);
    let lines = some.map(|(code, name, sums)| cells(code, name, &sums.figures(snapshot, day, nobody, None)));
    let mut lines: Vec<_> = lines.collect();
    lines.push(cells(String::new(), data.words.text("all"), &data.figures));
    let columns = vec![
        data.column("code", 1.0, false),
        data.column("name", 3.6, false),
        data.column("hectares", 1.3, true),
        data.column("hectares_done", 1.3, true),
        data.column("share", 1.25, true),
        data.column("planned", 1.25, true),
        data.column("days", 1.3, true),
        data.column("parcels", 1.15, true),
        data.column("blocked", 1.1, true),
        data.column("overdue", 1.1, true),
        data.column("late", 1.1, true),
    ];
    data.table(caption, columns, lines, true)
}

fn stages(data: &ReportData<'_>) -> Block {
    let sums = data.survey.total();
    let row = |stage: Standing| {
        let tally = sums.stages[stage.number()];
        vec![
            Cell::Text(standing_name(data.view, stage, data.words)),
            data.count(tally.parcels),
            data.hectares(tally.area.get()),
            data.share(tally.area.get(), sums.all.area.get()),
        ]
    };
    let columns = vec![
        data.column("stage", 5.0, false),
        data.column("parcels", 1.4, true),
        data.column("area", 1.6, true),
        data.column("share", 1.4, true),
    ];
    let some = Standing::ALL.into_iter().filter(|stage| sums.stages[stage.number()].parcels > 0);
    data.table("table_stages", columns, some.map(row).collect(), false)
}

/// Blockers that stand, and legal deadlines.
pub fn trouble(data: &ReportData<'_>) -> Vec<Block> {
    let blocks: Vec<Block> = [standing(data), deadlines(data)].into_iter().flatten().collect();
    if blocks.is_empty() { vec![Block::Text { text: data.words.text("no_trouble") }] } else { blocks }
}

fn standing(data: &ReportData<'_>) -> Option<Block> {
    let (snapshot, day, words) = (&data.view.snapshot, data.view.today, data.words);
    let row = |tally: crate::analysis::BlockerTally| {
        let oldest = oldest(data, tally.kind);
        let name = data.setting.vocabulary.blockers.get(tally.kind.code());
        vec![
            Cell::Text(name.map_or_else(|| tally.kind.code().to_owned(), |label| words.label(label))),
            data.count(tally.tally.parcels),
            data.hectares(tally.tally.area.get()),
            oldest.map_or(Cell::Empty, Cell::Day),
        ]
    };
    let rows: Vec<_> = blockers(snapshot, &data.chosen, day).into_iter().map(row).collect();
    let columns = vec![
        data.column("blocker", 4.0, false),
        data.column("parcels", 1.4, true),
        data.column("area", 1.6, true),
        data.column("oldest", 2.0, true),
    ];
    (!rows.is_empty()).then(|| data.table("table_blockers", columns, rows, false))
}

/// The day since which the oldest blocker of a kind stands.
fn oldest(data: &ReportData<'_>, kind: crate::domain::BlockerKind) -> Option<crate::domain::Day> {
    let (snapshot, day) = (&data.view.snapshot, data.view.today);
    let all = data.chosen.iter().flat_map(|parcel| snapshot.blockers(*parcel));
    all.filter(|blocker| blocker.kind == kind && blocker.stands_on(day)).map(|blocker| blocker.opened).min()
}

fn deadlines(data: &ReportData<'_>) -> Option<Block> {
    let mut running = clocks(&data.view.snapshot, &data.chosen, data.view.today, 0);
    running.sort_by_key(|one| one.term.act);
    let row = |same: &[ParcelClock]| {
        let law = data.view.snapshot.law();
        let longest = same.iter().map(|one| -one.days_left).max().unwrap_or(0).max(0);
        let articles = same.iter().map(|one| law.clocks()[usize::from(one.term.clock)].article.clone());
        let mut articles: Vec<String> = articles.collect();
        articles.sort_unstable();
        articles.dedup();
        vec![
            Cell::Text(act_name(data.view, same[0].term.act, data.words)),
            Cell::Text(articles.join(", ")),
            data.count(same.len() as u64),
            data.count(same.iter().filter(|one| one.days_left < 0).count() as u64),
            data.count(u64::from(longest.unsigned_abs())),
        ]
    };
    let rows: Vec<_> = running.chunk_by(|a, b| a.term.act == b.term.act).map(row).collect();
    let columns = vec![
        data.column("due", 4.0, false),
        data.column("article", 2.0, false),
        data.column("running", 1.3, true),
        data.column("overdue", 1.3, true),
        data.column("longest", 1.6, true),
    ];
    (!rows.is_empty()).then(|| data.table("table_clocks", columns, rows, false))
}

/// The gaps of an alignment that open the most.
pub fn gaps(data: &ReportData<'_>, fronts: &[Front]) -> Option<Block> {
    let mut ranked: Vec<&Front> = fronts.iter().filter(|front| front.rank.is_some()).collect();
    ranked.sort_by_key(|front| front.rank);
    let row = |front: &&Front| {
        let [from, to] = front.span.metres().map(chainage_label);
        vec![
            Cell::Text(from),
            Cell::Text(to),
            data.decimal(f64::from(front.span.length()) / 10.0, 0),
            data.count(front.parcels.len() as u64),
            data.decimal(f64::from(front.gain) / 10.0, 0),
        ]
    };
    let rows: Vec<_> = ranked.iter().take(MOST_GAPS).map(row).collect();
    let columns = vec![
        data.column("from", 1.5, false),
        data.column("to", 1.5, false),
        data.column("metres", 1.3, true),
        data.column("parcels", 1.3, true),
        data.column("opens", 1.6, true),
    ];
    (!rows.is_empty()).then(|| data.table("table_gaps", columns, rows, false))
}
