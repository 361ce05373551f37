//! The configuration of a repository and the layers of the organisation that it extends, one above the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use plumbline_core::problem::Problem;
use plumbline_core::source::Span;
use plumbline_core::tree::View;
use plumbline_core::waiver::Authority;
use plumbline_sources::place::Place;
use plumbline_sources::revision::is_commit;
use plumbline_sources::{archive, revision};

use super::{CONFIG_NAME, LAYER, Own, Resolver};

/// What a layer may lock, and the key that may then not be set below it.
const LOCKS: &[(&str, &str)] = &[
    ("rules", "rules"),
    ("fail-on", "fail-on"),
    ("ignore", "ignore"),
    ("builtin", "builtin"),
    ("baseline", "baseline"),
    ("local-waivers", "waivers"),
];

/// Configurations, each of which extends the next one. The first is the repository's.
#[derive(Default)]
pub(super) struct Layers(Vec<Own>);

impl Layers {
    /// What the layers say of a key, the nearest first. What one says that is locked above it does not count.
    pub(super) fn said(
        &self,
        key: &'static str,
    ) -> impl DoubleEndedIterator<Item = (&Own, View<'_>)> {
        let layers = self.0.iter().enumerate();
        layers
            .filter(move |(index, _)| self.lock(key, *index).is_none())
            .filter_map(move |(_, own)| Some((own, own.root().get(key)?)))
    }

    /// What the nearest layer says that says something of a key.
    pub(super) fn first(&self, key: &'static str) -> Option<View<'_>> {
        self.said(key).next().map(|(_, view)| view)
    }

    /// The repository's own configuration.
    pub(super) fn nearest(&self) -> Option<&Own> {
        self.0.first()
    }

    /// The layers above it, the nearest first.
    pub(super) fn above(&self) -> &[Own] {
        self.0.get(1..).unwrap_or_default()
    }

    /// Each layer with the one that it extends.
    pub(super) fn extended_by(&self) -> impl Iterator<Item = (&Own, &Own)> {
        self.0.iter().zip(self.above())
    }

    /// Where the layers were read.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.0.iter().map(|own| &own.at)
    }

    /// The commits that layers were read from.
    pub(super) fn commits(&self) -> Vec<String> {
        let mut commits: Vec<String> = Vec::new();
        for place in self.places() {
            if let Place::Held(held, _) = place
                && let Some(commit) = held.commit()
                && !commits.iter().any(|known| known == commit)
            {
                commits.push(commit.to_owned());
            }
        }
        commits
    }

    /// What is locked for the repository, by the words for it, and where.
    pub(super) fn locks(&self) -> BTreeMap<&'static str, Span> {
        let lock = |(word, key): &(&'static str, &'static str)| Some((*word, self.lock(key, 0)?));
        LOCKS.iter().filter_map(lock).collect()
    }

    /// Where a layer above one of them locks a key.
    fn lock(&self, key: &str, index: usize) -> Option<Span> {
        let above = self.0.get(index + 1..).unwrap_or_default();
        let locks_key = |item: &View<'_>| {
            let word = item.str().unwrap_or_default();
            LOCKS.contains(&(word, key))
        };
        above.iter().find_map(|own| {
            let lock = own.root().get("lock")?.items().find(locks_key)?;
            Some(own.place(lock))
        })
    }

    /// What is set below a lock.
    fn broken_locks(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, own) in self.0.iter().enumerate() {
            for (_, key) in LOCKS {
                let set = own.root().get(key).zip(self.lock(key, index));
                problems.extend(set.map(|(written, lock)| {
                    Problem::error(own.place(written), format!("`{key}` is locked"))
                        .related(lock, "locked here")
                        .help("leave it out, or have the layer changed that locks it")
                }));
            }
        }
        problems
    }
}

