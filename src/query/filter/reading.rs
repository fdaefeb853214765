//! From CQL2 text or JSON to an expression, by the `cql2` crate, within what may be read at a time.

use cql2::Expr;

use super::{DEEPEST, FilterError, LONGEST, Language};

/// Length of a text times two to the power of its depth: what the parser may have to read.
const MOST_EFFORT: usize = 1 << 22;
/// Reads a filter.
pub fn read(text: &str, language: Language) -> Result<Expr, FilterError> {
    if text.len() > LONGEST {
        return Err(FilterError(format!("has {} bytes; at most {LONGEST} are taken", text.len())));
    }
    let most = match language {
        Language::Json => DEEPEST,
        // The parser reads what is in brackets twice when it is not what it looks like at first.
        Language::Text => (MOST_EFFORT / text.len().max(1)).checked_ilog2().unwrap_or(0) as usize,
    };
    if deepest(text) > most {
        return Err(FilterError(format!(
            "has more than {most} brackets inside brackets, too many for its length"
        )));
    }
    match language {
        Language::Text => cql2::parse_text(text).map_err(|error| FilterError(unread(&error, text))),
        Language::Json => {
            cql2::parse_json(text).map_err(|error| FilterError(format!("is not CQL2 JSON: {error}")))
        }
    }
}

/// How deep brackets stand in brackets; what stands in quotes does not count.
fn deepest(text: &str) -> usize {
    let (mut depth, mut deepest, mut quote) = (0usize, 0, None);
    for letter in text.chars() {
        if let Some(open) = quote {
            quote = Some(open).filter(|open| *open != letter);
            continue;
        }
        match letter {
            '"' | '\'' => quote = Some(letter),
            '(' | '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Where the parser stopped, in words.
fn unread(error: &cql2::Error, text: &str) -> String {
    let message = error.to_string();
    // Its first line says where: " --> line:column".
    let place = message.split_once("--> ").and_then(|(_, rest)| rest.lines().next()?.trim().split_once(':'));
    let numbers =
        place.and_then(|(line, column)| Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_that_would_take_long_are_refused_wherever_they_hide() {
        let nested = format!("{}1{}", "(".repeat(24), ",2)".repeat(24));
        for text in
            [nested.clone(), format!("\"it's\" = {nested}"), format!("S_WITHIN(geometry, POINT{nested})")]
        {
            assert!(read(&text, Language::Text).unwrap_err().to_string().contains("brackets"), "{text}");
        }
        let ring: Vec<_> = (0..1000).map(|n| format!("105.{n:05} 20.{n:05}")).collect();
        let long = format!("(late OR NOT (S_WITHIN(geometry, MULTIPOLYGON((({}))))))", ring.join(","));
        assert!(long.len() > 15_000 && read(&long, Language::Text).is_ok());
        assert!(read(&"x".repeat(LONGEST + 1), Language::Text).is_err());
    }
}
