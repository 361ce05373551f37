//! Signatures of OPA's bundles: one token over the hash of every file, by a key that was agreed on beforehand.
//! <https://www.openpolicyagent.org/docs/management-bundles#signing>
//!
//! The files are taken into memory once, so that what is checked is what is read afterwards. Nothing in a bundle chooses
//! how it is checked: the key does.

mod hash;
mod key;
mod token;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fs;
use crate::held::{Content, Held};
use crate::place::{Place, Placed};
use hash::Claim;
pub use key::Key;

const SIGNATURES: &str = ".signatures.json";
/// The most that a bundle may hold: 256 MiB.
const MAX_BUNDLE: usize = 256 * 1024 * 1024;

/// A bundle whose every file was signed.
#[derive(Debug)]
pub struct Verified {
    /// The files.
    pub bundle: Place,
    /// When it was signed, in seconds since the beginning of 1970, if the token says so.
    pub issued: Option<u64>,
}

/// Whether a bundle says that it is signed.
pub fn is_signed(bundle: &Place) -> bool {
    let signatures = bundle.join(SIGNATURES);
    signatures.is_some_and(|signatures| signatures.is_file())
}

/// The files of a bundle, if one of the keys signed exactly these; or why they do not count.
pub fn verify(bundle: &Place, keys: &[Key]) -> Result<Verified, String> {
    let mut files = files(bundle)?;
    let signatures = files.remove(SIGNATURES);
    let signatures = signatures.ok_or("it is not signed, and only what is signed counts")?;
    let token = token::read(&signatures, keys)?;
    compare(&files, token.files)?;
    let content = files
        .into_iter()
        .map(|(name, bytes)| (name, Content::Bytes(bytes)))
        .collect();
    // The root of an archive has no path below it.
    let name = bundle.name().trim_end_matches(':').to_owned();
    let held = Held::new(name, None, content);
    Ok(Verified {
        bundle: Place::Held(Arc::new(held), String::new()),
        issued: token.issued,
    })
}

/// The bytes of every file of a bundle.
fn files(bundle: &Place) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let (found, problems) = bundle.files();
    if let Some(problem) = problems.first() {
        return Err(problem.message.clone());
    }
    let mut files = BTreeMap::new();
    let mut sum = 0;
    for Placed { place, below } in found {
        let bytes = place.bytes(fs::MAX_BYTES);
        let bytes = bytes.map_err(|reason| format!("`{}`: {reason}", below.escape_debug()))?;
        sum += bytes.len();
        if sum > MAX_BUNDLE {
            return Err(format!("more than the {MAX_BUNDLE} bytes that are read"));
        }
        files.insert(below, bytes);
    }
    Ok(files)
}

/// That the files are those that were signed, all of them and no others.
fn compare(
    files: &BTreeMap<String, Vec<u8>>,
    mut signed: BTreeMap<String, Claim>,
) -> Result<(), String> {
    for (name, bytes) in files {
        let Some(claim) = signed.remove(name) else {
            return Err(format!("`{}` is not signed", name.escape_debug()));
        };
        claim
            .check(name, bytes)
            .map_err(|reason| format!("`{}` {reason}", name.escape_debug()))?;
    }
    match signed.keys().next() {
        Some(name) => Err(format!(
            "`{}` was signed, and is missing",
            name.escape_debug()
        )),
        None => Ok(()),
    }
}
