//! From a document to a schema.

use std::collections::{BTreeMap, HashMap};

use super::keywords::{self, Draft, invalid_type};
use super::pool::{Pool, draft_of, failed, reference};
use super::{Additional, Dependency, Items, Node, Numbers, Pattern, Schema};
use crate::builtins::golang::{canonical, units};
use crate::builtins::regex;
use crate::builtins::uri::Url;
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, Value};

/// How deep schemas and their references may nest.
const MAX_DEPTH: usize = 100;

/// Compiles a document.
pub(super) fn compile(meter: &Meter, document: &Value) -> Result<Schema, BuiltinError> {
    let mut pool = Pool::default();
    let document = pool.add(meter, document, &Url::default())?;
    let draft = draft_of(&document)?.unwrap_or(Draft::Hybrid);
    let mut compiler = Compiler {
        meter,
        pool,
        references: HashMap::new(),
        nodes: Vec::new(),
        weight: 0,
        depth: 0,
    };
    compiler.child(&document, draft)?;
    Ok(Schema {
        nodes: compiler.nodes,
        weight: compiler.weight,
    })
}

struct Compiler<'meter> {
    meter: &'meter Meter,
    pool: Pool,
    /// The schemas that complete references lead to.
    references: HashMap<String, usize>,
    nodes: Vec<Node>,
    weight: u64,
    depth: usize,
}

