//! What Helm renders, and templates that nobody rendered.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::Notation;
use plumbline_core::problem::Place;
use plumbline_core::resource::Format;
use plumbline_core::source::FileId;

use super::{documents, found, reading, spelt};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";

#[track_caller]
fn formats(text: &str, expected: &[Format]) {
    let formats: Vec<Format> = reading(text)
        .resources
        .iter()
        .map(|resource| resource.format)
        .collect();
    assert_eq!(formats, expected, "{text}");
}

#[test]
fn an_object_below_the_path_of_a_template_was_rendered() {
    formats(
        &format!("---\n# Source: shop/templates/web.yaml\n{POD}"),
        &[Format::Helm],
    );
    formats(
        &format!("---\n# Source: shop/charts/db/templates/web.yaml\n# A note.\n\n{POD}"),
        &[Format::Helm],
    );
    formats(
        &format!("---\n# Source: shop/crds/web.yaml\r\n{POD}"),
        &[Format::Helm],
    );
}

#[test]
fn an_object_below_any_other_comment_was_not() {
    for comment in [
        "# A note.",
        "# Source: https://example.com/charts/templates/web.yaml",
        "# Source: the old repository",
        "# Source: web.yaml",
    ] {
        formats(&format!("---\n{comment}\n{POD}"), &[Format::Kubernetes]);
    }
}

#[test]
fn the_comment_of_a_document_says_nothing_of_its_neighbours() {
    formats(
        &format!("---\n# Source: shop/templates/web.yaml\n{POD}---\n{POD}"),
        &[Format::Helm, Format::Kubernetes],
    );
}

#[test]
fn an_object_that_was_rendered_keeps_its_name_and_its_place() {
    let text = format!("---\n# Source: shop/templates/web.yaml\n{POD}");
    let reading = reading(&text);
    let resource = reading.resources.first().unwrap();
    assert_eq!(resource.id.as_str(), "kubernetes/core/Pod/_/a");
    let place = resource.place().unwrap();
    assert_eq!(text.get(place.range()), Some("name: a"));
}

#[track_caller]
fn problems(text: &str, expected: &[&str], errors: usize) {
    let (_, problems) = documents(text, Notation::Yaml);
    assert_eq!(spelt(text, &problems), expected, "{text}");
    let is_error = |problem: &&plumbline_core::problem::Problem| problem.is_error();
    assert_eq!(problems.iter().filter(is_error).count(), errors, "{text}");
}

/// An object with one container of this image.
fn pod(version: &str, image: &str) -> String {
    format!(
        "apiVersion: {version}\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: a\n    image: {image}\n"
    )
}

/// What is said of a text, and the image of its only workload.
#[track_caller]
fn image(text: &str, problems: &[&str], expected: Option<&str>) {
    let reading = reading(text);
    assert_eq!(spelt(text, &reading.problems), problems, "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let workload = estate.of_kind(EntityKind::Workload).next().unwrap();
    let found = found(Some(workload), "/containers/0/image/reference");
    assert_eq!(found.as_deref(), expected, "{text}");
}

const UNRENDERED: &str = "7:5 a value of a template that has to be rendered first";

#[test]
fn a_value_that_was_not_rendered_is_unknown_and_said() {
    for value in [
        "\"{{ .Values.image }}\"",
        "web:{{ .Chart.AppVersion }}",
        "'{{ image }}'",
    ] {
        image(&pod("v1", value), &[UNRENDERED], None);
    }
    image(&pod("v1", "\"{{ $x }}\""), &[], Some(r#""{{ $x }}""#));
}

#[test]
fn what_another_tool_fills_in_later_is_unknown_and_needs_no_rendering() {
    let argo = "argoproj.io/v1alpha1";
    image(&pod(argo, "'{{inputs.parameters.image}}'"), &[], None);
    image(&pod(argo, "'{{ .Values.image }}'"), &[UNRENDERED], None);
}

#[test]
fn a_name_that_was_not_rendered_is_no_missing_name() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"{{ .Release.Name }}\"\n";
    let reading = reading(text);
    let expected = ["4:3 a value of a template that has to be rendered first"];
    assert_eq!(spelt(text, &reading.problems), expected);
    assert_eq!(reading.resources[0].name, "{{ .Release.Name }}");
}

#[test]
fn a_text_of_several_lines_may_hold_templates_for_others() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  b: |\n    {{ .Values.c }}\n";
    assert_eq!(spelt(text, &reading(text).problems), [""; 0]);
}

#[test]
fn a_template_is_to_be_rendered_first() {
    problems(
        "a: 1\n{{- if .Values.web }}\nb: 2\n{{- end }}\n",
        &["2:3 document 1 is a template that has to be rendered first"],
        1,
    );
}

#[test]
fn what_stands_before_the_first_action_of_a_template_is_not_judged() {
    // Both branches of a condition have the key.
    problems(
        "a: 1\na: 2\n{{- end }}\n",
        &["3:3 document 1 is a template that has to be rendered first"],
        1,
    );
}

#[test]
fn a_text_that_is_broken_is_no_template() {
    let (_, found) = documents("a: \"{{ .Values.web }}\"\nb: [\n", Notation::Yaml);
    assert!(found.iter().all(plumbline_core::problem::Problem::is_error));
    assert_eq!(found.len(), 1);
}

/// Which of some files are templates of charts, and what is said of the charts.
#[track_caller]
fn charts(paths: &[&str], expected: &[&str], problems: &[&str]) {
    let numbered = paths.iter().zip(0..);
    let files: Vec<(&str, FileId)> = numbered
        .map(|(path, number)| (*path, FileId(number)))
        .collect();
    let mut reading = Reading::default();
    let templates = reading.charts(&files);
    let found: Vec<&str> = files
        .iter()
        .filter(|(_, file)| templates.contains(file))
        .map(|(path, _)| *path)
        .collect();
    assert_eq!(found, expected, "{paths:?}");
    let places: Vec<Place> = reading
        .problems
        .iter()
        .map(|problem| problem.place.clone())
        .collect();
    let files: Vec<Place> = problems
        .iter()
        .map(|file| Place::File((*file).to_owned()))
        .collect();
    assert_eq!(places, files, "{paths:?}");
}

#[test]
fn a_chart_is_said_once_with_all_of_its_templates() {
    charts(
        &[
            "shop/Chart.yaml",
            "shop/values.yaml",
            "shop/crds/a.yaml",
            "shop/templates/web.yaml",
            "shop/templates/tests/web.yaml",
            "other/templates/web.yaml",
        ],
        &["shop/templates/web.yaml", "shop/templates/tests/web.yaml"],
        &["shop/Chart.yaml"],
    );
    charts(
        &["Chart.yaml", "templates/web.yaml"],
        &["templates/web.yaml"],
        &["Chart.yaml"],
    );
}

#[test]
fn a_chart_within_another_one_is_a_part_of_it() {
    charts(
        &[
            "shop/Chart.yaml",
            "shop/charts/db/Chart.yaml",
            "shop/charts/db/templates/db.yaml",
        ],
        &["shop/charts/db/templates/db.yaml"],
        &["shop/Chart.yaml"],
    );
}

#[test]
fn a_chart_without_templates_among_the_files_is_not_said() {
    charts(&["shop/Chart.yaml", "shop/values.yaml"], &[], &[]);
    charts(&["shop/templates/web.yaml"], &[], &[]);
}
