//! Fixes of Terraform: the block changes where it must, and what an expression computes stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use plumbline_core::fix::{self, Act, Fix, Operation};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;
use plumbline_rego::{Path, Value};

use super::fixes::{Choices, add, patched, remove, replace};

const FILE: FileId = FileId(0);

/// The fix that makes operations of the first resource of a text.
fn fix_of(source: &Arc<Source>, operations: Vec<Operation>) -> Result<Fix, String> {
    let (documents, problems) = parse::parse(source, FILE, Notation::Hcl);
    assert!(problems.is_empty(), "{problems:?}\n{}", source.text());
    let mut reading = Reading::default();
    reading.take_together(&documents.iter().collect::<Vec<_>>(), &BTreeSet::new());
    let resource = reading.resources.first().unwrap();
    let (tree, typing) = (&resource.tree, resource.typing);
    let root = tree.path(NodeId::ROOT, resource.root, typing);
    let of_resource = |Operation { act, path }: Operation| Operation {
        act,
        path: root.steps().iter().chain(path.steps()).cloned().collect(),
    };
    let operations = operations.into_iter().map(of_resource).collect();
    Fix::new(tree, FILE, typing, operations)
}

/// A text after operations on its first resource, or why they are not made.
fn edited(text: &str, operations: Vec<Operation>) -> Result<String, String> {
    let source = Arc::new(Source::new("a.tf", text));
    let fix = fix_of(&source, operations)?;
    let applied = fix::apply(&source, FILE, &[&fix]);
    if applied.made.is_empty() {
        return Err("it does not come to what it says".to_owned());
    }
    Ok(applied.text)
}

/// A resource with a body, between two others.
fn file(body: &str) -> String {
    format!(
        "# before\nresource \"aws_a\" \"b\" {{\n{body}}} # behind\n\nresource \"aws_a\" \"c\" {{}}\n"
    )
}

#[track_caller]
fn body(before: &str, operation: Operation, after: &str) {
    let text = edited(&file(before), vec![operation]).unwrap();
    assert_eq!(text, file(after));
}

#[track_caller]
fn refused(before: &str, operation: Operation, why: &str) {
    let error = edited(&file(before), vec![operation]).unwrap_err();
    assert!(error.contains(why), "{error}");
}

