//! Each check by an answer that lacks nothing else.

use ciborium::{Value, cbor};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};

use super::*;
use crate::domain::unhex;

const HOST: &str = "gpmb.tinh.vn";
const ORIGIN: &str = "https://gpmb.tinh.vn";

fn party() -> Party {
    Party::of(ORIGIN).unwrap()
}

fn client(kind: &str, origin: &str, more: &str) -> Vec<u8> {
    format!(r#"{{"type":"{kind}","challenge":"AQID","origin":"{origin}"{more}}}"#).into_bytes()
}

fn written(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// What the key says: for whom, its flags, its count, and what follows.
fn told(host: &str, flags: u8, counter: u32, more: &[u8]) -> Vec<u8> {
    [&Sha256::digest(host.as_bytes())[..], &[flags], &counter.to_be_bytes(), more].concat()
}

fn attested(credential: &[u8], public_key: &[u8]) -> Vec<u8> {
    let length = (credential.len() as u16).to_be_bytes();
    [&[0; 16][..], &length, credential, public_key].concat()
}

fn object(format: &str, statement: Value, told: Vec<u8>) -> Vec<u8> {
    let parts = [("fmt", format.into()), ("attStmt", statement), ("authData", Value::Bytes(told))];
    written(&Value::Map(parts.into_iter().map(|(name, value)| (name.into(), value)).collect()))
}

struct Es256(EcdsaKeyPair);

impl Es256 {
    fn new() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap())
    }

    fn public(&self) -> Vec<u8> {
        let point = self.0.public_key().as_ref();
        let (x, y) = (Value::Bytes(point[1..33].to_vec()), Value::Bytes(point[33..].to_vec()));
        written(&cbor!({ 1 => 2, 3 => -7, -1 => 1, -2 => x, -3 => y }).unwrap())
    }

    fn sign(&self, told: &[u8], client: &[u8]) -> Vec<u8> {
        let signed = [told, &Sha256::digest(client)].concat();
        self.0.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec()
    }
}

fn empty() -> Value {
    Value::Map(Vec::new())
}

fn add(client: &[u8], attestation: &[u8]) -> Result<Added, Fault> {
    added(&party(), &Client::parse(client)?, attestation)
}

