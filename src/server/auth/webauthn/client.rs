//! What the browser says of where and in answer to what a key was added or used (section 5.8.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::{Fault, Party};

/// What the browser says, as the key has signed it.
#[derive(Debug)]
pub struct Client<'a> {
    /// As it came: the key's signature is over these bytes.
    pub bytes: &'a [u8],
    /// The question that was answered.
    pub challenge: Vec<u8>,
    told: Told,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

impl<'a> Client<'a> {
    /// Reads it; what else browsers put in is not looked at.
    ///
    /// # Errors
    /// `Fault::Form` when it is not JSON of this form.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let told: Told = serde_json::from_slice(bytes)
            .map_err(|_| Fault::Form("the browser's part is not of its form"))?;
        let challenge = URL_SAFE_NO_PAD.decode(&told.challenge);
        let challenge = challenge.map_err(|_| Fault::Form("the question is not base64url"))?;
        Ok(Self { bytes, challenge, told })
    }

    /// Whether it is of this kind, and of a page of `party` that stands for itself.
    pub(super) fn check(&self, kind: &str, party: &Party) -> Result<(), Fault> {
        if self.told.r#type != kind {
            return Err(Fault::Type);
        }
        if self.told.origin != party.origin {
            return Err(Fault::Origin);
        }
        if self.told.cross_origin || self.told.top_origin.is_some() {
            return Err(Fault::Inside);
        }
        Ok(())
    }
}
