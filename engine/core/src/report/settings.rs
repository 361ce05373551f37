//! The configuration in force: as YAML, and for machines (`plumbline.config/v1`).

use std::fmt::Write;

use plumbline_rego::{Value, value::json as rego_json};
use serde::Serialize;

use super::json::{LocationV1, location_shape};
use super::{Spot, visible};
use crate::source::{Sources, Span};

/// The version of the JSON shape.
pub const SCHEMA_VERSION: &str = "plumbline.config/v1";

/// One thing that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key it stands below in a configuration.
    pub key: &'static str,
    /// How it stands there.
    pub shape: Shape,
    /// What is said of it.
    pub value: Value,
    /// Who says so.
    pub origin: Origin,
}

/// How a setting stands below its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// It is all there is.
    Value,
    /// It is one of a list.
    Item,
    /// It speaks of the rules whose ids match. Of several, the later one counts.
    Rule(String),
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is written in a file.
    Written(Span),
    /// An option gives it.
    Option(&'static str),
    /// A file of this name was found, and nobody named it.
    Found,
    /// Nobody says anything of it.
    Default,
}

impl Origin {
    fn word(&self) -> &'static str {
        match self {
            Self::Written(_) => "written",
            Self::Option(option) => option,
            Self::Found => "found",
            Self::Default => "default",
        }
    }

    fn spell(&self, sources: &Sources) -> String {
        match self {
            Self::Written(span) => {
                let line = sources.positions(*span).map_or(1, |(start, _)| start.line);
                format!("{}:{line}", sources.name(span.file))
            }
            other => other.word().to_owned(),
        }
    }
}

/// Settings as YAML, in their order. With origins, a comment behind each one says where it comes from.
pub fn yaml(settings: &[Setting], origins: bool, sources: &Sources) -> String {
    let mut out = String::new();
    let mut before = "";
    for setting in settings {
        let key = setting.key;
        let value = rego_json::to_string(&setting.value);
        let line = match &setting.shape {
            Shape::Value => format!("{key}: {value}"),
            Shape::Item => format!("  - {value}"),
            Shape::Rule(pattern) => {
                let pattern = rego_json::to_string(&Value::string(pattern));
                format!("  - {pattern}: {value}")
            }
        };
        if setting.shape != Shape::Value && key != before {
            let _ = writeln!(out, "{key}:");
        }
        before = key;
        let line = visible(&line);
        let _ = if origins {
            let origin = setting.origin.spell(sources);
            writeln!(out, "{line:<48}  # {}", visible(&origin))
        } else {
            writeln!(out, "{line}")
        };
    }
    out
}

/// Settings for machines, indented by two spaces, with a line end.
pub fn json(settings: &[Setting], origins: bool, sources: &Sources) -> String {
    let shape = SettingsV1 {
        schema_version: SCHEMA_VERSION,
        settings: settings
            .iter()
            .map(|setting| shape(setting, origins, sources))
            .collect(),
    };
    let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
    out.push('\n');
    out
}

fn shape<'a>(setting: &'a Setting, origins: bool, sources: &'a Sources) -> SettingV1<'a> {
    let rule = match &setting.shape {
        Shape::Rule(pattern) => Some(pattern.as_str()),
        Shape::Value | Shape::Item => None,
    };
    let location = match setting.origin {
        Origin::Written(span) if origins => Some(location_shape(Spot::of(sources, span))),
        _ => None,
    };
    SettingV1 {
        key: setting.key,
        rule,
        value: serde_json::from_str(&rego_json::to_string(&setting.value)).unwrap_or_default(),
        origin: origins.then(|| setting.origin.word()),
        location,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingsV1<'a> {
    schema_version: &'static str,
    settings: Vec<SettingV1<'a>>,
}

#[derive(Serialize)]
struct SettingV1<'a> {
    key: &'static str,
    /// The id or glob on ids that an override speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    value: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<LocationV1<'a>>,
}
