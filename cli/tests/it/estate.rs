//! `plumb estate` as a user meets it.

use super::{folder, plumb, root};

const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Ship:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: 'registry.example/web:1.2'}]}
";

#[test]
fn a_table_has_a_line_per_entity_and_counts_per_platform() {
    let estate = folder(&[("template.yaml", TEMPLATE), ("pod.yaml", POD)]);
    let run = plumb(estate.path(), &["estate"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn json_has_entities_with_their_places_and_edges() {
    let estate = folder(&[("template.yaml", TEMPLATE)]);
    let run = plumb(estate.path(), &["estate", "-o", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn a_diagram_joins_the_queue_to_the_function() {
    let estate = folder(&[("template.yaml", TEMPLATE)]);
    let run = plumb(estate.path(), &["estate", "-o", "mermaid"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_escapes_names() {
    let odd = POD.replace("{name: web}", "{name: '<script>alert(1)</script>'}");
    let estate = folder(&[("pod.yaml", &odd)]);
    let run = plumb(estate.path(), &["estate", "-o", "html"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(!run.out.contains("<script>alert"), "{}", run.out);
    assert!(!run.out.contains("src=\"http"), "{}", run.out);
    assert!(run.out.contains("&lt;script&gt;"), "{}", run.out);
}

#[test]
fn an_estate_without_resources_is_said() {
    let estate = folder(&[("notes.txt", "nothing")]);
    let run = plumb(estate.path(), &["estate"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("no resource was found"), "{}", run.err);
}

#[test]
fn what_cannot_be_read_is_said_beside_what_can() {
    let estate = folder(&[("pod.yaml", POD), ("broken.yaml", "a: [")]);
    let run = plumb(estate.path(), &["estate"]);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("web"), "{}", run.out);
    assert!(run.err.contains("broken.yaml"), "{}", run.err);
}

#[test]
fn no_secret_is_in_any_form_of_it() {
    let pod = POD.replace(
        "image:",
        "env: [{name: DB_PASSWORD, value: correct-horse-battery}], image:",
    );
    let estate = folder(&[("pod.yaml", &pod)]);
    let compose = "services: {web: {image: 'registry.example/web:1.2', healthcheck: {test: 'ping -p correct-horse-battery'}}}\n";
    let other = folder(&[("compose.yaml", compose)]);
    for output in ["table", "json", "mermaid", "html"] {
        for estate in [&estate, &other] {
            let run = plumb(estate.path(), &["estate", "-o", output]);
            assert!(run.out.contains("web"), "{output}");
            assert!(!run.out.contains("correct-horse-battery"), "{output}");
        }
    }
}

/// The README shows the map of the shop.
#[test]
fn the_readme_draws_the_shop() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let run = plumb(
        &root(),
        &["estate", "testdata/estates/shop", "-o", "mermaid"],
    );
    let shown = readme.split("```mermaid\n").nth(1).unwrap();
    assert_eq!(shown.split("```").next(), Some(run.out.as_str()));
}

/// A drawing has so many rows at most, and says what is not in it.
#[test]
fn a_page_says_what_it_does_not_draw() {
    let pods: Vec<String> = (0..203)
        .map(|index| POD.replace("{name: web}", &format!("{{name: web{index}}}")))
        .collect();
    for (count, said) in [(200, false), (203, true)] {
        let text = pods.get(..count).unwrap().join("---\n");
        let estate = folder(&[("pods.yaml", &text)]);
        let run = plumb(estate.path(), &["estate", "-o", "html"]);
        assert_eq!(run.out.contains("3 more are not drawn"), said);
    }
}