#[test]
fn a_value_is_replaced_and_its_comment_stays() {
    let text = "  a   = true # why\n  bcd = \"x\"\n";
    body(
        text,
        replace("/a", "false"),
        "  a   = false # why\n  bcd = \"x\"\n",
    );
    body(
        text,
        replace("/bcd", r#""a \"b\"""#),
        "  a   = true # why\n  bcd = \"a \\\"b\\\"\"\n",
    );
    body(
        "  a {\n    b = (1)\n  }\n",
        replace("/a/0/b", "2"),
        "  a {\n    b = (2)\n  }\n",
    );
}

#[test]
fn what_an_expression_computes_is_not_replaced() {
    for value in [
        "var.x",
        "\"${var.x}\"",
        "aws_a.c.id",
        "each.value",
        "[var.x]",
        "max(1, 2)",
        "1 + 1",
        "{ (var.x) = 1 }",
    ] {
        let text = format!("  for_each = toset([\"a\"])\n  a = {value}\n");
        refused(&text, replace("/a", "1"), "an expression computes it");
        refused(&text, remove("/a"), "an expression computes it");
    }
}

#[test]
fn what_stands_beside_an_expression_is_replaced() {
    let text = |value| format!("  count = var.n\n  a     = {value}\n  b     = var.x\n");
    body(&text("1"), replace("/a", "2"), &text("2"));
}

#[test]
fn what_a_dynamic_block_makes_is_not_edited() {
    let text = "  dynamic \"a\" {\n    for_each = [1]\n    content {\n      b = 1\n    }\n  }\n";
    for operation in [
        replace("/a/0/b", "2"),
        remove("/a/0"),
        add("/a", r#"[{"b": 1}]"#),
    ] {
        refused(text, operation, "a `dynamic` block makes it");
    }
    let both = format!("  a {{\n    b = 1\n  }}\n{text}");
    let fixed = both.replacen("b = 1", "b = 2", 1);
    body(&both, replace("/a/0/b", "2"), &fixed);
}

#[test]
fn an_attribute_is_added_behind_the_last_one_and_aligned() {
    body(
        "  abc = 1 # x\n\n  z {\n  }\n",
        add("/d", "true"),
        "  abc = 1 # x\n  d   = true\n\n  z {\n  }\n",
    );
    body(
        "  a = 1\n\n  b  = 1\n  cd = [\n    1,\n  ]\n",
        add("/efg", "2"),
        "  a = 1\n\n  b  = 1\n  cd = [\n    1,\n  ]\n  efg = 2\n",
    );
}

#[test]
fn a_longer_name_moves_the_signs_above_it() {
    body(
        "  x = 0\n\n  a  = 1\n  bc = 2 # y\n",
        add("/long", "3"),
        "  x = 0\n\n  a    = 1\n  bc   = 2 # y\n  long = 3\n",
    );
    body(
        "  a=1\n  bc = 2\n",
        add("/long", "3"),
        "  a=1\n  bc = 2\n  long = 3\n",
    );
}

#[test]
fn an_attribute_is_the_first_of_a_body_without_any() {
    body("  z {\n  }\n", add("/a", "1"), "  a = 1\n\n  z {\n  }\n");
    body("  z {}\n", add("/z/0/a", "1"), "  z {\n    a = 1\n  }\n");
    body(
        "  z { a = 1 }\n",
        add("/z/0/b", "2"),
        "  z {\n    a = 1\n    b = 2\n  }\n",
    );
    body(
        "  z {\n    # x\n  }\n",
        add("/z/0/a", "1"),
        "  z {\n    a = 1\n    # x\n  }\n",
    );
}

#[test]
fn a_list_of_objects_is_blocks() {
    body(
        "  a = 1\n",
        add("/z", r#"[{"b": "c", "de": 1}]"#),
        "  a = 1\n\n  z {\n    b  = \"c\"\n    de = 1\n  }\n",
    );
    body(
        "  a = 1\n  y {\n  }\n  z {\n  }\n",
        add("/y/-", r#"{"b": [{"c": 1}]}"#),
        "  a = 1\n  y {\n  }\n  y {\n    b {\n      c = 1\n    }\n  }\n  z {\n  }\n",
    );
    body("", add("/z", "[{}]"), "  z {}\n");
}

#[test]
fn a_mapping_is_an_object() {
    body(
        "  a = 1\n",
        add("/tags/owner", "\"x\""),
        "  a    = 1\n  tags = { owner = \"x\" }\n",
    );
    body(
        "  tags = { a = 1 }\n",
        add("/tags/b.c", "2"),
        "  tags = { a = 1, \"b.c\" = 2 }\n",
    );
    body(
        "  tags = {\n    a = 1 # x\n  }\n",
        add("/tags/bc", "2"),
        "  tags = {\n    a  = 1 # x\n    bc = 2\n  }\n",
    );
    body(
        "  tags = {\n    \"a\": 1,\n  }\n",
        add("/tags/b", "2"),
        "  tags = {\n    \"a\": 1,\n    b: 2,\n  }\n",
    );
    body("  a = {}\n", add("/a/b", "2"), "  a = { b = 2 }\n");
    body("  a = null\n", add("/a/b", "2"), "  a = { b = 2 }\n");
}

#[test]
fn an_object_with_computed_keys_gets_no_others() {
    refused(
        "  tags = { (var.x) = 1 }\n",
        add("/tags/a", "1"),
        "an expression computes it",
    );
    refused(
        "  tags = merge(var.x, { b = 1 })\n",
        add("/tags/a", "1"),
        "an expression computes it",
    );
}

#[test]
fn a_list_grows_where_it_is_told_to() {
    body("  a = [1]\n", add("/a/-", "2"), "  a = [1, 2]\n");
    body("  a = [var.x]\n", add("/a/-", "2"), "  a = [var.x, 2]\n");
    body("  a = []\n", add("/a/-", "2"), "  a = [2]\n");
    body("  a = [2]\n", add("/a/0", "1"), "  a = [1, 2]\n");
    body(
        "  a = [\n    1, # x\n  ]\n",
        add("/a/-", "2"),
        "  a = [\n    1, # x\n    2,\n  ]\n",
    );
    body(
        "  a = [\n    1 # x\n  ]\n",
        add("/a/-", "2"),
        "  a = [\n    1, # x\n    2\n  ]\n",
    );
    refused("  a = [1]\n", add("/a/3", "2"), "no item `3`");
}

#[test]
fn what_is_removed_takes_its_lines_along_and_no_others() {
    body(
        "  a = 1 # x\n  # y\n  b = 2\n",
        remove("/a"),
        "  # y\n  b = 2\n",
    );
    body(
        "  a = 1\n\n  z {\n    b = var.x\n  }\n",
        remove("/z/0"),
        "  a = 1\n",
    );
    body(
        "  y {\n  }\n\n  z {\n  }\n\n  y {\n  }\n",
        remove("/y"),
        "\n  z {\n  }\n",
    );
    body("  z { a = 1 }\n", remove("/z/0/a"), "  z {}\n");
    body("  a = [1, 2]\n", remove("/a/0"), "  a = [2]\n");
    body("  a = [1, 2]\n", remove("/a/1"), "  a = [1]\n");
    body("  a = [1]\n", remove("/a/0"), "  a = []\n");
    body(
        "  a = {\n    b = 1 # x\n    c = 2\n  }\n",
        remove("/a/b"),
        "  a = {\n    c = 2\n  }\n",
    );
    refused("  a = 1\n", remove("/b"), "nothing is written at `b`");
    refused("", remove(""), "a whole resource is not removed");
}

#[test]
fn a_text_that_would_be_an_expression_is_not_written() {
    refused("  a = 1\n", replace("/a", "\"${x}\""), "an expression");
    refused("  a = 1\n", add("/b", "[\"%{ if x }\"]"), "an expression");
}

#[test]
fn blocks_with_labels_are_not_edited() {
    let text = "  provisioner \"local-exec\" {\n    command = \"x\"\n  }\n";
    refused(
        text,
        replace("/provisioner/0/local-exec/command", "\"y\""),
        "not edited",
    );
}

#[test]
fn operations_on_one_block_are_made_together() {
    let both = vec![add("/cde", "2"), add("/f", "3"), add("/z", "[{}]")];
    let text = edited(&file("  a = 1\n"), both).unwrap();
    assert_eq!(text, file("  a   = 1\n  cde = 2\n  f   = 3\n\n  z {}\n"));
}

#[test]
fn line_ends_and_a_byte_order_mark_stay_as_they_are() {
    let text = "\u{feff}resource \"a\" \"b\" {\r\n  a = 1\r\n}\r\n";
    let after = edited(text, vec![add("/b", "2"), add("/c", "[{\"d\": 1}]")]).unwrap();
    assert_eq!(
        after,
        "\u{feff}resource \"a\" \"b\" {\r\n  a = 1\r\n  b = 2\r\n\r\n  c {\r\n    d = 1\r\n  }\r\n}\r\n"
    );
    let alone = edited("resource \"a\" \"b\" {}", vec![add("/b", "2")]).unwrap();
    assert_eq!(alone, "resource \"a\" \"b\" {\n  b = 2\n}");
}

#[test]
fn the_file_of_the_resource_is_edited_and_no_other() {
    let texts = [
        ("a.tf", "variable \"x\" {\n  default = 1\n}\n"),
        ("b.tf", "resource \"aws_a\" \"b\" {\n  a = 1\n}\n"),
    ];
    let documents = texts.iter().zip(0..).flat_map(|((name, text), index)| {
        let source = Arc::new(Source::new(*name, *text));
        parse::parse(&source, FileId(index), Notation::Hcl).0
    });
    let documents: Vec<parse::Document> = documents.collect();
    let mut reading = Reading::default();
    reading.take_together(&documents.iter().collect::<Vec<_>>(), &BTreeSet::new());
    let resource = reading.resources.first().unwrap();
    let operations = vec![replace("/aws_a.b/a", "2")];
    let fix = Fix::new(&resource.tree, FILE, resource.typing, operations);
    assert_eq!(fix.unwrap().file, FileId(1));
}

/// A text in the making.
#[derive(Default)]
struct Writing(String);

impl Writing {
    fn line(&mut self, indent: usize, text: &str) {
        self.0.push_str(&format!("{}{text}\n", " ".repeat(indent)));
    }

    fn body(&mut self, content: &Value, indent: usize, choices: &mut Choices) {
        for (key, value) in content.as_object().unwrap().iter() {
            let key = key.as_str().unwrap();
            if choices.below(4) == 1 {
                self.line(0, "");
            }
            if is_blocks(value) {
                for block in value.as_array().unwrap() {
                    self.block(key, block, indent, choices);
                }
            } else {
                let blanks = " ".repeat(usize::from(choices.below(3)));
                self.attribute(&format!("{key}{blanks}= "), value, indent, choices);
            }
        }
    }

    fn block(&mut self, key: &str, content: &Value, indent: usize, choices: &mut Choices) {
        if content.as_object().unwrap().is_empty() && choices.below(2) == 0 {
            return self.line(indent, &format!("{key} {{}}"));
        }
        let comment = remark(choices);
        self.line(indent, &format!("{key} {{{comment}"));
        self.body(content, indent + 2, choices);
        self.line(indent, "}");
    }

    fn attribute(&mut self, head: &str, value: &Value, indent: usize, choices: &mut Choices) {
        let parts = parts(value);
        let comment = remark(choices);
        let (open, close) = match value {
            Value::Array(_) => ("[", "]"),
            Value::Object(_) => ("{", "}"),
            _ => {
                return self.line(
                    indent,
                    &format!("{head}{}{comment}", json::to_string(value)),
                );
            }
        };
        if parts.is_empty() || choices.below(2) == 0 {
            let inner = parts.join(", ");
            return self.line(indent, &format!("{head}{open}{inner}{close}{comment}"));
        }
        self.line(indent, &format!("{head}{open}"));
        let has_last_comma = choices.below(2) == 0;
        for (index, part) in parts.iter().enumerate() {
            let comment = remark(choices);
            let is_inner = index + 1 < parts.len();
            let comma = if is_inner || has_last_comma { "," } else { "" };
            self.line(indent + 2, &format!("{part}{comma}{comment}"));
        }
        self.line(indent, &format!("{close}{comment}"));
    }
}

/// At times, a comment.
fn remark(choices: &mut Choices) -> &'static str {
    match choices.below(3) {
        1 => " # x",
        _ => "",
    }
}

/// The items of a list, or the entries of an object, as they are written.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(json::to_string).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| format!("{} = {}", key.as_str().unwrap(), json::to_string(value)))
            .collect(),
        _ => Vec::new(),
    }
}

fn is_blocks(value: &Value) -> bool {
    let items = value.as_array().unwrap_or_default();
    !items.is_empty() && items.iter().all(|item| item.as_object().is_some())
}

/// What a body says: attributes, and blocks above a depth of 0.
fn content(depth: usize, choices: &mut Choices) -> Value {
    let keys = ["a", "bc", "def"].into_iter();
    let keys: Vec<&str> = keys.take(usize::from(choices.below(4))).collect();
    let entries = keys.into_iter().map(|key| {
        let value = match choices.below(if depth == 0 { 5 } else { 8 }) {
            0 => Value::Bool(true),
            1 => Value::from(7_i64),
            2 => Value::from("text"),
            3 => list(choices.below(4), |_| Value::from("x")),
            4 => {
                let keys = ["k", "lm"].into_iter().take(usize::from(choices.below(3)));
                Value::Object(
                    keys.map(|key| (Value::from(key), Value::from(1_i64)))
                        .collect(),
                )
            }
            _ => {
                let count = 1 + choices.below(2);
                list(count, |_| content(depth - 1, choices))
            }
        };
        (Value::from(key), value)
    });
    Value::Object(entries.collect())
}

fn list(count: u8, item: impl FnMut(u8) -> Value) -> Value {
    Value::from((0..count).map(item).collect::<Vec<_>>())
}

/// Every pointer below a body, with what is there and whether that is a body.
fn pointers(value: &Value, pointer: &str, is_body: bool, found: &mut Vec<(String, Value, bool)>) {
    found.push((pointer.to_owned(), value.clone(), is_body));
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            let pointer = format!("{pointer}/{}", key.as_str().unwrap());
            pointers(value, &pointer, false, found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
            let is_body = is_blocks(value);
            pointers(item, &format!("{pointer}/{index}"), is_body, found);
        }),
        _ => {}
    }
}

