//! The shapes of a Shapefile and their index (ESRI Shapefile Technical Description, 1998). What stands before them tells
//! their length and reach: they wait in temporary files until both are known.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
};

use crate::{export::error::ExportError, query::Outline};

const NOTHING: i32 = 0;
const LINE: i32 = 3;
const POLYGON: i32 = 5;
/// Bytes that many readers take at most, the head included.
const MOST_BYTES: u64 = i32::MAX as u64;
/// Bytes before the first shape.
const HEAD: u64 = 100;

/// West, south, east, north.
type Reach = [f64; 4];
const NOWHERE: Reach = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

/// Shapes and index so far.
pub struct Shapes {
    kind: i32,
    records: BufWriter<File>,
    index: BufWriter<File>,
    count: u32,
    length: u64,
    reach: Reach,
    record: Vec<u8>,
}

impl Shapes {
    /// None yet; lines or areas.
    ///
    /// # Errors
    /// [`ExportError::Io`] where no temporary file can be made.
    pub fn new(is_linear: bool) -> Result<Self, ExportError> {
        let spool = || Ok::<_, io::Error>(BufWriter::with_capacity(1 << 18, tempfile::tempfile()?));
        Ok(Self {
            kind: if is_linear { LINE } else { POLYGON },
            records: spool()?,
            index: spool()?,
            count: 0,
            length: HEAD,
            reach: NOWHERE,
            record: Vec::new(),
        })
    }

    /// Adds a shape, or that there is none.
    ///
    /// # Errors
    /// [`ExportError::Io`] where the disk is full, [`ExportError::TooMany`] for more than two gigabytes.
    pub fn add(&mut self, outline: Option<&Outline>) -> Result<(), ExportError> {
        self.count += 1;
        self.record.clear();
        match outline {
            None => self.record.extend_from_slice(&NOTHING.to_le_bytes()),
            Some(outline) => {
                let reach = write(self.kind, outline, &mut self.record);
                self.reach = joined(self.reach, reach);
            }
        }
        let words = (self.record.len() as u32 / 2).to_be_bytes();
        self.index.write_all(&((self.length / 2) as u32).to_be_bytes())?;
        self.index.write_all(&words)?;
        self.records.write_all(&self.count.to_be_bytes())?;
        self.records.write_all(&words)?;
        self.records.write_all(&self.record)?;
        self.length += 8 + self.record.len() as u64;
        if self.length > MOST_BYTES { Err(super::too_many()) } else { Ok(()) }
    }

    /// The two parts, each as what stands before it and the file with the rest, at its beginning.
    ///
    /// # Errors
    /// [`ExportError::Io`] where the disk is full.
    pub fn finish(self) -> Result<[(Vec<u8>, File); 2], ExportError> {
        let index_length = HEAD + 8 * u64::from(self.count);
        let head = |length| head(self.kind, length, self.reach);
        let heads = [head(self.length), head(index_length)];
        let rewound = |spool: BufWriter<File>| {
            let mut file = spool.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind().map(|()| file)
        };
        let [shapes, index] = heads;
        Ok([(shapes, rewound(self.records)?), (index, rewound(self.index)?)])
    }
}

fn joined(a: Reach, b: Reach) -> Reach {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// What stands before the shapes, and before the index.
fn head(kind: i32, length: u64, reach: Reach) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD as usize);
    head.extend_from_slice(&9994_i32.to_be_bytes());
    head.resize(24, 0);
    head.extend_from_slice(&((length / 2) as u32).to_be_bytes());
    head.extend_from_slice(&1000_i32.to_le_bytes());
    head.extend_from_slice(&kind.to_le_bytes());
    let reach = if reach == NOWHERE { [0.0; 4] } else { reach };
    reach.iter().for_each(|edge| head.extend_from_slice(&edge.to_le_bytes()));
    head.resize(HEAD as usize, 0);
    head
}

/// Writes a shape; gives its reach. Outer rings are clockwise here.
fn write(kind: i32, outline: &Outline, record: &mut Vec<u8>) -> Reach {
    let place = |[x, y]: [f64; 2]| [x, y, x, y];
    let reach = outline.coords.iter().copied().map(place).fold(NOWHERE, joined);
    record.extend_from_slice(&kind.to_le_bytes());
    reach.iter().for_each(|edge| record.extend_from_slice(&edge.to_le_bytes()));
    let parts = outline.rings.len().max(1);
    for number in [parts, outline.coords.len()] {
        record.extend_from_slice(&(number as i32).to_le_bytes());
    }
    let mut start = 0_i32;
    record.extend_from_slice(&start.to_le_bytes());
    for ring in outline.rings.iter().take(parts - 1) {
        start = ring.end as i32;
        record.extend_from_slice(&start.to_le_bytes());
    }
    let mut corner = |[x, y]: &[f64; 2]| {
        record.extend_from_slice(&x.to_le_bytes());
        record.extend_from_slice(&y.to_le_bytes());
    };
    if outline.is_line() {
        outline.coords.iter().for_each(&mut corner);
    }
    outline.rings().for_each(|(_, ring)| ring.iter().rev().for_each(&mut corner));
    reach
}
