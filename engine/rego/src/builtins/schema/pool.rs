//! The documents that schemas may refer to, with references that are complete.

use std::collections::HashMap;

use super::keywords::Draft;
use crate::builtins::golang::tail;
use crate::builtins::uri::Url;
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, ObjectBuilder, Value, json};

/// The metaschemas, which every schema may refer to.
const METASCHEMAS: &[(&str, &str)] = &[
    (
        "http://json-schema.org/draft-04/schema",
        include_str!("draft-04.json"),
    ),
    (
        "http://json-schema.org/draft-06/schema",
        include_str!("draft-06.json"),
    ),
    (
        "http://json-schema.org/draft-07/schema",
        include_str!("draft-07.json"),
    ),
];

/// A document, and the draft that it says it follows.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) value: Value,
    pub(super) draft: Option<Draft>,
}

/// Documents and parts of documents by their URLs.
#[derive(Debug, Default)]
pub(super) struct Pool {
    documents: HashMap<String, Document>,
}

pub(super) fn failed<T>(text: impl Into<String>) -> Result<T, BuiltinError> {
    Err(BuiltinError::Failed(text.into()))
}

/// What a reference says, or Go's words for what is wrong with it.
pub(super) fn reference(text: &str) -> Result<Url, BuiltinError> {
    Url::parse(text).map_err(BuiltinError::Failed)
}

/// The draft that a schema says it follows; nothing if it does not say, or not one that is known.
pub(super) fn draft_of(document: &Value) -> Result<Option<Draft>, BuiltinError> {
    let object = match document {
        Value::Bool(_) => return Ok(None),
        Value::Object(object) => object,
        _ => return failed("schema is invalid"),
    };
    match object.get_str("$schema") {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Draft::of_metaschema(&reference(text)?.to_string())),
        Some(_) => failed("$schema must be of type string"),
    }
}

impl Pool {
    /// Adds a document and all parts of it that have URLs of their own, and gives it back with complete references.
    pub(super) fn add(
        &mut self,
        meter: &Meter,
        document: &Value,
        url: &Url,
    ) -> Result<Value, BuiltinError> {
        let key = url.to_string();
        if self.documents.contains_key(&key) {
            return failed(format!("Reference already exists: \"{key}\""));
        }
        let draft = draft_of(document)?;
        let value = self.completed(meter, document, url, draft)?;
        self.documents.insert(
            key,
            Document {
                value: value.clone(),
                draft,
            },
        );
        Ok(value)
    }

    fn completed(
        &mut self,
        meter: &Meter,
        part: &Value,
        base: &Url,
        draft: Option<Draft>,
    ) -> Result<Value, BuiltinError> {
        meter.step(1)?;
        match part {
            Value::Array(items) => {
                let items = items
                    .iter()
                    .map(|item| self.completed(meter, item, base, draft));
                Ok(Value::from(items.collect::<Result<Vec<_>, _>>()?))
            }
            Value::Object(object) => self.completed_schema(meter, object, base, draft),
            scalar => Ok(scalar.clone()),
        }
    }

    fn completed_schema(
        &mut self,
        meter: &Meter,
        object: &Object,
        base: &Url,
        draft: Option<Draft>,
    ) -> Result<Value, BuiltinError> {
        let own = own_url(object, base);
        if let Some(url) = &own {
            let key = url.to_string();
            let reserved = Document {
                value: Value::Null,
                draft,
            };
            if self.documents.insert(key.clone(), reserved).is_some() {
                return failed(format!("Reference already exists: \"{key}\""));
            }
        }
        let base = own.as_ref().unwrap_or(base);
        let mut builder = ObjectBuilder::with_capacity(object.len());
        for (key, value) in object.iter() {
            let completed = match (key.as_str(), value) {
                (Some("$ref"), Value::String(text)) => complete_reference(base, text),
                // These are taken literally.
                (Some("const" | "enum"), _) => value.clone(),
                (Some("properties" | "dependencies" | "patternProperties"), _) => {
                    self.completed_children(meter, value, base, draft)?
                }
                _ => self.completed(meter, value, base, draft)?,
            };
            builder.insert(key.clone(), completed);
        }
        let value = Value::Object(builder.finish());
        if let Some(url) = own {
            self.documents.insert(
                url.to_string(),
                Document {
                    value: value.clone(),
                    draft,
                },
            );
        }
        Ok(value)
    }

