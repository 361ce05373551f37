//! A real stream of YAML documents: no document is ever skipped, whatever stands between two of them.
//!
//! Readers that cut a file at the bytes `\n---\n` miss documents here without a word, which lets an object past them.

use plumbline_core::parse::{MAX_ALIAS_NODES, Notation};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;

use super::{documents, spelt};

/// The documents of a text, as JSON.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let (documents, problems) = documents(text, Notation::Yaml);
    assert_eq!(spelt(text, &problems), [""; 0], "{text}");
    let values: Vec<String> = documents
        .iter()
        .map(|document| json::to_string(&document.tree.to_value(NodeId::ROOT, Typing::Kubernetes)))
        .collect();
    assert_eq!(values, expected, "{text}");
}

/// The problems of a text, and the numbers of the documents that were read all the same.
#[track_caller]
fn refused(text: &str, expected: &[&str], read: &[usize]) {
    let (documents, problems) = documents(text, Notation::Yaml);
    assert_eq!(spelt(text, &problems), expected, "{text}");
    let numbers: Vec<usize> = documents.iter().map(|document| document.number).collect();
    assert_eq!(numbers, read, "{text}");
}

#[test]
fn a_separator_may_carry_a_comment_or_blanks() {
    check(
        "a: 1\n--- # second\na: 2\n---   \na: 3\n---\t\na: 4\n",
        &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#, r#"{"a":4}"#],
    );
}

