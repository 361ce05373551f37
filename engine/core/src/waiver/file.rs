//! `waivers.yaml`: waivers as a list, each with its place.

use super::{Date, Scope, Waiver};
use crate::parse::Document;
use crate::problem::Problem;
use crate::source::Span;
use crate::tree::{NodeId, Typing, View};

/// The waivers of a document. Keys that are unknown, missing or of the wrong kind are what its schema speaks of; what is
/// wrong beyond that comes back as problems.
pub fn read(document: &Document) -> (Vec<Waiver>, Vec<Problem>) {
    let mut reader = Reader {
        document,
        problems: Vec::new(),
    };
    let root = document.tree.view(NodeId::ROOT, Typing::Core);
    let items = root.get("waivers").into_iter().flat_map(View::items);
    let waivers = items.filter_map(|item| reader.waiver(item)).collect();
    (waivers, reader.problems)
}

struct Reader<'a> {
    document: &'a Document,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn waiver(&mut self, item: View<'_>) -> Option<Waiver> {
        let before = self.problems.len();
        self.check_texts(item);
        let expires = self.date(item.get("expires")?);
        let text = |key: &str| item.get(key).and_then(View::str).map(str::to_owned);
        let waiver = Waiver {
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
