//! Public keys in PEM: P-256 for ES256, and Ed25519 for `EdDSA`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};

/// A key that bundles are signed by.
#[derive(Debug)]
pub struct Key {
    pub(super) id: String,
    /// What the token has to be good for.
    pub(super) scope: String,
    kind: &'static Kind,
    point: Vec<u8>,
}

/// What a key is good for.
#[derive(Debug)]
struct Kind {
    /// The only algorithm that it is used with, as tokens call it.
    algorithm: &'static str,
    /// What stands before the key itself.
    prefix: &'static [u8],
    bytes: usize,
    verification: &'static dyn VerificationAlgorithm,
}

static KINDS: &[Kind] = &[
    Kind {
        algorithm: "ES256",
        prefix: &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ],
        bytes: 65,
        verification: &ECDSA_P256_SHA256_FIXED,
    },
    Kind {
        algorithm: "EdDSA",
        prefix: &[
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ],
        bytes: 32,
        verification: &ED25519,
    },
];

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

impl Key {
    /// A key under the id that tokens name it by, for tokens of one scope.
    pub fn read(id: &str, scope: &str, pem: &str) -> Result<Self, String> {
        if pem.contains("PRIVATE KEY-----") {
            return Err(
                "it is a private key: name the public one, and keep this one secret".into(),
            );
        }
        let body = pem
            .split_once(BEGIN)
            .and_then(|(_, rest)| rest.split_once(END));
        let (body, _) = body.ok_or_else(|| format!("no `{BEGIN}` is in it"))?;
        let body: String = body.split_whitespace().collect();
        let der = STANDARD
            .decode(body)
            .map_err(|error| format!("its key is no base64: {error}"))?;
        let found = KINDS.iter().find_map(|kind| {
            let point = der.strip_prefix(kind.prefix)?;
            (point.len() == kind.bytes).then(|| (kind, point.to_vec()))
        });
        let (kind, point) = found.ok_or("it is neither a key of P-256 nor one of Ed25519")?;
        Ok(Self {
            id: id.to_owned(),
            scope: scope.to_owned(),
            kind,
            point,
        })
    }

    /// The only algorithm that it is used with.
    pub(super) fn algorithm(&self) -> &'static str {
        self.kind.algorithm
    }

    /// Whether it signed a text.
    pub(super) fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(self.kind.verification, &self.point);
        key.verify(text, signature).is_ok()
    }
}

/// The algorithms of all keys.
pub(super) fn algorithms() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.algorithm)
}
