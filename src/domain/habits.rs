//! How the rows of a request or a table write their numbers: each field is one column over all rows.

use serde_json::{Map, Value};

use super::number::{NumberColumn, Quantity};

/// Fields that hold numbers, with what they count.
const NUMBERS: [(&str, Quantity); 5] = [
    ("amount", Quantity::Money),
    ("parcel", Quantity::Count),
    ("version", Quantity::Count),
    ("corrects", Quantity::Count),
    ("recovered_area", Quantity::Area),
];

/// The columns of the fields that hold numbers.
#[derive(Debug, Clone)]
pub struct Habits([NumberColumn; NUMBERS.len()]);

impl Habits {
    /// Of `rows` with their numbers; `mixed` says of which fields the texts may be a spreadsheet's numbers.
    pub fn of<'a>(
        rows: impl IntoIterator<Item = (usize, &'a Map<String, Value>)>,
        mixed: impl Fn(&str) -> bool,
    ) -> Self {
        let column = |(name, quantity)| {
            let column = NumberColumn::new(quantity);
            if mixed(name) { column.mixed() } else { column }
        };
        let mut habits = Self(NUMBERS.map(column));
        for (row, fields) in rows {
            habits.see(row, fields);
        }
        habits
    }

    /// Whether the field holds a number. A parcel's number on its sheet is a name.
    pub fn is_number(name: &str, fields: &Map<String, Value>) -> bool {
        let on_sheet = name == "parcel" && fields.contains_key("sheet");
        !on_sheet && NUMBERS.iter().any(|(known, _)| *known == name)
    }

    /// The column of a field; none if it holds no number.
    pub fn column(&self, name: &str) -> Option<&NumberColumn> {
        let index = NUMBERS.iter().position(|(known, _)| *known == name)?;
        self.0.get(index)
    }

    fn see(&mut self, row: usize, fields: &Map<String, Value>) {
        for ((name, _), column) in NUMBERS.iter().zip(&mut self.0) {
            if let Some(Value::String(text)) = fields.get(*name).filter(|_| Self::is_number(name, fields)) {
                column.see(|| format!("row {row}"), text);
            }
        }
        // The right event of a correction and the parts of a split stand in the same columns.
        if let Some(Value::Object(by)) = fields.get("by") {
            self.see(row, by);
        }
        if let Some(Value::Array(parts)) = fields.get("parts") {
            parts.iter().filter_map(|part| part.get("recovered_area")?.as_str()).for_each(|text| {
                if let Some(column) = self.0.last_mut() {
                    column.see(|| format!("row {row}"), text);
                }
            });
        }
    }
}
