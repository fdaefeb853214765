//! Conditions on a view's features in the words of the people who read a table of them.

use super::people::{People, day};
use crate::{
    analysis::View,
    query::{Collection, Column, Speech, Value},
};

/// Names columns, codes, units and projects as they are on the view's day.
pub struct Speaker<'a> {
    /// Language and words.
    pub people: &'a People,
    /// What the names are of.
    pub view: &'a View,
    /// Whose columns.
    pub collection: Collection,
}

impl Speaker<'_> {
    /// The name of a unit or project; the code where nothing has it.
    fn named(&self, column: &str, code: &str) -> Option<String> {
        let snapshot = &self.view.snapshot;
        let found = match column {
            // Codes come back with new meanings after a reform: the unit of the day is meant.
            "unit" => snapshot
                .units()
                .iter()
                .map(|entry| &entry.unit)
                .find(|unit| unit.code.as_str() == code && unit.exists_on(self.view.today))
                .map(|unit| unit.name.as_str()),
            "project" => snapshot.project_names().find(|(_, known)| *known == code).map(|(name, _)| name),
            _ => None,
        };
        found.map(str::to_owned)
    }
}

impl Speech for Speaker<'_> {
    fn column(&self, column: &'static Column) -> String {
        match column.name {
            // What is told is the name, and the title of the column speaks of the code.
            "unit" | "project" => self.people.condition(column.name),
            _ => self.people.head(self.collection, column),
        }
    }

    fn value(&self, column: Option<&'static Column>, value: &Value<'_>) -> String {
        let told = match (column, value) {
            (Some(column), Value::Text(code)) => {
                let named = self.named(column.name, code).map(|name| Value::Text(name.into()));
                named.unwrap_or_else(|| self.people.told(self.view, column, value.clone()))
            }
            (_, Value::Boolean(false)) => return self.people.condition("no"),
            (_, Value::Null) => return self.people.condition("missing"),
            (_, Value::Day(on)) => return day(*on),
            _ => value.clone(),
        };
        self.people.plain(&told)
    }

    fn unit(&self, code: &str) -> (String, String) {
        (self.people.condition("unit"), self.named("unit", code).unwrap_or_else(|| code.to_owned()))
    }

    fn word(&self, key: &str) -> String {
        self.people.condition(key)
    }
}
