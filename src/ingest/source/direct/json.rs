//! One feature of JSON (RFC 8259, RFC 7946), read where it stands.
//!
//! Nothing is built that is not asked for: values of properties are handed on as they are met, numbers as their digits,
//! and of a polygon in the plane its corners are read at once.

use std::borrow::Cow;

use geo::{Coord, LineString, Polygon};

use super::polygon;

/// A value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A number in its digits.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// An object or a list, as it stands there.
    Other(&'a str),
}

/// What a feature is beside its properties.
#[derive(Debug)]
pub struct Feature<'a> {
    /// Its number, if it states one.
    pub id: Option<u64>,
    /// Its polygons; of any other geometry its JSON.
    pub shape: Result<Vec<Polygon<f64>>, &'a str>,
}

/// A text of JSON, and how far it is read.
pub struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Json<'a> {
    /// Nothing is read yet.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The feature that the text is; each property goes to `take`. None where it is none, or `take` says so.
    pub fn feature(&mut self, take: &mut dyn FnMut(&str, Value<'a>) -> Option<()>) -> Option<Feature<'a>> {
        let mut feature = Feature { id: None, shape: Ok(Vec::new()) };
        let (mut is_feature, mut has_properties) = (false, false);
        self.object(&mut |json, name| {
            match name {
                "type" => is_feature = json.string()? == "Feature",
                "id" => match json.value()? {
                    Value::Number(digits) => feature.id = Some(digits.parse().ok()?),
                    Value::Null => {}
                    // A column of its own.
                    id @ Value::Text(_) => take("id", id)?,
                    _ => return None,
                },
                "geometry" => feature.shape = json.geometry()?,
                "properties" => {
                    has_properties = true;
                    if json.peek()? == b'n' {
                        json.value()?;
                    } else {
                        json.object(&mut |json, name| {
                            let value = json.value()?;
                            take(name, value)
                        })?;
                    }
                }
                _ => json.skip()?,
            }
            Some(())
        })?;
        let is_whole = self.text[self.at..].trim_ascii().is_empty();
        (is_feature && has_properties && is_whole).then_some(feature)
    }

    /// Reads an object; `member` reads the value of each name.
    fn object(&mut self, member: &mut dyn FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.peek()? == b'}' {
            return self.eat(b'}');
        }
        loop {
            let name = self.string()?;
            self.eat(b':')?;
            member(self, &name)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// The polygons of a geometry; of another one its text.
    fn geometry(&mut self) -> Option<Result<Vec<Polygon<f64>>, &'a str>> {
        if self.peek()? == b'n' {
            self.value()?;
            return Some(Ok(Vec::new()));
        }
        let start = self.at;
        let (mut kind, mut coordinates, mut polygons) = (None, None, None);
        self.object(&mut |json, name| {
            match (name, kind) {
                ("type", _) => kind = Some(Kind::of(&json.string()?)),
                ("coordinates", Some(known)) => {
                    let here = json.at;
                    polygons = json.polygons(known);
                    if polygons.is_none() {
                        // Not as it should be: for others to judge.
                        json.at = here;
                        json.skip()?;
                    }
                }
                ("coordinates", None) => {
                    coordinates = Some(json.at);
                    json.skip()?;
                }
                _ => json.skip()?,
            }
            Some(())
        })?;
        let end = self.at;
        if let (None, Some(at), Some(kind)) = (&polygons, coordinates, kind) {
            polygons = Self { text: self.text, at }.polygons(kind);
        }
        Some(polygons.ok_or(&self.text[start..end]))
    }

    fn polygons(&mut self, kind: Kind) -> Option<Vec<Polygon<f64>>> {
        match kind {
            Kind::Polygon => Some(vec![self.polygon()?]),
            Kind::MultiPolygon => self.list(Self::polygon),
            Kind::Other => None,
        }
    }

    fn polygon(&mut self) -> Option<Polygon<f64>> {
        polygon(self.list(Self::ring)?.into_iter())
    }

    fn ring(&mut self) -> Option<LineString<f64>> {
        self.list(Self::corner).map(LineString::new)
    }

    /// A place in the plane.
    fn corner(&mut self) -> Option<Coord<f64>> {
        self.eat(b'[')?;
        let x = self.number()?.parse().ok()?;
        self.eat(b',')?;
        let y = self.number()?.parse().ok()?;
        self.eat(b']')?;
        Some(Coord { x, y })
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.eat(b'[')?;
        let mut items = Vec::new();
        loop {
            items.push(item(self)?);
            match self.next()? {
                b',' => {}
                b']' => return Some(items),
                _ => return None,
            }
        }
    }

    fn value(&mut self) -> Option<Value<'a>> {
        Some(match self.peek()? {
            b'"' => Value::Text(self.string()?),
            b'{' | b'[' => {
                let start = self.at;
                self.skip()?;
                Value::Other(&self.text[start..self.at])
            }
            b't' => self.word("true").map(|()| Value::Flag(true))?,
            b'f' => self.word("false").map(|()| Value::Flag(false))?,
            b'n' => self.word("null").map(|()| Value::Null)?,
            _ => Value::Number(self.number()?),
        })
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    /// Leaves a value out.
    fn skip(&mut self) -> Option<()> {
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    open = open.checked_sub(1)?;
                    self.at += 1;
                }
                b'"' => drop(self.string()?),
                b',' | b':' if open > 0 => self.at += 1,
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => drop(self.number()?),
            }
            if open == 0 {
                return Some(());
            }
        }
    }

    fn number(&mut self) -> Option<&'a str> {
        self.peek()?;
        let rest = self.text.as_bytes().get(self.at..)?;
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(|byte| is_digit(byte)).count();
        let digits = self.text.get(self.at..self.at + length)?;
        self.at += length;
        let begins = digits.trim_start_matches('-').as_bytes().first();
        begins.is_some_and(u8::is_ascii_digit).then_some(digits)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.eat(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut is_plain = true;
        loop {
            match *bytes.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    is_plain = false;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        let inside = self.text.get(start..self.at)?;
        self.at += 1;
        if is_plain {
            return Some(Cow::Borrowed(inside));
        }
        // Escapes are seldom: the library knows them all.
        serde_json::from_str(&self.text[start - 1..self.at]).ok().map(Cow::Owned)
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }
}

/// Geometries that are read here.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Polygon,
    MultiPolygon,
    Other,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "Polygon" => Self::Polygon,
            "MultiPolygon" => Self::MultiPolygon,
            _ => Self::Other,
        }
    }
}
