//! Selectors of labels, as API servers read them.

use std::collections::BTreeMap;

use crate::tree::View;

/// Labels by their keys.
pub(super) type Labels<'a> = BTreeMap<&'a str, &'a str>;

/// The label by which every namespace says its name. Nobody can change it.
pub(super) const NAME: &str = "kubernetes.io/metadata.name";

/// The labels that are written.
pub(super) fn labels(written: Option<View<'_>>) -> Labels<'_> {
    let entries = written.into_iter().flat_map(View::entries);
    entries
        .filter_map(|(key, value)| Some((key, value.raw()?)))
        .collect()
}

/// Whether a selector takes what has some labels. One that is not written, or empty, takes everything.
pub(super) fn selects(selector: Option<View<'_>>, labels: &Labels<'_>) -> bool {
    let Some(selector) = selector else {
        return true;
    };
    let mut equal = selector
        .get("matchLabels")
        .into_iter()
        .flat_map(View::entries);
    let mut holding = expressions(selector);
    equal.all(|(key, value)| is_one_of(labels.get(key), std::iter::once(value)))
        && holding.all(|expression| holds(expression, labels))
}

/// The keys of the labels that a selector asks for, and where it does.
pub(super) fn keys(selector: View<'_>) -> impl Iterator<Item = (&str, View<'_>)> {
    let equal = selector.get("matchLabels").into_iter();
    let said = expressions(selector).filter_map(|expression| {
        let key = expression.get("key")?;
        Some((key.raw()?, key))
    });
    equal.flat_map(View::entries).chain(said)
}

fn expressions(selector: View<'_>) -> impl Iterator<Item = View<'_>> {
    let written = selector.get("matchExpressions").into_iter();
    written.flat_map(View::items)
}

/// An operator that nobody knows holds: the API server would not have taken it.
fn holds(expression: View<'_>, labels: &Labels<'_>) -> bool {
    let text = |key: &str| expression.get(key).and_then(View::raw);
    let label = text("key").and_then(|key| labels.get(key));
    let values = expression.get("values").into_iter().flat_map(View::items);
    match text("operator") {
        Some("In") => is_one_of(label, values),
        Some("NotIn") => !is_one_of(label, values),
        Some("Exists") => label.is_some(),
        Some("DoesNotExist") => label.is_none(),
        _ => true,
    }
}

fn is_one_of<'a>(label: Option<&&str>, mut values: impl Iterator<Item = View<'a>>) -> bool {
    label.is_some_and(|label| values.any(|value| value.raw() == Some(*label)))
}
