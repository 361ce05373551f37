//! From pointers to nodes to lines and columns.

use plumbline_core::parse::Notation;
use plumbline_core::source::Source;
use plumbline_core::tree::{Builder, Kind, NodeId, Origin, Typing};
use plumbline_rego::{Path, value::json};

use super::documents;

const TEXT: &str = "kind: Pod\nspec:\n  containers:\n    - name: a\n      args: [x, 'ü', z]\n      script: |\n        one\n        two\n\n    - name: b\n  empty: {}\n";

/// The bytes that a pointer's place covers.
#[track_caller]
fn check(pointer: &str, place: &str, position: &str) {
    let (documents, problems) = documents(TEXT, Notation::Yaml);
    assert!(problems.is_empty());
    let tree = &documents.first().unwrap().tree;
    let path = Path::from_pointer(pointer).unwrap();
    let reached = tree.follow(NodeId::ROOT, &path, Typing::Kubernetes);
    assert_eq!(reached.steps, path.len(), "{pointer}");
    assert_eq!(
        tree.path(NodeId::ROOT, reached.node, Typing::Kubernetes)
            .to_string(),
        pointer
    );
    let span = tree.place(reached.node).unwrap();
    assert_eq!(TEXT.get(span.range()).unwrap(), place, "{pointer}");
    assert_eq!(
        Source::new("t", TEXT).position(span.start).to_string(),
        position,
        "{pointer}"
    );
}

#[test]
fn a_scalar_of_a_mapping_spans_key_through_value() {
    check("/kind", "kind: Pod", "1:1");
    check(
        "/spec/containers/0/script",
        "script: |\n        one\n        two",
        "6:7",
    );
}

#[test]
fn an_element_of_a_list_is_itself() {
    check("/spec/containers/0/args/0", "x", "5:14");
    check("/spec/containers/0/args/2", "z", "5:22");
}

#[test]
fn a_collection_is_its_key() {
    check("/spec", "spec", "2:1");
    check("/spec/containers", "containers", "3:3");
    check("/spec/empty", "empty", "11:3");
}

#[test]
fn a_mapping_in_a_list_is_its_first_entry() {
    check("/spec/containers/1", "name: b", "10:7");
}

#[test]
fn a_path_that_ends_early_gives_its_nearest_parent() {
    let (documents, _) = documents(TEXT, Notation::Yaml);
    let tree = &documents.first().unwrap().tree;
    let reached = tree.follow(
        NodeId::ROOT,
        &Path::from_pointer("/spec/containers/0/securityContext/privileged").unwrap(),
        Typing::Kubernetes,
    );
    assert_eq!(reached.steps, 3);
    assert_eq!(
        tree.path(NodeId::ROOT, reached.node, Typing::Kubernetes)
            .to_string(),
        "/spec/containers/0"
    );
}

#[test]
fn items_are_named_by_what_identifies_them() {
    let (documents, _) = documents(TEXT, Notation::Yaml);
    let tree = &documents.first().unwrap().tree;
    let node = tree
        .follow(
            NodeId::ROOT,
            &Path::from_pointer("/spec/containers/1/name").unwrap(),
            Typing::Kubernetes,
        )
        .node;
    assert_eq!(
        tree.stable_pointer(NodeId::ROOT, node, Typing::Kubernetes),
        "/spec/containers/name=b/name"
    );
}

#[test]
fn columns_count_characters_and_lines_end_anywhere() {
    let source = Source::new("t", "\u{feff}ä: x\r\nb: 1\n");
    assert_eq!(source.position(3).to_string(), "1:1");
    assert_eq!(source.position(7).to_string(), "1:4");
    assert_eq!(source.line(1).trim_start_matches('\u{feff}'), "ä: x");
    assert_eq!(source.position(999).line, 3);
}

#[test]
fn a_computed_tree_says_where_its_values_come_from() {
    let mut builder = Builder::computed();
    let from = NodeId::ROOT;
    builder.open(Kind::Mapping, Origin::Derived { from });
    builder
        .key("privileged")
        .scalar(Kind::Bool(false), Origin::Default { under: from });
    builder.key("name").string("web", Origin::Derived { from });
    builder.close();
    let tree = builder.finish();
    assert_eq!(
        json::to_string(&tree.to_value(NodeId::ROOT, Typing::Json)),
        r#"{"name":"web","privileged":false}"#
    );
    let node = tree
        .follow(
            NodeId::ROOT,
            &Path::from_pointer("/privileged").unwrap(),
            Typing::Json,
        )
        .node;
    assert_eq!(tree.origin(node), Some(Origin::Default { under: from }));
}

proptest::proptest! {
    #[test]
    fn the_projection_has_the_paths_of_the_tree(text in "[{](\"[a-c]\": ?(1|true|\"x\"|\\[1, ?2\\]|[{]\"d\": ?\\[[{]\"e\": 1[}]\\][}]), ?){0,5}\"z\": null[}]") {
        let (documents, problems) = documents(&text, Notation::Json);
        // Of a repeated key only the last value is in the projection.
        proptest::prop_assume!(problems.is_empty());
        let tree = &documents.first().unwrap().tree;
        let value = tree.to_value(NodeId::ROOT, Typing::Json);
        for node in tree.all() {
            let path = tree.path(NodeId::ROOT, node, Typing::Json);
            let last = tree.follow(NodeId::ROOT, &path, Typing::Json);
            proptest::prop_assert_eq!(last.steps, path.len());
            let expected = tree.to_value(last.node, Typing::Json);
            proptest::prop_assert_eq!(value.at(&path), Some(&expected));
        }
    }
}
