//! Photographs are decoded and written anew, one at a time: nothing of their metadata stays, and nobody's holds others
//! up or takes the memory.

use std::{io::Cursor, sync::Arc, time::Duration};

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use super::{background::blocking, problem::Problem};

/// Pixels of a picture, as its header says, before anything is decoded: the largest of today's telephones have as many.
const MOST_PIXELS: u64 = 50_000_000;
/// Longest edge of a photograph that is kept, pixels; larger ones are brought down to it.
const LONGEST_EDGE: u32 = 2560;
/// Memory that decoding may take, bytes: a picture of the most pixels with four channels of two bytes.
const MEMORY: u64 = 448 << 20;
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
    let format = match kind {
        AttachmentKind::Pdf if body.starts_with(b"%PDF-") => return Ok((kind, body.to_vec())),
        AttachmentKind::Pdf => return Err("the file is not a PDF".to_owned()),
        AttachmentKind::Jpeg => ImageFormat::Jpeg,
        AttachmentKind::Png => ImageFormat::Png,
        AttachmentKind::Webp => ImageFormat::WebP,
    };
    let wrong = |error: image::ImageError| format!("the photograph cannot be read: {error}");
    let mut reader = ImageReader::with_format(Cursor::new(body), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS {
        return Err(format!(
            "the photograph has {width} × {height} pixels; at most {} million are taken",
            MOST_PIXELS / 1_000_000
        ));
    }
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > LONGEST_EDGE {
        picture = picture.resize(LONGEST_EDGE, LONGEST_EDGE, image::imageops::FilterType::CatmullRom);
    }
    // The one lossless kind stays; everything else is kept as JPEG.
    let (kind, format) =
        if kind == AttachmentKind::Png { (kind, format) } else { (AttachmentKind::Jpeg, ImageFormat::Jpeg) };
    let picture =
        if kind == AttachmentKind::Jpeg { DynamicImage::ImageRgb8(picture.to_rgb8()) } else { picture };
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).map_err(wrong)?;
    Ok((kind, out.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_no_metadata() {
        let mut jpeg = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(8, 4).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let mut jpeg = jpeg.into_inner();
        // An Exif segment with an orientation (6: turn right) and a word that must go.
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"SECRETPLACE");
        let mut segment = vec![0xff, 0xe1];
        segment.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
        segment.extend_from_slice(&exif);
        jpeg.splice(2..2, segment);
        let (_, clean) = clean(AttachmentKind::Jpeg, &jpeg).unwrap();
        assert!(!clean.windows(11).any(|w| w == b"SECRETPLACE"));
        let upright = image::load_from_memory(&clean).unwrap();
        assert_eq!((upright.width(), upright.height()), (4, 8));
    }

    #[test]
    fn a_file_that_is_not_what_it_says_is_refused() {
        assert!(clean(AttachmentKind::Pdf, b"<html>").is_err());
        assert!(clean(AttachmentKind::Png, b"%PDF-1.7").is_err());
    }
}
