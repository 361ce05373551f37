//! Masks that somebody configured: JSON pointers in which `*` stands for every key and every index.

use serde_json::Value;

use super::mask::Hidden;

/// What is hidden wherever a pointer leads.
#[derive(Debug, Clone)]
pub(super) struct Mask {
    steps: Vec<String>,
    /// What stands in its place. None takes it out.
    replacement: Option<String>,
}

/// What stands between a pointer and its replacement.
const ARROW: &str = " => ";

/// A mask that leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is no pointer below `/input` or `/result`", .0.escape_debug())]
pub struct NoMask(String);

impl Mask {
    /// Reads `POINTER`, which takes out what it leads to, or `POINTER => TEXT`, which puts a text in its place. Pointers
    /// begin with `/input` or `/result`.
    pub(super) fn read(text: &str) -> Result<Self, NoMask> {
        let (pointer, replacement) = match text.split_once(ARROW) {
            Some((pointer, replacement)) => (pointer.trim_end(), Some(replacement.to_owned())),
            None => (text, None),
        };
        let mut steps = pointer.split('/').map(read);
        let is_absolute = steps.next().is_some_and(|first| first.is_empty());
        let steps: Vec<String> = steps.collect();
        let first = steps.first().map(String::as_str);
        if !is_absolute || !matches!(first, Some("input" | "result")) {
            return Err(NoMask(pointer.to_owned()));
        }
        Ok(Self { steps, replacement })
    }

    pub(super) fn apply(&self, event: &mut Value, hidden: &mut Hidden) {
        self.follow(event, &self.steps, String::new(), hidden);
    }

    fn follow(&self, value: &mut Value, steps: &[String], pointer: String, hidden: &mut Hidden) {
        let Some((step, rest)) = steps.split_first() else {
            hidden.learn(value);
            // An element that is taken out of a list leaves its place: the others keep theirs.
            *value = self.replacement.clone().map_or(Value::Null, Value::String);
            match self.replacement {
                Some(_) => hidden.masked.push(pointer),
                None => hidden.erased.push(pointer),
            }
            return;
        };
        match value {
            Value::Object(fields) => {
                for (key, field) in fields.iter_mut() {
                    if step == "*" || step == key {
                        let pointer = format!("{pointer}/{}", spelt(key));
                        self.follow(field, rest, pointer, hidden);
                    }
                }
                if rest.is_empty() && self.replacement.is_none() {
                    fields.retain(|key, _| step != "*" && step != key);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let index = index.to_string();
                    if step == "*" || *step == index {
                        self.follow(item, rest, format!("{pointer}/{index}"), hidden);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// A key as a pointer has it.
pub(super) fn spelt(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A key as a pointer means it.
fn read(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn a_mask_is_a_pointer_below_the_input_or_the_result() {
        for pointer in ["/input", "/input/a/*/b", "/result/x~1y", "/input/a => gone"] {
            assert!(Mask::read(pointer).is_ok(), "{pointer}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for pointer in ["", "input/a", "/labels", "/", " => gone"] {
            assert!(Mask::read(pointer).is_err(), "{pointer}");
        }
    }
}
