//! Tables of events: a spreadsheet's rows, pasted or from a file.
//!
//! Columns are known by Vietnamese and English names; what stands in them by
//! codes and by the words of people ([`Words`]). A row becomes the fields of a
//! draft; what they mean is judged elsewhere.

use std::{collections::HashMap, path::Path, sync::LazyLock};

use serde_json::{Map, Value};

use super::{
    bounds::{Bound, Bounds, LONGEST_TEXT},
    error::{IngestError, TableError},
    fold::fold,
    source::{ColumnKind, Source},
    table::{self, Cells},
    words::{Words, complete},
};
use crate::domain::{Draft, Habits, Refusal};

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

/// A table of events.
#[derive(Debug, Clone, Default)]
pub struct EventTable {
    /// Fields that have a column, with its name.
    pub known: Vec<(String, String)>,
    /// Columns that are not understood and left out.
    pub unknown: Vec<String>,
    /// Fields in whose columns numbers and texts stand beside each other.
    pub mixed: Vec<String>,
    /// Rows.
    pub rows: Vec<EventRow>,
}

impl EventTable {
    /// The table with these rows (line, fields), of which `words` are understood: numbers are read as all of a
    /// column are written.
    #[must_use]
    pub fn with_rows(mut self, mut rows: Vec<(usize, Map<String, Value>)>, words: &Words) -> Self {
        for (_, row) in &mut rows {
            words.understand(row);
            complete(row);
        }
        let mixed = |field: &str| self.mixed.iter().any(|other| other == field);
        let habits = Habits::of(rows.iter().map(|(line, row)| (*line, row)), mixed);
        let read = |(line, fields): (usize, Map<String, Value>)| {
            let draft = Draft::read_among(&fields, &habits);
            EventRow { line, fields, draft }
        };
        self.rows = rows.into_iter().map(read).collect();
        self
    }

    /// Whether some row tells a project or unit by its name.
    pub fn has_names(&self) -> bool {
        let is_name =
            |value: &Value| value.as_str().is_some_and(|text| text.contains(' ') || !text.is_ascii());
        let named = |row: &EventRow| {
            ["project", "unit"].iter().any(|field| row.fields.get(*field).is_some_and(is_name))
        };
        self.rows.iter().any(named)
    }

    /// The table read once more, with other words.
    #[must_use]
    pub fn again(mut self, words: &Words) -> Self {
        let rows = std::mem::take(&mut self.rows).into_iter().map(|row| (row.line, row.fields)).collect();
        self.with_rows(rows, words)
    }
}

/// Fields with the names, folded, under which columns are known.
const COLUMNS: [(&str, &[&str]); 35] = [
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
    ("step", &["step", "buoc thu tuc", "thu tuc"]),
    ("sent", &["sent", "ngay gui", "ngay gui thong bao"]),
    ("effect", &["effect", "ngay hieu luc quyet dinh", "hieu luc"]),
    ("until", &["until", "ngay ket thuc", "den ngay"]),
    ("received", &["received", "ngay nhan"]),
    ("handover_by", &["handover_by", "ngay ban giao theo phuong an"]),
    ("signer", &["signer", "nguoi ky", "co quan ky"]),
    ("land", &["land", "nhom dat"]),
    ("resettlement", &["resettlement", "co tai dinh cu"]),
    ("condition", &["condition", "dieu kien tai dinh cu"]),
    ("path", &["path", "truong hop thu hoi"]),
    ("places", &["places", "noi niem yet"]),
    ("agree", &["agree", "so dong y", "dong y"]),
    ("disagree", &["disagree", "so khong dong y", "khong dong y"]),
    ("total", &["total", "tong so nguoi", "so nguoi"]),
    ("refused", &["refused", "tu choi nhan"]),
];

/// Fields by the folded names of their columns; of two fields with one name the first.
static FIELDS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names = |(field, names): &(&'static str, &[&str])| {
        let field = *field;
        names.iter().map(move |name| (fold(name), field)).collect::<Vec<_>>()
    };
    COLUMNS.iter().rev().flat_map(names).collect()
});

fn field_of(column: &str) -> Option<&'static str> {
    FIELDS.get(&fold(column)).copied()
}

