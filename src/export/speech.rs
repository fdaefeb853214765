//! Conditions on a view's features in the words of the people who read a table of them.

use super::{
    error::ExportError,
    people::{People, day},
};
use crate::{
    analysis::View,
    domain::{Language, Vocabulary},
    query::{Collection, Column, Filter, Speech, Value, words},
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

impl People {
    /// The table of a collection, of those features that `chosen` takes.
    ///
    /// # Errors
    /// [`ExportError`] when the words can't be read; they come with the program.
    pub fn new(
        language: Language,
        vocabulary: Vocabulary,
        (view, collection): (&View, Collection),
        chosen: &Filter,
        illustration: bool,
    ) -> Result<Self, ExportError> {
        let words = words().map_err(|e| ExportError::of("words")(&e))?;
        let mut people = Self { language, above: Vec::new(), words, vocabulary };
        let title = people.words.collections.get(collection.name()).map_or("", |label| language.of(label));
        let mut above = vec![title.to_owned()];
        above.extend(chosen.in_words(&Speaker { people: &people, view, collection }));
        let stand = format!(
            "{} {}; {} {}",
            people.text("as_of"),
            day(view.today),
            people.text("position").to_lowercase(),
            view.snapshot.position()
        );
        above.push(stand);
        if illustration {
            above.push(people.text("illustration").to_owned());
        }
        people.above = above;
        Ok(people)
    }
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
            // What is shown is the name, and the title of the column speaks of the code.
            "unit" | "project" => self.people.condition(column.name),
            _ => self.people.head(self.collection, column),
        }
    }

    fn value(&self, column: Option<&'static Column>, value: &Value<'_>) -> String {
        let worded = match (column, value) {
            (Some(column), Value::Text(code)) => {
                let named = self.named(column.name, code).map(|name| Value::Text(name.into()));
                named.unwrap_or_else(|| self.people.in_words(self.view, column, value.clone()))
            }
            (_, Value::Boolean(false)) => return self.people.condition("no"),
            (_, Value::Null) => return self.people.condition("missing"),
            (_, Value::Day(on)) => return day(*on),
            _ => value.clone(),
        };
        self.people.plain(&worded)
    }

    fn unit(&self, code: &str) -> (String, String) {
        (self.people.condition("unit"), self.named("unit", code).unwrap_or_else(|| code.to_owned()))
    }

    fn word(&self, key: &str) -> String {
        self.people.condition(key)
    }
}
