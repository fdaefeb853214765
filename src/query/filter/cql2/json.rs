//! CQL2 JSON (OGC 21-065r2, annex C).

use geo::Geometry;
use serde_json::{Map, Value};

use super::{super::FilterError, Expression};

type Read<T> = Result<T, FilterError>;

fn wrong<T>(why: &str) -> Read<T> {
    Err(FilterError(format!("is not CQL2 JSON: {why}")))
}

/// Reads a tree.
pub fn read(text: &str) -> Read<Expression> {
    match serde_json::from_str(text) {
        Ok(value) => expression(value),
        Err(error) => wrong(&error.to_string()),
    }
}

fn expression(value: Value) -> Read<Expression> {
    Ok(match value {
        Value::Null => Expression::Null,
        Value::Bool(value) => Expression::Bool(value),
        Value::Number(number) => match number.as_f64() {
            Some(number) => Expression::Number(number),
            None => return wrong(&format!("{number} is no number that can be read")),
        },
        Value::String(text) => Expression::Text(text),
        Value::Array(all) => Expression::List(expressions(all)?),
        Value::Object(map) => object(map)?,
    })
}

fn expressions(all: Vec<Value>) -> Read<Vec<Expression>> {
    all.into_iter().map(expression).collect()
}

fn object(mut map: Map<String, Value>) -> Read<Expression> {
    if map.contains_key("type") {
        return geometry(Value::Object(map));
    }
    if let Some(op) = map.remove("op") {
        return match (op, map.remove("args")) {
            (Value::String(op), Some(Value::Array(args))) => Ok(operation(op, expressions(args)?)),
            (Value::String(op), _) => wrong(&format!("\"{op}\" has no list of \"args\"")),
            (op, _) => wrong(&format!("\"op\" is a text, not {op}")),
        };
    }
    let known = ["property", "date", "timestamp", "interval", "bbox"];
    let Some((name, value)) = known.iter().find_map(|name| map.remove_entry(*name)) else {
        let found: Vec<&str> = map.keys().map(String::as_str).take(5).collect();
        return wrong(&format!(
            "an object has one of op, {}, type; not {}",
            known.join(", "),
            found.join(", ")
        ));
    };
    match (name.as_str(), value) {
        ("property", Value::String(name)) => Ok(Expression::Property(name)),
        ("date", Value::String(text)) => Ok(Expression::Date(Box::new(Expression::Text(text)))),
        ("timestamp", Value::String(text)) => Ok(Expression::Timestamp(Box::new(Expression::Text(text)))),
        ("interval", Value::Array(ends)) => Ok(Expression::Interval(expressions(ends)?)),
        ("bbox", Value::Array(numbers)) => Ok(Expression::Box(expressions(numbers)?)),
        (name @ ("interval" | "bbox"), _) => wrong(&format!("\"{name}\" is a list")),
        (name, _) => wrong(&format!("\"{name}\" is a text")),
    }
}

/// Operators have the names that CQL2 text gives them, whichever case they come in.
fn operation(op: String, args: Vec<Expression>) -> Expression {
    let known = ["and", "or", "not", "between", "in", "like", "isNull", "div"];
    let op = known.into_iter().find(|known| op.eq_ignore_ascii_case(known)).map_or(op, str::to_owned);
    Expression::call(&op, args)
}

fn geometry(value: Value) -> Read<Expression> {
    let read = serde_json::from_value::<geojson::Geometry>(value).map_err(|error| error.to_string());
    let read = read.and_then(|one| Geometry::<f64>::try_from(one).map_err(|error| error.to_string()));
    match read {
        Ok(geometry) => Ok(Expression::Geometry(geometry)),
        Err(error) => wrong(&format!("a geometry can't be read: {error}")),
    }
}
