//! What is joined to what: grants, subscriptions, services and addresses, each beside one that joins nothing.

use plumbline_core::estate::{EdgeKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::Notation;

use super::documents;

/// Every join that a text leads to, but for who acts as whom and who holds what: `Orders publishes Jobs`.
#[track_caller]
fn joins(text: &str, notation: Notation, expected: &[&str]) {
    let (documents, problems) = documents(text, notation);
    assert_eq!(problems, [], "{text}");
    let mut reading = Reading::default();
    for document in &documents {
        reading.take(document);
    }
    assert_eq!(reading.problems, [], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let name = |index: usize| estate.entities.get(index).unwrap().name.as_str();
    let found: Vec<String> = estate
        .edges()
        .iter()
        .filter(|edge| !matches!(edge.what, EdgeKind::ActsAs | EdgeKind::Holds))
        .map(|edge| {
            format!(
                "{} {} {}",
                name(edge.from),
                edge.what.as_str(),
                name(edge.to)
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[track_caller]
fn yaml(text: &str, expected: &[&str]) {
    joins(text, Notation::Yaml, expected);
}

/// The joins of a template with these resources.
#[track_caller]
fn template(resources: &str, expected: &[&str]) {
    yaml(
        &format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{resources}"),
        expected,
    );
}

/// The joins of a function that a statement is given to, beside a queue, a bucket and another function.
#[track_caller]
fn granted(statement: &str, expected: &[&str]) {
    template(
        &format!(
            "  Jobs: {{Type: AWS::SQS::Queue}}
  Pictures: {{Type: AWS::S3::Bucket}}
  Stock: {{Type: AWS::Serverless::Function}}
  Orders: {{Type: AWS::Serverless::Function, Properties: {{Policies: [{{Statement: {{{statement}}}}}]}}}}
"
        ),
        expected,
    );
}

#[test]
fn who_may_send_to_a_queue_that_is_named_publishes() {
    granted(
        "Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Jobs.Arn",
        &["Orders publishes Jobs"],
    );
    granted(
        "Effect: Allow, Action: 'sqs:*', Resource: !GetAtt Jobs.Arn",
        &["Orders publishes Jobs"],
    );
}

#[test]
fn a_grant_on_everything_names_nothing() {
    granted("Effect: Allow, Action: sqs:SendMessage, Resource: '*'", &[]);
}

#[test]
fn what_is_denied_or_only_received_joins_nothing() {
    granted(
        "Effect: Deny, Action: sqs:SendMessage, Resource: !GetAtt Jobs.Arn",
        &[],
    );
    granted(
        "Effect: Allow, Action: sqs:ReceiveMessage, Resource: !GetAtt Jobs.Arn",
        &[],
    );
}

#[test]
fn who_may_put_and_get_objects_writes_and_reads() {
    granted(
        "Effect: Allow, Action: ['s3:GetObject', 's3:Put*'], Resource: !Sub '${Pictures.Arn}/*'",
        &["Orders writes Pictures", "Orders reads Pictures"],
    );
    granted(
        "Effect: Allow, Action: s3:GetObject, Resource: !Sub 'arn:aws:s3:::${Pictures}/*'",
        &["Orders reads Pictures"],
    );
}

#[test]
fn who_may_invoke_a_function_calls_it() {
    granted(
        "Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Stock.Arn",
        &["Orders calls Stock"],
    );
    granted(
        "Effect: Allow, Action: lambda:GetFunction, Resource: !GetAtt Stock.Arn",
        &[],
    );
}

#[test]
fn a_bucket_delivers_to_whom_it_notifies() {
    for (filter, expected) in [
        ("", "Pictures delivers Work"),
        (
            ", Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}",
            "Pictures delivers-some Work",
        ),
    ] {
        let told = format!("{{Event: 's3:ObjectCreated:*', Function: !GetAtt Work.Arn{filter}}}");
        template(
            &format!(
                "  Work: {{Type: AWS::Serverless::Function}}
  Pictures: {{Type: AWS::S3::Bucket, Properties: {{NotificationConfiguration: {{LambdaConfigurations: [{told}]}}}}}}
"
            ),
            &[expected],
        );
    }
}

#[test]
fn a_bucket_of_terraform_delivers_to_whom_it_notifies() {
    for (filter, expected) in [
        ("", "aws_s3_bucket.b delivers aws_lambda_function.f"),
        (
            "    filter_prefix = \"in/\"\n",
            "aws_s3_bucket.b delivers-some aws_lambda_function.f",
        ),
    ] {
        let text = format!(
            "resource \"aws_s3_bucket\" \"b\" {{}}
resource \"aws_lambda_function\" \"f\" {{}}
resource \"aws_s3_bucket_notification\" \"n\" {{
  bucket = aws_s3_bucket.b.id
  lambda_function {{
    lambda_function_arn = aws_lambda_function.f.arn
{filter}  }}
}}
"
        );
        joins(&text, Notation::Hcl, &[expected]);
    }
}

#[test]
fn a_bucket_that_tells_of_removals_delivers_some() {
    for (event, expected) in [
        ("s3:ObjectCreated:Put", "Pictures delivers Work"),
        ("s3:ObjectRemoved:*", "Pictures delivers-some Work"),
    ] {
        template(
            &format!(
                "  Pictures: {{Type: AWS::S3::Bucket}}
  Work: {{Type: AWS::Serverless::Function, Properties: {{Events: {{Told: {{Type: S3, Properties: {{Bucket: !Ref Pictures, Events: ['{event}']}}}}}}}}}}
"
            ),
            &[expected],
        );
    }
}

#[test]
fn a_topic_delivers_to_a_queue() {
    for (filter, expected) in [
        ("", "Changed delivers Jobs"),
        (
            ", FilterPolicy: {kind: [paid]}",
            "Changed delivers-some Jobs",
        ),
    ] {
        template(
            &format!(
                "  Changed: {{Type: AWS::SNS::Topic}}
  Jobs: {{Type: AWS::SQS::Queue}}
  S: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref Changed, Protocol: sqs, Endpoint: !GetAtt Jobs.Arn{filter}}}}}
"
            ),
            &[expected],
        );
    }
}

