//! Objects as answers hold them: what is kept of each is what rules may read.

use std::collections::BTreeMap;
use std::sync::Arc;

use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::NodeId;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::held::Held;
use super::kind::{self, Kind, NAMESPACE, Wanted};
use super::wire::{Failure, Refusal, shown};

/// Who changed which field: no rule reads it, and it may be half of the text.
const BOOKKEEPING: &[&str] = &["managedFields"];
/// The object once more, as text.
const LAST_APPLIED: &[&str] = &["kubectl.kubernetes.io/last-applied-configuration"];

/// Where an object is, of those of its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

/// What is kept of an object.
#[derive(Debug)]
pub(super) struct Object {
    /// Which of all that were stored it is.
    pub(super) version: String,
    /// Its one resource and what that is; nothing of a namespace.
    pub(super) estate: Estate,
    /// Of a namespace, its labels.
    pub(super) labels: BTreeMap<String, String>,
}

/// An object at its place; none if it is not looked at, since another one that is looked at made it.
pub(super) type Placed = (Place, Option<Arc<Object>>);

/// A part of a list.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) objects: Vec<Placed>,
    /// From which on changes are to be watched.
    pub(super) version: String,
    /// What leads to the next part, if there is one.
    pub(super) next: Option<String>,
}

/// What is told of a kind.
#[derive(Debug)]
pub(super) enum News {
    /// An object is there, or is another one now.
    Is(Placed, String),
    /// An object is not there any more.
    Gone(Place, String),
    /// Nothing has happened until this version.
    Nothing(String),
}

impl News {
    /// The version up to which everything is known now.
    pub(super) fn version(&self) -> &str {
        let (Self::Is(_, version) | Self::Gone(_, version) | Self::Nothing(version)) = self;
        version
    }
}

#[derive(Deserialize)]
struct List<'a> {
    metadata: ListMetadata,
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMetadata {
    resource_version: String,
    #[serde(rename = "continue")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    what: String,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Head {
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    name: String,
    namespace: Option<String>,
    resource_version: String,
    labels: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<Owner>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    api_version: String,
    kind: String,
    controller: Option<bool>,
}

impl Metadata {
    fn place(&self) -> Place {
        Place {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// Whether an object that is looked at itself makes this one.
    fn is_made(&self, wanted: &Wanted) -> bool {
        let owners = self.owner_references.iter().flatten();
        let mut makers = owners.filter(|owner| owner.controller == Some(true));
        makers.any(|owner| wanted.has(&kind::name(&owner.api_version, &owner.kind)))
    }
}

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads a part of a list. What is known already is not read again.
pub(super) fn page(answer: &[u8], held: &Held, wanted: &Wanted) -> Result<Page, Failure> {
    let list: List<'_> = serde_json::from_slice(answer).map_err(|error| garbage(&error, held))?;
    let items = list.items.into_iter().flatten();
    let objects = items.map(|item| {
        let head: Head = serde_json::from_str(item.get()).map_err(|error| garbage(&error, held))?;
        let place = head.metadata.place();
        let known = held.find(&place);
        let known = known.filter(|known| known.version == head.metadata.resource_version);
        match known {
            Some(known) if !head.metadata.is_made(wanted) => Ok((place, Some(known))),
            _ => placed(item, head.metadata, held, wanted),
        }
    });
    Ok(Page {
        objects: objects.collect::<Result<_, Failure>>()?,
        version: list.metadata.resource_version,
        next: list.metadata.next.filter(|next| !next.is_empty()),
    })
}

/// Reads a line of a watch.
pub(super) fn news(line: &[u8], held: &Held, wanted: &Wanted) -> Result<News, Failure> {
    let event: Event<'_> = serde_json::from_slice(line).map_err(|error| garbage(&error, held))?;
    if event.what == "ERROR" {
        let refusal: Refusal = serde_json::from_str(event.object.get()).unwrap_or_default();
        return Err(Failure::of_code(refusal.code, None, &refusal.message));
    }
    let head: Head =
        serde_json::from_str(event.object.get()).map_err(|error| garbage(&error, held))?;
    let version = head.metadata.resource_version.clone();
    match event.what.as_str() {
        "BOOKMARK" => Ok(News::Nothing(version)),
        "DELETED" => Ok(News::Gone(head.metadata.place(), version)),
        "ADDED" | "MODIFIED" => {
            let placed = placed(event.object, head.metadata, held, wanted)?;
            Ok(News::Is(placed, version))
        }
        what => Err(Failure::Garbage(shown(&format!("an event `{what}`")))),
    }
}

fn placed(
    item: &RawValue,
    metadata: Metadata,
    held: &Held,
    wanted: &Wanted,
) -> Result<Placed, Failure> {
    let place = metadata.place();
    if metadata.is_made(wanted) {
        return Ok((place, None));
    }
    let is_namespace = held.kind.name == NAMESPACE;
    let estate = if is_namespace {
        Estate::default()
    } else {
        let text = lean(item, &held.kind).map_err(|error| garbage(&error, held))?;
        estate(&text, held)?
    };
    let labels = metadata.labels.filter(|_| is_namespace);
    let object = Object {
        version: metadata.resource_version,
        estate,
        labels: labels.unwrap_or_default(),
    };
    Ok((place, Some(Arc::new(object))))
}

/// The text of an object without what no rule reads. Items of a list do not say what they are.
fn lean(item: &RawValue, kind: &Kind) -> serde_json::Result<String> {
    let mut object: Fields<'_> = serde_json::from_str(item.get())?;
    object.remove("status");
    let (api_version, kind) = (to_raw_value(&kind.api_version)?, to_raw_value(&kind.word)?);
    object.insert("apiVersion".to_owned(), &api_version);
    object.insert("kind".to_owned(), &kind);
    let metadata = object.get("metadata").map_or("{}", |written| written.get());
    let mut metadata: Fields<'_> = without(metadata, BOOKKEEPING)?;
    let annotations = metadata.get("annotations").map(|written| written.get());
    let annotations = annotations.filter(|written| *written != "null");
    let annotations = annotations.map(|written| to_raw_value(&without(written, LAST_APPLIED)?));
    let annotations = annotations.transpose()?;
    if let Some(annotations) = &annotations {
        metadata.insert("annotations".to_owned(), annotations);
    }
    let metadata = to_raw_value(&metadata)?;
    object.insert("metadata".to_owned(), &metadata);
    serde_json::to_string(&object)
}

fn without<'a>(object: &'a str, keys: &[&str]) -> serde_json::Result<Fields<'a>> {
    let mut fields: Fields<'a> = serde_json::from_str(object)?;
    fields.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(fields)
}

