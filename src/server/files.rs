//! Scans and photographs beside the store: a local folder, or a bucket by configuration.
//!
//! A file is named by the SHA-256 of what is kept, so it never changes and the
//! same photograph sent twice is kept once. Photographs are decoded and written
//! anew: nothing of their metadata, such as the place and the phone, stays.

use std::{io::Write as _, path::Path, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, PutMode, buffered::BufWriter, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio_stream::StreamExt as _;

use super::{
    background::blocking,
    pictures::{AttachmentKind, Pictures},
    problem::Problem,
    scanner::Scanner,
};
use crate::domain::hex;

/// Largest file that is taken, bytes.
pub const LARGEST: usize = 10 << 20;

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

/// How much may be sent and kept, bytes.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// By an account within a day.
    pub of_day: u64,
    /// Of all events about a parcel.
    pub of_parcel: u64,
}

/// The files.
#[derive(Debug, Clone)]
pub struct Files {
    storage: Arc<dyn ObjectStore>,
    folder: Option<std::path::PathBuf>,
    pictures: Pictures,
    scanner: Option<Scanner>,
    /// How much may be sent and kept.
    pub quota: Quota,
}

/// Where files can't be kept.
#[derive(Debug, thiserror::Error)]
#[error("files cannot be kept at {storage}: {why}")]
pub struct FilesError {
    storage: String,
    why: String,
}

impl Files {
    /// Files in a folder, which is made when the first file comes.
    pub fn in_folder(folder: &Path) -> Self {
        Self::new(Arc::new(object_store::memory::InMemory::new()), Some(folder.to_owned()))
    }

    /// Files at an address such as `s3://bucket/prefix`; its keys come from the environment
    /// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT`, `AWS_REGION`).
    ///
    /// # Errors
    /// `FilesError` when the address is neither a folder nor a bucket's URL.
    pub fn at(address: &str) -> Result<Self, FilesError> {
        let wrong = |why: String| FilesError { storage: address.to_owned(), why };
        let rest =
            address.strip_prefix("s3://").ok_or_else(|| wrong("write s3://bucket/prefix".to_owned()))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let s3 = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(bucket).build();
        let s3 = s3.map_err(|error| wrong(error.to_string()))?;
        let storage: Arc<dyn ObjectStore> = if prefix.is_empty() {
            Arc::new(s3)
        } else {
            Arc::new(object_store::prefix::PrefixStore::new(s3, prefix))
        };
        Ok(Self::new(storage, None))
    }

    fn new(storage: Arc<dyn ObjectStore>, folder: Option<std::path::PathBuf>) -> Self {
        let quota = Quota { of_day: u64::MAX, of_parcel: u64::MAX };
        Self { storage, folder, pictures: Pictures::default(), scanner: None, quota }
    }

    /// With limits, and a program that looks at each file first.
    #[must_use]
    pub fn guarded(self, quota: Quota, scanner: Option<Scanner>) -> Self {
        Self { scanner, quota, ..self }
    }

    /// Has the operator's scanner look at a file, where there is one.
    ///
    /// # Errors
    /// As [`Scanner::look`].
    pub async fn scan(&self, file: &Path) -> Result<(), Problem> {
        match &self.scanner {
            Some(scanner) => scanner.look(file).await,
            None => Ok(()),
        }
    }

    /// The same for bytes, which lie in a file of their own meanwhile.
    async fn scan_bytes(&self, body: &Bytes) -> Result<(), Problem> {
        if self.scanner.is_none() {
            return Ok(());
        }
        let body = body.clone();
        let write = move || {
            let mut file = tempfile::NamedTempFile::new()?;
            file.write_all(&body)?;
            file.flush().map(|()| file)
        };
        let written = blocking(write).await?;
        self.scan(written.map_err(|e| Problem::disk(&e))?.path()).await
    }

    fn storage(&self) -> Result<Arc<dyn ObjectStore>, Problem> {
        let Some(folder) = &self.folder else { return Ok(Arc::clone(&self.storage)) };
        std::fs::create_dir_all(folder).map_err(|e| Problem::disk(&e))?;
        let local = LocalFileSystem::new_with_prefix(folder).map_err(|e| Problem::disk(&e))?;
        Ok(Arc::new(local))
    }

