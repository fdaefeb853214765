//! Photographs are decoded and written anew, one at a time: nothing of their metadata stays, and nobody's holds others
//! up or takes the memory.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::{
    background::blocking,
    problem::Problem,
    raster::{Bounds, Packing, Raster},
};

/// Pixels of a picture, as its header says, before anything is decoded: the largest of today's telephones have as many.
const MOST_PIXELS: u64 = 50_000_000;
/// Longest edge of a photograph that is kept, pixels; larger ones are brought down to it.
const LONGEST_EDGE: usize = 2560;
/// Memory that decoding may take, bytes: a picture of the most pixels with four channels of two bytes.
const MEMORY: usize = 448 << 20;
/// Files that may wait to be decoded, each with its bytes in memory.
const WAITING: usize = 16;
/// How long they wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// What can be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A photograph.
    Jpeg,
    /// A picture without loss.
    Png,
    /// A photograph.
    Webp,
    /// A scan.
    Pdf,
}

impl AttachmentKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Pdf];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// The end of its name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
        }
    }
}

/// The place where pictures are decoded.
#[derive(Debug, Clone)]
pub struct Pictures {
    one: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { one: Arc::new(Semaphore::new(1)), waiting: Arc::new(Semaphore::new(WAITING)) }
    }
}

impl Pictures {
    /// A file without its metadata; photographs upright and not larger than needed.
    ///
    /// # Errors
    /// 400 for a file that is not what it says; 503 where too many wait.
    pub async fn clean(
        &self,
        kind: AttachmentKind,
        body: Bytes,
    ) -> Result<(AttachmentKind, Vec<u8>), Problem> {
        if kind == AttachmentKind::Pdf {
            return clean(kind, &body).map_err(Problem::invalid);
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| Problem::busy_reading())?;
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.one).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Problem::busy_reading()) };
        let work = blocking(move || {
            // Held to the end of the work, also where who asked has left.
            let _turn = turn;
            clean(kind, &body)
        });
        work.await?.map_err(Problem::invalid)
    }
}

fn clean(kind: AttachmentKind, body: &[u8]) -> Result<(AttachmentKind, Vec<u8>), String> {
    let packing = match kind {
        AttachmentKind::Pdf if body.starts_with(b"%PDF-") => return Ok((kind, body.to_vec())),
        AttachmentKind::Pdf => return Err("the file is not a PDF".to_owned()),
        AttachmentKind::Jpeg => Packing::Jpeg,
        AttachmentKind::Png => Packing::Png,
        AttachmentKind::Webp => Packing::Webp,
    };
    let bounds = Bounds { pixels: MOST_PIXELS, memory: MEMORY };
    let written = Raster::read(packing, body, bounds, LONGEST_EDGE)
        // The one lossless kind stays; everything else is kept as JPEG.
        .and_then(|picture| match kind {
            AttachmentKind::Png => Ok((kind, picture.png()?)),
            _ => Ok((AttachmentKind::Jpeg, picture.jpeg()?)),
        });
    written.map_err(|error| format!("the photograph cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_no_metadata() {
        let mut jpeg = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
        encoder.encode(&[120; 8 * 4 * 3], 8, 4, jpeg_encoder::ColorType::Rgb).unwrap();
        // An Exif segment with an orientation (6: turn right) and a word that must go.
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"SECRETPLACE");
        let mut segment = vec![0xff, 0xe1];
        segment.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
        segment.extend_from_slice(&exif);
        jpeg.splice(2..2, segment);
        let (_, clean) = clean(AttachmentKind::Jpeg, &jpeg).unwrap();
        assert!(!clean.windows(11).any(|w| w == b"SECRETPLACE"));
        let bounds = Bounds { pixels: MOST_PIXELS, memory: MEMORY };
        assert_eq!(Raster::read(Packing::Jpeg, &clean, bounds, LONGEST_EDGE).unwrap().size(), (4, 8));
    }

    #[test]
    fn a_file_that_is_not_what_it_says_is_refused() {
        assert!(clean(AttachmentKind::Pdf, b"<html>").is_err());
        assert!(clean(AttachmentKind::Png, b"%PDF-1.7").is_err());
    }
}
