//! Waivers in comments, beside what they waive: `# plumb:waive <rule> until=<date> owner=<who> reason="<why>"`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use super::comment::{Comment, comments, line_end, line_start};
use super::{Authority, Date, Scope, Waiver};
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::source::{FileId, Source, Span};
use crate::tree::NodeId;

/// What a comment begins with that is a waiver.
pub(super) const WORD: &str = "plumb:waive";
/// What every waiver must say, and what it may.
const REQUIRED: &[&str] = &["until", "owner", "reason"];
const OPTIONAL: &[&str] = &["ticket"];
const SHAPE: &str = "write `plumb:waive <rule> until=<date> owner=<who> reason=\"<why>\"`, and `ticket=<id>` if there is one";

/// The waivers in the comments of a text, given everything that was read of it.
pub fn read(source: &Source, documents: &[Document]) -> (Vec<Waiver>, Vec<Problem>) {
    let text = source.text();
    let Some(first) = documents.first().filter(|_| text.contains(WORD)) else {
        return (Vec::new(), Vec::new());
    };
    let comments = comments(text, first.notation, documents);
    let scopes = scopes(text, &comments, &extents(documents));
    let mut reader = Reader {
        text,
        file: first.file,
        problems: Vec::new(),
    };
    let waivers = comments
        .iter()
        .zip(scopes)
        .filter_map(|(comment, scope)| reader.comment(comment, scope))
        .collect();
    (waivers, reader.problems)
}

/// Where findings begin that the comments speak of. Behind something, a comment speaks of its line. On a line of its own
/// it speaks of the outermost thing that begins on the next line that says something.
fn scopes(text: &str, comments: &[Comment], extents: &[Extent]) -> Vec<Option<Range<u32>>> {
    let mut scopes: Vec<Option<Range<u32>>> = Vec::with_capacity(comments.len());
    let mut next_comment = text.len();
    for comment in comments.iter().rev() {
        let after = text.get(comment.text.end..).unwrap_or_default();
        let next = comment.text.end + after.len() - after.trim_start().len();
        let scope = if !comment.alone {
            Some(byte(line_start(text, comment.start))..byte(comment.text.end))
        } else if next == next_comment {
            scopes.last().cloned().flatten()
        } else {
            outermost(extents, &(byte(next)..byte(line_end(text, next))))
        };
        scopes.push(scope);
        next_comment = comment.start;
    }
    scopes.reverse();
    scopes
}

fn outermost(extents: &[Extent], line: &Range<u32>) -> Option<Range<u32>> {
    let after = extents.partition_point(|(start, _)| *start < line.start);
    let (start, Reverse(end)) = *extents.get(after)?;
    line.contains(&start).then_some(start..end)
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The waiver of a comment; none for any other comment, and for one that is wrong.
    fn comment(&mut self, comment: &Comment, scope: Option<Range<u32>>) -> Option<Waiver> {
        let said = self.text.get(comment.text.clone())?;
        let rest = said.trim_start().strip_prefix(WORD)?;
        if rest.starts_with(|next: char| !next.is_whitespace()) {
            return None;
        }
        let place = self.span(&(comment.start..comment.text.end));
        let words = match words(rest, comment.text.end - rest.len()) {
            Ok(words) => words,
            Err(open) => {
                self.wrong(self.span(&open), "a text that is not closed");
                return None;
            }
        };
        let fields = self.fields(&words, place)?;
        let Some(scope) = scope else {
            let problem = Problem::error(place, "nothing follows that could be waived");
            self.problems
                .push(problem.help(
                    "put it right above a key, an item or a block, or behind it on its line",
                ));
            return None;
        };
        Some(Waiver {
            id: None,
            authority: Authority::Local,
            annotated: false,
            rule: fields.rule,
            scope: Scope::Bytes(Span {
                file: self.file,
                start: scope.start,
                end: scope.end,
            }),
            reason: fields.reason,
            owner: fields.owner,
            expires: fields.expires,
            ticket: fields.ticket,
            place,
        })
    }

    fn fields(&mut self, words: &[Word], place: Span) -> Option<Fields> {
        let before = self.problems.len();
        let (rule, words) = match words.split_first() {
            Some((first, rest)) if !first.text.contains('=') => (first.text.clone(), rest),
            _ => {
                self.wrong(place, "a waiver that names no rule");
                return None;
            }
        };
        let mut given: HashMap<&str, &Word> = HashMap::new();
        for word in words {
            let key = word.key();
            let span = self.span(&word.range);
            if !REQUIRED.contains(&key) && !OPTIONAL.contains(&key) {
                self.wrong(
                    span,
                    &format!("`{}` is no part of a waiver", word.text.escape_debug()),
                );
            } else if word.value().trim().is_empty() {
                self.wrong(span, &format!("`{key}` says nothing"));
            }
            if given.insert(key, word).is_some() {
                self.wrong(span, &format!("`{}` is given twice", key.escape_debug()));
            }
        }
        for key in REQUIRED.iter().filter(|key| !given.contains_key(**key)) {
            self.wrong(place, &format!("a waiver without `{key}`"));
        }
        let until = given.get("until")?;
        let expires = Date::parse(until.value());
        if expires.is_none() {
            let message = format!(
                "`{}` is no day of the calendar",
                until.value().escape_debug()
            );
            let span = self.span(&until.range);
            self.problems.push(
                Problem::error(span, message)
                    .help("write the last day on which it holds as `YYYY-MM-DD`"),
            );
        }
        let said = |key: &str| given.get(key).map(|word| word.value().to_owned());
        let fields = Fields {
            rule,
            expires: expires?,
            owner: said("owner")?,
            reason: said("reason")?,
            ticket: said("ticket"),
        };
        (self.problems.len() == before).then_some(fields)
    }

    fn wrong(&mut self, span: Span, message: &str) {
        self.problems
            .push(Problem::error(span, message).help(SHAPE));
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span {
            file: self.file,
            start: byte(range.start),
            end: byte(range.end),
        }
    }
}

