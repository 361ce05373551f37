//! Lists and objects behind an `=`: items and entries that come and go, each with its comma or its line.

use hcl_edit::expr::Expression;
use plumbline_rego::Value;

use super::Editor;
use super::body::Entry;
use super::write::{line, object_key};
use crate::fix::edit::{Edit, Edits, UNUSUAL};

impl Editor<'_> {
    /// Adds an item behind the last one of a list.
    pub(super) fn append(&self, list: &Expression, value: &Value) -> Edits {
        self.add_element(list, &line(value))
    }

    /// Adds an entry behind the last one of an object, with its sign, and aligned where they have lines of their own.
    pub(super) fn add_entry(&self, object: &Expression, key: &str, value: &Value) -> Edits {
        let written = self.elements(object)?;
        let (key, value) = (object_key(key), line(value));
        let last = written.last().map(|last| {
            let sign = last.key.end + self.lines.blanks(last.key.end);
            let is_colon = self.lines.rest(sign).starts_with(':');
            (is_colon, self.lines.margin(last.key.start).is_some())
        });
        match last {
            Some((true, _)) => self.add_element(object, &format!("{key}: {value}")),
            Some((false, true)) => {
                let (width, mut edits) = self.align(&written, key.chars().count());
                edits.extend(self.add_element(object, &format!("{key:width$} = {value}"))?);
                Ok(edits)
            }
            _ => self.add_element(object, &format!("{key} = {value}")),
        }
    }

    fn add_element(&self, of: &Expression, text: &str) -> Edits {
        let is_list = matches!(of, Expression::Array(_));
        let elements = self.elements(of)?;
        let Some(last) = elements.last() else {
            let own = self.span(of)?;
            let inner = own.start + 1..own.end - 1;
            let is_empty = self.lines.part(inner.clone()).trim().is_empty();
            let blank = if is_list { "" } else { " " };
            let edit = Edit::new(inner, format!("{blank}{text}{blank}"));
            return is_empty
                .then(|| vec![edit])
                .ok_or_else(|| UNUSUAL.to_owned());
        };
        let behind = self.behind_comma(last);
        let end = behind.unwrap_or(last.end);
        let Some(margin) = self.lines.margin(last.key.start) else {
            let separator = if behind.is_some() { " " } else { ", " };
            return Ok(vec![Edit::insert(end, format!("{separator}{text}"))]);
        };
        let mut edits = Vec::new();
        if is_list && behind.is_none() {
            edits.push(Edit::insert(end, ","));
        }
        let at = if self.ends_its_line(end) {
            self.lines.line_end(end)
        } else {
            end
        };
        let comma = if behind.is_some() { "," } else { "" };
        let ending = self.writer.ending;
        edits.push(Edit::insert(at, format!("{ending}{margin}{text}{comma}")));
        Ok(edits)
    }

    /// Adds an item before another one of a list.
    pub(super) fn insert_before(&self, list: &Expression, at: usize, value: &Value) -> Edits {
        let elements = self.elements(list)?;
        let start = elements.get(at).ok_or(UNUSUAL)?.key.start;
        let between = match self.lines.margin(start) {
            Some(margin) => format!("{}{margin}", self.writer.ending),
            None => " ".to_owned(),
        };
        let text = format!("{},{between}", line(value));
        Ok(vec![Edit::insert(start, text)])
    }

    /// Takes an item or an entry away, with its line or one of its commas.
    pub(super) fn remove_element(&self, of: &Expression, at: usize) -> Edits {
        let elements = self.elements(of)?;
        let element = elements.get(at).ok_or(UNUSUAL)?;
        if elements.len() == 1 {
            let empty = if matches!(of, Expression::Array(_)) {
                "[]"
            } else {
                "{}"
            };
            return Ok(vec![Edit::new(self.span(of)?, empty)]);
        }
        let start = element.key.start;
        let end = self.behind_comma(element).unwrap_or(element.end);
        if self.lines.margin(start).is_some() && self.ends_its_line(end) {
            let line = self.lines.line_start(start);
            return Ok(vec![Edit::new(line..self.lines.next_line(end), "")]);
        }
        let next = elements.get(at + 1).map(|next| next.key.start);
        let previous = at.checked_sub(1).and_then(|at| elements.get(at));
        let (range, comma) = match (next, previous) {
            (Some(next), _) => (start..next, element.end..next),
            (None, Some(previous)) => (previous.end..element.end, previous.end..start),
            (None, None) => return Err(UNUSUAL.to_owned()),
        };
        let is_plain = self.lines.part(comma).trim() == ",";
        is_plain
            .then(|| vec![Edit::new(range, "")])
            .ok_or_else(|| UNUSUAL.to_owned())
    }

    /// The items of a list, which have no keys, or the entries of an object.
    fn elements(&self, of: &Expression) -> Result<Vec<Entry>, String> {
        let item = |item: &Expression| -> Result<Entry, String> {
            let own = self.span(item)?;
            Ok(Entry {
                key: own.start..own.start,
                end: own.end,
            })
        };
        match of {
            Expression::Array(items) => items.iter().map(item).collect(),
            Expression::Object(object) => object
                .iter()
                .map(|(key, value)| {
                    Ok(Entry {
                        key: self.span(key)?,
                        end: self.span(value.expr())?.end,
                    })
                })
                .collect(),
            _ => Ok(Vec::new()),
        }
    }

    /// The byte behind the comma that follows an element.
    fn behind_comma(&self, element: &Entry) -> Option<usize> {
        let comma = element.end + self.lines.blanks(element.end);
        let is_comma = self.lines.rest(comma).starts_with(',');
        is_comma.then_some(comma + 1)
    }

    /// Whether nothing but a comment follows on a line.
    fn ends_its_line(&self, at: usize) -> bool {
        let rest = self.lines.part(at..self.lines.line_end(at)).trim_start();
        rest.is_empty() || rest.starts_with('#') || rest.starts_with("//")
    }
}
