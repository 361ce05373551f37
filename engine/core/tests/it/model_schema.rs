//! The published shape of the normalised form: what front ends make of a text fits it, and what it does not know is
//! refused.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::report;
use plumbline_core::schema::Schema;
use plumbline_core::source::{Source, Sources};
use plumbline_rego::value::json;

use super::reading;

const SCHEMA: &str = include_str!("../../../../docs/reference/model.schema.json");
const REFERENCE: &str = include_str!("../../../../docs/reference/workload.md");

const FUNCTION: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 20
      Environment: { Variables: { KEY: a } }
      Policies: [{ Statement: [{ Effect: Allow, Action: 's3:GetObject', Resource: '*' }] }]
      Events:
        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }
        Get: { Type: HttpApi, Properties: { Path: /a, Method: get } }
  Jobs: { Type: AWS::SQS::Queue }
  Files: { Type: AWS::S3::Bucket }
  Money:
    Type: AWS::Budgets::Budget
    Properties: { Budget: { BudgetLimit: { Amount: 10, Unit: USD } } }
";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: { name: a, labels: { anything: goes } }
spec:
  volumes: [{ name: tmp }]
  containers:
    - name: b
      image: nginx:1.27
      env: [{ name: A, valueFrom: { secretKeyRef: { name: b, key: c } } }]
      livenessProbe: { tcpSocket: { port: 80 } }
";

/// The estate of a text as it is reported.
fn reported(text: &str) -> String {
    let mut sources = Sources::default();
    sources.add(Source::new("test.yaml", text));
    let (estate, _) = Estate::new(reading(text).resources);
    report::estate::json(&estate, &sources)
}

#[track_caller]
fn check(estate: &str, fits: bool) {
    let schema = Schema::from_text(SCHEMA).unwrap();
    let violations = schema.violations(&json::parse(estate).unwrap());
    assert_eq!(violations.is_empty(), fits, "{violations:?}\n{estate}");
}

#[test]
fn what_front_ends_make_of_a_text_fits() {
    check(&reported(FUNCTION), true);
    check(&reported(POD), true);
}

#[test]
fn a_key_that_no_front_end_writes_is_refused() {
    check(
        &reported(FUNCTION).replace("\"max_seconds\"", "\"longest\""),
        false,
    );
    check(&reported(POD).replace("\"role\"", "\"part\""), false);
}

#[test]
fn a_word_that_no_front_end_writes_is_refused() {
    check(&reported(FUNCTION).replace("\"allow\"", "\"let\""), false);
    check(&reported(POD).replace("\"tcp\"", "\"telegraph\""), false);
}

#[test]
fn every_kind_of_entity_has_a_definition() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    for kind in EntityKind::ALL {
        assert!(schema["$defs"][kind.as_str()].is_object(), "{kind:?}");
    }
}

#[test]
fn every_field_of_the_reference_is_in_the_definition_of_its_kind() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let (mut kind, mut is_of_kind, mut count) = ("", false, 0);
    for line in REFERENCE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            kind = heading.strip_prefix("input.").unwrap_or_default();
        }
        if line.starts_with('#') {
            is_of_kind = line.starts_with("## ") || line.starts_with("### Further fields");
        }
        let properties = &schema["$defs"][kind]["properties"];
        if !is_of_kind || !properties.is_object() || !line.starts_with("| `") {
            continue;
        }
        let cell = line.split(" | ").next().unwrap();
        for field in cell.split('`').skip(1).step_by(2) {
            let key = field.split('.').next().unwrap();
            assert!(properties[key].is_object(), "`{field}` of `{kind}`");
            count += 1;
        }
    }
    assert!(count > 50, "{count} fields");
}
