//! From CQL2 text or JSON to an expression, by the `cql2` crate, within what may be read at a time.

use cql2::Expr;

use super::{FilterError, Language};

/// Reads a filter that is within the [bounds](super::bounds).
///
/// # Errors
/// [`FilterError`] when the text is no CQL2, with the place where reading stopped.
pub fn read(text: &str, language: Language) -> Result<Expr, FilterError> {
    match language {
        Language::Text => cql2::parse_text(text).map_err(|error| FilterError(unread(&error, text))),
        Language::Json => {
            cql2::parse_json(text).map_err(|error| FilterError(format!("is not CQL2 JSON: {error}")))
        }
    }
}

/// Where the parser stopped, in words.
fn unread(error: &cql2::Error, text: &str) -> String {
    let message = error.to_string();
    // Its first line says where: " --> line:column".
    let position =
        message.split_once("--> ").and_then(|(_, rest)| rest.lines().next()?.trim().split_once(':'));
    let numbers = position
        .and_then(|(line, column)| Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?)));
    match numbers {
        Some((line, column)) => {
            let rest = text.lines().nth(line - 1).unwrap_or_default();
            let rest: String = rest.chars().skip(column - 1).take(40).collect();
            let at = if rest.is_empty() { "its end".to_owned() } else { format!("\"{rest}\"") };
            format!("is not CQL2 text: it can't be read from character {column} on, at {at}")
        }
        None => format!("is not CQL2 text: {message}"),
    }
}