#[test]
fn a_document_may_begin_on_the_line_of_its_separator() {
    check(
        "--- {a: 1}\n--- {a: 2}\n--- text\n--- |\n block\n",
        &[r#"{"a":1}"#, r#"{"a":2}"#, r#""text""#, r#""block\n""#],
    );
}

#[test]
fn a_separator_inside_a_block_scalar_separates_nothing() {
    check(
        "a: |\n  x\n  ---\n  y\nb: 1\n---\nc: 2\n",
        &[r#"{"a":"x\n---\ny\n","b":1}"#, r#"{"c":2}"#],
    );
}

#[test]
fn one_stray_carriage_return_hides_nothing() {
    check(
        "a: 1\r\n---\na: 2\n---\na: 3\n",
        &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#],
    );
    check(
        "a: 1\n---\r\na: 2\n---\na: 3\n",
        &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#],
    );
    check("a: 1\r\n---\r\na: 2\r\n", &[r#"{"a":1}"#, r#"{"a":2}"#]);
}

#[test]
fn a_byte_order_mark_is_no_content() {
    check("\u{feff}a: 1\n---\na: 2\n", &[r#"{"a":1}"#, r#"{"a":2}"#]);
}

#[test]
fn directives_and_document_ends_are_understood() {
    check(
        "%YAML 1.2\n---\na: 1\n...\n%YAML 1.1\n--- \na: 2\n...\n",
        &[r#"{"a":1}"#, r#"{"a":2}"#],
    );
    check("a: 1\n...\nb: 2\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
}

#[test]
fn empty_documents_are_kept_as_such() {
    check(
        "---\n---\na: 1\n---\n# nothing\n---\n",
        &["null", r#"{"a":1}"#, "null", "null"],
    );
    check("", &[]);
    check("# only a comment\n", &[]);
}

#[test]
fn a_text_without_a_line_end_is_whole() {
    check("a: 1\n---\na: 2", &[r#"{"a":1}"#, r#"{"a":2}"#]);
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    let (documents, problems) = documents(
        "a: 1\n---\nb: [1, 2\n---\nc: 3\n---\nd: 'open\n---\ne: 5\n",
        Notation::Yaml,
    );
    let numbers: Vec<usize> = documents.iter().map(|document| document.number).collect();
    assert_eq!(numbers.first(), Some(&1));
    assert!(numbers.contains(&3), "{numbers:?}");
    assert!(
        problems
            .iter()
            .all(plumbline_core::problem::Problem::is_error)
    );
    assert!(
        problems
            .first()
            .unwrap()
            .message
            .starts_with("document 2 is not valid YAML"),
        "{problems:?}"
    );
}

#[test]
fn a_template_is_recognised_as_one() {
    let (_, problems) = documents("a: {{ .Values.a }}\nb: 1\n", Notation::Yaml);
    let help: Vec<&str> = problems
        .iter()
        .filter_map(|problem| problem.help.as_deref())
        .collect();
    assert!(
        help.iter().any(|help| help.contains("template")),
        "{problems:?}"
    );
}

#[test]
fn a_key_given_twice_is_said_and_the_last_value_stays() {
    refused(
        "a: 1\nb: 2\na: 3\n",
        &["3:1 the key `a` is given twice"],
        &[1],
    );
    let wide: String = (0..100)
        .map(|n| ["k", &n.to_string(), ": x\n"].concat())
        .collect();
    refused(
        &format!("{wide}k7: again\n"),
        &["101:1 the key `k7` is given twice"],
        &[1],
    );
}

#[test]
fn aliases_are_expanded_with_merge_keys() {
    check(
        "base: &base {a: 1, b: 2}\nuse: {<<: *base, b: 3}\nlist: [*base]\n",
        &[r#"{"base":{"a":1,"b":2},"list":[{"a":1,"b":2}],"use":{"a":1,"b":3}}"#],
    );
    check(
        "p: &p {a: 1}\nq: &q {a: 2, b: 2}\nr: {<<: [*p, *q]}\n",
        &[r#"{"p":{"a":1},"q":{"a":2,"b":2},"r":{"a":1,"b":2}}"#],
    );
}

#[test]
fn an_alias_bomb_is_refused_within_the_budget() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..10 {
        let item = format!("*a{}", n - 1);
        text.push_str(&format!("a{n}: &a{n} [{}]\n", vec![item; 10].join(", ")));
    }
    text.push_str("---\nb: 1\n");
    let (documents, problems) = documents(&text, Notation::Yaml);
    assert_eq!(problems.len(), 1);
    assert!(
        problems
            .first()
            .unwrap()
            .message
            .contains(&MAX_ALIAS_NODES.to_string()),
        "{problems:?}"
    );
    assert_eq!(documents.first().map(|document| document.number), Some(2));
}

#[test]
fn an_alias_cannot_stand_in_itself() {
    refused(
        "a: &a [1, *a]\n---\nb: 1\n",
        &["1:11 an alias of a collection that it stands in"],
        &[2],
    );
}

#[test]
fn an_unknown_alias_is_refused_at_its_place() {
    let (_, problems) = documents("a: *nowhere\n", Notation::Yaml);
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn a_key_must_be_a_scalar() {
    refused(
        "? [a, b]\n: 1\n---\nb: 1\n",
        &["1:3 a key must be a scalar, not a collection"],
        &[2],
    );
}

#[test]
fn depth_has_a_limit_and_ends_in_an_error() {
    for text in [
        format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
        "- ".repeat(10_000),
        (0..10_000).map(|n| " ".repeat(n) + "a:\n").collect(),
    ] {
        let (_, problems) = documents(&text, Notation::Yaml);
        assert!(!problems.is_empty());
    }
    let (_, problems) = documents(&"[".repeat(10_000), Notation::Json);
    assert_eq!(problems.len(), 1);
}

#[test]
fn json_texts_may_follow_each_other() {
    let (documents, problems) = documents("{\"a\": 1}\n{\"a\": 2} [3]\n", Notation::Json);
    assert_eq!((documents.len(), problems.len()), (3, 0));
}

#[test]
fn broken_json_is_said_and_what_came_before_it_stays() {
    let text = "{\"a\": 1}\n{\"a\": }\n";
    let (documents, problems) = documents(text, Notation::Json);
    assert_eq!(documents.len(), 1);
    assert_eq!(
        spelt(text, &problems),
        ["2:7 not valid JSON: expected a value, found `}`"]
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "[-a-c:\\[\\]{},&*!|>'\"#%? \t\r\n.<~0-9]{0,120}") {
        documents(&text, Notation::Yaml);
        documents(&text, Notation::Json);
    }

    #[test]
    fn every_node_lies_within_its_text(text in "([a-c]: ?[0-9\\[{'\"&*x]{0,4}\n( {0,4}- [a-c]: 1\n)?(---( #x)?\n)?){0,12}") {
        let (documents, problems) = documents(&text, Notation::Yaml);
        for document in &documents {
            for node in document.tree.all() {
                let place = document.tree.place(node);
                proptest::prop_assert!(place.is_some_and(|span| span.start <= span.end && span.end as usize <= text.len()));
            }
        }
        for problem in &problems {
            let plumbline_core::problem::Place::Span(span) = problem.place else { continue };
            proptest::prop_assert!(span.end as usize <= text.len());
        }
    }
}
