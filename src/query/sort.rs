//! The order of features: by columns as people expect it, then by id, so that it is total.
//!
//! A column says how its values stand in order ([`Collation`]). What is
//! missing comes last, whichever way a column runs.

use std::{borrow::Cow, cmp::Ordering};

use super::{
    collection::Collection,
    column::{Collation, Column, Kind},
    rows::Rows,
    value::Value,
};
use crate::domain::plain;

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// Column.
    pub column: &'static Column,
    /// Largest first.
    pub falling: bool,
}

/// An order; without keys that of ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sort(pub Vec<Key>);

/// Where a page ended, to go on after it: the values of the keys and an id.
pub type Cursor = (Vec<Value<'static>>, u64);

/// Columns that features may be sorted by at once.
const MOST_KEYS: usize = 4;

/// What a value is compared by; what is missing is greatest.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Weight<'a> {
    Number(f64),
    Text(Cow<'a, str>),
    Missing,
}

impl Column {
    /// What one of its values is compared by.
    fn weight<'v>(&self, value: Value<'v>) -> Weight<'v> {
        let text = match value {
            Value::Null => return Weight::Missing,
            Value::Text(text) => text,
            Value::Boolean(yes) => return Weight::Number(f64::from(u8::from(yes))),
            Value::Integer(number) => return Weight::Number(number as f64),
            Value::Number(number) => return Weight::Number(number),
            Value::Day(day) => return Weight::Number(f64::from(day.number())),
            Value::Moment(at) => return Weight::Number(at as f64),
        };
        match self.collation {
            Collation::Value => Weight::Text(text),
            // Numbers before what only looks like one ("12" before "12a").
            Collation::Numbers => match text.parse::<u32>() {
                Ok(number) => Weight::Number(f64::from(number)),
                Err(_) => Weight::Text(text),
            },
            // As written behind it, which keeps apart what differs in marks only.
            Collation::Names => Weight::Text(plain(&text).chain(['\0']).chain(text.chars()).collect()),
            Collation::Codes => {
                let index = (self.codes)().iter().position(|code| *code == text);
                index.map_or(Weight::Text(text), |index| Weight::Number(index as f64))
            }
            Collation::Words => Weight::Number(text.split_whitespace().count() as f64),
        }
    }
}

/// The order of two weights.
fn ordered(a: &Weight<'_>, b: &Weight<'_>, falling: bool) -> Ordering {
    let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
    let is_missing = *a == Weight::Missing || *b == Weight::Missing;
    if falling && !is_missing { order.reverse() } else { order }
}

impl Sort {
    /// Reads `stage,-area,+sheet`; a name without sign rises.
    ///
    /// # Errors
    /// Text for a person when a column is unknown or there are too many.
    pub fn parse(text: &str, columns: &[&'static Column]) -> Result<Self, String> {
        let key = |part: &str| {
            let part = part.trim();
            let name = part.trim_start_matches(['+', '-']);
            let column = columns.iter().find(|column| column.name == name).ok_or_else(|| {
                let names: Vec<_> = columns.iter().map(|column| column.name).collect();
                format!("\"{name}\" is not a column here; these are: {}", names.join(", "))
            })?;
            Ok(Key { column, falling: part.starts_with('-') })
        };
        let keys: Vec<Key> = text.split(',').map(key).collect::<Result<_, String>>()?;
        if keys.len() > MOST_KEYS {
            return Err(format!("must name at most {MOST_KEYS} columns"));
        }
        Ok(Self(keys))
    }

    /// The cursor behind a feature.
    pub fn cursor(&self, collection: Collection, rows: &Rows<'_>, index: u32) -> Cursor {
        let values = self.0.iter().map(|key| (key.column.read)(rows, index).into_owned()).collect();
        (values, collection.id(rows, index))
    }

    /// Leaves the features that come after a cursor.
    pub fn keep_after(
        &self,
        collection: Collection,
        rows: &Rows<'_>,
        indexes: &mut Vec<u32>,
        (values, id): &Cursor,
    ) {
        let ends: Vec<Weight<'_>> =
            self.0.iter().zip(values).map(|(key, value)| key.column.weight(value.clone())).collect();
        let readers = self.readers(rows);
        indexes.retain(|index| {
            for ((key, reader), end) in self.0.iter().zip(&readers).zip(&ends) {
                match reader.order(rows, *index, end, key.falling) {
                    Ordering::Equal => {}
                    order => return order.is_gt(),
                }
            }
            collection.id(rows, *index) > *id
        });
    }

    /// Brings the first `most` of `indexes` into order at their head: O(n + most log most).
    pub fn head(&self, rows: &Rows<'_>, indexes: &mut Vec<u32>, most: usize) {
        if self.0.is_empty() {
            indexes.truncate(most);
            return;
        }
        let (readers, keys) = (self.readers(rows), self.0.len());
        let weights: Vec<Weight<'_>> = indexes
            .iter()
            .flat_map(|index| readers.iter().map(|reader| reader.weight(rows, *index)))
            .collect();
        let own = |row: u32| &weights[row as usize * keys..][..keys];
        let compare = |a: &u32, b: &u32| {
            let pairs = own(*a).iter().zip(own(*b)).zip(&self.0);
            let decided = pairs.map(|((a, b), key)| ordered(a, b, key.falling)).find(|order| order.is_ne());
            decided.unwrap_or(Ordering::Equal).then(indexes[*a as usize].cmp(&indexes[*b as usize]))
        };
        let mut order_of_rows: Vec<u32> = (0..indexes.len() as u32).collect();
        if most < order_of_rows.len() {
            order_of_rows.select_nth_unstable_by(most, compare);
            order_of_rows.truncate(most);
        }
        order_of_rows.sort_unstable_by(compare);
        *indexes = order_of_rows.into_iter().map(|row| indexes[row as usize]).collect();
    }

    fn readers<'a>(&self, rows: &Rows<'a>) -> Vec<Reader<'a>> {
        self.0.iter().map(|key| Reader::new(key.column, rows)).collect()
    }
}

