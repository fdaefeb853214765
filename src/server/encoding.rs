//! Content encodings: which one a client takes, and the bytes in it.

use std::io::Write;

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use rayon::prelude::*;

use crate::tile::Pool;

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
        let encoded = match self {
            Self::Identity => return (Bytes::copy_from_slice(bytes), self),
            Self::Gzip => gzip(bytes),
            Self::Brotli => brotli(bytes),
            Self::Zstd => zstd(bytes),
        };
        // Writing to memory does not fail; if it did, the plain bytes are right too.
        encoded.map_or_else(|_| (Bytes::copy_from_slice(bytes), Self::Identity), |encoded| (encoded, self))
    }
}

/// Bytes that one processor deflates at a time, at least.
const PIECE: usize = 96 << 10;
/// What encoders have written takes no more room than this for good.
const LARGE: usize = 16 << 20;

/// Where brotli and zstd write, so that what is kept afterwards takes no more than it needs.
static SCRATCH: Pool<Vec<u8>> = Pool::new();
/// Compressors with their tables.
static DEFLATERS: Pool<Deflater> = Pool::new();
static ZSTD: Pool<Option<zstd::bulk::Compressor<'static>>> = Pool::new();

/// A deflater (RFC 1951) with its tables, and what it has written.
struct Deflater {
    state: flate2::Compress,
    out: Vec<u8>,
    /// Of the piece that was deflated.
    sum: flate2::Crc,
}

impl Default for Deflater {
    fn default() -> Self {
        Self {
            state: flate2::Compress::new(flate2::Compression::new(1), false),
            out: Vec::new(),
            sum: flate2::Crc::new(),
        }
    }
}

impl Deflater {
    /// Writes `piece` behind `self.out`; all but the last one end at a byte, so that the next can be put behind.
    fn write(&mut self, piece: &[u8], last: bool) -> Result<(), flate2::CompressError> {
        let flush = if last { flate2::FlushCompress::Finish } else { flate2::FlushCompress::Sync };
        self.state.reset();
        loop {
            self.out.reserve(piece.len() / 2 + 1024);
            let done = self.state.total_in() as usize;
            let status = self.state.compress_vec(&piece[done..], &mut self.out, flush)?;
            let all = self.state.total_in() as usize == piece.len();
            if status == flate2::Status::StreamEnd || (!last && all && self.out.len() < self.out.capacity()) {
                return Ok(());
            }
        }
    }
}

/// RFC 1952; a large answer in pieces, on all processors.
fn gzip(bytes: &[u8]) -> std::io::Result<Bytes> {
    let most = rayon::current_num_threads() * 2;
    let count = (bytes.len() / PIECE).clamp(1, most);
    let pieces: Vec<&[u8]> = bytes.chunks(bytes.len().div_ceil(count)).collect();
    let mut rooms: Vec<Deflater> = pieces.iter().map(|_| DEFLATERS.take()).collect();
    let deflate = |(number, (piece, room)): (usize, (&&[u8], &mut Deflater))| {
        room.out.clear();
        room.sum.reset();
        room.sum.update(piece);
        room.write(piece, number + 1 == pieces.len())
    };
    if let ([piece], [room]) = (&pieces[..], &mut rooms[..]) {
        deflate((0, (piece, room)))?;
    } else {
        pieces.par_iter().zip(&mut rooms).enumerate().try_for_each(deflate)?;
    }
    let mut sum = flate2::Crc::new();
    rooms.iter().for_each(|room| sum.combine(&room.sum));
    let mut out = Vec::with_capacity(18 + rooms.iter().map(|room| room.out.len()).sum::<usize>());
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
    rooms.iter().for_each(|room| out.extend_from_slice(&room.out));
    out.extend_from_slice(&sum.sum().to_le_bytes());
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    let kept = rooms.into_iter().filter(|room| room.out.capacity() < LARGE);
    kept.for_each(|room| DEFLATERS.give(room));
    Ok(out.into())
}

fn brotli(bytes: &[u8]) -> std::io::Result<Bytes> {
    scratch(|out| {
        let mut encoder = brotli::CompressorWriter::new(out, 1 << 16, 3, 20);
        encoder.write_all(bytes)
    })
}

fn zstd(bytes: &[u8]) -> std::io::Result<Bytes> {
    let work = |kept: &mut Option<zstd::bulk::Compressor<'static>>| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(zstd::bulk::Compressor::new(1)?),
        };
        scratch(|out| {
            out.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
            compressor.compress_to_buffer(bytes, out).map(drop)
        })
    };
    ZSTD.with(|_| true, work)
}

fn scratch(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> std::io::Result<Bytes> {
    SCRATCH.with(
        |out| out.capacity() < LARGE,
        |out| {
            out.clear();
            write(out)?;
            Ok(Bytes::copy_from_slice(out))
        },
    )
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
        let mut out = Vec::new();
        let (zstd, _) = Encoding::Zstd.encode(&bytes);
        assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), bytes);
        let (br, _) = Encoding::Brotli.encode(&bytes);
        out.clear();
        std::io::copy(&mut brotli::Decompressor::new(&br[..], 4096), &mut out).unwrap();
        assert_eq!(out, bytes);
    }

    #[test]
    fn gzip_is_one_member_however_many_pieces_made_it() {
        for length in [0, 1, 255, 256, PIECE - 1, PIECE, 2 * PIECE, 2 * PIECE + 1, 50 * PIECE] {
            // Numbers that repeat now and then: neither all the same nor without order.
            let bytes: Vec<u8> = (0..length as u64).map(|n| (n * n / 7 % 251) as u8).collect();
            let (answer, used) = Encoding::Gzip.encode(&bytes);
            let mut out = Vec::new();
            if used == Encoding::Gzip {
                // A reader of a single member: what would be behind it is not read.
                std::io::copy(&mut flate2::read::GzDecoder::new(&answer[..]), &mut out).unwrap();
                assert_eq!(answer.len() - 8, {
                    let mut reader = flate2::bufread::GzDecoder::new(&answer[..]);
                    std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
                    answer.len() - 8 - reader.into_inner().len()
                });
            } else {
                out.extend_from_slice(&answer);
            }
            assert_eq!(out, bytes, "{length}");
        }
    }
}