impl Resolver<'_> {
    /// A configuration with everything that it extends.
    pub(super) fn layers(&mut self, nearest: Option<Own>) -> Layers {
        let mut layers = Layers::default();
        let mut next = nearest;
        while let Some(own) = next {
            layers.0.push(own);
            next = self.extended(&layers);
        }
        self.problems.extend(layers.broken_locks());
        layers
    }

    /// The layer that the last one extends.
    fn extended(&mut self, layers: &Layers) -> Option<Own> {
        let own = layers.0.last()?;
        let extends = own.root().get("extends")?;
        let mut place = self.extended_place(own, extends)?;
        if place.is_folder() {
            place = place.join(CONFIG_NAME)?;
        }
        if let Some(reason) = place.missing() {
            let message = format!("`extends`: {}: {reason}", place.name());
            let problem = Problem::error(own.place(extends), message);
            self.problems.push(problem.help(format!(
                "a layer is a folder with a `{CONFIG_NAME}`, or a file like it"
            )));
            return None;
        }
        let identity = place.identity();
        let mut read = layers.places();
        if let Some(at) = read.position(|place| place.identity() == identity) {
            let chain = layers.places().skip(at).chain([&place]);
            let chain: Vec<String> = chain.map(Place::name).collect();
            let message = format!("`extends` leads in a circle: {}", chain.join(" -> "));
            self.problems
                .push(Problem::error(own.place(extends), message));
            return None;
        }
        self.read(place, Authority::Organisation, &LAYER)
    }

    /// Where the layer is that a configuration extends.
    fn extended_place(&mut self, own: &Own, extends: View<'_>) -> Option<Place> {
        if !extends.is_mapping() {
            return None;
        }
        let [bundle, digest, url, rev, path] =
            ["bundle", "digest", "git", "rev", "path"].map(|key| extends.get(key));
        match (bundle, digest, url, rev, path) {
            (None, None, None, None, Some(path)) => self.there(own, path, "extends"),
            (Some(bundle), digest, None, None, None) => self.unpacked(own, bundle, digest),
            (None, None, Some(url), Some(rev), path) => {
                let place = self.fetched(own, url, rev)?;
                let Some(path) = path.and_then(View::str) else {
                    return Some(place);
                };
                let inside = place.join(path);
                if inside.is_none() {
                    let message = format!("`extends`: `{}` leads out of it", path.escape_debug());
                    self.problems
                        .push(Problem::error(own.place(extends), message));
                }
                inside
            }
            _ => {
                let message = "`extends` does not say where the layer is";
                self.problems.push(
                    Problem::error(own.place(extends), message)
                        .help("it has a `path`, or `git` and `rev`, or `bundle` and `digest`"),
                );
                None
            }
        }
    }

    /// The root of an archive.
    fn unpacked(&mut self, own: &Own, bundle: View<'_>, digest: Option<View<'_>>) -> Option<Place> {
        let place = self.there(own, bundle, "extends")?;
        let Some(digest) = digest else {
            let message = "`extends`: a `bundle` without its `digest`";
            let help = "pin what was agreed to: `digest: sha256:` and 64 digits";
            self.problems
                .push(Problem::error(own.place(bundle), message).help(help));
            return None;
        };
        match archive::read(&place, digest.str()?) {
            Ok(held) => Some(Place::Held(Arc::new(held), String::new())),
            Err(reason) => {
                let message = format!("`extends`: {}: {reason}", place.name());
                self.problems
                    .push(Problem::error(own.place(digest), message));
                None
            }
        }
    }

    /// The root of a commit of a repository elsewhere.
    fn fetched(&mut self, own: &Own, url: View<'_>, rev: View<'_>) -> Option<Place> {
        // An id may consist of digits only.
        let name = rev.raw()?;
        match revision::fetch(url.str()?, name) {
            Ok((held, commit)) => {
                if !is_commit(name) {
                    let message = format!(
                        "`rev`: `{}` may come to mean another commit",
                        name.escape_debug()
                    );
                    let problem = Problem::warning(own.place(rev), message);
                    self.problems
                        .push(problem.help(format!("pin it: `rev: {commit}`")));
                }
                Some(Place::Held(Arc::new(held), String::new()))
            }
            Err(reason) => {
                let message = format!("`extends`: {reason}");
                self.problems.push(Problem::error(own.place(url), message));
                None
            }
        }
    }
}
