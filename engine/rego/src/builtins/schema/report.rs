//! What does not match, and where.

/// One thing that does not match.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    /// The name that `gojsonschema` has for it.
    pub(super) kind: &'static str,
    /// The place, such as `a.0.b`, or `(Root)`.
    pub(super) field: String,
    pub(super) text: String,
}

/// What came of checking a value. The score says how nearly it matched, as `gojsonschema` counts.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) issues: Vec<Issue>,
    score: i64,
}

impl Outcome {
    pub(super) fn matches(&self) -> bool {
        self.issues.is_empty()
    }

    pub(super) fn add(&mut self, kind: &'static str, place: &Place<'_>, text: String) {
        self.issues.push(Issue {
            kind,
            field: place.field(),
            text,
        });
        self.score -= 2;
    }

    pub(super) fn credit(&mut self) {
        self.score += 1;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.issues.extend(other.issues);
        self.score += other.score;
    }

    /// Keeps whichever came nearer; the first of two that came equally near.
    pub(super) fn nearer(best: Option<Self>, other: Self) -> Self {
        match best {
            Some(best) if other.score <= best.score => best,
            _ => other,
        }
    }
}

/// A place in the document, from the inside out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'doc> {
    name: &'doc str,
    outer: Option<&'doc Place<'doc>>,
}

impl Place<'static> {
    pub(super) const ROOT: Self = Self {
        name: "(Root)",
        outer: None,
    };
}

impl<'doc> Place<'doc> {
    pub(super) fn inside(&'doc self, name: &'doc str) -> Self {
        Self {
            name,
            outer: Some(self),
        }
    }

    /// The place without its root, unless it is the root.
    pub(super) fn field(&self) -> String {
        let mut names = vec![self.name];
        let mut outer = self.outer;
        while let Some(place) = outer {
            names.push(place.name);
            outer = place.outer;
        }
        if names.len() > 1 {
            names.pop();
        }
        names.reverse();
        names.join(".")
    }
}
