//! What goes through the pipes between the one who asks and the one who reads.
//!
//! ```text
//! asker ── Question ─────────────────────────────────► reader (confines itself, then opens the file)
//! asker ◄─ Confined · Progress* · Records* · Findings* · Report · Done ── reader
//!       ◄─ … · Anew · …                      what came before counts no more
//!       ◄─ … · Failed
//! ```
//! Parcels come as they are made, while the rest of the file is read.
//! A frame is its length (4 bytes, little end first), its kind (1 byte) and its
//! content in postcard. The asker believes nothing that comes back: lengths are
//! bounded before memory is taken, values are checked as [`super::records`] says.

use std::io::{self, Read, Write};

use geo::{MultiPolygon, Rect, coord};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{check::Doubt, shapes::Areas};
use crate::{
    domain::Code,
    ingest::{Bounds, Commune, Encoding, Mapping, Options, Target},
};

/// Longest frame that a reader may send, bytes: a shape of a million vertices.
pub const LONGEST_ANSWER: usize = 16 << 20;
/// Longest question, bytes: the boundaries of all communes of the country.
const LONGEST_QUESTION: usize = 1 << 30;
/// A frame of many parts is sent once it is so long, bytes.
pub const ENOUGH: usize = 256 << 10;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// [`Question`].
    Question,
    /// [`super::Confinement`]: the reader is confined and begins.
    Confined,
    /// Features read, and how many there are.
    Progress,
    /// Records, rows or layers: whatever was asked for. Parcels are packed.
    Records,
    /// The records and findings that came before count no more: all of them come again.
    Anew,
    /// [`super::findings::Finding`]s.
    Findings,
    /// The report without its lists, or what a table has instead.
    Report,
    /// [`ReaderFault`]: the file can't be read.
    Failed,
    /// That was all.
    Done,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Question,
        Self::Confined,
        Self::Progress,
        Self::Records,
        Self::Anew,
        Self::Findings,
        Self::Report,
        Self::Failed,
        Self::Done,
    ];
}

/// What is asked of a reader.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// What is to be done.
    pub task: Task,
    /// Folder of its own: `in` with links to the file's parts, `tmp` to write into.
    pub folder: Vec<u8>,
    /// Name of the file in `in`.
    pub name: Vec<u8>,
    /// Places behind the links, which alone may be read there.
    pub given: Vec<Vec<u8>>,
    /// Memory beside what the program itself takes, bytes.
    pub memory: u64,
    /// Seconds on the processors.
    pub seconds: u64,
    /// Most that is taken of the file.
    pub bounds: Bounds,
}

/// What a reader is to do with the file.
#[derive(Debug, Serialize, Deserialize)]
pub enum Task {
    /// Say how it is confined.
    Nothing,
    /// Its layers.
    Outline,
    /// Its events, of this layer.
    Events(Option<String>),
    /// Its units, projects or parcels.
    Records(Box<WireOptions>),
}

/// How the file is to be understood: [`Options`] as they travel.
#[derive(Debug, Serialize, Deserialize)]
pub struct WireOptions {
    target: Target,
    layer: Option<String>,
    crs: Option<String>,
    encoding: Encoding,
    mapping: Mapping,
    project: Option<String>,
    unit: Option<String>,
    communes: Vec<(String, String, Areas)>,
    levels: Vec<String>,
    expected: Option<[f64; 4]>,
    boundary: Option<Areas>,
}

impl WireOptions {
    /// The options for `target`, and the boundary at which parcels are cut.
    pub fn new(target: Target, options: &Options, boundary: Option<&MultiPolygon<f64>>) -> Self {
        let commune = |commune: &Commune| {
            (commune.code.to_string(), commune.name.clone(), Areas::from(commune.boundary.clone()))
        };
        Self {
            target,
            layer: options.layer.clone(),
            crs: options.crs.clone(),
            encoding: options.encoding,
            mapping: options.mapping.clone(),
            project: options.project.as_ref().map(Code::to_string),
            unit: options.unit.as_ref().map(Code::to_string),
            communes: options.communes.iter().map(commune).collect(),
            levels: options.levels.clone(),
            expected: options.expected_area.map(|r| [r.min().x, r.min().y, r.max().x, r.max().y]),
            boundary: boundary.map(|boundary| Areas::from(boundary.clone())),
        }
    }

    /// What it says again.
    pub fn into_parts(self, bounds: Bounds) -> (Target, Options, Option<MultiPolygon<f64>>) {
        let code = |text: String| Code::new(&text).ok();
        let commune = |(text, name, boundary): (String, String, Areas)| {
            Some(Commune { code: code(text)?, name, boundary: boundary.into() })
        };
        let corner = |x, y| coord! { x: x, y: y };
        let options = Options {
            layer: self.layer,
            crs: self.crs,
            encoding: self.encoding,
            mapping: self.mapping,
            project: self.project.and_then(code),
            unit: self.unit.and_then(code),
            communes: self.communes.into_iter().filter_map(commune).collect(),
            levels: self.levels,
            expected_area: self
                .expected
                .map(|[west, south, east, north]| Rect::new(corner(west, south), corner(east, north))),
            bounds,
        };
        (self.target, options, self.boundary.map(Into::into))
    }
}

