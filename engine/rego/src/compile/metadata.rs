//! `# METADATA`: annotations, and what `rego.metadata.rule()` and `rego.metadata.chain()` say of them.

use super::resolve::RuleMetadata;
use crate::syntax::{Span, ast};
use crate::value::{ArcStr, ObjectBuilder, Value};

/// One annotation.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// What it is about.
    pub scope: Scope,
    /// What it says, as a value.
    pub value: Value,
    /// The comment lines.
    pub span: Span,
    /// The rule that follows it, by its index in the module.
    pub rule: Option<usize>,
}

/// What an annotation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The rule that follows.
    Rule,
    /// Every rule of the name of the one that follows.
    Document,
    /// The package, in every module of it.
    Package,
    /// The package and those below it.
    Subpackages,
}

/// The annotations of a module whose YAML can be read.
pub(crate) fn annotations(module: &ast::Module) -> Vec<Annotation> {
    blocks(module)
        .into_iter()
        .filter_map(|block| annotation(module, &block))
        .collect()
}

struct Block {
    yaml: String,
    span: Span,
}

fn blocks(module: &ast::Module) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut next_line = None;
    for comment in &module.comments {
        if comment.column == 1 && comment.text.trim() == "METADATA" {
            blocks.push(Block {
                yaml: String::new(),
                span: comment.span,
            });
            next_line = Some(comment.line + 1);
        } else if comment.column == 1 && next_line == Some(comment.line) {
            if let Some(block) = blocks.last_mut() {
                block.yaml.push_str(&comment.text);
                block.yaml.push('\n');
                block.span.end = comment.span.end;
            }
            next_line = Some(comment.line + 1);
        } else {
            next_line = None;
        }
    }
    blocks
}

fn annotation(module: &ast::Module, block: &Block) -> Option<Annotation> {
    let value = crate::builtins::yaml_value(&block.yaml)?;
    let before_package = block.span.end <= module.package.span.start;
    let rule = module
        .rules
        .iter()
        .position(|rule| rule.span.start >= block.span.end)
        .filter(|_| !before_package);
    let scope = match value.get_str("scope").and_then(Value::as_str) {
        Some("package") => Scope::Package,
        Some("subpackages") => Scope::Subpackages,
        Some("document") => Scope::Document,
        Some(_) => Scope::Rule,
        None if before_package => Scope::Package,
        None => Scope::Rule,
    };
    Some(Annotation {
        scope,
        value: with_scope(in_full(value), scope),
        span: block.span,
        rule,
    })
}

/// Short spellings in full: authors and related resources may be plain strings.
fn in_full(value: Value) -> Value {
    let Value::Object(object) = value else {
        return value;
    };
    let full = |key: &str, spell: fn(&str) -> Value| {
        let items = object.get_str(key)?.as_array()?;
        Some(Value::from(
            items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.clone(), spell))
                .collect::<Vec<_>>(),
        ))
    };
    let mut whole = object.clone();
    if let Some(authors) = full("authors", author) {
        whole = whole.with(Value::from("authors"), authors);
    }
    if let Some(resources) = full("related_resources", |text| one_entry("ref", text)) {
        whole = whole.with(Value::from("related_resources"), resources);
    }
    Value::Object(whole)
}

/// `Jane Doe <jane@example.com>`.
fn author(text: &str) -> Value {
    match text
        .trim()
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((name, email)) => {
            let mut author = ObjectBuilder::default();
            if !name.trim().is_empty() {
                author.insert_str("name", name.trim());
            }
            author.insert_str("email", email);
            Value::Object(author.finish())
        }
        None => one_entry("name", text.trim()),
    }
}

fn one_entry(key: &str, text: &str) -> Value {
    let mut entry = ObjectBuilder::default();
    entry.insert_str(key, text);
    Value::Object(entry.finish())
}

