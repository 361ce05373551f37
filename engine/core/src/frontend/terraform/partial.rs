//! Values that are put together of others, of which a part may not be known: what `jsonencode({ Resource = queue.arn })`
//! is given is an object all the same, with `${queue.arn}` where nobody can know yet, and each part has its place.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Conditional, Expression, FuncCall, ObjectKey};
use hcl_edit::template::{Element, Template};
use plumbline_rego::Value;
use plumbline_rego::value::json;

use super::evaluate::{self, Scope};
use super::functions;
use super::said::{Entry, Said};
use crate::source::Span;
use crate::tree::{Origin, View};

/// How deep brackets may nest: the parser underneath calls itself for each.
const MAX_DEPTH: usize = 100;
/// The longest text that is read, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// A text with `${...}` in it; none for one that is too long or too deep to be read.
pub(super) fn template(text: &str) -> Option<Template> {
    if text.len() > MAX_TEXT || nesting(text) > MAX_DEPTH {
        return None;
    }
    hcl_edit::parser::parse_template(text).ok()
}

/// The expression that a text is which is one `${...}` and nothing else.
pub(super) fn only(template: &Template) -> Option<&Expression> {
    match template.as_single_element() {
        Some(Element::Interpolation(only)) => Some(&only.expr),
        _ => None,
    }
}

/// How deep brackets nest. Texts are not told apart from code, so this errs on the safe side.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Where the parts of a text stand in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    whole: Origin,
    /// The byte of the file at which the text begins, counted without what is not written.
    begin: Option<i64>,
}

impl Places {
    pub(super) fn of(view: View<'_>) -> Self {
        let whole = view.origin();
        let length = view.raw().unwrap_or_default().len();
        let begin = match whole {
            Origin::Span(span) => {
                let written = span.end.saturating_sub(span.start) as usize;
                // `${` and `}` are not written around an expression; the quotes of a text are no part of it.
                if written + 3 == length {
                    Some(i64::from(span.start) - 2)
                } else if written == length + 2 {
                    Some(i64::from(span.start) + 1)
                } else {
                    None
                }
            }
            _ => None,
        };
        Self { whole, begin }
    }

    fn span(self, range: Option<Range<usize>>) -> Option<Span> {
        let Origin::Span(whole) = self.whole else {
            return None;
        };
        let (begin, range) = (self.begin?, range?);
        let at = |byte: usize| u32::try_from(begin + i64::try_from(byte).ok()?).ok();
        Some(Span {
            file: whole.file,
            start: at(range.start)?,
            end: at(range.end)?,
        })
    }

    fn origin(self, range: Option<Range<usize>>) -> Origin {
        self.span(range).map_or(self.whole, Origin::Span)
    }
}

/// What the function `jsonencode` is given; none for a call of any other.
pub(super) fn encoded(call: &FuncCall, places: Places, scope: &dyn Scope) -> Option<Said> {
    let argument = call.args.iter().next();
    let argument = argument.filter(|_| is_call(call, "jsonencode"))?;
    Reader::read(argument, places, scope)
}

/// The object that a call of `merge` comes to, with a place for each of its entries.
pub(super) fn merged(view: View<'_>, scope: &dyn Scope) -> Option<Said> {
    let text = view.raw().filter(|text| text.starts_with("${merge("))?;
    let template = template(text)?;
    let said = Reader::read(only(&template)?, Places::of(view), scope)?;
    matches!(said, Said::Object(..)).then_some(said)
}

/// The side of a conditional that counts, where that is known.
pub(super) fn chosen<'e>(
    conditional: &'e Conditional,
    scope: &dyn Scope,
) -> Option<&'e Expression> {
    match evaluate::known(&conditional.cond_expr, scope)? {
        Value::Bool(true) => Some(&conditional.true_expr),
        Value::Bool(false) => Some(&conditional.false_expr),
        _ => None,
    }
}

fn is_call(call: &FuncCall, name: &str) -> bool {
    !call.name.is_namespaced() && call.name.name.as_str() == name && !call.args.expand_final()
}

