//! Tables of events: a spreadsheet's rows, pasted or from a file.
//!
//! Columns are known by Vietnamese and English names, words for stages and
//! blockers by their codes or their Vietnamese names. A row becomes the fields
//! of a draft; what they mean is judged elsewhere.

use std::path::Path;

use serde_json::{Map, Value};

use super::bounds::{Bound, Bounds, LONGEST_TEXT};
use super::{error::IngestError, fold::fold, source::Source};
use crate::domain::{BlockerKind, Branch, Draft, Refusal, Stage};

/// A row of a table of events.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Line in the table, from 1; the header is line 1.
    pub line: usize,
    /// Fields as they were read.
    pub fields: Map<String, Value>,
    /// The draft, or why it can't be read.
    pub draft: Result<Draft, Refusal>,
}

impl EventRow {
    /// A row with these fields, and the draft that they make.
    pub fn new(line: usize, fields: Map<String, Value>) -> Self {
        let draft = Draft::read(&fields);
        Self { line, fields, draft }
    }
}

/// A table of events.
#[derive(Debug, Clone, Default)]
pub struct EventTable {
    /// Fields that have a column, with its name.
    pub known: Vec<(String, String)>,
    /// Columns that are not understood and left out.
    pub unknown: Vec<String>,
    /// Rows.
    pub rows: Vec<EventRow>,
}

/// Why a text is not a table of events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A row can't be split into cells.
    #[error("line {0}: {1}")]
    Row(u64, String),
    /// No column says which parcel.
    #[error(
        "no column names the parcel; there must be \"parcel\", or \"project\", \"sheet\" and \"parcel\" (dự án, số tờ, số thửa)"
    )]
    NoParcel,
    /// No column says when.
    #[error("no column says when it happened; name it \"date\" (ngày)")]
    NoDate,
}

/// Fields with the names, folded, under which columns are known.
const COLUMNS: [(&str, &[&str]); 19] = [
    ("project", &["project", "du an", "ma du an", "duan"]),
    ("unit", &["unit", "commune", "xa", "ma xa", "don vi"]),
    ("sheet", &["sheet", "so to", "to", "to ban do", "so to ban do"]),
    ("parcel", &["parcel", "so thua", "thua", "thua dat", "number"]),
    ("kind", &["kind", "event", "su kien", "loai", "noi dung"]),
    ("stage", &["stage", "buoc", "giai doan"]),
    ("date", &["date", "ngay", "day", "ngay hieu luc"]),
    ("document", &["document", "van ban", "so van ban", "so hieu"]),
    ("note", &["note", "ghi chu"]),
    ("blocker", &["blocker", "vuong mac"]),
    ("branch", &["branch", "nhanh"]),
    ("amount", &["amount", "so tien"]),
    ("plot", &["plot", "lo tai dinh cu", "lo tdc"]),
    ("planned", &["planned", "ngay ke hoach"]),
    ("corrects", &["corrects", "sua cho"]),
    ("version", &["version", "phien ban"]),
    ("plan", &["plan", "ke hoach"]),
    ("required_on", &["required_on", "han ban giao"]),
    ("remove", &["remove", "huy"]),
];

/// Vietnamese words, folded, for codes of stages, blockers, branches and kinds.
const WORDS: [(&str, &str, &str); 24] = [
    ("stage", "hop", "meeting"),
    ("stage", "hop pho bien", "meeting"),
    ("stage", "thong bao", "notice"),
    ("stage", "thong bao thu hoi", "notice"),
    ("stage", "kiem dem", "inventory"),
    ("stage", "niem yet", "plan_posted"),
    ("stage", "niem yet phuong an", "plan_posted"),
    ("stage", "phe duyet", "plan_approved"),
    ("stage", "phe duyet phuong an", "plan_approved"),
    ("stage", "chi tra", "paid"),
    ("stage", "chi tra tien", "paid"),
    ("stage", "quyet dinh thu hoi", "recovery_decided"),
    ("stage", "ban giao", "handed_over"),
    ("stage", "ban giao mat bang", "handed_over"),
    ("blocker", "khieu nai", "complaint"),
    ("blocker", "don gia", "price"),
    ("blocker", "nguon goc", "origin"),
    ("blocker", "nguon goc dat", "origin"),
    ("blocker", "mo ma", "graves"),
    ("blocker", "ha tang", "utilities"),
    ("blocker", "tai dinh cu", "resettlement"),
    ("branch", "cuong che", "enforcement"),
    ("branch", "kiem dem bat buoc", "mandatory_inventory"),
    ("branch", "gui kho bac", "deposit"),
];

