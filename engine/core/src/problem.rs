//! What stood in the way of reading, compiling or deciding: never a finding, never silent.

use plumbline_rego::Path;

use crate::source::Span;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravity {
    /// Something could not be decided: the run cannot end clean.
    Error,
    /// Worth knowing; the verdict stands.
    Warning,
}

/// One thing that stood in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub gravity: Gravity,
    /// What was expected, what was found: a lowercase fragment.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to do about it.
    pub help: Option<String>,
    /// The rule that could not be judged, if it is about one.
    pub rule: Option<String>,
    /// A second place and what it has to do with the first one.
    pub related: Option<(Span, String)>,
}

/// Where a problem lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a text.
    Span(Span),
    /// In a file that was not read, or as a whole, by its name.
    File(String),
    /// In no file: the command line, or the run as a whole.
    Nowhere,
}

impl Problem {
    /// An error in a text.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self::new(Gravity::Error, Place::Span(span), message.into())
    }

    /// A warning in a text.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self::new(Gravity::Warning, Place::Span(span), message.into())
    }

    /// An error about a file as a whole.
    pub fn file(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Gravity::Error, Place::File(name.into()), message.into())
    }

    /// A warning about a file as a whole.
    pub fn file_warning(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Gravity::Warning, Place::File(name.into()), message.into())
    }

    /// An error that no file is to blame for.
    pub fn run(message: impl Into<String>) -> Self {
        Self::new(Gravity::Error, Place::Nowhere, message.into())
    }

    /// The problem with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem as one of a rule.
    #[must_use]
    pub fn of_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// The problem with a second place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }

    /// Whether the run cannot end clean.
    pub fn is_error(&self) -> bool {
        self.gravity == Gravity::Error
    }

    fn new(gravity: Gravity, place: Place, message: String) -> Self {
        Self {
            gravity,
            message,
            place,
            help: None,
            rule: None,
            related: None,
        }
    }
}

/// A path as messages spell it: `input.workload.containers[0]`.
pub fn spell(path: &Path) -> String {
    use plumbline_rego::Step;
    let mut out = String::new();
    for (at, step) in path.steps().iter().enumerate() {
        match step {
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Key(key) if is_word(key) && at > 0 => out.push_str(&format!(".{key}")),
            Step::Key(key) if at == 0 => out.push_str(&key.escape_debug().to_string()),
            Step::Key(key) => out.push_str(&format!("[\"{}\"]", key.escape_debug())),
        }
    }
    out
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_')
}
