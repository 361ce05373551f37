use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, set};
use crate::value::{Object, Value};

const NAME: &str = "strings.render_template";

#[track_caller]
fn check(template: &str, variables: &str, expected: &str) {
    let arguments = format!("[{}, {variables}]", Value::from(template));
    assert_eq!(
        answer(BUILTINS, NAME, &arguments),
        Value::from(expected).to_string(),
        "{template}"
    );
}

#[track_caller]
fn refused(template: &str, variables: &str, expected: &str) {
    let arguments = format!("[{}, {variables}]", Value::from(template));
    let expected = format!("error: {NAME}: {expected}");
    assert_eq!(answer(BUILTINS, NAME, &arguments), expected, "{template}");
}

#[track_caller]
fn not_json(variable: Value, expected: &str) {
    let variables = Value::from(Object::from_iter([(Value::from("a"), variable)]));
    let operands = [Value::from("{{.a}}"), variables];
    let expected = format!("error: {NAME}: invalid character {expected}");
    assert_eq!(answer_within(BUILTINS, NAME, &operands, 10_000), expected);
}

#[test]
fn fields_are_printed_as_go_prints_them() {
    check("{{.test}}", r#"{"test": 2023}"#, "2023");
    check(
        "{{.a}} {{.b}} {{.c}}",
        r#"{"a": 1.50, "b": true, "c": "x"}"#,
        "1.50 true x",
    );
    check(
        "{{.a}}",
        r#"{"a": [1, "x", null, true, {"b": "c"}]}"#,
        "[1 x <nil> true map[b:c]]",
    );
    check("{{.}}", r#"{"s": "abc", "n": 1.50}"#, "map[n:1.50 s:abc]");
    check(
        "{{.a.b}} {{ (index .l 0).x }}",
        r#"{"a": {"b": 1}, "l": [{"x": 2}]}"#,
        "1 2",
    );
    check("{{$.s}} {{$}}", r#"{"s": "abc"}"#, "abc map[s:abc]");
    check("", "{}", "");
    check("plain", "{}", "plain");
}

#[test]
fn what_is_missing_is_undefined() {
    check("{{.x}}", r#"{"test": 1}"#, "<undefined>");
    check(
        "<no value> {{.x}} {{.x.y.z}}",
        "{}",
        "<undefined> <undefined> <undefined>",
    );
    check("{{.a}}", r#"{"a": null}"#, "<undefined>");
    check("{{print .x}} {{html .x}}", "{}", "<nil> &lt;no value&gt;");
}

#[test]
fn fields_of_what_has_none_say_where() {
    refused(
        "{{.a.b}}",
        r#"{"a": "x"}"#,
        r#"template: template:1:4: executing "template" at <.a.b>: can't evaluate field b in type interface {}"#,
    );
    refused(
        "{{.a.b.c}}",
        r#"{"a": {"b": null}}"#,
        r#"template: template:1:4: executing "template" at <.a.b.c>: nil pointer evaluating interface {}.c"#,
    );
    refused(
        "{{(.a).b}}",
        r#"{"a": "x"}"#,
        r#"template: template:1:3: executing "template" at <.a>: can't evaluate field b in type string"#,
    );
    refused(
        "x\n{{.s}}\n  {{.s.y.z}}",
        r#"{"s": "abc"}"#,
        r#"template: template:3:6: executing "template" at <.s.y.z>: can't evaluate field y in type interface {}"#,
    );
    refused(
        "{{range .l}}{{.x}}{{.y.z}}{{end}}",
        r#"{"l": [{"x": 1}, "s"]}"#,
        r#"template: template:1:14: executing "template" at <.x>: can't evaluate field x in type interface {}"#,
    );
    refused(
        "{{.s 1}}",
        r#"{"s": "abc"}"#,
        r#"template: template:1:2: executing "template" at <.s>: s is not a method but has arguments"#,
    );
    refused(
        "{{1 | .s}}",
        r#"{"s": "abc"}"#,
        r#"template: template:1:6: executing "template" at <.s>: s is not a method but has arguments"#,
    );
    refused(
        "{{with .a}}{{.b}}{{end}}",
        r#"{"a": 5}"#,
        r#"template: template:1:13: executing "template" at <.b>: can't evaluate field b in type json.Number"#,
    );
    refused(
        "{{$x := .a}}{{$x.b}}",
        r#"{"a": 5}"#,
        r#"template: template:1:16: executing "template" at <$x.b>: can't evaluate field b in type json.Number"#,
    );
}

#[test]
fn conditions_choose() {
    check("{{if .n}}y{{else}}n{{end}}", r#"{"n": 0}"#, "y");
    check("{{if .n}}y{{else}}n{{end}}", r#"{"n": ""}"#, "n");
    check("{{if .n}}y{{else}}n{{end}}", r#"{"n": []}"#, "n");
    check("{{if .n}}y{{end}}", r#"{"n": false}"#, "");
    check(
        "{{if .a}}1{{else if .b}}2{{else}}3{{end}}",
        r#"{"a": false, "b": true}"#,
        "2",
    );
    check(
        "{{with .q}}a{{else with .s}}b{{.}}{{end}}",
        r#"{"s": "abc"}"#,
        "babc",
    );
    check(
        "{{with $x := .s}}{{$x}}{{.}}{{else}}no{{end}}",
        r#"{"s": "abc"}"#,
        "abcabc",
    );
    check(
        "{{if and .a (not .b)}}y{{else}}n{{end}}",
        r#"{"a": true, "b": false}"#,
        "y",
    );
}

#[test]
fn loops_go_through_everything() {
    check(
        "{{range .l}}<{{.}}>{{else}}none{{end}}",
        r#"{"l": [1, 2]}"#,
        "<1><2>",
    );
    check(
        "{{range .l}}<{{.}}>{{else}}none{{end}}",
        r#"{"l": []}"#,
        "none",
    );
    check(
        "{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}",
        r#"{"m": {"b": 1, "a": 2}}"#,
        "a=2;b=1;",
    );
    check(
        "{{range $i, $v := .l}}{{if eq $i 1}}{{continue}}{{end}}{{if eq $i 3}}{{break}}{{end}}{{$i}}={{$v}};{{end}}",
        r#"{"l": [1,2,3,4,5]}"#,
        "0=1;2=3;",
    );
    check(
        "{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}",
        "{}",
        "01201",
    );
    refused(
        "{{range .n}}y{{end}}",
        r#"{"n": 3}"#,
        r#"template: template:1:8: executing "template" at <.n>: range can't iterate over 3"#,
    );
    refused(
        "{{range $i, $v := 3}}{{.}}{{end}}",
        "{}",
        r#"template: template:1:18: executing "template" at <3>: can't use 3 to iterate over more than one variable"#,
    );
    check(
        "{{$x := 0}}{{range .l}}{{$x = .}}{{end}}{{$x}}",
        r#"{"l": [1, 2]}"#,
        "2",
    );
    check(
        "{{$k := 0}}{{$v := 0}}{{range $k, $v = .l}}{{end}}{{$k}}{{$v}}",
        r#"{"l": [5, 6]}"#,
        "16",
    );
    check("{{range .x}}a{{else}}b{{end}}", "{}", "b");
    check(
        "{{range .l}}{{range .}}{{.}}{{end}};{{end}}",
        r#"{"l": [[1,2],[3]]}"#,
        "12;3;",
    );
    check(
        "{{range (index .s 0)}}{{break}}{{end}}",
        r#"{"s": "a"}"#,
        "",
    );
}

#[test]
fn variables_live_until_their_end() {
    check("{{$x := 1}}{{$x = 2}}{{$x}}", "{}", "2");
    check("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "{}", "2");
    check("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "{}", "1");
    refused(
        "{{if true}}{{$y := 1}}{{end}}{{$y}}",
        "{}",
        r#"template: template:1: undefined variable "$y""#,
    );
    refused(
        "{{$z = 1}}",
        "{}",
        r#"template: template:1:7: executing "template" at <1>: undefined variable: $z"#,
    );
    refused(
        "{{$x := 1}}{{$x, $y := .l}}",
        r#"{"l": []}"#,
        "template: template:1: too many declarations in command",
    );
}

#[test]
fn templates_call_templates() {
    check(
        r#"{{define "t"}}[{{.}}]{{end}}{{template "t" .s}}{{template "t"}}"#,
        r#"{"s": "abc"}"#,
        "[abc][<undefined>]",
    );
    check(
        r#"{{block "t" .s}}<{{.}}>{{end}}"#,
        r#"{"s": "abc"}"#,
        "<abc>",
    );
    refused(
        r#"{{template "u"}}"#,
        "{}",
        r#"template: template:1:11: executing "template" at <{{template "u"}}>: template "u" not defined"#,
    );
    refused(
        r#"{{define "t"}}{{.a.b}}{{end}}{{template "t" .}}"#,
        r#"{"a": 1}"#,
        r#"template: template:1:18: executing "t" at <.a.b>: can't evaluate field b in type interface {}"#,
    );
    refused(
        r#"{{define "t"}}a{{end}}{{define "t"}}b{{end}}"#,
        "{}",
        r#"template: template:1: template: multiple definition of template "t""#,
    );
    check(r#"{{define "template"}}x{{end}}"#, "{}", "x");
    check(
        r#"{{define "n"}}{{.v}}{{with .next}},{{template "n" .}}{{end}}{{end}}{{template "n" .}}"#,
        r#"{"v": 1, "next": {"v": 2, "next": {"v": 3}}}"#,
        "1,2,3",
    );
}

#[test]
fn space_is_trimmed_and_comments_vanish() {
    check(
        "a {{- /* c */ -}} b {{- .s -}} c",
        r#"{"s": "abc"}"#,
        "ababcc",
    );
    check("a\n\n  {{- 1 -}}\n\n b", "{}", "a1b");
    check("{{/* c */}}{{/* d */}}x", "{}", "x");
    refused(
        "{{-3}} {{ - 3}}",
        "{}",
        r#"template: template:1: illegal number syntax: "-""#,
    );
    check("{{ 1\n}}", "{}", "1");
}

#[test]
fn functions_print_and_escape() {
    check(
        r#"{{print .a .b 1 2 "x" 3 nil .q}}|{{println 1 2.5 true}}"#,
        r#"{"a": 3, "b": 4}"#,
        "341 2x3 <nil> <nil>|1 2.5 true\n",
    );
    check(
        r#"{{html "<a&'\">"}} {{js "<a'=\n\u2028é"}} {{urlquery "a b&c/é"}}"#,
        "{}",
        r"&lt;a&amp;&#39;&#34;&gt; \u003Ca\'\u003D\u000A\u2028é a+b%26c%2F%C3%A9",
    );
    check(
        r#"{{printf "%v %d %s %q %x %T %+v %#v" .m .m .m .m .m .m .m .m}}"#,
        r#"{"m": {"a": [1, "x", null, true]}}"#,
        r#"map[a:[1 x <nil> true]] map[%!d(string=a):[%!d(json.Number=1) %!d(string=x) <nil> %!d(bool=true)]] map[a:[1 x <nil> %!s(bool=true)]] map["a":["1" "x" <nil> %!q(bool=true)]] map[61:[31 78 <nil> %!x(bool=true)]] map[string]interface {} map[a:[1 x <nil> true]] map[string]interface {}{"a":[]interface {}{"1", "x", interface {}(nil), true}}"#,
    );
    check(
        r#"{{printf "%d" 5 6}} {{printf "%5.2f|%t|%c" 3.14159 true 'x'}}"#,
        "{}",
        "5%!(EXTRA int=6)  3.14|true|x",
    );
    check(
        r#"{{.a | printf "%s-%d"}}"#,
        r#"{"a": 3}"#,
        "3-%!d(MISSING)",
    );
    check("{{printf .a 3}}", r#"{"a": "%d!"}"#, "3!");
    check(r#"{{printf "%v %v" nil .x}}"#, "{}", "<nil> <nil>");
    check("{{.f | printf}}", r#"{"f": "x%%"}"#, "x%");
}

#[test]
fn elements_have_indexes() {
    check(
        "{{len .a}} {{len .l}} {{len .m}} {{len .n}}",
        r#"{"a": "é", "l": [1, 2], "m": {"a": 1}, "n": 12345}"#,
        "2 2 1 5",
    );
    check(
        r#"{{index .m "q"}} {{index .l 1}} {{index .s 1}} {{index .l 0 "k"}}"#,
        r#"{"m": {"q": 7}, "l": [{"k": 8}, 2], "s": "abc"}"#,
        "7 2 98 8",
    );
    check(r#"{{index .m "z"}}"#, r#"{"m": {}}"#, "<undefined>");
    check("{{index .l}}", r#"{"l": [1]}"#, "[1]");
    check(
        "{{slice .s 1 2}} {{slice .l 1}} {{slice .s}}",
        r#"{"s": "abc", "l": [1, 2, 3]}"#,
        "b [2 3] abc",
    );
    refused(
        "{{len nil}}",
        "{}",
        r#"template: template:1:2: executing "template" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value"#,
    );
    refused(
        "{{len .x}}",
        r#"{"x": null}"#,
        r#"template: template:1:2: executing "template" at <len .x>: error calling len: len of nil pointer"#,
    );
    refused(
        "{{len 3}}",
        "{}",
        r#"template: template:1:2: executing "template" at <len 3>: error calling len: len of type int"#,
    );
    refused(
        "{{index .l 5}}",
        r#"{"l": [1]}"#,
        r#"template: template:1:2: executing "template" at <index .l 5>: error calling index: index out of range: 5"#,
    );
    refused(
        "{{index .l 1}}",
        r#"{"l": [1]}"#,
        r#"template: template:1:2: executing "template" at <index .l 1>: error calling index: reflect: slice index out of range"#,
    );
    refused(
        "{{index .a 3}}",
        r#"{"a": "abc"}"#,
        r#"template: template:1:2: executing "template" at <index .a 3>: error calling index: reflect: string index out of range"#,
    );
    refused(
        "{{index .l .n}}",
        r#"{"l": [1], "n": 0}"#,
        r#"template: template:1:2: executing "template" at <index .l .n>: error calling index: cannot index slice/array with type json.Number"#,
    );
    refused(
        "{{index .m .n}}",
        r#"{"m": {}, "n": 1}"#,
        r#"template: template:1:2: executing "template" at <index .m .n>: error calling index: value has type json.Number; should be string"#,
    );
    refused(
        r#"{{index .z "z"}}"#,
        "{}",
        r#"template: template:1:2: executing "template" at <index .z "z">: error calling index: index of untyped nil"#,
    );
    refused(
        "{{index 1 1}}",
        "{}",
        r#"template: template:1:2: executing "template" at <index 1 1>: error calling index: can't index item of type int"#,
    );
    refused(
        "{{slice .s 2 1}}",
        r#"{"s": "abc"}"#,
        r#"template: template:1:2: executing "template" at <slice .s 2 1>: error calling slice: invalid slice index: 2 > 1"#,
    );
    refused(
        "{{slice .s 1 2 3}}",
        r#"{"s": "abc"}"#,
        r#"template: template:1:2: executing "template" at <slice .s 1 2 3>: error calling slice: cannot 3-index slice a string"#,
    );
}

#[test]
fn comparisons_are_of_basic_values_and_numbers_are_text() {
    check(
        r#"{{eq .n "5"}} {{eq 1 2 1}} {{ne 1 2}} {{lt 1.5 2.5}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}"#,
        r#"{"n": 5}"#,
        "true true true true true true false",
    );
    check("{{lt .n .m}}", r#"{"n": 10, "m": 9}"#, "true");
    check(
        "{{eq .n .m}} {{eq .x nil}}",
        r#"{"n": "x", "m": null}"#,
        "false true",
    );
    refused(
        "{{eq .n 5}}",
        r#"{"n": 5}"#,
        r#"template: template:1:2: executing "template" at <eq .n 5>: error calling eq: incompatible types for comparison: json.Number and int"#,
    );
    refused(
        "{{eq .n .m}}",
        r#"{"n": [5], "m": [5]}"#,
        r#"template: template:1:2: executing "template" at <eq .n .m>: error calling eq: non-comparable type [5]: []interface {}"#,
    );
    refused(
        "{{eq .n .m}}",
        r#"{"n": [5], "m": {}}"#,
        r#"template: template:1:2: executing "template" at <eq .n .m>: error calling eq: non-comparable types [5]: []interface {}, map[string]interface {}: map[]"#,
    );
    refused(
        "{{lt .n .m}}",
        r#"{"n": true, "m": false}"#,
        r#"template: template:1:2: executing "template" at <lt .n .m>: error calling lt: invalid type for comparison"#,
    );
    refused(
        "{{lt .n 1}}",
        r#"{"n": []}"#,
        r#"template: template:1:2: executing "template" at <lt .n 1>: error calling lt: invalid type for comparison"#,
    );
    refused(
        "{{eq 1}}",
        "{}",
        r#"template: template:1:2: executing "template" at <eq 1>: error calling eq: missing argument for comparison"#,
    );
    refused(
        "{{lt 1 1.5}}",
        "{}",
        r#"template: template:1:2: executing "template" at <lt 1 1.5>: error calling lt: incompatible types for comparison: int and float64"#,
    );
    check(
        r#"{{eq (index .s 0) 97}} {{and 1 0 2}} {{or 0 "" 3}} {{not 0}} {{and .q .s}} {{or .q .s}}"#,
        r#"{"s": "abc"}"#,
        "true 0 3 true <undefined> abc",
    );
}

#[test]
fn arguments_must_fit() {
    refused(
        "{{printf .a 3}}",
        r#"{"a": 3}"#,
        r#"template: template:1:9: executing "template" at <.a>: wrong type for value; expected string; got json.Number"#,
    );
    refused(
        "{{printf .b 3}}",
        "{}",
        r#"template: template:1:9: executing "template" at <.b>: invalid value; expected string"#,
    );
    refused(
        "{{printf 3}}",
        "{}",
        r#"template: template:1:9: executing "template" at <3>: expected string; found 3"#,
    );
    refused(
        "{{printf}}",
        "{}",
        r#"template: template:1:2: executing "template" at <printf>: wrong number of args for printf: want at least 1 got 0"#,
    );
    refused(
        "{{len}}",
        "{}",
        r#"template: template:1:2: executing "template" at <len>: wrong number of args for len: want 1 got 0"#,
    );
    refused(
        "{{len 1 2}}",
        "{}",
        r#"template: template:1:2: executing "template" at <len>: wrong number of args for len: want 1 got 2"#,
    );
    refused(
        "{{not}}",
        "{}",
        r#"template: template:1:2: executing "template" at <not>: wrong number of args for not: want 1 got 0"#,
    );
    refused(
        "{{call .s}}",
        r#"{"s": "abc"}"#,
        r#"template: template:1:2: executing "template" at <call .s>: error calling call: non-function .s of type string"#,
    );
    refused(
        "{{call nil}}",
        "{}",
        r#"template: template:1:2: executing "template" at <call nil>: error calling call: call of nil"#,
    );
    refused(
        "{{nil}}",
        "{}",
        r#"template: template:1:2: executing "template" at <nil>: nil is not a command"#,
    );
    refused(
        "{{3 4}}",
        "{}",
        r#"template: template:1:2: executing "template" at <3>: can't give argument to non-function 3"#,
    );
    refused(
        "{{(1) 2}}",
        "{}",
        r#"template: template:1:2: executing "template" at <(1) 2>: can't give argument to non-function 1"#,
    );
    refused(
        "{{printf .x}}",
        r#"{"x": null}"#,
        r#"template: template:1:9: executing "template" at <.x>: wrong type for value; expected string; got interface {}"#,
    );
    refused(
        "{{printf nil}}",
        "{}",
        r#"template: template:1:9: executing "template" at <nil>: cannot assign nil to string"#,
    );
}

#[test]
fn constants_are_those_of_go() {
    check(
        r"{{1.5}} {{1e3}} {{0x10}} {{'a'}} {{1i}} {{1+2i}} {{-5}} {{1_000}} {{0b11}} {{0o17}} {{017}} {{'\n'}} {{0x1p4}}",
        "{}",
        "1.5 1000 16 97 (0+1i) (1+2i) -5 1000 3 15 15 10 16",
    );
    check(
        r#"{{`a\n`}} {{"a\tb\x41\u00e9\101"}} {{true}}"#,
        "{}",
        "a\\n a\tbAéA true",
    );
    refused(
        "{{99999999999999999999}}",
        "{}",
        r#"template: template:1: integer overflow: "99999999999999999999""#,
    );
    refused(
        "{{18446744073709551615}}",
        "{}",
        r#"template: template:1:2: executing "template" at <18446744073709551615>: 18446744073709551615 overflows int"#,
    );
    refused(
        "{{089}}",
        "{}",
        r#"template: template:1: integer overflow: "089""#,
    );
    refused(
        "{{1e999}}",
        "{}",
        r#"template: template:1: illegal number syntax: "1e999""#,
    );
    refused(
        "{{0x}}",
        "{}",
        r#"template: template:1: illegal number syntax: "0x""#,
    );
    refused(r#"{{"a\q"}}"#, "{}", "template: template:1: invalid syntax");
    refused(
        "{{'ab'}}",
        "{}",
        "template: template:1: malformed character constant: 'ab'",
    );
}

#[test]
fn texts_that_are_no_templates_say_where() {
    refused(
        "{{foo}}",
        "{}",
        r#"template: template:1: function "foo" not defined"#,
    );
    refused("{{.a", "{}", "template: template:1: unclosed action");
    refused(
        "a\n{{.a\n",
        "{}",
        "template: template:3: unclosed action started at template:2",
    );
    refused("{{if .a}}x", "{}", "template: template:1: unexpected EOF");
    refused("x{{end}}", "{}", "template: template:1: unexpected {{end}}");
    refused(
        "{{else}}",
        "{}",
        "template: template:1: unexpected {{else}}",
    );
    refused(
        "{{if}}{{end}}",
        "{}",
        "template: template:1: missing value for if",
    );
    refused(
        "{{.s | 1}}",
        "{}",
        "template: template:1: non executable command in pipeline stage 2",
    );
    refused(
        "{{.a-b}}",
        "{}",
        "template: template:1: bad character U+002D '-'",
    );
    check("{{.a | }}", "{}", "<undefined>");
    refused(
        "{{ (1 }}",
        "{}",
        "template: template:1: unclosed left paren",
    );
    refused(
        "{{ 1) }}",
        "{}",
        "template: template:1: unexpected right paren",
    );
    refused(
        "{{break}}",
        "{}",
        "template: template:1: {{break}} outside {{range}}",
    );
    refused(
        "{{range .a}}{{break 1}}{{end}}",
        "{}",
        r#"template: template:1: unexpected "1" in {{break}}"#,
    );
    refused(
        r#"{{"a}}"#,
        "{}",
        "template: template:1: unterminated quoted string",
    );
    refused(
        "{{`a}}",
        "{}",
        "template: template:1: unterminated raw quoted string",
    );
    refused(
        "{{'a}}",
        "{}",
        "template: template:1: unterminated character constant",
    );
    refused(
        "{{1x}}",
        "{}",
        r#"template: template:1: bad number syntax: "1x""#,
    );
    refused("{{/* a}}", "{}", "template: template:1: unclosed comment");
    refused(
        "{{/* a */ 1}}",
        "{}",
        "template: template:1: comment ends before closing delimiter",
    );
    refused(
        "{{$a}}",
        "{}",
        r#"template: template:1: undefined variable "$a""#,
    );
    refused(
        "{{template 1}}",
        "{}",
        r#"template: template:1: unexpected "1" in template clause"#,
    );
    refused(
        "{{define}}{{end}}",
        "{}",
        r#"template: template:1: unexpected "}}" in define clause"#,
    );
    refused(
        r#"{{define "a"}}{{else}}{{end}}"#,
        "{}",
        "template: template:1: unexpected {{else}} in define clause",
    );
    refused(
        "{{1.a}}",
        "{}",
        r#"template: template:1: bad number syntax: "1.a""#,
    );
    refused(
        "{{nil.a}}",
        "{}",
        r#"template: template:1: unexpected . after term "nil""#,
    );
    refused(
        "{{if .a}}{{else}}{{else}}{{end}}",
        "{}",
        "template: template:1: expected end; found {{else}}",
    );
    refused("{{end", "{}", "template: template:1: unclosed action");
    refused(
        "{{@}}",
        "{}",
        r#"template: template:1: unexpected "@" in command"#,
    );
    refused(
        "{{é}}",
        "{}",
        r#"template: template:1: function "é" not defined"#,
    );
    refused(
        "{{.a,.b}}",
        "{}",
        r#"template: template:1: unexpected "," in operand"#,
    );
    refused(
        "{{if if}}{{end}}",
        "{}",
        "template: template:1: unexpected <if> in if",
    );
    refused(
        "{{$a, $b := 1}}",
        "{}",
        "template: template:1: too many declarations in command",
    );
    refused("{{: 1}}", "{}", "template: template:1: expected :=");
    refused(
        "{{1 := 2}}",
        "{}",
        r#"template: template:1: unexpected ":=" in operand"#,
    );
    refused(
        r#"{{template "averylongname" averylongfunction}}"#,
        "{}",
        r#"template: template:1: function "averylongfunction" not defined"#,
    );
}

#[test]
fn only_what_json_can_spell_gets_in() {
    refused(
        "{{.a}}",
        r#"{"a": "\u0001"}"#,
        "invalid character 'x' in string escape code",
    );
    refused(
        "{{.a}}",
        r#"{"a": "\u0007"}"#,
        "invalid character 'a' in string escape code",
    );
    refused(
        "{{.a}}",
        r#"{"a": "\u000b"}"#,
        "invalid character 'v' in string escape code",
    );
    refused(
        "{{.a}}",
        r#"{"a": "\u007f"}"#,
        "invalid character 'x' in string escape code",
    );
    check("{{.a}}", r#"{"a": "\u00a0\n"}"#, "\u{a0}\n");
}

#[test]
fn sets_and_other_keys_are_not_json() {
    not_json(
        set("[1, 2]"),
        "'1' looking for beginning of object key string",
    );
    not_json(set("[]"), "'s' looking for beginning of value");
    not_json(set(r#"["x"]"#), "'}' after object key");
    not_json(set(r#"["x", "y"]"#), "',' after object key");
    let object = Object::from_iter([(Value::from(true), Value::from(1_i64))]);
    not_json(
        Value::from(object),
        "'t' looking for beginning of object key string",
    );
}

#[test]
fn templates_without_end_end() {
    let depth = "exceeded maximum template depth (128)";
    let place = r#"template: template:1:25: executing "t" at <{{template "t"}}>"#;
    refused(
        r#"{{define "t"}}{{template "t"}}{{end}}{{template "t"}}"#,
        "{}",
        &format!("{place}: {depth}"),
    );
    let deep = format!("{}1{}", "(".repeat(300), ")".repeat(300));
    refused(
        &format!("{{{{{deep}}}}}"),
        "{}",
        "template: template:1: max expression depth exceeded",
    );
}

#[test]
fn loops_are_paid_for() {
    let operands = [
        Value::from("{{range 1000000000}}{{end}}"),
        Value::empty_object(),
    ];
    let spent = "error: the budget of steps is spent";
    assert_eq!(answer_within(BUILTINS, NAME, &operands, 10_000), spent);
    let operands = [
        Value::from("{{range 1000000000}}abcdefghij{{end}}"),
        Value::empty_object(),
    ];
    let spent = "error: the budget of memory is spent";
    assert_eq!(answer_within(BUILTINS, NAME, &operands, 5_000), spent);
}
