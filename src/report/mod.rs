//! The briefing document: one content, written as PDF, DOCX or XLSX.
//!
//! ```text
//! view ─ build ─► Document (headings, texts, tables, drawings) ─┬─ pdf
//!           ▲                                                   ├─ docx
//!        words (data/report/vi.toml, en.toml)                   └─ xlsx (numbers as numbers)
//! ```
//! The figures are those of `analysis`; no text stands in code. It knows nothing of HTTP or the
//! clock. No holder appears in any of it. Layout after Decree 30/2020/NĐ-CP.

mod board;
mod build;
mod content;
mod curve;
mod data;
mod decisions;
mod docx;
mod duties;
mod fonts;
mod map;
mod pdf;
mod picture;
mod raster;
mod tables;
mod words;
mod xlsx;

use crate::{
    analysis::{Board, Discretion, View},
    domain::{Campaign, Vocabulary},
};

pub use crate::domain::Language;
pub use content::{Block, Cell, Column, Document, Picture, Section, Table};
pub use words::Words;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A project, by index.
    Project(usize),
    /// A unit with all below it, by index.
    Unit(usize),
    /// Everything.
    Province,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PDF.
    Pdf,
    /// Office Open XML text.
    Docx,
    /// Office Open XML sheets.
    Xlsx,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Docx, Self::Xlsx];

    /// The format's code: the end of a file's name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What a report needs besides the view.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Words for codes.
    pub vocabulary: &'a Vocabulary,
    /// Name of the province.
    pub province: Option<&'a str>,
    /// Everything is made up.
    pub illustration: bool,
    /// How money is shown.
    pub discretion: Discretion,
}

/// Why a report can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Words that can't be read.
    #[error("{file}: {why}")]
    Words {
        /// File.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A page or a picture; fonts and colours come with the program.
    #[error("the report cannot be laid out: {0}")]
    Layout(String),
    /// A file of Office Open XML.
    #[error("the report cannot be written: {0}")]
    Write(String),
}

/// The content of the report about `subject` on the view's day: O(parcels).
///
/// # Errors
/// [`ReportError`] when the table of colours can't be read; it comes with the program.
pub fn document(
    view: &View,
    subject: Subject,
    words: &Words,
    setting: Setting<'_>,
) -> Result<Document, ReportError> {
    build::document(view, subject, words, setting)
}

/// The board of a campaign as a document to sign.
pub fn board_document(
    view: &View,
    campaign: &Campaign,
    board: &Board,
    words: &Words,
    setting: Setting<'_>,
) -> Document {
    board::document(view, campaign, board, words, setting)
}

/// The document's bytes in a format.
///
/// # Errors
/// [`ReportError`] when the format's library can't write the document.
pub fn write(document: &Document, format: Format) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Pdf => pdf::write(document),
        Format::Docx => docx::write(document),
        Format::Xlsx => xlsx::write(document),
    }
}