fn with_scope(value: Value, scope: Scope) -> Value {
    let word = match scope {
        Scope::Rule => "rule",
        Scope::Document => "document",
        Scope::Package => "package",
        Scope::Subpackages => "subpackages",
    };
    match value {
        Value::Object(object) => {
            Value::Object(object.with(Value::from("scope"), Value::from(word)))
        }
        other => other,
    }
}

/// What the metadata functions say in a rule: the annotation of the rule itself, and those of everything around it.
pub(crate) fn of_rule(
    module: &ast::Module,
    rule: usize,
    own: &[Annotation],
    all: &[Vec<Annotation>],
    parsed: &[Option<ast::Module>],
) -> RuleMetadata {
    if own.is_empty() && all.iter().all(Vec::is_empty) {
        let chain = module
            .rules
            .get(rule)
            .map(|_| Value::from(vec![link(&path_of(module, Some(rule)), None)]));
        return RuleMetadata { rule: None, chain };
    }
    let of_rule = own
        .iter()
        .find(|annotation| annotation.rule == Some(rule) && annotation.scope == Scope::Rule);
    let mut chain = vec![link(&path_of(module, Some(rule)), of_rule)];
    let name = |module: &ast::Module, rule: usize| {
        module.rules.get(rule).map(|rule| spelt_head(&rule.head))
    };
    let this = name(module, rule);
    let document = all
        .iter()
        .zip(parsed)
        .filter_map(|(annotations, parsed)| Some((annotations, parsed.as_ref()?)))
        .filter(|(_, other)| package(other) == package(module))
        .find_map(|(annotations, other)| {
            annotations.iter().find(|annotation| {
                annotation.scope == Scope::Document
                    && annotation.rule.and_then(|at| name(other, at)) == this
            })
        });
    chain.extend(document.map(|annotation| link(&path_of(module, Some(rule)), Some(annotation))));
    let packages = |wanted: &[ArcStr], scope: Scope| {
        all.iter()
            .zip(parsed)
            .filter_map(|(annotations, parsed)| Some((annotations, parsed.as_ref()?)))
            .filter(|(_, other)| package(other) == wanted)
            .find_map(|(annotations, _)| {
                annotations
                    .iter()
                    .find(|annotation| annotation.scope == scope)
            })
    };
    let path = package(module);
    chain.extend(
        packages(&path, Scope::Package)
            .map(|annotation| link(&path_of(module, None), Some(annotation))),
    );
    for length in (0..=path.len()).rev() {
        let above = path.get(..length).unwrap_or_default();
        chain.extend(
            packages(above, Scope::Subpackages).map(|annotation| link(above, Some(annotation))),
        );
    }
    RuleMetadata {
        rule: of_rule.map(|annotation| annotation.value.clone()),
        chain: Some(Value::from(chain)),
    }
}

fn link(path: &[ArcStr], annotation: Option<&Annotation>) -> Value {
    let mut link = ObjectBuilder::default();
    link.insert_str(
        "path",
        path.iter().cloned().map(Value::String).collect::<Vec<_>>(),
    );
    if let Some(annotation) = annotation {
        link.insert_str("annotations", annotation.value.clone());
    }
    Value::Object(link.finish())
}

fn package(module: &ast::Module) -> Vec<ArcStr> {
    module
        .package
        .path
        .iter()
        .map(|name| name.text.clone())
        .collect()
}

fn path_of(module: &ast::Module, rule: Option<usize>) -> Vec<ArcStr> {
    let mut path = package(module);
    if let Some(rule) = rule.and_then(|rule| module.rules.get(rule)) {
        path.extend(spelt_head(&rule.head));
    }
    path
}

fn spelt_head(head: &ast::Head) -> Vec<ArcStr> {
    let mut words = Vec::new();
    if let ast::TermKind::Var(name) = &head.name.head.kind {
        words.push(name.clone());
    }
    for arg in &head.name.args {
        match &arg.term.kind {
            ast::TermKind::String { text, .. } | ast::TermKind::Var(text) => {
                words.push(text.clone());
            }
            _ => {}
        }
    }
    words
}
