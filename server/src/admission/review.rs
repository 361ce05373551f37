//! Reading an `AdmissionReview` of `admission.k8s.io/v1`.
//!
//! The objects stay the text that the API server sent: they are read into a tree once, and no number loses a digit. What
//! is no review is an error, never a request without an object.

use std::sync::Arc;

use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::resource::{Format, Platform, Resource, ResourceId};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_rego::{ObjectBuilder, Value};
use serde::Deserialize;

/// The version of reviews that is read and written.
pub const API_VERSION: &str = "admission.k8s.io/v1";

/// What a review is called.
pub const KIND: &str = "AdmissionReview";

/// Why a body is no review: what was expected, what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// What a request says of itself, without the objects.
#[derive(Debug, Clone)]
pub struct Head {
    /// The API server's name for the request.
    pub uid: String,
    /// What the object is.
    pub kind: Kind,
    /// What is done to it.
    pub operation: Operation,
    /// The part of the object that is asked for.
    pub sub_resource: Option<String>,
    /// The name of the object, unless the API server has still to make one.
    pub name: Option<String>,
    /// Who asks.
    pub user: User,
    /// Whether nothing will be changed.
    pub dry_run: bool,
    namespace: Option<String>,
}

/// A kind of objects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Kind {
    /// Empty for the core group.
    #[serde(default)]
    pub group: String,
    /// `v1`.
    pub version: String,
    /// `Pod`.
    pub kind: String,
}

/// Who asks the API server.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct User {
    /// As the API server has authenticated it.
    #[serde(default)]
    pub username: String,
    /// The groups it is in.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is deleted.
    Delete,
    /// Somebody connects to it.
    Connect,
}

/// The rules that are asked about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All: the object declares what shall be.
    All,
    /// Those that read `input.admission`: what the request changes is no declaration.
    ReadingAdmission,
}

/// The parts of objects that declare nothing which rules on objects judge. Any other part is judged as what it is: some
/// are the whole object, some are options of a kind of their own.
const NO_DECLARATION: &[&str] = &[
    "approval", "binding", "finalize", "scale", "status", "token",
];

impl Operation {
    const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Delete, Self::Connect];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
        }
    }
}

impl Kind {
    /// The kind as findings have it: `core/Pod`.
    pub fn spelt(&self) -> String {
        format!("{}/{}", self.group_or_core(), self.kind)
    }

    /// What the targets of rules are matched against: `kubernetes/core/Pod`.
    pub fn target(&self) -> String {
        format!("{}/{}", Platform::Kubernetes.as_str(), self.spelt())
    }

    fn group_or_core(&self) -> &str {
        if self.group.is_empty() {
            "core"
        } else {
            &self.group
        }
    }

    /// `apps/v1`.
    fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    fn is_namespace(&self) -> bool {
        self.group.is_empty() && self.kind == "Namespace"
    }
}

/// A review as it is written, in which anything may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    api_version: Option<String>,
    kind: Option<String>,
    request: Option<Request>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    uid: Option<String>,
    kind: Option<Kind>,
    operation: Option<String>,
    sub_resource: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
    user_info: Option<User>,
    dry_run: Option<bool>,
}

impl Head {
    /// Reads what a review says of its request, and passes the objects over.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let written: Written = serde_json::from_slice(body).map_err(|error| {
            // What the error itself says may quote the body.
            let (line, column) = (error.line(), error.column());
            expected(
                "an AdmissionReview",
                &format!("something else at {line}:{column}"),
            )
        })?;
        let Written {
            api_version,
            kind,
            request,
        } = written;
        is_review(api_version.as_deref(), kind.as_deref())?;
        let request = request.ok_or_else(|| expected("`request`", "none"))?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let uid = given(request.uid).ok_or_else(|| expected("`request.uid`", "none"))?;
        let operation = given(request.operation);
        let operation = operation.ok_or_else(|| expected("`request.operation`", "none"))?;
        let kind = request.kind.filter(|kind| !kind.kind.is_empty());
        Ok(Self {
            uid,
            kind: kind.ok_or_else(|| expected("`request.kind`", "none"))?,
            operation: of_word(&operation)?,
            sub_resource: given(request.sub_resource),
            name: given(request.name),
            user: request.user_info.unwrap_or_default(),
            dry_run: request.dry_run.unwrap_or_default(),
            namespace: given(request.namespace),
        })
    }

    /// Where the object is; none for one that is in no namespace. A Namespace is in none, although the API server may
    /// name it as its own.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace
            .as_deref()
            .filter(|_| !self.kind.is_namespace())
    }

    /// The namespace that decides where rules are at which stage and where an override holds: that of the object, or the
    /// object itself if it is one.
    pub fn governed_by(&self) -> Option<&str> {
        let own = self.name.as_deref();
        let own = own.filter(|_| self.kind.is_namespace());
        own.or(self.namespace.as_deref())
    }

    /// The rules that are asked.
    pub fn share(&self) -> Share {
        let part = self.sub_resource.as_deref();
        let is_part = part.is_some_and(|part| NO_DECLARATION.contains(&part));
        if is_part || self.operation == Operation::Delete {
            Share::ReadingAdmission
        } else {
            Share::All
        }
    }
}