/// Why the file can't be read, in the reader's words.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReaderFault {
    /// One of `IngestError::CODES`.
    pub code: String,
    /// What is wrong, and what to do.
    pub words: String,
    /// The caller's words are at fault rather than the file.
    pub wrong_usage: bool,
}

/// Sends one frame.
///
/// # Errors
/// [`io::Error`] when the pipe is closed or the content is too long for a frame.
pub fn send(pipe: &mut dyn Write, kind: Kind, content: &impl Serialize) -> io::Result<()> {
    send_bytes(pipe, kind, &postcard::to_stdvec(content).map_err(io::Error::other)?)
}

/// Sends a frame of these bytes.
///
/// # Errors
/// As [`send`].
pub fn send_bytes(pipe: &mut dyn Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let most = if kind == Kind::Question { LONGEST_QUESTION } else { LONGEST_ANSWER };
    if bytes.len() > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a part is too large for a frame"));
    }
    pipe.write_all(&(bytes.len() as u32).to_le_bytes())?;
    pipe.write_all(&[kind as u8])?;
    pipe.write_all(bytes)
}

/// Sends many parts in as many frames as they need.
///
/// # Errors
/// [`io::Error`] when the pipe is closed or one part is too long for a frame.
pub fn send_parts<T: Serialize>(
    pipe: &mut dyn Write,
    kind: Kind,
    parts: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(2 * ENOUGH);
    for part in parts {
        postcard::to_io(&part, &mut bytes).map_err(io::Error::other)?;
        if bytes.len() >= ENOUGH {
            send_bytes(pipe, kind, &bytes)?;
            bytes.clear();
        }
    }
    if bytes.is_empty() { Ok(()) } else { send_bytes(pipe, kind, &bytes) }
}

/// Each part of a frame of many.
///
/// # Errors
/// [`io::Error`] when the bytes are no such values; else the error of `take`.
pub fn each<T: DeserializeOwned>(
    mut bytes: &[u8],
    mut take: impl FnMut(T) -> Result<(), Doubt>,
) -> Result<(), Doubt> {
    while !bytes.is_empty() {
        let (part, rest) = postcard::take_from_bytes(bytes).map_err(|_| Doubt("a frame that is none"))?;
        take(part)?;
        bytes = rest;
    }
    Ok(())
}

/// Receives the question.
///
/// # Errors
/// [`io::Error`] when the pipe is closed or brings something else than a question.
pub fn receive_question(pipe: &mut dyn Read) -> io::Result<Question> {
    let mut bytes = Vec::new();
    match receive(pipe, LONGEST_QUESTION, &mut bytes)? {
        Some(Kind::Question) => read(&bytes),
        _ => Err(io::Error::other("this is no question")),
    }
}

/// Receives one frame of at most `most` bytes into `bytes`: its kind; none where the pipe ends.
///
/// # Errors
/// [`io::Error`] when the pipe is closed, the kind is unknown or the frame is longer than `most`.
pub fn receive(pipe: &mut dyn Read, most: usize, bytes: &mut Vec<u8>) -> io::Result<Option<Kind>> {
    let mut head = [0; 5];
    if pipe.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    pipe.read_exact(&mut head[1..])?;
    let [a, b, c, d, kind] = head;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    let kind = Kind::ALL.into_iter().find(|known| *known as u8 == kind);
    let kind = kind.filter(|_| length <= most).ok_or_else(|| io::Error::other("this is no frame"))?;
    bytes.resize(length, 0);
    pipe.read_exact(bytes)?;
    Ok(Some(kind))
}

/// The content of a frame; all of its bytes must be used.
///
/// # Errors
/// [`io::Error`] when the bytes are no such value.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(io::Error::other("a frame is longer than its content")),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// A value of a table's row as it travels.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SentValue {
    /// Text.
    Text(String),
    /// A number in its digits.
    Number(String),
    /// Yes or no.
    Flag(bool),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were_sent() {
        let mut pipe = Vec::new();
        send(&mut pipe, Kind::Progress, &(7_u64, Some(9_u64))).unwrap();
        send(&mut pipe, Kind::Done, &()).unwrap();
        let (mut rest, mut bytes) = (pipe.as_slice(), Vec::new());
        assert_eq!(receive(&mut rest, 100, &mut bytes).unwrap(), Some(Kind::Progress));
        assert_eq!(read::<(u64, Option<u64>)>(&bytes).unwrap(), (7, Some(9)));
        assert_eq!(receive(&mut rest, 100, &mut bytes).unwrap(), Some(Kind::Done));
        assert_eq!(receive(&mut rest, 100, &mut bytes).unwrap(), None);
    }

    #[test]
    fn what_is_no_frame_is_refused_before_memory_is_taken() {
        let mut bytes = Vec::new();
        assert!(receive(&mut &[255, 255, 255, 255, 3][..], LONGEST_ANSWER, &mut bytes).is_err());
        assert!(receive(&mut &[1, 0, 0, 0, 99, 0][..], LONGEST_ANSWER, &mut bytes).is_err());
        assert!(receive(&mut &[9, 0, 0, 0, 3, 0][..], LONGEST_ANSWER, &mut bytes).is_err());
        assert!(bytes.capacity() < 1 << 20);
        assert!(read::<u8>(&[1, 2]).is_err());
    }
}