    /// The values of an object that is itself no schema: its keys may be called `$ref` or `$id`.
    fn completed_children(
        &mut self,
        meter: &Meter,
        children: &Value,
        base: &Url,
        draft: Option<Draft>,
    ) -> Result<Value, BuiltinError> {
        let Value::Object(object) = children else {
            return Ok(children.clone());
        };
        let mut builder = ObjectBuilder::with_capacity(object.len());
        for (key, value) in object.iter() {
            builder.insert(key.clone(), self.completed(meter, value, base, draft)?);
        }
        Ok(Value::Object(builder.finish()))
    }

    /// The document, or the part of one, that a complete reference leads to.
    pub(super) fn get(&mut self, meter: &Meter, url: &Url) -> Result<Document, BuiltinError> {
        let key = url.to_string();
        if let Some(document) = self.documents.get(&key) {
            return Ok(document.clone());
        }
        let whole = url.whole_document();
        let name = whole.to_string();
        if !self.documents.contains_key(&name) {
            self.load_metaschema(meter, url, &whole, &name)?;
        }
        let Some(document) = self.documents.get(&name) else {
            return failed(format!("remote reference loading disabled: {key}"));
        };
        let value = follow(&document.value, &url.fragment)?.clone();
        let part = Document {
            value,
            draft: document.draft,
        };
        self.documents.insert(key, part.clone());
        Ok(part)
    }

    fn load_metaschema(
        &mut self,
        meter: &Meter,
        url: &Url,
        whole: &Url,
        name: &str,
    ) -> Result<(), BuiltinError> {
        let canonical = if url.scheme == "file" {
            url.path.starts_with('/')
        } else {
            !url.scheme.is_empty() && !url.host.is_empty()
        };
        if !canonical {
            return failed(format!("Reference {url} must be canonical"));
        }
        let Some((_, text)) = METASCHEMAS.iter().find(|(known, _)| *known == name) else {
            return failed(format!("remote reference loading disabled: {url}"));
        };
        let document =
            json::parse(text).map_err(|error| BuiltinError::Failed(error.to_string()))?;
        self.add(meter, &document, whole)?;
        Ok(())
    }
}

/// The URL that a schema gives itself.
fn own_url(object: &Object, base: &Url) -> Option<Url> {
    let id = object
        .get_str("id")
        .or_else(|| object.get_str("$id"))?
        .as_str()?;
    Some(base.whole_document().resolve(&Url::parse(id).ok()?))
}

fn complete_reference(base: &Url, text: &str) -> Value {
    match Url::parse(text) {
        Ok(url) => Value::from(base.whole_document().resolve(&url).to_string()),
        Err(_) => Value::string(text),
    }
}

/// The part of a document that a JSON pointer leads to. What is no pointer leads to the whole.
fn follow<'doc>(document: &'doc Value, pointer: &str) -> Result<&'doc Value, BuiltinError> {
    if !pointer.starts_with('/') {
        return Ok(document);
    }
    let mut part = document;
    for token in tail(pointer, 1).split('/') {
        part = match part {
            Value::Object(object) => {
                let key = token.replace("~1", "/").replace("~0", "~");
                match object.get_str(&key) {
                    Some(value) => value,
                    None => return failed(format!("Object has no key '{key}'")),
                }
            }
            Value::Array(items) => {
                let Ok(index) = token.parse::<i64>() else {
                    return failed(format!("Invalid array index '{token}'"));
                };
                match usize::try_from(index)
                    .ok()
                    .and_then(|index| items.get(index))
                {
                    Some(value) => value,
                    None => {
                        return failed(format!(
                            "Out of bound array[0,{}] index '{index}'",
                            items.len()
                        ));
                    }
                }
            }
            _ => return failed(format!("Invalid token reference '{token}'")),
        };
    }
    Ok(part)
}
