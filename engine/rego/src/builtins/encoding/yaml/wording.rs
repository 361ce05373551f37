//! What is wrong with a YAML text, in the words of `libyaml` as far as both parsers make the same mistakes out.

use granit_parser::{ErrorKind, ScanError};

/// The line that `go-yaml` names. It never names the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The line of the mistake, for mistakes in characters.
    Same,
    Next,
    /// The line before, for mistakes in the order of tokens.
    Before,
    /// The last line.
    Last,
    /// The line after the last line break.
    End,
}

/// The error of a text, with its line.
pub(super) fn describe(error: &ScanError, text: &str) -> String {
    let info = error.info();
    let (words, line) = words(error.kind()).unwrap_or_else(|| (without_context(&info), Line::Same));
    let own = error.marker().line();
    let number = match line {
        Line::Same if own > 1 => own,
        Line::Next => own + 1,
        Line::Before => own.saturating_sub(1),
        Line::Last => text.lines().count(),
        Line::End if text.contains('\n') => text.matches('\n').count() + 1,
        Line::Same | Line::End => 0,
    };
    match number {
        0 => words.to_owned(),
        number => format!("line {number}: {words}"),
    }
}

/// `go-yaml` does not say what it was doing.
fn without_context(info: &str) -> &str {
    match info.split_once(", ") {
        Some((context, problem)) if context.starts_with("while ") => problem,
        _ => info,
    }
}

fn words(kind: &ErrorKind) -> Option<(&'static str, Line)> {
    let words = match kind {
        ErrorKind::UnclosedFlowCollection { open: '[' } => {
            ("did not find expected ',' or ']'", Line::Last)
        }
        ErrorKind::UnclosedFlowCollection { .. } => {
            ("did not find expected ',' or '}'", Line::Last)
        }
        ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MismatchedFlowCollectionEnd { open: '[', .. } => {
            ("did not find expected ',' or ']'", Line::Before)
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            ("did not find expected ',' or '}'", Line::Before)
        }
        ErrorKind::ExpectedNodeContent | ErrorKind::MisplacedFlowCollectionEnd => {
            ("did not find expected node content", Line::Before)
        }
        ErrorKind::ExpectedBlockMappingKey => ("did not find expected key", Line::Before),
        ErrorKind::ExpectedBlockSequenceEntry => {
            ("did not find expected '-' indicator", Line::Before)
        }
        ErrorKind::UndeclaredTagHandle => ("found undefined tag handle", Line::Before),
        ErrorKind::UnsupportedYamlMajorVersion => {
            ("found incompatible YAML document", Line::Before)
        }
        ErrorKind::SimpleKeyExpected => ("could not find expected ':'", Line::Next),
        ErrorKind::TabInPlainScalar => (
            "found a tab character that violates indentation",
            Line::Next,
        ),
        ErrorKind::TabAtBlockScalarStart => (
            "found a tab character where an indentation space is expected",
            Line::Next,
        ),
        ErrorKind::UnexpectedCharacter { .. } => {
            ("found character that cannot start any token", Line::Same)
        }
        ErrorKind::UnclosedQuotedScalar => ("found unexpected end of stream", Line::End),
        _ => return None,
    };
    Some(words)
}
