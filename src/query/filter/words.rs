//! A filter in the words of people, for heads of tables and titles: one line for each condition that must hold.

use super::{
    Filter,
    among::Among,
    node::Node,
    scalar::{Comparison, Scalar},
    spatial::SpatialOp,
    temporal::Span,
};
use crate::query::{column::Column, value::Value};

/// Values of a list that are given; of longer ones the number.
const MOST_LISTED: usize = 12;

/// What names columns and values in a language.
pub trait Speech {
    /// The name of a column.
    fn column(&self, column: &'static Column) -> String;
    /// A value of a column, names in the place of codes.
    fn value(&self, column: Option<&'static Column>, value: &Value<'_>) -> String;
    /// An administrative unit: what it is called, and its name.
    fn unit(&self, code: &str) -> (String, String);
    /// A word of conditions: `and`, `or`, `not`, `missing`, `area`, `shape`, `time`, `from`, `to`, `more`, `all`, `none`.
    fn word(&self, key: &str) -> String;
}

impl Filter {
    /// The conditions that must all hold, each in words; none for the filter that takes everything.
    pub fn in_words(&self, speech: &dyn Speech) -> Vec<String> {
        match &self.0 {
            Node::Constant(Some(true)) => Vec::new(),
            Node::And(all) => all.iter().map(|node| condition(node, speech)).collect(),
            other => vec![condition(other, speech)],
        }
    }
}

fn condition(node: &Node, speech: &dyn Speech) -> String {
    let joined = |all: &[Node], word: &str| {
        let inner = |node: &Node| match node {
            Node::And(_) | Node::Or(_) => format!("({})", condition(node, speech)),
            node => condition(node, speech),
        };
        all.iter().map(inner).collect::<Vec<_>>().join(&format!(" {} ", speech.word(word)))
    };
    if let Some((name, phrase)) = named(node, speech) {
        return format!("{name}: {phrase}");
    }
    match node {
        Node::Constant(Some(true)) => speech.word("all"),
        Node::Constant(_) => speech.word("none"),
        Node::And(all) => joined(all, "and"),
        Node::Or(all) => joined(all, "or"),
        Node::Not(inner) => format!("{} ({})", speech.word("not"), condition(inner, speech)),
        Node::Flag(value) => scalar(value, None, speech),
        Node::Compare(how, a, b) => compared(*how, a, b, speech),
        Node::NoShape => format!("{}: {}", speech.word("shape"), speech.word("missing")),
        Node::Spatial(test) if test.how() == SpatialOp::Intersects => speech.word("area"),
        Node::Spatial(test) => format!("{} ({})", speech.word("shape"), test.how().name()),
        Node::Temporal(..) => speech.word("time"),
        // Told by their name above, or, of those that are bound to a view, never.
        Node::Between(..)
        | Node::In(..)
        | Node::Like(..)
        | Node::IsNull(_)
        | Node::InUnits(_)
        | Node::Territory(..)
        | Node::Entry(..) => String::new(),
    }
}

/// A condition on one value: the value's name, and what it is to be. Of several on the same one the name is shown once.
fn named(node: &Node, speech: &dyn Speech) -> Option<(String, String)> {
    let (what, phrase) = match node {
        Node::Or(all) => {
            let mut all = all.iter().map(|node| named(node, speech));
            let (name, mut phrase) = all.next()??;
            for one in all {
                let (_, more) = one.filter(|(other, _)| *other == name)?;
                phrase = format!("{phrase} {} {more}", speech.word("or"));
            }
            return Some((name, phrase));
        }
        Node::InUnits(codes) => {
            let mut all = codes.iter().map(|code| speech.unit(code));
            let (name, first) = all.next()?;
            let or = |phrase, (_, more)| format!("{phrase} {} {more}", speech.word("or"));
            return Some((name, all.fold(first, or)));
        }
        Node::Compare(Comparison::Equal, a @ Scalar::Column(column), Scalar::Constant(value))
            if !matches!(value, Value::Boolean(_)) =>
        {
            (a, speech.value(Some(column), value))
        }
        Node::Between(value, low, high) => {
            let column = column(value);
            let ends = (scalar(low, column, speech), scalar(high, column, speech));
            (value, range(Some(ends.0), Some(ends.1), speech))
        }
        Node::In(value, list) => (value, listed(list, column(value), speech)),
        Node::Like(value, pattern) => (value, like(column(value), pattern.text(), speech)),
        Node::IsNull(value) => (value, speech.word("missing")),
        Node::Temporal(_, Span::Instant(own) | Span::Validity(own, _), Span::Interval(from, to)) => {
            let end = |end: &Option<Scalar>| end.as_ref().map(|end| scalar(end, None, speech));
            (own, range(end(from), end(to), speech))
        }
        _ => return None,
    };
    Some((scalar(what, None, speech), phrase))
}

/// A pattern; where the letters of a code stand for its name, the name.
fn like(column: Option<&'static Column>, pattern: String, speech: &dyn Speech) -> String {
    let plain = pattern.trim_matches('…');
    let name = column.map(|column| speech.value(Some(column), &Value::text(plain)));
    name.filter(|name| name != plain).unwrap_or(pattern)
}

fn compared(how: Comparison, a: &Scalar, b: &Scalar, speech: &dyn Speech) -> String {
    if let (Comparison::Equal, Scalar::Column(_), Scalar::Constant(Value::Boolean(yes))) = (how, a, b) {
        let named = scalar(a, None, speech);
        return if *yes { named } else { format!("{}: {named}", speech.word("not")) };
    }
    let (left, right) = (scalar(a, column(b), speech), scalar(b, column(a), speech));
    let sign = match how {
        Comparison::Equal if column(a).is_some() => return format!("{left}: {right}"),
        Comparison::Equal => "=",
        Comparison::NotEqual => "≠",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "≤",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => "≥",
    };
    format!("{left} {sign} {right}")
}

/// The column that a value comes from.
fn column(scalar: &Scalar) -> Option<&'static Column> {
    match scalar {
        Scalar::Column(column) => Some(column),
        Scalar::Folded(_, inner) => self::column(inner),
        Scalar::Constant(_) | Scalar::Arithmetic(..) => None,
    }
}

/// A value; a constant as one of the column that it is held against.
fn scalar(scalar: &Scalar, against: Option<&'static Column>, speech: &dyn Speech) -> String {
    match scalar {
        Scalar::Column(column) => speech.column(column),
        Scalar::Constant(value) => speech.value(against, value),
        Scalar::Folded(_, inner) => self::scalar(inner, against, speech),
        Scalar::Arithmetic(how, both) => {
            let (a, b) = (self::scalar(&both.0, None, speech), self::scalar(&both.1, None, speech));
            format!("({a} {} {b})", how.sign())
        }
    }
}

fn listed(list: &Among, column: Option<&'static Column>, speech: &dyn Speech) -> String {
    let mut phrases: Vec<String> =
        list.constants().iter().take(MOST_LISTED).map(|value| speech.value(column, value)).collect();
    phrases.extend(list.computed().take(MOST_LISTED).map(|item| scalar(item, column, speech)));
    let rest = list.constants().len().saturating_sub(MOST_LISTED);
    if rest > 0 {
        phrases.push(speech.word("more").replace("{n}", &rest.to_string()));
    }
    phrases.join("; ")
}

fn range(from: Option<String>, to: Option<String>, speech: &dyn Speech) -> String {
    let end = |word: &str, end: Option<String>| end.map(|end| format!("{} {end}", speech.word(word)));
    [end("from", from), end("to", to)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
