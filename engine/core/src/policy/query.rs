//! What a policy set answers at a path below `data`, as OPA's REST API is asked.

use plumbline_rego::{ArcStr, EvalError, Settings, Value};

use super::PolicySet;

impl PolicySet {
    /// The value at a path below `data`, of rules and of base data; none if it is undefined. A word of digits is an index
    /// where an array is. Parameters of rules and the world are not there.
    pub fn query(
        &self,
        path: &[&str],
        input: Option<&Value>,
        settings: &Settings,
    ) -> Result<Option<Value>, EvalError> {
        let words: Vec<ArcStr> = path.iter().map(|word| ArcStr::from(*word)).collect();
        let entry = self.program.entry_at(&words);
        let answer = self.program.evaluate(&entry, &self.data, input, settings)?;
        Ok(answer.value)
    }
}
