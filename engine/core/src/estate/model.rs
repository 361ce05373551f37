//! Building the normalised form of what a resource declares, each value with the node it was read from.

use crate::tree::typing::Scalar;
use crate::tree::{Builder, Kind, NodeId, Origin, Tree, View};

/// A normalised form in the making. Every value says which node of the declaring tree it was read from.
#[derive(Debug)]
pub(crate) struct Model {
    builder: Builder,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            builder: Builder::computed(),
        }
    }
}

impl Model {
    /// The normalised form.
    pub(crate) fn finish(self) -> Tree {
        self.builder.finish()
    }

    /// A mapping, read from a node.
    pub(crate) fn object(&mut self, key: Option<&str>, from: NodeId, fill: impl FnOnce(&mut Self)) {
        self.collection(key, Kind::Mapping, from, fill);
    }

    /// A list, read from a node.
    pub(crate) fn list(&mut self, key: &str, from: NodeId, fill: impl FnOnce(&mut Self)) {
        self.collection(Some(key), Kind::Sequence, from, fill);
    }

    /// A string.
    pub(crate) fn text(&mut self, key: &str, text: &str, origin: Origin) {
        self.builder.key(key).string(text, origin);
    }

    /// A value that nobody can know yet, and why.
    pub(crate) fn unknown(&mut self, key: &str, why: &str, from: NodeId) {
        self.builder.key(key);
        self.builder.unknown(why, Origin::Derived { from });
    }

    /// A number.
    pub(crate) fn number(&mut self, key: &str, number: i64, from: NodeId) {
        self.builder
            .key(key)
            .number(&number.to_string(), Origin::Derived { from });
    }

    /// A number that is computed, or a default.
    pub(crate) fn number_at(&mut self, key: &str, number: i64, origin: Origin) {
        self.builder.key(key).number(&number.to_string(), origin);
    }

    /// A truth value that is computed, or a default.
    pub(crate) fn truth(&mut self, key: &str, value: bool, origin: Origin) {
        self.builder.key(key).scalar(Kind::Bool(value), origin);
    }

    /// A boolean that is dangerous when it is true, or the default `false` where nothing is written. The text `"true"`
    /// is no boolean to the API server, and is read as one here: what was meant is judged.
    pub(crate) fn flag(&mut self, key: &str, written: Option<View<'_>>, under: View<'_>) {
        match written.filter(|written| !written.is_null()) {
            Some(written) if written.str() == Some("true") => {
                let origin = Origin::Derived { from: written.id() };
                self.builder.key(key).scalar(Kind::Bool(true), origin);
            }
            Some(written) => self.copy(key, Some(written)),
            None => {
                self.builder
                    .key(key)
                    .scalar(Kind::Bool(false), Origin::Default { under: under.id() });
            }
        }
    }

    /// An integer. The text `"0"` is no integer to the API server, and is read as one here: what was meant is judged.
    pub(crate) fn integer(&mut self, key: &str, written: Option<View<'_>>) {
        if let Some(written) = written.filter(|written| !written.is_null()) {
            self.builder.key(key);
            self.integer_value(written);
        }
    }

    /// The next element of a list: an integer, read in the same way.
    pub(crate) fn integer_value(&mut self, written: View<'_>) {
        match written.str().and_then(|text| text.parse::<i64>().ok()) {
            Some(number) => {
                let origin = Origin::Derived { from: written.id() };
                self.builder.number(&number.to_string(), origin);
            }
            None => self.copy_value(written),
        }
    }

    /// What is written, typed, with everything below it. Nothing where nothing is written.
    pub(crate) fn copy(&mut self, key: &str, written: Option<View<'_>>) {
        if let Some(written) = written.filter(|written| !written.is_null()) {
            self.builder.key(key);
            self.copy_value(written);
        }
    }

    /// The next element of a list: what is written, typed.
    pub(crate) fn copy_value(&mut self, written: View<'_>) {
        let origin = Origin::Derived { from: written.id() };
        if written.is_mapping() {
            self.builder.open(Kind::Mapping, origin);
            for (key, value) in written.entries() {
                self.builder.key(key);
                self.copy_value(value);
            }
            self.builder.close();
        } else if written.is_sequence() {
            self.builder.open(Kind::Sequence, origin);
            written.items().for_each(|item| self.copy_value(item));
            self.builder.close();
        } else {
            self.copy_scalar(written, origin);
        }
    }

    fn copy_scalar(&mut self, written: View<'_>, origin: Origin) {
        if let Some(why) = written.unknown() {
            self.builder.unknown(why, origin);
            return;
        }
        match written.scalar() {
            Scalar::Null => self.builder.scalar(Kind::Null, origin),
            Scalar::Bool(value) => self.builder.scalar(Kind::Bool(value), origin),
            Scalar::Number(number) => self.builder.number(&number.to_string(), origin),
            Scalar::String(text) => self.builder.string(text, origin),
        };
    }

    fn collection(
        &mut self,
        key: Option<&str>,
        kind: Kind,
        from: NodeId,
        fill: impl FnOnce(&mut Self),
    ) {
        if let Some(key) = key {
            self.builder.key(key);
        }
        self.builder.open(kind, Origin::Derived { from });
        fill(self);
        self.builder.close();
    }
}
