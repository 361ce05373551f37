//! Code frames: the lines of a place, with what must not be shown masked.

use std::collections::HashMap;

use super::escape::{begins_command, is_hostile};
use super::private;
use crate::finding::Finding;
use crate::source::{FileId, Source, Sources, Span};

/// How many lines of a place are shown.
const MAX_LINES: u32 = 4;
/// How many characters of a line are shown.
const MAX_LINE: usize = 240;

/// What stands for a character that is not shown.
const UNSHOWN: char = '\u{fffd}';

/// What no frame may show.
#[derive(Debug)]
pub(super) enum Masks {
    /// These bytes of each file.
    Found(HashMap<FileId, Vec<Span>>),
    /// Whatever may be a value: nobody knows which of them is a secret.
    Values,
}

impl Masks {
    /// What the sensitive ones of these findings point at.
    pub(super) fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut masks: HashMap<FileId, Vec<Span>> = HashMap::new();
        for span in findings.flat_map(|finding| &finding.masked) {
            masks.entry(span.file).or_default().push(*span);
        }
        for spans in masks.values_mut() {
            spans.sort_unstable();
            spans.dedup();
        }
        Self::Found(masks)
    }

    fn hides(&self, file: FileId, byte: u32) -> bool {
        let Self::Found(masks) = self else {
            return false;
        };
        let Some(spans) = masks.get(&file) else {
            return false;
        };
        let before = spans.partition_point(|span| span.start <= byte);
        // Values do not overlap, but one place may be found twice.
        spans
            .get(before.saturating_sub(1)..before)
            .unwrap_or_default()
            .iter()
            .any(|span| byte < span.end)
    }
}

/// The lines around a span, harmless and masked, and the span within them.
pub(super) struct Frame {
    pub(super) text: String,
    /// Where the place begins in the file.
    pub(super) first_line: u32,
    pub(super) column: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The frame of a span; none for a file that is not at hand, or a file without text.
pub(super) fn frame(sources: &Sources, span: Span, masks: &Masks) -> Option<Frame> {
    let source = sources.get(span.file)?;
    let begin = source.position(span.start);
    let first = begin.line;
    let last = source
        .position(span.end.max(span.start + 1) - 1)
        .line
        .clamp(first, first + MAX_LINES - 1);
    let mut frame = Frame {
        text: String::new(),
        first_line: first,
        column: begin.column,
        start: 0,
        end: 0,
    };
    let mut marked = false;
    for line in first..=last {
        append(&mut frame, source, span, line, masks, &mut marked);
        frame.text.push('\n');
    }
    if !marked {
        // The place is the end of the line, or of the text.
        frame.start = frame.text.len().saturating_sub(1);
        frame.end = frame.start;
    }
    Some(frame)
}

/// Appends a line character by character, moving the marks along.
fn append(
    frame: &mut Frame,
    source: &Source,
    span: Span,
    line: u32,
    masks: &Masks,
    marked: &mut bool,
) {
    let mut byte = source.line_start(line);
    let text = source.line(line);
    let skipped = skip(text, span.start.saturating_sub(byte) as usize);
    if skipped > 0 {
        frame.text.push_str("...");
    }
    let hidden = match masks {
        Masks::Values if source.may_hold_secrets() => private::hidden(text),
        Masks::Values | Masks::Found(_) => Vec::new(),
    };
    let is_hidden = |at: usize, byte: u32| {
        hidden.iter().any(|range| range.contains(&at)) || masks.hides(span.file, byte)
    };
    for (at, character) in text.char_indices().skip(skipped).take(MAX_LINE) {
        let character = if character == '#' && begins_command(text, at) {
            UNSHOWN
        } else {
            character
        };
        byte = source.line_start(line) + u32::try_from(at).unwrap_or(u32::MAX);
        if (span.start..span.end.max(span.start + 1)).contains(&byte) {
            if !*marked {
                frame.start = frame.text.len();
                *marked = true;
            }
            push(frame, character, is_hidden(at, byte));
            frame.end = frame.text.len();
        } else {
            push(frame, character, is_hidden(at, byte));
        }
    }
}

/// How many characters of a very long line are left out before the place.
fn skip(line: &str, place: usize) -> usize {
    let before = line.get(..place).map_or(0, |before| before.chars().count());
    if before > MAX_LINE / 2 {
        before - 40
    } else {
        0
    }
}

fn push(frame: &mut Frame, character: char, hidden: bool) {
    match character {
        _ if hidden => frame.text.push('*'),
        '\t' => frame.text.push_str("    "),
        hostile if is_hostile(hostile) => frame.text.push(UNSHOWN),
        other => frame.text.push(other),
    }
}