/// An operation that can be made of a body, and the same in what is read of it.
fn operation(root: &Value, choices: &mut Choices) -> (Operation, Operation) {
    const NEW: &[&str] = &["false", "\"a b\"", "[\"y\"]", "{\"n\": 1}", "{}"];
    let mut found = Vec::new();
    pointers(root, "", true, &mut found);
    let chosen = usize::from(choices.below(200)) % found.len();
    let (pointer, value, is_body) = found.get(chosen).unwrap();
    let new = *NEW.get(usize::from(choices.below(5))).unwrap();
    let child = |name: &str| format!("{pointer}/{name}");
    let both = |operation: Operation| (operation.clone(), operation);
    let is_removed = choices.below(3) == 0 && !pointer.is_empty();
    if is_removed {
        let list = pointer.rsplit_once('/').map_or("", |(list, _)| list);
        let siblings = found.iter().find(|(other, _, _)| other == list);
        let is_only = *is_body
            && siblings.is_some_and(|(_, list, _)| list.as_array().map(<[Value]>::len) == Some(1));
        let read = if is_only { list } else { pointer.as_str() };
        return (remove(pointer), remove(read));
    }
    if is_blocks(value) {
        return both(add(&child("-"), r#"{"o": 1, "p": [{}]}"#));
    }
    match value {
        Value::Object(_) if *is_body => {
            let block = r#"[{"q": 1}]"#;
            let new = if choices.below(2) == 0 { new } else { block };
            let name = if choices.below(2) == 0 {
                "n"
            } else {
                "longest"
            };
            both(add(&child(name), new))
        }
        Value::Object(_) if choices.below(2) == 0 => both(add(&child("new"), new)),
        Value::Array(_) if choices.below(2) == 0 => both(add(&child("-"), new)),
        _ => both(replace(pointer, new)),
    }
}

fn value_of(text: &str) -> Value {
    let source = Arc::new(Source::new("a.tf", text));
    let (documents, problems) = parse::parse(&source, FILE, Notation::Hcl);
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    let tree = &documents.first().unwrap().tree;
    let whole = tree.to_value(NodeId::ROOT, Typing::Json);
    let body = Path::from_pointer("/resource/aws_a/b").unwrap();
    whole.at(&body).unwrap().clone()
}

/// A text with other texts in place of the bytes that a fix names.
fn spliced(text: &str, fix: &Fix) -> String {
    let mut changes: Vec<_> = fix.changes().collect();
    changes.reverse();
    changes
        .iter()
        .fold(text.to_owned(), |mut text, (span, new)| {
            text.replace_range(span.range(), new);
            text
        })
}

proptest::proptest! {
    #[test]
    fn a_block_means_what_the_operation_gives_and_only_the_bytes_change_that_are_named(bytes in proptest::collection::vec(0_u8..=255, 4..80)) {
        let mut choices = Choices(bytes.into_iter());
        let line_end = if choices.below(2) == 0 { "\n" } else { "\r\n" };
        let root = content(2, &mut choices);
        let (written, read) = operation(&root, &mut choices);
        let mut writing = Writing::default();
        writing.body(&root, 2, &mut choices);
        let text = file(&writing.0).replace('\n', line_end);
        proptest::prop_assert_eq!(&value_of(&text), &root);
        let source = Arc::new(Source::new("a.tf", text.as_str()));
        let fix = fix_of(&source, vec![written.clone()]);
        proptest::prop_assert!(fix.is_ok(), "{:?} {:?}\n{}", fix, written, text);
        let fix = fix.unwrap();
        let applied = fix::apply(&source, FILE, &[&fix]);
        proptest::prop_assert_eq!(applied.made, vec![0], "{:?}\n{}\n{}", written, text, spliced(&text, &fix));
        let after = applied.text;
        proptest::prop_assert_eq!(&after, &spliced(&text, &fix));
        let expected = patched(&root, read.path.steps(), &read.act).unwrap();
        proptest::prop_assert_eq!(value_of(&after), expected, "{:?}\n{}\n{}", written, text, after);
        if matches!(written.act, Act::Add(_)) {
            for (span, _) in fix.changes() {
                let gone = text.get(span.range()).unwrap();
                proptest::prop_assert!(gone.trim().is_empty(), "{:?}\n{}\n{}", written, text, after);
            }
        }
    }
}