/// Whether a row names the columns that a table of events must have.
fn is_header(names: &[String]) -> bool {
    missing(&names.iter().map(|name| field_of(name)).collect::<Vec<_>>()).is_none()
}

/// Why columns of these fields are no table of events.
fn missing(fields: &[Option<&str>]) -> Option<TableError> {
    let has = |field: &str| fields.contains(&Some(field));
    if !has("parcel") && !has("plan") && !has("required_on") {
        return Some(TableError::NoParcel);
    }
    (!has("date")).then_some(TableError::NoDate)
}

/// Reads a table in which cells are separated by tabs (`true`), commas or
/// semicolons (`false`), or whichever the header has. Lines above the header are left out.
///
/// # Errors
/// No header that says parcel and date, or rows that can't be split into cells.
pub fn read_event_table(text: &str, tabs: Option<bool>, words: &Words) -> Result<EventTable, TableError> {
    let cells = table::split(text, tabs, is_header).map_err(|(line, why)| TableError::Row(line, why))?;
    assemble(cells, &|_| Written::Texts, words)
}

/// Reads a table from a file, without words for codes: CSV or text with tabs, and what GDAL/OGR opens, such as XLSX and ODS.
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
        let bytes = std::fs::read(path)
            .map_err(|e| IngestError::Unreadable { file: file.clone(), cause: e.to_string() })?;
        let tabs = (extension.as_deref() == Some("tsv")).then_some(true);
        let table = read_event_table(&table::text_of(&bytes), tabs, &Words::default()).map_err(wrong)?;
        return keep_within(table, file, bounds);
    }
    // The first row is the header, also where all cells below are texts like it.
    gdal::config::set_thread_local_config_option("OGR_XLSX_HEADERS", "FORCE")
        .and_then(|()| gdal::config::set_thread_local_config_option("OGR_ODS_HEADERS", "FORCE"))
        .map_err(|e| IngestError::Gdal { file: file.clone(), what: "setting up", cause: e.to_string() })?;
    let source = Source::open(path, layer, bounds)?;
    let names: Vec<String> = source.columns.iter().map(|column| column.name.clone()).collect();
    let all: Vec<usize> = (0..names.len()).collect();
    let (rows, _) = source.read(&all, bounds, &mut |_| {})?;
    let rows = (2..).zip(rows).map(|(line, row)| (line, row.cells)).collect();
    let mut cells = Cells { names, rows };
    if !is_header(&cells.names) {
        cells = table::below_header(cells, is_header);
    }
    // A column of numbers is kept as that; below a title, and beside texts, its numbers come as texts.
    let written = |column: usize| match source.columns.get(column).map(|column| column.kind) {
        Some(ColumnKind::Integer | ColumnKind::Real) => Written::Numbers,
        _ => Written::Either,
    };
    assemble(cells, &written, &Words::default()).map_err(wrong)
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Numbers, with a decimal dot.
    Numbers,
    /// Texts as somebody wrote them.
    Texts,
    /// Texts, and numbers among them.
    Either,
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

fn assemble(
    cells: Cells,
    written: &dyn Fn(usize) -> Written,
    words: &Words,
) -> Result<EventTable, TableError> {
    let fields: Vec<Option<&'static str>> = cells.names.iter().map(|name| field_of(name)).collect();
    if let Some(why) = missing(&fields) {
        return Err(why);
    }
    let mut table = EventTable::default();
    for (name, field) in cells.names.iter().zip(&fields) {
        match field {
            Some(field) => table.known.push(((*field).to_owned(), name.clone())),
            None if name.is_empty() => {}
            None => table.unknown.push(name.clone()),
        }
    }
    let mut rows = Vec::with_capacity(cells.rows.len());
    for (line, cells) in cells.rows {
        let row = row(&fields, cells, written);
        if !row.is_empty() {
            rows.push((line, row));
        }
    }
    for (column, field) in fields.iter().enumerate() {
        if let (Some(field), Written::Either) = (field, written(column)) {
            table.mixed.push((*field).to_owned());
        }
    }
    Ok(table.with_rows(rows, words))
}

