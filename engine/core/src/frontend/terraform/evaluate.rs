//! What can be known of an expression without asking a provider: literals, variables with values, locals, and functions
//! of them. Anything else is not known, and neither is what depends on it.

use hcl_edit::expr::{
    BinaryOperator, Conditional, Expression, FuncCall, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::template::{Element, Template};
use plumbline_rego::{Array, Number, ObjectBuilder, Value};

use super::functions;

/// Names and their values. None: not known.
pub(super) trait Scope {
    /// `var.name`.
    fn variable(&self, name: &str) -> Option<Value>;
    /// `local.name`.
    fn local(&self, name: &str) -> Option<Value>;
    /// `each.key`, `each.value`, `count.index`, and the iterators of dynamic blocks.
    fn iterator(&self, name: &str, part: &str) -> Option<Value>;
}

/// How deep expressions may nest.
const MAX_DEPTH: usize = 100;
/// The longest text that is put together, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// The most values that one value may hold.
const MAX_VALUES: usize = 10_000;

/// The value of a text with `${...}` in it.
pub(super) fn text(text: &str, scope: &dyn Scope) -> Option<Value> {
    // What is not known anyway need not be parsed.
    if text.len() > MAX_TEXT || text.matches(['(', '[', '{']).count() > MAX_DEPTH {
        return None;
    }
    let template = hcl_edit::parser::parse_template(text).ok()?;
    let value = of_template(&template, scope, 0)?;
    (values_of(&value, MAX_VALUES) <= MAX_VALUES).then_some(value)
}

/// The value of an expression.
pub(super) fn known(written: &Expression, scope: &dyn Scope) -> Option<Value> {
    let value = expression(written, scope, 0)?;
    (values_of(&value, MAX_VALUES) <= MAX_VALUES).then_some(value)
}

/// How many values there are in one, counted up to a limit: parts may be shared, and their copies would not be.
fn values_of(value: &Value, limit: usize) -> usize {
    let below = |values: &mut dyn Iterator<Item = &Value>| {
        let mut count = 1;
        for value in values {
            if count > limit {
                break;
            }
            count += values_of(value, limit - count.min(limit));
        }
        count
    };
    match value {
        Value::Array(items) => below(&mut items.iter()),
        Value::Set(items) => below(&mut items.iter()),
        Value::Object(object) => below(&mut object.iter().map(|(_, value)| value)),
        _ => 1,
    }
}

fn of_template(template: &Template, scope: &dyn Scope, depth: usize) -> Option<Value> {
    if let Some(Element::Interpolation(only)) = template.as_single_element() {
        return expression(&only.expr, scope, depth + 1);
    }
    elements(&mut template.iter(), scope, depth)
}

/// Texts and values one after the other.
fn elements(
    elements: &mut dyn Iterator<Item = &Element>,
    scope: &dyn Scope,
    depth: usize,
) -> Option<Value> {
    let mut out = String::new();
    for element in elements {
        match element {
            Element::Literal(text) => out.push_str(text.value()),
            Element::Interpolation(part) => {
                let value = expression(&part.expr, scope, depth + 1)?;
                out.push_str(&functions::as_text(&value)?);
            }
            Element::Directive(_) => return None,
        }
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    Some(Value::string(&out))
}

fn expression(written: &Expression, scope: &dyn Scope, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match written {
        Expression::Null(_) => Some(Value::Null),
        Expression::Bool(value) => Some(Value::Bool(*value.value())),
        Expression::Number(number) => Number::parse(&number.value().to_string())
            .ok()
            .map(Value::Number),
        Expression::String(text) => Some(Value::string(text.value())),
        Expression::Array(items) => {
            let items: Option<Array> = items
                .iter()
                .map(|item| expression(item, scope, depth + 1))
                .collect();
            items.map(Value::Array)
        }
        Expression::Object(object) => {
            let mut built = ObjectBuilder::default();
            for (key, value) in object {
                let key = object_key(key, scope, depth)?;
                built.insert(
                    Value::string(&key),
                    expression(value.expr(), scope, depth + 1)?,
                );
            }
            Some(Value::Object(built.finish()))
        }
        Expression::StringTemplate(template) => elements(&mut template.iter(), scope, depth),
        Expression::HeredocTemplate(heredoc) => of_template(&heredoc.template, scope, depth),
        Expression::Parenthesis(inner) => expression(inner.inner(), scope, depth + 1),
        Expression::Conditional(conditional) => choice(conditional, scope, depth),
        Expression::FuncCall(call) => function(call, scope, depth),
        Expression::Traversal(traversal) => reference(traversal, scope, depth),
        Expression::UnaryOp(unary) => {
            let value = expression(&unary.expr, scope, depth + 1)?;
            match (*unary.operator.value(), value) {
                (UnaryOperator::Not, Value::Bool(value)) => Some(Value::Bool(!value)),
                (UnaryOperator::Neg, Value::Number(number)) => {
                    Some(functions::integer(number.to_i64()?.checked_neg()?))
                }
                _ => None,
            }
        }
        Expression::BinaryOp(binary) => {
            let left = expression(&binary.lhs_expr, scope, depth + 1);
            let right = expression(&binary.rhs_expr, scope, depth + 1);
            operation(*binary.operator.value(), left, right)
        }
        Expression::Variable(_) | Expression::ForExpr(_) => None,
    }
}

fn object_key(key: &ObjectKey, scope: &dyn Scope, depth: usize) -> Option<String> {
    match key {
        ObjectKey::Ident(ident) => Some(ident.as_str().to_owned()),
        ObjectKey::Expression(key) => functions::as_text(&expression(key, scope, depth + 1)?),
    }
}

fn choice(conditional: &Conditional, scope: &dyn Scope, depth: usize) -> Option<Value> {
    match expression(&conditional.cond_expr, scope, depth + 1)? {
        Value::Bool(true) => expression(&conditional.true_expr, scope, depth + 1),
        Value::Bool(false) => expression(&conditional.false_expr, scope, depth + 1),
        _ => None,
    }
}

fn function(call: &FuncCall, scope: &dyn Scope, depth: usize) -> Option<Value> {
    if call.name.is_namespaced() || call.args.expand_final() {
        return None;
    }
    let name = call.name.name.as_str();
    let arguments = call.args.iter();
    // What is not known may be the one that counts, so that nothing after it does.
    if name == "try" || name == "coalesce" {
        let known = arguments.map(|argument| expression(argument, scope, depth + 1));
        let mut known = known.take_while(Option::is_some).flatten();
        let is_empty = |value: &Value| *value == Value::Null || value.as_str() == Some("");
        return known.find(|value| name == "try" || !is_empty(value));
    }
    let arguments: Option<Vec<Value>> = arguments
        .map(|argument| expression(argument, scope, depth + 1))
        .collect();
    functions::call(name, &arguments?)
}

/// `var.a.b[0]`, `local.x`, `each.value`: the root gives a value, what follows leads into it.
fn reference(traversal: &Traversal, scope: &dyn Scope, depth: usize) -> Option<Value> {
    let mut operators = traversal.operators.iter();
    let mut value = match &traversal.expr {
        Expression::Variable(root) => {
            let first = operators.next()?;
            let TraversalOperator::GetAttr(name) = first.value() else {
                return None;
            };
            match root.as_str() {
                "var" => scope.variable(name.as_str())?,
                "local" => scope.local(name.as_str())?,
                iterator => scope.iterator(iterator, name.as_str())?,
            }
        }
        other => expression(other, scope, depth + 1)?,
    };
    for operator in operators {
        value = match operator.value() {
            TraversalOperator::GetAttr(name) => value.get_str(name.as_str())?.clone(),
            TraversalOperator::Index(index) => {
                functions::element(&value, &expression(index, scope, depth + 1)?)?
            }
            TraversalOperator::LegacyIndex(index) => {
                let index = i64::try_from(*index.value()).ok()?;
                functions::element(&value, &functions::integer(index))?
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return None,
        };
    }
    Some(value)
}

fn operation(operator: BinaryOperator, left: Option<Value>, right: Option<Value>) -> Option<Value> {
    use BinaryOperator as Op;
    // One side may decide alone.
    match (operator, &left, &right) {
        (Op::And, Some(Value::Bool(false)), _) | (Op::And, _, Some(Value::Bool(false))) => {
            return Some(Value::Bool(false));
        }
        (Op::Or, Some(Value::Bool(true)), _) | (Op::Or, _, Some(Value::Bool(true))) => {
            return Some(Value::Bool(true));
        }
        _ => {}
    }
    let (left, right) = (left?, right?);
    match operator {
        Op::Eq => return Some(Value::Bool(left == right)),
        Op::NotEq => return Some(Value::Bool(left != right)),
        Op::And | Op::Or => {
            let (Value::Bool(left), Value::Bool(right)) = (left, right) else {
                return None;
            };
            let holds = if operator == Op::And {
                left && right
            } else {
                left || right
            };
            return Some(Value::Bool(holds));
        }
        _ => {}
    }
    let (Value::Number(left), Value::Number(right)) = (left, right) else {
        return None;
    };
    let (left, right) = (left.to_i64()?, right.to_i64()?);
    match operator {
        Op::Less => Some(Value::Bool(left < right)),
        Op::LessEq => Some(Value::Bool(left <= right)),
        Op::Greater => Some(Value::Bool(left > right)),
        Op::GreaterEq => Some(Value::Bool(left >= right)),
        Op::Plus => left.checked_add(right).map(functions::integer),
        Op::Minus => left.checked_sub(right).map(functions::integer),
        Op::Mul => left.checked_mul(right).map(functions::integer),
        Op::Mod => left.checked_rem(right).map(functions::integer),
        // A quotient is known where nothing is left over.
        Op::Div if left.checked_rem(right)? == 0 => left.checked_div(right).map(functions::integer),
        _ => None,
    }
}
