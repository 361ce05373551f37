//! What rules of Conftest packages judge: documents as they are written, typed as Conftest's parsers type them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plumbline_rego::{ObjectBuilder, Path, Step, Value};

use crate::estate::Estate;
use crate::parse::{Document, Notation};
use crate::resource::Resource;
use crate::source::{FileId, Source, Span};
use crate::tree::{Kind, NodeId, Tree, Typing};

/// One document, or one element of a document that is a list.
#[derive(Debug)]
pub(in crate::policy) struct Subject<'a> {
    pub(super) tree: &'a Arc<Tree>,
    pub(super) file: FileId,
    pub(super) root: NodeId,
    pub(super) typing: Typing,
    /// Whether it is written in HCL, whose blocks Conftest makes lists of.
    is_hcl: bool,
    declared: Declared<'a>,
}

/// The resources of an estate, each with its index, by the bytes that declare it. Of several instances of one
/// declaration it is the first.
type Declared<'a> = Arc<HashMap<Span, (usize, &'a Resource)>>;

/// The documents of a run. Of one that is a list, each element is judged alone, as Conftest does; one without content
/// is not judged.
pub(in crate::policy) fn documents<'a>(
    documents: &'a [Document],
    estate: &'a Estate,
) -> Vec<Subject<'a>> {
    let declared = declared(estate);
    let mut subjects = Vec::new();
    for document in documents {
        for root in roots(document) {
            subjects.push(Subject {
                tree: &document.tree,
                file: document.file,
                root,
                typing: typing(document.notation),
                is_hcl: is_hcl(document),
                declared: Arc::clone(&declared),
            });
        }
    }
    subjects
}

/// The resources of an estate, each as a document of its own.
pub(in crate::policy) fn resources(estate: &Estate) -> Vec<Subject<'_>> {
    let declared = declared(estate);
    estate
        .resources
        .iter()
        .map(|resource| Subject {
            tree: &resource.tree,
            file: resource.file,
            root: resource.root,
            typing: resource.typing,
            is_hcl: false,
            declared: Arc::clone(&declared),
        })
        .collect()
}

fn declared(estate: &Estate) -> Declared<'_> {
    let mut declared = HashMap::new();
    for (index, resource) in estate.resources.iter().enumerate() {
        if let Some(bytes) = resource.tree.span(resource.root) {
            declared.entry(bytes).or_insert((index, resource));
        }
    }
    Arc::new(declared)
}

/// Whether a document has blocks; a file of values has attributes only.
fn is_hcl(document: &Document) -> bool {
    let source = document.tree.source();
    let is_values = source.is_some_and(|source| source.name().ends_with(".tfvars"));
    document.notation == Notation::Hcl && !is_values
}

fn roots(document: &Document) -> Vec<NodeId> {
    let Some(root) = document.tree.root() else {
        return Vec::new();
    };
    let tree = &document.tree;
    match tree.kind(root) {
        Kind::Sequence => tree.children(root).collect(),
        Kind::Mapping => vec![root],
        _ if tree.view(root, typing(document.notation)).is_null() => Vec::new(),
        _ => vec![root],
    }
}

/// Conftest reads YAML as the tools of Kubernetes do.
pub(super) fn typing(notation: Notation) -> Typing {
    match notation {
        Notation::Yaml => Typing::Kubernetes,
        Notation::Json | Notation::Hcl | Notation::Unit => Typing::Json,
    }
}

impl Subject<'_> {
    /// The text that it stands in.
    pub(super) fn source(&self) -> Option<&Arc<Source>> {
        self.tree.source()
    }

    /// What messages call its file.
    pub(super) fn name(&self) -> &str {
        self.source().map_or("", |source| source.name())
    }

    /// `input`.
    pub(super) fn value(&self) -> Value {
        if self.is_hcl {
            hcl_value(self.tree, self.root)
        } else {
            self.tree.to_value(self.root, self.typing)
        }
    }

    /// `data.conftest`: the name of the file, and the folder as messages spell it.
    pub(super) fn data(&self) -> Value {
        let name = self.name();
        let (folder, own) = name.rsplit_once('/').unwrap_or((".", name));
        let within = |key: &str, value: Value| {
            let mut object = ObjectBuilder::default();
            object.insert_str(key, value);
            Value::Object(object.finish())
        };
        let mut file = ObjectBuilder::default();
        file.insert_str("name", own);
        file.insert_str("dir", folder);
        within("conftest", within("file", Value::Object(file.finish())))
    }

    /// The node that a path of `input` leads to, and the part of the path that does not exist there.
    pub(super) fn follow(&self, path: &Path) -> (NodeId, Path) {
        let mut node = self.root;
        for (at, step) in path.steps().iter().enumerate() {
            let one: Path = std::iter::once(step.clone()).collect();
            let reached = self.tree.follow(node, &one, self.typing);
            // A block is an element of a list there, and here it is not.
            let is_block = self.is_hcl
                && matches!(step, Step::Index(_))
                && self.tree.kind(node) == Kind::Mapping;
            if reached.steps > 0 {
                node = reached.node;
            } else if !is_block {
                return (node, path.steps().iter().skip(at).cloned().collect());
            }
        }
        (node, Path::root())
    }

    /// The resource that a node lies in, of several the innermost, and the node that declares it.
    pub(super) fn resource(&self, node: NodeId) -> Option<(NodeId, usize, &Resource)> {
        let mut above = std::iter::successors(Some(node), |node| self.tree.parent(*node));
        above.find_map(|node| {
            let (index, resource) = self.declared.get(&self.tree.span(node)?)?;
            Some((node, *index, *resource))
        })
    }
}

/// Blocks that are labelled, and by how many labels: below the last one is a list of bodies.
const LABELLED: &[(&str, usize)] = &[
    ("action", 2),
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("module", 1),
    ("output", 1),
    ("provider", 1),
    ("resource", 2),
    ("variable", 1),
];

/// A file of HCL as `hcl2json` writes it: every block is an element of a list, also the only one of its name.
pub(super) fn hcl_value(tree: &Tree, root: NodeId) -> Value {
    let view = tree.view(root, Typing::Json);
    let mut file = ObjectBuilder::default();
    for (key, value) in view.entries() {
        let labels = LABELLED.iter().find(|(name, _)| *name == key);
        let labels = labels.map_or(0, |(_, labels)| *labels);
        file.insert_str(key, blocks(tree, value.id(), labels));
    }
    Value::Object(file.finish())
}

fn blocks(tree: &Tree, node: NodeId, labels: usize) -> Value {
    if labels == 0 || tree.kind(node) != Kind::Mapping {
        return tree.to_value(node, Typing::Json);
    }
    let mut by_label: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (label, below) in tree.view(node, Typing::Json).entries() {
        let body = blocks(tree, below.id(), labels - 1);
        by_label.entry(label).or_default().push(body);
    }
    let mut object = ObjectBuilder::default();
    for (label, mut bodies) in by_label {
        let value = if labels == 1 {
            Value::from(bodies)
        } else {
            bodies.pop().unwrap_or(Value::Null)
        };
        object.insert_str(label, value);
    }
    Value::Object(object.finish())
}
