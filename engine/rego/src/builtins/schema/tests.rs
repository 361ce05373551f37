use super::BUILTINS;
use crate::builtins::golang::testing::answer;

/// The texts of what does not match, each with its type.
#[track_caller]
fn check(schema: &str, document: &str, expected: &[(&str, &str)]) {
    let answer = answer(
        BUILTINS,
        "json.match_schema",
        &format!("[{document}, {schema}]"),
    );
    let found: Vec<String> = expected
        .iter()
        .map(|(kind, error)| {
            format!("\"error\": {error:?}, \"field\"").replace("\\'", "'") + "|" + kind
        })
        .collect();
    for text in &found {
        let (error, kind) = text.split_once('|').unwrap();
        assert!(
            answer.contains(error),
            "{schema} of {document}: {error} is not in {answer}"
        );
        assert!(
            answer.contains(&format!("\"type\": \"{kind}\"")),
            "{schema} of {document}: {kind} is not in {answer}"
        );
    }
    assert_eq!(
        answer.matches("\"error\": ").count(),
        expected.len(),
        "{schema} of {document}: {answer}"
    );
    assert_eq!(answer.starts_with("[true"), expected.is_empty(), "{answer}");
}

#[track_caller]
fn verify(schema: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, "json.verify_schema", &format!("[{schema}]")),
        expected,
        "{schema}"
    );
}

#[track_caller]
fn refused(schema: &str, expected: &str) {
    verify(
        schema,
        &format!("[false, {:?}]", format!("jsonschema: {expected}")),
    );
}

