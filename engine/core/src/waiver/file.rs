//! `waivers.yaml`: waivers as a list, each with its place.

use super::{Authority, Date, Scope, Waiver};
use crate::parse::Document;
use crate::problem::Problem;
use crate::source::Span;
use crate::tree::{NodeId, Typing, View};

/// The waivers of a document, which all have one authority. Keys that are unknown, missing or of the wrong kind are what its schema speaks of; what is
/// wrong beyond that comes back as problems.
pub fn read(document: &Document, authority: Authority) -> (Vec<Waiver>, Vec<Problem>) {
    let mut reader = Reader {
        document,
        authority,
        problems: Vec::new(),
    };
    let root = document.tree.view(NodeId::ROOT, Typing::Core);
    let items = root.get("waivers").into_iter().flat_map(View::items);
    let waivers = items.filter_map(|item| reader.waiver(item)).collect();
    (waivers, reader.problems)
}

struct Reader<'a> {
    document: &'a Document,
    authority: Authority,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn waiver(&mut self, item: View<'_>) -> Option<Waiver> {
        let before = self.problems.len();
        self.check_texts(item);
        let annotated = self.annotated(item);
        let expires = self.date(item.get("expires")?);
        let text = |key: &str| item.get(key).and_then(View::str).map(str::to_owned);
        let waiver = Waiver {
            id: text("id"),
            authority: self.authority,
            annotated,
            rule: text("rule")?,
            scope: Scope::Resources {
                id: text("resource")?,
                file: text("file"),
                pointer: text("pointer"),
            },
            reason: text("reason")?,
            owner: text("owner")?,
            expires: expires?,
            ticket: item.get("ticket").and_then(View::raw).map(str::to_owned),
            place: self.place(item),
        };
        (self.problems.len() == before).then_some(waiver)
    }

    fn check_texts(&mut self, item: View<'_>) {
        for (key, value) in item.entries() {
            let Some(text) = value.str() else { continue };
            let wrong = if text.trim().is_empty() {
                format!("`{}` says nothing", key.escape_debug())
            } else if key == "pointer" && !text.starts_with('/') {
                "a pointer begins with `/`, for example `/spec/hostNetwork`".to_owned()
            } else {
                continue;
            };
            let problem = Problem::error(self.place(value), wrong);
            self.problems.push(problem);
        }
    }

    /// Whether it holds for objects only that point at it. They need an id for that, and leave to do so.
    fn annotated(&mut self, item: View<'_>) -> bool {
        let Some(written) = item.get("annotated") else {
            return false;
        };
        let is_annotated = written.bool() == Some(true);
        let wrong = match self.authority {
            Authority::Local => Some((
                "no object can point at a local waiver",
                "only waivers of the organisation's layer may be `annotated`",
            )),
            Authority::Organisation if item.get("id").is_none() => Some((
                "no object can point at a waiver without an `id`",
                "give it an `id`, which objects name in their annotation",
            )),
            Authority::Organisation => None,
        };
        if let Some((message, help)) = wrong.filter(|_| is_annotated) {
            let problem = Problem::error(self.place(written), message);
            self.problems.push(problem.help(help));
        }
        is_annotated
    }

    fn date(&mut self, written: View<'_>) -> Option<Date> {
        let text = written.str()?;
        let date = Date::parse(text);
        if date.is_none() && !text.trim().is_empty() {
            let problem = Problem::error(
                self.place(written),
                format!("`{}` is no day of the calendar", text.escape_debug()),
            );
            self.problems
                .push(problem.help("write the last day on which it holds as `YYYY-MM-DD`"));
        }
        date
    }

    fn place(&self, view: View<'_>) -> Span {
        self.document.tree.place(view.id()).unwrap_or(Span {
            file: self.document.file,
            start: 0,
            end: 0,
        })
    }
}
