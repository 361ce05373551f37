//! Variables that something on a machine is given, in normalised form.

use crate::estate::Model;
use crate::tree::{NodeId, Origin};

/// A variable, a password or a credential.
pub(super) struct Variable {
    pub(super) name: String,
    /// None where nobody wrote it: a command computes it, or a manager fills it in.
    pub(super) value: Option<String>,
    pub(super) from: NodeId,
}

/// `env[]`. Nothing where there are none.
pub(super) fn environment(model: &mut Model, variables: &[Variable], from: NodeId) {
    if variables.is_empty() {
        return;
    }
    model.list("env", from, |model| {
        for variable in variables {
            let origin = Origin::Derived {
                from: variable.from,
            };
            model.object(None, variable.from, |model| {
                model.text("name", &variable.name, origin);
                match &variable.value {
                    Some(value) => {
                        model.text("kind", "literal", origin);
                        model.text("value", value, origin);
                    }
                    None => model.text("kind", "other_ref", origin),
                }
            });
        }
    });
}
