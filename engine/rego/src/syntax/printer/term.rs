//! Terms.

use std::fmt::Write as _;

use super::Printer;
use crate::syntax::Span;
use crate::syntax::ast::{Infix, RefArg, TemplatePart, Term, TermKind};

impl Printer<'_> {
    /// An expression.
    pub(super) fn term(&mut self, term: &Term) {
        let span = term.span;
        match &term.kind {
            TermKind::Null => self.write("null"),
            TermKind::Bool(true) => self.write("true"),
            TermKind::Bool(false) => self.write("false"),
            TermKind::Number(text) | TermKind::Var(text) => self.write(text),
            TermKind::String { text, raw } => self.string(text, *raw),
            TermKind::Template { parts, raw } => self.template(parts, *raw),
            TermKind::Ref(path) => {
                self.term(&path.head);
                self.arguments(&path.args);
            }
            TermKind::Call { function, args } => {
                self.term(function);
                self.terms(
                    "(",
                    ")",
                    Span {
                        start: function.span.end,
                        end: span.end,
                    },
                    args,
                );
            }
            TermKind::Infix { .. } => self.infix(term),
            TermKind::Negate(operand) => {
                self.write("-");
                self.term(operand);
            }
            TermKind::In { .. } => self.membership(term),
            TermKind::Parens(inner) => {
                self.write("(");
                self.term(inner);
                self.write(")");
            }
            _ => self.collection(term),
        }
        self.reach(span.end);
    }

    fn collection(&mut self, term: &Term) {
        let span = term.span;
        match &term.kind {
            TermKind::Array(items) => self.terms("[", "]", span, items),
            TermKind::Set(items) if items.is_empty() => self.write("set()"),
            TermKind::Set(items) => self.terms("{", "}", span, items),
            TermKind::Object(entries) => self.object(span, entries),
            TermKind::ArrayComprehension(parts) => self.comprehension("[", "]", span, parts),
            TermKind::SetComprehension(parts) | TermKind::ObjectComprehension(parts) => {
                self.comprehension("{", "}", span, parts);
            }
            _ => {}
        }
    }

    fn object(&mut self, span: Span, entries: &[(Term, Term)]) {
        let place = |(key, value): &(Term, Term)| Span {
            start: key.span.start,
            end: value.span.end,
        };
        let list = super::list::List {
            open: "{",
            close: "}",
            span,
            items: entries,
            place,
        };
        self.list(&list, |printer, (key, value)| {
            printer.term(key);
            printer.write(": ");
            printer.term(value);
        });
    }

    /// `.a["b"][c]`.
    pub(super) fn arguments(&mut self, args: &[RefArg]) {
        for RefArg { term, dotted } in args {
            match &term.kind {
                TermKind::String { text, .. } if *dotted => {
                    self.write(".");
                    self.write(text);
                    self.reach(term.span.end);
                }
                _ => {
                    self.write("[");
                    self.term(term);
                    self.write("]");
                }
            }
        }
    }

    /// `a + b - c`. What is chained to the left is not recursed into.
    fn infix(&mut self, term: &Term) {
        let mut steps = Vec::new();
        let mut first = term;
        while let TermKind::Infix {
            op, left, right, ..
        } = &first.kind
        {
            steps.push((*op, right));
            first = left;
        }
        self.term(first);
        for (op, right) in steps.into_iter().rev() {
            self.write(" ");
            self.write(symbol(op));
            self.write(" ");
            self.term(right);
        }
    }

    /// `k, v in xs in ys`, chained likewise.
    fn membership(&mut self, term: &Term) {
        let mut collections = Vec::new();
        let mut first = term;
        let mut keyed = None;
        while let TermKind::In {
            key,
            value,
            collection,
        } = &first.kind
        {
            collections.push(collection);
            first = value;
            keyed = key.as_ref();
        }
        if let Some(key) = keyed {
            self.term(key);
            self.write(", ");
        }
        self.term(first);
        for collection in collections.into_iter().rev() {
            self.write(" in ");
            self.term(collection);
        }
    }

    /// A string in double quotes, or in backticks if it is raw.
    pub(super) fn string(&mut self, text: &str, raw: bool) {
        if raw {
            self.write("`");
            self.write(text);
            self.write("`");
        } else {
            self.write(&format!("\"{}\"", escaped(text, false)));
        }
    }

    fn template(&mut self, parts: &[TemplatePart], raw: bool) {
        let quote = if raw { "`" } else { "\"" };
        self.write("$");
        self.write(quote);
        for part in parts {
            match part {
                TemplatePart::Text(text) if raw => self.write(&text.replace('{', "\\{")),
                TemplatePart::Text(text) => self.write(&escaped(text, true)),
                TemplatePart::Expr { term, with } => {
                    self.write("{");
                    self.term(term);
                    self.modifiers(with);
                    self.write("}");
                }
            }
        }
        self.write(quote);
    }
}

/// A text as it is written between double quotes.
fn escaped(text: &str, in_template: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '{' if in_template => out.push_str("\\{"),
            // A byte-order mark may stand nowhere in a module.
            '\0'..'\u{20}' | '\u{feff}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

fn symbol(op: Infix) -> &'static str {
    match op {
        Infix::Assign => ":=",
        Infix::Unify => "=",
        Infix::Equal => "==",
        Infix::NotEqual => "!=",
        Infix::Less => "<",
        Infix::LessEqual => "<=",
        Infix::Greater => ">",
        Infix::GreaterEqual => ">=",
        Infix::Plus => "+",
        Infix::Minus => "-",
        Infix::Times => "*",
        Infix::Divide => "/",
        Infix::Remainder => "%",
        Infix::And => "&",
        Infix::Or => "|",
    }
}
