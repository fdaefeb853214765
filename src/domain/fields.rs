//! The fields of an event, read one by one: texts, numbers, days, codes.

use serde_json::{Map, Value};

use super::{Day, Decimal, Habits, NumberError, Refusal};

/// Longest text of a field, in characters.
const LONGEST: usize = 2000;

/// Fields, and how the numbers among them are written.
pub struct Fields<'a> {
    /// By name.
    pub all: &'a Map<String, Value>,
    /// Columns of numbers.
    pub habits: &'a Habits,
}

/// That a field is missing.
pub fn missing(field: &str) -> Refusal {
    Refusal::new("missing_field", format!("the field \"{field}\" is missing")).field(field)
}

/// That a field can't be read.
pub fn invalid(field: &str, why: impl std::fmt::Display) -> Refusal {
    Refusal::new("invalid_value", format!("{field}: {why}")).field(field)
}

/// That a field's number can't be read.
pub fn unread(field: &str, why: &NumberError) -> Refusal {
    let readings = why.readings();
    Refusal { readings, ..Refusal::new(why.code(), format!("{field}: {why}")).field(field) }
}

/// That no parcel can have a number.
pub fn no_parcel(id: u64) -> Refusal {
    Refusal::new("unknown_parcel", format!("no parcel has the number {id}")).field("parcel")
}

impl<'a> Fields<'a> {
    /// Fields that stand inside these.
    pub fn inner(&self, all: &'a Map<String, Value>) -> Self {
        Self { all, habits: self.habits }
    }

    /// A field's text; empty ones count as left out.
    pub fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        let text = match self.all.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            // 12.0 is how some programs write 12.
            Some(Value::Number(number)) => {
                Decimal::of_json(number).map_or_else(|_| number.to_string(), |number| number.to_string())
            }
            Some(_) => return Err(invalid(name, "must be a text")),
        };
        if text.chars().count() > LONGEST {
            return Err(invalid(name, format!("is longer than {LONGEST} characters")));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// As [`Fields::text`], of a field that must be there.
    pub fn needed(&self, name: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// A field's number, exact.
    pub fn number(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        let number = match self.all.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::Number(number)) => Decimal::of_json(number),
            Some(Value::String(text)) => {
                self.habits.column(name).map_or_else(|| Decimal::of_text(text), |column| column.number(text))
            }
            Some(_) => return Err(invalid(name, "must be a number")),
        };
        number.map(Some).map_err(|why| unread(name, &why))
    }

    /// A field's whole number.
    pub fn whole(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let written = || self.all.get(name).map(|value| value.to_string().trim_matches('"').to_owned());
        let whole = |number: Decimal| number.whole(&written().unwrap_or_default());
        self.number(name)?.map(whole).transpose().map_err(|why| unread(name, &why))
    }

    /// A field's day, which is written as a text.
    pub fn day(&self, name: &str) -> Result<Option<Day>, Refusal> {
        if let Some(Value::Number(_)) = self.all.get(name) {
            return Err(invalid(name, "is a number; write a date as \"2026-11-24\" or \"24/11/2026\""));
        }
        self.text(name)?.map(|text| Day::parse(&text).map_err(|why| invalid(name, why))).transpose()
    }

    /// A field's code, which must be one of those `known`.
    pub fn coded<T>(
        &self,
        name: &str,
        find: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> Result<T, Refusal> {
        let text = self.needed(name)?;
        find(&text).ok_or_else(|| invalid(name, format!("\"{text}\" is not one of {}", known.join(", "))))
    }
}
