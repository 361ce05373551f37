//! JSON Schema: of rule parameters, and of the files that people write for us.
//!
//! Every violation names the path of what is wrong, so that it can be shown where it is written.

use plumbline_rego::value::json;
use plumbline_rego::{Object, ObjectBuilder, Path, Step, Value, nearest};

use crate::parse::Document;
use crate::problem::{Problem, spell};
use crate::source::{FileId, Span};
use crate::tree::{NodeId, Typing};

/// The schema of `plumbline.yaml`.
pub const CONFIGURATION: &str = include_str!("../../../docs/reference/plumbline.schema.json");
/// The schema of `estate.yaml`.
pub const ESTATE: &str = include_str!("../../../docs/reference/estate.schema.json");
/// The schema of `waivers.yaml`.
pub const WAIVERS: &str = include_str!("../../../docs/reference/waivers.schema.json");
/// The schema of a baseline.
pub const BASELINE: &str = include_str!("../../../docs/reference/baseline.schema.json");

/// The schema of the settings of a server.
pub const SERVE: &str = include_str!("../../../docs/reference/serve.schema.json");

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    validator: jsonschema::Validator,
    /// The schema itself, for defaults and the names of properties.
    text: serde_json::Value,
}

/// One thing that a schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where it is.
    pub path: Path,
    /// What is wrong.
    pub message: String,
    /// Whether the message names the key that it is about.
    pub names_key: bool,
    /// What was probably meant.
    pub hint: Option<String>,
}

/// A schema is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON Schema: {0}")]
pub struct SchemaError(String);

impl Schema {
    /// Compiles a schema. Nothing is fetched: a reference to another document is an error.
    pub fn compile(schema: &Value) -> Result<Self, SchemaError> {
        Self::from_text(&json::to_string(schema))
    }

    /// Compiles a schema from its JSON text.
    pub fn from_text(text: &str) -> Result<Self, SchemaError> {
        let text: serde_json::Value =
            serde_json::from_str(text).map_err(|error| SchemaError(error.to_string()))?;
        let validator =
            jsonschema::validator_for(&text).map_err(|error| SchemaError(error.to_string()))?;
        Ok(Self { validator, text })
    }