#[test]
fn a_key_is_added_as_it_says() {
    let public = Es256::new().public();
    let told = told(HOST, 0x41, 7, &attested(b"credential", &public));
    let client = client("webauthn.create", ORIGIN, r#","crossOrigin":false,"new":1"#);
    assert_eq!(Client::parse(&client).unwrap().challenge, [1, 2, 3]);
    let expected = Added { credential: b"credential".to_vec(), public_key: public, counter: 7 };
    assert_eq!(add(&client, &object("none", empty(), told)), Ok(expected));
}

#[test]
fn a_key_is_not_added_where_anything_is_otherwise() {
    let public = Es256::new().public();
    let good = attested(b"credential", &public);
    let fine = || client("webauthn.create", ORIGIN, "");
    let none = |told: Vec<u8>| object("none", empty(), told);
    let whole = none(told(HOST, 0x41, 0, &good));
    for (client, fault) in [
        (client("webauthn.get", ORIGIN, ""), Fault::Type),
        (client("webauthn.create", "http://gpmb.tinh.vn", ""), Fault::Origin),
        (client("webauthn.create", "https://gpmb.tinh.vn.evil.example", ""), Fault::Origin),
        (client("webauthn.create", "https://gpmb.tinh.vn:8443", ""), Fault::Origin),
        (client("webauthn.create", ORIGIN, r#","crossOrigin":true"#), Fault::Inside),
        (client("webauthn.create", ORIGIN, r#","topOrigin":"https://evil.example""#), Fault::Inside),
    ] {
        assert_eq!(add(&client, &whole), Err(fault), "{}", String::from_utf8_lossy(&client));
    }
    let weak = written(&cbor!({ 1 => 2, 3 => -7, -1 => 2, -2 => Value::Bytes(vec![1; 32]), -3 => Value::Bytes(vec![1; 32]) }).unwrap());
    for (attestation, fault) in [
        (none(told("evil.example", 0x41, 0, &good)), Fault::Host),
        (none(told(HOST, 0x40, 0, &good)), Fault::Absent),
        (none(told(HOST, 0x51, 0, &good)), Fault::Backup),
        (none(told(HOST, 0x41, 0, &attested(b"credential", &weak))), Fault::Algorithm),
        (object("packed", empty(), told(HOST, 0x41, 0, &good)), Fault::Attestation),
        (object("none", cbor!({ "alg" => -7 }).unwrap(), told(HOST, 0x41, 0, &good)), Fault::Attestation),
    ] {
        assert_eq!(add(&fine(), &attestation), Err(fault));
    }
    for attestation in [
        none(told(HOST, 0x01, 0, &[])),
        none(told(HOST, 0x41, 0, &good[..good.len() - 1])),
        none(told(HOST, 0x41, 0, &[&good[..], &[0]].concat())),
        none(told(HOST, 0x41, 0, &attested(b"", &public))),
        none(told(HOST, 0x41, 0, &attested(&[7; 1024], &public))),
        none(told(HOST, 0xc1, 0, &good)),
        none(vec![1; 36]),
        [&whole[..], &[0]].concat(),
        vec![0xff],
        vec![0x81; 64],
        written(&Value::Array(Vec::new())),
        written(&empty()),
    ] {
        assert!(matches!(add(&fine(), &attestation), Err(Fault::Form(_))), "{attestation:02x?}");
    }
    for client in
        ["", "{}", "[]", r#"{"type":"webauthn.create","challenge":"A+==","origin":"https://gpmb.tinh.vn"}"#]
    {
        assert!(matches!(add(client.as_bytes(), &whole), Err(Fault::Form(_))), "{client}");
    }
}

#[test]
fn extensions_and_copies_are_no_fault() {
    let extended =
        [attested(b"c", &Es256::new().public()), written(&cbor!({ "credProps" => true }).unwrap())].concat();
    let whole = object("none", empty(), told(HOST, 0xd9, 0, &extended));
    assert!(add(&client("webauthn.create", ORIGIN, ""), &whole).is_ok());
}

#[test]
fn a_key_is_used_by_its_signature_alone() {
    let (key, other) = (Es256::new(), Es256::new());
    let ask = |key: &Es256, client: &[u8], told: &[u8], signature: &[u8]| {
        used(&party(), &Client::parse(client)?, &key.public(), told, signature)
    };
    let (fine, good) = (client("webauthn.get", ORIGIN, ""), told(HOST, 0x05, 9, &[]));
    let signature = key.sign(&good, &fine);
    assert_eq!(ask(&key, &fine, &good, &signature), Ok(9));
    assert_eq!(ask(&other, &fine, &good, &signature), Err(Fault::Signature));
    let later = told(HOST, 0x05, 10, &[]);
    assert_eq!(ask(&key, &fine, &later, &signature), Err(Fault::Signature));
    let spaced = [b" ", &fine[..]].concat();
    assert_eq!(ask(&key, &spaced, &good, &signature), Err(Fault::Signature));
    for (client, told, fault) in [
        (client("webauthn.create", ORIGIN, ""), good.clone(), Fault::Type),
        (client("webauthn.get", "https://evil.example", ""), good.clone(), Fault::Origin),
        (client("webauthn.get", ORIGIN, r#","crossOrigin":true"#), good.clone(), Fault::Inside),
        (fine.clone(), told("evil.example", 0x05, 9, &[]), Fault::Host),
        (fine.clone(), told(HOST, 0x04, 9, &[]), Fault::Absent),
        (fine.clone(), told(HOST, 0x15, 9, &[]), Fault::Backup),
    ] {
        // Signed all the same: it is not the signature that is missed.
        let signature = key.sign(&told, &client);
        assert_eq!(ask(&key, &client, &told, &signature), Err(fault));
    }
    assert!(matches!(ask(&key, &fine, &good[..36], &signature), Err(Fault::Form(_))));
}

#[test]
fn keys_of_the_other_algorithms_are_read_and_checked() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let x = Value::Bytes(pair.public_key().as_ref().to_vec());
    let key = PublicKey::parse(&written(&cbor!({ 1 => 1, 3 => -8, -1 => 6, -2 => x }).unwrap())).unwrap();
    let signature = pair.sign(b"matbang");
    assert_eq!(key.verify(b"matbang", signature.as_ref()), Ok(()));
    assert_eq!(key.verify(b"matbanh", signature.as_ref()), Err(Fault::Signature));
    // By OpenSSL: `genrsa 2048`, then `dgst -sha256 -sign` over "matbang".
    let (modulus, exponent) =
        (Value::Bytes(unhex::<256>(MODULUS).unwrap().to_vec()), Value::Bytes(vec![1, 0, 1]));
    let rsa = |n: Value| {
        PublicKey::parse(&written(&cbor!({ 1 => 3, 3 => -257, -1 => n, -2 => exponent.clone() }).unwrap()))
    };
    let signature = unhex::<256>(SIGNATURE).unwrap();
    assert_eq!(rsa(modulus.clone()).unwrap().verify(b"matbang", &signature), Ok(()));
    assert_eq!(rsa(modulus).unwrap().verify(b"matbanh", &signature), Err(Fault::Signature));
    assert_eq!(rsa(Value::Bytes(vec![0xb9; 128])), Err(Fault::Algorithm), "too short");
}

const MODULUS: &str = "b92aa441b3472f39c1ba447b38cefe2502579abc3ca95dfd949a538517b481c13f361c969332eb8c1a310a38894f9d03769689e964089a8072189691cddff8adf073a06ae147bfa55b16a21b2738c7a5f1611c629b504f36e6860e8663ea4070392361bb70056cfaa0a0e1c9759532c563989c7c4acf57438d90eab8799d54d2214d3dc084af8a018f7b74afe123374b4f35bc334d812f03b08e628b027a3f07008ce47dbacaa66af4ff696931fcaeab797061b97e121981d9348234018e4ef2a4313ac3bfdb41ee122bcf7961832cf50c31ace6187215736adf6210bf7ae6db4b77c027e0317dbdf46a52fb8239e88b9225f69b70b109b29464fa07b111a621";
const SIGNATURE: &str = "2a8ebbf1b71f0953ca1049ae2eeddf059db2ca65b361110e297b5dd5f771717c042efa466e0050e4531cdb6298a899291a9628bc7a4ccbfff06a0e9d9110faf8898a1c1c303c792a59c1848165d09dbe73b0f4ca95adbba3362235354d8f8dcf4f34caabf0cda05296145e6f2beb216528daf38f87c67a1ababc3fbb2c09e8a1ff3fe4110802550f0892c515aaa92d1fe454aa2a0870f8a54983987e2dd5da7eca97734fb97c80c107d52ee97482ed053f7460dfdecc95a079034c7c06939cf6fe5cde57ea8cfaf947cb0382f84bcd7ad80a82e963f8675042adbeebfb2b6ce4a9708aaa342dd3a8a139ce7abe33e816bf28c7eb96e08adce23e7377b2608526";
