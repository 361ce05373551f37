//! Circles: names that need each other to be known.

use std::collections::{BTreeMap, BTreeSet};

/// The most circles that are told apart.
const MOST: usize = 100;

/// What each name needs.
pub(super) type Needs<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The circles among names, each from the name that it was found at; of circles that share a name, one.
pub(super) fn circles<'a>(needs: &Needs<'a>) -> Vec<Vec<&'a str>> {
    let mut found: Vec<Vec<&'a str>> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in needs.keys() {
        if done.contains(start) {
            continue;
        }
        // The way from the start, each name with what it needs and was not followed yet.
        let mut way: Vec<(&'a str, Vec<&'a str>)> = vec![(*start, followed(needs, start))];
        let mut on_way: BTreeSet<&str> = BTreeSet::from([*start]);
        while let Some((name, left)) = way.last_mut() {
            let name = *name;
            let Some(next) = left.pop() else {
                on_way.remove(name);
                done.insert(name);
                way.pop();
                continue;
            };
            if on_way.contains(next) {
                let is_told = told.contains(next) || told.contains(name);
                if !is_told && found.len() < MOST {
                    let names = way.iter().map(|(name, _)| *name);
                    let circle: Vec<&'a str> = names.skip_while(|name| *name != next).collect();
                    told.extend(circle.iter().copied());
                    found.push(circle);
                }
            } else if !done.contains(next) {
                on_way.insert(next);
                way.push((next, followed(needs, next)));
            }
        }
    }
    found
}

/// What a name needs, the first one last.
fn followed<'a>(needs: &Needs<'a>, name: &str) -> Vec<&'a str> {
    let needed = needs.get(name).into_iter().flatten();
    needed.rev().copied().collect()
}

/// A circle as messages spell it, which ends where it begins.
pub(super) fn spell(circle: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = circle
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    if circle.len() > SHOWN {
        shown.push(format!("{} more", circle.len() - SHOWN));
    }
    let first = shown.first().cloned();
    shown.extend(first);
    shown.join(" needs ")
}

#[cfg(test)]
mod tests {
    use super::{Needs, circles, spell};

    #[track_caller]
    fn check(needs: &[(&'static str, &[&'static str])], expected: &[&str]) {
        let needs: Needs<'_> = needs
            .iter()
            .map(|(name, needed)| (*name, needed.iter().copied().collect()))
            .collect();
        let found: Vec<String> = circles(&needs).iter().map(|circle| spell(circle)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_needs_itself_is_a_circle() {
        check(&[("a", &["a"])], &["`a` needs `a`"]);
        check(
            &[("a", &["b"]), ("b", &["c"]), ("c", &["b"])],
            &["`b` needs `c` needs `b`"],
        );
    }

    #[test]
    fn what_is_needed_twice_is_none() {
        check(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &["d"])], &[]);
    }
}