/// The fields of a row that are not empty.
fn row(
    fields: &[Option<&'static str>],
    cells: Vec<Option<String>>,
    written: &dyn Fn(usize) -> Written,
) -> Map<String, Value> {
    let mut row = Map::new();
    let mut numbers = Vec::new();
    for (column, (field, cell)) in fields.iter().zip(cells).enumerate() {
        let (Some(field), Some(cell)) = (field, cell.filter(|cell| !cell.trim().is_empty())) else {
            continue;
        };
        row.insert((*field).to_owned(), Value::String(coded(field, cell.trim())));
        if written(column) == Written::Numbers {
            numbers.push((*field, cell));
        }
    }
    // A sheet, a parcel on it and a day are names, also where a spreadsheet has numbers.
    for (field, cell) in numbers {
        if Habits::is_number(field, &row)
            && let Ok(number) = serde_json::from_str(cell.trim())
        {
            row.insert(field.to_owned(), Value::Number(number));
        }
    }
    if let Some(Value::String(remove)) = row.get("remove") {
        let yes = matches!(fold(remove).as_str(), "x" | "1" | "true" | "co" | "yes");
        row.insert("remove".to_owned(), Value::Bool(yes));
    }
    row
}

/// Fields that are days.
const DAYS: [&str; 8] =
    ["date", "planned", "required_on", "sent", "effect", "until", "received", "handover_by"];

/// A cell as it is; days without their time, and with four digits of the year.
fn coded(field: &str, cell: &str) -> String {
    if !DAYS.contains(&field) {
        return cell.to_owned();
    }
    // Spreadsheets write 2026/11/20 00:00:00.
    let day = cell.split([' ', 'T']).next().unwrap_or(cell);
    if day.as_bytes().get(4) == Some(&b'/') {
        return day.replace('/', "-");
    }
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    match parts[..] {
        [d, m, y] if d.len() <= 2 && parts.iter().all(digits) => {
            // Two digits are a year of this century: the store's days begin in 1970.
            let year = if y.len() == 2 { format!("20{y}") } else { y.to_owned() };
            format!("{d}/{m}/{year}")
        }
        _ => day.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, EventKind, Stage};

    #[test]
    fn a_pasted_table_with_vietnamese_headings_is_understood() {
        let text = "Dự án\tSố tờ\tSố thửa\tBước\tNgày\tSố văn bản\tMàu\n\
            HN-01\t12\t34\tBàn giao mặt bằng\t20/11/2026\t12/BB\txanh\n\
            HN-01\t12\t35\tkhông rõ\t20/11/2026\t\t\n";
        let law = crate::domain::law(&[]).unwrap();
        let words = Words::of(&law, &crate::domain::vocabulary().unwrap());
        let table = read_event_table(text, None, &words).unwrap();
        assert_eq!(table.unknown, ["Màu"]);
        let first = table.rows[0].draft.as_ref().unwrap();
        assert_eq!(first.change, Change::Event(EventKind::reached(Stage::HandedOver)));
        assert_eq!(table.rows[1].line, 3);
        assert_eq!(table.rows[1].draft.as_ref().unwrap_err().field.as_deref(), Some("kind"));
    }

    #[test]
    fn a_table_without_a_date_or_a_parcel_is_no_table_of_events() {
        assert_eq!(
            read_event_table("a,b\n1,2\n", Some(false), &Words::default()).unwrap_err(),
            TableError::NoParcel
        );
        assert_eq!(
            read_event_table("parcel,b\n1,2\n", Some(false), &Words::default()).unwrap_err(),
            TableError::NoDate
        );
    }

    #[test]
    fn days_are_read_as_offices_write_them() {
        for (cell, day) in [
            ("20/11/26", "20/11/2026"),
            ("1.2.2026", "1/2/2026"),
            ("20-11-2026", "20/11/2026"),
            ("2026-11-20", "2026-11-20"),
            ("2026/11/20 00:00:00", "2026-11-20"),
            ("20/11/2026", "20/11/2026"),
        ] {
            assert_eq!(coded("date", cell), day);
        }
        assert_eq!(coded("document", "12/11/26"), "12/11/26");
    }
}
