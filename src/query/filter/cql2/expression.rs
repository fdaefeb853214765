//! What a filter says.

use std::fmt;

use geo::Geometry;
use wkt::ToWkt;

/// An expression of CQL2 (OGC 21-065r2, clause 6).
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A property by its name.
    Property(String),
    /// An operator or function with its arguments. Operators are `and`, `or`, `not`, `=`, `<>`, `<`, `<=`, `>`, `>=`,
    /// `+`, `-`, `*`, `/`, `%`, `^`, `div`, `between`, `in`, `like`, `isNull`; functions are written as they came.
    Operation {
        /// Name.
        op: String,
        /// Arguments.
        args: Vec<Self>,
    },
    /// A list.
    List(Vec<Self>),
    /// DATE with its text.
    Date(Box<Self>),
    /// TIMESTAMP with its text.
    Timestamp(Box<Self>),
    /// INTERVAL with its ends.
    Interval(Vec<Self>),
    /// BBOX with its numbers.
    Box(Vec<Self>),
    /// A geometry that is written out, as it is: in its own coordinate system, heights left out.
    Geometry(Geometry<f64>),
}

impl Expression {
    /// An operation.
    pub fn operation(op: &str, args: Vec<Self>) -> Self {
        Self::Operation { op: op.to_owned(), args }
    }

    /// NOT.
    pub fn not(self) -> Self {
        Self::operation("not", vec![self])
    }

    /// A call by its name: what is a literal in the shape of a function becomes that literal.
    pub fn call(name: &str, mut args: Vec<Self>) -> Self {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match args.len() {
            1 if is("date") => Self::Date(Box::new(args.remove(0))),
            1 if is("timestamp") => Self::Timestamp(Box::new(args.remove(0))),
            _ if is("interval") => Self::Interval(args),
            _ if is("bbox") => Self::Box(args),
            // A list of one is a value in brackets to who reads brackets first; IN may also be called with its values.
            2.. if is("in") && !(args.len() == 2 && matches!(args[1], Self::List(_))) => {
                let list = args.split_off(1);
                args.push(Self::List(list));
                Self::operation("in", args)
            }
            _ => Self::operation(name, args),
        }
    }
}

/// Operators that stand between what they join.
const BETWEEN: [&str; 15] =
    ["and", "or", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "div"];

fn listed(f: &mut fmt::Formatter<'_>, before: &str, all: &[Expression], between: &str) -> fmt::Result {
    write!(f, "{before}(")?;
    for (at, one) in all.iter().enumerate() {
        write!(f, "{}{one}", if at == 0 { "" } else { between })?;
    }
    f.write_str(")")
}

/// CQL2 text with every operation in brackets.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Property(name) => {
                let plain = name.chars().next().is_some_and(super::token::begins_name)
                    && name.chars().all(super::token::in_name)
                    && !["not", "true", "false", "null"].iter().any(|word| name.eq_ignore_ascii_case(word));
                if plain { f.write_str(name) } else { write!(f, "\"{}\"", name.replace('"', "\"\"")) }
            }
            Self::Operation { op, args } if args.len() > 1 && BETWEEN.contains(&op.as_str()) => {
                let word = if op == "and" || op == "or" { op.to_uppercase() } else { op.clone() };
                listed(f, "", args, &format!(" {word} "))
            }
            Self::Operation { op, args } if op == "not" && args.len() == 1 => write!(f, "(NOT {})", args[0]),
            Self::Operation { op, args } => listed(f, op, args, ", "),
            Self::List(all) => listed(f, "", all, ", "),
            Self::Date(text) => write!(f, "DATE({text})"),
            Self::Timestamp(text) => write!(f, "TIMESTAMP({text})"),
            Self::Interval(ends) => listed(f, "INTERVAL", ends, ", "),
            Self::Box(numbers) => listed(f, "BBOX", numbers, ", "),
            Self::Geometry(geometry) => f.write_str(&geometry.wkt_string()),
        }
    }
}
