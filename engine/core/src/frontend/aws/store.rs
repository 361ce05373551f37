//! Where data rests: buckets, tables, databases, groups of logs.

use super::WHY;
use super::declared::{Declared, Path, each, word};
use super::document::{Document, Part};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::tree::View;

/// Where a type of store says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) form: &'static str,
    /// The name that it gives itself, by which others may speak of it.
    pub(in crate::frontend) name: Path,
    pub(in crate::frontend) region: Path,
    pub(in crate::frontend) tags: Path,
    pub(in crate::frontend) log_retention: Path,
    pub(in crate::frontend) public: Question,
    pub(in crate::frontend) encrypted: Question,
    pub(in crate::frontend) backup: Question,
    /// The policy of the store: its own, or one beside it.
    pub(in crate::frontend) policy: Option<Policy>,
}

/// A policy of a store that says who may use it.
#[derive(Debug)]
pub(in crate::frontend) struct Policy {
    /// The resource beside the store that says it: its type, and the store.
    pub(in crate::frontend) kind: &'static str,
    pub(in crate::frontend) store: Path,
    /// Within that resource, or within the store.
    pub(in crate::frontend) document: Path,
    /// What makes a policy that lets everybody in one that does not.
    pub(in crate::frontend) unless: &'static [Way],
}

/// Something that is so or not.
#[derive(Debug)]
pub(in crate::frontend) struct Question {
    /// Where it is answered with yes or no: the first place where something is written counts.
    pub(in crate::frontend) ways: &'static [Way],
    /// What makes it no, whatever those say.
    pub(in crate::frontend) unless: &'static [Way],
    /// What holds where nothing is written; none where that depends on what is not written here.
    pub(in crate::frontend) default: Option<bool>,
}

impl Question {
    /// What is always so, or never.
    pub(in crate::frontend) const fn always(default: bool) -> Self {
        Self {
            ways: &[],
            unless: &[],
            default: Some(default),
        }
    }

    /// What one place answers.
    pub(in crate::frontend) const fn written(ways: &'static [Way], default: bool) -> Self {
        Self {
            ways,
            unless: &[],
            default: Some(default),
        }
    }
}

/// A place that answers a question.
#[derive(Debug)]
pub(in crate::frontend) struct Way {
    /// The resource beside the store that says it: its type, and the store. None: the store itself.
    pub(in crate::frontend) beside: Option<(&'static str, Path)>,
    pub(in crate::frontend) path: Path,
    pub(in crate::frontend) means: Means,
}

/// What a value has to be to mean yes.
#[derive(Debug)]
pub(in crate::frontend) enum Means {
    /// One of these words, or a list with one of them.
    OneOf(&'static [&'static str]),
    /// A number other than 0.
    NotZero,
    /// Anything.
    Written,
    /// One of these words at a path within any of its elements.
    Within(Path, &'static [&'static str]),
}

/// Words of a boolean that is true.
pub(in crate::frontend) const TRUE: Means = Means::OneOf(&["true"]);

/// The store that a resource is.
pub(in crate::frontend) fn store(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    store_of(declared, spelling, None)
}

/// The group of logs that a resource is, which keeps them for some days where nothing is written.
pub(in crate::frontend) fn logs(declared: &Declared<'_>, spelling: &Spelling, days: i64) -> Entity {
    store_of(declared, spelling, Some(days))
}

fn store_of(declared: &Declared<'_>, spelling: &Spelling, days: Option<i64>) -> Entity {
    let store = Store {
        declared: *declared,
        spelling,
        days,
    };
    declared.entity(EntityKind::Store, |model| store.fill(model))
}

