//! Unit files to documents.

use plumbline_core::parse::Notation;
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::{Path, value::json};

use super::{documents, spelt};

#[track_caller]
fn check(text: &str, expected: &str, problems: &[&str]) {
    let (documents, found) = documents(text, Notation::Unit);
    let values: Vec<String> = documents
        .iter()
        .map(|document| json::to_string(&document.tree.to_value(NodeId::ROOT, Typing::Json)))
        .collect();
    assert_eq!(values, [expected], "{text}");
    assert_eq!(spelt(text, &found), problems, "{text}");
}

#[test]
fn sections_hold_keys_and_keys_hold_lists() {
    check(
        "[Unit]\nDescription=Web shop\n\n[Service]\nExecStart=/bin/web --port=80\n",
        r#"{"Service":{"ExecStart":["/bin/web --port=80"]},"Unit":{"Description":["Web shop"]}}"#,
        &[],
    );
}

#[test]
fn a_text_without_a_section_is_empty() {
    check("", "null", &[]);
    check("# nothing\n\n", "null", &[]);
}

#[test]
fn whitespace_around_keys_and_values_is_none_of_them() {
    check(
        "[Service]\n  A = b  c \t\r\n",
        r#"{"Service":{"A":["b  c"]}}"#,
        &[],
    );
}

#[test]
fn both_signs_begin_a_comment_and_only_at_the_start_of_a_line() {
    check(
        "# a\n; b\n[S]\n  # c\nA=1 # d ; e\n",
        r#"{"S":{"A":["1 # d ; e"]}}"#,
        &[],
    );
}

#[test]
fn a_repeated_key_collects_its_values_in_order() {
    check(
        "[S]\nA=2\nB=x\nA=1\n",
        r#"{"S":{"A":["2","1"],"B":["x"]}}"#,
        &[],
    );
}

#[test]
fn an_empty_assignment_takes_back_those_before_it() {
    check("[S]\nA=1\nA=\nA=2\n", r#"{"S":{"A":["2"]}}"#, &[]);
    check("[S]\nA=1\nA=\n", r#"{"S":{"A":[]}}"#, &[]);
}

#[test]
fn keys_and_sections_differ_in_upper_and_lower_case() {
    check(
        "[S]\nKey=1\nkey=2\n[s]\nKey=3\n",
        r#"{"S":{"Key":["1"],"key":["2"]},"s":{"Key":["3"]}}"#,
        &[],
    );
}

#[test]
fn a_section_that_appears_twice_is_one() {
    check(
        "[S]\nA=1\n[T]\nB=2\n[S]\nA=3\n",
        r#"{"S":{"A":["1","3"]},"T":{"B":["2"]}}"#,
        &[],
    );
}

#[test]
fn a_backslash_makes_a_line_go_on() {
    check(
        "[S]\nA=b \\\n  # not this\n; nor this\n  c\\\nd\nE=f\n",
        r#"{"S":{"A":["b c d"],"E":["f"]}}"#,
        &[],
    );
    check("[S]\nA=b \\\r\n  c\r\n", r#"{"S":{"A":["b c"]}}"#, &[]);
    check("[S]\nA=b \\", r#"{"S":{"A":["b"]}}"#, &[]);
}

#[test]
fn two_backslashes_and_one_before_a_space_do_not() {
    check(
        "[S]\nA=b\\\\\nC=d\\ \nE=f\n",
        r#"{"S":{"A":["b\\\\"],"C":["d\\"],"E":["f"]}}"#,
        &[],
    );
}

#[test]
fn an_empty_line_ends_what_goes_on() {
    check(
        "[S]\nA=b \\\n\nC=d\n",
        r#"{"S":{"A":["b"],"C":["d"]}}"#,
        &[],
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_section() {
    check("\u{feff}[S]\nA=b\n", r#"{"S":{"A":["b"]}}"#, &[]);
    check(
        "\u{feff}A=b\n",
        "null",
        &["1:1 text before the first section"],
    );
}

#[test]
fn text_before_the_first_section_is_said_once() {
    check(
        "A=b\nc\n[S]\nD=e\n",
        r#"{"S":{"D":["e"]}}"#,
        &["1:1 text before the first section"],
    );
}

#[test]
fn a_line_that_is_no_assignment_is_said() {
    check(
        "[S]\nA=b\n  c d\n=e\n",
        r#"{"S":{"A":["b"]}}"#,
        &[
            "3:3 expected `Key=Value`, found a line without `=`",
            "4:1 expected `Key=Value`, found a line without a key",
        ],
    );
}

#[test]
fn a_header_that_is_not_closed_is_said_and_read() {
    for header in ["[S", "[S] # comment", "[S]]"] {
        check(
            &format!("{header}\nA=b\n"),
            r#"{"S":{"A":["b"]}}"#,
            &["1:1 a section header that does not end in `]`"],
        );
    }
    check("  [S]  \nA=b\n", r#"{"S":{"A":["b"]}}"#, &[]);
}

#[test]
fn markup_under_the_same_file_name_is_text_alone() {
    check(
        "<?xml version=\"1.0\"?>\n<a/>\n",
        r#""<?xml version=\"1.0\"?>\n<a/>\n""#,
        &[],
    );
}

/// The bytes that a pointer's place and its span cover.
#[track_caller]
fn bytes(text: &str, pointer: &str, place: &str, span: &str) {
    let (documents, _) = documents(text, Notation::Unit);
    let tree = &documents.first().unwrap().tree;
    let path = Path::from_pointer(pointer).unwrap();
    let reached = tree.follow(NodeId::ROOT, &path, Typing::Json);
    assert_eq!(reached.steps, path.len(), "{pointer}");
    let bytes = |span: plumbline_core::source::Span| text.get(span.range()).unwrap();
    assert_eq!(
        tree.place(reached.node).map(bytes),
        Some(place),
        "{pointer}"
    );
    assert_eq!(tree.span(reached.node).map(bytes), Some(span), "{pointer}");
}

#[test]
fn a_key_and_its_values_are_known_by_their_bytes() {
    let text = "[S]\n A = b \nA=c\n";
    bytes(text, "/S", "S", "[S]\n A = b \nA=c");
    bytes(text, "/S/A", "A", "b \nA=c");
    bytes(text, "/S/A/0", "b", "b");
    bytes(text, "/S/A/1", "c", "c");
}

#[test]
fn a_value_of_several_lines_reaches_from_its_first_byte_to_its_last() {
    bytes("[S]\nA=b \\\n  c\n", "/S/A/0", "b \\\n  c", "b \\\n  c");
    bytes("[S]\nA=\\\n  c \n", "/S/A/0", "c", "c");
}

#[test]
fn a_key_that_was_reset_stands_where_it_counts() {
    bytes("[S]\nA=1\nBB=\nA=\n", "/S/A", "A", "");
    bytes("\u{feff}[S]\nA=1\n", "/S/A/0", "1", "1");
}
