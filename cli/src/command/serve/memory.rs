//! Which signed bundles were the newest. An older one is signed as well as they are, and must not come back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, anyhow};
use plumbline_rego::value::json;
use plumbline_rego::{Number, ObjectBuilder, Value};
use plumbline_sources::fs;

use crate::replace::replace;

const FILE: &str = "bundles.json";

/// How far each bundle has come, by its name: a time of signing, or a revision that is a number.
#[derive(Debug)]
pub(super) struct Memory {
    /// Where it outlives a restart.
    file: Option<PathBuf>,
    newest: Mutex<BTreeMap<String, u64>>,
}

impl Memory {
    /// What is remembered in a folder, which is made if it is not there; without one, nothing outlives a restart.
    pub(super) fn open(folder: Option<&Path>) -> anyhow::Result<Self> {
        let Some(folder) = folder else {
            return Ok(Self {
                file: None,
                newest: Mutex::default(),
            });
        };
        let name = fs::display(folder);
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {name}"))?;
        let file = folder.join(FILE);
        let newest = if file.exists() {
            let text = fs::read(&file, fs::MAX_BYTES)
                .map_err(|problem| unreadable(&file, &problem.message))?;
            numbers(&text).ok_or_else(|| unreadable(&file, "it holds no numbers by name"))?
        } else {
            BTreeMap::new()
        };
        Ok(Self {
            file: Some(file),
            newest: Mutex::new(newest),
        })
    }

    /// How far a bundle has come.
    pub(super) fn newest(&self, name: &str) -> Option<u64> {
        self.lock().get(name).copied()
    }

    /// Takes down how far bundles have come; if that cannot be written, they have not.
    pub(super) fn remember(&self, reached: BTreeMap<String, u64>) -> Result<(), String> {
        let mut newest = self.lock();
        let mut all = newest.clone();
        all.extend(reached);
        if *newest == all {
            return Ok(());
        }
        if let Some(file) = &self.file {
            replace(file, &text(&all)).map_err(|error| {
                let name = fs::display(file);
                format!("cannot write {name}: {}", fs::reason(&error))
            })?;
        }
        *newest = all;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is forgotten would let older bundles back, so that it is never guessed.
fn unreadable(file: &Path, reason: &str) -> anyhow::Error {
    anyhow!(
        "cannot read {}: {reason}{}",
        fs::display(file),
        crate::command::help(
            "which bundles were newest stands there: restore it, or remove it and take any"
        )
    )
}

fn numbers(text: &str) -> Option<BTreeMap<String, u64>> {
    let value = json::parse(text).ok()?;
    let entries = value.as_object()?.iter();
    entries
        .map(|(name, number)| {
            let number = u64::try_from(number.as_number()?.to_i64()?).ok()?;
            Some((name.as_str()?.to_owned(), number))
        })
        .collect()
}

fn text(numbers: &BTreeMap<String, u64>) -> String {
    let mut object = ObjectBuilder::default();
    for (name, number) in numbers {
        let number = i64::try_from(*number).unwrap_or(i64::MAX);
        object.insert_str(name, Value::Number(Number::from(number)));
    }
    json::to_string_pretty(&Value::Object(object.finish()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Memory;

    fn reached(name: &str, number: u64) -> BTreeMap<String, u64> {
        BTreeMap::from([(name.to_owned(), number)])
    }

    #[test]
    fn what_is_remembered_outlives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("state");
        let memory = Memory::open(Some(&place)).unwrap();
        assert_eq!(memory.newest("a"), None);
        memory.remember(reached("a", 7)).unwrap();
        memory.remember(reached("b", 1)).unwrap();
        let memory = Memory::open(Some(&place)).unwrap();
        assert_eq!((memory.newest("a"), memory.newest("b")), (Some(7), Some(1)));
    }

    #[test]
    fn without_a_folder_it_lasts_as_long_as_the_process() {
        let memory = Memory::open(None).unwrap();
        memory.remember(reached("a", 7)).unwrap();
        assert_eq!(memory.newest("a"), Some(7));
        assert_eq!(Memory::open(None).unwrap().newest("a"), None);
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "[]", "{\"a\": -1}", "{\"a\": \"7\"}"] {
            std::fs::write(folder.path().join("bundles.json"), text).unwrap();
            assert!(Memory::open(Some(folder.path())).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("state");
        let memory = Memory::open(Some(&place)).unwrap();
        std::fs::remove_dir_all(&place).unwrap();
        assert!(memory.remember(reached("a", 7)).is_err());
        assert_eq!(memory.newest("a"), None);
    }
}
