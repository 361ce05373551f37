//! Functions of `CloudFormation` in a service, in both spellings: `!Ref X` and `{Ref: X}`.

use crate::frontend::cloudformation::FUNCTIONS;
use crate::tree::View;

/// The function that a tag stands for.
pub(super) fn of_tag(tag: &str) -> Option<&'static str> {
    let found = FUNCTIONS.iter().find(|(_, short)| *short == tag);
    found.map(|(name, _)| *name)
}

/// Whether a node is the call of a function, however it is spelt.
pub(super) fn is_at(view: View<'_>) -> bool {
    view.tag().and_then(of_tag).is_some() || long(view).is_some()
}

/// Whether a node of a resolved service stands for what only a deployment can tell.
pub(super) fn is_unknown(view: View<'_>) -> bool {
    let has_variable = view.raw().is_some_and(|text| text.contains("${"));
    has_variable || view.unknown().is_some() || is_at(view)
}

/// The name of the resource that a node of a resolved service speaks of.
pub(super) fn referred(view: View<'_>) -> Option<String> {
    let (name, argument) = long(view)?;
    let text = argument.raw();
    let referred = match name {
        "Ref" => text,
        "Fn::GetAtt" => argument
            .items()
            .next()
            .and_then(View::raw)
            .or_else(|| text?.split('.').next()),
        "Fn::Sub" => {
            let inner = text?.strip_prefix("${")?.strip_suffix('}')?;
            inner.split('.').next()
        }
        _ => None,
    };
    referred
        .filter(|name| !name.contains([':', '$']))
        .map(str::to_owned)
}

/// A function in its long spelling: an object with nothing but its name and what it is applied to.
fn long(view: View<'_>) -> Option<(&str, View<'_>)> {
    let mut entries = view.entries();
    let (key, argument) = entries.next()?;
    let is_function = matches!(key, "Ref" | "Condition") || key.starts_with("Fn::");
    (is_function && entries.next().is_none()).then_some((key, argument))
}
