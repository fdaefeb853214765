//! Scans and photographs beside the store: a local folder, or a bucket by configuration.
//!
//! A file is named by the SHA-256 of what is kept, so it never changes and the
//! same photograph sent twice is kept once. Photographs are decoded and written
//! anew: nothing of their metadata, such as the place and the phone, stays.

use std::{io::Cursor, path::Path, sync::Arc};

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use object_store::{ObjectStore, PutMode, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::store::digest_hex;

/// Largest file that is taken, bytes.
pub const LARGEST: usize = 10 << 20;
/// Longest edge of a photograph that is kept, pixels; larger ones are brought down to it.
const LONGEST_EDGE: u32 = 2560;

/// What can be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Webp,
    Pdf,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Pdf];

    fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
        }
    }
}

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 and extension.
    pub id: String,
    /// Media type.
    pub content_type: &'static str,
    /// Bytes.
    pub bytes: usize,
}

/// The files.
#[derive(Debug, Clone)]
pub struct Files {
    place: Arc<dyn ObjectStore>,
    folder: Option<std::path::PathBuf>,
}

/// Where files can't be kept.
#[derive(Debug, thiserror::Error)]
#[error("files cannot be kept at {place}: {why}")]
pub struct FilesError {
    place: String,
    why: String,
}

impl Files {
    /// Files in a folder, which is made when the first file comes.
    pub fn in_folder(folder: &Path) -> Self {
        Self { place: Arc::new(object_store::memory::InMemory::new()), folder: Some(folder.to_owned()) }
    }

    /// Files at an address such as `s3://bucket/prefix`; its keys come from the environment
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT`, `AWS_REGION`).
    ///
    /// # Errors
    /// An address that is not understood.
    pub fn at(address: &str) -> Result<Self, FilesError> {
        let wrong = |why: String| FilesError { place: address.to_owned(), why };
        let rest =
            address.strip_prefix("s3://").ok_or_else(|| wrong("write s3://bucket/prefix".to_owned()))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let s3 = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(bucket).build();
        let s3 = s3.map_err(|error| wrong(error.to_string()))?;
        let place: Arc<dyn ObjectStore> = if prefix.is_empty() {
            Arc::new(s3)
        } else {
            Arc::new(object_store::prefix::PrefixStore::new(s3, prefix))
        };
        Ok(Self { place, folder: None })
    }

    fn place(&self) -> Result<Arc<dyn ObjectStore>, Problem> {
        let Some(folder) = &self.folder else { return Ok(Arc::clone(&self.place)) };
        std::fs::create_dir_all(folder).map_err(|e| Problem::disk(&e))?;
        let local = LocalFileSystem::new_with_prefix(folder).map_err(|e| Problem::disk(&e))?;
        Ok(Arc::new(local))
    }

    /// Checks a file, strips it of metadata and keeps it.
    ///
    /// # Errors
    /// A kind that is not taken, content that is not of that kind, or the disk's.
    pub async fn keep(&self, media_type: &str, body: Bytes) -> Result<Kept, Problem> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.media_type() == media_type).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::media_type).join(", ");
            Problem::media_type(format!("\"{media_type}\" is not taken; these are: {known}"))
        })?;
        let clean = tokio::task::spawn_blocking(move || clean(kind, &body));
        let (kind, clean) = clean.await.map_err(|e| Problem::internal(&e))?.map_err(Problem::nonsense)?;
        let id = format!("{}.{}", digest_hex(&Sha256::digest(&clean)), kind.extension());
        let kept = Kept { id, content_type: kind.media_type(), bytes: clean.len() };
        let put =
            self.place()?.put_opts(&Key::from(kept.id.as_str()), clean.into(), PutMode::Create.into()).await;
        match put {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(Problem::disk(&error)),
        }
        self.settle(&kept.id).await?;
        Ok(kept)
    }

    /// Has the system write a file to the disk, and its name into the folder.
    async fn settle(&self, id: &str) -> Result<(), Problem> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let file = folder.join(id);
        let sync =
            move || [file, folder].into_iter().try_for_each(|path| std::fs::File::open(path)?.sync_all());
        let synced = tokio::task::spawn_blocking(sync).await.map_err(|e| Problem::internal(&e))?;
        synced.map_err(|error| Problem::disk(&error))
    }

    /// Whether a file of this id is kept.
    ///
    /// # Errors
    /// The disk's or the bucket's.
    pub async fn holds(&self, id: &str) -> Result<bool, Problem> {
        if kind_of(id).is_none() {
            return Ok(false);
        }
        match self.place()?.head(&Key::from(id)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(Problem::internal(&error)),
        }
    }

    /// A file's media type and content.
    ///
    /// # Errors
    /// 404 when there is none of this id.
    pub async fn read(&self, id: &str) -> Result<(&'static str, Bytes), Problem> {
        let missing = || Problem::not_found("there is no such attachment");
        let kind = kind_of(id).ok_or_else(missing)?;
        match self.place()?.get(&Key::from(id)).await {
            Ok(found) => Ok((kind.media_type(), found.bytes().await.map_err(|e| Problem::internal(&e))?)),
            Err(object_store::Error::NotFound { .. }) => Err(missing()),
            Err(error) => Err(Problem::internal(&error)),
        }
    }
}

/// The kind of a well-formed id.
fn kind_of(id: &str) -> Option<Kind> {
    let (digest, extension) = id.split_once('.')?;
    let hexadecimal = digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    hexadecimal.then(|| Kind::ALL.into_iter().find(|kind| kind.extension() == extension)).flatten()
}

/// The file without its metadata; photographs upright and not larger than needed.
fn clean(kind: Kind, body: &[u8]) -> Result<(Kind, Vec<u8>), String> {
    let format = match kind {
        Kind::Pdf if body.starts_with(b"%PDF-") => return Ok((kind, body.to_vec())),
        Kind::Pdf => return Err("the file is not a PDF".to_owned()),
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
    };
    let wrong = |error: image::ImageError| format!("the photograph cannot be read: {error}");
    let mut reader = ImageReader::with_format(Cursor::new(body), format);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(20_000), Some(20_000));
    limits.max_alloc = Some(512 << 20);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > LONGEST_EDGE {
        picture = picture.resize(LONGEST_EDGE, LONGEST_EDGE, image::imageops::FilterType::CatmullRom);
    }
    // The one lossless kind stays; everything else is kept as JPEG.
    let (kind, format) = if kind == Kind::Png { (kind, format) } else { (Kind::Jpeg, ImageFormat::Jpeg) };
    let picture = if kind == Kind::Jpeg { DynamicImage::ImageRgb8(picture.to_rgb8()) } else { picture };
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).map_err(wrong)?;
    Ok((kind, out.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_no_metadata_and_ids_are_checked() {
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
        let (_, clean) = clean(Kind::Jpeg, &jpeg).unwrap();
        assert!(!clean.windows(11).any(|w| w == b"SECRETPLACE"));
        let upright = image::load_from_memory(&clean).unwrap();
        assert_eq!((upright.width(), upright.height()), (4, 8));
        assert!(kind_of("../../etc/passwd").is_none());
        assert!(kind_of(&format!("{}.jpg", "a".repeat(64))).is_some());
    }

    #[test]
    fn a_file_that_is_not_what_it_says_is_refused() {
        assert!(clean(Kind::Pdf, b"<html>").is_err());
        assert!(clean(Kind::Png, b"%PDF-1.7").is_err());
    }
}
