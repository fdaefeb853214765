//! A security key, as browsers speak to one: ES256, attestation `none`, counting.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::{Value as Cbor, cbor};
use ring::{
    rand::{SecureRandom as _, SystemRandom},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Somebody was there, and was verified.
const THERE: u8 = 0x05;
/// A new key follows.
const NEW: u8 = 0x40;

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key.
pub struct Key {
    pair: EcdsaKeyPair,
    credential: [u8; 16],
    owner: String,
    /// How often it says that it has signed.
    pub counter: u32,
}

impl Key {
    pub fn new() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap();
        let mut credential = [0; 16];
        random.fill(&mut credential).unwrap();
        Self { pair, credential, owner: String::new(), counter: 0 }
    }

    pub fn id(&self) -> String {
        text(&self.credential)
    }

    fn client(kind: &str, challenge: &Value, origin: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn told(&self, host: &Value, flags: u8) -> Vec<u8> {
        let host = Sha256::digest(host.as_str().unwrap().as_bytes());
        [&host[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// Its answer to what a new key is to be, on a page of `origin`.
    pub fn make(&mut self, begun: &Value, origin: &str) -> Value {
        begun["user"]["id"].as_str().unwrap().clone_into(&mut self.owner);
        let point = self.pair.public_key().as_ref();
        let (x, y) = (Cbor::Bytes(point[1..33].to_vec()), Cbor::Bytes(point[33..].to_vec()));
        let mut public = Vec::new();
        ciborium::into_writer(&cbor!({ 1 => 2, 3 => -7, -1 => 1, -2 => x, -3 => y }).unwrap(), &mut public)
            .unwrap();
        let told = [
            &self.told(&begun["rp"]["id"], THERE | NEW)[..],
            &[0; 16],
            &(self.credential.len() as u16).to_be_bytes(),
            &self.credential,
            &public,
        ]
        .concat();
        let statement = Cbor::Map(Vec::new());
        let whole = cbor!({ "fmt" => "none", "attStmt" => statement, "authData" => Cbor::Bytes(told) });
        let mut object = Vec::new();
        ciborium::into_writer(&whole.unwrap(), &mut object).unwrap();
        json!({ "id": self.id(), "type": "public-key", "response": {
            "clientDataJSON": text(&Self::client("webauthn.create", &begun["challenge"], origin)),
            "attestationObject": text(&object), "transports": ["usb", "nfc"],
        } })
    }

    /// Its answer to a question, on a page of `origin`.
    pub fn answer(&mut self, question: &Value, origin: &str) -> Value {
        self.counter += 1;
        let client = Self::client("webauthn.get", &question["challenge"], origin);
        let told = self.told(&question["rpId"], THERE);
        let signed = [&told[..], &Sha256::digest(&client)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({ "id": self.id(), "type": "public-key", "clientExtensionResults": {}, "response": {
            "clientDataJSON": text(&client), "authenticatorData": text(&told),
            "signature": text(signature.as_ref()), "userHandle": self.owner,
        } })
    }
}
