//! Values that a template engine was to write: `image: "{{ .Values.image }}"`.
//!
//! Within quotes an action is YAML like any other text. It stands for a value that nobody knows before the template is
//! rendered, and is never the value itself. What is text of several lines may hold templates for others, and is read
//! as it is written.

use std::sync::Arc;

use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::tree::{Kind, NodeId, Tree, Typing, View};

/// What only the actions of Helm speak of.
const OF_HELM: &[&str] = &[
    ".Values",
    ".Release.",
    ".Chart.",
    ".Capabilities.",
    ".Template.",
    ".Files.",
];

/// What an action of Go's templates may begin with that is no name of a value or a function.
const WORDS: &[&str] = &[
    "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
];

/// The document with values that are unknown where it was to be rendered; none if it was not.
pub(super) fn marked(document: &Document) -> Option<Document> {
    let tree = &document.tree;
    let is_value = |node: &NodeId| written(tree, *node).is_some_and(is_unrendered);
    let nodes: Vec<NodeId> = match document.notation {
        Notation::Yaml => tree.all().filter(is_value).collect(),
        Notation::Json | Notation::Hcl | Notation::Unit => Vec::new(),
    };
    (!nodes.is_empty()).then(|| Document {
        tree: Arc::new(tree.with_unknown(&nodes)),
        file: document.file,
        number: document.number,
        notation: document.notation,
    })
}

/// That a document with such values was not rendered: one warning, at the first of them. Other tools of Kubernetes fill
/// in their own objects later, which nobody has to render.
pub(super) fn problem(marked: &Document) -> Option<Problem> {
    let tree = &marked.tree;
    let is_own = is_of_other_tool(marked);
    let first = tree.all().find(|node| match tree.kind(*node) {
        Kind::Unknown(text) => !is_own || actions(tree.text(text)).any(is_of_helm),
        _ => false,
    })?;
    let place = tree.place(first)?;
    let message = "a value of a template that has to be rendered first";
    Some(Problem::warning(place, message).help("it was judged as unknown; render the file, with `helm template` or the tool that it was written for, and check what it renders to"))
}

fn is_of_other_tool(document: &Document) -> bool {
    let root = document.tree.view(NodeId::ROOT, Typing::Kubernetes);
    let version = root.get("apiVersion").and_then(View::raw);
    let group = version.and_then(|version| version.split_once('/'));
    group.is_some_and(|(group, _)| {
        group.contains('.') && !group.ends_with(".k8s.io") && !group.ends_with(".knative.dev")
    })
}

/// The characters of a scalar of one line.
fn written(tree: &Tree, node: NodeId) -> Option<&str> {
    match tree.kind(node) {
        Kind::Plain(text) | Kind::String(text) => {
            Some(tree.text(text)).filter(|text| !text.contains('\n'))
        }
        _ => None,
    }
}

fn is_unrendered(text: &str) -> bool {
    actions(text).any(|action| is_of_helm(action) || begins_with_name(action))
}

/// What stands between `{{` and `}}`. `${{ ... }}` is another notation.
fn actions(text: &str) -> impl Iterator<Item = &str> {
    let before = text.split("{{");
    let behind = text.split("{{").skip(1);
    before
        .zip(behind)
        .filter(|(before, _)| !before.ends_with('$'))
        .filter_map(|(_, behind)| Some(behind.split_once("}}")?.0))
}

fn is_of_helm(action: &str) -> bool {
    OF_HELM.iter().any(|part| action.contains(part))
}

/// Whether an action asks for a name: of a variable, or of a function that is applied to something.
fn begins_with_name(action: &str) -> bool {
    let action = action.strip_prefix('-').unwrap_or(action).trim();
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let end = action
        .find(|character: char| !is_part(character))
        .unwrap_or(action.len());
    let (name, rest) = action.split_at(end);
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !WORDS.contains(&name)
        && (rest.is_empty() || rest.starts_with([' ', '.', '|', '(', '[']))
}

#[cfg(test)]
mod tests {
    use super::is_unrendered;

    #[test]
    fn an_action_that_asks_for_a_value_was_to_be_rendered() {
        for text in [
            "{{ .Values.image }}",
            "web:{{ .Chart.AppVersion }}",
            "{{- include \"web.name\" . -}}",
            "{{ $.Values.a | quote }}",
            "{{ image }}",
            "{{ image.name }}:{{ tag | default('x') }}",
            "{{lookup('env', 'A')}}",
        ] {
            assert!(is_unrendered(text), "{text}");
        }
    }

    #[test]
    fn what_others_fill_in_is_text() {
        for text in [
            "{{resolve:secretsmanager:a}}",
            "${{ matrix.os }}",
            "{{ $labels.instance }} is down",
            "{{ .CommonLabels.alertname }}",
            "{{.Node.Hostname}}",
            "{{ with secret \"a\" }}{{ .Data.b }}{{ end }}",
            "{{ not closed",
            "{ a } }}",
            "{{}}",
        ] {
            assert!(!is_unrendered(text), "{text}");
        }
    }
}
