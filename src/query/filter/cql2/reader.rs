//! How far a CQL2 text has been read, token by token.

use super::{
    super::FilterError,
    token::{Token, tokens, unread},
};

/// How far a text has been read.
pub struct Reader<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token<'a>)>,
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    ///
    /// # Errors
    /// [`FilterError`] at a letter that begins nothing, and at quotes that do not end.
    pub fn new(text: &'a str) -> Result<Self, FilterError> {
        Ok(Self { text, tokens: tokens(text)?, at: 0 })
    }

    /// The next token.
    pub fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    /// The token after so many others.
    pub fn ahead(&self, by: usize) -> Option<&Token<'a>> {
        self.tokens.get(self.at + by).map(|(_, token)| token)
    }

    /// Reading stops before the next token.
    pub fn stop(&self) -> FilterError {
        self.stop_at(self.place())
    }

    /// How many tokens were passed.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Reading stops before the token that comes after so many.
    pub fn stop_at(&self, place: usize) -> FilterError {
        unread(self.text, self.tokens.get(place).map_or(self.text.len(), |(start, _)| *start))
    }

    /// Takes this sign, if it comes next.
    pub fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.at += usize::from(found);
        found
    }

    /// Takes this sign.
    pub fn expect(&mut self, sign: &str) -> Result<(), FilterError> {
        if self.sign(sign) { Ok(()) } else { Err(self.stop()) }
    }

    /// Takes this word, if it comes next.
    pub fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    /// Whether this word comes after so many other tokens.
    pub fn is_word(&self, by: usize, word: &str) -> bool {
        matches!(self.ahead(by), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    /// Takes a number with its sign.
    pub fn number(&mut self) -> Result<f64, FilterError> {
        self.number_if_any().ok_or_else(|| self.stop())
    }

    /// Takes a number with its sign, if it comes next. Where reading would stop is not worked out: that costs as much as
    /// the text is long, and a geometry asks after each of its places.
    pub fn number_if_any(&mut self) -> Option<f64> {
        let (sign, signed) = match self.peek() {
            Some(Token::Sign("-")) => (-1.0, 1),
            Some(Token::Sign("+")) => (1.0, 1),
            _ => (1.0, 0),
        };
        let Some(Token::Number(number)) = self.ahead(signed) else { return None };
        let number = sign * number;
        self.at += signed + 1;
        Some(number)
    }

    /// Passes the next token.
    pub fn pass(&mut self) {
        self.at += 1;
    }

    /// Whether coordinates of a geometry follow the next token.
    pub fn geometry_follows(&self) -> bool {
        let opens = |by: usize| matches!(self.ahead(by), Some(Token::Sign("("))) || self.is_word(by, "empty");
        opens(1) || (["z", "m", "zm"].into_iter().any(|mark| self.is_word(1, mark)) && opens(2))
    }
}