/// The resource that an object is, and what that is.
pub(super) fn estate(text: &str, held: &Held) -> Result<Estate, Failure> {
    let kind = held.kind.name.as_str();
    let source = Arc::new(Source::new(kind, text).with_secrets());
    let (documents, problems) = parse::parse(&source, FileId(0), Notation::Json);
    let mut reading = Reading::default();
    if let Some(document) = documents.first() {
        reading.take_object(document, NodeId::ROOT);
    }
    let problem = problems.iter().find(|problem| problem.is_error());
    match problem {
        None if reading.resources.len() == 1 => Ok(Estate::new(reading.resources).0.thinned()),
        problem => {
            let why = problem.map_or("it is no object", |problem| problem.message.as_str());
            Err(Failure::Garbage(shown(&format!("`{kind}`: {why}"))))
        }
    }
}

/// What serde says may quote the object, and is not said.
fn garbage(error: &serde_json::Error, held: &Held) -> Failure {
    let what = if error.is_data() {
        "an answer of another shape"
    } else {
        "no JSON"
    };
    let (kind, line, column) = (&held.kind.name, error.line(), error.column());
    Failure::Garbage(format!("`{kind}`: {what}, at {line}:{column}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::value::RawValue;

    use super::super::held::Held;
    use super::super::kind::{Kind, Wanted};
    use super::super::wire::Failure;
    use super::{News, lean, news};

    fn held() -> Held {
        let kind = Kind {
            name: "apps/Deployment".to_owned(),
            api_version: "apps/v1".to_owned(),
            word: "Deployment".to_owned(),
            path: "/apis/apps/v1/deployments".to_owned(),
        };
        Held::new(kind, Duration::ZERO, false)
    }

    fn heard(line: &str) -> Result<News, Failure> {
        news(line.as_bytes(), &held(), &Wanted::default())
    }

    #[test]
    fn digits_stay_and_what_nobody_reads_goes() {
        let text = r#"{"metadata":{"name":"a","managedFields":[{"manager":"kubectl"}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","b":"c"}},"spec":{"number":12345678901234567890.50},"status":{"replicas":1}}"#;
        let item: &RawValue = serde_json::from_str(text).unwrap();
        let expected = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"b":"c"},"name":"a"},"spec":{"number":12345678901234567890.50}}"#;
        assert_eq!(lean(item, &held().kind).unwrap(), expected);
    }

    #[test]
    fn a_line_is_news_or_says_why_it_is_not() {
        let bookmark = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}"#;
        assert_eq!(heard(bookmark).unwrap().version(), "7");
        let expired = r#"{"type":"ERROR","object":{"code":410,"message":"too old"}}"#;
        assert_eq!(heard(expired).unwrap_err(), Failure::Gone);
        let secret = r#"{"type":"ADDED","object":{"metadata":"hunter2"}}"#;
        let said = heard(secret).unwrap_err().to_string();
        assert!(!said.contains("hunter2"), "{said}");
    }
}
