//! Where requests come in: who may send them, and whether there is a limit to how many.

use super::WHY;
use super::declared::{Declared, Path, each, truth};
use crate::estate::{Entity, EntityKind, Model};
use crate::tree::{Origin, View};

/// Where a type of endpoint says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) form: &'static str,
    /// `GET /orders`.
    pub(in crate::frontend) key: Path,
    pub(in crate::frontend) method: Path,
    /// The part of a path that the endpoint is on: its type, the way to it, the part, and the way to what it lies below.
    pub(in crate::frontend) on: Option<(&'static str, Path, Path, Path)>,
    pub(in crate::frontend) authorization: Path,
    pub(in crate::frontend) key_required: Path,
    pub(in crate::frontend) target: Target,
    /// The API that it is a part of.
    pub(in crate::frontend) api: Path,
    /// Types of APIs, and where each says that it is a private one.
    pub(in crate::frontend) private: &'static [(&'static str, Path)],
    pub(in crate::frontend) limits: &'static [Limit],
}

/// Where it stands what an endpoint calls.
#[derive(Debug)]
pub(in crate::frontend) enum Target {
    /// The endpoint names it.
    Named(Path),
    /// An address in the endpoint, of a function of one of these types.
    Address(Path, &'static [&'static str]),
    /// The same in a resource that the endpoint names: the way to that, its type, the way to the address.
    Through(Path, &'static str, Path, &'static [&'static str]),
    /// The same in a resource that says of itself what the endpoint says: its type, what both say, the way to the
    /// address.
    Beside(&'static str, &'static [Path], Path, &'static [&'static str]),
}

/// Where requests are limited.
#[derive(Debug)]
pub(in crate::frontend) struct Limit {
    pub(in crate::frontend) kind: &'static str,
    /// The settings within the resource; none where it is a setting itself.
    pub(in crate::frontend) settings: Path,
    /// The API that it is about: of the resource, or of each setting.
    pub(in crate::frontend) api: Path,
    /// What the settings are about.
    pub(in crate::frontend) about: About,
    pub(in crate::frontend) rate: Path,
}

