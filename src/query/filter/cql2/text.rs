//! CQL2 text (OGC 21-065r2, annex B), read once from left to right.

use super::{super::FilterError, Expression, geometry, reader::Reader, token::Token};

/// Reads a text to its end.
pub fn read(text: &str) -> Result<Expression, FilterError> {
    let mut reader = Reader::new(text)?;
    let expression = reader.any()?;
    if reader.peek().is_some() { Err(reader.stop()) } else { Ok(expression) }
}

type Read = Result<Expression, FilterError>;

impl Reader<'_> {
    /// Conditions joined by OR.
    fn any(&mut self) -> Read {
        self.joined("or", Self::all)
    }

    /// Conditions joined by AND.
    fn all(&mut self) -> Read {
        self.joined("and", Self::negated)
    }

    fn joined(&mut self, word: &str, part: fn(&mut Self) -> Read) -> Read {
        let first = part(self)?;
        if !self.is_word(0, word) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.word(word) {
            all.push(part(self)?);
        }
        Ok(Expression::operation(word, all))
    }

    fn negated(&mut self) -> Read {
        if self.word("not") {
            return Ok(self.negated()?.not());
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Read {
        let left = self.sum()?;
        for sign in ["=", "<>", "<=", ">=", "<", ">"] {
            if self.sign(sign) {
                let right = self.sum()?;
                return Ok(Expression::operation(sign, vec![left, right]));
            }
        }
        if self.word("is") {
            let negated = self.word("not");
            if !self.word("null") {
                return Err(self.stop());
            }
            let found = Expression::operation("isNull", vec![left]);
            return Ok(if negated { found.not() } else { found });
        }
        let negated = self.is_word(0, "not");
        if negated {
            self.pass();
        }
        let found = if self.word("between") {
            let low = self.sum()?;
            if !self.word("and") {
                return Err(self.stop());
            }
            Expression::operation("between", vec![left, low, self.sum()?])
        } else if self.word("like") {
            Expression::operation("like", vec![left, self.sum()?])
        } else if self.word("in") {
            let list = match self.sum()? {
                list @ Expression::List(_) => list,
                one => Expression::List(vec![one]),
            };
            Expression::operation("in", vec![left, list])
        } else if negated {
            return Err(self.stop());
        } else {
            return Ok(left);
        };
        Ok(if negated { found.not() } else { found })
    }

    fn sum(&mut self) -> Read {
        self.chain(&["+", "-"], Self::product)
    }

    fn product(&mut self) -> Read {
        self.chain(&["*", "/", "%", "div"], Self::power)
    }

    fn power(&mut self) -> Read {
        self.chain(&["^"], Self::signed)
    }

    fn chain(&mut self, signs: &[&str], part: fn(&mut Self) -> Read) -> Read {
        let mut left = part(self)?;
        while let Some(sign) = signs.iter().find(|sign| self.sign(sign) || self.word(sign)) {
            left = Expression::operation(sign, vec![left, part(self)?]);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Read {
        if self.sign("-") {
            return Ok(match self.signed()? {
                Expression::Number(number) => Expression::Number(-number),
                other => Expression::operation("*", vec![Expression::Number(-1.0), other]),
            });
        }
        if matches!((self.peek(), self.ahead(1)), (Some(Token::Sign("+")), Some(Token::Number(_)))) {
            self.pass();
        }
        self.operand()
    }

    fn operand(&mut self) -> Read {
        let Some(token) = self.peek().cloned() else { return Err(self.stop()) };
        if token == Token::Sign("(") {
            return self.bracketed();
        }
        if let Token::Word(word) = token
            && let Some(geometry) = geometry::read(self, word)?
        {
            return Ok(Expression::Geometry(geometry));
        }
        let call = matches!(self.ahead(1), Some(Token::Sign("(")));
        let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
        let read = match token {
            Token::Number(number) => Expression::Number(number),
            Token::Text(text) => Expression::Text(text),
            Token::Word(name) if call => return self.call(name),
            Token::Quoted(name) if call => return self.call(&name),
            Token::Word(word) if is(word, "true") => Expression::Bool(true),
            Token::Word(word) if is(word, "false") => Expression::Bool(false),
            Token::Word(word) if is(word, "null") => Expression::Null,
            Token::Word(name) => Expression::Property(name.to_owned()),
            Token::Quoted(name) => Expression::Property(name),
            Token::Sign(_) => return Err(self.stop()),
        };
        self.pass();
        Ok(read)
    }

    fn call(&mut self, name: &str) -> Read {
        self.pass();
        self.expect("(")?;
        let mut args = Vec::new();
        if !self.sign(")") {
            args = self.listed()?;
        }
        Ok(Expression::call(name, args))
    }

    /// One expression in brackets is that expression, several are a list.
    fn bracketed(&mut self) -> Read {
        self.expect("(")?;
        let mut all = self.listed()?;
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::List(all) })
    }

    fn listed(&mut self) -> Result<Vec<Expression>, FilterError> {
        let mut all = vec![self.any()?];
        while self.sign(",") {
            all.push(self.any()?);
        }
        self.expect(")")?;
        Ok(all)
    }
}
