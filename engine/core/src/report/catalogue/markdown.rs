//! The catalogue as a page of reference.

use std::collections::BTreeMap;
use std::fmt::Write;

use plumbline_rego::Value;
use plumbline_rego::value::json;

use crate::policy::Listed;
use crate::policy::metadata::Metadata;

/// A parameter of a rule, as its schema describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type, in a word or a few.
    pub kind: String,
    /// Its default as JSON; `none` without one.
    pub default: String,
    /// A sentence.
    pub description: String,
}

/// The parameters of a rule in the order of their names.
pub fn parameters(metadata: &Metadata) -> Vec<Parameter> {
    let properties = metadata
        .params
        .as_ref()
        .and_then(|schema| schema.get_str("properties"));
    let Some(Value::Object(properties)) = properties else {
        return Vec::new();
    };
    let parameter = |(name, schema): (&Value, &Value)| Parameter {
        name: name.as_str().unwrap_or_default().to_owned(),
        kind: kind(schema),
        default: schema
            .get_str("default")
            .map_or_else(|| "none".to_owned(), json::to_string),
        description: text(schema, "description"),
    };
    properties.iter().map(parameter).collect()
}

fn kind(schema: &Value) -> String {
    match text(schema, "type").as_str() {
        "array" => {
            let items = schema.get_str("items").map(kind).unwrap_or_default();
            if items.is_empty() {
                "list".to_owned()
            } else {
                format!("list of {items}")
            }
        }
        other => other.to_owned(),
    }
}

fn text(schema: &Value, key: &str) -> String {
    schema
        .get_str(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The whole page: a table per category, every rule, and every control with the rules that serve it. `link` is where the
/// page of a rule is, `{id}` standing for its id.
pub fn markdown(catalogue: &[&Listed], link: Option<&str>) -> String {
    let mut out = String::from(
        "# Rules\n\nGenerated from the metadata of the policies by `plumb policy doc`; what is changed here by hand is lost.\n",
    );
    let mut categories: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
    for listed in catalogue {
        let id = listed.metadata.id.as_str();
        let category = id.split_once('/').map_or(id, |(category, _)| category);
        categories.entry(category).or_default().push(listed);
    }
    for (category, rules) in &categories {
        let _ = write!(
            out,
            "\n## {category}\n\n| Rule | Severity | Effect | Subject | Title |\n| --- | --- | --- | --- | --- |\n"
        );
        for listed in rules {
            let metadata = &listed.metadata;
            let _ = writeln!(
                out,
                "| [`{0}`](#{1}) | {2} | {3} | {4} | {5} |",
                metadata.id,
                anchor(metadata.id.as_str()),
                metadata.severity.as_str(),
                metadata.effect.as_str(),
                metadata.subject.as_str(),
                cell(&metadata.title),
            );
        }
        for listed in rules {
            rule(&listed.metadata, link, &mut out);
        }
    }
    standards(catalogue, &mut out);
    out
}

/// The anchor that a heading gets: letters, digits and `-` stay.
fn anchor(id: &str) -> String {
    id.replace('/', "")
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn rule(metadata: &Metadata, link: Option<&str>, out: &mut String) {
    let _ = write!(out, "\n### {}\n\n", metadata.id);
    if let Some(description) = &metadata.description {
        let _ = write!(out, "{description}\n\n");
    }
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "- **{name}**: {value}");
        }
    };
    fact("Severity", metadata.severity.as_str());
    fact("Targets", &format!("`{}`", metadata.targets.join("`, `")));
    if !metadata.requires.is_empty() {
        fact("Requires", &format!("`{}`", metadata.requires.join("`, `")));
    }
    fact("Controls", &super::controls(&metadata.controls));
    fact(
        "Remediation",
        metadata.remediation.as_deref().unwrap_or_default(),
    );
    if let Some(link) = link {
        let target = link.replace("{id}", metadata.id.as_str());
        fact("Page", &format!("[{}]({target})", metadata.id));
    }
    let parameters = parameters(metadata);
    if parameters.is_empty() {
        return;
    }
    out.push_str("\n| Parameter | Type | Default | Meaning |\n| --- | --- | --- | --- |\n");
    for parameter in parameters {
        let _ = writeln!(
            out,
            "| `{}` | {} | `{}` | {} |",
            parameter.name,
            parameter.kind,
            parameter.default,
            cell(&parameter.description)
        );
    }
}

/// Every control of every standard, with the rules that serve it.
fn standards(catalogue: &[&Listed], out: &mut String) {
    let mut standards: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for listed in catalogue {
        for (standard, controls) in &listed.metadata.controls {
            for control in controls {
                let rules = standards.entry(standard).or_default().entry(control);
                rules.or_default().push(listed.metadata.id.as_str());
            }
        }
    }
    if standards.is_empty() {
        return;
    }
    out.push_str("\n## Controls\n");
    for (standard, controls) in standards {
        let _ = write!(
            out,
            "\n### {standard}\n\n| Control | Rules |\n| --- | --- |\n"
        );
        for (control, rules) in controls {
            let _ = writeln!(out, "| {control} | `{}` |", rules.join("`, `"));
        }
    }
}