/// An answer, and what says so.
#[derive(Clone, Copy)]
enum Answer<'a> {
    Is(bool, Option<View<'a>>),
    Unknown(View<'a>),
}

struct Store<'a, 's> {
    declared: Declared<'a>,
    spelling: &'s Spelling,
    /// How long logs are kept where nothing is written; None: for ever.
    days: Option<i64>,
}

impl<'a> Store<'a, '_> {
    fn fill(&self, model: &mut Model) {
        let (declared, spelling) = (&self.declared, self.spelling);
        model.text("form", spelling.form, declared.default());
        shared::tags(model, declared.at(spelling.tags));
        let region = declared.region(spelling.region);
        declared.known(model, "region", region, Model::copy);
        self.put(model, "public", self.publicity());
        self.put(model, "encrypted", self.answer(&spelling.encrypted));
        self.put(model, "backup", self.answer(&spelling.backup));
        self.log_retention(model);
    }

    /// 0 days say nothing: where no number holds by default, logs are then kept for ever.
    fn log_retention(&self, model: &mut Model) {
        let written = self.declared.at(self.spelling.log_retention);
        let written = written.filter(|days| days.raw() != Some("0"));
        let declared = &self.declared;
        match (written, self.days) {
            (None, Some(days)) => {
                model.number_at("log_retention_days", days, declared.default());
            }
            _ => declared.known(model, "log_retention_days", written, Model::integer),
        }
    }

    fn put(&self, model: &mut Model, key: &str, answer: Answer<'_>) {
        match answer {
            Answer::Is(value, from) => model.truth(key, value, self.declared.origin(from)),
            Answer::Unknown(view) => model.unknown(key, WHY, view.id()),
        }
    }

    /// Whether everybody may read: by what is written, or by a policy beside the store.
    fn publicity(&self) -> Answer<'a> {
        let own = self.answer(&self.spelling.public);
        match own {
            Answer::Is(false, _) => self.opened().unwrap_or(own),
            _ => own,
        }
    }

    /// Whether any of these places says yes; unknown where none does and one may.
    fn said(&self, ways: &[Way]) -> Answer<'a> {
        let mut open = None;
        for way in ways {
            for view in self.views(way) {
                match self.is_yes(way, view) {
                    Some(true) => return Answer::Is(true, Some(view)),
                    Some(false) => {}
                    None => open = Some(view),
                }
            }
        }
        open.map_or(Answer::Is(false, None), Answer::Unknown)
    }

    fn answer(&self, question: &Question) -> Answer<'a> {
        let unless = self.said(question.unless);
        let (mut first, mut open) = (None, None);
        for way in question.ways {
            for view in self.views(way) {
                match (self.is_yes(way, view), unless) {
                    // Of several resources that open a store, one is enough.
                    (Some(true), Answer::Is(false, _)) => return Answer::Is(true, Some(view)),
                    (Some(true) | None, Answer::Unknown(_)) | (None, Answer::Is(false, _)) => {
                        open = open.or(Some(view));
                    }
                    _ => {}
                }
                first = first.or(Some(view));
            }
        }
        match (open, first) {
            (Some(view), _) => Answer::Unknown(view),
            (None, Some(view)) => Answer::Is(false, Some(view)),
            (None, None) => match question.default {
                Some(default) => Answer::Is(default, None),
                None => {
                    let declared = &self.declared;
                    let whole = declared.properties;
                    Answer::Unknown(whole.unwrap_or_else(|| declared.resource.view()))
                }
            },
        }
    }

    /// What is written at a place.
    fn views(&self, way: &Way) -> Vec<View<'a>> {
        match way.beside {
            None => self.declared.at(way.path).into_iter().collect(),
            Some((kind, store)) => self
                .beside(kind, store)
                .filter_map(|view| super::dig(view, way.path))
                .collect(),
        }
    }

    /// The resources of a type that are for this store.
    fn beside(&self, kind: &str, store: Path) -> impl Iterator<Item = View<'a>> {
        let declared = self.declared;
        let own = declared.at(self.spelling.name);
        let mentioning = declared.mentioning(kind, own).into_iter();
        mentioning.filter(move |view| {
            super::dig(*view, store).is_some_and(|named| declared.is_this(named, own))
        })
    }

    /// Whether a value means yes; none where only a deployment can tell.
    fn is_yes(&self, way: &Way, view: View<'_>) -> Option<bool> {
        match &way.means {
            Means::OneOf(words) => self.is_one_of(words, each(view)),
            Means::Written => Some(true),
            _ if self.declared.is_unknown(view) => None,
            Means::NotZero => Some(view.raw().is_some_and(|text| text != "0")),
            Means::Within(path, words) => {
                let elements = each(view).filter_map(|element| super::dig(element, path));
                self.is_one_of(words, elements.flat_map(each))
            }
        }
    }

    /// Whether one of these is one of the words; none where one may be.
    fn is_one_of<'v>(&self, words: &[&str], views: impl Iterator<Item = View<'v>>) -> Option<bool> {
        let mut said = Some(false);
        for view in views {
            if word(view).is_some_and(|word| words.contains(&word)) {
                return Some(true);
            }
            if self.declared.is_unknown(view) && may_be(view, words) {
                said = None;
            }
        }
        said
    }

    /// A policy of the store that lets everybody in.
    fn opened(&self) -> Option<Answer<'a>> {
        let policy = self.spelling.policy.as_ref()?;
        let unless = self.said(policy.unless);
        if matches!(unless, Answer::Is(true, _)) {
            return None;
        }
        let own = self.declared.properties.into_iter();
        let policies = own.chain(self.beside(policy.kind, policy.store));
        let mut written = policies.filter_map(|beside| super::dig(beside, policy.document));
        written.find_map(|written| {
            let Some(document) = Document::at(&self.declared, written) else {
                return Some(Answer::Unknown(written));
            };
            let statements = document.root().get("Statement")?;
            let is_unknown = |part: Part<'_>| self.declared.is_unknown(part.view);
            match unless {
                Answer::Is(..) if statements.each().any(is_open) => {
                    Some(Answer::Is(true, Some(written)))
                }
                _ if statements.each().any(is_open) || statements.each().any(is_unknown) => {
                    Some(Answer::Unknown(written))
                }
                _ => None,
            }
        })
    }
}

/// Whether what is not known may come to one of these words: `serviceAccount:${...}` does not come to `allUsers`.
pub(in crate::frontend) fn may_be(view: View<'_>, words: &[&str]) -> bool {
    let written = view.raw().and_then(|text| text.split("${").next());
    let begin = written.unwrap_or_default();
    words.iter().any(|word| word.starts_with(begin))
}

/// Whether a statement lets everybody in, without a condition.
fn is_open(statement: Part<'_>) -> bool {
    let allows = statement.get("Effect").and_then(Part::raw) == Some("Allow");
    let principal = statement.get("Principal");
    let everybody = principal.is_some_and(|principal| {
        let of_aws = principal.get("AWS");
        let mut named = principal
            .each()
            .chain(of_aws.into_iter().flat_map(Part::each));
        named.any(|name| name.raw() == Some("*"))
    });
    allows && everybody && statement.get("Condition").is_none()
}
