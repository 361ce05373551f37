//! What is compiled once for an evaluation: regular expressions, globs and JSON schemas.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::glob::Glob;
use super::regex;
use super::schema::Schema;
use super::{BuiltinError, Meter};
use crate::value::Value;

/// How many things of one kind are kept.
const CAPACITY: usize = 500;

/// How much of one kind is kept, in bytes as far as they are known.
const WEIGHT: u64 = 64 * 1024 * 1024;

/// Compiled patterns and schemas. When there are too many of a kind, that kind is forgotten and begun anew.
#[derive(Debug, Default)]
pub struct Cache {
    regexes: Kept<String, ::regex::Regex>,
    globs: Kept<(String, Vec<char>), Glob>,
    schemas: Kept<Value, Schema>,
}

impl Cache {
    /// The regular expression that Go would read from a pattern. The error is in Go's words.
    pub fn regex(&mut self, pattern: &str) -> Result<Arc<::regex::Regex>, BuiltinError> {
        if let Some(known) = self.regexes.get(pattern) {
            return Ok(known);
        }
        let compiled = regex::compile(pattern).map_err(BuiltinError::Failed)?;
        Ok(self
            .regexes
            .keep(pattern.to_owned(), compiled.regex, compiled.weight))
    }

    /// The glob of a pattern in which `*` and `?` do not match the separators.
    pub(super) fn glob(
        &mut self,
        meter: &Meter,
        pattern: &str,
        separators: &[char],
    ) -> Result<Arc<Glob>, BuiltinError> {
        let key = (pattern.to_owned(), separators.to_vec());
        if let Some(known) = self.globs.get(&key) {
            return Ok(known);
        }
        let glob = Glob::compile(meter, pattern, separators)?;
        Ok(self.globs.keep(key, glob, 1024))
    }

    /// The schema that a JSON text or value is.
    pub(super) fn schema(
        &mut self,
        meter: &Meter,
        source: &Value,
    ) -> Result<Arc<Schema>, BuiltinError> {
        if let Some(known) = self.schemas.get(source) {
            return Ok(known);
        }
        let schema = Schema::compile(meter, source)?;
        let weight = schema.weight();
        Ok(self.schemas.keep(source.clone(), schema, weight))
    }
}

#[derive(Debug)]
struct Kept<K, V> {
    items: HashMap<K, Arc<V>>,
    weight: u64,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            items: HashMap::new(),
            weight: 0,
        }
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Arc<V>>
    where
        K: Borrow<Q>,
    {
        self.items.get(key).cloned()
    }

    fn keep(&mut self, key: K, item: V, weight: u64) -> Arc<V> {
        if self.items.len() >= CAPACITY || self.weight.saturating_add(weight) > WEIGHT {
            self.items.clear();
            self.weight = 0;
        }
        self.weight = self.weight.saturating_add(weight);
        let item = Arc::new(item);
        self.items.insert(key, Arc::clone(&item));
        item
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn a_pattern_is_compiled_once() {
        let mut cache = Cache::default();
        let first = cache.regex("a+").unwrap();
        let second = cache.regex("a+").unwrap();
        assert!(std::sync::Arc::ptr_eq(&first, &second));
    }

    #[test]
    fn a_full_cache_begins_anew() {
        let mut cache = Cache::default();
        for index in 0..=super::CAPACITY {
            cache.regex(&format!("a{index}")).unwrap();
        }
        assert_eq!(cache.regexes.items.len(), 1);
    }

    #[test]
    fn a_broken_pattern_is_an_error_in_go_s_words() {
        let error = Cache::default().regex("a(").unwrap_err();
        assert_eq!(
            error.to_string(),
            "error parsing regexp: missing closing ): `a(`"
        );
    }
}
