//! Templates of `CloudFormation` and SAM: what can be known, what cannot, and what a function is.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_rego::{Path, value::json};

use super::{apart_from_names, reading, spelt};

/// A template of SAM with a function of these properties.
fn function(properties: &str) -> String {
    template(&format!(
        "  F:\n    Type: AWS::Serverless::Function\n    Properties: {properties}\n"
    ))
}

fn template(resources: &str) -> String {
    format!(
        "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Time: {{Type: Number, Default: 7}}\n  Open: {{Type: String}}\n  Stage: {{Type: String, Default: prod}}\nConditions:\n  IsProd: !Equals [!Ref Stage, prod]\n  IsOpen: !Equals [!Ref Open, x]\nMappings:\n  Sizes: {{prod: {{memory: 512}}}}\nResources:\n{resources}"
    )
}

/// The value at a pointer into the first entity of a kind.
#[track_caller]
fn entity(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let reading = reading(text);
    let problems = apart_from_names(reading.problems);
    assert_eq!(spelt(text, &problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let value = estate.of_kind(kind).next().unwrap().value();
    let found = value
        .at(&Path::from_pointer(pointer).unwrap())
        .map(json::to_string);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

#[track_caller]
fn of_function(properties: &str, pointer: &str, expected: Option<&str>) {
    entity(
        &function(properties),
        EntityKind::Workload,
        pointer,
        expected,
    );
}

#[test]
fn a_template_is_known_by_the_types_of_its_resources() {
    let of = |text: &str| {
        let ids = reading(text).resources.into_iter();
        ids.map(|resource| (resource.target(), resource.id.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("Resources:\n  Q: {Type: AWS::SQS::Queue}\n"),
        [(
            "aws/AWS::SQS::Queue".to_owned(),
            "aws/test.yaml/Q".to_owned()
        )]
    );
    assert_eq!(of("Resources:\n  Q: {Type: queue}\n"), []);
    assert_eq!(of("resources: []\n"), []);
}

#[test]
fn a_template_without_resources_is_said() {
    let text = "AWSTemplateFormatVersion: '2010-09-09'\nDescription: x\n";
    assert_eq!(
        spelt(text, &reading(text).problems),
        ["1:1 a template of CloudFormation without `Resources`"]
    );
}

#[test]
fn a_resource_without_a_type_is_said() {
    let text = "Resources:\n  A: {Type: AWS::SQS::Queue}\n  B: {Properties: {}}\n";
    assert_eq!(
        spelt(text, &reading(text).problems),
        ["3:3 the resource `B` has no `Type`"]
    );
}

#[test]
fn a_function_that_does_not_exist_is_said() {
    let text =
        "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Reff B}\n";
    assert_eq!(
        spelt(text, &reading(text).problems),
        ["4:18 CloudFormation has no function `!Reff`"]
    );
}

#[test]
fn a_parameter_is_its_default_or_unknown() {
    of_function("{Timeout: !Ref Time}", "/lifetime/max_seconds", Some("7"));
    of_function("{Timeout: {Ref: Time}}", "/lifetime/max_seconds", Some("7"));
    of_function("{Timeout: !Ref Open}", "/lifetime/max_seconds", None);
    of_function("{}", "/lifetime/max_seconds", Some("3"));
}

#[test]
fn a_condition_chooses_or_nobody_can_know() {
    let choose = |condition: &str| format!("{{Timeout: !If [{condition}, 60, 10]}}");
    of_function(&choose("IsProd"), "/lifetime/max_seconds", Some("60"));
    of_function(&choose("IsOpen"), "/lifetime/max_seconds", None);
}

#[test]
fn a_value_that_is_none_is_not_written() {
    of_function(
        "{Timeout: !If [IsProd, !Ref AWS::NoValue, 10]}",
        "/lifetime/max_seconds",
        Some("3"),
    );
}

#[test]
fn a_map_is_looked_up() {
    of_function(
        "{MemorySize: !FindInMap [Sizes, !Ref Stage, memory]}",
        "/resources/limits/memory_bytes",
        Some("536870912"),
    );
    of_function(
        "{MemorySize: !FindInMap [Sizes, !Ref Open, memory]}",
        "/resources/limits/memory_bytes",
        None,
    );
}

#[test]
fn texts_are_put_together_where_all_parts_are_known() {
    let variable = |value: &str| format!("{{Environment: {{Variables: {{A: {value}}}}}}}");
    let at = "/containers/0/env/0/value";
    of_function(&variable("!Sub 'x-${Stage}'"), at, Some(r#""x-prod""#));
    of_function(
        &variable("!Sub ['${A}${!B}', {A: !Ref Stage}]"),
        at,
        Some(r#""prod${B}""#),
    );
    of_function(
        &variable("!Join ['-', [a, !Ref Stage]]"),
        at,
        Some(r#""a-prod""#),
    );
    of_function(&variable("!Sub 'x-${Open}'"), at, None);
    of_function(
        &variable("!Sub 'x-${Open}'"),
        "/containers/0/env/0/kind",
        Some(r#""other_ref""#),
    );
}

#[test]
fn a_secret_of_a_store_is_no_literal() {
    of_function(
        "{Environment: {Variables: {A: '{{resolve:secretsmanager:db:SecretString:password}}'}}}",
        "/containers/0/env/0",
        Some(r#"{"kind":"secret_ref","name":"A"}"#),
    );
}

#[test]
fn globals_are_properties_of_each_function() {
    let text = format!(
        "Globals:\n  Function:\n    Timeout: 30\n    Environment: {{Variables: {{A: x, B: y}}}}\n{}",
        function("{Timeout: 60, Environment: {Variables: {B: z}}}")
    );
    let check = |pointer, expected| entity(&text, EntityKind::Workload, pointer, Some(expected));
    check("/lifetime/max_seconds", "60");
    check("/containers/0/env/0/value", r#""x""#);
    check("/containers/0/env/1/value", r#""z""#);
    let bare = format!(
        "Globals: {{Function: {{Timeout: 30}}}}\n{}",
        template("  F: {Type: AWS::Serverless::Function}\n")
    );
    entity(
        &bare,
        EntityKind::Workload,
        "/lifetime/max_seconds",
        Some("30"),
    );
}

#[test]
fn an_event_that_does_not_wait_makes_a_function_asynchronous() {
    let with = |kind: &str| format!("{{Events: {{E: {{Type: {kind}, Properties: {{}}}}}}}}");
    let at = "/invoked_asynchronously";
    of_function(&with("S3"), at, Some("true"));
    of_function(&with("Schedule"), at, Some("true"));
    of_function(&with("Api"), at, Some("false"));
    of_function(&with("SQS"), at, Some("false"));
    let permitted = |of: &str| {
        template(&format!(
            "  F: {{Type: AWS::Lambda::Function, Properties: {{}}}}\n  P:\n    Type: AWS::Lambda::Permission\n    Properties: {{FunctionName: !Ref {of}, Principal: s3.amazonaws.com}}\n"
        ))
    };
    entity(&permitted("F"), EntityKind::Workload, at, Some("true"));
    entity(&permitted("G"), EntityKind::Workload, at, Some("false"));
    let target = |of: &str| {
        template(&format!(
            "  F: {{Type: AWS::Lambda::Function, Properties: {{}}}}\n  R:\n    Type: AWS::Events::Rule\n    Properties: {{ScheduleExpression: rate(1 day), Targets: [{{Id: t, Arn: !GetAtt {of}.Arn}}]}}\n"
        ))
    };
    entity(&target("F"), EntityKind::Workload, at, Some("true"));
    entity(&target("G"), EntityKind::Workload, at, Some("false"));
}

#[test]
fn what_fails_goes_to_a_queue_or_is_lost() {
    let at = "/failure/dead_letter";
    of_function("{}", at, Some("false"));
    of_function(
        "{DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Q.Arn}}",
        at,
        Some("true"),
    );
    of_function(
        "{EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SNS}}}}",
        at,
        Some("true"),
    );
    let beside = template(
        "  F: {Type: AWS::Lambda::Function, Properties: {}}\n  C:\n    Type: AWS::Lambda::EventInvokeConfig\n    Properties: {FunctionName: !Ref F, DestinationConfig: {OnFailure: {Destination: !GetAtt Q.Arn}}}\n",
    );
    entity(&beside, EntityKind::Workload, at, Some("true"));
}

const QUEUE: &str = "  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}\n";

#[test]
fn a_queue_knows_what_reads_it() {
    let read = template(&format!(
        "{QUEUE}  M: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt Q.Arn, FunctionName: !Ref F}}}}\n"
    ));
    let at = "/consumed_by_function";
    entity(&read, EntityKind::Channel, at, Some("true"));
    entity(&template(QUEUE), EntityKind::Channel, at, Some("false"));
}

#[test]
fn a_mapping_to_an_alias_leads_to_its_function() {
    let text = |consumer: &str| {
        template(&format!(
            "  F: {{Type: AWS::Lambda::Function, Properties: {{Timeout: 60}}}}\n  A: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Ref F, Name: live}}}}\n{QUEUE}  M: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt Q.Arn, FunctionName: !Ref {consumer}}}}}\n"
        ))
    };
    for consumer in ["F", "A"] {
        let check = |at, expected| {
            entity(
                &text(consumer),
                EntityKind::Subscription,
                at,
                Some(expected),
            );
        };
        check("/consumer/name", "\"F\"");
        check("/consumer/max_seconds", "60");
    }
}

#[test]
fn a_queue_of_dead_letters_is_known_as_one() {
    let target = template(&format!(
        "{QUEUE}  R: {{Type: AWS::SQS::Queue, Properties: {{RedrivePolicy: {{deadLetterTargetArn: !GetAtt Q.Arn, maxReceiveCount: 5}}}}}}\n"
    ));
    entity(&target, EntityKind::Channel, "/dead_letters", Some("true"));
    entity(
        &template(QUEUE),
        EntityKind::Channel,
        "/dead_letters",
        Some("false"),
    );
}

#[test]
fn a_subscription_has_both_of_its_ends() {
    let text = template(&format!(
        "{QUEUE}  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Timeout: 40\n      Events: {{Jobs: {{Type: SQS, Properties: {{Queue: !GetAtt Q.Arn}}}}}}\n"
    ));
    let check =
        |pointer, expected| entity(&text, EntityKind::Subscription, pointer, Some(expected));
    check("/channel/visibility_seconds", "60");
    check("/consumer/max_seconds", "40");
    check("/name", r#""F/Jobs""#);
}

#[test]
fn conditions_that_ask_each_other_are_not_known() {
    let text = "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: !If [A, 1, 2]}\n";
    entity(text, EntityKind::Workload, "/lifetime/max_seconds", None);
}

#[test]
fn a_resource_with_a_name_that_none_can_have_is_said() {
    let text = "Resources:\n  A: {Type: AWS::SQS::Queue}\n  B/C: {Type: AWS::SQS::Queue}\n";
    assert_eq!(
        spelt(text, &reading(text).problems),
        ["3:3 `B/C` is no name of a resource"]
    );
}

#[test]
fn a_parameter_whose_value_is_kept_elsewhere_is_not_known() {
    let text = |kind: &str| {
        format!(
            "Parameters:\n  P: {{Type: '{kind}', Default: /shop/password}}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {{Environment: {{Variables: {{A: !Ref P}}}}}}\n"
        )
    };
    let at = "/containers/0/env/0/kind";
    let check = |kind, expected| entity(&text(kind), EntityKind::Workload, at, Some(expected));
    check("AWS::SSM::Parameter::Value<String>", r#""other_ref""#);
    check("AWS::SSM::Parameter::Name", r#""literal""#);
    check("String", r#""literal""#);
}

/// A function whose time depends on the first of so many conditions, each of which asks for the next one twice.
fn conditions(count: usize) -> String {
    let asking: Vec<String> = (0..count)
        .map(|at| {
            let next = at + 1;
            format!("  C{at}: !And [{{Condition: C{next}}}, {{Condition: C{next}}}]\n")
        })
        .collect();
    let asking = asking.concat();
    format!(
        "Conditions:\n{asking}  C{count}: !Equals [a, a]\nResources:\n  F: {{Type: AWS::Lambda::Function, Properties: {{Timeout: !If [C0, 1, 2]}}}}\n"
    )
}

#[test]
fn a_condition_is_found_once_and_not_at_any_depth() {
    let at = "/lifetime/max_seconds";
    entity(&conditions(10), EntityKind::Workload, at, Some("1"));
    entity(&conditions(50_000), EntityKind::Workload, at, None);
}

#[test]
fn a_text_in_a_text_is_found_once() {
    let nested = |depth: usize, leaf: &str| {
        let inner = (0..depth).fold(leaf.to_owned(), |inner, _| {
            format!("{{'Fn::Sub': ['${{A}}${{A}}', {{A: {inner}}}]}}")
        });
        format!("{{Environment: {{Variables: {{A: {inner}}}}}}}")
    };
    let at = "/containers/0/env/0/value";
    of_function(&nested(2, "x"), at, Some(r#""xxxx""#));
    of_function(&nested(40, "''"), at, Some(r#""""#));
    of_function(&nested(20, "x"), at, None);
}

#[test]
fn a_mapping_that_leads_to_itself_is_not_known() {
    let found = "{'Fn::FindInMap': [M, a, b]}";
    let text = format!(
        "Mappings: {{M: {{a: {{b: [{found}, {found}]}}}}}}\nResources:\n  F: {{Type: AWS::Lambda::Function, Properties: {{Timeout: {found}}}}}\n"
    );
    entity(&text, EntityKind::Workload, "/lifetime/max_seconds", None);
}

#[test]
fn what_a_deployment_may_leave_out_is_neither_there_nor_not() {
    let chosen =
        |key: &str, value: &str| format!("{{{key}: !If [IsOpen, {value}, !Ref AWS::NoValue]}}");
    let check = |properties: &str, pointer| of_function(properties, pointer, None);
    check(
        &chosen("DeadLetterQueue", "{Type: SQS, TargetArn: a}"),
        "/failure/dead_letter",
    );
    check(&chosen("VpcConfig", "{SubnetIds: [a]}"), "/network/vpc");
    check(
        &chosen("FileSystemConfigs", "[{Arn: a, LocalMountPath: /mnt/a}]"),
        "/state/persistent",
    );
    check(
        &chosen("Environment", "{Variables: {A: b}}"),
        "/containers/0/env",
    );
    check(
        "{Environment: {Variables: !If [IsOpen, {A: b}, {C: d}]}}",
        "/containers/0/env",
    );
}

#[test]
fn a_queue_of_dead_letters_of_a_topic_is_known_as_one() {
    let text = template(&format!(
        "{QUEUE}  S: {{Type: AWS::SNS::Subscription, Properties: {{RedrivePolicy: {{deadLetterTargetArn: !GetAtt Q.Arn}}}}}}\n"
    ));
    entity(&text, EntityKind::Channel, "/dead_letters", Some("true"));
}

/// What is wrong with a template.
#[track_caller]
fn wrong(text: &str, expected: &[&str]) {
    assert_eq!(spelt(text, &reading(text).problems), expected, "{text}");
}

#[test]
fn a_name_that_a_template_does_not_declare_is_said() {
    let queue = |value: &str| {
        format!(
            "Parameters:\n  P: {{Type: String}}\nResources:\n  A: {{Type: AWS::SNS::Topic}}\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {{QueueName: {value}}}\n"
        )
    };
    for known in [
        "!Ref P",
        "!Ref A",
        "!Ref AWS::Region",
        "!GetAtt A.Arn",
        "!Sub '${A.Arn}-${P}-${!B}'",
        "!Sub ['${B}', {B: c}]",
    ] {
        wrong(&queue(known), &[]);
    }
    for (value, what) in [
        ("!Ref B", "neither a parameter nor a resource"),
        ("!Sub 'x-${B}'", "neither a parameter nor a resource"),
        ("{Ref: B}", "neither a parameter nor a resource"),
        ("!GetAtt B.Arn", "no resource"),
        ("!If [B, a, b]", "no condition"),
    ] {
        let found = spelt("", &reading(&queue(value)).problems);
        let [found] = found.as_slice() else {
            unreachable!("{found:?} of {value}")
        };
        assert!(
            found.ends_with(&format!("`B` is {what} of this template")),
            "{found}"
        );
    }
}

#[test]
fn what_sam_or_a_macro_makes_is_declared() {
    wrong(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function}\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref FRole, KmsMasterKeyId: !Ref ServerlessRestApi}}\n",
        &[],
    );
    wrong(
        "Transform: Own\nResources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref B}}\n",
        &[],
    );
}

#[test]
fn what_needs_itself_is_said() {
    wrong(
        "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  Q: {Type: AWS::SQS::Queue}\n",
        &["2:3 the condition `A` needs itself"],
    );
    wrong(
        "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt A.TopicName}}\n",
        &["2:3 the resource `A` needs itself"],
    );
    wrong(
        "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SQS::Queue}\n",
        &[],
    );
}

#[test]
fn a_function_that_stands_too_deep_is_said() {
    let nested = |depth: usize, leaf: &str| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(
            "Resources:\n  A: {{Type: AWS::SQS::Queue}}\n  B: {{Type: Own::A::B, Properties: {{A: {open}{leaf}{close}}}}}\n"
        )
    };
    wrong(&nested(10, "!Ref A"), &[]);
    wrong(&nested(80, "a"), &[]);
    let found = spelt("", &reading(&nested(80, "!Ref A")).problems);
    assert!(
        found
            .iter()
            .any(|found| found.contains("below more than 64 levels")),
        "{found:?}"
    );
}
