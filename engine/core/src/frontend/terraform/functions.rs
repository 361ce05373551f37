//! The functions of Terraform that manifests lean on most. A function that is not here is not known.

use std::collections::BTreeSet;

use plumbline_rego::value::json;
use plumbline_rego::{Array, Number, ObjectBuilder, Value};

type Function = fn(&[Value]) -> Option<Value>;

const FUNCTIONS: &[(&str, Function)] = &[
    ("concat", concat),
    ("contains", |args| match args {
        [list, item] => Some(Value::Bool(items(list)?.contains(item))),
        _ => None,
    }),
    ("distinct", |args| {
        let mut seen = BTreeSet::new();
        let list = items(args.first()?)?;
        Some(array(
            list.into_iter().filter(|item| seen.insert(item.clone())),
        ))
    }),
    ("element", |args| match args {
        // Beyond its end a list begins again.
        [list, Value::Number(index)] => {
            let list = items(list)?;
            let count = i64::try_from(list.len()).ok()?;
            let index = index.to_i64()?.checked_rem_euclid(count)?;
            list.get(usize::try_from(index).ok()?).cloned()
        }
        _ => None,
    }),
    ("flatten", |args| Some(array(flatten(args.first()?, 0)?))),
    ("format", format),
    ("join", |args| match args {
        [between, list] => {
            let parts: Option<Vec<String>> = items(list)?.iter().map(as_text).collect();
            Some(Value::string(&parts?.join(between.as_str()?)))
        }
        _ => None,
    }),
    ("jsonencode", |args| {
        Some(Value::string(&json::to_string(args.first()?)))
    }),
    ("keys", |args| match args.first()? {
        Value::Object(object) => Some(array(object.iter().map(|(key, _)| key.clone()))),
        _ => None,
    }),
    ("length", |args| match args.first()? {
        Value::String(text) => count(text.chars().count()),
        Value::Object(object) => count(object.len()),
        list => count(items(list)?.len()),
    }),
    ("lookup", |args| match args {
        [object, key] => object.get_str(key.as_str()?).cloned(),
        [object, key, default] => Some(object.get_str(key.as_str()?).unwrap_or(default).clone()),
        _ => None,
    }),
    ("lower", |args| {
        Some(Value::string(&args.first()?.as_str()?.to_lowercase()))
    }),
    ("max", |args| numbers(args)?.into_iter().max().map(integer)),
    ("merge", merge),
    ("min", |args| numbers(args)?.into_iter().min().map(integer)),
    ("replace", |args| match args {
        // Between slashes it is a pattern.
        [text, what, with] if !what.as_str()?.starts_with('/') => Some(Value::string(
            &text.as_str()?.replace(what.as_str()?, with.as_str()?),
        )),
        _ => None,
    }),
    ("sensitive", |args| args.first().cloned()),
    ("split", |args| match args {
        [between, text] => Some(array(
            text.as_str()?.split(between.as_str()?).map(Value::string),
        )),
        _ => None,
    }),
    ("tolist", |args| Some(array(items(args.first()?)?))),
    ("tomap", |args| {
        args.first()
            .filter(|value| matches!(value, Value::Object(_)))
            .cloned()
    }),
    ("tonumber", |args| match args.first()? {
        Value::String(text) => Number::parse(text).ok().map(Value::Number),
        number @ Value::Number(_) => Some(number.clone()),
        _ => None,
    }),
    ("toset", |args| {
        let set: BTreeSet<Value> = items(args.first()?)?.into_iter().collect();
        Some(array(set))
    }),
    ("tostring", |args| {
        Some(Value::string(&as_text(args.first()?)?))
    }),
    ("trimspace", |args| {
        Some(Value::string(args.first()?.as_str()?.trim()))
    }),
    ("upper", |args| {
        Some(Value::string(&args.first()?.as_str()?.to_uppercase()))
    }),
    ("values", |args| match args.first()? {
        Value::Object(object) => Some(array(object.iter().map(|(_, value)| value.clone()))),
        _ => None,
    }),
];

/// What a function gives for values that are known.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    let (_, function) = FUNCTIONS.iter().find(|(known, _)| *known == name)?;
    function(arguments)
}

/// A whole number.
pub(super) fn integer(number: i64) -> Value {
    Number::parse(&number.to_string()).map_or(Value::Null, Value::Number)
}

/// A scalar as it stands in a text.
pub(super) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The element of a list, or the value of a key.
pub(super) fn element(collection: &Value, index: &Value) -> Option<Value> {
    match (collection, index) {
        (Value::Object(object), key) => object.get_str(key.as_str()?).cloned(),
        (list, Value::Number(index)) => {
            let list = items(list)?;
            let index = usize::try_from(index.to_i64()?).ok()?;
            list.get(index).cloned()
        }
        _ => None,
    }
}

fn count(number: usize) -> Option<Value> {
    i64::try_from(number).ok().map(integer)
}

fn array(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(items.into_iter().collect::<Array>())
}

/// The elements of a list or set.
pub(super) fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.iter().cloned().collect()),
        Value::Set(items) => Some(items.iter().cloned().collect()),
        _ => None,
    }
}

fn numbers(arguments: &[Value]) -> Option<Vec<i64>> {
    let number = |value: &Value| match value {
        Value::Number(number) => number.to_i64(),
        _ => None,
    };
    arguments.iter().map(number).collect()
}

fn concat(arguments: &[Value]) -> Option<Value> {
    let lists: Option<Vec<Vec<Value>>> = arguments.iter().map(items).collect();
    Some(array(lists?.into_iter().flatten()))
}

/// Lists within lists, up to a few levels.
fn flatten(value: &Value, depth: usize) -> Option<Vec<Value>> {
    let mut out = Vec::new();
    for item in items(value)? {
        if matches!(item, Value::Array(_) | Value::Set(_)) && depth < 16 {
            out.extend(flatten(&item, depth + 1)?);
        } else {
            out.push(item);
        }
    }
    Some(out)
}

fn merge(arguments: &[Value]) -> Option<Value> {
    let mut merged = std::collections::BTreeMap::new();
    for argument in arguments {
        let Value::Object(object) = argument else {
            return None;
        };
        merged.extend(
            object
                .iter()
                .map(|(key, value)| (key.clone(), value.clone())),
        );
    }
    let mut built = ObjectBuilder::with_capacity(merged.len());
    for (key, value) in merged {
        built.insert(key, value);
    }
    Some(Value::Object(built.finish()))
}

/// `%s`, `%d` and `%v` only.
fn format(arguments: &[Value]) -> Option<Value> {
    let (pattern, values) = arguments.split_first()?;
    let mut values = values.iter();
    let mut out = String::new();
    let mut characters = pattern.as_str()?.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        match characters.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'v' => out.push_str(&as_text(values.next()?)?),
            _ => return None,
        }
    }
    Some(Value::string(&out))
}
