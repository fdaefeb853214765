//! A table as people read it: heads and names in words, days as they write them, what was chosen above, a total below.
//!
//! For programs the same features come with the names of columns and codes, which never change.

use std::borrow::Cow;

use crate::{
    analysis::View,
    domain::{Label, Language, Vocabulary, law::Act},
    query::{Collection, Column, Kind, Value, Words},
};

/// What a table for people needs beside its rows.
#[derive(Debug, Clone)]
pub struct People {
    /// Language.
    pub language: Language,
    /// Lines above the table: what it holds, what was chosen, for which day.
    pub above: Vec<String>,
    pub(super) words: Words,
    pub(super) vocabulary: Vocabulary,
}

impl People {
    pub(super) fn text(&self, key: &str) -> &str {
        self.words.pages.get(key).map_or("", |label| self.language.of(label))
    }

    /// A word of conditions.
    pub(super) fn condition(&self, key: &str) -> String {
        self.words.conditions.get(key).map_or(key, |label| self.language.of(label)).to_owned()
    }

    fn title(&self, collection: Collection, name: &str) -> Option<&str> {
        self.words.columns.get(collection.name())?.get(name).map(|label| self.language.of(label))
    }

    /// The head of a column, with its unit of measure.
    pub fn head(&self, collection: Collection, column: &Column) -> String {
        let title = self.title(collection, column.name).unwrap_or(column.name);
        match column.unit {
            Some("m2") => format!("{title} (m²)"),
            // Of days the title speaks.
            Some("d") | None => title.to_owned(),
            Some(unit) => format!("{title} ({unit})"),
        }
    }

    /// What stands in the first cell of the total.
    pub fn total(&self, rows: u32) -> String {
        format!("{}: {rows}", self.text("total"))
    }

    /// A value with names in the place of codes; yes as a word, no as nothing.
    pub fn in_words<'a>(&'a self, view: &'a View, column: &Column, value: Value<'a>) -> Value<'a> {
        match value {
            Value::Boolean(true) => Value::text(self.text("yes")),
            Value::Boolean(false) => Value::Null,
            Value::Text(text) => Value::Text(self.name(view, column.name, text)),
            other => other,
        }
    }

    fn name<'a>(&'a self, view: &'a View, column: &str, code: Cow<'a, str>) -> Cow<'a, str> {
        let law = view.snapshot.law();
        let vocabulary = &self.vocabulary;
        let label = |label: &'a Label| Cow::Borrowed(self.language.of(label));
        let list = |find: &dyn Fn(&str) -> Option<&'a Label>| -> Option<Cow<'a, str>> {
            let names: Option<Vec<&str>> =
                code.split(' ').map(|code| find(code).map(|label| self.language.of(label))).collect();
            Some(Cow::Owned(names?.join("; ")))
        };
        let found = match column {
            "stage" | "due_act" | "step" => {
                let standing = crate::domain::Standing::from_code(&code).filter(|_| column == "stage");
                let standing = standing.and_then(|standing| law.standing(standing));
                let act = || Act::from_code(&code).and_then(|act| law.words(act)).map(|words| &words.name);
                standing.or_else(act).map(label)
            }
            "kind" => vocabulary.kinds.get(&*code).or_else(|| vocabulary.events.get(&*code)).map(label),
            "use" => vocabulary.land_uses.get(&*code).map(label),
            "branch" => vocabulary.branches.get(&*code).map(label),
            "blocker" | "blockers" => list(&|code| vocabulary.blockers.get(code)),
            "law" => law.laws().iter().find(|one| one.code == *code).map(|one| label(&one.name)),
            "regime" => law.regimes().iter().find(|one| one.id == *code).map(|one| label(&one.name)),
            "marks" => {
                list(&|code| law.mark_words().iter().find(|one| one.code.code() == code).map(|one| &one.name))
            }
            _ => None,
        };
        found.unwrap_or(code)
    }

    /// A value as a cell of a text table: numbers and days as the language writes them.
    pub fn cell(&self, value: &Value<'_>) -> String {
        match value {
            Value::Text(_) => harmless(self.plain(value)),
            value => self.plain(value),
        }
    }

    /// A value as the language writes it.
    pub(super) fn plain(&self, value: &Value<'_>) -> String {
        match (value, self.language) {
            (Value::Day(day), _) => self::day(*day),
            (Value::Number(number), Language::Vi) => number.to_string().replace('.', ","),
            (Value::Boolean(true), _) => self.text("yes").to_owned(),
            (value, _) => value.to_string(),
        }
    }

    /// What parts the cells of a text table where the language's decimal sign is a comma.
    pub fn separator(&self) -> u8 {
        match self.language {
            Language::Vi => b';',
            Language::En => b',',
        }
    }
}

/// A day as people write it.
pub fn day(day: crate::domain::Day) -> String {
    day.date().strftime("%d/%m/%Y").to_string()
}

/// A text that a spreadsheet would take for a formula, with a sign in front by which it does not.
pub fn harmless(text: String) -> String {
    let begins = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r');
    let number = || text.parse::<f64>().is_ok();
    if text.starts_with(begins) && !number() { format!("'{text}") } else { text }
}

/// Sums of the columns that have a total: areas.
#[derive(Debug, Default)]
pub struct Totals(Vec<Option<f64>>);

impl Totals {
    /// Nothing yet of these columns.
    pub fn new(columns: &[&'static Column]) -> Self {
        Self(
            columns
                .iter()
                .map(|column| (column.unit == Some("m2") && column.kind == Kind::Number).then_some(0.0))
                .collect(),
        )
    }

    /// Adds the value of the column at `index`.
    pub fn add(&mut self, index: usize, value: &Value<'_>) {
        if let (Some(Some(sum)), Some(number)) = (self.0.get_mut(index), value.number()) {
            *sum += number;
        }
    }

    /// The sums, to a tenth, by column.
    pub fn sums(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        self.0.iter().map(|sum| sum.map(|sum| (sum * 10.0).round() / 10.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_a_text() {
        for (text, kept) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+84 912", "'+84 912"),
            ("-12.5", "-12.5"),
            ("-", "'-"),
            ("\t=1+1", "'\t=1+1"),
            ("\r=1+1", "'\r=1+1"),
            ("Xã Nhân Hà", "Xã Nhân Hà"),
        ] {
            assert_eq!(harmless(text.to_owned()), kept);
        }
    }
}
