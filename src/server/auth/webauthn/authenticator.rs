//! What the key itself says (section 6.1): for whom, whether somebody was there, how often it has signed, and where it is
//! new, which it is.

use ciborium::Value;
use sha2::{Digest as _, Sha256};

use super::{Fault, Party};

/// Somebody was there.
const PRESENT: u8 = 1;
/// It may be copied to another device.
const MAY_BE_BACKED_UP: u8 = 1 << 3;
/// It was copied.
const BACKED_UP: u8 = 1 << 4;
/// The new key follows.
const ATTESTED: u8 = 1 << 6;
/// Extensions follow.
const EXTENDED: u8 = 1 << 7;
/// Bytes of the name of a make.
const MAKE: usize = 16;
/// Things inside each other that are read at most.
const DEEPEST: usize = 8;

/// What the key says.
#[derive(Debug)]
pub struct Authenticator<'a> {
    /// SHA-256 of the host.
    host: &'a [u8],
    flags: u8,
    /// How often it has signed; 0 where it does not count.
    pub counter: u32,
    /// The new key, where it is one.
    pub attested: Option<Attested<'a>>,
}

/// A new key.
#[derive(Debug)]
pub struct Attested<'a> {
    /// What it calls itself.
    pub credential: &'a [u8],
    /// Its public key (COSE).
    pub public_key: &'a [u8],
}

/// Takes so many bytes off.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], Fault> {
    let (taken, left) = rest.split_at_checked(count).ok_or(Fault::Form("the key's part is too short"))?;
    *rest = left;
    Ok(taken)
}

/// Takes one value of CBOR (RFC 8949) off.
pub fn one(rest: &mut &[u8], what: &'static str) -> Result<Value, Fault> {
    ciborium::de::from_reader_with_recursion_limit(rest, DEEPEST).map_err(|_| Fault::Form(what))
}

impl<'a> Authenticator<'a> {
    /// Reads it to its end.
    ///
    /// # Errors
    /// `Fault::Form` when it is not of its form, or something follows.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut rest = bytes;
        let host = take(&mut rest, 32)?;
        let flags = take(&mut rest, 1)?[0];
        let counter = take(&mut rest, 4)?.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        let attested = if flags & ATTESTED == 0 { None } else { Some(Attested::parse(&mut rest)?) };
        if flags & EXTENDED != 0 {
            one(&mut rest, "the extensions")?;
        }
        if rest.is_empty() {
            return Ok(Self { host, flags, counter, attested });
        }
        Err(Fault::Form("something follows the key's part"))
    }

    /// Whether it is for `party`, somebody was there, and it does not contradict itself.
    pub fn check(&self, party: &Party) -> Result<(), Fault> {
        if self.host != &Sha256::digest(party.id.as_bytes())[..] {
            return Err(Fault::Host);
        }
        if self.flags & PRESENT == 0 {
            return Err(Fault::Absent);
        }
        if self.flags & BACKED_UP != 0 && self.flags & MAY_BE_BACKED_UP == 0 {
            return Err(Fault::Backup);
        }
        Ok(())
    }
}

impl<'a> Attested<'a> {
    fn parse(rest: &mut &'a [u8]) -> Result<Self, Fault> {
        take(rest, MAKE)?;
        let length = take(rest, 2)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let credential = take(rest, length)?;
        let from = *rest;
        one(rest, "the public key")?;
        Ok(Self { credential, public_key: &from[..from.len() - rest.len()] })
    }
}
