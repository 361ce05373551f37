//! Paths into values, and their spelling as JSON pointers (RFC 6901).

use std::fmt;

use super::{ArcStr, Value};

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into an object, by a string key.
    Key(ArcStr),
    /// Into an array, from zero.
    Index(usize),
}

/// Steps from a root to a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The path to the root itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether this is the root.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes one step further.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// The path of a JSON pointer. A segment of digits is an index as well as a key: which one, the value decides
    /// when the path is followed, so such a segment stays a key here unless it is a canonical index.
    pub fn from_pointer(pointer: &str) -> Option<Self> {
        if pointer.is_empty() {
            return Some(Self::root());
        }
        let segments = pointer.strip_prefix('/')?;
        Some(
            segments
                .split('/')
                .map(|segment| Step::from_segment(&segment.replace("~1", "/").replace("~0", "~")))
                .collect(),
        )
    }

    /// The path that a policy spells as an array of strings and numbers.
    pub fn from_array(items: &[Value]) -> Option<Self> {
        items
            .iter()
            .map(|item| match item {
                Value::String(key) => Some(Step::Key(key.clone())),
                Value::Number(index) => index.to_index().map(Step::Index),
                _ => None,
            })
            .collect()
    }
}

impl Step {
    fn from_segment(segment: &str) -> Self {
        let canonical = segment == "0"
            || (!segment.starts_with('0') && segment.bytes().all(|byte| byte.is_ascii_digit()));
        match segment.parse() {
            Ok(index) if canonical => Self::Index(index),
            _ => Self::Key(ArcStr::from(segment)),
        }
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

/// The spelling as a JSON pointer.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        })
    }
}