#[test]
fn a_queue_delivers_to_the_function_of_its_mapping() {
    for (filter, expected) in [
        ("", "Jobs delivers Work"),
        (
            ", FilterCriteria: {Filters: [{Pattern: '{}'}]}",
            "Jobs delivers-some Work",
        ),
    ] {
        template(
            &format!(
                "  Jobs: {{Type: AWS::SQS::Queue}}
  Work: {{Type: AWS::Serverless::Function}}
  M: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Work{filter}}}}}
"
            ),
            &[expected],
        );
    }
}

#[test]
fn a_rule_of_a_bus_delivers_what_its_pattern_takes() {
    template(
        "  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Jobs: {Type: AWS::SQS::Queue}
  R: {Type: AWS::Events::Rule, Properties: {EventBusName: !Ref Bus, EventPattern: {source: [a]}, Targets: [{Id: q, Arn: !GetAtt Jobs.Arn}]}}
",
        &["Bus delivers-some Jobs"],
    );
}

#[test]
fn a_route_calls_its_function() {
    template(
        "  Orders: {Type: AWS::Serverless::Function, Properties: {Events: {Ask: {Type: Api, Properties: {Path: /a, Method: get}}}}}\n",
        &["Orders/Ask calls Orders"],
    );
}

/// A Deployment of a namespace whose pods bear a label, with a variable.
fn deployment(name: &str, namespace: &str, app: &str, variable: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{template: {{metadata: {{labels: {{app: {app}}}}}, spec: {{containers: [{{name: c, env: [{{name: U, value: '{variable}'}}]}}]}}}}}}
---
"
    )
}

const SERVICE: &str = "apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {selector: {app: orders}}
---
";

const INGRESS: &str = "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in, namespace: shop}
spec: {rules: [{host: shop.example.com, http: {paths: [{path: /, backend: {service: {name: front}}}]}}]}
---
";

#[test]
fn an_ingress_calls_what_its_service_selects() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("shop", "orders", &["in/shop.example.com/ calls orders"]),
        ("other", "orders", &[]),
        ("shop", "search", &[]),
    ];
    for (namespace, app, expected) in cases {
        let behind = deployment("orders", namespace, app, "");
        yaml(&format!("{INGRESS}{SERVICE}{behind}"), expected);
    }
}