/// Which endpoints of an API a setting is about.
#[derive(Debug)]
pub(in crate::frontend) enum About {
    /// Every one.
    All,
    /// Those that ask for a key.
    Keys,
    /// The one with the same key: the way there within each setting.
    Key(Path),
    /// The one with the same key, which the setting stands under.
    Under,
    /// Those that patterns are for: `*/*`, `*` and `/*`.
    Patterns(&'static [Path]),
}

/// What authorization is called, and the normalised word for it.
const WORDS: &[(&str, &str)] = &[
    ("NONE", "none"),
    ("AWS_IAM", "iam"),
    ("JWT", "jwt"),
    ("COGNITO_USER_POOLS", "jwt"),
    ("CUSTOM", "custom"),
];

/// The endpoint that a resource is.
pub(in crate::frontend) fn endpoint(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    let endpoint = Endpoint { declared, spelling };
    declared.entity(EntityKind::Endpoint, |model| endpoint.fill(model))
}

struct Endpoint<'d, 'a> {
    declared: &'d Declared<'a>,
    spelling: &'d Spelling,
}

impl<'a> Endpoint<'_, 'a> {
    fn at(&self, path: Path) -> Option<View<'a>> {
        self.declared.at(path)
    }

    fn fill(&self, model: &mut Model) {
        let default = self.declared.default();
        model.text("form", self.spelling.form, default);
        self.route(model);
        self.exposure(model);
        self.authentication(model);
        self.rate_limit(model);
        // Every endpoint of AWS that has an address of AWS speaks TLS alone.
        model.truth("tls", true, default);
        self.target(model);
    }

    /// `target`: what is called. Of an address, the function in it; others that are called have no timeout of their own.
    fn target(&self, model: &mut Model) {
        let (address, functions) = match self.spelling.target {
            Target::Named(path) => {
                return self.declared.reference(model, "target", self.at(path));
            }
            Target::Address(path, functions) => (self.at(path), functions),
            Target::Through(path, kind, address, functions) => {
                let named = self
                    .at(path)
                    .and_then(|view| self.declared.within(kind, view));
                let address = named.and_then(|(_, between)| super::dig(between, address));
                (address, functions)
            }
            Target::Beside(kind, same, address, functions) => {
                let mut candidates = self.candidates(kind, same).into_iter();
                let between = candidates.find(|between| self.is_alike(*between, same));
                (
                    between.and_then(|between| super::dig(between, address)),
                    functions,
                )
            }
        };
        let Some(address) = address else { return };
        let mut functions = functions.iter();
        let called = functions.find_map(|kind| self.declared.within(kind, address));
        if let Some((name, _)) = called {
            let from = address.id();
            model.text("target", &name, Origin::Derived { from });
        }
    }

    /// The resources of a type that may say the same as the endpoint: of the fewest that speak of what it speaks of, and
    /// of those that speak of itself.
    fn candidates(&self, kind: &str, paths: &[Path]) -> Vec<View<'a>> {
        let declared = self.declared;
        let dialect = declared.dialect;
        let speaking = |path: &Path| {
            let name = (dialect.referred)(declared.at(path)?)?;
            Some((dialect.speaking)(declared.resource, kind, Some(&name)))
        };
        let fewest = paths.iter().filter_map(speaking).min_by_key(Vec::len);
        let Some(mut found) = fewest else {
            return declared.siblings(kind);
        };
        found.extend((dialect.speaking)(declared.resource, kind, None));
        found
    }

    /// Whether a resource says the same as the endpoint at all of these paths, or has it of the endpoint.
    fn is_alike(&self, other: View<'_>, paths: &[Path]) -> bool {
        let declared = self.declared;
        paths.iter().all(|path| {
            let (Some(theirs), Some(ours)) = (super::dig(other, path), declared.at(path)) else {
                return false;
            };
            (declared.dialect.is_reference)(theirs, declared.resource)
                || declared.is_same(theirs, ours)
        })
    }

    /// `path` and `methods`.
    fn route(&self, model: &mut Model) {
        if let Some(key) = self.at(self.spelling.key) {
            return of_key(model, self.declared, key);
        }
        if let Some(method) = self.at(self.spelling.method) {
            methods(model, self.declared, method);
        }
        if let Some((path, from)) = self.path() {
            model.text("path", &path, Origin::Derived { from: from.id() });
        }
    }

    /// The parts of a path, each in a resource below another one; none where one is not known.
    fn path(&self) -> Option<(String, View<'a>)> {
        const MAX_PARTS: usize = 32;
        let (kind, on, part, above) = self.spelling.on?;
        let from = self.at(on)?;
        let mut parts = Vec::new();
        let mut at = from;
        while let Some(found) = self.declared.followed(kind, at) {
            parts.push(self.declared.text(super::dig(found, part)?)?);
            at = super::dig(found, above)?;
            if parts.len() > MAX_PARTS {
                return None;
            }
        }
        if parts.is_empty() {
            return None;
        }
        parts.reverse();
        Some((format!("/{}", parts.join("/")), from))
    }

    /// An API is open to the internet, unless it says that it is private; of one that is declared elsewhere nobody
    /// knows.
    fn exposure(&self, model: &mut Model) {
        let (api, default) = (self.at(self.spelling.api), self.declared.default());
        let private = self.spelling.private;
        let (Some(api), false) = (api, private.is_empty()) else {
            model.text("exposure", "public", default);
            return;
        };
        let types = private.iter().find_map(|(kind, path)| {
            let found = self.declared.followed(kind, api)?;
            Some(super::dig(found, path))
        });
        match types {
            None => model.unknown("exposure", WHY, api.id()),
            Some(None) => model.text("exposure", "public", default),
            Some(Some(types)) => exposure(model, self.declared, types),
        }
    }

    /// What is not written is not asked for. A key is one where nothing else is asked for.
    fn authentication(&self, model: &mut Model) {
        let declared = self.declared;
        let (written, key) = (
            self.at(self.spelling.authorization),
            self.at(self.spelling.key_required),
        );
        let asks = key.filter(|key| truth(*key) == Some(true));
        match (written, asks) {
            (Some(view), _) if declared.is_unknown(view) => {
                model.unknown("authentication", WHY, view.id());
            }
            (_, Some(key)) if written.is_none_or(is_none) => {
                model.text(
                    "authentication",
                    "api_key",
                    Origin::Derived { from: key.id() },
                );
            }
            (Some(view), _) => {
                if let Some(word) = view.raw().and_then(word_of) {
                    model.text("authentication", word, Origin::Derived { from: view.id() });
                }
            }
            (None, _) => model.text("authentication", "none", declared.default()),
        }
    }

    fn rate_limit(&self, model: &mut Model) {
        let mut perhaps = None;
        for limit in self.spelling.limits {
            for (setting, rate) in self.settings(limit) {
                match self.is_about(limit, setting) {
                    Some(true) => {
                        let from = rate.id();
                        return model.truth("rate_limit", true, Origin::Derived { from });
                    }
                    Some(false) => {}
                    None => perhaps = Some(setting),
                }
            }
        }
        match perhaps {
            Some(setting) => model.unknown("rate_limit", SOME, setting.id()),
            None => model.truth("rate_limit", false, self.declared.default()),
        }
    }

    /// The settings of the same API that limit a rate, and the rate of each.
    fn settings(&self, limit: &Limit) -> Vec<(View<'a>, View<'a>)> {
        let Some(api) = self.at(self.spelling.api) else {
            return Vec::new();
        };
        let is_same = |view: View<'a>| {
            let mut of = each(view).filter_map(|view| super::dig(view, limit.api));
            of.any(|of| self.declared.is_same(of, api))
        };
        let siblings = self.declared.siblings(limit.kind).into_iter();
        let settings = siblings.flat_map(|resource| {
            let within = super::dig(resource, limit.settings);
            match (&limit.about, within) {
                // What a plan limits, it limits for each of the APIs that it lists.
                (About::Keys, Some(apis)) if is_same(apis) => vec![resource],
                (About::Keys, _) => Vec::new(),
                _ if !is_same(resource) => Vec::new(),
                (About::Under, Some(within)) => within.entries().map(|(_, at)| at).collect(),
                (_, Some(within)) => each(within).collect(),
                (_, None) if limit.settings.is_empty() => vec![resource],
                (_, None) => Vec::new(),
            }
        });
        settings
            .filter_map(|setting| {
                let rate = super::dig(setting, limit.rate)?;
                // A rate of -1 is no limit.
                (rate.raw() != Some("-1")).then_some((setting, rate))
            })
            .collect()
    }

    /// Whether a setting is about this endpoint; none where it is about some that may be this one.
    fn is_about(&self, limit: &Limit, setting: View<'_>) -> Option<bool> {
        let key = self.at(self.spelling.key).and_then(View::raw);
        match limit.about {
            About::All => Some(true),
            About::Keys => {
                let key = self.at(self.spelling.key_required);
                Some(key.is_some_and(|key| truth(key) == Some(true)))
            }
            About::Key(path) => {
                let of = super::dig(setting, path).and_then(View::raw);
                Some(key.is_some() && of == key)
            }
            About::Under => Some(key.is_some() && setting.key() == key),
            About::Patterns(paths) => {
                let is_any = |path: &Path| {
                    let text = super::dig(setting, path).and_then(View::raw);
                    text.is_none_or(|text| text.chars().all(|part| matches!(part, '*' | '/')))
                };
                paths.iter().all(is_any).then_some(true)
            }
        }
    }
}

