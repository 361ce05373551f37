//! Signed bundles: which ones count, and why the others do not.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use plumbline_core::finding::hex;
use plumbline_sources::place::Place;
use plumbline_sources::signature::{self, Key};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256, Sha512};

use super::folder;

const FILES: &[(&str, &str)] = &[
    (".manifest", "{\"roots\":[\"\"]}"),
    ("data.json", "{\"a\":1}"),
    ("p/p.rego", "package p\n"),
];
const P256: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
const ED25519: &str = "302a300506032b6570032100";

/// How a text is signed.
type Sign = dyn Fn(&[u8]) -> Vec<u8>;

/// Somebody who signs.
struct Signer {
    pem: String,
    sign: Box<Sign>,
}

fn pem(what: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN {what}-----\n{body}\n-----END {what}-----\n")
}

/// A public key in PEM, by what stands before it.
fn public(prefix: &str, key: &[u8]) -> String {
    let digits: Vec<char> = prefix.chars().collect();
    let mut der: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect();
    der.extend(key);
    pem("PUBLIC KEY", &der)
}

fn es256() -> Signer {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
    Signer {
        pem: public(P256, pair.public_key().as_ref()),
        sign: Box::new(move |text| pair.sign(&random, text).unwrap().as_ref().to_vec()),
    }
}

fn eddsa() -> Signer {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap();
    Signer {
        pem: public(ED25519, pair.public_key().as_ref()),
        sign: Box::new(move |text| pair.sign(text).as_ref().to_vec()),
    }
}

/// A file of the token, with its hash by SHA-256.
fn signed_file(name: &str, text: &str) -> String {
    let hash = hex(&Sha256::digest(text));
    format!("{{\"name\":\"{name}\",\"hash\":\"{hash}\",\"algorithm\":\"SHA-256\"}}")
}

/// The payload of a token over the files of the bundle, and more.
fn payload(more: &str) -> String {
    let files: Vec<String> = FILES
        .iter()
        .map(|(name, text)| signed_file(name, text))
        .collect();
    format!("{{\"files\":[{}]{more}}}", files.join(","))
}

fn token(header: &str, payload: &str, signer: &Signer) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", part(header.as_bytes()), part(payload.as_bytes()));
    let signature = (signer.sign)(signed.as_bytes());
    format!("{signed}.{}", part(&signature))
}

/// What becomes of a bundle with such files and signatures.
fn verify(files: &[(&str, &str)], signatures: &str, keys: &[Key]) -> Result<Option<u64>, String> {
    let bundle = folder(files);
    std::fs::write(bundle.path().join(".signatures.json"), signatures).unwrap();
    let place = Place::Disk(bundle.path().to_owned());
    assert!(signature::is_signed(&place));
    signature::verify(&place, keys).map(|verified| verified.issued)
}

fn one(token: &str) -> String {
    format!("{{\"signatures\":[\"{token}\"]}}")
}

fn key(id: &str, scope: &str, signer: &Signer) -> Key {
    Key::read(id, scope, &signer.pem).unwrap()
}

#[test]
fn what_a_key_signed_counts() {
    for (algorithm, signer) in [("ES256", es256()), ("EdDSA", eddsa())] {
        let keys = [key("k", "", &es256()), key("release", "", &signer)];
        let plain = format!("{{\"alg\":\"{algorithm}\"}}");
        let named = format!("{{\"alg\":\"{algorithm}\",\"kid\":\"release\"}}");
        for (header, more, issued) in [
            (&plain, "", None),
            (&named, "", None),
            (&plain, ",\"keyid\":\"release\"", None),
            (&named, ",\"iat\":1700000000", Some(1_700_000_000)),
        ] {
            let signatures = one(&token(header, &payload(more), &signer));
            assert_eq!(verify(FILES, &signatures, &keys), Ok(issued), "{header}");
        }
        let scoped = [key("release", "prod", &signer)];
        let signatures = one(&token(&plain, &payload(",\"scope\":\"prod\""), &signer));
        assert_eq!(verify(FILES, &signatures, &scoped), Ok(None));
    }
}

