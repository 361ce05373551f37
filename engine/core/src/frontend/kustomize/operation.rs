//! JSON patches: operations on what pointers lead to, one after the other.

use super::draft::{Content, Draft, Entry};

/// How deep an operation may nest what it puts.
const MAX_DEPTH: usize = 256;

/// Applies one operation. Returns how many values it put or compared, of which there may be no more than a limit; or
/// why it cannot be applied.
pub(super) fn apply(draft: &mut Draft, operation: &Draft, limit: usize) -> Result<usize, String> {
    let path = pointer(operation, "path")?;
    let name = operation.get("op").and_then(Draft::raw);
    match name {
        Some("add") => {
            let entry = put_value(operation)?;
            add(draft, &path, entry, limit)
        }
        Some("replace") => {
            let entry = put_value(operation)?;
            // Kustomize also puts an entry where none was, as long as there is a mapping for it.
            if last_is_item(draft, &path) {
                take(draft, &path)?;
            }
            add(draft, &path, entry, limit)
        }
        Some("remove") => take(draft, &path).map(|_| 0),
        Some("move") => {
            let entry = take(draft, &pointer(operation, "from")?)?;
            add(draft, &path, entry, limit)
        }
        Some("copy") => {
            let from = pointer(operation, "from")?;
            let found = reach(draft, &from).ok_or_else(|| missing(&from))?;
            if found.size() > limit {
                return Err("the patch comes to too much to be judged".to_owned());
            }
            let entry = unplaced(found.clone());
            add(draft, &path, entry, limit)
        }
        Some("test") => test(draft, &path, operation),
        Some(other) => Err(format!(
            "`{}` is no operation of a JSON patch",
            other.escape_debug()
        )),
        None => Err("an operation without `op`".to_owned()),
    }
}

/// The steps of a pointer.
fn pointer(operation: &Draft, key: &str) -> Result<Vec<String>, String> {
    let written = operation.get(key).and_then(Draft::raw);
    let written = written.ok_or_else(|| format!("an operation without `{key}`"))?;
    let Some(steps) = written.strip_prefix('/') else {
        return Err(format!(
            "`{}` is no JSON pointer: it must begin with `/`",
            written.escape_debug()
        ));
    };
    let unescape = |step: &str| step.replace("~1", "/").replace("~0", "~");
    Ok(steps.split('/').map(unescape).collect())
}

/// The value of an operation, with its bytes: `value: nginx` is where it was set.
fn put_value(operation: &Draft) -> Result<Entry, String> {
    let entry = operation.entry("value").cloned();
    entry.ok_or_else(|| "an operation without `value`".to_owned())
}

fn unplaced(value: Draft) -> Entry {
    Entry {
        key: String::new(),
        place: None,
        value,
    }
}

fn missing(path: &[String]) -> String {
    format!("nothing is at `/{}`", path.join("/").escape_debug())
}

fn index(step: &str) -> Option<usize> {
    let is_number = step.bytes().all(|byte| byte.is_ascii_digit());
    step.parse().ok().filter(|_| is_number)
}

fn reach<'d>(draft: &'d mut Draft, steps: &[String]) -> Option<&'d mut Draft> {
    steps
        .iter()
        .try_fold(draft, |at, step| match &mut at.content {
            Content::Map(entries) => entries
                .iter_mut()
                .rfind(|entry| entry.key == *step)
                .map(|entry| &mut entry.value),
            Content::List(items) => items.get_mut(index(step)?),
            Content::Scalar(_) => None,
        })
}

/// Whether a path leads to an element of a list.
fn last_is_item(draft: &mut Draft, path: &[String]) -> bool {
    let holder = path.split_last().and_then(|(_, steps)| reach(draft, steps));
    holder.is_some_and(|holder| matches!(holder.content, Content::List(_)))
}

/// Puts a value: an entry in the place of the one that is there, an element before the one that is there.
fn add(draft: &mut Draft, path: &[String], entry: Entry, limit: usize) -> Result<usize, String> {
    let Some((last, steps)) = path.split_last() else {
        return Err(missing(path));
    };
    let size = entry.value.size();
    if size > limit || entry.value.depth() + path.len() > MAX_DEPTH {
        return Err("the patch comes to too much to be judged".to_owned());
    }
    let holder = reach(draft, steps).ok_or_else(|| missing(steps))?;
    match &mut holder.content {
        Content::Map(_) => holder.set(Entry {
            key: last.clone(),
            ..entry
        }),
        Content::List(items) => {
            let at = match last.as_str() {
                "-" => Some(items.len()),
                number => index(number).filter(|at| *at <= items.len()),
            };
            items.insert(at.ok_or_else(|| missing(path))?, entry.value);
        }
        Content::Scalar(_) => return Err(missing(path)),
    }
    Ok(size)
}

/// Takes out what must be there.
fn take(draft: &mut Draft, path: &[String]) -> Result<Entry, String> {
    let holder = path.split_last().and_then(|(last, steps)| {
        let holder = reach(draft, steps)?;
        Some((last, holder))
    });
    let taken = holder.and_then(|(last, holder)| match &mut holder.content {
        Content::List(items) => {
            let at = index(last).filter(|at| *at < items.len())?;
            Some(unplaced(items.remove(at)))
        }
        _ => holder.remove(last),
    });
    taken.ok_or_else(|| missing(path))
}

fn test(draft: &mut Draft, path: &[String], operation: &Draft) -> Result<usize, String> {
    let expected = put_value(operation)?.value.value();
    let found = reach(draft, path);
    let size = found.as_ref().map_or(0, |found| found.size());
    if found.map(|found| found.value()).as_ref() == Some(&expected) {
        return Ok(size);
    }
    let path = path.join("/");
    Err(format!(
        "what is at `/{}` is not what the patch expects",
        path.escape_debug()
    ))
}
