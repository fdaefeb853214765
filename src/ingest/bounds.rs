//! How much of a file is taken, whatever the file says of itself.
//!
//! Counted while reading, so that a file made to be endless ends early, with
//! words for the person who sent it.

use serde::{Deserialize, Serialize};

/// The most that is taken of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Features of a layer, or rows of a table.
    pub rows: usize,
    /// Vertices of all geometries together.
    pub vertices: usize,
    /// Straight pieces of the lines of a drawing.
    pub lines: usize,
    /// Things to tell about features: repairs, refusals, overlaps.
    pub findings: usize,
    /// Bytes that an archive (XLSX, ODS, KMZ) may unpack to.
    pub unpacked: u64,
}

/// Columns of a layer: more than a spreadsheet of a person has.
pub const MOST_COLUMNS: usize = 4096;
/// Characters of one text: more than a field of a person's table has.
pub const LONGEST_TEXT: usize = 20_000;

impl Bounds {
    /// For a file that came over the network.
    pub const UPLOAD: Self = Self {
        rows: 1_000_000,
        vertices: 20_000_000,
        lines: 1_000_000,
        findings: 500_000,
        unpacked: 1 << 30,
    };

    /// For a file that an operator names on the command line.
    pub const COMMAND: Self = Self {
        rows: 20_000_000,
        vertices: 400_000_000,
        lines: 10_000_000,
        findings: 20_000_000,
        unpacked: 16 << 30,
    };
}

impl Default for Bounds {
    fn default() -> Self {
        Self::COMMAND
    }
}

/// Which bound a file goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// [`Bounds::rows`].
    Rows,
    /// [`Bounds::vertices`].
    Vertices,
    /// [`Bounds::lines`].
    Lines,
    /// Crossings of the lines of a drawing, which grow with the square of its lines.
    Crossings,
    /// [`Bounds::findings`].
    Findings,
    /// [`Bounds::unpacked`].
    Unpacked,
    /// [`MOST_COLUMNS`].
    Columns,
    /// [`LONGEST_TEXT`].
    Text,
}

impl Bound {
    /// A word for it, which a program can tell apart.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rows => "too_many_rows",
            Self::Vertices => "too_many_vertices",
            Self::Lines => "too_many_lines",
            Self::Crossings => "too_many_crossings",
            Self::Findings => "too_many_findings",
            Self::Unpacked => "unpacks_too_large",
            Self::Columns => "too_many_columns",
            Self::Text => "text_too_long",
        }
    }

    /// What there is too much of, and what to do.
    pub(super) fn words(self, limit: u64) -> String {
        match self {
            Self::Rows => format!("more than {limit} rows; split the file and import its parts"),
            Self::Vertices => {
                format!("more than {limit} vertices; simplify the boundaries, or split the file")
            }
            Self::Lines => format!(
                "lines of more than {limit} straight pieces; name the levels of the boundary lines with --level NAME,…, or split the drawing into sheets"
            ),
            Self::Crossings => format!(
                "lines that cross each other more than {limit} times, as boundaries of parcels never do; name the levels of the boundary lines with --level NAME,… and leave hatchings out"
            ),
            Self::Findings => format!(
                "more than {limit} repairs, refusals and overlaps to tell about; correct the file, or look at a part of it"
            ),
            Self::Unpacked => format!(
                "content that unpacks to more than {} MB, far more than its size tells; save it anew in the program that it comes from",
                limit >> 20
            ),
            Self::Columns => format!("more than {limit} columns; delete those that are not needed"),
            Self::Text => format!("a text of more than {limit} characters; shorten it"),
        }
    }
}