impl Compiler<'_> {
    fn charge(&mut self, weight: u64) -> Result<(), BuiltinError> {
        self.meter.alloc(weight)?;
        self.weight = self.weight.saturating_add(weight);
        Ok(())
    }

    /// A place for a schema that references may lead to before it is finished.
    fn reserve(&mut self) -> Result<usize, BuiltinError> {
        self.meter.step(1)?;
        self.charge(units(size_of::<Node>()))?;
        self.nodes.push(Node::default());
        Ok(self.nodes.len() - 1)
    }

    fn child(&mut self, document: &Value, draft: Draft) -> Result<usize, BuiltinError> {
        let place = self.reserve()?;
        self.fill(place, document, draft)?;
        Ok(place)
    }

    fn fill(&mut self, place: usize, document: &Value, draft: Draft) -> Result<(), BuiltinError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return failed("the schema nests too deeply");
        }
        let node = self.node(document, draft)?;
        self.depth -= 1;
        if let Some(slot) = self.nodes.get_mut(place) {
            *slot = node;
        }
        Ok(())
    }

    fn node(&mut self, document: &Value, draft: Draft) -> Result<Node, BuiltinError> {
        let mut node = Node::default();
        let schema = match document {
            Value::Bool(always) if draft >= Draft::Six => {
                node.always = Some(*always);
                return Ok(node);
            }
            Value::Object(schema) => schema,
            _ => return failed("Expected: Valid Schema, given: Invalid JSON"),
        };
        self.annotations(schema, draft)?;
        if self.reference(&mut node, schema, draft)? {
            return Ok(node);
        }
        node.types = keywords::types(schema)?;
        self.object_keywords(&mut node, schema, draft)?;
        self.item_keywords(&mut node, schema, draft)?;
        node.numbers = numbers(schema, draft)?;
        self.text_keywords(&mut node, schema)?;
        node.properties_size = keywords::size(schema, "minProperties", "maxProperties", true)?;
        node.required = keywords::names(schema, "required")?;
        node.items_size = keywords::size(schema, "minItems", "maxItems", false)?;
        node.unique_items = keywords::flag(schema, "uniqueItems")?;
        if draft >= Draft::Six
            && let Some(contains) = schema.get_str("contains")
        {
            node.contains = Some(self.child(contains, draft)?);
        }
        self.literals(&mut node, schema, draft)?;
        self.combinations(&mut node, schema, draft)?;
        Ok(node)
    }

    /// Keywords that demand nothing of the document, but must be what they are themselves.
    fn annotations(&mut self, schema: &Object, draft: Draft) -> Result<(), BuiltinError> {
        let id = match draft {
            Draft::Four => "id",
            Draft::Hybrid if schema.get_str("id").is_some() => "id",
            _ => "$id",
        };
        if let Some(id) = keywords::text(schema, id)? {
            reference(id)?;
        }
        match schema.get_str("definitions") {
            None => {}
            Some(Value::Object(definitions)) => {
                for definition in definitions.values() {
                    if !matches!(definition, Value::Bool(_) | Value::Object(_)) {
                        return invalid_type("Array Of Schemas", "definitions");
                    }
                    self.child(definition, draft)?;
                }
            }
            Some(_) => return invalid_type("Array Of Schemas", "definitions"),
        }
        keywords::text(schema, "title")?;
        keywords::text(schema, "description")?;
        Ok(())
    }

    /// Whether a schema is a reference that has not been met before; then nothing else in it is looked at.
    fn reference(
        &mut self,
        node: &mut Node,
        schema: &Object,
        draft: Draft,
    ) -> Result<bool, BuiltinError> {
        let Some(text) = keywords::text(schema, "$ref")? else {
            return Ok(false);
        };
        let url = reference(text)?;
        let key = url.to_string();
        if let Some(known) = self.references.get(&key) {
            node.reference = Some(*known);
            return Ok(false);
        }
        let place = self.reserve()?;
        self.references.insert(key, place);
        let document = self.pool.get(self.meter, &url)?;
        if !matches!(document.value, Value::Bool(_) | Value::Object(_)) {
            return failed("Valid Schema must be of type object");
        }
        self.fill(place, &document.value, document.draft.unwrap_or(draft))?;
        node.reference = Some(place);
        Ok(true)
    }

    fn object_keywords(
        &mut self,
        node: &mut Node,
        schema: &Object,
        draft: Draft,
    ) -> Result<(), BuiltinError> {
        match schema.get_str("properties") {
            None => {}
            Some(Value::Object(properties)) => {
                for (name, property) in properties.iter() {
                    let child = self.child(property, draft)?;
                    node.properties
                        .push((name.as_str().unwrap_or_default().to_owned(), child));
                }
            }
            Some(_) => return failed("Properties must be of type object"),
        }
        node.additional_properties = self.additional(schema, "additionalProperties", draft)?;
        self.pattern_properties(node, schema, draft)?;
        if draft >= Draft::Six
            && let Some(names) = schema.get_str("propertyNames")
        {
            if !matches!(names, Value::Bool(_) | Value::Object(_)) {
                return invalid_type("Valid Schema", "patternProperties");
            }
            node.property_names = Some(self.child(names, draft)?);
        }
        node.dependencies = self.dependencies(schema, draft)?;
        Ok(())
    }

    fn pattern_properties(
        &mut self,
        node: &mut Node,
        schema: &Object,
        draft: Draft,
    ) -> Result<(), BuiltinError> {
        let properties = match schema.get_str("patternProperties") {
            None => return Ok(()),
            Some(Value::Object(properties)) => properties,
            Some(_) => return invalid_type("Valid Schema", "patternProperties"),
        };
        for (name, property) in properties.iter() {
            let pattern = name.as_str().unwrap_or_default();
            let Ok(compiled) = regex::compile(pattern) else {
                return failed(format!("Invalid regex pattern '{pattern}'"));
            };
            self.charge(compiled.weight)?;
            let child = self.child(property, draft)?;
            node.pattern_properties.push((compiled.regex, child));
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        schema: &Object,
        draft: Draft,
    ) -> Result<BTreeMap<String, Dependency>, BuiltinError> {
        let mut dependencies = BTreeMap::new();
        let object = match schema.get_str("dependencies") {
            None => return Ok(dependencies),
            Some(Value::Object(object)) => object,
            Some(_) => return failed("dependencies must be of type object"),
        };
        for (name, value) in object.iter() {
            let dependency = match value {
                Value::Array(items) => {
                    let keys: Option<Vec<String>> = items
                        .iter()
                        .map(|item| item.as_str().map(str::to_owned))
                        .collect();
                    keys.map(Dependency::Keys)
                }
                Value::Bool(_) | Value::Object(_) => {
                    Some(Dependency::Schema(self.child(value, draft)?))
                }
                _ => None,
            };
            let Some(dependency) = dependency else {
                return failed("Dependency must be of type Schema Or Array Of Strings");
            };
            dependencies.insert(name.as_str().unwrap_or_default().to_owned(), dependency);
        }
        Ok(dependencies)
    }

    fn additional(
        &mut self,
        schema: &Object,
        key: &str,
        draft: Draft,
    ) -> Result<Additional, BuiltinError> {
        match schema.get_str(key) {
            None => Ok(Additional::Unstated),
            Some(Value::Bool(allowed)) => Ok(Additional::Allowed(*allowed)),
            Some(child @ Value::Object(_)) => Ok(Additional::Schema(self.child(child, draft)?)),
            Some(_) => invalid_type("boolean/Valid Schema", key),
        }
    }

    fn item_keywords(
        &mut self,
        node: &mut Node,
        schema: &Object,
        draft: Draft,
    ) -> Result<(), BuiltinError> {
        node.items = match schema.get_str("items") {
            None => Items::Unstated,
            Some(Value::Array(items)) => {
                let mut children = Vec::with_capacity(items.len());
                for item in items {
                    if !matches!(item, Value::Bool(_) | Value::Object(_)) {
                        return invalid_type("Valid Schema/Array Of Schemas", "items");
                    }
                    children.push(self.child(item, draft)?);
                }
                Items::Each(children)
            }
            Some(child @ (Value::Bool(_) | Value::Object(_))) => {
                Items::All(self.child(child, draft)?)
            }
            Some(_) => return invalid_type("Valid Schema/Array Of Schemas", "items"),
        };
        node.additional_items = self.additional(schema, "additionalItems", draft)?;
        Ok(())
    }

    fn text_keywords(&mut self, node: &mut Node, schema: &Object) -> Result<(), BuiltinError> {
        node.length = keywords::size(schema, "minLength", "maxLength", true)?;
        if let Some(text) = keywords::text(schema, "pattern")? {
            let Ok(compiled) = regex::compile(text) else {
                return failed("pattern must be a valid regex");
            };
            self.charge(compiled.weight)?;
            node.pattern = Some(Pattern {
                text: text.to_owned(),
                regex: compiled.regex,
            });
        }
        node.format = keywords::text(schema, "format")?.map(str::to_owned);
        Ok(())
    }

    fn literals(
        &mut self,
        node: &mut Node,
        schema: &Object,
        draft: Draft,
    ) -> Result<(), BuiltinError> {
        if draft >= Draft::Six
            && let Some(constant) = schema.get_str("const")
        {
            node.constant = Some(self.literal(constant)?);
        }
        let Some(values) = keywords::list(schema, "enum")? else {
            return Ok(());
        };
        let mut texts: Vec<String> = Vec::with_capacity(values.len());
        for value in values {
            let text = self.literal(value)?;
            if texts.contains(&text) {
                return failed("enum items must be unique");
            }
            self.meter.step(units(texts.len()))?;
            texts.push(text);
        }
        node.values = Some(texts);
        Ok(())
    }

    fn literal(&mut self, value: &Value) -> Result<String, BuiltinError> {
        match canonical(self.meter, value)? {
            Some(text) => Ok(text),
            None => failed("json: cannot unmarshal number into Go value of type float64"),
        }
    }

    fn combinations(
        &mut self,
        node: &mut Node,
        schema: &Object,
        draft: Draft,
    ) -> Result<(), BuiltinError> {
        node.one_of = self.children(schema, "oneOf", draft)?;
        node.any_of = self.children(schema, "anyOf", draft)?;
        node.all_of = self.children(schema, "allOf", draft)?;
        node.not = self.optional(schema, "not", draft)?;
        if draft >= Draft::Seven {
            node.condition = self.optional(schema, "if", draft)?;
            node.consequence = self.optional(schema, "then", draft)?;
            node.alternative = self.optional(schema, "else", draft)?;
        }
        Ok(())
    }

    fn children(
        &mut self,
        schema: &Object,
        key: &str,
        draft: Draft,
    ) -> Result<Vec<usize>, BuiltinError> {
        let items = keywords::list(schema, key)?.unwrap_or_default();
        items.iter().map(|item| self.child(item, draft)).collect()
    }

    fn optional(
        &mut self,
        schema: &Object,
        key: &str,
        draft: Draft,
    ) -> Result<Option<usize>, BuiltinError> {
        match schema.get_str(key) {
            None => Ok(None),
            Some(child @ (Value::Bool(_) | Value::Object(_))) => {
                Ok(Some(self.child(child, draft)?))
            }
            Some(_) => failed(format!("{key} must be of an object")),
        }
    }
}

fn numbers(schema: &Object, draft: Draft) -> Result<Numbers, BuiltinError> {
    let multiple_of = keywords::divisor(schema)?;
    let (least, above) = keywords::bounds(schema, draft, "minimum", "exclusiveMinimum")?;
    let (most, below) = keywords::bounds(schema, draft, "maximum", "exclusiveMaximum")?;
    Ok(Numbers {
        multiple_of,
        least,
        above,
        most,
        below,
    })
}
