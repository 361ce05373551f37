//! Which rules judge a kind of resource: found out once, however many requests ask.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Kinds beyond these are chosen for each time: whoever sends requests makes up kinds.
const MOST: usize = 4096;

/// Rules by target, by their indexes.
#[derive(Debug, Default)]
pub(super) struct Chosen(RwLock<HashMap<String, Arc<[usize]>>>);

impl Chosen {
    /// What was chosen for a target, or is chosen now.
    pub(super) fn of(&self, target: &str, choose: impl FnOnce() -> Arc<[usize]>) -> Arc<[usize]> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(target) {
            return Arc::clone(rules);
        }
        drop(known);
        let rules = choose();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(target.to_owned(), Arc::clone(&rules));
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Chosen, MOST};

    #[test]
    fn a_target_is_chosen_for_once() {
        let chosen = Chosen::default();
        assert_eq!(*chosen.of("a", || Arc::from([1, 2])), [1, 2]);
        assert_eq!(*chosen.of("a", || Arc::from([3])), [1, 2]);
        assert_eq!(*chosen.of("b", || Arc::from([3])), [3]);
    }

    #[test]
    fn targets_beyond_the_most_are_not_kept() {
        let chosen = Chosen::default();
        for target in 0..=MOST {
            chosen.of(&target.to_string(), || Arc::from([1]));
        }
        assert_eq!(*chosen.of("0", || Arc::from([2])), [1]);
        assert_eq!(*chosen.of(&MOST.to_string(), || Arc::from([2])), [2]);
    }
}