/// Why nobody knows whether an endpoint is limited.
const SOME: &str = "the limit is one of some paths";

fn is_none(view: View<'_>) -> bool {
    view.raw() == Some("NONE")
}

/// The normalised word for what authorization is called.
pub(super) fn word_of(text: &str) -> Option<&'static str> {
    let found = WORDS.iter().find(|(of, _)| *of == text);
    found.map(|(_, word)| *word)
}

/// `exposure` of an API by the types of its addresses.
pub(super) fn exposure(model: &mut Model, declared: &Declared<'_>, types: View<'_>) {
    if declared.is_unknown(types) {
        model.unknown("exposure", WHY, types.id());
        return;
    }
    let is_private = each(types).any(|of| of.raw() == Some("PRIVATE"));
    let word = if is_private { "internal" } else { "public" };
    model.text("exposure", word, Origin::Derived { from: types.id() });
}

/// `path` and `methods` of `GET /orders`; `$default` takes what no other route takes.
fn of_key(model: &mut Model, declared: &Declared<'_>, key: View<'_>) {
    let from = key.id();
    let Some(text) = declared.text(key) else {
        model.unknown("path", WHY, from);
        return;
    };
    let origin = Origin::Derived { from };
    match text.split_once(' ') {
        Some((method, path)) => {
            model.text("path", path, origin);
            model.list("methods", from, |model| model.text("", method, origin));
        }
        None => model.text("path", text, origin),
    }
}

/// `methods`: one, in upper case.
pub(super) fn methods(model: &mut Model, declared: &Declared<'_>, method: View<'_>) {
    let from = method.id();
    match declared.text(method) {
        Some(text) => model.list("methods", from, |model| {
            let text = text.to_ascii_uppercase();
            model.text("", &text, Origin::Derived { from });
        }),
        None => model.unknown("methods", WHY, from),
    }
}
