//! Masks that somebody configured: JSON pointers in which `*` stands for every key and every index.

use serde_json::Value;

use super::mask::Hidden;

/// What is hidden wherever a pointer leads.
#[derive(Debug, Clone)]
pub struct Mask {
    steps: Vec<String>,
    /// What stands in its place. None takes it out.
    replacement: Option<String>,
}

/// A mask that leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is no pointer below `/input` or `/result`", .0.escape_debug())]
pub struct NoMask(String);

impl Mask {
    /// A mask of what a pointer leads to, below `/input` or `/result`: it is replaced by a text, or taken out.
    pub fn new(pointer: &str, replacement: Option<String>) -> Result<Self, NoMask> {
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
        for pointer in ["/input", "/input/a/*/b", "/result/x~1y"] {
            assert!(Mask::new(pointer, None).is_ok(), "{pointer}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for pointer in ["", "input/a", "/labels", "/"] {
            assert!(Mask::new(pointer, None).is_err(), "{pointer}");
        }
    }
}
