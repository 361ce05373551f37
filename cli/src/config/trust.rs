//! Which bundles count: those that a key of the configuration signed, if it names any.

use plumbline_core::problem::Problem;
use plumbline_core::tree::View;
use plumbline_sources::place::Place;
use plumbline_sources::signature::{self, Key};
use plumbline_sources::{fs, opa};

use super::{Layers, Own, Resolver};

/// What is known of where policies and data come from.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    /// Whether the configuration names keys.
    pub(crate) names_keys: bool,
    keys: Vec<Key>,
    /// The bundles that were read.
    pub(crate) bundles: Vec<Bundle>,
    /// What was read, and no key signed.
    pub(crate) unsigned: Vec<String>,
}

/// A bundle that was read.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// What messages call it.
    pub(crate) name: String,
    /// The revision that its manifest names.
    pub(crate) revision: Option<String>,
    /// What its signature says.
    pub(crate) signature: Signature,
}

/// What the signature of a bundle says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    /// There is none.
    Absent,
    /// There is one, and no key to check it by.
    Unchecked,
    /// It is that of a key; when it was made, in seconds since the beginning of 1970, if it says so.
    Checked(Option<u64>),
}

/// Whether a folder is read as a bundle.
pub(super) fn is_bundle(folder: &Place) -> bool {
    opa::is_bundle(folder) || signature::is_signed(folder)
}

impl Resolver<'_> {
    /// The keys that count: those of the highest layer that names any.
    pub(super) fn trust(&mut self, layers: &Layers) -> Trust {
        let mut trust = Trust::default();
        let mut lists = layers.said("bundle-keys").rev();
        let Some((decides, list)) = lists.next() else {
            return trust;
        };
        trust.names_keys = true;
        for (own, other) in lists {
            let message = "`bundle-keys` are decided by the organisation";
            let warning = Problem::warning(own.place(other), message)
                .related(decides.place(list), "decided here");
            self.problems.push(warning.help("these do not count"));
        }
        for item in list.items() {
            trust.keys.extend(self.key(decides, item));
        }
        trust
    }

    fn key(&mut self, own: &Own, item: View<'_>) -> Option<Key> {
        let word = |key: &str| item.get(key).and_then(View::str);
        let written = item.get("file")?;
        let place = self.there(own, written, "bundle-keys")?;
        let read = place.read(fs::MAX_BYTES).map_err(|problem| problem.message);
        let id = word("id").unwrap_or_default();
        let scope = word("scope").unwrap_or_default();
        match read.and_then(|text| Key::read(id, scope, &text)) {
            Ok(key) => Some(key),
            Err(reason) => {
                let message = format!("`bundle-keys`: {}: {reason}", place.name());
                let problem = Problem::error(own.place(written), message);
                let help = "a key is the public half of one of P-256 or Ed25519, in PEM";
                self.problems.push(problem.help(help));
                None
            }
        }
    }

    /// The files of a bundle that count. One that does not is said.
    pub(super) fn trusted(&mut self, bundle: Place, trust: &mut Trust) -> Option<Place> {
        // The root of an archive has no path below it.
        let name = bundle.name().trim_end_matches(':').to_owned();
        let (bundle, signature) = if trust.names_keys {
            match signature::verify(&bundle, &trust.keys) {
                Ok(verified) => (verified.bundle, Signature::Checked(verified.issued)),
                Err(reason) => {
                    let help = "only bundles count that a key of `bundle-keys` signed";
                    self.problems.push(Problem::file(name, reason).help(help));
                    return None;
                }
            }
        } else {
            trust.unsigned.push(name.clone());
            let signature = if signature::is_signed(&bundle) {
                let message = "it is signed, and nothing says whose signature counts";
                let warning = Problem::file_warning(name.as_str(), message);
                let help = "name the keys that count: `bundle-keys` in `plumbline.yaml`";
                self.problems.push(warning.help(help));
                Signature::Unchecked
            } else {
                Signature::Absent
            };
            (bundle, signature)
        };
        trust.bundles.push(Bundle {
            name,
            revision: opa::revision(&bundle),
            signature,
        });
        Some(bundle)
    }
}
