//! Codes of units, projects and land uses: short text that identifies.

use std::fmt;

/// A non-empty code without white space inside, at most 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Code(String);

/// Why a text is not a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing but white space.
    #[error("the code is empty")]
    Empty,
    /// White space or control characters inside.
    #[error("the code \"{0}\" has white space or control characters inside")]
    WhiteSpace(String),
    /// More than 64 characters.
    #[error("the code \"{0}…\" is longer than 64 characters")]
    TooLong(String),
}

impl Code {
    /// Trims `text` and checks it.
    ///
    /// # Errors
    /// [`CodeError`] when the text is empty, too long or has white space inside.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CodeError::Empty);
        }
        if text.chars().count() > 64 {
            return Err(CodeError::TooLong(text.chars().take(20).collect()));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(CodeError::WhiteSpace(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The code's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_trimmed_and_never_empty() {
        assert_eq!(Code::new("  13285 ").map(|c| c.to_string()), Ok("13285".into()));
        assert_eq!(Code::new("  "), Err(CodeError::Empty));
        assert!(matches!(Code::new("a b"), Err(CodeError::WhiteSpace(_))));
        assert!(matches!(Code::new(&"x".repeat(65)), Err(CodeError::TooLong(_))));
    }
}
