//! Diagnostics as they are collected, each once.

use std::collections::HashSet;

use super::ir::Place;

/// What is wrong, before it gets its line and column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Report {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) place: Place,
    pub(crate) hint: Option<String>,
}

/// All that is wrong with a set of modules.
#[derive(Debug, Default)]
pub(crate) struct Reports(HashSet<Report>);

impl Reports {
    pub(crate) fn add(
        &mut self,
        code: &'static str,
        message: String,
        place: Place,
        hint: Option<&str>,
    ) {
        let report = Report {
            code,
            message,
            place,
            hint: hint.map(str::to_owned),
        };
        self.0.insert(report);
    }

    /// In order of modules and places.
    pub(crate) fn into_sorted(self) -> Vec<Report> {
        let mut sorted: Vec<Report> = self.0.into_iter().collect();
        sorted.sort_by(|left, right| {
            let key = |report: &Report| (report.place.module, report.place.span.start);
            key(left)
                .cmp(&key(right))
                .then_with(|| left.message.cmp(&right.message))
        });
        sorted
    }
}
