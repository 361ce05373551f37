//! What is hashed of a file: its bytes; of data and the manifest their value, however it is laid out.

use std::sync::Arc;

use plumbline_core::finding::hex;
use plumbline_core::parse::{self, Notation};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;
use plumbline_rego::{Number, Value};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::fs;

/// What was signed of a file.
#[derive(Debug)]
pub(super) struct Claim {
    hash: String,
    algorithm: Algorithm,
}

type Algorithm = fn(&[u8]) -> String;

/// The algorithms that count. No others do: a weak one is as good as none.
const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("SHA-256", |bytes| hex(&Sha256::digest(bytes))),
    ("SHA-384", |bytes| hex(&Sha384::digest(bytes))),
    ("SHA-512", |bytes| hex(&Sha512::digest(bytes))),
];

/// The files whose value is hashed, by their names.
const STRUCTURED: &[(&str, Notation)] = &[
    ("data.json", Notation::Json),
    ("data.yaml", Notation::Yaml),
    (".manifest", Notation::Json),
];

impl Claim {
    /// That a file has a hash, by the name of an algorithm.
    pub(super) fn new(hash: &str, algorithm: &str) -> Result<Self, String> {
        let known = ALGORITHMS.iter().find(|(name, _)| *name == algorithm);
        let (_, algorithm) = known.ok_or_else(|| {
            let found = algorithm.escape_debug();
            format!("hashes of `{found}` do not count: only SHA-256, SHA-384 and SHA-512 do")
        })?;
        Ok(Self {
            hash: hash.to_ascii_lowercase(),
            algorithm: *algorithm,
        })
    }

    /// Whether a file is what was signed.
    pub(super) fn check(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let base = name.rsplit('/').next().unwrap_or(name);
        let structured = STRUCTURED.iter().find(|(known, _)| *known == base);
        let hash = match structured {
            None => (self.algorithm)(bytes),
            Some((_, notation)) => (self.algorithm)(canonical(name, bytes, *notation)?.as_bytes()),
        };
        if hash == self.hash {
            return Ok(());
        }
        Err("is not what was signed".to_owned())
    }
}

/// The value of a file as it is read afterwards, spelt in the one way that is hashed.
fn canonical(name: &str, bytes: &[u8], notation: Notation) -> Result<String, String> {
    let text = fs::text(name, bytes, fs::MAX_BYTES).map_err(|problem| problem.message)?;
    let source = Arc::new(Source::new(name, text));
    let (documents, problems) = parse::parse_own(&source, FileId(0), notation);
    let broken = problems.iter().find(|problem| problem.is_error());
    let (typing, spelling) = match notation {
        Notation::Json => (Typing::Json, Spelling::AsWritten),
        _ => (Typing::Core, Spelling::Shortest),
    };
    match (documents.as_slice(), broken) {
        ([document], None) => {
            let mut out = String::new();
            let value = document.tree.to_value(NodeId::ROOT, typing);
            write(&mut out, &value, spelling);
            Ok(out)
        }
        (_, Some(problem)) => Err(format!("cannot be read: {}", problem.message)),
        (all, None) => Err(format!("holds {} documents, and not one", all.len())),
    }
}

/// How numbers are spelt: those of YAML come as floats.
#[derive(Debug, Clone, Copy)]
enum Spelling {
    AsWritten,
    Shortest,
}

fn write(out: &mut String, value: &Value, spelling: Spelling) {
    match value {
        Value::Object(object) => {
            let entries = object.iter().enumerate();
            out.push('{');
            for (index, (key, value)) in entries {
                if index > 0 {
                    out.push(',');
                }
                write_text(out, key.as_str().unwrap_or_default());
                out.push(':');
                write(out, value, spelling);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item, spelling);
            }
            out.push(']');
        }
        Value::String(text) => write_text(out, text),
        Value::Number(number) => write_number(out, number, spelling),
        other => out.push_str(&json::to_string(other)),
    }
}

fn write_number(out: &mut String, number: &Number, spelling: Spelling) {
    let shortest = match (spelling, number.to_i64()) {
        (Spelling::AsWritten, _) => None,
        (Spelling::Shortest, Some(integer)) => Some(Number::from(integer)),
        (Spelling::Shortest, None) => Number::from_f64(number.to_f64()),
    };
    out.push_str(&shortest.as_ref().unwrap_or(number).to_string());
}

/// A string with the escapes of Go's encoder.
fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use plumbline_core::parse::Notation;

    use super::{Claim, canonical};

    #[track_caller]
    fn check(text: &str, notation: Notation, expected: &str) {
        assert_eq!(
            canonical("x", text.as_bytes(), notation).as_deref(),
            Ok(expected)
        );
    }

    #[test]
    fn a_value_is_spelt_in_one_way() {
        check(
            "{\"b\": 1.0, \"a\": [1e3, null, true]}",
            Notation::Json,
            "{\"a\":[1e3,null,true],\"b\":1.0}",
        );
        check(
            "\"<&>\\u2028\\u0008\\u0001 \\/\\u007f\"",
            Notation::Json,
            "\"<&>\\u2028\\b\\u0001 /\u{7f}\"",
        );
        check(
            "b: 1.50\na: [x, 7, 'yes']\n",
            Notation::Yaml,
            "{\"a\":[\"x\",7,\"yes\"],\"b\":1.5}",
        );
    }

    #[test]
    fn what_has_no_one_value_is_refused() {
        for text in ["{", "{} {}", "{\"a\": 1, \"a\": 2}"] {
            assert!(
                canonical("x", text.as_bytes(), Notation::Json).is_err(),
                "{text}"
            );
        }
        assert!(canonical("x", &[0xff], Notation::Json).is_err());
    }

    #[test]
    fn weak_hashes_do_not_count() {
        for name in ["SHA-256", "SHA-384", "SHA-512"] {
            assert!(Claim::new("00", name).is_ok(), "{name}");
        }
        for name in ["", "MD5", "SHA-1", "SHA-224", "sha-256"] {
            assert!(Claim::new("00", name).is_err(), "{name}");
        }
    }
}
