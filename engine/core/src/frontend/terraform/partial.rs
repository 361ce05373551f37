//! Documents that are encoded as JSON and of which a part is not known: `jsonencode({ Resource = aws_sqs_queue.q.arn })`
//! is a text of JSON all the same, with `${aws_sqs_queue.q.arn}` where nobody can know yet.

use hcl_edit::expr::{Expression, FuncCall, ObjectKey};
use hcl_edit::template::Element;
use plumbline_rego::value::json;
use plumbline_rego::{Array, ObjectBuilder, Value};

use super::evaluate::{self, Scope};
use super::functions;

/// How deep brackets may nest: the parser underneath calls itself for each.
const MAX_DEPTH: usize = 100;
/// The longest text that is read, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// The text of JSON that a call of `jsonencode` comes to; none for anything else.
pub(super) fn encoded(text: &str, scope: &dyn Scope) -> Option<String> {
    if !text.starts_with("${jsonencode(") || text.len() > MAX_TEXT || nesting(text) > MAX_DEPTH {
        return None;
    }
    let template = hcl_edit::parser::parse_template(text).ok()?;
    let Some(Element::Interpolation(only)) = template.as_single_element() else {
        return None;
    };
    let Expression::FuncCall(call) = &only.expr else {
        return None;
    };
    let mut reader = Reader {
        scope,
        left: MAX_TEXT,
    };
    let value = reader.value(argument(call)?);
    Some(json::to_string(&value))
}

/// How deep brackets nest. Texts are not told apart from code, so this errs on the safe side.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn argument(call: &FuncCall) -> Option<&Expression> {
    let is_encoding = !call.name.is_namespaced() && call.name.name.as_str() == "jsonencode";
    let argument = call.args.iter().next();
    argument.filter(|_| is_encoding && !call.args.expand_final())
}

struct Reader<'s> {
    scope: &'s dyn Scope,
    /// How many bytes may still be filled in: a short text may name a long one often.
    left: usize,
}

impl Reader<'_> {
    /// What is known of an expression; what is not known is the expression as a text.
    fn value(&mut self, written: &Expression) -> Value {
        match written {
            Expression::String(text) => Value::string(text.value()),
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.value(item));
                Value::Array(items.collect::<Array>())
            }
            Expression::Object(object) => {
                let mut built = ObjectBuilder::default();
                for (key, below) in object {
                    let key = self.key(key);
                    built.insert(Value::string(&key), self.value(below.expr()));
                }
                Value::Object(built.finish())
            }
            Expression::Parenthesis(inner) => self.value(inner.inner()),
            Expression::StringTemplate(_) => {
                let text = written.to_string();
                let text = text.trim();
                let inner = text.strip_prefix('"').unwrap_or(text);
                self.known(inner.strip_suffix('"').unwrap_or(inner))
            }
            Expression::HeredocTemplate(heredoc) => self.known(&heredoc.template.to_string()),
            other => self.known(&format!("${{{}}}", other.to_string().trim())),
        }
    }

    fn known(&mut self, text: &str) -> Value {
        let known = evaluate::text(text, self.scope).and_then(|value| {
            let length = json::to_string(&value).len();
            self.left = self.left.checked_sub(length)?;
            Some(value)
        });
        known.unwrap_or_else(|| Value::string(text))
    }

    fn key(&mut self, key: &ObjectKey) -> String {
        match key {
            ObjectKey::Ident(ident) => ident.as_str().to_owned(),
            ObjectKey::Expression(key) => {
                let key = self.value(key);
                functions::as_text(&key).unwrap_or_default()
            }
        }
    }
}
