//! Content encodings: which one a client takes, and the bytes in it.

use std::{cell::RefCell, io::Write};

use axum::http::{HeaderMap, header};
use bytes::Bytes;

/// A content encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// Bytes below which an encoding costs more than it saves.
const SMALL: usize = 256;

impl Encoding {
    /// The best that the client accepts: zstd, then brotli, then gzip at equal quality (RFC 9110, 12.5.3).
    pub fn negotiate(headers: &HeaderMap) -> Self {
        let mut best = (Self::Identity, 0.0f32);
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for entry in value.to_str().unwrap_or_default().split(',') {
                let (name, parameters) = entry.split_once(';').unwrap_or((entry, ""));
                let quality = parameters.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
                let encoding = match name.trim() {
                    "zstd" | "*" => Self::Zstd,
                    "br" => Self::Brotli,
                    "gzip" | "x-gzip" => Self::Gzip,
                    _ => continue,
                };
                if quality > best.1 || (quality > 0.0 && quality >= best.1 && encoding.rank() > best.0.rank())
                {
                    best = (encoding, quality);
                }
            }
        }
        best.0
    }

    fn rank(self) -> u8 {
        match self {
            Self::Identity => 0,
            Self::Gzip => 1,
            Self::Brotli => 2,
            Self::Zstd => 3,
        }
    }

    /// The name in headers; none for identity.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// `bytes` in this encoding at a speed fit for answers made on request,
    /// and the encoding that was used: small answers stay as they are.
    pub fn encode(self, bytes: &[u8]) -> (Bytes, Self) {
        if bytes.len() < SMALL || self == Self::Identity {
            return (Bytes::copy_from_slice(bytes), Self::Identity);
        }
        SCRATCH.with_borrow_mut(|out| {
            out.clear();
            let encoded = match self {
                Self::Identity => Ok(()),
                Self::Gzip => gzip(bytes, out),
                Self::Brotli => brotli(bytes, out),
                Self::Zstd => zstd(bytes, out),
            };
            // Writing to memory does not fail; if it did, the plain bytes are right too.
            match encoded {
                Ok(()) => (Bytes::copy_from_slice(out), self),
                Err(_) => (Bytes::copy_from_slice(bytes), Self::Identity),
            }
        })
    }
}

thread_local! {
    /// Where encoders write, so that what is kept afterwards takes no more than it needs.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::default();
    /// A compressor with its tables.
    static ZSTD: RefCell<Option<zstd::bulk::Compressor<'static>>> = RefCell::default();
}

fn gzip(bytes: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::new(1));
    encoder.write_all(bytes)?;
    encoder.finish().map(drop)
}

fn brotli(bytes: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut encoder = brotli::CompressorWriter::new(out, 1 << 16, 3, 20);
    encoder.write_all(bytes)
}

fn zstd(bytes: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    ZSTD.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(zstd::bulk::Compressor::new(1)?),
        };
        out.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        compressor.compress_to_buffer(bytes, out).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
        Encoding::negotiate(&headers)
    }

    #[test]
    fn the_client_decides() {
        assert_eq!(negotiated("gzip, deflate, br, zstd"), Encoding::Zstd);
        assert_eq!(negotiated("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(negotiated("gzip;q=1.0, br;q=0.5"), Encoding::Gzip);
        assert_eq!(negotiated("gzip;q=0"), Encoding::Identity);
        assert_eq!(negotiated("deflate"), Encoding::Identity);
        assert_eq!(negotiated("identity"), Encoding::Identity);
    }

    #[test]
    fn bytes_come_back_from_each_encoding() {
        let bytes = "mặt bằng ".repeat(100).into_bytes();
        let (gzip, _) = Encoding::Gzip.encode(&bytes);
        let mut out = Vec::new();
        std::io::copy(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut out).unwrap();
        assert_eq!(out, bytes);
        let (zstd, _) = Encoding::Zstd.encode(&bytes);
        assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), bytes);
        let (br, _) = Encoding::Brotli.encode(&bytes);
        out.clear();
        std::io::copy(&mut brotli::Decompressor::new(&br[..], 4096), &mut out).unwrap();
        assert_eq!(out, bytes);
    }
}