struct Reader<'s> {
    scope: &'s dyn Scope,
    places: Places,
    /// How many bytes may still be filled in: a short text may name a long one often. None: too many were.
    left: Option<usize>,
}

impl<'s> Reader<'s> {
    fn read(written: &Expression, places: Places, scope: &'s dyn Scope) -> Option<Said> {
        let mut reader = Self {
            scope,
            places,
            left: Some(MAX_TEXT),
        };
        let said = reader.value(written);
        reader.left.map(|_| said)
    }

    /// What is known of an expression; what is not known is the expression as a text.
    fn value(&mut self, written: &Expression) -> Said {
        let origin = self.places.origin(written.span());
        match written {
            Expression::String(text) => Said::text(text.value(), origin),
            Expression::Array(items) => {
                Said::List(items.iter().map(|item| self.value(item)).collect(), origin)
            }
            Expression::Object(object) => {
                let entries = object
                    .iter()
                    .map(|(key, below)| self.entry(key, below.expr()));
                Said::Object(entries.collect(), origin)
            }
            Expression::Parenthesis(inner) => self.value(inner.inner()),
            Expression::Conditional(conditional) => match chosen(conditional, self.scope) {
                Some(chosen) => self.value(chosen),
                None => self.known(written, origin),
            },
            Expression::FuncCall(call) if is_call(call, "merge") => {
                let parts: Vec<Said> = call.args.iter().map(|part| self.value(part)).collect();
                let entries: Option<Vec<Vec<Entry>>> =
                    parts.into_iter().map(Said::entries).collect();
                match entries {
                    Some(entries) => Said::Object(latest(entries), origin),
                    None => self.known(written, origin),
                }
            }
            Expression::FuncCall(call) if is_call(call, "concat") => {
                let parts = call.args.iter().map(|part| self.value(part));
                Said::List(parts.flat_map(Said::each).collect(), origin)
            }
            Expression::StringTemplate(_) => {
                let text = written.to_string();
                let text = text.trim();
                let inner = text.strip_prefix('"').unwrap_or(text);
                self.template(inner.strip_suffix('"').unwrap_or(inner), origin)
            }
            Expression::HeredocTemplate(heredoc) => {
                self.template(&heredoc.template.to_string(), origin)
            }
            other => self.known(other, origin),
        }
    }

    fn entry(&mut self, key: &ObjectKey, below: &Expression) -> Entry {
        let (text, range) = match key {
            ObjectKey::Ident(ident) => (ident.as_str().to_owned(), ident.span()),
            ObjectKey::Expression(key) => {
                let text = functions::as_text(&self.value(key).value());
                (text.unwrap_or_default(), key.span())
            }
        };
        Entry {
            key: text,
            span: self.places.span(range),
            value: self.value(below),
        }
    }

    fn template(&mut self, text: &str, origin: Origin) -> Said {
        let value = evaluate::text(text, self.scope);
        self.counted(value, origin)
            .unwrap_or_else(|| Said::text(text, origin))
    }

    fn known(&mut self, written: &Expression, origin: Origin) -> Said {
        let value = evaluate::known(written, self.scope);
        self.counted(value, origin).unwrap_or_else(|| {
            let text = format!("${{{}}}", written.to_string().trim());
            Said::text(&text, origin)
        })
    }

    fn counted(&mut self, value: Option<Value>, origin: Origin) -> Option<Said> {
        let value = value?;
        let length = json::to_string(&value).len();
        self.left = self.left.and_then(|left| left.checked_sub(length));
        Some(Said::Known(value, origin))
    }
}

/// The entries of several objects, each key where it stood first, with its last value.
fn latest(objects: Vec<Vec<Entry>>) -> Vec<Entry> {
    let mut merged: Vec<Entry> = Vec::new();
    for entry in objects.into_iter().flatten() {
        match merged.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => merged.push(entry),
        }
    }
    merged
}
