//! One item of a list in a file of ours, read key by key. Keys that are unknown, missing or of the wrong kind are what the
//! schema of the file speaks of; what is wrong beyond that becomes a problem at its place.

use crate::globs::Globs;
use crate::parse::Document;
use crate::problem::Problem;
use crate::source::Span;
use crate::tree::View;
use crate::waiver::Date;

/// An item that is being read.
#[derive(Debug)]
pub(crate) struct Item<'a, 'p> {
    document: &'a Document,
    view: View<'a>,
    problems: &'p mut Vec<Problem>,
    /// How many problems there were before it.
    before: usize,
}

impl<'a, 'p> Item<'a, 'p> {
    /// Begins to read an item. A text of it that says nothing is a problem.
    pub(crate) fn new(
        document: &'a Document,
        view: View<'a>,
        problems: &'p mut Vec<Problem>,
    ) -> Self {
        let before = problems.len();
        for (key, value) in view.entries() {
            if value.str().is_some_and(|text| text.trim().is_empty()) {
                let message = format!("`{}` says nothing", key.escape_debug());
                problems.push(Problem::error(document.place(value), message));
            }
        }
        Self {
            document,
            view,
            problems,
            before,
        }
    }

    /// The item as it is written.
    pub(crate) fn view(&self) -> View<'a> {
        self.view
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<View<'a>> {
        self.view.get(key)
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(View::str).map(str::to_owned)
    }

    /// Where it was agreed, which may be a number.
    pub(crate) fn ticket(&self) -> Option<String> {
        self.get("ticket").and_then(View::raw).map(str::to_owned)
    }

    /// The last day on which it holds.
    pub(crate) fn date(&mut self, key: &str) -> Option<Date> {
        let written = self.get(key)?;
        let text = written.str()?;
        let date = Date::parse(text);
        if date.is_none() && !text.trim().is_empty() {
            let message = format!("`{}` is no day of the calendar", text.escape_debug());
            let problem = Problem::error(self.place(written), message);
            self.say(problem.help("write the last day on which it holds as `YYYY-MM-DD`"));
        }
        date
    }

    /// The globs of a list.
    pub(crate) fn globs(&mut self, list: View<'_>) -> Globs {
        Globs::read(list, self.document, self.problems)
    }

    /// Where something of it is written.
    pub(crate) fn place(&self, view: View<'_>) -> Span {
        self.document.place(view)
    }

    /// Says what is wrong with it.
    pub(crate) fn say(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Whether nothing is wrong with it so far.
    pub(crate) fn is_right(&self) -> bool {
        self.problems.len() == self.before
    }
}
