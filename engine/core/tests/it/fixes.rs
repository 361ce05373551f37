//! Fixes: the text changes where it must, means what it should, and everything else stays.

use std::sync::Arc;

use plumbline_core::fix::{self, Act, Fix, Operation};
use plumbline_core::parse::{self, Notation};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;
use plumbline_rego::{Object, Path, Step, Value};

const FILE: FileId = FileId(0);

/// A text after operations, or why they are not made.
fn edited(name: &str, text: &str, operations: Vec<Operation>) -> Result<String, String> {
    let source = Arc::new(Source::new(name, text));
    let fix = fix_of(&source, operations)?;
    let applied = fix::apply(&source, FILE, &[&fix]);
    if applied.made.is_empty() {
        return Err("it does not come to what it says".to_owned());
    }
    Ok(applied.text)
}

fn fix_of(source: &Arc<Source>, operations: Vec<Operation>) -> Result<Fix, String> {
    let notation = Notation::of_file_name(source.name()).unwrap();
    let (documents, problems) = parse::parse(source, FILE, notation);
    assert!(problems.is_empty(), "{problems:?}\n{}", source.text());
    let tree = &documents.first().unwrap().tree;
    Fix::new(tree, FILE, Typing::Kubernetes, operations)
}

fn path(pointer: &str) -> Path {
    Path::from_pointer(pointer).unwrap()
}

pub(super) fn add(pointer: &str, value: &str) -> Operation {
    let act = Act::Add(json::parse(value).unwrap());
    let path = path(pointer);
    Operation { act, path }
}

pub(super) fn replace(pointer: &str, value: &str) -> Operation {
    let act = Act::Replace(json::parse(value).unwrap());
    let path = path(pointer);
    Operation { act, path }
}

pub(super) fn remove(pointer: &str) -> Operation {
    let path = path(pointer);
    let act = Act::Remove;
    Operation { act, path }
}

#[track_caller]
fn yaml(text: &str, operation: Operation, expected: &str) {
    assert_eq!(edited("a.yaml", text, vec![operation]).unwrap(), expected);
}

#[track_caller]
fn json_text(text: &str, operation: Operation, expected: &str) {
    assert_eq!(edited("a.json", text, vec![operation]).unwrap(), expected);
}

#[track_caller]
fn refused(text: &str, operation: Operation, why: &str) {
    let error = edited("a.yaml", text, vec![operation]).unwrap_err();
    assert!(error.contains(why), "{error}");
}

