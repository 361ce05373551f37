//! What AWS is beyond functions and queues, in Terraform and in templates: endpoints, stores, identities, what hands
//! messages on, budgets, machines.

use std::collections::BTreeSet;

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::Notation;
use plumbline_rego::{Path, value::json};

use super::{apart_from_names, documents, reading, spelt};

fn terraform(text: &str) -> Reading {
    let (documents, problems) = documents(text, Notation::Hcl);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    reading.take_together(&documents.iter().collect::<Vec<_>>(), &BTreeSet::new());
    reading
}

/// The value at a pointer into the first entity of a kind.
#[track_caller]
fn found(reading: Reading, text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let problems = apart_from_names(reading.problems);
    assert_eq!(spelt(text, &problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let entity = estate.of_kind(kind).next();
    let value = entity.unwrap().value();
    let found = value
        .at(&Path::from_pointer(pointer).unwrap())
        .map(json::to_string);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The same of a configuration of Terraform.
#[track_caller]
fn hcl(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    found(terraform(text), text, kind, pointer, expected);
}

/// The same of a template with these resources.
#[track_caller]
fn template(resources: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let text = format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{resources}");
    found(reading(&text), &text, kind, pointer, expected);
}

/// A template with one resource of a type.
#[track_caller]
fn one(kind: &str, properties: &str, of: EntityKind, pointer: &str, expected: Option<&str>) {
    template(
        &format!("  A: {{Type: {kind}, Properties: {properties}}}\n"),
        of,
        pointer,
        expected,
    );
}

const AUTHENTICATION: &str = "/authentication";

#[test]
fn a_url_of_a_function_says_who_may_call_it() {
    for (written, expected) in [("NONE", r#""none""#), ("AWS_IAM", r#""iam""#)] {
        hcl(
            &format!(
                "resource \"aws_lambda_function_url\" \"a\" {{\n  function_name = aws_lambda_function.f.arn\n  authorization_type = \"{written}\"\n}}\n"
            ),
            EntityKind::Endpoint,
            AUTHENTICATION,
            Some(expected),
        );
        one(
            "AWS::Lambda::Url",
            &format!("{{AuthType: {written}, TargetFunctionArn: !GetAtt F.Arn}}"),
            EntityKind::Endpoint,
            AUTHENTICATION,
            Some(expected),
        );
    }
    one(
        "AWS::Lambda::Url",
        "{AuthType: NONE, TargetFunctionArn: !GetAtt F.Arn}",
        EntityKind::Endpoint,
        "/target",
        Some(r#""F""#),
    );
}

#[test]
fn a_route_asks_for_nothing_unless_it_says_so() {
    let route = |rest: &str| format!("{{ApiId: !Ref H, RouteKey: GET /orders, {rest}}}");
    let check = |rest: &str, pointer, expected| {
        one(
            "AWS::ApiGatewayV2::Route",
            &route(rest),
            EntityKind::Endpoint,
            pointer,
            Some(expected),
        );
    };
    check("", AUTHENTICATION, r#""none""#);
    check("AuthorizationType: JWT", AUTHENTICATION, r#""jwt""#);
    check("AuthorizationType: CUSTOM", AUTHENTICATION, r#""custom""#);
    check("", "/path", r#""/orders""#);
    check("", "/methods", r#"["GET"]"#);
    check("", "/exposure", r#""public""#);
}

fn method(rest: &str, beside: &str) -> String {
    format!(
        "resource \"aws_api_gateway_method\" \"a\" {{\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  resource_id = aws_api_gateway_resource.r.id\n  http_method = \"GET\"\n  {rest}\n}}\nresource \"aws_api_gateway_resource\" \"r\" {{\n  parent_id = aws_api_gateway_rest_api.api.root_resource_id\n  path_part = \"orders\"\n}}\n{beside}"
    )
}

const REST_API: &str = "resource \"aws_api_gateway_rest_api\" \"api\" {\n  name = \"a\"\n}\n";

#[test]
fn a_method_may_ask_for_a_key_alone() {
    let check = |rest: &str, expected| {
        hcl(
            &method(rest, REST_API),
            EntityKind::Endpoint,
            AUTHENTICATION,
            Some(expected),
        );
    };
    check("authorization = \"NONE\"", r#""none""#);
    check(
        "authorization = \"NONE\"\n  api_key_required = true",
        r#""api_key""#,
    );
    check(
        "authorization = \"COGNITO_USER_POOLS\"\n  api_key_required = true",
        r#""jwt""#,
    );
}

#[test]
fn a_method_stands_on_the_parts_of_its_path() {
    hcl(
        &method("authorization = \"NONE\"", REST_API),
        EntityKind::Endpoint,
        "/path",
        Some(r#""/orders""#),
    );
}

#[test]
fn an_api_is_public_unless_it_is_private() {
    let check = |beside: &str, expected| {
        hcl(
            &method("authorization = \"NONE\"", beside),
            EntityKind::Endpoint,
            "/exposure",
            expected,
        );
    };
    check(REST_API, Some(r#""public""#));
    check(
        "resource \"aws_api_gateway_rest_api\" \"api\" {\n  endpoint_configuration {\n    types = [\"PRIVATE\"]\n  }\n}\n",
        Some(r#""internal""#),
    );
    check("", None);
}

#[test]
fn a_stage_limits_every_route_or_one() {
    let stage = |settings: &str| {
        format!(
            "  R: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref H, RouteKey: GET /orders}}}}\n  S:\n    Type: AWS::ApiGatewayV2::Stage\n    Properties: {{ApiId: !Ref H, {settings}}}\n"
        )
    };
    let check = |settings: &str, expected| {
        template(
            &stage(settings),
            EntityKind::Endpoint,
            "/rate_limit",
            Some(expected),
        );
    };
    check("", "false");
    check("DefaultRouteSettings: {ThrottlingRateLimit: 10}", "true");
    check(
        "RouteSettings: {GET /orders: {ThrottlingRateLimit: 10}}",
        "true",
    );
    check(
        "RouteSettings: {GET /carts: {ThrottlingRateLimit: 10}}",
        "false",
    );
}

#[test]
fn settings_of_methods_limit_all_or_nobody_knows_which() {
    let settings = |path: &str| {
        format!(
            "{REST_API}resource \"aws_api_gateway_method_settings\" \"s\" {{\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  method_path = \"{path}\"\n  settings {{\n    throttling_rate_limit = 10\n  }}\n}}\n"
        )
    };
    let check = |beside: &str, expected| {
        hcl(
            &method("authorization = \"NONE\"", beside),
            EntityKind::Endpoint,
            "/rate_limit",
            expected,
        );
    };
    check(&settings("*/*"), Some("true"));
    check(&settings("orders/GET"), None);
    check(REST_API, Some("false"));
}

#[test]
fn a_plan_limits_those_who_need_a_key() {
    let plan = format!(
        "{REST_API}resource \"aws_api_gateway_usage_plan\" \"p\" {{\n  api_stages {{\n    api_id = aws_api_gateway_rest_api.api.id\n    stage = \"a\"\n  }}\n  throttle_settings {{\n    rate_limit = 10\n  }}\n}}\n"
    );
    let check = |rest: &str, expected| {
        hcl(
            &method(rest, &plan),
            EntityKind::Endpoint,
            "/rate_limit",
            Some(expected),
        );
    };
    check("api_key_required = true", "true");
    check("authorization = \"NONE\"", "false");
}

/// A function of SAM with one event, beside other resources.
fn sam(event: &str, beside: &str) -> String {
    format!(
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n        E: {event}\n{beside}"
    )
}

#[test]
fn an_event_of_an_api_asks_for_what_the_api_asks_for() {
    let api = "  H:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n      Auth:\n        DefaultAuthorizer: Users\n        Authorizers:\n          Users: {JwtConfiguration: {issuer: x}}\n          Own: {FunctionArn: x}\n";
    let check = |auth: &str, expected| {
        let event = format!(
            "{{Type: HttpApi, Properties: {{ApiId: !Ref H, Path: /a, Method: get, {auth}}}}}"
        );
        template(
            &sam(&event, api),
            EntityKind::Endpoint,
            AUTHENTICATION,
            Some(expected),
        );
    };
    check("", r#""jwt""#);
    check("Auth: {Authorizer: NONE}", r#""none""#);
    check("Auth: {Authorizer: AWS_IAM}", r#""iam""#);
    check("Auth: {Authorizer: Own}", r#""custom""#);
}

#[test]
fn an_event_without_an_api_is_one_of_the_implicit_api() {
    let event = "{Type: Api, Properties: {Path: /a, Method: get}}";
    let bare = sam(event, "");
    template(
        &bare,
        EntityKind::Endpoint,
        AUTHENTICATION,
        Some(r#""none""#),
    );
    template(&bare, EntityKind::Endpoint, "/methods", Some(r#"["GET"]"#));
    template(&bare, EntityKind::Endpoint, "/target", Some(r#""F""#));
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nGlobals: {{Api: {{Auth: {{ApiKeyRequired: true}}}}}}\nResources:\n{bare}"
    );
    found(
        reading(&text),
        &text,
        EntityKind::Endpoint,
        AUTHENTICATION,
        Some(r#""api_key""#),
    );
}

#[test]
fn an_api_as_a_whole_leaves_it_to_its_routes() {
    let check = |properties: &str, pointer, expected| {
        one(
            "AWS::Serverless::Api",
            properties,
            EntityKind::Endpoint,
            pointer,
            expected,
        );
    };
    check("{StageName: a}", AUTHENTICATION, None);
    check(
        "{Auth: {DefaultAuthorizer: AWS_IAM}}",
        AUTHENTICATION,
        Some(r#""iam""#),
    );
    check(
        "{EndpointConfiguration: {Type: PRIVATE}}",
        "/exposure",
        Some(r#""internal""#),
    );
}

const BUCKET: &str = "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n";

#[test]
fn a_bucket_is_closed_unless_a_list_or_a_policy_opens_it() {
    let check = |beside: &str, expected| {
        hcl(
            &format!("{BUCKET}{beside}"),
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    let acl = "resource \"aws_s3_bucket_acl\" \"a\" {\n  bucket = aws_s3_bucket.b.id\n  acl = \"public-read\"\n}\n";
    let block = |key: &str| {
        format!(
            "resource \"aws_s3_bucket_public_access_block\" \"p\" {{\n  bucket = \"b\"\n  {key} = true\n}}\n"
        )
    };
    let policy = |condition: &str| {
        format!(
            "resource \"aws_s3_bucket_policy\" \"p\" {{\n  bucket = aws_s3_bucket.b.id\n  policy = jsonencode({{\n    Statement = [{{\n      Effect = \"Allow\"\n      Principal = {{ AWS = \"*\" }}\n      Action = \"s3:GetObject\"\n      Resource = \"${{aws_s3_bucket.b.arn}}/*\"\n      {condition}\n    }}]\n  }})\n}}\n"
        )
    };
    check("", "false");
    check(acl, "true");
    check(&format!("{acl}{}", block("block_public_acls")), "false");
    check(&format!("{acl}{}", block("block_public_policy")), "true");
    check(&policy(""), "true");
    check(
        &policy("Condition = { IpAddress = { \"aws:SourceIp\" = \"10.0.0.0/8\" } }"),
        "false",
    );
    check(
        &format!("{}{}", policy(""), block("restrict_public_buckets")),
        "false",
    );
}

#[test]
fn the_policy_of_a_bucket_stands_beside_it_in_a_template() {
    let policy = |principal: &str| {
        format!(
            "  B: {{Type: AWS::S3::Bucket}}\n  P:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref B\n      PolicyDocument: {{Statement: {{Effect: Allow, Principal: {principal}, Action: 's3:*', Resource: '*'}}}}\n"
        )
    };
    let check = |principal: &str, expected| {
        template(
            &policy(principal),
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    check("'*'", "true");
    check("{Service: x.amazonaws.com}", "false");
}

#[test]
fn versions_and_days_are_backups() {
    let check = |kind: &str, properties: &str, expected| {
        one(
            kind,
            properties,
            EntityKind::Store,
            "/backup",
            Some(expected),
        );
    };
    check("AWS::S3::Bucket", "{}", "false");
    check(
        "AWS::S3::Bucket",
        "{VersioningConfiguration: {Status: Enabled}}",
        "true",
    );
    check("AWS::RDS::DBInstance", "{}", "true");
    check(
        "AWS::RDS::DBInstance",
        "{BackupRetentionPeriod: 0}",
        "false",
    );
    check("AWS::DynamoDB::Table", "{}", "false");
    hcl(
        "resource \"aws_db_instance\" \"d\" {\n  engine = \"mysql\"\n}\n",
        EntityKind::Store,
        "/backup",
        Some("false"),
    );
}

#[test]
fn a_database_says_whether_it_is_public_and_encrypted() {
    let database = |rest: &str| format!("resource \"aws_db_instance\" \"d\" {{\n  {rest}\n}}\n");
    let check = |rest: &str, pointer, expected| {
        hcl(&database(rest), EntityKind::Store, pointer, expected);
    };
    check("publicly_accessible = true", "/public", Some("true"));
    check("publicly_accessible = var.open", "/public", None);
    check("", "/public", Some("false"));
    let instance = |properties: &str, expected| {
        let kind = "AWS::RDS::DBInstance";
        one(kind, properties, EntityKind::Store, "/public", expected);
    };
    instance("{PubliclyAccessible: false}", Some("false"));
    instance("{PubliclyAccessible: true}", Some("true"));
    instance("{}", None);
    check("storage_encrypted = true", "/encrypted", Some("true"));
    check("", "/encrypted", Some("false"));
}

#[test]
fn logs_are_kept_for_days_or_for_ever() {
    let check = |properties: &str, expected| {
        one(
            "AWS::Logs::LogGroup",
            properties,
            EntityKind::Store,
            "/log_retention_days",
            expected,
        );
    };
    check("{RetentionInDays: 30}", Some("30"));
    check("{}", None);
}

#[test]
fn a_role_says_whom_it_trusts() {
    let expected = r#"[{"principal":"lambda.amazonaws.com"}]"#;
    one(
        "AWS::IAM::Role",
        "{AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: [lambda.amazonaws.com]}, Action: 'sts:AssumeRole'}]}}",
        EntityKind::Identity,
        "/trust",
        Some(expected),
    );
    let text = "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = <<-EOF\n    {\"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"lambda.amazonaws.com\"}}}\n  EOF\n}\n";
    hcl(text, EntityKind::Identity, "/trust", Some(expected));
    let unknown = "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = data.aws_iam_policy_document.a.json\n}\n";
    hcl(unknown, EntityKind::Identity, "/trust", None);
}

#[test]
fn a_condition_of_trust_is_kept() {
    one(
        "AWS::IAM::Role",
        "{AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: {AWS: '*'}, Condition: {StringEquals: {x: y}}}}}",
        EntityKind::Identity,
        "/trust/0",
        Some(r#"{"conditions":{"StringEquals":{"x":"y"}},"principal":"*"}"#),
    );
}

#[test]
fn a_grant_has_lists_whatever_is_written() {
    let policy = |statement: &str| {
        format!(
            "{{Roles: [!Ref R], PolicyDocument: {{Statement: [{{Effect: Allow, {statement}}}]}}}}"
        )
    };
    let check = |statement: &str, pointer, expected| {
        one(
            "AWS::IAM::Policy",
            &policy(statement),
            EntityKind::Grant,
            pointer,
            expected,
        );
    };
    check("Action: 's3:*'", "/actions", Some(r#"["s3:*"]"#));
    check(
        "Action: ['a:B', 'a:C']",
        "/actions",
        Some(r#"["a:B","a:C"]"#),
    );
    check("NotAction: 'a:B'", "/not_actions", Some(r#"["a:B"]"#));
    check("NotAction: 'a:B'", "/actions", None);
    check("Action: 'a:B'", "/effect", Some(r#""allow""#));
    check("Action: 'a:B'", "/identity", Some(r#""R""#));
    check(
        "Resource: !Sub 'arn:aws:s3:::${B}/*'",
        "/resources",
        Some(r#"["arn:aws:s3:::${B}/*"]"#),
    );
    check(
        "Resource: !Join ['', ['arn:aws:s3:::', !Ref B, '/*']]",
        "/resources",
        Some(r#"["arn:aws:s3:::${B}/*"]"#),
    );
}

#[test]
fn a_resource_that_is_spoken_of_is_no_wildcard_and_a_parameter_may_be_one() {
    let with = |resource: &str| {
        let text = format!(
            "Parameters:\n  X: {{Type: String}}\nResources:\n  Q: {{Type: AWS::SQS::Queue}}\n  P:\n    Type: AWS::IAM::Policy\n    Properties: {{PolicyDocument: {{Statement: [{{Effect: Allow, Action: 'a:B', Resource: {resource}}}]}}}}\n"
        );
        let (estate, _) = Estate::new(reading(&text).resources);
        let grant = estate.of_kind(EntityKind::Grant).next().unwrap();
        let unknown = grant.tree.unknowns(
            plumbline_core::tree::NodeId::ROOT,
            plumbline_core::tree::Typing::Json,
        );
        unknown.len()
    };
    assert_eq!(with("!GetAtt Q.Arn"), 0);
    assert_eq!(with("!Ref X"), 1);
}

#[test]
fn a_document_of_terraform_is_read_as_far_as_it_is_known() {
    let policy = |document: &str| {
        format!(
            "resource \"aws_iam_role_policy\" \"p\" {{\n  role = aws_iam_role.r.id\n  policy = {document}\n}}\n"
        )
    };
    let check = |document: &str, pointer, expected| {
        hcl(&policy(document), EntityKind::Grant, pointer, expected);
    };
    let known = "jsonencode({ Statement = [{ Sid = \"A\", Effect = \"Deny\", Action = \"s3:*\", Resource = \"*\" }] })";
    check(known, "/actions", Some(r#"["s3:*"]"#));
    check(known, "/effect", Some(r#""deny""#));
    check(known, "/identity", Some(r#""aws_iam_role.r""#));
    check(known, "/name", Some(r#""aws_iam_role_policy.p/A""#));
    let partly = "jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = aws_s3_bucket.b.arn }] })";
    check(partly, "/actions", Some(r#"["s3:*"]"#));
    check(partly, "/resources", Some(r#"["${aws_s3_bucket.b.arn}"]"#));
    check("data.aws_iam_policy_document.p.json", "/actions", None);
}

#[test]
fn a_policy_is_held_by_what_it_is_attached_to() {
    let text = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = { Effect = \"Allow\", Action = \"*\" } })\n}\nresource \"aws_iam_role_policy_attachment\" \"a\" {\n  role = aws_iam_role.r.name\n  policy_arn = aws_iam_policy.p.arn\n}\n";
    hcl(
        text,
        EntityKind::Grant,
        "/identity",
        Some(r#""aws_iam_role.r""#),
    );
}

#[test]
fn a_policy_of_aws_that_grants_everything_is_known() {
    let with = |policy: &str| {
        let text = format!(
            "Resources:\n  R: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [{policy}]}}}}\n"
        );
        let (estate, _) = Estate::new(reading(&text).resources);
        estate.of_kind(EntityKind::Grant).count()
    };
    assert_eq!(with("'arn:aws:iam::aws:policy/AdministratorAccess'"), 1);
    assert_eq!(
        with("!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess'"),
        1
    );
    assert_eq!(with("'arn:aws:iam::aws:policy/ReadOnlyAccess'"), 0);
    assert_eq!(
        with("'arn:aws:iam::123456789012:policy/AdministratorAccess'"),
        0
    );
    one(
        "AWS::IAM::Group",
        "{ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']}",
        EntityKind::Grant,
        "/not_actions",
        Some(r#"["iam:*","organizations:*","account:*"]"#),
    );
}

#[test]
fn users_and_groups_hold_grants() {
    let document = "{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}";
    for (kind, key) in [
        ("AWS::IAM::RolePolicy", "RoleName"),
        ("AWS::IAM::UserPolicy", "UserName"),
        ("AWS::IAM::GroupPolicy", "GroupName"),
    ] {
        one(
            kind,
            &format!("{{{key}: a, PolicyDocument: {document}}}"),
            EntityKind::Grant,
            "/identity",
            Some(r#""a""#),
        );
    }
    let encoded = "policy = jsonencode({ Statement = { Effect = \"Allow\", Action = \"*\" } })";
    let managed = "policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"";
    for (kind, lines) in [
        (
            "aws_iam_group_policy",
            format!("group = \"a\"\n  {encoded}"),
        ),
        ("aws_iam_user_policy", format!("user = \"a\"\n  {encoded}")),
        (
            "aws_iam_group_policy_attachment",
            format!("group = \"a\"\n  {managed}"),
        ),
        (
            "aws_iam_policy_attachment",
            format!("users = [\"a\"]\n  {managed}"),
        ),
    ] {
        let text = format!("resource \"{kind}\" \"p\" {{\n  {lines}\n}}\n");
        hcl(&text, EntityKind::Grant, "/identity", Some(r#""a""#));
        hcl(&text, EntityKind::Grant, "/actions/0", Some(r#""*""#));
    }
}

#[test]
fn a_function_of_sam_without_a_role_has_one_of_its_own() {
    let function = |rest: &str| {
        format!(
            "{{{rest}Policies: [{{Statement: [{{Effect: Allow, Action: 'a:B', Resource: '*'}}]}}, {{SQSPollerPolicy: {{QueueName: q}}}}]}}"
        )
    };
    one(
        "AWS::Serverless::Function",
        &function(""),
        EntityKind::Grant,
        "",
        Some(
            r#"{"actions":["a:B"],"effect":"allow","identity":"A","name":"A/0/0","resources":["*"]}"#,
        ),
    );
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {{Type: AWS::Serverless::Function, Properties: {}}}\n",
        function("Role: x, ")
    );
    let (estate, _) = Estate::new(reading(&text).resources);
    assert_eq!(estate.of_kind(EntityKind::Grant).count(), 0);
}

#[test]
fn a_policy_template_of_sam_grants_on_what_it_names() {
    let function = |policy: &str| format!("{{Policies: [{policy}]}}");
    let grant = |policy: &str, pointer, expected| {
        let text = function(policy);
        one(
            "AWS::Serverless::Function",
            &text,
            EntityKind::Grant,
            pointer,
            Some(expected),
        );
    };
    let sends = "{SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}}";
    grant(sends, "/actions", r#"["sqs:SendMessage*"]"#);
    grant(sends, "/identity", r#""A""#);
    grant(
        "{SNSPublishMessagePolicy: {TopicName: news}}",
        "/resources",
        r#"["news"]"#,
    );
    let other = "{EKSDescribePolicy: {}}";
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {{Type: AWS::Serverless::Function, Properties: {}}}\n",
        function(other)
    );
    let (estate, _) = Estate::new(reading(&text).resources);
    assert_eq!(estate.of_kind(EntityKind::Grant).count(), 0);
}

#[test]
fn what_a_bus_hands_on_may_be_lost() {
    let target = |rest: &str| {
        format!(
            "resource \"aws_cloudwatch_event_target\" \"t\" {{\n  rule = aws_cloudwatch_event_rule.r.name\n  arn = aws_lambda_function.f.arn\n  {rest}\n}}\n"
        )
    };
    let check = |rest: &str, pointer, expected| {
        hcl(
            &target(rest),
            EntityKind::Subscription,
            pointer,
            Some(expected),
        );
    };
    let queue = "dead_letter_config {\n    arn = aws_sqs_queue.d.arn\n  }";
    check("", "/dead_letter", "false");
    check(queue, "/dead_letter", "true");
    check("", "/retries", "185");
    check(
        "retry_policy {\n    maximum_retry_attempts = 2\n  }",
        "/retries",
        "2",
    );
    check("", "/channel/name", r#""default""#);
    check("", "/consumer/name", r#""aws_lambda_function.f""#);
}

#[test]
fn a_rule_with_a_time_is_a_schedule() {
    let rule = |what: &str| format!("{{{what}, Targets: [{{Id: t, Arn: !GetAtt F.Arn}}]}}");
    let check = |what: &str, pointer, expected| {
        one(
            "AWS::Events::Rule",
            &rule(what),
            EntityKind::Subscription,
            pointer,
            Some(expected),
        );
    };
    check("ScheduleExpression: rate(1 day)", "/form", r#""schedule""#);
    check("EventPattern: {source: [x]}", "/form", r#""bus""#);
    check("EventPattern: {source: [x]}", "/name", r#""A/t""#);
    let text = "resource \"aws_cloudwatch_event_rule\" \"r\" {\n  schedule_expression = \"rate(1 day)\"\n}\nresource \"aws_cloudwatch_event_target\" \"t\" {\n  rule = aws_cloudwatch_event_rule.r.name\n  arn = \"x\"\n}\n";
    hcl(
        text,
        EntityKind::Subscription,
        "/form",
        Some(r#""schedule""#),
    );
}

#[test]
fn a_subscription_of_a_topic_may_keep_what_fails() {
    let check = |rest: &str, expected| {
        one(
            "AWS::SNS::Subscription",
            &format!("{{TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn, {rest}}}"),
            EntityKind::Subscription,
            "/dead_letter",
            Some(expected),
        );
    };
    check("", "false");
    check(
        "RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn}",
        "true",
    );
    hcl(
        "resource \"aws_sns_topic_subscription\" \"s\" {\n  topic_arn = aws_sns_topic.t.arn\n  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.d.arn })\n}\n",
        EntityKind::Subscription,
        "/dead_letter",
        Some("true"),
    );
}

#[test]
fn a_topic_lists_subscriptions_of_its_own() {
    one(
        "AWS::SNS::Topic",
        "{Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}",
        EntityKind::Subscription,
        "/channel/name",
        Some(r#""A""#),
    );
    let check = |properties: &str, expected| {
        one(
            "AWS::SNS::Topic",
            properties,
            EntityKind::Channel,
            "/encrypted",
            Some(expected),
        );
    };
    check("{KmsMasterKeyId: alias/aws/sns}", "true");
    check("{}", "false");
}

#[test]
fn a_schedule_of_sam_may_keep_what_fails() {
    let check = |rest: &str, expected| {
        let event = format!(
            "{{Type: ScheduleV2, Properties: {{ScheduleExpression: rate(1 day), {rest}}}}}"
        );
        template(
            &sam(&event, ""),
            EntityKind::Subscription,
            "/dead_letter",
            Some(expected),
        );
    };
    check("", "false");
    check("DeadLetterConfig: {Arn: !GetAtt D.Arn}", "true");
}

#[test]
fn a_budget_tells_at_percentages() {
    let text = "resource \"aws_budgets_budget\" \"b\" {\n  limit_amount = \"200\"\n  notification {\n    threshold = 80\n    threshold_type = \"PERCENTAGE\"\n  }\n  notification {\n    threshold = 50\n    threshold_type = \"ABSOLUTE_VALUE\"\n  }\n}\n";
    hcl(
        text,
        EntityKind::Budget,
        "/alerts",
        Some(r#"[{"percent":80},{"percent":25}]"#),
    );
    hcl(text, EntityKind::Budget, "/amount", Some("200"));
    one(
        "AWS::Budgets::Budget",
        "{Budget: {BudgetLimit: {Amount: 100, Unit: USD}}}",
        EntityKind::Budget,
        "/alerts",
        Some("[]"),
    );
}

fn instance(rest: &str) -> String {
    format!("resource \"aws_instance\" \"i\" {{\n  {rest}\n}}\n")
}

#[test]
fn a_machine_is_given_what_its_script_exports() {
    let script = "user_data = <<-EOF\n    #!/bin/sh\n    export DB_PASSWORD=\"hunter2\" STAGE=prod\n    export TOKEN=$(cat /token)\n    echo A=b\n  EOF";
    let at = "/containers/0/env";
    let expected = r#"[{"kind":"literal","name":"DB_PASSWORD","value":"hunter2"},{"kind":"literal","name":"STAGE","value":"prod"},{"kind":"other_ref","name":"TOKEN"}]"#;
    hcl(&instance(script), EntityKind::Workload, at, Some(expected));
    hcl(&instance("ami = \"x\""), EntityKind::Workload, at, None);
    // `export A=b`, in base64.
    one(
        "AWS::EC2::Instance",
        "{UserData: ZXhwb3J0IEE9Yg==}",
        EntityKind::Workload,
        "/containers/0/env/0/value",
        Some(r#""b""#),
    );
    one(
        "AWS::EC2::Instance",
        "{UserData: {Fn::Base64: 'export A=b'}}",
        EntityKind::Workload,
        "/containers/0/env/0/value",
        Some(r#""b""#),
    );
}

#[test]
fn a_machine_gives_its_metadata_to_whoever_asks_or_holds_a_token() {
    let check = |rest: &str, expected| {
        hcl(
            &instance(rest),
            EntityKind::Workload,
            "/isolation/metadata_tokens",
            Some(expected),
        );
    };
    check("", "false");
    check(
        "metadata_options {\n    http_tokens = \"required\"\n  }",
        "true",
    );
    check(
        "metadata_options {\n    http_endpoint = \"disabled\"\n  }",
        "true",
    );
}

#[test]
fn a_task_has_the_containers_of_its_document() {
    let text = "resource \"aws_ecs_task_definition\" \"t\" {\n  family = \"web\"\n  container_definitions = jsonencode([{\n    name = \"web\"\n    image = \"nginx:1\"\n    environment = [{ name = \"A\", value = \"b\" }]\n    secrets = [{ name = \"S\", valueFrom = aws_ssm_parameter.s.arn }]\n    privileged = true\n  }])\n}\n";
    let check = |pointer, expected| hcl(text, EntityKind::Workload, pointer, Some(expected));
    check("/containers/0/image/tag", r#""1""#);
    check(
        "/containers/0/env",
        r#"[{"kind":"literal","name":"A","value":"b"},{"kind":"secret_ref","name":"S"}]"#,
    );
    check("/containers/0/isolation/privileged", "true");
    check("/name", r#""web""#);
    one(
        "AWS::ECS::TaskDefinition",
        "{Cpu: 512, ContainerDefinitions: [{Name: web, Image: 'nginx:1'}]}",
        EntityKind::Workload,
        "/containers/0/isolation/privileged",
        Some("false"),
    );
    one(
        "AWS::ECS::TaskDefinition",
        "{Cpu: 512}",
        EntityKind::Workload,
        "/resources/limits/cpu_m",
        Some("500"),
    );
}

#[test]
fn a_redrive_policy_beside_a_queue_is_its_own() {
    for (queue, expected) in [("jobs", "true"), ("others", "false")] {
        let text = format!(
            "resource \"aws_sqs_queue\" \"jobs\" {{\n}}\nresource \"aws_sqs_queue_redrive_policy\" \"p\" {{\n  queue_url = aws_sqs_queue.{queue}.id\n  redrive_policy = jsonencode({{ maxReceiveCount = 4 }})\n}}\n"
        );
        hcl(&text, EntityKind::Channel, "/redrive", Some(expected));
    }
}

#[test]
fn a_resource_has_the_tags_that_its_provider_gives_to_all() {
    let provider = "variable \"team\" {\n  default = \"shop\"\n}\nprovider \"aws\" {\n  default_tags {\n    tags = {\n      owner = var.team\n      stage = \"prod\"\n    }\n  }\n}\nlocals {\n  own = { owner = \"cart\" }\n}\n";
    let tagged = |body: &str, expected: Option<&str>| {
        let text = format!("{provider}resource \"aws_sqs_queue\" \"q\" {{\n{body}}}\n");
        hcl(&text, EntityKind::Channel, "/tags", expected);
    };
    tagged("", Some(r#"{"owner":"shop","stage":"prod"}"#));
    let own = Some(r#"{"owner":"cart","stage":"prod"}"#);
    tagged("  tags = { owner = \"cart\" }\n", own);
    tagged("  tags = local.own\n", own);
}

#[test]
fn a_provider_with_an_alias_gives_tags_to_those_that_ask_for_it() {
    hcl(
        "provider \"aws\" {\n  alias = \"other\"\n  default_tags {\n    tags = { owner = \"shop\" }\n  }\n}\nresource \"aws_sqs_queue\" \"q\" {\n}\n",
        EntityKind::Channel,
        "/tags",
        None,
    );
}

/// What is unknown of the first entity of a kind.
#[track_caller]
fn unknown(reading: Reading, kind: EntityKind, expected: &[&str]) {
    let (estate, _) = Estate::new(reading.resources);
    let entity = estate.of_kind(kind).next().unwrap();
    let root = plumbline_core::tree::NodeId::ROOT;
    let unknown = entity
        .tree
        .unknowns(root, plumbline_core::tree::Typing::Json);
    let unknown: Vec<String> = unknown.iter().map(plumbline_core::problem::spell).collect();
    assert_eq!(unknown, expected);
}

#[test]
fn a_redrive_policy_is_read_from_a_text() {
    let text = |policy: &str| {
        format!(
            "resource \"aws_sqs_queue\" \"dead\" {{\n}}\nresource \"aws_sqs_queue\" \"jobs\" {{\n  redrive_policy = {policy}\n}}\n"
        )
    };
    let policy =
        "jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })";
    let check = |policy: &str, expected| {
        hcl(
            &text(policy),
            EntityKind::Channel,
            "/dead_letters",
            Some(expected),
        );
    };
    check(policy, "true");
    check("jsonencode({ maxReceiveCount = 4 })", "false");
    let jobs = |policy: &str| {
        format!("resource \"aws_sqs_queue\" \"jobs\" {{\n  redrive_policy = {policy}\n}}\n")
    };
    let at = "/max_receives";
    hcl(&jobs(policy), EntityKind::Channel, at, Some("4"));
    hcl(&jobs("\"{}\""), EntityKind::Channel, at, None);
    unknown(
        terraform(&jobs("var.policy")),
        EntityKind::Channel,
        &["max_receives"],
    );
    unknown(
        terraform(&jobs("var.redriven ? jsonencode({}) : null")),
        EntityKind::Channel,
        &["redrive", "max_receives"],
    );
}

#[test]
fn variables_that_only_a_deployment_can_tell_are_not_known() {
    let function = |variables: &str| {
        terraform(&format!(
            "resource \"aws_lambda_function\" \"f\" {{\n  environment {{\n    variables = {variables}\n  }}\n}}\n"
        ))
    };
    unknown(
        function("merge(var.given, { A = \"b\" })"),
        EntityKind::Workload,
        &["containers[0].env"],
    );
    unknown(function("{ A = var.given }"), EntityKind::Workload, &[]);
}

#[test]
fn what_is_not_known_of_a_task_is_not_off() {
    let text = "Parameters: {P: {Type: String}}\nResources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      PidMode: !Ref P\n      ContainerDefinitions:\n        - {Image: !Ref P, Privileged: !Ref P, User: !Ref P}\n        - !If [C, {Image: a}, !Ref AWS::NoValue]\n";
    unknown(
        reading(text),
        EntityKind::Workload,
        &[
            "isolation.host_pid",
            "containers[0].image",
            "containers[0].isolation.privileged",
            "containers[0].isolation.user",
            "containers[0].isolation.run_as_user",
            "containers[1]",
        ],
    );
}

#[test]
fn a_bucket_that_may_be_closed_is_neither_open_nor_not() {
    let check = |block: &str, expected| {
        one(
            "AWS::S3::Bucket",
            &format!("{{AccessControl: PublicRead, PublicAccessBlockConfiguration: {block}}}"),
            EntityKind::Store,
            "/public",
            expected,
        );
    };
    check("{BlockPublicAcls: true}", Some("false"));
    check("{BlockPublicPolicy: true}", Some("true"));
    check("{BlockPublicAcls: !Ref P}", None);
    check("!If [C, {BlockPublicAcls: true}, !Ref AWS::NoValue]", None);
}

#[test]
fn a_statement_that_only_a_deployment_can_tell_is_not_known() {
    let text = "Resources:\n  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyDocument: {Statement: [!If [C, {Effect: Allow, Action: '*', Resource: '*'}, !Ref AWS::NoValue]]}\n";
    unknown(
        reading(text),
        EntityKind::Grant,
        &["effect", "actions", "resources"],
    );
}

#[test]
fn dynamic_blocks_stand_beside_those_that_are_written() {
    let service = |names: &str| {
        format!(
            "resource \"google_cloud_run_v2_service\" \"s\" {{\n  template {{\n    containers {{\n      env {{\n        name = \"A\"\n        value = \"x\"\n      }}\n      dynamic \"env\" {{\n        for_each = {names}\n        content {{\n          name = env.key\n          value = env.value\n        }}\n      }}\n    }}\n    dynamic \"vpc_access\" {{\n      for_each = {names}\n      content {{\n        connector = vpc_access.value\n      }}\n    }}\n  }}\n}}\n"
        )
    };
    let check = |names: &str, pointer, expected| {
        hcl(&service(names), EntityKind::Workload, pointer, expected);
    };
    let (first, second) = ("/containers/0/env/0/name", "/containers/0/env/1/name");
    check("{}", first, Some(r#""A""#));
    check("{}", second, None);
    check("{ B = \"y\" }", first, Some(r#""A""#));
    check("{ B = \"y\" }", second, Some(r#""B""#));
    check("{}", "/network/vpc", Some("false"));
    check("{ B = \"y\" }", "/network/vpc", Some("true"));
}

#[test]
fn instances_that_are_not_read_are_said() {
    let said = |count: usize| {
        let text = format!("resource \"aws_sqs_queue\" \"q\" {{\n  count = {count}\n}}\n");
        let problems = terraform(&text).problems.into_iter();
        problems.map(|problem| problem.message).collect::<Vec<_>>()
    };
    assert_eq!(said(200), [""; 0]);
    assert_eq!(said(201), ["201 instances, of which 200 were read"]);
}

#[test]
fn what_for_each_cannot_go_through_is_one_instance() {
    let text = "variable \"names\" {\n  default = null\n}\nresource \"aws_sqs_queue\" \"q\" {\n  for_each = var.names\n}\n";
    hcl(text, EntityKind::Channel, "/form", Some(r#""queue""#));
}

#[test]
fn an_empty_text_is_what_it_was_tried_for() {
    let name = |written: &str| {
        format!("resource \"aws_lambda_function\" \"f\" {{\n  runtime = {written}\n}}\n")
    };
    let check = |written: &str, expected| {
        hcl(
            &name(written),
            EntityKind::Workload,
            "/runtime/language",
            Some(expected),
        );
    };
    check("try(\"\", \"x\")", r#""""#);
    check("coalesce(\"\", \"x\")", r#""x""#);
    check("element([\"a\", \"b\"], 3)", r#""b""#);
}

#[test]
fn a_script_is_put_together_of_texts_or_not_known() {
    let script = |data: &str| {
        format!(
            "Resources:\n  A:\n    Type: AWS::EC2::Instance\n    Properties: {{UserData: {data}}}\n"
        )
    };
    let value = |data: &str, expected| {
        found(
            reading(&script(data)),
            data,
            EntityKind::Workload,
            "/containers/0/env",
            Some(expected),
        );
    };
    let assigned = r#"[{"kind":"literal","name":"A","value":"b"}]"#;
    value("{Fn::Base64: !Sub 'export A=b'}", assigned);
    value("{Fn::Base64: !Sub \"export A=b\\necho ${X}\"}", assigned);
    value(
        "{Fn::Base64: !Join ['', [\"export A=b\\n\", !Ref X]]}",
        assigned,
    );
    value(
        "{Fn::Base64: !Join ['', [\"export A=b\\n\", echo]]}",
        assigned,
    );
    let not_known = |data: &str| {
        unknown(
            reading(&script(data)),
            EntityKind::Workload,
            &["containers[0].env[0]"],
        );
    };
    not_known("!Ref X");
    not_known("{Fn::Base64: !Ref X}");
    not_known("{Fn::Base64: !If [C, a, b]}");
    unknown(
        terraform(
            "resource \"aws_instance\" \"a\" {\n  user_data = templatefile(\"a.sh\", { a = 1 })\n}\n",
        ),
        EntityKind::Workload,
        &["containers[0].env[0]"],
    );
}
