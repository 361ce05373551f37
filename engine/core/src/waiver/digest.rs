//! One number for exceptions, whatever files they stand in.

use sha2::{Digest as _, Sha256};

use super::Waiver;
use crate::finding::hex;

/// SHA-256 over what each waiver says, in order: `sha256:` and 64 digits.
pub fn digest(waivers: &[Waiver]) -> String {
    let mut hash = Sha256::new();
    for waiver in waivers {
        let Waiver {
            id,
            authority,
            annotated,
            rule,
            scope,
            reason,
            owner,
            expires,
            ticket,
            place: _,
        } = waiver;
        // Texts are quoted and escaped, so that none passes for two.
        let who = format!("{id:?} {authority:?} {annotated} {owner:?} {ticket:?}");
        let what = format!("{rule:?} {scope:?} {reason:?} {expires:?}\n");
        hash.update(who);
        hash.update(what);
    }
    format!("sha256:{}", hex(&hash.finalize()))
}
