//! Variables in the texts of a service: `${self:custom.stage, 'dev'}`.
//!
//! Here they are only taken apart, as the framework's `lib/configuration/variables/parse.js` does; what they come to
//! is found in [`super::evaluate`].

use plumbline_rego::{Number, Value};

use crate::frontend::shared::split_brace;

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Characters that stand for themselves.
    Text(&'t str),
    /// What stands between `${` and `}`.
    Variable(&'t str),
}

/// Takes a text apart. A variable that is escaped or not closed is text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if before.ends_with('\\') {
            pieces.extend([Piece::Text(before), Piece::Text("${")]);
            rest = after;
            continue;
        }
        let Some((variable, left)) = split_brace(after) else {
            break;
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Variable(variable));
        rest = left;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The sources of a variable: the first one, and those that are asked in turn where there is nothing.
pub(super) fn sources(variable: &str) -> Vec<&str> {
    let mut sources = Vec::new();
    let (mut start, mut open) = (0, 0_usize);
    let mut quote = None;
    for (at, character) in variable.char_indices() {
        match (quote, character) {
            (Some(mark), _) if mark == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') if open == 0 => quote = Some(character),
            (None, '{' | '(') => open += 1,
            (None, '}' | ')') => open = open.saturating_sub(1),
            (None, ',') if open == 0 => {
                sources.extend(variable.get(start..at));
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    sources.extend(variable.get(start..));
    sources.into_iter().map(str::trim).collect()
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source<'t> {
    /// `'dev'`, `10`, `true`, `null`.
    Literal(Value),
    /// A variable within the variable.
    Nested(&'t str),
    /// `self:custom.stage`: whom to ask, and for what.
    Address(&'t str, &'t str),
    /// `strToBool(...)`: a function of the framework, and what it is applied to.
    Call(&'t str, &'t str),
    /// Nothing of the framework's: `AWS::Region`, `Queue.Arn`.
    Foreign,
}

impl<'t> Source<'t> {
    /// Reads one of the sources of a variable.
    pub(super) fn parse(text: &'t str) -> Self {
        if let Some(value) = literal(text) {
            Self::Literal(value)
        } else if text.starts_with("${") {
            Self::Nested(text)
        } else {
            Self::named(text).unwrap_or(Self::Foreign)
        }
    }

    fn named(text: &'t str) -> Option<Self> {
        let end = text.find(|character: char| !character.is_ascii_alphanumeric())?;
        let (name, rest) = (text.get(..end)?, text.get(end..)?);
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return None;
        }
        if let Some(address) = rest.strip_prefix(':') {
            // `${aws::x}` would be one of CloudFormation's.
            let own = !address.starts_with(':');
            return own.then_some(Self::Address(name, address.trim()));
        }
        let argument = rest.strip_prefix('(')?.strip_suffix(')')?;
        Some(Self::Call(name, argument.trim()))
    }
}

fn literal(text: &str) -> Option<Value> {
    let quoted = |mark: char| {
        text.strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
    };
    if let Some(text) = quoted('\'').or_else(|| quoted('"')) {
        return Some(Value::string(text));
    }
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "null" => Some(Value::Null),
        _ => Number::parse(text).ok().map(Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use plumbline_rego::Value;

    use super::{Piece, Source, pieces, sources};

    #[test]
    fn a_text_is_taken_apart_at_its_variables() {
        assert_eq!(pieces("a"), [Piece::Text("a")]);
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("${a:b}"), [Piece::Variable("a:b")]);
        assert_eq!(
            pieces("x-${a:b}-${c:d}"),
            [
                Piece::Text("x-"),
                Piece::Variable("a:b"),
                Piece::Text("-"),
                Piece::Variable("c:d"),
            ]
        );
        assert_eq!(pieces("${a:${b:c}.d}"), [Piece::Variable("a:${b:c}.d")]);
    }

    #[test]
    fn a_variable_that_is_escaped_or_not_closed_is_text() {
        assert_eq!(pieces("${a:b"), [Piece::Text("${a:b")]);
        assert_eq!(
            pieces(r"\${a:b}"),
            [Piece::Text("\\"), Piece::Text("${"), Piece::Text("a:b}")]
        );
    }

    #[test]
    fn a_comma_separates_sources_where_nothing_is_open() {
        assert_eq!(sources("opt:a"), ["opt:a"]);
        assert_eq!(sources("opt:a, 'b, c'"), ["opt:a", "'b, c'"]);
        assert_eq!(sources("file(a, b):c, 1"), ["file(a, b):c", "1"]);
        assert_eq!(
            sources("self:${opt:a, 'b'}.c, self:d"),
            ["self:${opt:a, 'b'}.c", "self:d"]
        );
    }

    #[test]
    fn a_source_is_a_literal_or_says_whom_to_ask() {
        assert_eq!(Source::parse("'x'"), Source::Literal(Value::string("x")));
        assert_eq!(Source::parse("true"), Source::Literal(Value::Bool(true)));
        assert_eq!(
            Source::parse("self:custom.a"),
            Source::Address("self", "custom.a")
        );
        assert_eq!(
            Source::parse("strToBool(${env:A})"),
            Source::Call("strToBool", "${env:A}")
        );
        assert_eq!(Source::parse("${opt:a}"), Source::Nested("${opt:a}"));
        for text in ["AWS::Region", "Queue.Arn", "file(a.yml):b", "", "x"] {
            assert_eq!(Source::parse(text), Source::Foreign, "{text}");
        }
    }
}