#[test]
fn documents_and_schemas_are_values_or_json_texts() {
    check(r#"{"required": ["id"]}"#, r#""{\"id\": 5}""#, &[]);
    check(r#""{\"type\": \"object\"}""#, r#"{"a": 1}"#, &[]);
    check(
        r#"{"type": "object"}"#,
        r#""3""#,
        &[(
            "invalid_type",
            "(Root): Invalid type. Expected: object, given: integer",
        )],
    );
    assert!(
        answer(BUILTINS, "json.match_schema", r#"["[1,2", {}]"#).ends_with("invalid JSON string")
    );
}

#[test]
fn an_issue_has_four_fields() {
    assert_eq!(
        answer(
            BUILTINS,
            "json.match_schema",
            r#"[{"a": "x"}, {"properties": {"a": {"type": "integer"}}}]"#
        ),
        r#"[false, [{"desc": "Invalid type. Expected: integer, given: string", "error": "a: Invalid type. Expected: integer, given: string", "field": "a", "type": "invalid_type"}]]"#
    );
}

#[test]
fn objects_have_properties() {
    check(
        r#"{"additionalProperties": false}"#,
        r#"{"a": 1}"#,
        &[(
            "additional_property_not_allowed",
            "(Root): Additional property a is not allowed",
        )],
    );
    check(
        r#"{"properties": {"a": {}}, "additionalProperties": {"type": "string"}}"#,
        r#"{"a": 1, "b": 2}"#,
        &[(
            "invalid_type",
            "b: Invalid type. Expected: string, given: integer",
        )],
    );
    check(
        r#"{"patternProperties": {"^x": {"type": "null"}}}"#,
        r#"{"xa": 1, "b": 2}"#,
        &[(
            "invalid_type",
            "xa: Invalid type. Expected: null, given: integer",
        )],
    );
    check(
        r#"{"minProperties": 2}"#,
        r#"{"a": 1}"#,
        &[(
            "array_min_properties",
            "(Root): Must have at least 2 properties",
        )],
    );
    check(
        r#"{"dependencies": {"a": ["b"]}}"#,
        r#"{"a": 1}"#,
        &[("missing_dependency", "(Root): Has a dependency on b")],
    );
    check(
        r#"{"propertyNames": {"maxLength": 1}}"#,
        r#"{"ab": 1}"#,
        &[
            (
                "invalid_property_name",
                "(Root): Property name of \"ab\" does not match",
            ),
            (
                "string_lte",
                "(Root): String length must be less than or equal to 1",
            ),
        ],
    );
}

#[test]
fn arrays_have_items() {
    let schema = |inner: &str| format!(r#"{{"properties": {{"a": {inner}}}}}"#);
    check(
        &schema(r#"{"items": {"type": "string"}}"#),
        r#"{"a": ["x", 2]}"#,
        &[(
            "invalid_type",
            "a.1: Invalid type. Expected: string, given: integer",
        )],
    );
    check(
        &schema(r#"{"items": [{}], "additionalItems": false}"#),
        r#"{"a": [1, 2]}"#,
        &[(
            "array_no_additional_items",
            "a: No additional items allowed on array",
        )],
    );
    check(
        &schema(r#"{"uniqueItems": true}"#),
        r#"{"a": [1, 1.0]}"#,
        &[("unique", "a: array items[0,1] must be unique")],
    );
    check(
        &schema(r#"{"minItems": 3}"#),
        r#"{"a": []}"#,
        &[("array_min_items", "a: Array must have at least 3 items")],
    );
    check(
        &schema(r#"{"contains": {"const": 1}}"#),
        r#"{"a": [2]}"#,
        &[
            ("contains", "a: At least one of the items must match"),
            ("const", "a.0: a.0 does not match: 1"),
        ],
    );
}

#[test]
fn numbers_have_bounds() {
    let schema = r#"{"properties": {"a": {"multipleOf": 0.4, "maximum": 1.25, "minimum": 1e30}}}"#;
    check(
        schema,
        r#"{"a": 1.5}"#,
        &[
            ("multiple_of", "a: Must be a multiple of 0.4"),
            ("number_lte", "a: Must be less than or equal to 1.25"),
            ("number_gte", "a: Must be greater than or equal to 1e+30"),
        ],
    );
    check(
        r#"{"properties": {"a": {"multipleOf": 0.1}}}"#,
        r#"{"a": 0.3}"#,
        &[],
    );
    check(
        r#"{"properties": {"a": {"exclusiveMinimum": 5}}}"#,
        r#"{"a": 5}"#,
        &[("number_gt", "a: Must be greater than 5")],
    );
    check(
        r#"{"properties": {"a": {"minimum": 5, "exclusiveMinimum": true}}}"#,
        r#"{"a": 5}"#,
        &[("number_gt", "a: Must be greater than 5")],
    );
    check(
        r#"{"properties": {"a": {"type": "integer"}}}"#,
        r#"{"a": 1.0}"#,
        &[],
    );
}

#[test]
fn texts_have_lengths_patterns_and_formats() {
    let schema = |inner: &str| format!(r#"{{"properties": {{"a": {inner}}}}}"#);
    check(
        &schema(r#"{"minLength": 3}"#),
        r#"{"a": "éé"}"#,
        &[(
            "string_gte",
            "a: String length must be greater than or equal to 3",
        )],
    );
    check(
        &schema(r#"{"pattern": "^x"}"#),
        r#"{"a": "ax"}"#,
        &[("pattern", "a: Does not match pattern '^x'")],
    );
    check(
        &schema(r#"{"format": "email"}"#),
        r#"{"a": "a@b@"}"#,
        &[("format", "a: Does not match format 'email'")],
    );
    check(
        &schema(r#"{"format": "date-time"}"#),
        r#"{"a": "2020-01-01T00:00:00Z"}"#,
        &[],
    );
    check(&schema(r#"{"format": "ipv4"}"#), r#"{"a": "1.2.3.4"}"#, &[]);
    check(&schema(r#"{"format": "nonsense"}"#), r#"{"a": "1"}"#, &[]);
}

#[test]
fn schemas_combine() {
    check(
        r#"{"anyOf": [{"required": ["x"]}, {"required": ["y"]}]}"#,
        r#"{"y": 1}"#,
        &[],
    );
    check(
        r#"{"anyOf": [{"required": ["x"]}]}"#,
        "{}",
        &[
            (
                "number_any_of",
                "(Root): Must validate at least one schema (anyOf)",
            ),
            ("required", "(Root): x is required"),
        ],
    );
    check(
        r#"{"oneOf": [{}, {}]}"#,
        "{}",
        &[(
            "number_one_of",
            "(Root): Must validate one and only one schema (oneOf)",
        )],
    );
    check(
        r#"{"allOf": [{"required": ["q"]}]}"#,
        "{}",
        &[
            ("required", "(Root): q is required"),
            (
                "number_all_of",
                "(Root): Must validate all the schemas (allOf)",
            ),
        ],
    );
    check(
        r#"{"not": {}}"#,
        "{}",
        &[("number_not", "(Root): Must not validate the schema (not)")],
    );
    check(
        r#"{"if": {"required": ["a"]}, "then": {"required": ["b"]}}"#,
        r#"{"a": 1}"#,
        &[
            (
                "condition_then",
                "(Root): Must validate \"then\" as \"if\" was valid",
            ),
            ("required", "(Root): b is required"),
        ],
    );
}

#[test]
fn references_lead_to_schemas() {
    let schema = r##"{"properties": {"a": {"$ref": "#/definitions/x"}}, "definitions": {"x": {"type": "string"}}}"##;
    check(
        schema,
        r#"{"a": 1}"#,
        &[(
            "invalid_type",
            "a: Invalid type. Expected: string, given: integer",
        )],
    );
    let recursive = r##"{"properties": {"a": {"$ref": "#"}}, "type": "object"}"##;
    check(
        recursive,
        r#"{"a": {"a": 1}}"#,
        &[(
            "invalid_type",
            "a.a: Invalid type. Expected: object, given: integer",
        )],
    );
    let named = r#"{"properties": {"a": {"$ref": "http://x/y.json"}}, "definitions": {"x": {"$id": "http://x/y.json", "type": "null"}}}"#;
    check(
        named,
        r#"{"a": 1}"#,
        &[(
            "invalid_type",
            "a: Invalid type. Expected: null, given: integer",
        )],
    );
}

#[test]
fn the_metaschemas_are_known() {
    let schema = r#"{"$ref": "http://json-schema.org/draft-07/schema#"}"#;
    verify(schema, "[true, null]");
    check(schema, r#"{"type": "object"}"#, &[]);
    check(
        schema,
        r#"{"minLength": -1}"#,
        &[
            (
                "number_gte",
                "minLength: Must be greater than or equal to 0",
            ),
            (
                "number_all_of",
                "minLength: Must validate all the schemas (allOf)",
            ),
        ],
    );
}

#[test]
fn a_schema_that_is_none_says_why() {
    verify(r#"{"type": "boolean"}"#, "[true, null]");
    verify("\"true\"", "[true, null]");
    refused(
        r#"{"type": "x"}"#,
        "has a primitive type that is NOT VALID -- given: /x/ Expected valid values are:[array boolean integer number null object string]",
    );
    refused(
        r#"{"type": ["string", "string"]}"#,
        "string type is duplicated",
    );
    refused(r#"{"pattern": "("}"#, "pattern must be a valid regex");
    refused(r#"{"minLength": 1.5}"#, "minLength must be of an integer");
    refused(
        r#"{"maxLength": -1}"#,
        "maxLength must be greater than or equal to 0",
    );
    refused(r#"{"enum": [1, 1.0]}"#, "enum items must be unique");
    refused(r#"{"properties": 1}"#, "Properties must be of type object");
    refused(
        r#"{"items": 1}"#,
        "Invalid type. Expected: Valid Schema/Array Of Schemas, given: items",
    );
    refused(
        r#"{"multipleOf": 0}"#,
        "multipleOf must be strictly greater than 0",
    );
    refused(r##"{"$ref": "#/nope"}"##, "Object has no key 'nope'");
    refused(
        r#"{"$ref": "foo.json"}"#,
        "Reference /foo.json must be canonical",
    );
    refused(
        r#"{"$ref": "http://example.com/x"}"#,
        "remote reference loading disabled: http://example.com/x",
    );
    refused(
        r#"{"$schema": "http://json-schema.org/draft-04/schema#", "not": true}"#,
        "Expected: Valid Schema, given: Invalid JSON",
    );
    refused("\"[1\"", "invalid JSON string");
}

#[test]
fn references_without_end_come_to_an_end() {
    let answer = answer(BUILTINS, "json.match_schema", r##"[{}, {"$ref": "#"}]"##);
    assert!(
        answer.ends_with("the schema refers to itself without end"),
        "{answer}"
    );
}