/// What a waiver says.
struct Fields {
    rule: String,
    expires: Date,
    owner: String,
    reason: String,
    ticket: Option<String>,
}

/// A word of a comment, without the quotes around what of it is quoted.
struct Word {
    text: String,
    range: Range<usize>,
}

impl Word {
    fn key(&self) -> &str {
        self.text.split('=').next().unwrap_or_default()
    }

    fn value(&self) -> &str {
        self.text.split_once('=').map_or("", |(_, value)| value)
    }
}

/// The words of a text that begins at a byte; or where a quote stands that is not closed.
fn words(text: &str, from: usize) -> Result<Vec<Word>, Range<usize>> {
    let mut words: Vec<Word> = Vec::new();
    let mut quote: Option<usize> = None;
    let mut is_open = false;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character.is_whitespace() && quote.is_none() {
            is_open = false;
            continue;
        }
        if !std::mem::replace(&mut is_open, true) {
            words.push(Word {
                text: String::new(),
                range: from + at..from + at,
            });
        }
        let said = match (character, quote) {
            ('"', None) => {
                quote = Some(from + at);
                None
            }
            ('"', Some(_)) => {
                quote = None;
                None
            }
            ('\\', Some(_)) => characters.next().map(|(_, escaped)| escaped),
            (other, _) => Some(other),
        };
        if let Some(word) = words.last_mut() {
            word.text.extend(said);
            word.range.end = from + text.len() - characters.as_str().len();
        }
    }
    match quote {
        Some(open) => Err(open..from + text.len()),
        None => Ok(words),
    }
}

/// The bytes of one thing with its key: beginning and end.
type Extent = (u32, Reverse<u32>);

/// The bytes of everything that is written, with its key and all below it, in order of beginnings, and from the outermost
/// inwards.
fn extents(documents: &[Document]) -> Vec<Extent> {
    let mut extents = Vec::new();
    for document in documents {
        let tree = &document.tree;
        let nodes: Vec<NodeId> = tree.all().collect();
        // A node stands before what lies below it.
        let mut ends: HashMap<NodeId, u32> = HashMap::new();
        for node in nodes.into_iter().rev() {
            let below = ends.remove(&node).unwrap_or_default();
            let key = tree.key(node).and_then(|key| key.span);
            let extent = match (key, tree.span(node)) {
                (Some(key), Some(own)) => with_key(key, own),
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => continue,
            };
            if extent.file != document.file {
                continue;
            }
            let end = extent.end.max(below);
            extents.push((extent.start, Reverse(end)));
            // Elsewhere the bytes of a collection are all of it, and blocks of one kind stand apart from each other.
            let is_yaml = document.notation == Notation::Yaml;
            if let Some(parent) = tree.parent(node).filter(|_| is_yaml) {
                let all = ends.entry(parent).or_default();
                *all = end.max(*all);
            }
        }
    }
    extents.sort_unstable();
    extents
}

/// A block of Terraform begins before the label that is its key. What an alias stands for is written elsewhere, and only
/// its key is here.
fn with_key(key: Span, own: Span) -> Span {
    if own.start <= key.start && key.end <= own.end {
        own
    } else if key.start <= own.start {
        key.through(own)
    } else {
        key
    }
}

fn byte(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
