//! Plans of Terraform: what will be, and what only an apply can tell.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::Notation;
use plumbline_rego::{Path, value::json};

use super::{declares, documents};

fn read(text: &str) -> Reading {
    let (documents, problems) = documents(text, Notation::Json);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    for document in &documents {
        reading.take(document);
    }
    reading
}

/// A plan with this root module, these changes and this configuration.
fn plan(module: &str, changes: &str, configuration: &str) -> String {
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{{"root_module":{module}}},"resource_changes":{changes},"configuration":{{"root_module":{configuration}}}}}"#
    )
}

/// A resource of planned values.
fn planned(address: &str, values: &str) -> String {
    let (kind, name) = address.rsplit_once('.').unwrap();
    let kind = kind.rsplit('.').next().unwrap();
    format!(
        r#"{{"address":"{address}","mode":"managed","type":"{kind}","name":"{name}","values":{values}}}"#
    )
}

/// What becomes of a resource.
fn change(address: &str, unknown: &str) -> String {
    format!(
        r#"{{"address":"{address}","change":{{"actions":["create"],"after_unknown":{unknown}}}}}"#
    )
}

#[track_caller]
fn ids(text: &str, expected: &[&str], problems: &[&str]) {
    declares(&read(text), text, expected, problems);
}

/// The value at a pointer into the first resource.
#[track_caller]
fn body(text: &str, pointer: &str, expected: Option<&str>) {
    let reading = read(text);
    let value = reading.resources.first().unwrap().value();
    let found = value
        .at(&Path::from_pointer(pointer).unwrap())
        .map(json::to_string);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The value at a pointer into the first entity of a kind.
#[track_caller]
fn entity(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let (estate, _) = Estate::new(read(text).resources);
    let value = estate.of_kind(kind).next().unwrap().value();
    let found = value
        .at(&Path::from_pointer(pointer).unwrap())
        .map(json::to_string);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

#[test]
fn resources_of_every_module_are_read() {
    let module = format!(
        r#"{{"resources":[{}],"child_modules":[{{"address":"module.m[0]","resources":[{}],"child_modules":[{{"address":"module.m[0].module.n","resources":[{}]}}]}}]}}"#,
        planned("aws_sqs_queue.a", "{}"),
        planned("module.m[0].aws_sqs_queue.b", "{}"),
        planned("module.m[0].module.n.google_pubsub_topic.c", "{}"),
    );
    ids(
        &plan(&module, "[]", "{}"),
        &[
            "aws/test.yaml/aws_sqs_queue.a",
            "aws/test.yaml/module.m%5B0%5D.aws_sqs_queue.b",
            "gcp/test.yaml/module.m%5B0%5D.module.n.google_pubsub_topic.c",
        ],
        &[],
    );
}

#[test]
fn what_is_no_plan_is_left_to_others() {
    let reading = read(r#"{"format_version":"1.0","terraform_version":"1.9.0","values":{}}"#);
    assert_eq!((reading.unrecognised, reading.resources.len()), (1, 0));
    ids(&plan("{}", "[]", "{}"), &[], &[]);
}

#[test]
fn what_is_deleted_or_only_asked_for_is_left_out() {
    let change = |address: &str, mode: &str, after: &str| {
        format!(
            r#"{{"address":"{address}","mode":"{mode}","type":"aws_sqs_queue","name":"a","change":{{"actions":[],"after":{after}}}}}"#
        )
    };
    let text = format!(
        r#"{{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[{},{},{}]}}"#,
        change("aws_sqs_queue.a", "managed", "{}"),
        change("aws_sqs_queue.b", "managed", "null"),
        change("data.aws_sqs_queue.c", "data", "{}"),
    );
    ids(&text, &["aws/test.yaml/aws_sqs_queue.a"], &[]);
}

#[test]
fn a_resource_without_values_is_said() {
    let module =
        r#"{"resources":[{"address":"aws_sqs_queue.a","type":"aws_sqs_queue","name":"a"}]}"#;
    let text = plan(module, "[]", "{}");
    let problems = read(&text).problems;
    let messages: Vec<&str> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(messages, ["the resource `aws_sqs_queue.a` has no `values`"]);
}

#[test]
fn a_plan_that_is_not_whole_is_said() {
    let text = r#"{"format_version":"9.0","terraform_version":"9.0.0","errored":true,"planned_values":{"root_module":{}}}"#;
    let problems = read(text).problems;
    let messages: Vec<&str> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "a plan of the unknown format `9.0`",
            "a plan that ended in an error"
        ]
    );
}

#[test]
fn what_is_not_set_is_not_there() {
    let module = format!(
        r#"{{"resources":[{}]}}"#,
        planned(
            "aws_lambda_function.f",
            r#"{"timeout":9,"dead_letter_config":[],"kms_key_arn":null,"function_name":"f"}"#
        )
    );
    let text = plan(&module, "[]", "{}");
    body(&text, "", Some(r#"{"function_name":"f","timeout":9}"#));
    entity(
        &text,
        EntityKind::Workload,
        "/lifetime/max_seconds",
        Some("9"),
    );
    entity(
        &text,
        EntityKind::Workload,
        "/failure/dead_letter",
        Some("false"),
    );
}

const FUNCTION: &str = "aws_lambda_function.f";

/// A plan of a function whose values, unknown values and expressions are these.
fn function(values: &str, unknown: &str, expressions: &str) -> String {
    let module = format!(r#"{{"resources":[{}]}}"#, planned(FUNCTION, values));
    let configuration = format!(
        r#"{{"resources":[{{"address":"{FUNCTION}","mode":"managed","type":"aws_lambda_function","name":"f","expressions":{expressions}}}]}}"#
    );
    plan(
        &module,
        &format!("[{}]", change(FUNCTION, unknown)),
        &configuration,
    )
}

#[test]
fn what_only_an_apply_can_tell_is_unknown() {
    let text = function(r#"{"timeout":null}"#, r#"{"timeout":true}"#, "{}");
    body(&text, "/timeout", Some(r#""${unknown}""#));
    entity(&text, EntityKind::Workload, "/lifetime/max_seconds", None);
    let known = function(r#"{"timeout":9}"#, r#"{"timeout":false,"arn":true}"#, "{}");
    entity(
        &known,
        EntityKind::Workload,
        "/lifetime/max_seconds",
        Some("9"),
    );
}

#[test]
fn what_is_unknown_within_a_block_is_put_where_it_belongs() {
    let text = function(
        r#"{"environment":[{"variables":{"A":"b"}}]}"#,
        r#"{"environment":[{"variables":{"Q":true}}],"vpc_config":[{"subnet_ids":[true]}]}"#,
        "{}",
    );
    body(
        &text,
        "",
        Some(
            r#"{"environment":[{"variables":{"A":"b","Q":"${unknown}"}}],"vpc_config":[{"subnet_ids":["${unknown}"]}]}"#,
        ),
    );
    let check = |pointer, expected| entity(&text, EntityKind::Workload, pointer, Some(expected));
    check("/containers/0/env/0/value", r#""b""#);
    check("/containers/0/env/1/kind", r#""other_ref""#);
}

#[test]
fn what_is_unknown_speaks_of_the_one_resource_that_was_written() {
    let role = |references: &str| {
        function(
            "{}",
            r#"{"role":true}"#,
            &format!(r#"{{"role":{{"references":{references}}}}}"#),
        )
    };
    let text = role(r#"["aws_iam_role.r.arn","aws_iam_role.r"]"#);
    body(&text, "/role", Some(r#""${aws_iam_role.r.arn}""#));
    entity(
        &text,
        EntityKind::Workload,
        "/identity/name",
        Some(r#""aws_iam_role.r""#),
    );
    let two = role(r#"["aws_iam_role.r.arn","aws_iam_role.r","var.suffix"]"#);
    body(&two, "/role", Some(r#""${unknown}""#));
}

#[test]
fn resources_of_a_plan_know_each_other() {
    let queue = "aws_sqs_queue.q";
    let mapping = "aws_lambda_event_source_mapping.m";
    let module = format!(
        r#"{{"resources":[{},{}]}}"#,
        planned(queue, "{}"),
        planned(mapping, "{}")
    );
    let configuration = format!(
        r#"{{"resources":[{{"address":"{mapping}","mode":"managed","type":"aws_lambda_event_source_mapping","name":"m","expressions":{{"event_source_arn":{{"references":["aws_sqs_queue.q.arn","aws_sqs_queue.q"]}}}}}}]}}"#
    );
    let changes = format!("[{}]", change(mapping, r#"{"event_source_arn":true}"#));
    let text = plan(&module, &changes, &configuration);
    entity(
        &text,
        EntityKind::Channel,
        "/consumed_by_function",
        Some("true"),
    );
    let apart = plan(&module, "[]", "{}");
    entity(
        &apart,
        EntityKind::Channel,
        "/consumed_by_function",
        Some("false"),
    );
}

#[test]
fn a_secret_is_read_whatever_is_said_to_be_sensitive() {
    let module = format!(
        r#"{{"resources":[{}]}}"#,
        planned(
            FUNCTION,
            r#"{"environment":[{"variables":{"PASSWORD":"hunter2"}}]}"#
        )
        .replace(
            r#""values""#,
            r#""sensitive_values":{"environment":[{"variables":{"PASSWORD":true}}]},"values""#
        )
    );
    entity(
        &plan(&module, "[]", "{}"),
        EntityKind::Workload,
        "/containers/0/env/0",
        Some(r#"{"kind":"literal","name":"PASSWORD","value":"hunter2"}"#),
    );
}

#[test]
fn a_resource_stands_where_its_address_does() {
    let module = format!("{{\"resources\":[\n{}]}}", planned(FUNCTION, "{}"));
    let text = plan(&module, "[]", "{}");
    let reading = read(&text);
    let place = reading.resources.first().unwrap().place().unwrap();
    let source = plumbline_core::source::Source::new("plan.json", text.as_str());
    let position = source.position(place.start);
    assert_eq!((position.line, position.column), (2, 12));
}

#[test]
fn resources_of_one_use_of_a_module_are_joined_whatever_it_is_called() {
    for prefix in [
        "",
        "module.jobs.",
        "module.my_module.",
        "module.jobs[0].",
        "module.jobs[\\\"a.b\\\"].",
    ] {
        let queue = planned("aws_sqs_queue.q", "{}");
        let queue = queue.replace("aws_sqs_queue.q\"", &format!("{prefix}aws_sqs_queue.q\""));
        let mapping = planned(
            "aws_lambda_event_source_mapping.m",
            r#"{"event_source_arn":"${aws_sqs_queue.q.arn}"}"#,
        );
        let mapping = mapping.replace(
            "aws_lambda_event_source_mapping.m\"",
            &format!("{prefix}aws_lambda_event_source_mapping.m\""),
        );
        let text = plan(
            &format!(r#"{{"resources":[{queue},{mapping}]}}"#),
            "[]",
            "{}",
        );
        entity(
            &text,
            EntityKind::Channel,
            "/consumed_by_function",
            Some("true"),
        );
        entity(
            &text,
            EntityKind::Subscription,
            "/channel/visibility_seconds",
            Some("30"),
        );
    }
}
