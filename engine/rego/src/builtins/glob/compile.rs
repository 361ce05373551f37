//! From the tree of a glob to its matcher, simplified step by step as `gobwas/glob` does, because what it simplifies
//! to decides what it matches.

use super::matcher::{Length, Matcher, Tree};
use super::syntax::Node;
use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};

/// The matcher of a tree.
pub(super) fn compile(
    meter: &Meter,
    node: &Node,
    separators: &[char],
) -> Result<Matcher, BuiltinError> {
    meter.step(1)?;
    let matcher = match node {
        Node::AnyOf(alternatives) => return any_of(meter, alternatives, separators),
        Node::Pattern(parts) if parts.is_empty() => return Ok(Matcher::Nothing),
        Node::Pattern(parts) => {
            let matchers = children(meter, parts, separators)?;
            sequence(&minimize(meter, matchers)?)
        }
        Node::Any => Matcher::Any(separators.to_vec()),
        Node::Super => Matcher::Super,
        Node::Single => Matcher::Single(separators.to_vec()),
        Node::Nothing => Matcher::Nothing,
        Node::List { members, negated } => Matcher::List {
            members: members.clone(),
            negated: *negated,
        },
        Node::Range { low, high, negated } => Matcher::Range {
            low: *low,
            high: *high,
            negated: *negated,
        },
        Node::Text(text) => Matcher::Text(text.clone()),
    };
    Ok(optimize(matcher))
}

fn children(
    meter: &Meter,
    nodes: &[Node],
    separators: &[char],
) -> Result<Vec<Matcher>, BuiltinError> {
    nodes
        .iter()
        .map(|node| Ok(optimize(compile(meter, node, separators)?)))
        .collect()
}

fn any_of(
    meter: &Meter,
    alternatives: &[Node],
    separators: &[char],
) -> Result<Matcher, BuiltinError> {
    if let Some(factored) = factor(meter, alternatives)? {
        return compile(meter, &factored, separators);
    }
    Ok(Matcher::AnyOf(children(meter, alternatives, separators)?))
}

/// The common beginnings and ends of alternatives taken out of them; nothing if there are none.
fn factor(meter: &Meter, alternatives: &[Node]) -> Result<Option<Node>, BuiltinError> {
    let patterns: Option<Vec<&[Node]>> = alternatives
        .iter()
        .map(|node| match node {
            Node::Pattern(parts) => Some(parts.as_slice()),
            _ => None,
        })
        .collect();
    let Some(patterns) = patterns else {
        return Ok(None);
    };
    meter.step(units(patterns.iter().map(|parts| parts.len()).sum()))?;
    let (left, right) = common(&patterns);
    if left == 0 && right == 0 {
        return Ok(None);
    }
    let shortest = patterns
        .iter()
        .min_by_key(|parts| parts.len())
        .copied()
        .unwrap_or_default();
    let mut result = Vec::new();
    if left > 0 {
        result.push(Node::Pattern(
            shortest.get(..left).unwrap_or_default().to_vec(),
        ));
    }
    let mut rests = remainders(&patterns, left, right);
    if rests.len() > 1 {
        result.push(Node::AnyOf(rests));
    } else if let Some(only) = rests.pop().filter(|rest| *rest != Node::Nothing) {
        result.push(only);
    }
    if right > 0 {
        let from = shortest.len().saturating_sub(right);
        result.push(Node::Pattern(
            shortest.get(from..).unwrap_or_default().to_vec(),
        ));
    }
    Ok(Some(Node::Pattern(result)))
}

/// The distinct parts of alternatives between their common beginnings and ends.
fn remainders(patterns: &[&[Node]], left: usize, right: usize) -> Vec<Node> {
    let mut rests: Vec<Node> = Vec::new();
    for parts in patterns {
        let middle = parts
            .get(left..parts.len().saturating_sub(right))
            .unwrap_or_default();
        let rest = if middle.is_empty() {
            Node::Nothing
        } else {
            Node::Pattern(middle.to_vec())
        };
        if !rests.contains(&rest) {
            rests.push(rest);
        }
    }
    rests
}

