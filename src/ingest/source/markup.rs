//! What stands before the first element of an XML file.
//!
//! A document type there may declare entities that grow into gigabytes or name
//! other files. Neither GML nor KML has any use for one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::ingest::error::IngestError;

/// So much may stand before the first element: comments with a licence or a title.
const PROLOG: u64 = 64 << 10;

/// Fails if a document type stands before the first element of an XML file.
///
/// # Errors
/// [`IngestError`] when the file declares a document type or does not begin with an element.
pub fn check(path: &Path) -> Result<(), IngestError> {
    let file = path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|opened| opened.take(PROLOG).read_to_end(&mut bytes))
        .map_err(|e| IngestError::Unreadable { file: file.clone(), cause: e.to_string() })?;
    // In UTF-16 every other byte of a tag is zero.
    bytes.retain(|byte| *byte != 0);
    match first_tag(&bytes) {
        Some(Tag::Element) => Ok(()),
        Some(Tag::DocumentType) => {
            Err(IngestError::Active { file, what: "a document type (DOCTYPE)".into() })
        }
        None => Err(IngestError::NotADataset { file, cause: "it begins with no XML element".into() }),
    }
}

/// Whether bytes begin as XML does, in UTF-8 or UTF-16.
pub fn is_markup(bytes: &[u8]) -> bool {
    let bare = bytes
        .iter()
        .find(|byte| !matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF | b' ' | b'\t' | b'\r' | b'\n'));
    bare == Some(&b'<')
}

#[derive(Debug, PartialEq)]
enum Tag {
    Element,
    DocumentType,
}

fn first_tag(bytes: &[u8]) -> Option<Tag> {
    let mut rest = bytes;
    loop {
        let at = rest.iter().position(|byte| *byte == b'<')?;
        rest = &rest[at + 1..];
        let end: &[u8] = match rest {
            [b'!', b'-', b'-', ..] => b"-->",
            [b'?', ..] => b"?>",
            [b'!', ..] => return Some(Tag::DocumentType),
            _ => return Some(Tag::Element),
        };
        let after = rest.windows(end.len()).position(|window| window == end)?;
        rest = &rest[after + end.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_is_found_behind_comments() {
        assert_eq!(first_tag(b"<?xml version='1.0'?><!-- <!DOCTYPE a> --><kml/>"), Some(Tag::Element));
        assert_eq!(
            first_tag(b"<?xml version='1.0'?><!-- a --> <!DOCTYPE a []><a/>"),
            Some(Tag::DocumentType)
        );
        assert_eq!(first_tag(b"<!-- never closed "), None);
        assert!(
            is_markup(b"\xEF\xBB\xBF <a/>") && is_markup(b"\xFF\xFE<\0a\0") && !is_markup(b"{\"a\":\"<\"}")
        );
    }
}