    /// Everything that a value does wrong.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        let Ok(instance) = serde_json::from_str(&json::to_string(value)) else {
            return Vec::new();
        };
        self.validator
            .iter_errors(&instance)
            .flat_map(|error| self.explain(&error))
            .collect()
    }

    /// A value with every default filled in that the schema gives for a missing property.
    pub fn with_defaults(&self, value: &Value) -> Value {
        fill(&self.text, value)
    }

    /// Checks a document of ours and says what is wrong at its place.
    pub fn check(&self, document: &Document, file: FileId) -> Vec<Problem> {
        let value = document.tree.to_value(NodeId::ROOT, Typing::Core);
        let at = |violation: Violation| {
            let node = document
                .tree
                .follow(NodeId::ROOT, &violation.path, Typing::Core)
                .node;
            let span = document.tree.place(node).unwrap_or(Span {
                file,
                start: 0,
                end: 0,
            });
            let message = if violation.names_key || violation.path.is_empty() {
                violation.message
            } else {
                format!("`{}`: {}", spell(&violation.path), violation.message)
            };
            let problem = Problem::error(span, message);
            match violation.hint {
                Some(hint) => problem.help(hint),
                None => problem,
            }
        };
        self.violations(&value).into_iter().map(at).collect()
    }

    fn explain(&self, error: &jsonschema::ValidationError<'_>) -> Vec<Violation> {
        use jsonschema::error::ValidationErrorKind as Kind;
        let path = Path::from_pointer(error.instance_path().as_str()).unwrap_or_default();
        let key = |name: &str| {
            path.steps()
                .iter()
                .cloned()
                .chain([Step::Key(name.into())])
                .collect::<Path>()
        };
        match error.kind() {
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                let known = self.properties_at(&path);
                let explain = |name: &String| Violation {
                    path: key(name),
                    message: format!("unknown key `{}`", name.escape_debug()),
                    names_key: true,
                    hint: Some(suggestion(name, &known)),
                };
                unexpected.iter().map(explain).collect()
            }
            Kind::Required { property } => {
                let property = property.as_str().unwrap_or_default();
                let described = self.schema_at(&path).and_then(|schema| {
                    let pointer = format!("/properties/{property}/description");
                    schema.pointer(&pointer)?.as_str()
                });
                vec![Violation {
                    message: format!("the key `{property}` is missing"),
                    hint: described.map(|described| format!("`{property}`: {described}")),
                    path,
                    names_key: true,
                }]
            }
            Kind::Enum { options } => vec![none_of(path, error.instance(), options)],
            Kind::Constant { expected_value } => vec![Violation {
                path,
                message: format!(
                    "{} where {} is expected",
                    shown(error.instance()),
                    shown(expected_value)
                ),
                names_key: false,
                hint: None,
            }],
            _ => vec![Violation {
                path,
                message: error.to_string().replace('"', "`"),
                names_key: false,
                hint: None,
            }],
        }
    }

    /// The names of the properties that the schema has for an object at a path.
    fn properties_at(&self, path: &Path) -> Vec<String> {
        let properties = self
            .schema_at(path)
            .and_then(|schema| schema.get("properties"))
            .and_then(serde_json::Value::as_object);
        properties
            .map(|properties| properties.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// What the schema says of a value at a path.
    fn schema_at(&self, path: &Path) -> Option<&serde_json::Value> {
        let root = self.resolved(&self.text);
        path.steps().iter().try_fold(root, |schema, step| {
            let below = match step {
                Step::Key(key) => schema
                    .get("properties")
                    .and_then(|all| all.get(key.as_str()))
                    .or(schema.get("additionalProperties")),
                Step::Index(_) => schema.get("items"),
            };
            below.map(|schema| self.resolved(schema))
        })
    }

    /// What a reference within the schema leads to; what is none stays what it is.
    fn resolved<'a>(&'a self, schema: &'a serde_json::Value) -> &'a serde_json::Value {
        let reference = schema.get("$ref").and_then(serde_json::Value::as_str);
        let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
        let target = pointer.and_then(|pointer| self.text.pointer(pointer));
        target.unwrap_or(schema)
    }
}

/// A value that is not among those allowed, with all of them and the nearest one.
fn none_of(path: Path, found: &serde_json::Value, options: &serde_json::Value) -> Violation {
    let options = options.as_array().map_or(&[][..], Vec::as_slice);
    let known: Vec<String> = options.iter().map(shown).collect();
    let words = options.iter().filter_map(serde_json::Value::as_str);
    let near = nearest(found.as_str().unwrap_or_default(), words);
    Violation {
        path,
        message: format!("{} is none of {}", shown(found), known.join(", ")),
        names_key: false,
        hint: near.map(|near| format!("did you mean `{near}`?")),
    }
}

/// A value as messages spell it: a string in backticks, anything else as JSON.
fn shown(value: &serde_json::Value) -> String {
    value.to_string().replace('"', "`")
}

fn suggestion(name: &str, known: &[String]) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "no keys are known here".to_owned(),
        None => format!(
            "known here: {}",
            known
                .iter()
                .map(|key| format!("`{key}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

fn fill(schema: &serde_json::Value, value: &Value) -> Value {
    let (Value::Object(object), Some(properties)) = (
        value,
        schema
            .get("properties")
            .and_then(serde_json::Value::as_object),
    ) else {
        return value.clone();
    };
    let mut filled = ObjectBuilder::with_capacity(object.len() + properties.len());
    for (name, property) in properties {
        if let Some(default) = property
            .get("default")
            .filter(|_| object.get_str(name).is_none())
        {
            filled.insert(Value::string(name), from_serde(default));
        }
    }
    for (key, value) in object.iter() {
        let property = key.as_str().and_then(|key| properties.get(key));
        filled.insert(
            key.clone(),
            property.map_or_else(|| value.clone(), |property| fill(property, value)),
        );
    }
    Value::Object(filled.finish())
}

fn from_serde(value: &serde_json::Value) -> Value {
    json::parse(&value.to_string()).unwrap_or(Value::Null)
}

/// The object that nothing is said in.
pub fn empty() -> Value {
    Value::Object(Object::default())
}
