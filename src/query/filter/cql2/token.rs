//! The words, signs and literals of a CQL2 text.

use super::super::FilterError;

/// A word, a sign or a literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Token<'a> {
    /// A name or an operator's word, as written.
    Word(&'a str),
    /// A name in double quotes, without them.
    Quoted(String),
    /// A text in quotes, without them.
    Text(String),
    /// A number without its sign.
    Number(f64),
    /// A sign: `( ) , = <> < <= > >= + - * / % ^`.
    Sign(&'static str),
}

/// Signs, the longer before the shorter that they begin with.
const SIGNS: [&str; 16] =
    ["<>", "!=", "<=", ">=", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/", "%", "^"];

/// Whether a name may begin with a letter.
pub fn begins_name(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '_' | ':')
}

/// Whether a name goes on with a letter.
pub fn in_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.' | ':')
}

/// The tokens of a text, each with where it begins, in bytes.
///
/// # Errors
/// [`FilterError`] at a letter that begins nothing, and at quotes that do not end.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, FilterError> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let start = at;
        let token = if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        } else if letter == '\'' || letter == '"' {
            let (value, length) = quoted(rest, letter).ok_or_else(|| unread(text, at))?;
            at += length;
            if letter == '"' { Token::Quoted(value) } else { Token::Text(value) }
        } else if letter.is_ascii_digit() {
            let length = number(rest);
            at += length;
            Token::Number(rest[..length].parse().map_err(|_| unread(text, start))?)
        } else if begins_name(letter) {
            let length = rest.find(|letter| !in_name(letter)).unwrap_or(rest.len());
            at += length;
            Token::Word(&rest[..length])
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            at += sign.len();
            Token::Sign(if sign == "!=" { "<>" } else { sign })
        } else {
            return Err(unread(text, at));
        };
        all.push((start, token));
    }
    Ok(all)
}

/// What stands in quotes, a doubled one being one of them, and how many bytes it takes with them.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != quote {
            value.push(letter);
        } else if letters.next_if(|(_, next)| *next == quote).is_some() {
            value.push(quote);
        } else {
            return Some((value, at + 1));
        }
    }
    None
}

/// How many bytes a number takes: digits, a point with digits, an exponent.
fn number(rest: &str) -> usize {
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(0);
    if rest[length..].starts_with('.') {
        length += 1 + digits(length + 1);
    }
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

/// Where reading stopped, in words.
pub fn unread(text: &str, at: usize) -> FilterError {
    let rest: String = text[at..].chars().take(40).collect();
    let character = text[..at].chars().count() + 1;
    let place = if rest.is_empty() { "its end".to_owned() } else { format!("\"{rest}\"") };
    FilterError(format!("is not CQL2 text: it can't be read from character {character} on, at {place}"))
}
