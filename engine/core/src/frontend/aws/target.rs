//! What answers at an endpoint: a function, said by the endpoint itself or by an integration of it.

use super::declared::{Declared, Path};
use super::dig;
use super::document::spelt;
use crate::tree::{NodeId, View};

/// Where it is said what answers.
#[derive(Debug)]
pub(in crate::frontend) enum Target {
    /// The function, or an address with the function in it.
    At(Path),
    /// An integration that the endpoint names: the way to its name, its type, the way to the address within it.
    By(Path, &'static str, Path),
    /// An integration that names the endpoint: its type, the ways that lead to the same in both, the way to the address.
    Beside(&'static str, &'static [Path], Path),
}

/// What answers, and what says so.
pub(super) fn target(declared: &Declared<'_>, target: &Target) -> Option<(String, NodeId)> {
    match target {
        Target::At(path) => {
            let written = declared.at(path)?;
            Some((named_within(declared, written)?, written.id()))
        }
        Target::By(path, kind, address) => {
            let written = declared.at(path)?;
            let name = named_within(declared, written)?;
            let found = (declared.dialect.named)(declared.resource, kind, &name)?;
            let address = dig(found, address)?;
            Some((named_within(declared, address)?, written.id()))
        }
        Target::Beside(kind, same, address) => {
            let is_for_this = |beside: &View<'_>| {
                same.iter().all(|path| {
                    // A setting of the endpoint may be taken from it.
                    let theirs = dig(*beside, path);
                    let is_own = theirs.is_some_and(|theirs| declared.is_this(theirs, None));
                    let both = declared.at(path).zip(theirs);
                    is_own || both.is_some_and(|(own, theirs)| declared.is_same(own, theirs))
                })
            };
            let beside = declared.siblings(kind).into_iter().find(is_for_this)?;
            let address = dig(beside, address)?;
            Some((named_within(declared, address)?, declared.under))
        }
    }
}

/// The resource that a text names, alone or in the middle of an address; else the text.
fn named_within(declared: &Declared<'_>, written: View<'_>) -> Option<String> {
    if let Some(name) = (declared.dialect.referred)(written) {
        return Some(name);
    }
    let text = spelt(written)?;
    let expressions = text.split("${").skip(1);
    let mut expressions = expressions.filter_map(|rest| Some(rest.split_once('}')?.0));
    let named = expressions.find(|inner| !inner.starts_with("AWS::"));
    match named {
        Some(inner) => Some(resource(inner).to_owned()),
        None => Some(text),
    }
}

/// The resource of an expression: of `Work.Arn` it is `Work`, of `aws_lambda_function.work.arn` it has two words.
fn resource(inner: &str) -> &str {
    let mut dots = inner.match_indices('.').map(|(at, _)| at);
    let first = dots.next();
    let is_address = first.is_some_and(|at| inner.get(..at).is_some_and(|kind| kind.contains('_')));
    let end = if is_address { dots.next() } else { first };
    end.and_then(|end| inner.get(..end)).unwrap_or(inner)
}

#[cfg(test)]
mod tests {
    use super::resource;

    #[test]
    fn an_expression_names_a_resource() {
        for (inner, expected) in [
            ("Work.Arn", "Work"),
            ("Work", "Work"),
            (
                "aws_lambda_function.work.invoke_arn",
                "aws_lambda_function.work",
            ),
            ("aws_lambda_function.work", "aws_lambda_function.work"),
        ] {
            assert_eq!(resource(inner), expected);
        }
    }
}
