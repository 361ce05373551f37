//! `data "aws_iam_policy_document"`: the document of JSON that its blocks stand for.
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>

use plumbline_rego::value::json;

use super::said::{Entry, Said};
use crate::tree::{Origin, View};

/// The type of the data source.
pub(super) const KIND: &str = "aws_iam_policy_document";

/// What the document says of a statement, and what the block calls it.
const KEYS: &[(&str, &str)] = &[
    ("sid", "Sid"),
    ("effect", "Effect"),
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

/// The document of a block in which everything that can be known is filled in.
pub(super) fn document(block: View<'_>) -> Said {
    let origin = block.origin();
    let mut statements = Vec::new();
    for key in ["source_policy_documents", "source_json"] {
        statements.extend(block.get(key).into_iter().flat_map(of_documents));
    }
    let own = block.get("statement").into_iter().flat_map(View::items);
    for statement in own.map(statement) {
        lay(&mut statements, statement);
    }
    for key in ["override_policy_documents", "override_json"] {
        let over = block.get(key).into_iter().flat_map(of_documents);
        over.for_each(|statement| lay(&mut statements, statement));
    }
    let version = block.get("version").filter(|version| !version.is_null());
    let version = version.map_or_else(|| Said::text("2012-10-17", origin), Said::of_view);
    Said::Object(
        vec![
            entry("Version", version),
            entry("Statement", Said::List(statements, origin)),
        ],
        origin,
    )
}

fn entry(key: &str, value: Said) -> Entry {
    Entry {
        key: key.to_owned(),
        span: None,
        value,
    }
}

/// A statement takes the place of an earlier one with its name.
fn lay(statements: &mut Vec<Said>, statement: Said) {
    let sid = statement.text_of("Sid").filter(|sid| !sid.is_empty());
    let same = sid.and_then(|sid| {
        let mut known = statements.iter();
        known.position(|known| known.text_of("Sid") == Some(sid))
    });
    let known = same.and_then(|at| statements.get_mut(at));
    match known {
        Some(known) => *known = statement,
        None => statements.push(statement),
    }
}

/// The statements of documents, each a text of JSON; one that nobody can know is a statement that nobody can know.
fn of_documents(written: View<'_>) -> Vec<Said> {
    let alone = (!written.is_sequence() && !written.is_null()).then_some(written);
    let documents = written.items().chain(alone);
    documents.flat_map(of_document).collect()
}

fn of_document(written: View<'_>) -> Vec<Said> {
    let text = written.raw().unwrap_or_default();
    if text.is_empty() {
        return Vec::new();
    }
    let said = match written.said() {
        Some(said) => Some(Said::of_view(said)),
        None => json::parse(text)
            .ok()
            .map(|value| Said::Known(value, written.origin())),
    };
    match said {
        Some(said) => said.take("Statement").map(Said::each).unwrap_or_default(),
        None => vec![Said::text(text, written.origin())],
    }
}

fn statement(block: View<'_>) -> Said {
    if !block.is_mapping() {
        return Said::of_view(block);
    }
    let mut entries = Vec::new();
    for (key, value) in block.entries() {
        let known = KEYS.iter().find(|(own, _)| *own == key);
        if let Some((_, name)) = known.filter(|_| !is_empty(value)) {
            entries.push(Entry {
                key: (*name).to_owned(),
                span: value.key_span(),
                value: spelt(value),
            });
        }
    }
    if !entries.iter().any(|entry| entry.key == "Effect") {
        entries.push(entry("Effect", Said::text("Allow", beginning(block))));
    }
    for (key, name) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        if let Some(principals) = block.get(key) {
            entries.push(Entry {
                key: name.to_owned(),
                span: principals.key_span(),
                value: of_principals(principals),
            });
        }
    }
    if let Some(conditions) = block.get("condition") {
        entries.push(Entry {
            key: "Condition".to_owned(),
            span: conditions.key_span(),
            value: of_conditions(conditions),
        });
    }
    Said::Object(entries, block.origin())
}

/// Where a block begins: at the first thing that it says.
fn beginning(block: View<'_>) -> Origin {
    let first = block.entries().next();
    let span = first.and_then(|(_, value)| value.key_span());
    span.map_or(block.origin(), Origin::Span)
}

/// Null, and a list without elements, are as good as nothing.
fn is_empty(view: View<'_>) -> bool {
    view.is_null() || view.is_sequence() && view.items().next().is_none()
}

/// What is written. `&{...}` stands for a variable of policies, since `${...}` would be one of Terraform.
fn spelt(view: View<'_>) -> Said {
    if view.is_sequence() {
        return Said::List(view.items().map(spelt).collect(), view.origin());
    }
    match view.str() {
        Some(text) if text.contains("&{") => Said::text(&text.replace("&{", "${"), view.origin()),
        _ => Said::of_view(view),
    }
}

/// `"*"`, or the identifiers of each type.
fn of_principals(blocks: View<'_>) -> Said {
    let mut types: Vec<Entry> = Vec::new();
    for block in blocks.items() {
        let kind = block.get("type").and_then(View::raw);
        let (Some(kind), Some(identifiers)) = (kind, block.get("identifiers")) else {
            return Said::of_view(block);
        };
        if kind == "*" {
            return Said::text("*", identifiers.origin());
        }
        add(&mut types, kind, identifiers);
    }
    Said::Object(types, blocks.origin())
}

/// The values of each variable, by the test that they have to pass.
fn of_conditions(blocks: View<'_>) -> Said {
    let mut tests: Vec<Entry> = Vec::new();
    for block in blocks.items() {
        let text = |key| block.get(key).and_then(View::raw);
        let (Some(test), Some(variable), Some(values)) =
            (text("test"), text("variable"), block.get("values"))
        else {
            return Said::of_view(block);
        };
        let known = tests.iter().position(|entry| entry.key == test);
        let at = known.unwrap_or(tests.len());
        if known.is_none() {
            tests.push(Entry {
                key: test.to_owned(),
                span: block.get("test").and_then(View::key_span),
                value: Said::Object(Vec::new(), block.origin()),
            });
        }
        if let Some(Said::Object(variables, _)) = tests.get_mut(at).map(|entry| &mut entry.value) {
            add(variables, variable, values);
        }
    }
    Said::Object(tests, blocks.origin())
}

/// Adds values to those that a key has already.
fn add(entries: &mut Vec<Entry>, key: &str, values: View<'_>) {
    let more = spelt(values).each();
    match entries.iter_mut().find(|entry| entry.key == key) {
        Some(Entry {
            value: Said::List(known, _),
            ..
        }) => known.extend(more),
        _ => entries.push(Entry {
            key: key.to_owned(),
            span: values.key_span(),
            value: Said::List(more, values.origin()),
        }),
    }
}