#[test]
fn a_value_is_replaced_where_it_stands_and_its_comment_stays() {
    let text = "a:\n  b: true # why\n  c: 'x'\n";
    yaml(
        text,
        replace("/a/b", "false"),
        "a:\n  b: false # why\n  c: 'x'\n",
    );
    yaml(text, replace("/a/c", "7"), "a:\n  b: true # why\n  c: 7\n");
    let below = "a:\n  b: # why\n    x:\n      - 1\n  c: 'x'\n";
    yaml(text, replace("/a/b", r#"{"x": [1]}"#), below);
    yaml(below, replace("/a/b", "true"), text);
}

#[test]
fn a_text_keeps_its_type() {
    for word in ["yes", "off", "~", "0x1F", "1_000", "a: b", "# c", ""] {
        let value = json::to_string(&Value::string(word));
        let text = edited("a.yaml", "a: 1\n", vec![replace("/a", &value)]).unwrap();
        assert!(text.starts_with("a: \""), "{text}");
    }
    yaml(
        "a: 1\n",
        replace("/a", r#""RuntimeDefault""#),
        "a: RuntimeDefault\n",
    );
}

#[test]
fn an_addition_makes_the_mappings_that_are_missing() {
    let text = "spec:\n  containers:\n    - name: a # x\n      image: b # y\n    - name: c\n";
    yaml(
        text,
        add("/spec/containers/0/securityContext/privileged", "false"),
        "spec:\n  containers:\n    - name: a # x\n      image: b # y\n      securityContext:\n        privileged: false\n    - name: c\n",
    );
    yaml("a:\nb: 1\n", add("/a/c", "true"), "a:\n  c: true\nb: 1\n");
    yaml("a: {} # x\n", add("/a/c", "true"), "a: {c: true} # x\n");
}

#[test]
fn an_addition_to_what_is_there_replaces_it() {
    yaml("a: 1\n", add("/a", "2"), "a: 2\n");
    yaml(
        "a:\n  - 1\n  - 3\n",
        add("/a/1", "2"),
        "a:\n  - 1\n  - 2\n  - 3\n",
    );
}

#[test]
fn a_list_grows_at_its_end() {
    yaml(
        "a:\n- x # y\nb: 1\n",
        add("/a/-", r#"{"c": 1, "d": 2}"#),
        "a:\n- x # y\n- c: 1\n  d: 2\nb: 1\n",
    );
    yaml("a: [x] # y\n", add("/a/-", r#""z""#), "a: [x, z] # y\n");
    yaml("a: []\n", add("/a/-", r#""z""#), "a: [z]\n");
    refused("a: [x]\n", add("/a/3", "1"), "no item `3`");
}

#[test]
fn what_is_removed_takes_its_lines_along_and_no_others() {
    yaml(
        "a:\n  b: 1 # x\n  # y\n  c: 2\n",
        remove("/a/b"),
        "a:\n  # y\n  c: 2\n",
    );
    yaml(
        "a:\n  - b: 1\n    c: 2\n",
        remove("/a/0/b"),
        "a:\n  - c: 2\n",
    );
    yaml("a:\n  - x\n  - y # z\n", remove("/a/0"), "a:\n  - y # z\n");
    yaml("a: {b: 1, c: 2}\n", remove("/a/b"), "a: {c: 2}\n");
    yaml("a: {b: 1, c: 2}\n", remove("/a/c"), "a: {b: 1}\n");
    refused("a: 1\n", remove("/b"), "nothing is written at");
}

#[test]
fn what_loses_its_last_entry_is_empty() {
    yaml(
        "a: # x\n  b: 1\nc: 2\n",
        remove("/a/b"),
        "a: {} # x\nc: 2\n",
    );
    yaml("a:\n  - b: 1\n", remove("/a/0/b"), "a:\n  - {}\n");
    yaml("a:\n  - b\n", remove("/a/0"), "a: []\n");
}

#[test]
fn json_keeps_its_commas_and_its_indentation() {
    let text = "{\n  \"a\": 1,\n  \"b\": [1]\n}\n";
    json_text(
        text,
        add("/c", "\"yes\""),
        "{\n  \"a\": 1,\n  \"b\": [1],\n  \"c\": \"yes\"\n}\n",
    );
    json_text(text, remove("/b"), "{\n  \"a\": 1\n}\n");
    json_text(text, remove("/a"), "{\n  \"b\": [1]\n}\n");
    json_text(
        text,
        replace("/b/0", "{\"d\": true}"),
        "{\n  \"a\": 1,\n  \"b\": [{\"d\": true}]\n}\n",
    );
    json_text("{\"a\": {}}", add("/a/b", "true"), "{\"a\": {\"b\": true}}");
}

#[test]
fn json_that_is_read_as_yaml_stays_json() {
    yaml(
        "{\"a\": 1}\n",
        add("/b", "\"x\""),
        "{\"a\": 1, \"b\": \"x\"}\n",
    );
}

#[test]
fn line_ends_stay_as_they_are() {
    yaml("a:\r\n  b: 1", add("/a/c", "2"), "a:\r\n  b: 1\r\n  c: 2");
    yaml("a:\r\n  b: 1\r\n  c: 2", remove("/a/c"), "a:\r\n  b: 1");
    yaml(
        "a:\r\n  b: 1\r\n",
        add("/c/d", "2"),
        "a:\r\n  b: 1\r\nc:\r\n  d: 2\r\n",
    );
}

#[test]
fn a_text_of_several_lines_is_one_value() {
    let text = "a: |\n  one\n  two\nb: 1 # x\n";
    yaml(text, replace("/a", "1"), "a: 1\nb: 1 # x\n");
    yaml(text, remove("/a"), "b: 1 # x\n");
    yaml(
        "b:\n  a: |\n    one\n",
        add("/b/c", "1"),
        "b:\n  a: |\n    one\n  c: 1\n",
    );
}

#[test]
fn what_stands_for_several_places_is_not_edited() {
    let anchored = "a: &x {b: 1}\nc: *x\n";
    refused(anchored, replace("/a/b", "2"), "several places");
    refused(anchored, replace("/c/b", "2"), "several places");
    let merged = "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n";
    refused(merged, replace("/c/b", "2"), "several places");
    yaml(
        merged,
        add("/c/e", "3"),
        "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n  e: 3\n",
    );
}

#[test]
fn what_a_template_computes_is_not_edited() {
    refused(
        "a: !Ref B\n",
        replace("/a", "1"),
        "a function of the template",
    );
    yaml("a: !Ref B\nb: 1\n", replace("/b", "2"), "a: !Ref B\nb: 2\n");
}

#[test]
fn other_documents_stay_as_they_are() {
    let text = "# one\na: 1\n---\n# two\na: 1\n";
    yaml(text, replace("/a", "2"), "# one\na: 2\n---\n# two\na: 1\n");
}

#[test]
fn operations_of_one_fix_are_made_together() {
    let both = vec![add("/a/c", "2"), add("/a/d", "3"), replace("/a/b", "0")];
    let text = edited("a.yaml", "a:\n  b: 1\n", both).unwrap();
    assert_eq!(text, "a:\n  b: 0\n  c: 2\n  d: 3\n");
    let twice = vec![replace("/a/b", "2"), remove("/a/b")];
    assert!(edited("a.yaml", "a:\n  b: 1\n  c: 2\n", twice).is_err());
}

#[test]
fn fixes_that_touch_each_other_wait_for_another_time() {
    let source = Arc::new(Source::new("a.yaml", "a:\n  b: 1\nc: 2\n"));
    let of = |operation| fix_of(&source, vec![operation]).unwrap();
    let (one, same, apart) = (
        of(add("/a/x", "1")),
        of(add("/a/y", "1")),
        of(replace("/c", "3")),
    );
    let applied = fix::apply(&source, FILE, &[&one, &same, &apart]);
    assert_eq!(applied.text, "a:\n  b: 1\n  x: 1\nc: 3\n");
    assert_eq!((applied.made, applied.broken), (vec![0, 2], vec![]));
}

#[test]
fn fixes_that_say_the_same_are_made_as_one() {
    let source = Arc::new(Source::new("a.yaml", "a: 1\n"));
    let of = |value| fix_of(&source, vec![replace("/a", value)]).unwrap();
    let (one, same, other) = (of("2"), of("2"), of("3"));
    let applied = fix::apply(&source, FILE, &[&one, &same, &other]);
    assert_eq!(applied.text, "a: 2\n");
    assert_eq!((applied.made, applied.broken), (vec![0, 1], vec![]));
}

#[test]
fn a_difference_is_a_patch_and_none_is_nothing() {
    let patch = fix::diff("a.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n");
    assert_eq!(
        patch,
        "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n"
    );
    assert_eq!(fix::diff("a.yaml", "a: 1\n", "a: 1\n"), "");
}

/// Decisions in order; zero when there are no more.
pub(super) struct Choices(pub(super) std::vec::IntoIter<u8>);

impl Choices {
    pub(super) fn below(&mut self, limit: u8) -> u8 {
        self.0.next().unwrap_or(0) % limit
    }

    /// A small value of any kind.
    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 4 } else { 8 }) {
            0 => Value::Bool(true),
            1 => Value::from(7_i64),
            2 => Value::from("text"),
            3 => Value::from("yes"),
            4 | 5 => {
                let keys = ["a", "b", "c"].into_iter().take(self.below(4).into());
                let entries: Vec<(Value, Value)> = keys
                    .map(|key| (Value::from(key), self.value(depth - 1)))
                    .collect();
                Value::Object(entries.into_iter().collect())
            }
            _ => {
                let items = 0..self.below(4);
                Value::from(items.map(|_| self.value(depth - 1)).collect::<Vec<_>>())
            }
        }
    }
}

/// A text in the making, and the comments in it with the pointer of what they speak of.
#[derive(Default)]
struct Writing {
    out: String,
    comments: Vec<(String, String)>,
}

impl Writing {
    fn comment(&mut self, pointer: &str) -> String {
        let comment = format!("# <{}>", self.comments.len());
        self.comments.push((pointer.to_owned(), comment.clone()));
        comment
    }

    /// Ends a line, at times with a comment.
    fn end(&mut self, pointer: &str, choices: &mut Choices) {
        if choices.below(3) == 1 {
            let comment = self.comment(pointer);
            self.out.push_str(&format!(" {comment}"));
        }
        self.out.push('\n');
    }

    /// A value behind its key or dash, in one of YAML's styles.
    fn value(&mut self, value: &Value, pointer: &str, indent: usize, choices: &mut Choices) {
        if has_parts(value) && choices.below(4) > 0 {
            self.end(pointer, choices);
            self.block(value, pointer, indent, choices, true);
        } else {
            self.out.push_str(&format!(" {}", on_a_line(value)));
            self.end(pointer, choices);
        }
    }

    fn block(
        &mut self,
        value: &Value,
        pointer: &str,
        indent: usize,
        choices: &mut Choices,
        is_first_indented: bool,
    ) {
        let mut margin = if is_first_indented { indent } else { 0 };
        if let Value::Object(object) = value {
            for (key, value) in object.iter() {
                let key = key.as_str().unwrap();
                let pointer = format!("{pointer}/{key}");
                if margin == indent && choices.below(4) == 1 {
                    let comment = self.comment(&pointer);
                    self.out
                        .push_str(&format!("{}{comment}\n", " ".repeat(indent)));
                }
                self.out.push_str(&format!("{}{key}:", " ".repeat(margin)));
                self.value(value, &pointer, indent + 2, choices);
                margin = indent;
            }
        }
        if let Value::Array(items) = value {
            for (index, item) in items.iter().enumerate() {
                let pointer = format!("{pointer}/{index}");
                self.out.push_str(&format!("{}-", " ".repeat(margin)));
                if has_parts(item) {
                    self.out.push(' ');
                    self.block(item, &pointer, indent + 2, choices, false);
                } else {
                    self.out.push_str(&format!(" {}", on_a_line(item)));
                    self.end(&pointer, choices);
                }
                margin = indent;
            }
        }
    }
}

fn has_parts(value: &Value) -> bool {
    match value {
        Value::Object(object) => !object.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// A value within braces and brackets; no text in it has a colon or a comma.
fn on_a_line(value: &Value) -> String {
    let text = json::to_string(value);
    text.replace(':', ": ").replace(',', ", ")
}

/// Every pointer below a value, with what is there.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    found.push((pointer.to_owned(), value.clone()));
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            pointers(
                value,
                &format!("{pointer}/{}", key.as_str().unwrap()),
                found,
            );
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
            pointers(value, &format!("{pointer}/{index}"), found);
        }),
        _ => {}
    }
}

/// What an operation makes of a value: the meaning that texts are held against.
pub(super) fn patched(value: &Value, steps: &[Step], act: &Act) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else {
        return match act {
            Act::Add(new) | Act::Replace(new) => Some(new.clone()),
            Act::Remove => None,
        };
    };
    match (value, step) {
        (Value::Object(object), Step::Key(key)) => {
            let old = object.get_str(key.as_str()).cloned();
            let new = patched(&old.unwrap_or(Value::Null), rest, act);
            let others = object
                .iter()
                .filter(|(other, _)| other.as_str() != Some(key.as_str()))
                .map(|(key, value)| (key.clone(), value.clone()));
            let new = new.map(|new| (Value::string(key.as_str()), new));
            let object: Object = others.chain(new).collect();
            Some(Value::Object(object))
        }
        (Value::Array(items), step) => {
            let mut items = items.as_slice().to_vec();
            match step {
                Step::Index(index) => {
                    let new = patched(&items.remove(*index), rest, act);
                    new.into_iter().for_each(|new| items.insert(*index, new));
                }
                Step::Key(_) => items.extend(patched(&Value::Null, rest, act)),
            }
            Some(Value::from(items))
        }
        _ => None,
    }
}

/// An operation that can be made of a document, and the pointer of what it takes away.
fn operation(root: &Value, choices: &mut Choices) -> (Operation, String) {
    const NEW: &[&str] = &["true", "\"off\"", "{\"x\": [1]}", "[\"a\"]", "{}", "\"A\""];
    let mut found = Vec::new();
    pointers(root, "", &mut found);
    let chosen = usize::from(choices.below(200)) % found.len();
    let (pointer, value) = found.get(chosen).unwrap();
    let new = NEW.get(usize::from(choices.below(6))).unwrap();
    match (value, choices.below(3)) {
        (Value::Object(_), 0) => (add(&format!("{pointer}/new"), new), "!".to_owned()),
        (Value::Array(_), 0) => (add(&format!("{pointer}/-"), new), "!".to_owned()),
        (_, 1) if !pointer.is_empty() => (remove(pointer), pointer.clone()),
        (Value::Object(_) | Value::Array(_), _) => (replace(pointer, new), pointer.clone()),
        _ if new.starts_with(['{', '[']) => (replace(pointer, new), pointer.clone()),
        _ => (replace(pointer, new), "!".to_owned()),
    }
}

fn value_of(name: &str, text: &str) -> Value {
    let source = Arc::new(Source::new(name, text));
    let notation = Notation::of_file_name(name).unwrap();
    let (documents, problems) = parse::parse(&source, FILE, notation);
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    let tree = &documents.first().unwrap().tree;
    tree.to_value(NodeId::ROOT, Typing::Kubernetes)
}

/// A mapping that is never empty, so that its text is on lines of its own.
fn document(choices: &mut Choices) -> Value {
    let entries = [
        (Value::from("p"), choices.value(3)),
        (Value::from("q"), choices.value(2)),
    ];
    Value::Object(entries.into_iter().collect())
}

proptest::proptest! {
    #[test]
    fn yaml_means_what_the_operation_gives_and_keeps_its_comments(bytes in proptest::collection::vec(0_u8..=255, 4..60)) {
        let mut choices = Choices(bytes.into_iter());
        let line_end = if choices.below(2) == 0 { "\n" } else { "\r\n" };
        let has_last_end = choices.below(2) == 0;
        let root = document(&mut choices);
        let (operation, taken) = operation(&root, &mut choices);
        let mut writing = Writing::default();
        writing.block(&root, "", 0, &mut choices, true);
        let mut text = writing.out.replace('\n', line_end);
        if !has_last_end {
            text.truncate(text.trim_end().len());
        }
        proptest::prop_assert_eq!(&value_of("a.yaml", &text), &root);
        let expected = patched(&root, operation.path.steps(), &operation.act).unwrap();
        let after = edited("a.yaml", &text, vec![operation.clone()]);
        proptest::prop_assert!(after.is_ok(), "{:?} {:?}\n{}", after, operation, text);
        let after = after.unwrap_or_default();
        proptest::prop_assert_eq!(value_of("a.yaml", &after), expected, "{:?}\n{}\n{}", operation, text, after);
        for (pointer, comment) in &writing.comments {
            let is_taken = pointer.starts_with(&taken);
            proptest::prop_assert!(is_taken || after.contains(comment), "{} {:?}\n{}\n{}", comment, operation, text, after);
        }
    }

    #[test]
    fn json_means_what_the_operation_gives(bytes in proptest::collection::vec(0_u8..=255, 4..60)) {
        let mut choices = Choices(bytes.into_iter());
        let is_compact = choices.below(2) == 0;
        let root = document(&mut choices);
        let (operation, _) = operation(&root, &mut choices);
        let text = if is_compact { json::to_string(&root) } else { json::to_string_pretty(&root) };
        let expected = patched(&root, operation.path.steps(), &operation.act).unwrap();
        let after = edited("a.json", &text, vec![operation.clone()]);
        proptest::prop_assert!(after.is_ok(), "{:?} {:?}\n{}", after, operation, text);
        let after = after.unwrap_or_default();
        proptest::prop_assert_eq!(value_of("a.json", &after), expected, "{:?}\n{}\n{}", operation, text, after);
    }
}
