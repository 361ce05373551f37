//! Archives of a layer and packed bundles: `.tar` and `.tar.gz`, read in memory within limits. Nothing is ever unpacked to
//! disk, and an archive that holds more than files in folders is refused as a whole.

mod inflate;
mod tar;

use plumbline_core::finding::hex;
use sha2::{Digest, Sha256};

use crate::held::Held;
use crate::place::Place;
use tar::Absolute;

/// The largest archive that is read: 64 MiB.
const MAX_PACKED: u64 = 64 * 1024 * 1024;
/// The most that may come out of one: 256 MiB.
const MAX_UNPACKED: usize = 256 * 1024 * 1024;

/// The files of an archive whose digest is pinned: `sha256:` and 64 digits.
pub fn read(place: &Place, pinned: &str) -> Result<Held, String> {
    let packed = place.bytes(MAX_PACKED)?;
    let digest = format!("sha256:{}", hex(&Sha256::digest(&packed)));
    if digest != pinned.to_ascii_lowercase() {
        return Err(format!(
            "its digest is `{digest}`, and `{}` is pinned",
            pinned.escape_debug()
        ));
    }
    let unpacked = if packed.starts_with(inflate::MAGIC) {
        inflate::gzip(&packed, MAX_UNPACKED)?
    } else {
        packed
    };
    let files = tar::files(&unpacked, Absolute::LeadsOut)?;
    Ok(Held::new(place.name(), None, files))
}

/// The files of an archive that is packed by gzip, whoever made it. A path that begins with `/` begins at its root, as in
/// the bundles that `opa build` writes.
pub(crate) fn packed(place: &Place) -> Result<Held, String> {
    let packed = place.bytes(MAX_PACKED)?;
    if !packed.starts_with(inflate::MAGIC) {
        return Err("it is not packed by gzip".to_owned());
    }
    let unpacked = inflate::gzip(&packed, MAX_UNPACKED)?;
    let files = tar::files(&unpacked, Absolute::AtTheRoot)?;
    Ok(Held::new(place.name(), None, files))
}
