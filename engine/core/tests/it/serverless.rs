//! Services of the Serverless Framework: variables, the settings of the provider, functions and what calls them.

use plumbline_core::estate::{EntityKind, Estate};

use super::{found, ids, reading, spelt};

/// A service with these keys at its root, and these functions.
fn service(keys: &str, functions: &str) -> String {
    format!("service: shop\n{keys}functions:\n{functions}")
}

/// A service on AWS with one function that has these keys.
fn function(keys: &str) -> String {
    with("", "", keys)
}

/// The same, with keys of the provider and of the root.
fn with(provider: &str, root: &str, function: &str) -> String {
    service(
        &format!("provider: {{name: aws, {provider}}}\n{root}"),
        &format!("  hello: {{handler: a.b, {function}}}\n"),
    )
}

/// The value at a pointer into the first entity of a kind.
#[track_caller]
fn entity(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let reading = reading(text);
    assert_eq!(spelt(text, &reading.problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let entity = estate.of_kind(kind).next().unwrap();
    let found = found(Some(entity), pointer);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

#[track_caller]
fn workload(text: &str, pointer: &str, expected: Option<&str>) {
    entity(text, EntityKind::Workload, pointer, expected);
}

/// How many seconds a function may run whose service has these keys at its root.
#[track_caller]
fn seconds(root: &str, timeout: &str, expected: Option<&str>) {
    workload(
        &with("stage: prod", root, &format!("timeout: {timeout}")),
        "/lifetime/max_seconds",
        expected,
    );
}

#[test]
fn a_service_is_known_by_its_provider_and_what_it_deploys() {
    ids(&function(""), &["aws/test.yaml/functions/hello"], &[]);
    ids(
        "service: shop\nprovider: aws\nfunctions: {a: {handler: x}, b: {image: y/z}}\n",
        &["aws/test.yaml/functions/a", "aws/test.yaml/functions/b"],
        &[],
    );
    for text in [
        "service: shop\nfunctions: {a: {handler: x}}\n",
        "service: shop\nprovider: aws\n",
        "provider: aws\nfunctions: {a: {handler: x}}\n",
        "service: shop\nprovider: [aws]\nfunctions: {}\n",
        "apiVersion: v1\nservice: shop\nprovider: aws\nfunctions: {}\n",
    ] {
        let reading = reading(text);
        assert_eq!(
            (reading.resources.len(), reading.unrecognised),
            (0, 1),
            "{text}"
        );
    }
}

#[test]
fn another_provider_is_said() {
    let text = "service: shop\nprovider:\n  name: google\nfunctions:\n  a: {handler: x}\n";
    ids(
        text,
        &["other/test.yaml/functions/a"],
        &["3:3 functions of the provider `google` are not modelled"],
    );
    let (estate, _) = Estate::new(reading(text).resources);
    assert!(estate.entities.is_empty());
}

#[test]
fn functions_may_be_a_list() {
    ids(
        "service: shop\nprovider: aws\nfunctions:\n- a: {handler: x}\n- b: {handler: y}\n",
        &["aws/test.yaml/functions/a", "aws/test.yaml/functions/b"],
        &[],
    );
}

#[test]
fn a_file_that_is_not_read_is_said() {
    ids(
        "service: shop\nprovider: aws\nfunctions:\n- a: {handler: x}\n- ${file(b.yml)}\n",
        &["aws/test.yaml/functions/a"],
        &["5:3 `${file(b.yml)}` was not read"],
    );
    ids(
        "service: shop\nprovider: aws\nfunctions: ${file(b.yml):functions}\n",
        &[],
        &["3:1 `${file(b.yml):functions}` was not read"],
    );
    ids(
        "service: shop\nprovider: aws\nfunctions:\n  a:\n    handler: x\n    environment: ${ssm:/env}\n",
        &["aws/test.yaml/functions/a"],
        &["6:5 `${ssm:/env}` is only known to a deployment"],
    );
}

#[test]
fn a_function_that_runs_nothing_is_said() {
    ids(
        "service: shop\nprovider: aws\nfunctions:\n  a: {timeout: 3}\n",
        &["aws/test.yaml/functions/a"],
        &["4:3 the function `a` has neither `handler` nor `image`"],
    );
    ids(
        "service: shop\nprovider: aws\nfunctions:\n  a: x.y\n  b:\n  c: {handler: x}\n",
        &["aws/test.yaml/functions/c"],
        &[
            "4:3 the function `a` is no mapping",
            "5:3 the function `b` is no mapping",
        ],
    );
}

#[test]
fn a_tag_that_is_no_function_is_said() {
    ids(
        "service: shop\nprovider: aws\nfunctions:\n  a:\n    handler: x\n    role: !Reff Role\n",
        &["aws/test.yaml/functions/a"],
        &["6:5 CloudFormation has no function `!Reff`"],
    );
}

#[test]
fn a_property_of_the_service_is_looked_up() {
    let root = "custom: {seconds: 20, of: {prod: 30, dev: 10}, list: [7]}\n";
    seconds(root, "\"${self:custom.seconds}\"", Some("20"));
    seconds(root, "\"${self:custom.list.0}\"", Some("7"));
    seconds(
        root,
        "\"${self:custom.of.${self:provider.stage}}\"",
        Some("30"),
    );
    seconds(root, "\"${self:custom.of.${sls:stage}}\"", Some("30"));
    seconds(
        root,
        "\"${self:custom.of.${opt:stage, 'dev'}}\"",
        Some("10"),
    );
    seconds(root, "\"${self:custom.none}\"", None);
}

#[test]
fn a_default_holds_where_there_is_nothing() {
    seconds("", "\"${opt:seconds, 20}\"", Some("20"));
    seconds("", "\"${env:SECONDS, '20'}\"", Some("20"));
    seconds("", "\"${self:custom.none, opt:seconds, 20}\"", Some("20"));
    seconds("", "\"${opt:seconds}\"", None);
    seconds("", "\"${env:SECONDS}\"", None);
}

#[test]
fn what_others_would_answer_is_not_known() {
    for variable in [
        "${ssm:/seconds}",
        "${ssm:/seconds, 20}",
        "${cf:stack.output}",
        "${file(a.yml):seconds, 20}",
        "${aws:accountId}",
        "${sls:instanceId}",
        "${AWS::Region}",
    ] {
        seconds("", &format!("\"{variable}\""), None);
    }
}

#[test]
fn a_parameter_is_that_of_the_stage_or_of_all() {
    let root = "params: {default: {a: 10, b: 20}, prod: {a: 30}}\n";
    seconds(root, "\"${param:a}\"", Some("30"));
    seconds(root, "\"${param:b}\"", Some("20"));
    seconds(root, "\"${param:c, 40}\"", Some("40"));
    seconds(root, "\"${param:c}\"", None);
    let root = "stages: {default: {params: {a: 10, b: 20}}, prod: {params: {a: 30}}}\n";
    seconds(root, "\"${param:a}\"", Some("30"));
    seconds(root, "\"${param:b}\"", Some("20"));
}

#[test]
fn a_text_becomes_a_truth_value() {
    let url = |value: &str| function(&format!("url: \"${{strToBool({value})}}\""));
    entity(
        &url("${opt:url, 'true'}"),
        EntityKind::Endpoint,
        "/form",
        Some(r#""url""#),
    );
    let (estate, _) = Estate::new(reading(&url("0")).resources);
    assert_eq!(estate.of_kind(EntityKind::Endpoint).count(), 0);
}

#[test]
fn a_text_of_several_variables_is_known_when_all_are() {
    let at = "/containers/0/env/0";
    let text = |value: &str| function(&format!("environment: {{A: \"{value}\"}}"));
    workload(
        &text("${self:service}-${sls:stage}"),
        at,
        Some(r#"{"kind":"literal","name":"A","value":"shop-dev"}"#),
    );
    workload(
        &text("${self:service}-${aws:accountId}"),
        at,
        Some(r#"{"kind":"other_ref","name":"A"}"#),
    );
    workload(
        &text(r"\\${self:service}"),
        at,
        Some(r#"{"kind":"other_ref","name":"A"}"#),
    );
}

#[test]
fn variables_that_ask_for_each_other_are_not_known() {
    let root = "custom: {a: \"${self:custom.b}\", b: \"${self:custom.a}\"}\n";
    seconds(root, "\"${self:custom.a}\"", None);
    seconds(root, "\"${self:custom.c, self:custom.a}\"", None);
    seconds("", "\"${self:functions.hello.timeout}\"", None);
}

#[test]
fn a_collection_that_holds_itself_comes_to_an_end() {
    let text = with(
        "",
        "custom: {a: {b: \"${self:custom.a}\", c: 1}}\n",
        "x: \"${self:custom.a}\", y: \"${self:}\"",
    );
    ids(&text, &["aws/test.yaml/functions/hello"], &[]);
}

#[test]
fn variables_that_come_to_too_much_are_said() {
    let mut root = "custom:\n  a0: {x: 1, y: 1}\n".to_owned();
    for level in 1..30 {
        let below = level - 1;
        root.push_str(&format!(
            "  a{level}: [\"${{self:custom.a{below}}}\", \"${{self:custom.a{below}}}\"]\n"
        ));
    }
    ids(
        &with("", &root, "x: \"${self:custom.a29}\""),
        &[],
        &["1:1 a service whose variables and settings come to too much to be judged"],
    );
}

#[test]
fn texts_that_double_come_to_an_end() {
    let mut root = "custom:\n  a0: xxxxxxxx\n".to_owned();
    for level in 1..40 {
        let below = level - 1;
        root.push_str(&format!(
            "  a{level}: \"${{self:custom.a{below}}}${{self:custom.a{below}}}\"\n"
        ));
    }
    let text = with("", &root, "x: \"${self:custom.a39}\"");
    assert!(reading(&text).resources.len() <= 1);
}

#[test]
fn a_function_has_the_settings_of_the_provider() {
    let provider = "runtime: python3.12, timeout: 20, memorySize: 512, logRetentionInDays: 14";
    let check = |keys: &str, pointer, expected| {
        workload(&with(provider, "", keys), pointer, Some(expected));
    };
    check("", "/runtime/language", r#""python3.12""#);
    check("", "/lifetime/max_seconds", "20");
    check("timeout: 3", "/lifetime/max_seconds", "3");
    check("timeout: ~", "/lifetime/max_seconds", "20");
    check("", "/resources/limits/memory_bytes", "536870912");
    check("", "/observability/log_retention_days", "14");
}

#[test]
fn the_defaults_are_those_of_the_framework() {
    let text = function("");
    workload(&text, "/lifetime/max_seconds", Some("6"));
    workload(&text, "/resources/limits/memory_bytes", Some("1073741824"));
    workload(&text, "/identity/name", Some(r#""IamRoleLambdaExecution""#));
    workload(&text, "/network/vpc", Some("false"));
    workload(&text, "/observability/tracing", Some("false"));
    workload(&text, "/runtime/package", Some(r#""zip""#));
}

#[test]
fn a_default_stands_at_the_function() {
    let text = function("");
    let reading = reading(&text);
    let hello = &reading.resources[0];
    let timeout = hello.view().get("timeout").unwrap();
    let span = hello.tree.place(timeout.id()).unwrap();
    assert_eq!(text.get(span.range()), Some("hello"));
}

#[test]
fn variables_of_the_environment_are_merged() {
    let text = with(
        "environment: {A: x, B: y, C: z}",
        "",
        "environment: {B: true, C: ~}",
    );
    workload(
        &text,
        "/containers/0/env",
        Some(
            r#"[{"kind":"literal","name":"B","value":"true"},{"kind":"literal","name":"A","value":"x"}]"#,
        ),
    );
}

#[test]
fn a_variable_of_the_environment_keeps_its_place() {
    let text = "service: shop\nprovider:\n  name: aws\n  environment:\n    A: x\ncustom:\n  env: {B: y}\nfunctions:\n  hello:\n    handler: a.b\n    environment: ${self:custom.env}\n";
    let reading = reading(text);
    let hello = &reading.resources[0];
    let at = |name: &str| {
        let view = hello.view().at(&["environment", name]).unwrap();
        let span = hello.tree.place(view.id()).unwrap();
        text.get(span.range()).unwrap()
    };
    assert_eq!(at("A"), "A: x");
    assert_eq!(at("B"), "B: y");
    let name = hello.place().and_then(|span| text.get(span.range()));
    assert_eq!(name, Some("hello"));
}

#[test]
fn tags_are_merged_from_all_three_places() {
    workload(
        &with(
            "stackTags: {a: stack, b: stack, c: stack}, tags: {b: provider, c: provider}",
            "",
            "tags: {c: own}",
        ),
        "/tags",
        Some(r#"{"a":"stack","b":"provider","c":"own"}"#),
    );
}

#[test]
fn a_network_of_the_provider_can_be_left() {
    let provider = "vpc: {securityGroupIds: [a], subnetIds: [b]}";
    let at = "/network/vpc";
    workload(&with(provider, "", ""), at, Some("true"));
    workload(&with(provider, "", "vpc: ~"), at, Some("false"));
    workload(&function("vpc: {subnetIds: [b]}"), at, Some("true"));
    workload(&function("vpc: \"${ssm:/vpc}\""), at, Some("true"));
}

#[test]
fn tracing_is_true_or_a_mode() {
    let at = "/observability/tracing";
    workload(&with("tracing: {lambda: true}", "", ""), at, Some("true"));
    workload(&function("tracing: Active"), at, Some("true"));
    workload(
        &with("tracing: {lambda: true}", "", "tracing: PassThrough"),
        at,
        Some("false"),
    );
    workload(
        &with("tracing: {lambda: \"${ssm:/tracing}\"}", "", ""),
        at,
        None,
    );
}

#[test]
fn a_function_is_in_the_region_of_its_provider() {
    let at = "/placement/region";
    let check = |provider, expected| workload(&with(provider, "", ""), at, expected);
    check("region: eu-west-1", Some(r#""eu-west-1""#));
    check(
        "region: \"${opt:region, 'eu-west-1'}\"",
        Some(r#""eu-west-1""#),
    );
    check("region: '${opt:region}'", None);
    check("stage: prod", None);
}

#[test]
fn a_role_is_the_functions_own_or_the_providers() {
    let at = "/identity/name";
    workload(&function("role: Mine"), at, Some(r#""Mine""#));
    workload(&function("role: !GetAtt Mine.Arn"), at, Some(r#""Mine""#));
    workload(&with("role: Ours", "", ""), at, Some(r#""Ours""#));
    workload(&with("iam: {role: Ours}", "", ""), at, Some(r#""Ours""#));
    workload(
        &with("iam: {role: {statements: []}}", "", ""),
        at,
        Some(r#""IamRoleLambdaExecution""#),
    );
    workload(
        &with("role: Ours", "", "iamRoleStatements: []"),
        at,
        Some(r#""HelloIamRoleLambdaExecution""#),
    );
    workload(&function("role: \"${cf:roles.arn}\""), at, None);
}

/// Who holds each grant of a service, and which actions it speaks of.
#[track_caller]
fn grants(text: &str, expected: &[&str]) {
    let reading = reading(text);
    assert_eq!(spelt(text, &reading.problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let grants: Vec<String> = estate
        .of_kind(EntityKind::Grant)
        .map(|grant| {
            let at = |pointer: &str| found(Some(grant), pointer).unwrap_or_default();
            format!("{} {}", at("/identity"), at("/actions"))
        })
        .collect();
    assert_eq!(grants, expected, "{text}");
}

const STATEMENTS: &str = "[{Effect: Allow, Action: '*', Resource: '*'}]";

#[test]
fn what_the_provider_permits_is_granted_to_the_role_of_all_functions() {
    let expected = [r#""IamRoleLambdaExecution" ["*"]"#];
    for keys in [
        format!("iam: {{role: {{statements: {STATEMENTS}}}}}"),
        format!("iamRoleStatements: {STATEMENTS}"),
        "iam: {role: {managedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess']}}"
            .to_owned(),
    ] {
        grants(&with(&keys, "", ""), &expected);
    }
    grants(&with("iam: {role: {statements: []}}", "", ""), &[]);
    grants(&function(""), &[]);
}

#[test]
fn a_provider_that_names_a_role_grants_nothing() {
    let keys = format!("role: Ours, iamRoleStatements: {STATEMENTS}");
    grants(&with(&keys, "", ""), &[]);
}

#[test]
fn what_a_function_permits_is_granted_to_a_role_of_its_own() {
    let own = "[{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]";
    let provider = format!("iamRoleStatements: {STATEMENTS}");
    let shared = r#""IamRoleLambdaExecution" ["*"]"#;
    let hello = r#""HelloIamRoleLambdaExecution" ["s3:GetObject"]"#;
    for keys in [
        format!("iamRoleStatements: {own}"),
        format!("iam: {{role: {{statements: {own}}}}}"),
    ] {
        grants(&with(&provider, "", &keys), &[shared, hello]);
    }
    let keys = format!("iamRoleStatements: {own}, iamRoleStatementsInherit: true");
    let inherited = r#""HelloIamRoleLambdaExecution" ["*"]"#;
    grants(&with(&provider, "", &keys), &[shared, hello, inherited]);
}

#[test]
fn a_statement_keeps_its_place() {
    let text = "service: shop\nprovider:\n  name: aws\n  iam:\n    role:\n      statements:\n      - ${self:custom.all}\ncustom:\n  all:\n    Effect: Allow\n    Action: \"*\"\n    Resource: \"*\"\nfunctions: {hello: {handler: a.b}}\n";
    let reading = reading(text);
    let is_role = |id: &str| id == "aws/test.yaml/IamRoleLambdaExecution";
    let mut roles = reading.resources.iter();
    let role = roles.find(|one| is_role(one.id.as_str())).unwrap();
    let policies = role.view().at(&["Properties", "Policies"]).unwrap();
    let document = policies.items().next().unwrap().get("PolicyDocument");
    let statements = document.unwrap().get("Statement").unwrap();
    let action = statements.items().next().unwrap().get("Action").unwrap();
    let span = role.tree.place(action.id()).unwrap();
    assert_eq!(text.get(span.range()), Some("Action: \"*\""));
}

#[test]
fn permissions_that_nobody_can_read_are_said() {
    let service = |statements: &str| {
        format!(
            "service: shop\nprovider:\n  name: aws\n  iamRoleStatements:\n{statements}resources: {{}}\n"
        )
    };
    let role = "aws/test.yaml/IamRoleLambdaExecution";
    ids(
        &service("  - ${file(a.yml)}\n"),
        &[role],
        &["5:5 `${file(a.yml)}` was not read"],
    );
    ids(
        &service("  - {Effect: Allow, Action: 's3:*', Resource: '${ssm:/arn}'}\n"),
        &[role],
        &["5:37 `${ssm:/arn}` is only known to a deployment"],
    );
    ids(
        &service("    Effect: Allow\n"),
        &[],
        &["4:3 the permissions of a role are no list"],
    );
    ids(
        &service("  - s3:*\n"),
        &[role],
        &["5:5 a statement of a role that is no mapping"],
    );
}

#[test]
fn an_image_is_a_reference_or_one_of_the_providers() {
    let check = |provider: &str, image: &str, pointer, expected| {
        let keys = format!("provider: {{name: aws, {provider}}}\n");
        let functions = format!("  hello: {{image: {image}}}\n");
        workload(&service(&keys, &functions), pointer, expected);
    };
    let name = "/containers/0/image/repository";
    check("", "x.com/a@sha256:0", name, Some(r#""a""#));
    check("", "{uri: x.com/a}", name, Some(r#""a""#));
    let provider = "ecr: {images: {base: {uri: x.com/b}, built: {path: .}}}";
    check(provider, "base", name, Some(r#""b""#));
    check(provider, "{name: base}", name, Some(r#""b""#));
    check(provider, "built", name, None);
    check(provider, "built", "/runtime/package", Some(r#""image""#));
}

#[test]
fn a_file_system_is_state() {
    let text = function("fileSystemConfig: {arn: x, localMountPath: /mnt/a}");
    workload(
        &text,
        "/state",
        Some(r#"{"mounts":[{"kind":"file_system","path":"/mnt/a"}],"persistent":true}"#),
    );
    workload(&function(""), "/state", Some(r#"{"persistent":false}"#));
}

#[test]
fn concurrency_is_reserved_or_provisioned() {
    let text = function("reservedConcurrency: 5, provisionedConcurrency: 2");
    workload(&text, "/lifetime/max_instances", Some("5"));
    workload(&text, "/lifetime/min_instances", Some("2"));
    workload(&function(""), "/lifetime/max_instances", None);
}

#[test]
fn what_fails_goes_somewhere_or_is_lost() {
    let at = "/failure/dead_letter";
    workload(&function(""), at, Some("false"));
    workload(&function("onError: !Ref Topic"), at, Some("true"));
    workload(
        &function("destinations: {onFailure: other}"),
        at,
        Some("true"),
    );
    workload(
        &function("destinations: {onSuccess: other}"),
        at,
        Some("false"),
    );
    workload(
        &function("maximumRetryAttempts: 1, maximumEventAge: 60"),
        "/failure",
        Some(r#"{"dead_letter":false,"max_age_seconds":60,"retries":1}"#),
    );
}

#[test]
fn an_event_that_does_not_wait_makes_a_function_asynchronous() {
    let check = |event: &str, expected| {
        let text = function(&format!("events: [{event}]"));
        workload(&text, "/invoked_asynchronously", Some(expected));
    };
    check("s3: photos", "true");
    check("schedule: rate(1 hour)", "true");
    check("eventBridge: {pattern: {}}", "true");
    check("http: {path: a, method: get, async: true}", "true");
    check("http: {path: a, method: get}", "false");
    check("sqs: 'arn:aws:sqs:a:1:q'", "false");
}

/// The value at a pointer into the first endpoint of a function with these keys.
#[track_caller]
fn endpoint(provider: &str, keys: &str, pointer: &str, expected: Option<&str>) {
    entity(
        &with(provider, "", keys),
        EntityKind::Endpoint,
        pointer,
        expected,
    );
}

#[test]
fn a_url_is_open_unless_it_asks_for_a_signature() {
    endpoint(
        "",
        "url: true",
        "",
        Some(
            r#"{"authentication":"none","exposure":"public","form":"url","name":"hello/url","rate_limit":false,"target":"hello","tls":true}"#,
        ),
    );
    let at = "/authentication";
    endpoint("", "url: {authorizer: aws_iam}", at, Some(r#""iam""#));
    endpoint("", "url: {cors: true}", at, Some(r#""none""#));
    endpoint("", "url: {authorizer: \"${ssm:/a}\"}", at, None);
    let text = function("url: false");
    let (estate, _) = Estate::new(reading(&text).resources);
    assert_eq!(estate.of_kind(EntityKind::Endpoint).count(), 0);
}

#[test]
fn a_route_is_read_in_both_spellings() {
    for event in [
        "http: 'get carts/{id}'",
        "http: {path: 'carts/{id}', method: get}",
        "httpApi: 'GET /carts/{id}'",
        "httpApi: {path: '/carts/{id}', method: GET}",
    ] {
        endpoint(
            "",
            &format!("events: [{event}]"),
            "",
            Some(
                r#"{"authentication":"none","exposure":"public","form":"route","methods":["GET"],"name":"hello/events/0","path":"/carts/{id}","rate_limit":false,"target":"hello","tls":true}"#,
            ),
        );
    }
    endpoint("", "events: [httpApi: '*']", "/methods", Some(r#"["ANY"]"#));
    endpoint("", "events: [httpApi: '*']", "/path", Some(r#""*""#));
    endpoint("", "events: [http: \"${ssm:/route}\"]", "/path", None);
}

#[test]
fn a_route_asks_for_what_its_authorizer_does() {
    let check = |provider: &str, event: &str, expected| {
        let keys = format!("events: [{event}]");
        endpoint(provider, &keys, "/authentication", expected);
    };
    let http = |keys: &str| format!("http: {{path: a, method: get, {keys}}}");
    let api = |keys: &str| format!("httpApi: {{path: /a, method: get, {keys}}}");
    check("", &http("private: true"), Some(r#""api_key""#));
    check("", &http("private: false"), Some(r#""none""#));
    check("", &http("authorizer: aws_iam"), Some(r#""iam""#));
    check("", &http("authorizer: {type: AWS_IAM}"), Some(r#""iam""#));
    check("", &http("authorizer: checker"), Some(r#""custom""#));
    check(
        "",
        &http("authorizer: 'arn:aws:cognito-idp:a:1:userpool/x'"),
        Some(r#""jwt""#),
    );
    check(
        "",
        &http("authorizer: {type: COGNITO_USER_POOLS, authorizerId: x}"),
        Some(r#""jwt""#),
    );
    check("", &http("authorizer: \"${ssm:/a}\""), None);
    check("", &api("authorizer: users"), Some(r#""jwt""#));
    check("", &api("authorizer: {type: aws_iam}"), Some(r#""iam""#));
    check(
        "httpApi: {authorizers: {users: {type: request}}}",
        &api("authorizer: {name: users}"),
        Some(r#""custom""#),
    );
}

#[test]
fn a_plan_of_usage_limits_the_routes_of_a_rest_api() {
    let http = "events: [http: {path: a, method: get}]";
    let api = "events: [httpApi: 'GET /a']";
    let at = "/rate_limit";
    for gateway in [
        "usagePlan: {throttle: {rateLimit: 10}}",
        "usagePlan: [{free: {throttle: {rateLimit: 10}}}]",
        "apiKeys: [mine]",
    ] {
        let provider = format!("apiGateway: {{{gateway}}}");
        endpoint(&provider, http, at, Some("true"));
        endpoint(&provider, api, at, Some("false"));
    }
    endpoint("", http, at, Some("false"));
    endpoint(
        "apiGateway: {usagePlan: {quota: {limit: 10}}}",
        http,
        at,
        Some("false"),
    );
}

#[test]
fn a_private_rest_api_is_internal() {
    let http = "events: [http: {path: a, method: get}]";
    let api = "events: [httpApi: 'GET /a']";
    let at = "/exposure";
    endpoint("endpointType: PRIVATE", http, at, Some(r#""internal""#));
    endpoint("endpointType: REGIONAL", http, at, Some(r#""public""#));
    endpoint("endpointType: PRIVATE", api, at, Some(r#""public""#));
}

/// A function that takes messages from the queue `Q` of its own template, or not.
fn queue(event: &str) -> String {
    format!(
        "{}resources:\n  Resources:\n    Q:\n      Type: AWS::SQS::Queue\n      Properties: {{VisibilityTimeout: \"${{self:custom.seconds}}\"}}\n",
        with(
            "",
            "custom: {seconds: 60}\n",
            &format!("timeout: 40, events: [{event}]")
        )
    )
}

#[test]
fn a_subscription_has_both_of_its_ends() {
    let text = queue("sqs: {arn: !GetAtt Q.Arn}");
    entity(
        &text,
        EntityKind::Subscription,
        "",
        Some(
            r#"{"batch_partial":false,"channel":{"name":"Q","redrive":false,"visibility_seconds":60},"consumer":{"max_seconds":40,"name":"hello"},"form":"queue","name":"hello/events/0"}"#,
        ),
    );
}

#[test]
fn a_source_elsewhere_is_known_by_its_name() {
    let check = |event: &str, pointer, expected| {
        let text = function(&format!("events: [{event}]"));
        entity(&text, EntityKind::Subscription, pointer, expected);
    };
    let name = "/channel/name";
    check("sqs: 'arn:aws:sqs:a:1:jobs'", name, Some(r#""jobs""#));
    check(
        "stream: 'arn:aws:dynamodb:a:1:table/carts/stream/2020-01-01T00:00:00'",
        name,
        Some(r#""carts""#),
    );
    check(
        "kafka: {topic: orders, bootstrapServers: []}",
        name,
        Some(r#""orders""#),
    );
    check("sqs: \"${ssm:/queue}\"", name, None);
    check(
        "schedule: rate(1 hour)",
        "",
        Some(
            r#"{"consumer":{"max_seconds":6,"name":"hello"},"form":"schedule","name":"hello/events/0"}"#,
        ),
    );
}

#[test]
fn a_topic_and_a_bus_hand_over_events() {
    let check = |event: &str, expected: &str| {
        let text = function(&format!("events: [{event}]"));
        entity(&text, EntityKind::Subscription, "", Some(expected));
    };
    let topic = r#"{"channel":{"name":"orders"},"consumer":{"max_seconds":6,"name":"hello"},"dead_letter":false,"form":"topic","name":"hello/events/0"}"#;
    check("sns: orders", topic);
    check("sns: 'arn:aws:sns:a:1:orders'", topic);
    check("sns: {topicName: orders}", topic);
    check(
        "sns: {topicName: orders, redrivePolicy: {deadLetterTargetRef: Q}}",
        &topic.replace("false", "true"),
    );
    let bus = r#"{"channel":{"name":"orders"},"consumer":{"max_seconds":6,"name":"hello"},"dead_letter":false,"form":"bus","max_age_seconds":86400,"name":"hello/events/0","retries":2}"#;
    let event = "eventBridge: {eventBus: 'arn:aws:events:a:1:event-bus/orders', retryPolicy: {maximumRetryAttempts: 2}}";
    check(event, bus);
}

#[test]
fn a_batch_may_fail_in_part_and_a_stream_has_failures() {
    let check = |event: &str, pointer, expected| {
        let text = function(&format!("events: [{event}]"));
        entity(&text, EntityKind::Subscription, pointer, Some(expected));
    };
    let arn = "arn: 'arn:aws:sqs:a:1:x'";
    check(
        &format!("sqs: {{{arn}, functionResponseType: ReportBatchItemFailures}}"),
        "/batch_partial",
        "true",
    );
    check(&format!("sqs: {{{arn}}}"), "/batch_partial", "false");
    let stream = format!("stream: {{{arn}, destinations: {{onFailure: x}}}}");
    check(&stream, "/dead_letter", "true");
    check(&format!("stream: {{{arn}}}"), "/dead_letter", "false");
    let stream = format!("stream: {{{arn}, maximumRetryAttempts: 3}}");
    check(&stream, "/retries", "3");
}

#[test]
fn the_template_beside_the_functions_is_read() {
    let text = queue("sqs: {arn: !GetAtt Q.Arn}");
    ids(
        &text,
        &["aws/test.yaml/functions/hello", "aws/test.yaml/Q"],
        &[],
    );
    entity(
        &text,
        EntityKind::Channel,
        "/visibility_seconds",
        Some("60"),
    );
    let at = "/consumed_by_function";
    entity(&text, EntityKind::Channel, at, Some("true"));
    entity(
        &queue("sqs: 'arn:aws:sqs:a:1:x'"),
        EntityKind::Channel,
        at,
        Some("false"),
    );
}

#[test]
fn a_queue_of_dead_letters_is_known_as_one() {
    let with = |keys: &str| {
        format!(
            "{}resources: {{Resources: {{Q: {{Type: AWS::SQS::Queue}}}}}}\n",
            function(keys)
        )
    };
    let at = "/dead_letters";
    for keys in [
        "onError: !GetAtt Q.Arn",
        "destinations: {onFailure: {type: sqs, arn: !GetAtt Q.Arn}}",
    ] {
        entity(&with(keys), EntityKind::Channel, at, Some("true"));
    }
    entity(&with(""), EntityKind::Channel, at, Some("false"));
}

#[test]
fn templates_may_be_a_list() {
    ids(
        "service: shop\nprovider: aws\nresources:\n- Resources: {A: {Type: AWS::SQS::Queue}}\n- ${file(b.yml)}\n- Resources:\n    B: {Type: AWS::SQS::Queue}\n    C: ${file(c.yml)}\n",
        &["aws/test.yaml/A", "aws/test.yaml/B"],
        &[
            "5:3 `${file(b.yml)}` was not read",
            "8:5 `${file(c.yml)}` was not read",
        ],
    );
}

#[test]
fn extensions_of_generated_resources_are_said() {
    ids(
        "service: shop\nprovider: aws\nresources:\n  extensions: {HelloLambdaFunction: {}}\n",
        &[],
        &["4:3 `extensions` of what the framework generates are not applied"],
    );
}

#[test]
fn events_that_are_no_list_are_said() {
    ids(
        "service: shop\nprovider: aws\nfunctions:\n  a:\n    handler: x\n    events: {http: get /}\n",
        &["aws/test.yaml/functions/a"],
        &["6:5 the events of the function `a` are no list"],
    );
}