fn field_of(column: &str) -> Option<&'static str> {
    let name = fold(column);
    let known = |names: &[&str]| names.iter().any(|known| fold(known) == name);
    COLUMNS.iter().find(|(_, names)| known(names)).map(|(field, _)| *field)
}

/// Reads a table in which cells are separated by tabs (`true`), commas (`false`), or whichever the header has.
///
/// # Errors
/// No header that says parcel and date, or rows that can't be split into cells.
pub fn read_event_table(text: &str, tabs: Option<bool>) -> Result<EventTable, TableError> {
    let header = text.lines().next().unwrap_or_default();
    let separator = match tabs {
        Some(true) => b'\t',
        None if header.contains('\t') => b'\t',
        _ if header.contains(';') && !header.contains(',') => b';',
        _ => b',',
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let fault = |error: csv::Error| {
        TableError::Row(error.position().map_or(1, csv::Position::line), error.to_string())
    };
    let names: Vec<String> = reader.headers().map_err(fault)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        rows.push((line, record.iter().map(|cell| Some(cell.to_owned())).collect::<Vec<_>>()));
    }
    assemble(&names, rows)
}

/// Reads a table from a file: CSV or text with tabs in UTF-8, and what GDAL/OGR opens, such as XLSX and ODS.
///
/// # Errors
/// A file that can't be read, more in it than `bounds` allow, or no columns that say parcel and date.
pub fn read_event_file(path: &Path, layer: Option<&str>, bounds: &Bounds) -> Result<EventTable, IngestError> {
    let file = path.display().to_string();
    let wrong = |why| IngestError::Table { file: file.clone(), why };
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    if matches!(extension.as_deref(), Some("csv" | "tsv" | "txt")) {
        if !path.exists() {
            return Err(IngestError::Missing { file });
        }
        let text = std::fs::read_to_string(path)
            .map_err(|e| IngestError::Unreadable { file: file.clone(), cause: e.to_string() })?;
        let tabs = (extension.as_deref() == Some("tsv")).then_some(true);
        return keep_within(read_event_table(&text, tabs).map_err(wrong)?, file, bounds);
    }
    // The first row is the header, also where all cells below are texts like it.
    gdal::config::set_thread_local_config_option("OGR_XLSX_HEADERS", "FORCE")
        .and_then(|()| gdal::config::set_thread_local_config_option("OGR_ODS_HEADERS", "FORCE"))
        .map_err(|e| IngestError::Gdal { file: file.clone(), what: "setting up", cause: e.to_string() })?;
    let source = Source::open(path, layer, bounds)?;
    let names: Vec<String> = source.columns.iter().map(|column| column.name.clone()).collect();
    let all: Vec<usize> = (0..names.len()).collect();
    let (rows, _) = source.read(&all, bounds, &mut |_, _| {})?;
    let rows = (2..).zip(rows).map(|(line, row)| (line, row.cells)).collect();
    assemble(&names, rows).map_err(wrong)
}

/// A table of text, which was read whole, within the bounds.
fn keep_within(table: EventTable, file: String, bounds: &Bounds) -> Result<EventTable, IngestError> {
    let is_long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > LONGEST_TEXT);
    let too_much = |bound, limit: usize| IngestError::TooMuch { file, bound, limit: limit as u64 };
    if table.rows.len() > bounds.rows {
        return Err(too_much(Bound::Rows, bounds.rows));
    }
    if table.rows.iter().any(|row| row.fields.values().any(is_long)) {
        return Err(too_much(Bound::Text, LONGEST_TEXT));
    }
    Ok(table)
}