#[test]
fn the_layout_of_data_does_not_matter_and_that_of_policies_does() {
    let signer = es256();
    let keys = [key("k", "", &signer)];
    let signatures = one(&token("{\"alg\":\"ES256\"}", &payload(""), &signer));
    let with = |name: &str, text: &'static str| {
        let files: Vec<(&str, &str)> = FILES
            .iter()
            .map(|(known, before)| (*known, if *known == name { text } else { *before }))
            .collect();
        verify(&files, &signatures, &keys)
    };
    assert_eq!(with("data.json", "{ \"a\" : 1 }\n"), Ok(None));
    let changed = |name: &str| Err(format!("`{name}` is not what was signed"));
    assert_eq!(with("data.json", "{\"a\": 2}"), changed("data.json"));
    assert_eq!(with("p/p.rego", "package p\n\n"), changed("p/p.rego"));
    assert_eq!(with(".manifest", "{\"roots\": []}"), changed(".manifest"));
}

#[test]
fn a_bundle_that_is_not_wholly_what_was_signed_does_not_count() {
    let signer = es256();
    let keys = [key("k", "", &signer)];
    let header = "{\"alg\":\"ES256\"}";
    let signatures = one(&token(header, &payload(""), &signer));
    let more = [FILES, &[("q.rego", "package q\n")]].concat();
    assert_eq!(
        verify(&more, &signatures, &keys),
        Err("`q.rego` is not signed".to_owned())
    );
    assert_eq!(
        verify(FILES.get(..2).unwrap(), &signatures, &keys),
        Err("`p/p.rego` was signed, and is missing".to_owned())
    );
    let twice = format!(
        "{{\"files\":[{},{}]}}",
        signed_file("a", ""),
        signed_file("a", "")
    );
    assert_eq!(
        verify(FILES, &one(&token(header, &twice, &signer)), &keys),
        Err("`a` is signed twice".to_owned())
    );
}

#[track_caller]
fn refused(signatures: &str, keys: &[Key], reason: &str) {
    let error = verify(FILES, signatures, keys).unwrap_err();
    assert!(error.contains(reason), "`{reason}`: {error}");
}

#[test]
fn a_token_of_another_kind_key_or_scope_does_not_count() {
    let (signer, other) = (es256(), eddsa());
    let keys = [key("k", "", &signer), key("e", "", &other)];
    for algorithm in ["none", "HS256", "RS256", "PS256", "ES384", "es256", ""] {
        let header = format!("{{\"alg\":\"{algorithm}\"}}");
        let signatures = one(&token(&header, &payload(""), &signer));
        refused(&signatures, &keys, "does not count");
    }
    let es256 = "{\"alg\":\"ES256\"}";
    for (header, more, by, reason) in [
        (
            "{\"alg\":\"ES256\",\"kid\":\"x\"}",
            "",
            &signer,
            "the key `x`",
        ),
        (
            "{\"alg\":\"ES256\",\"kid\":\"e\"}",
            "",
            &signer,
            "is not that of a key",
        ),
        (
            "{\"alg\":\"EdDSA\",\"kid\":\"k\"}",
            "",
            &other,
            "is not that of a key",
        ),
        (
            "{\"alg\":\"ES256\",\"crit\":[\"b64\"]}",
            "",
            &signer,
            "extensions",
        ),
        (es256, "", &other, "is not that of a key"),
        (
            es256,
            ",\"scope\":\"prod\"",
            &signer,
            "for the scope `prod`",
        ),
        (es256, ",\"iat\":-1", &signer, "`iat`"),
        (es256, ",\"iat\":\"now\"", &signer, "`iat`"),
    ] {
        let signatures = one(&token(header, &payload(more), by));
        refused(&signatures, &keys, reason);
    }
    let good = token(es256, &payload(""), &signer);
    refused("{}", &keys, "exactly one token");
    refused("[]", &keys, "no JSON object");
    refused("{\"signatures\":[]}", &keys, "exactly one token");
    let two = format!("{{\"signatures\":[\"{good}\",\"{good}\"]}}");
    refused(&two, &keys, "exactly one token");
    refused(&one("a.b"), &keys, "three parts");
    let unsigned = good.rsplit_once('.').unwrap().0;
    refused(&one(&format!("{unsigned}.")), &keys, "is not that of a key");
    let none = format!("{{\"files\":[{}]}}", "{\"name\":\"p/p.rego\"}");
    refused(&one(&token(es256, &none, &signer)), &keys, "only SHA-256");
    refused(
        &one(&token(es256, "{}", &signer)),
        &keys,
        "no list of `files`",
    );
}

