//! One number for everything that decides.

use std::fmt;

use plumbline_rego::Value;
use plumbline_rego::value::json;
use sha2::{Digest as _, Sha256};

use super::Ingredients;
use crate::finding::hex;
use crate::source::Sources;

/// SHA-256 over what decides. Of a policy set, the sorted paths and bytes of modules and data, the organisation's
/// decisions, and all overrides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(String);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

impl Ingredients {
    /// The digest of the set that is made of them.
    pub fn digest(&self, sources: &Sources) -> Digest {
        Digest::of(self, sources)
    }
}

impl Digest {
    pub(super) fn of(ingredients: &Ingredients, sources: &Sources) -> Self {
        let mut parts: Vec<(String, String)> = Vec::new();
        for module in &ingredients.modules {
            let text = sources.get(module.file).map_or("", |source| source.text());
            parts.push((format!("module {}", module.path), text.to_owned()));
        }
        for data in &ingredients.data {
            parts.push((format!("data {}", data.path), json::to_string(&data.value)));
        }
        if let Some(estate) = &ingredients.estate {
            parts.push(("estate".to_owned(), json::to_string(estate)));
        }
        parts.sort();
        if let Some(profile) = ingredients.profile {
            parts.push(("profile".to_owned(), profile.name.to_owned()));
        }
        for namespace in &ingredients.namespaces {
            parts.push(("namespace".to_owned(), namespace.pattern.clone()));
        }
        for (index, over) in ingredients.overrides.iter().enumerate() {
            let params = over.params.as_ref().map(json::to_string);
            parts.push((
                format!("override {index} {}", over.pattern),
                format!("{:?} {:?} {params:?}", over.severity, over.effect),
            ));
        }
        let texts = parts.into_iter();
        Self::of_texts(texts.flat_map(|(name, content)| [name, content]))
    }

    /// The digest of values in their order.
    pub(crate) fn of_values<'a>(values: impl Iterator<Item = &'a Value>) -> Self {
        Self::of_texts(values.map(json::to_string))
    }

    fn of_texts(texts: impl Iterator<Item = String>) -> Self {
        let mut hash = Sha256::new();
        for text in texts {
            // Lengths keep one part from passing for another.
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        Self(hex(&hash.finalize()))
    }
}