/// How many parts all patterns share at the beginning and at the end.
fn common(patterns: &[&[Node]]) -> (usize, usize) {
    let shortest = patterns
        .iter()
        .enumerate()
        .min_by_key(|(_, parts)| parts.len());
    let Some((at, shortest)) = shortest.filter(|_| patterns.len() > 1) else {
        return (0, 0);
    };
    let others: Vec<&[Node]> = patterns
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != at)
        .map(|(_, parts)| *parts)
        .collect();
    let length = shortest.len();
    let (mut left, mut right) = (0, 0);
    let (mut left_open, mut right_open) = (true, true);
    for index in 0..length {
        if left + right >= length || !(left_open || right_open) {
            break;
        }
        let from_end = length - 1 - index;
        for parts in &others {
            left_open = left_open && parts.get(index) == shortest.get(index);
            // Where both sides would take the same part, only the left one may.
            right_open = right_open && !(left_open && from_end <= index);
            right_open =
                right_open && parts.iter().nth_back(index) == shortest.iter().nth_back(index);
        }
        left += usize::from(left_open);
        right += usize::from(right_open);
    }
    (left, right)
}

/// Glues neighbours together as far as that makes fewer of them.
fn minimize(meter: &Meter, mut matchers: Vec<Matcher>) -> Result<Vec<Matcher>, BuiltinError> {
    while let Some((glued, left, right)) = best_glue(meter, &matchers)? {
        drop(matchers.splice(left..right, [glued]));
    }
    Ok(matchers)
}

/// The neighbours that glue best: what they become, and from where to where they stand.
fn best_glue(
    meter: &Meter,
    matchers: &[Matcher],
) -> Result<Option<(Matcher, usize, usize)>, BuiltinError> {
    let mut best: Option<(Matcher, usize, usize)> = None;
    for left in 0..matchers.len() {
        for right in (left + 1..=matchers.len()).rev() {
            let neighbours = matchers.get(left..right).unwrap_or_default();
            meter.step(units(neighbours.len()))?;
            let Some(glued) = glue(neighbours) else {
                continue;
            };
            let better = best.as_ref().is_none_or(|(known, from, to)| {
                let longer = known
                    .length()
                    .zip(glued.length())
                    .is_some_and(|(known, glued)| glued > known);
                longer || to - from < right - left
            });
            if better {
                best = Some((glued, left, right));
            }
        }
    }
    Ok(best)
}

fn glue(matchers: &[Matcher]) -> Option<Matcher> {
    if matchers.len() <= 1 {
        return None;
    }
    glue_wildcards(matchers).or_else(|| glue_row(matchers))
}

/// Neighbours of fixed length.
fn glue_row(matchers: &[Matcher]) -> Option<Matcher> {
    let lengths: Option<Vec<usize>> = matchers.iter().map(Matcher::length).collect();
    Some(Matcher::Row {
        matchers: matchers.to_vec(),
        length: lengths?.iter().sum(),
    })
}

/// What wildcards there are among neighbours.
#[derive(Debug, Default)]
struct Wildcards {
    any: bool,
    all: bool,
    single: usize,
}

/// Neighbours that are all wildcards for the same characters.
fn glue_wildcards(matchers: &[Matcher]) -> Option<Matcher> {
    let mut seen = Wildcards::default();
    let mut separators: Option<&[char]> = None;
    for matcher in matchers {
        let own: &[char] = match matcher {
            Matcher::Super => {
                seen.all = true;
                &[]
            }
            Matcher::Any(separators) => {
                seen.any = true;
                separators
            }
            Matcher::Single(separators)
            | Matcher::List {
                members: separators,
                negated: true,
            } => {
                seen.single += 1;
                separators
            }
            _ => return None,
        };
        if *separators.get_or_insert(own) != own {
            return None;
        }
    }
    Some(wildcard(&seen, separators.unwrap_or_default()))
}