#[test]
fn other_strong_hashes_count_too() {
    let signer = es256();
    let text = "package p\n";
    let payload = format!(
        "{{\"files\":[{{\"name\":\"p.rego\",\"hash\":\"{}\",\"algorithm\":\"SHA-512\"}}]}}",
        hex(&Sha512::digest(text)).to_uppercase()
    );
    let signatures = one(&token("{\"alg\":\"ES256\"}", &payload, &signer));
    let files = [("p.rego", text)];
    assert_eq!(
        verify(&files, &signatures, &[key("k", "", &signer)]),
        Ok(None)
    );
}

#[test]
fn a_bundle_without_signatures_does_not_count() {
    let bundle = folder(FILES);
    let place = Place::Disk(bundle.path().to_owned());
    assert!(!signature::is_signed(&place));
    let error = signature::verify(&place, &[key("k", "", &es256())]).unwrap_err();
    assert!(error.contains("not signed"), "{error}");
}

#[test]
fn what_was_verified_is_what_is_read() {
    let signer = es256();
    let bundle = folder(FILES);
    let signatures = one(&token("{\"alg\":\"ES256\"}", &payload(""), &signer));
    std::fs::write(bundle.path().join(".signatures.json"), signatures).unwrap();
    let place = Place::Disk(bundle.path().to_owned());
    let verified = signature::verify(&place, &[key("k", "", &signer)]).unwrap();
    std::fs::write(bundle.path().join("p/p.rego"), "package changed\n").unwrap();
    let policy = verified.bundle.join("p/p.rego").unwrap();
    assert_eq!(policy.read(100).unwrap(), "package p\n");
}

#[test]
fn only_public_keys_of_known_kinds_are_keys() {
    let good = es256().pem;
    assert!(Key::read("k", "", &format!("a comment\n{good}")).is_ok());
    let no_key = |pem: &str, reason: &str| {
        let error = Key::read("k", "", pem).unwrap_err();
        assert!(error.contains(reason), "`{reason}`: {error}");
    };
    no_key("", "no `-----BEGIN PUBLIC KEY-----`");
    no_key(&pem("PRIVATE KEY", b"x"), "private key");
    no_key(&pem("EC PRIVATE KEY", b"x"), "private key");
    no_key(&pem("PUBLIC KEY", b"x"), "neither");
    no_key(&good.replace("\nMF", "\n*F"), "no base64");
    no_key(&public(P256, &[4; 64]), "neither");
}

/// A private key for OPA, and the public one.
fn pair(algorithm: &str) -> (String, String) {
    let random = SystemRandom::new();
    if algorithm == "EdDSA" {
        let key = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap();
        // OPA reads the first version of PKCS 8, which has the seed only.
        let seed = key.as_ref().get(16..48).unwrap();
        let head: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
        let der = [head, seed].concat();
        let public = public(ED25519, pair.public_key().as_ref());
        return (pem("PRIVATE KEY", &der), public);
    }
    let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap();
    let public = public(P256, pair.public_key().as_ref());
    (pem("PRIVATE KEY", key.as_ref()), public)
}

fn sign_by_opa(opa: &Path, algorithm: &str) {
    let (private, public) = pair(algorithm);
    let keys = folder(&[("key.pem", private.as_str())]);
    let bundle = folder(&[
        (".manifest", "{\"revision\": \"7\", \"roots\": [\"\"]}\n"),
        (
            "data.json",
            "{\"z\": 1.0, \"a\": \"<&>\\u2028\\u0008\", \"n\": 1e3}\n",
        ),
        ("sub/data.yaml", "a: 1.50\nb: \"yes\"\nc: [1, x]\n"),
        ("README.md", "hello\n"),
        ("p.rego", "package p\n\nx := 1\n"),
    ]);
    let status = std::process::Command::new(opa)
        .args(["sign", "--signing-alg", algorithm, "--bundle", "."])
        .arg("--signing-key")
        .arg(keys.path().join("key.pem"))
        .current_dir(bundle.path())
        .status()
        .unwrap();
    assert!(status.success(), "{algorithm}");
    let key = Key::read("k", "", &public).unwrap();
    let place = Place::Disk(bundle.path().to_owned());
    assert_eq!(
        signature::verify(&place, &[key]).map(|verified| verified.issued),
        Ok(None),
        "{algorithm}"
    );
}

#[test]
fn what_opa_signs_counts() {
    let Some(opa) = std::env::var_os("PLUMBLINE_OPA") else {
        eprintln!("left out: PLUMBLINE_OPA names no OPA that signs");
        return;
    };
    for algorithm in ["ES256", "EdDSA"] {
        sign_by_opa(Path::new(&opa), algorithm);
    }
}