#[test]
fn an_address_in_a_variable_calls_what_the_service_selects() {
    let cases: &[(&str, &[&str])] = &[
        (
            "http://front.shop.svc.cluster.local:8080/a",
            &["web calls orders"],
        ),
        ("http://front", &["web calls orders"]),
        ("http://front.other", &[]),
        ("front", &[]),
    ];
    for (address, expected) in cases {
        let web = deployment("web", "shop", "web", address);
        let orders = deployment("orders", "shop", "orders", "");
        yaml(&format!("{web}{SERVICE}{orders}"), expected);
    }
}

#[test]
fn nobody_calls_itself() {
    let orders = deployment("orders", "shop", "orders", "http://front");
    yaml(&format!("{SERVICE}{orders}"), &[]);
}

#[test]
fn the_host_of_an_endpoint_is_its_address() {
    let cases: &[(&str, &[&str])] = &[
        (
            "https://shop.example.com/cart",
            &["web calls in/shop.example.com/"],
        ),
        ("https://www.example.com/cart", &[]),
    ];
    for (address, expected) in cases {
        let web = deployment("web", "shop", "web", address);
        yaml(&format!("{web}{INGRESS}"), expected);
    }
}

#[test]
fn a_service_of_compose_is_called_by_its_name() {
    let cases: &[(&str, &[&str])] = &[
        ("http://orders:8080", &["web calls orders"]),
        ("http://orders.example.com", &[]),
    ];
    for (address, expected) in cases {
        yaml(
            &format!(
                "services:\n  web: {{image: a, environment: {{U: '{address}'}}}}\n  orders: {{image: a}}\n"
            ),
            expected,
        );
    }
}

#[test]
fn a_trigger_delivers_to_what_the_service_selects() {
    for (filter, expected) in [
        ("", "shop delivers orders"),
        (
            "filter: {attributes: {type: paid}}, ",
            "shop delivers-some orders",
        ),
    ] {
        let events = format!(
            "apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {{name: shop, namespace: shop}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {{name: t, namespace: shop}}
spec: {{broker: shop, {filter}subscriber: {{ref: {{apiVersion: v1, kind: Service, name: front}}}}}}
---
"
        );
        let orders = deployment("orders", "shop", "orders", "");
        yaml(&format!("{events}{SERVICE}{orders}"), &[expected]);
    }
}

const API: &str = "  Work: {Type: AWS::Lambda::Function}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: GET /a, Target: !Sub 'integrations/${Part}'}}
";

#[test]
fn a_route_calls_the_function_of_its_integration() {
    let part = |address: &str| {
        format!(
            "{API}  Part: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{IntegrationUri: {address}}}}}\n"
        )
    };
    template(&part("!GetAtt Work.Arn"), &["Route calls Work"]);
    template(&part("'https://example.com'"), &[]);
}

#[test]
fn a_method_calls_the_function_in_the_address_of_its_integration() {
    let method = |address: &str| {
        format!(
            "  Work: {{Type: AWS::Lambda::Function}}
  Get: {{Type: AWS::ApiGateway::Method, Properties: {{HttpMethod: GET, Integration: {{Uri: !Sub '{address}'}}}}}}
"
        )
    };
    let to = |name: &str| {
        format!(
            "arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{name}}}/invocations"
        )
    };
    template(&method(&to("Work.Arn")), &["Get calls Work"]);
    template(&method(&to("AWS::AccountId")), &[]);
}

#[test]
fn a_policy_template_joins_like_the_statement_it_stands_for() {
    let function = |policy: &str| {
        format!(
            "  Jobs: {{Type: AWS::SQS::Queue}}
  Orders: {{Type: AWS::Serverless::Function, Properties: {{Policies: [{policy}]}}}}
"
        )
    };
    template(
        &function("{SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}}"),
        &["Orders publishes Jobs"],
    );
    template(
        &function("{SQSPollerPolicy: {QueueName: !GetAtt Jobs.QueueName}}"),
        &[],
    );
}