fn assemble(names: &[String], rows: Vec<(usize, Vec<Option<String>>)>) -> Result<EventTable, TableError> {
    let fields: Vec<Option<&'static str>> = names.iter().map(|name| field_of(name)).collect();
    let has = |field: &str| fields.contains(&Some(field));
    if !has("parcel") && !has("plan") && !has("required_on") {
        return Err(TableError::NoParcel);
    }
    if !has("date") {
        return Err(TableError::NoDate);
    }
    let mut table = EventTable::default();
    for (name, field) in names.iter().zip(&fields) {
        match field {
            Some(field) => table.known.push(((*field).to_owned(), name.clone())),
            None => table.unknown.push(name.clone()),
        }
    }
    for (line, cells) in rows {
        let mut row = Map::new();
        for (field, cell) in fields.iter().zip(cells) {
            let (Some(field), Some(cell)) = (field, cell.filter(|cell| !cell.trim().is_empty())) else {
                continue;
            };
            row.insert((*field).to_owned(), Value::String(coded(field, cell.trim())));
        }
        if row.is_empty() {
            continue;
        }
        complete(&mut row);
        table.rows.push(EventRow::new(line, row));
    }
    Ok(table)
}

/// A cell's code, where it is a Vietnamese word for one; dates without their time of day.
fn coded(field: &str, cell: &str) -> String {
    let word = fold(cell);
    if let Some((.., code)) = WORDS.iter().find(|(of, known, _)| *of == field && fold(known) == word) {
        return (*code).to_owned();
    }
    if matches!(field, "date" | "planned" | "required_on") {
        // Spreadsheets write 2026/11/20 00:00:00.
        let day = cell.split([' ', 'T']).next().unwrap_or(cell);
        return if day.as_bytes().get(4) == Some(&b'/') { day.replace('/', "-") } else { day.to_owned() };
    }
    cell.to_owned()
}

/// A row that names a stage, blocker or branch but no kind says it all the same.
fn complete(row: &mut Map<String, Value>) {
    if let Some(Value::String(remove)) = row.get("remove") {
        let yes = matches!(fold(remove).as_str(), "x" | "1" | "true" | "co" | "yes");
        row.insert("remove".to_owned(), Value::Bool(yes));
    }
    if row.contains_key("kind") {
        return;
    }
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let kind = if text("stage").is_some_and(|code| Stage::from_code(code).is_some()) {
        "stage_reached"
    } else if text("blocker").is_some_and(|code| BlockerKind::from_code(code).is_some()) {
        "blocker_opened"
    } else if text("branch").is_some_and(|code| Branch::from_code(code).is_some()) {
        "branch_entered"
    } else {
        return;
    };
    row.insert("kind".to_owned(), Value::String(kind.to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, EventKind};

    #[test]
    fn a_pasted_table_with_vietnamese_headings_is_understood() {
        let text = "Dự án\tSố tờ\tSố thửa\tBước\tNgày\tSố văn bản\tMàu\n\
            HN-01\t12\t34\tBàn giao mặt bằng\t20/11/2026\t12/BB\txanh\n\
            HN-01\t12\t35\tkhông rõ\t20/11/2026\t\t\n";
        let table = read_event_table(text, None).unwrap();
        assert_eq!(table.unknown, ["Màu"]);
        let first = table.rows[0].draft.as_ref().unwrap();
        assert_eq!(first.change, Change::Event(EventKind::StageReached { stage: Stage::HandedOver }));
        assert_eq!(table.rows[1].line, 3);
        assert_eq!(table.rows[1].draft.as_ref().unwrap_err().field.as_deref(), Some("kind"));
    }

    #[test]
    fn a_table_without_a_date_or_a_parcel_is_no_table_of_events() {
        assert_eq!(read_event_table("a,b\n1,2\n", Some(false)).unwrap_err(), TableError::NoParcel);
        assert_eq!(read_event_table("parcel,b\n1,2\n", Some(false)).unwrap_err(), TableError::NoDate);
    }
}
