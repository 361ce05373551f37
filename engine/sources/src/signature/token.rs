//! The token of a bundle: who signed it, and what.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plumbline_rego::value::json;
use plumbline_rego::{Number, Value};

use super::hash::Claim;
use super::key::{Key, algorithms};

/// What a token says that one of the keys signed.
#[derive(Debug)]
pub(super) struct Token {
    /// The files of the bundle, by their paths.
    pub(super) files: BTreeMap<String, Claim>,
    /// When it was signed.
    pub(super) issued: Option<u64>,
}

/// Reads a file of signatures, which holds one token.
pub(super) fn read(file: &[u8], keys: &[Key]) -> Result<Token, String> {
    let file = object(file).ok_or("`.signatures.json` is no JSON object")?;
    let signatures = file.get_str("signatures").and_then(Value::as_array);
    let [token] = signatures.unwrap_or_default() else {
        return Err("`.signatures.json` does not hold exactly one token".to_owned());
    };
    let parts = token.as_str().and_then(parts);
    let parts = parts.ok_or("its token is none: three parts, of which two are objects")?;
    let signer = signer(&parts, keys)?;
    if text(&parts.payload, "scope") != signer.scope {
        return Err(format!(
            "it is signed for the scope `{}`, and the key counts for `{}`",
            text(&parts.payload, "scope").escape_debug(),
            signer.scope.escape_debug()
        ));
    }
    Ok(Token {
        files: files(&parts.payload)?,
        issued: issued(&parts.payload)?,
    })
}

/// A token, taken apart.
struct Parts<'a> {
    header: Value,
    payload: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

fn parts(token: &str) -> Option<Parts<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    Some(Parts {
        header: object(&decoded(header)?)?,
        payload: object(&decoded(payload)?)?,
        signed,
        signature: decoded(signature)?,
    })
}

fn object(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    json::parse(text)
        .ok()
        .filter(|value| value.as_object().is_some())
}

/// The text at a key; nothing if there is none.
fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    let value = object.get_str(key).and_then(Value::as_str);
    value.unwrap_or_default()
}

/// The key that signed a token.
fn signer<'a>(parts: &Parts<'_>, keys: &'a [Key]) -> Result<&'a Key, String> {
    let algorithm = text(&parts.header, "alg");
    if !algorithms().any(|known| known == algorithm) {
        let known: Vec<&str> = algorithms().collect();
        return Err(format!(
            "it is signed by `{}`, which does not count: only {} do",
            algorithm.escape_debug(),
            known.join(" and ")
        ));
    }
    if parts.header.get_str("crit").is_some() {
        return Err("its token asks for extensions, and none is known".to_owned());
    }
    let named = match text(&parts.header, "kid") {
        "" => text(&parts.payload, "keyid"),
        id => id,
    };
    let mut named_so = keys
        .iter()
        .filter(|key| named.is_empty() || key.id == named)
        .peekable();
    if named_so.peek().is_none() {
        return Err(format!(
            "it is signed by the key `{}`, which is not among those that count",
            named.escape_debug()
        ));
    }
    let mut fitting = named_so.filter(|key| key.algorithm() == algorithm);
    let signed = |key: &&Key| key.signed(parts.signed.as_bytes(), &parts.signature);
    fitting
        .find(signed)
        .ok_or_else(|| "its signature is not that of a key that counts".to_owned())
}

/// The files that were signed.
fn files(payload: &Value) -> Result<BTreeMap<String, Claim>, String> {
    let listed = payload.get_str("files").and_then(Value::as_array);
    let mut files = BTreeMap::new();
    for file in listed.ok_or("its token has no list of `files`")? {
        let name = text(file, "name");
        let claim = Claim::new(text(file, "hash"), text(file, "algorithm"))
            .map_err(|reason| format!("`{}`: {reason}", name.escape_debug()))?;
        if files.insert(name.to_owned(), claim).is_some() {
            return Err(format!("`{}` is signed twice", name.escape_debug()));
        }
    }
    Ok(files)
}

fn issued(payload: &Value) -> Result<Option<u64>, String> {
    let Some(written) = payload.get_str("iat") else {
        return Ok(None);
    };
    let seconds = written.as_number().and_then(Number::to_i64);
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let seconds = seconds.ok_or("its `iat` is no number of seconds")?;
    Ok(Some(seconds))
}
