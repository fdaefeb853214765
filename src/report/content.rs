//! What a report holds, before any format.

use super::{Language, picture::Canvas, words};
use crate::domain::Day;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Language.
    pub language: Language,
    /// Body above the one that issues it.
    pub above: String,
    /// Body that issues it.
    pub issuer: String,
    /// National motto.
    pub motto: [String; 2],
    /// Place for its number.
    pub number: String,
    /// Place and day.
    pub place: String,
    /// Kind of document, title, day of the figures.
    pub title: [String; 3],
    /// Says that everything is made up.
    pub illustration: Option<String>,
    /// On each page: the ledger's position and head.
    pub footer: String,
    /// Sections.
    pub sections: Vec<Section>,
    /// Those who get it.
    pub recipients: Vec<String>,
    /// Above the signature.
    pub signature: String,
}

/// A section.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Its content.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text {
        /// Its text.
        text: String,
    },
    /// A numbered list.
    List {
        /// Its entries.
        entries: Vec<String>,
    },
    /// A table.
    Table(Table),
    /// A picture.
    Picture(Picture),
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Heading.
    pub name: String,
    /// Part of the width.
    pub width: f64,
    /// Numbers stand at the right.
    pub right: bool,
}

/// A table; its last row is a total where `total` says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Caption.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// The last row is the total.
    pub total: bool,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Caption.
    pub caption: String,
    /// What is drawn.
    pub drawing: Canvas,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number with this many decimals, as shown and as it is.
    Number(f64, usize, Language),
    /// A number with its sign.
    Signed(i64, Language),
    /// A share, 0 … 1, shown in percent with a decimal.
    Share(f64, Language),
    /// A day.
    Day(Day),
}

impl Cell {
    /// As people read it.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => "-".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(number, decimals, language) => words::number(*number, *decimals, *language),
            Self::Signed(number, language) => {
                let sign = if *number > 0 { "+" } else { "" };
                format!("{sign}{}", words::number(*number as f64, 0, *language))
            }
            Self::Share(share, language) => words::percent(*share, *language),
            Self::Day(day) => words::day(*day),
        }
    }
}
