//! What was found in files once, so that equal files need not be judged again by the same rules.
//!
//! A cache is a text: a first line that says which rules it is of, and a line per file. What is wrong with a line, or
//! with all of it, is as good as not there: a cache never changes an answer. Nothing here opens or writes a file.

mod entry;
mod memory;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;

use sha2::{Digest, Sha256};

pub use entry::Entry;
pub use memory::Memory;

/// How entries are written. Another number makes all earlier caches void.
const VERSION: &str = "plumbline.results/v1";

/// A cache is not larger than this.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

/// So many entries are kept that a run did not ask for.
const MOST_OTHERS: usize = 20_000;

/// A file by its name and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a text under the name that messages call it by.
    pub fn of(name: &str, text: &str) -> Self {
        let mut hash = Sha256::new();
        // A name holds no NUL.
        hash.update(name.as_bytes());
        hash.update([0_u8]);
        hash.update(text.as_bytes());
        Self(hash.finalize().into())
    }

    /// The key that 64 digits are.
    fn of_digits(digits: &str) -> Option<Self> {
        let mut digits = digits.bytes();
        let mut bytes = [0; 32];
        for byte in &mut bytes {
            let (high, low) = (digit(digits.next()?)?, digit(digits.next()?)?);
            *byte = (high << 4) | low;
        }
        digits.next().is_none().then_some(Self(bytes))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::finding::hex(&self.0))
    }
}

/// The value of a lowercase hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// The entries of files under one set of rules.
#[derive(Debug)]
pub struct Cache {
    /// Which rules it is of.
    head: String,
    text: String,
    /// Where in the text the line of each file stands, without its key.
    lines: HashMap<Key, Range<usize>>,
    /// The keys in order of lines.
    order: Vec<Key>,
}

impl Cache {
    /// Reads a cache of these rules. A text that is something else is an empty one. `rules` is a word.
    pub fn read(rules: &str, text: String) -> Self {
        let head = format!("{VERSION} {rules}");
        let mut cache = Self {
            head,
            text,
            lines: HashMap::new(),
            order: Vec::new(),
        };
        let mut lines = cache.text.split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        if first.strip_suffix('\n') != Some(cache.head.as_str()) {
            return cache;
        }
        let mut at = first.len();
        for line in lines {
            let end = at + line.len();
            // A line without its end was torn.
            let whole = line
                .strip_suffix('\n')
                .and_then(|line| line.split_once(' '));
            if let Some((digits, rest)) = whole
                && let Some(key) = Key::of_digits(digits)
            {
                let behind = end - 1 - rest.len()..end - 1;
                if cache.lines.insert(key, behind).is_none() {
                    cache.order.push(key);
                }
            }
            at = end;
        }
        cache
    }

    /// What is written of a file.
    pub fn get(&self, key: &Key) -> Option<&str> {
        let line = self.text.get(self.lines.get(key)?.clone())?;
        let (sum, entry) = line.split_once(' ')?;
        (sum == self.sum(key, entry)).then_some(entry)
    }

    /// The cache with what was learnt, without what is too much: first what is new, then what was asked for, then the
    /// others in their order.
    pub fn render(&self, learnt: &BTreeMap<Key, String>, asked: &BTreeSet<Key>) -> String {
        let mut out = format!("{}\n", self.head);
        for (key, entry) in learnt {
            self.line(key, entry, &mut out);
        }
        let is_old = |key: &&Key| !learnt.contains_key(*key);
        let (used, others): (Vec<&Key>, Vec<&Key>) = self
            .order
            .iter()
            .filter(is_old)
            .partition(|key| asked.contains(*key));
        for key in used.into_iter().chain(others.into_iter().take(MOST_OTHERS)) {
            if let Some(entry) = self.get(key) {
                self.line(key, entry, &mut out);
            }
        }
        out
    }

    fn line(&self, key: &Key, entry: &str, out: &mut String) {
        let sum = self.sum(key, entry);
        if out.len() + AROUND + entry.len() <= MOST_BYTES {
            out.push_str(&format!("{key} {sum} {entry}\n"));
        }
    }

    /// What shows that a line is whole, and of these rules and this file.
    fn sum(&self, key: &Key, entry: &str) -> String {
        let mut hash = Sha256::new();
        for part in [self.head.as_bytes(), key.0.as_slice(), entry.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        crate::finding::hex(&hash.finalize())
    }
}

/// The bytes of a line around its entry: the digits of a key and a sum, and what ends them and the line.
const AROUND: usize = 64 + 1 + 64 + 1 + 1;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Cache, Key, MOST_OTHERS};

    /// A cache with these entries, each under the key of its own text.
    fn cache(entries: &[&str]) -> String {
        let learnt = entries
            .iter()
            .map(|entry| (key(entry), (*entry).to_owned()));
        let learnt: BTreeMap<Key, String> = learnt.collect();
        Cache::read("rules", String::new()).render(&learnt, &BTreeSet::new())
    }

    fn key(text: &str) -> Key {
        Key::of("a.yaml", text)
    }

    #[test]
    fn what_was_written_is_read() {
        let read = Cache::read("rules", cache(&["{1}", "{2}"]));
        assert_eq!(read.get(&key("{1}")), Some("{1}"));
        assert_eq!(read.get(&key("{2}")), Some("{2}"));
        assert_eq!(read.get(&key("{3}")), None);
    }

    #[test]
    fn a_key_is_of_name_and_text() {
        assert_eq!(Key::of("a", "b"), Key::of("a", "b"));
        assert_ne!(Key::of("a", "b"), Key::of("ab", ""));
        assert_ne!(Key::of("a", "b"), Key::of("b", "b"));
        let one = key("a");
        assert_eq!(Key::of_digits(&one.to_string()), Some(one));
        assert_eq!(Key::of_digits(&one.to_string().to_uppercase()), None);
        assert_eq!(Key::of_digits("00"), None);
    }

    #[test]
    fn the_cache_of_other_rules_is_empty() {
        let read = Cache::read("others", cache(&["{1}"]));
        assert_eq!(read.get(&key("{1}")), None);
    }

    #[test]
    fn whatever_byte_is_wrong_what_is_read_is_right() {
        let text = cache(&["{1}", "{2}"]);
        for at in 0..text.len() {
            for flip in [1_u8, 0x0a, 0x20] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                let Ok(torn) = String::from_utf8(bytes) else {
                    continue;
                };
                let read = Cache::read("rules", torn);
                for entry in ["{1}", "{2}"] {
                    let found = read.get(&key(entry));
                    assert!(found.is_none_or(|found| found == entry), "{at}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn a_torn_end_is_left_out() {
        let text = cache(&["{1}"]);
        for end in 0..text.len() {
            let read = Cache::read("rules", text.get(..end).unwrap().to_owned());
            assert_eq!(read.get(&key("{1}")), None, "{end}");
        }
    }

    #[test]
    fn what_nobody_asks_for_is_dropped_beyond_a_bound() {
        let entries: Vec<String> = (0..MOST_OTHERS + 2).map(|at| format!("{{{at}}}")).collect();
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let before = Cache::read("rules", cache(&entries));
        let last = *before.order.last().unwrap();
        let left = |asked: &BTreeSet<Key>| {
            let after = before.render(&BTreeMap::new(), asked);
            let after = Cache::read("rules", after);
            (after.lines.len(), after.get(&last).is_some())
        };
        assert_eq!(left(&BTreeSet::new()), (MOST_OTHERS, false));
        assert_eq!(left(&BTreeSet::from([last])), (MOST_OTHERS + 1, true));
    }
}