    /// Has a file scanned, checks it, strips it of metadata and keeps it.
    ///
    /// # Errors
    /// 415 when the kind is not taken; 422 when the content is not of that kind or the scanner refuses it; 503 when
    /// the scanner can't be run; 507 or 500 when the file can't be kept.
    pub async fn keep(&self, media_type: &str, body: Bytes) -> Result<Kept, Problem> {
        let kind = AttachmentKind::ALL.into_iter().find(|kind| kind.media_type() == media_type).ok_or_else(
            || {
                let known = AttachmentKind::ALL.map(AttachmentKind::media_type).join(", ");
                Problem::media_type(format!("\"{media_type}\" is not taken; these are: {known}"))
            },
        )?;
        self.scan_bytes(&body).await?;
        let (kind, clean) = self.pictures.clean(kind, body).await?;
        let id = format!("{}.{}", hex(&Sha256::digest(&clean)), kind.extension());
        let kept = Kept { id, content_type: kind.media_type(), bytes: clean.len() };
        let put = self
            .storage()?
            .put_opts(&Key::from(kept.id.as_str()), clean.into(), PutMode::Create.into())
            .await;
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
        let synced = blocking(sync).await?;
        synced.map_err(|error| Problem::disk(&error))
    }

    /// Whether a file of this id is kept.
    ///
    /// # Errors
    /// 500 where the folder or the bucket can't be asked.
    pub async fn holds(&self, id: &str) -> Result<bool, Problem> {
        if kind_of(id).is_none() {
            return Ok(false);
        }
        match self.storage()?.head(&Key::from(id)).await {
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
        match self.storage()?.get(&Key::from(id)).await {
            Ok(found) => Ok((kind.media_type(), found.bytes().await.map_err(|e| Problem::internal(&e))?)),
            Err(object_store::Error::NotFound { .. }) => Err(missing()),
            Err(error) => Err(Problem::internal(&error)),
        }
    }

    /// Puts a file that waits to be imported where all servers see it. Its key is no attachment's id.
    ///
    /// # Errors
    /// 507 when the file can't be read here or the folder or the bucket can't be written.
    pub async fn put_waiting(&self, key: &str, path: &Path) -> Result<(), Problem> {
        let mut file = tokio::fs::File::open(path).await.map_err(|e| Problem::disk(&e))?;
        let mut writer = BufWriter::new(self.storage()?, Key::from(key));
        tokio::io::copy(&mut file, &mut writer).await.map_err(|e| Problem::disk(&e))?;
        writer.shutdown().await.map_err(|e| Problem::disk(&e))
    }

    /// Brings such a file to this server.
    ///
    /// # Errors
    /// 500 when the folder or the bucket can't be read or has no such file; 507 when it can't be written here.
    pub async fn fetch_waiting(&self, key: &str, path: &Path) -> Result<(), Problem> {
        let found = self.storage()?.get(&Key::from(key)).await.map_err(|e| Problem::internal(&e))?;
        let mut parts = found.into_stream();
        // Under its name it is whole.
        let part = tempfile::NamedTempFile::new().map_err(|e| Problem::disk(&e))?;
        let mut file = tokio::fs::File::create(part.path()).await.map_err(|e| Problem::disk(&e))?;
        while let Some(bytes) = parts.next().await {
            let bytes = bytes.map_err(|e| Problem::internal(&e))?;
            file.write_all(&bytes).await.map_err(|e| Problem::disk(&e))?;
        }
        file.flush().await.map_err(|e| Problem::disk(&e))?;
        part.persist(path).map(|_| ()).map_err(|e| Problem::disk(&e))
    }

    /// Removes such a file; one that is gone already is as good.
    ///
    /// # Errors
    /// 500 when the folder or the bucket can't be written.
    pub async fn remove_waiting(&self, key: &str) -> Result<(), Problem> {
        match self.storage()?.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Problem::internal(&error)),
        }
    }
}

/// The kind of a well-formed id.
fn kind_of(id: &str) -> Option<AttachmentKind> {
    let (digest, extension) = id.split_once('.')?;
    let hexadecimal = digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    hexadecimal.then(|| AttachmentKind::ALL.into_iter().find(|kind| kind.extension() == extension)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        assert!(kind_of("../../etc/passwd").is_none());
        assert!(kind_of(&format!("{}.jpg", "a".repeat(64))).is_some());
    }
}