fn wildcard(seen: &Wildcards, separators: &[char]) -> Matcher {
    if seen.single == 0 && seen.all && !seen.any {
        return Matcher::Super;
    }
    if seen.single == 0 && seen.any && !seen.all {
        return Matcher::Any(separators.to_vec());
    }
    if seen.single > 0 && (seen.any || seen.all) && separators.is_empty() {
        return Matcher::Min(seen.single);
    }
    let mut every = Vec::new();
    if seen.single > 0 {
        every.push(Matcher::Min(seen.single));
        if !seen.any && !seen.all {
            every.push(Matcher::Max(seen.single));
        }
    }
    if !separators.is_empty() {
        // All separators as one text, not each of them: so it is in the original.
        every.push(Matcher::Contains {
            needle: separators.iter().collect(),
            negated: true,
        });
    }
    Matcher::EveryOf(every)
}

/// Matchers in sequence as a tree around the longest part of fixed length.
fn sequence(matchers: &[Matcher]) -> Matcher {
    match matchers {
        [] => return Matcher::Nothing,
        [only] => return only.clone(),
        _ => {}
    }
    if let Some(glued) = glue(matchers) {
        return glued;
    }
    let fixed = matchers
        .iter()
        .enumerate()
        .filter_map(|(index, matcher)| Some((index, matcher.length()?)));
    let Some((at, _)) = fixed.max_by_key(|(_, length)| *length) else {
        let (first, rest) = matchers.split_at(1);
        return branch(sequence(first), None, Some(sequence(rest)));
    };
    let side = |part: Option<&[Matcher]>| part.filter(|part| !part.is_empty()).map(sequence);
    let value = matchers.get(at).cloned().unwrap_or(Matcher::Nothing);
    branch(
        value,
        side(matchers.get(..at)),
        side(matchers.get(at + 1..)),
    )
}

fn branch(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Matcher {
    let left_length = left.as_ref().map_or(Some(0), Matcher::length);
    let right_length = right.as_ref().map_or(Some(0), Matcher::length);
    let total = |value: usize| Some(value + left_length? + right_length?);
    let length: Length = value.length().and_then(total);
    Matcher::Tree(Box::new(Tree {
        value,
        left,
        right,
        left_length,
        right_length,
        length,
    }))
}

fn optimize(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Any(separators) if separators.is_empty() => Matcher::Super,
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => {
            matchers.pop().unwrap_or(Matcher::Nothing)
        }
        Matcher::List {
            members,
            negated: false,
        } if members.len() == 1 => Matcher::Text(members.iter().collect()),
        Matcher::Tree(tree) => optimize_tree(*tree),
        other => other,
    }
}

fn optimize_tree(mut tree: Tree) -> Matcher {
    tree.left = tree.left.map(optimize);
    tree.right = tree.right.map(optimize);
    simpler(&tree).unwrap_or_else(|| Matcher::Tree(Box::new(tree)))
}

/// A tree around a text is often something simpler.
fn simpler(tree: &Tree) -> Option<Matcher> {
    let Matcher::Text(text) = &tree.value else {
        return None;
    };
    let text = text.clone();
    match (&tree.left, &tree.right) {
        (None, None) => Some(Matcher::Text(text)),
        (Some(Matcher::Super), Some(Matcher::Super)) => Some(Matcher::Contains {
            needle: text,
            negated: false,
        }),
        (Some(Matcher::Super), None) => Some(Matcher::Suffix(text)),
        (None, Some(Matcher::Super)) => Some(Matcher::Prefix(text)),
        (None, Some(Matcher::Suffix(suffix))) => Some(Matcher::PrefixSuffix(text, suffix.clone())),
        (Some(Matcher::Prefix(prefix)), None) => Some(Matcher::PrefixSuffix(prefix.clone(), text)),
        (Some(Matcher::Any(separators)), None) => {
            Some(Matcher::SuffixAny(text, separators.clone()))
        }
        (None, Some(Matcher::Any(separators))) => {
            Some(Matcher::PrefixAny(text, separators.clone()))
        }
        _ => None,
    }
}