/// Reads what a column's values are compared by.
enum Reader<'a> {
    Each(&'static Column),
    /// Where values repeat: by their number, and last what has none.
    Entries {
        number: fn(&Rows<'_>, u32) -> usize,
        weights: Vec<Weight<'a>>,
        ranks: Vec<Weight<'a>>,
    },
}

impl<'a> Reader<'a> {
    fn new(column: &'static Column, rows: &Rows<'a>) -> Self {
        match column.dictionary {
            // A text for each feature costs more than one for each value.
            Some(dictionary) if column.kind == Kind::Text => {
                let view = rows.view;
                let entry = |number| column.weight((dictionary.value)(view, number));
                let mut weights: Vec<Weight<'a>> = (0..(dictionary.len)(view)).map(entry).collect();
                weights.push(Weight::Missing);
                let ranks = ranks(&weights);
                Self::Entries { number: dictionary.number, weights, ranks }
            }
            _ => Self::Each(column),
        }
    }

    /// What a feature is compared by with others.
    fn weight(&self, rows: &Rows<'a>, index: u32) -> Weight<'a> {
        match self {
            Self::Each(column) => column.weight((column.read)(rows, index)),
            Self::Entries { number, ranks, .. } => ranks[number(rows, index).min(ranks.len() - 1)].clone(),
        }
    }

    /// The order of a feature and where a page ended.
    fn order(&self, rows: &Rows<'a>, index: u32, end: &Weight<'_>, falling: bool) -> Ordering {
        match self {
            Self::Each(column) => ordered(&column.weight((column.read)(rows, index)), end, falling),
            Self::Entries { number, weights, .. } => {
                ordered(&weights[number(rows, index).min(weights.len() - 1)], end, falling)
            }
        }
    }
}

/// For each weight its rank among all, the same for equal ones; missing stays so.
fn ranks<'a>(weights: &[Weight<'_>]) -> Vec<Weight<'a>> {
    let rising = |a: &u32, b: &u32| ordered(&weights[*a as usize], &weights[*b as usize], false);
    let mut order: Vec<u32> = (0..weights.len() as u32).collect();
    order.sort_unstable_by(rising);
    let mut ranks = vec![Weight::Missing; weights.len()];
    for (rank, same) in order.chunk_by(|a, b| rising(a, b).is_eq()).enumerate() {
        for row in same.iter().map(|row| *row as usize) {
            if weights[row] != Weight::Missing {
                ranks[row] = Weight::Number(rank as f64);
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(collation: Collation) -> Column {
        Column { collation, ..Column::new("c", Kind::Text, |_, _| Value::Null) }
    }

    fn order(collation: Collation, a: &'static str, b: &'static str) -> Ordering {
        let column = column(collation);
        ordered(&column.weight(Value::text(a)), &column.weight(Value::text(b)), false)
    }

    #[test]
    fn numbers_sort_by_value_and_before_texts_and_what_is_missing_comes_last() {
        let of = |text| column(Collation::Numbers).weight(Value::text(text));
        assert!(order(Collation::Numbers, "9", "12").is_lt());
        assert!(order(Collation::Numbers, "12", "12a").is_lt());
        for falling in [false, true] {
            assert!(ordered(&Weight::Missing, &of("12a"), falling).is_gt());
            assert!(ordered(&of("12"), &Weight::Missing, falling).is_lt());
        }
        assert!(ordered(&of("9"), &of("12"), true).is_gt());
    }

    #[test]
    fn names_sort_by_their_letters_and_marks_tell_apart_what_is_left() {
        assert!(order(Collation::Names, "Bình Lục", "Duy Tiên").is_lt());
        assert!(order(Collation::Names, "Đồng Văn", "Duy Tiên").is_lt(), "đ counts as d");
        assert!(order(Collation::Names, "Phủ Lý", "phu ly").is_ne());
        assert!(order(Collation::Value, "a", "B").is_gt());
    }

    #[test]
    fn ranks_are_the_same_for_what_is_equal() {
        let of = |text| column(Collation::Names).weight(Value::text(text));
        let weights = [of("Thanh Liêm"), Weight::Missing, of("An"), of("Thanh Liêm")];
        let number = Weight::Number;
        assert_eq!(ranks(&weights), [number(1.0), Weight::Missing, number(0.0), number(1.0)]);
    }
}