/// A review: a request with its objects.
#[derive(Debug)]
pub struct Review {
    /// What the request says of itself.
    pub head: Head,
    document: Document,
    judged: NodeId,
    old: Option<NodeId>,
}

impl Review {
    /// Reads a body as JSON of one review.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(body).map_err(|error| {
            let found = format!("other bytes after {} of them", error.valid_up_to());
            expected("UTF-8", &found)
        })?;
        let document = document(text)?;
        let head = Head::read(body)?;
        let part = |key: &str| {
            let root = document.tree.view(NodeId::ROOT, Typing::Json);
            let part = root.at(&["request", key]);
            part.filter(|part| !part.is_null()).map(View::id)
        };
        let (object, old) = (part("object"), part("oldObject"));
        let (judged, key) = match head.operation {
            Operation::Delete => (old, "oldObject"),
            Operation::Create | Operation::Update | Operation::Connect => (object, "object"),
        };
        let judged = judged.ok_or_else(|| {
            let what = format!(
                "`request.{key}` in a request of {}",
                head.operation.as_str()
            );
            expected(&what, "none")
        })?;
        for (key, object) in [("object", object), ("oldObject", old)] {
            if let Some(object) = object {
                is_of_kind(key, document.tree.view(object, Typing::Json), &head.kind)?;
            }
        }
        Ok(Self {
            head,
            document,
            judged,
            old,
        })
    }

    /// The object that rules judge: the new one, or the one that shall be deleted.
    pub fn object(&self) -> View<'_> {
        self.document.tree.view(self.judged, Typing::Json)
    }

    /// What an update changes.
    pub fn before(&self) -> Option<View<'_>> {
        let old = self
            .old
            .filter(|_| self.head.operation == Operation::Update)?;
        Some(self.document.tree.view(old, Typing::Json))
    }

    /// Whether an update is of an object that is being deleted already, which only waits for its finalizers.
    pub fn is_being_deleted(&self) -> bool {
        let is_marked = |object: View<'_>| {
            let mark = object.at(&["metadata", "deletionTimestamp"]);
            mark.is_some_and(|mark| !mark.is_null())
        };
        self.before().is_some_and(is_marked) && is_marked(self.object())
    }

    /// An object of the review as a resource. One that names itself nothing, as options do, has the name of the request.
    pub fn resource(&self, object: View<'_>) -> (Resource, Vec<Problem>) {
        let name = |key: &str| {
            let written = object.at(&["metadata", key]).and_then(View::raw);
            written.filter(|name| !name.is_empty())
        };
        let mut reading = Reading::default();
        if name("name").or(name("generateName")).is_some() {
            reading.take_object(&self.document, object.id());
        }
        let read = reading.resources.pop();
        match read.filter(|read| reading.resources.is_empty() && read.root == object.id()) {
            Some(read) => {
                let resource = self.named(object, &read.name, read.namespace.as_deref());
                (resource, reading.problems)
            }
            // A kind may be called as a list is, and be none.
            None => {
                let name = name("name").or(self.head.name.as_deref());
                (self.named(object, name.unwrap_or("_"), None), Vec::new())
            }
        }
    }

    fn named(&self, object: View<'_>, name: &str, namespace: Option<&str>) -> Resource {
        let namespace = namespace.or(self.head.namespace());
        let kind = &self.head.kind;
        Resource {
            id: ResourceId::new([
                Platform::Kubernetes.as_str(),
                kind.group_or_core(),
                &kind.kind,
                namespace.unwrap_or("_"),
                name,
            ]),
            platform: Platform::Kubernetes,
            format: Format::Kubernetes,
            kind: kind.spelt(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            file: self.document.file,
            tree: Arc::clone(&self.document.tree),
            root: object.id(),
            typing: Typing::Json,
        }
    }

    /// What rules see as `input.admission`.
    pub fn facts(&self) -> Value {
        const COPIED: &[(&str, &str)] = &[
            ("userInfo", "user"),
            ("oldObject", "old"),
            ("subResource", "subResource"),
            ("options", "options"),
        ];
        let mut facts = ObjectBuilder::with_capacity(COPIED.len() + 2);
        facts.insert_str("operation", self.head.operation.as_str());
        facts.insert_str("dryRun", self.head.dry_run);
        let root = self.document.tree.view(NodeId::ROOT, Typing::Json);
        for (key, name) in COPIED {
            let part = root.at(&["request", key]);
            if let Some(part) = part.filter(|part| !part.is_null()) {
                facts.insert_str(name, part.value());
            }
        }
        Value::Object(facts.finish())
    }
}

