//! Instances: what `count` and `for_each` make of one block.

use plumbline_rego::Value;

use super::scope::{Instance, Iterators, Names, known};
use crate::frontend::terraform::functions;
use crate::tree::View;

/// The most instances that `count` and `for_each` make of one resource.
pub(super) const MAX_INSTANCES: usize = 200;

/// The instances of a resource or module that are read, and how many there are: the suffix of each address, and the
/// names that differ.
pub(super) fn instances(
    instance: &Instance<'_>,
    body: View<'_>,
) -> (Vec<(String, Iterators)>, usize) {
    let scope = Names {
        instance,
        names: Vec::new(),
    };
    let unknown = || {
        let names = vec![("each".to_owned(), None), ("count".to_owned(), None)];
        (vec![(String::new(), names)], 1)
    };
    if let Some(count) = body.get("count").filter(|count| !count.is_null()) {
        let Some(Value::Number(count)) = known(count, &scope, 0) else {
            return unknown();
        };
        let count = count
            .to_i64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(0);
        let index = |index: usize| {
            let number = functions::integer(i64::try_from(index).unwrap_or(i64::MAX));
            let name = ("count".to_owned(), Some((number.clone(), number)));
            (format!("[{index}]"), vec![name])
        };
        let read = (0..count.min(MAX_INSTANCES)).map(index).collect();
        return (read, count);
    }
    if let Some(each) = body.get("for_each").filter(|each| !each.is_null()) {
        let paired = known(each, &scope, 0).and_then(|each| {
            let pairs = pairs(&each)?;
            Some((each, pairs))
        });
        let Some((each, pairs)) = paired else {
            return unknown();
        };
        let count = pairs.len();
        let read = pairs
            .into_iter()
            .take(MAX_INSTANCES)
            .map(|(key, value)| {
                // The key of a set's element is the element.
                let key = if matches!(each, Value::Object(_)) {
                    key
                } else {
                    value.clone()
                };
                let suffix = functions::as_text(&key).unwrap_or_default();
                (
                    format!("[\"{suffix}\"]"),
                    vec![("each".to_owned(), Some((key, value)))],
                )
            })
            .collect();
        return (read, count);
    }
    (vec![(String::new(), Vec::new())], 1)
}

/// Keys and values of a collection; none of what is no collection.
pub(super) fn pairs(collection: &Value) -> Option<Vec<(Value, Value)>> {
    Some(match collection {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        list => functions::items(list)?
            .into_iter()
            .zip(0_i64..)
            .map(|(value, index)| (functions::integer(index), value))
            .collect(),
    })
}