/// The one document of a text.
fn document(text: &str) -> Result<Document, Unreadable> {
    let source = Arc::new(Source::new(KIND, text).with_secrets());
    let (mut documents, problems) = parse::parse(&source, FileId(0), Notation::Json);
    if let Some(problem) = problems.iter().find(|problem| problem.is_error()) {
        let place = match problem.place {
            Place::Span(span) => format!(" at {}", source.position(span.start)),
            Place::File(_) | Place::Nowhere => String::new(),
        };
        return Err(Unreadable(format!("{}{place}", problem.message)));
    }
    let found = documents.len();
    let document = documents.pop().filter(|_| found == 1);
    document.ok_or_else(|| expected("one AdmissionReview", &format!("{found} values")))
}

fn is_review(api_version: Option<&str>, kind: Option<&str>) -> Result<(), Unreadable> {
    let said = |text: Option<&str>| match text {
        Some(text) => format!("`{}`", text.escape_debug()),
        None => "none".to_owned(),
    };
    if kind != Some(KIND) {
        return Err(expected(&format!("the kind `{KIND}`"), &said(kind)));
    }
    if api_version != Some(API_VERSION) {
        let what = format!("the version `{API_VERSION}`");
        let advice = "list it alone in `admissionReviewVersions` of the webhook";
        let found = format!("{}: {advice}", said(api_version));
        return Err(expected(&what, &found));
    }
    Ok(())
}

fn of_word(word: &str) -> Result<Operation, Unreadable> {
    let mut known = Operation::ALL.into_iter();
    let meant = known.find(|operation| operation.as_str() == word);
    meant.ok_or_else(|| {
        let words = Operation::ALL.map(Operation::as_str).join("`, `");
        let found = format!("`{}`", word.escape_debug());
        expected(&format!("an operation of `{words}`"), &found)
    })
}

/// Rules are chosen by what the request says of the object, and judge what the object says: both must be one.
fn is_of_kind(key: &str, object: View<'_>, kind: &Kind) -> Result<(), Unreadable> {
    let word = |key: &str| object.get(key).and_then(View::str);
    let is_alike = word("apiVersion") == Some(kind.api_version().as_str())
        && word("kind") == Some(kind.kind.as_str());
    if is_alike {
        return Ok(());
    }
    let said = |key: &str| word(key).unwrap_or("none").escape_debug().to_string();
    let what = format!(
        "the kind `{} {}` in `request.{key}`, as `request.kind` has it",
        kind.api_version().escape_debug(),
        kind.kind.escape_debug()
    );
    let found = format!("`{} {}`", said("apiVersion"), said("kind"));
    Err(expected(&what, &found))
}

fn expected(what: &str, found: &str) -> Unreadable {
    Unreadable(format!("expected {what}, found {found}"))
}
