//! Attempts to get past the library: an offence is moved to every place that runs a container and respelt in every way
//! that the API server reads alike, and must be found wherever it goes. Each place without an offence must be clean.

mod offences;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::{Ingredients, PolicySet, load};
use plumbline_core::source::{Source, Sources};
use plumbline_core::stage::Stages;
use plumbline_core::waiver::Waivers;
use plumbline_rego::Settings;
use plumbline_rego::value::json;
use plumbline_server::admission::{self, Decision, Door, Known, Review};
use plumbline_sources::bundle;
use rayon::prelude::*;

use super::parity::kind;

use offences::{CONTAINER, FILE, OBJECT, POD, ROLE};

/// The library, with the decisions that its rules wait for.
pub(super) fn library() -> PolicySet {
    deciding(
        r#"{"version": 1, "registries": {"allowed": ["registry.example.com"]}, "classes": {"steady": {}}}"#,
    )
}

/// The library under what an organisation decided.
fn deciding(estate: &str) -> PolicySet {
    let mut sources = Sources::default();
    let ingredients = Ingredients {
        modules: bundle::builtin(&mut sources),
        estate: json::parse(estate).ok(),
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    assert_eq!(problems, []);
    set
}

/// One manifest, the name of its object, and the rule that must find something in it.
struct Variant {
    text: String,
    notation: Notation,
    name: String,
    rule: Option<&'static str>,
    what: String,
}

/// Fields of a container that no rule has anything against.
const GOOD: &[(&str, &str)] = &[
    ("name", "c"),
    ("image", "registry.example.com/shop/web:1.4.2"),
    ("limits", "{cpu: 500m, memory: 256Mi}"),
    ("allowPrivilegeEscalation", "false"),
    ("readOnlyRootFilesystem", "true"),
    ("capabilities", "{drop: [ALL]}"),
];

/// Fields of a container that stand in its security context.
const CONTEXT: &[&str] = &[
    "allowPrivilegeEscalation",
    "readOnlyRootFilesystem",
    "capabilities",
    "privileged",
    "procMount",
    "seccompProfile",
    "appArmorProfile",
    "seLinuxOptions",
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "windowsOptions",
];

/// A container in flow style. A field of the offence takes the place of the good one; an empty one leaves it out.
fn container(offence: &[(&str, &str)], name: &str, extra: &str) -> String {
    let mut fields: BTreeMap<&str, &str> = GOOD.iter().copied().collect();
    fields.extend(offence.iter().copied());
    fields.insert("name", name);
    fields.retain(|_, text| !text.is_empty());
    let (mut own, mut context) = (String::new(), String::new());
    for (key, text) in fields {
        let part = match key {
            "limits" => format!("resources: {{limits: {text}}}"),
            _ => format!("{key}: {text}"),
        };
        let into = if CONTEXT.contains(&key) {
            &mut context
        } else {
            &mut own
        };
        let _ = write!(into, "{part}, ");
    }
    format!("{{{own}{extra}securityContext: {{{context}}}}}")
}

/// A pod spec with containers in its lists. A field of the offence takes the place of the good one.
fn pod_spec(offence: &[(&str, &str)], lists: &str) -> String {
    let mut fields = BTreeMap::from([("automountServiceAccountToken", "false")]);
    let mut context = BTreeMap::from([
        ("runAsNonRoot", "true"),
        ("seccompProfile", "{type: RuntimeDefault}"),
    ]);
    for (key, text) in offence {
        match key.strip_prefix("securityContext.") {
            Some(key) => context.insert(key, text),
            None => fields.insert(key, text),
        };
    }
    let join = |fields: BTreeMap<&str, &str>| {
        let written = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let parts = written.map(|(key, text)| format!("{key}: {text}, "));
        parts.collect::<String>()
    };
    format!(
        "{{{}securityContext: {{{}}}, {lists}}}",
        join(fields),
        join(context)
    )
}

/// Where a container may stand, with a good one beside it where there must be one.
const POSITIONS: &[(&str, &str)] = &[
    ("the only container", "containers: [%]"),
    ("the second container", "containers: [@, %]"),
    ("an init container", "initContainers: [%], containers: [@]"),
    (
        "the second init container",
        "initContainers: [@, %], containers: [@]",
    ),
    ("a sidecar", "initContainers: [&], containers: [@]"),
    (
        "an ephemeral container",
        "containers: [@], ephemeralContainers: [%]",
    ),
];

/// Objects that run pods, with `%` for the pod spec, `#` for the pod's metadata and `NAME` for their names.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "Pod",
        "{apiVersion: v1, kind: Pod, metadata: {name: NAME, #}, spec: %}",
    ),
    (
        "PodTemplate",
        "{apiVersion: v1, kind: PodTemplate, metadata: {name: NAME, $}, template: {metadata: {#}, spec: %}}",
    ),
    (
        "ReplicationController",
        "{apiVersion: v1, kind: ReplicationController, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "Deployment",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "an old Deployment",
        "{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "StatefulSet",
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "DaemonSet",
        "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "ReplicaSet",
        "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "Job",
        "{apiVersion: batch/v1, kind: Job, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "CronJob",
        "{apiVersion: batch/v1, kind: CronJob, metadata: {name: NAME, $}, spec: {jobTemplate: {spec: {template: {metadata: {#}, spec: %}}}}}",
    ),
    (
        "an old CronJob",
        "{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: NAME, $}, spec: {jobTemplate: {spec: {template: {metadata: {#}, spec: %}}}}}",
    ),
    (
        "a Knative Service",
        "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "a Knative Configuration",
        "{apiVersion: serving.knative.dev/v1, kind: Configuration, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "a Knative Revision",
        "{apiVersion: serving.knative.dev/v1, kind: Revision, metadata: {name: NAME, #}, spec: %}",
    ),
    (
        "a custom resource",
        "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: NAME, $}, spec: {template: {metadata: {#}, spec: %}}}",
    ),
    (
        "a deep custom resource",
        "{apiVersion: example.com/v1, kind: Fleet, metadata: {name: NAME, $}, spec: {pools: [{run: {metadata: {#}, podSpec: %}}]}}",
    ),
];

const DECLARED: &str = "labels: {governance/class: steady}";

/// Ways to wrap an object, with `%` for it.
const WRAPPERS: &[(&str, &str)] = &[
    ("alone", "%"),
    ("in a List", "{apiVersion: v1, kind: List, items: [%]}"),
    (
        "in a List in a List",
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [%]}]}",
    ),
    (
        "after another document",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n---\n%",
    ),
];

/// Annotations of a pod that no rule has anything against.
const ANNOTATIONS: &str =
    "autoscaling.knative.dev/max-scale: '9', sidecar.opentelemetry.io/inject: 'true'";

/// An object with a pod spec, and further annotations of its pods.
fn object(template: &str, spec: &str, annotations: &str) -> String {
    let metadata = format!("{DECLARED}, annotations: {{{ANNOTATIONS}, {annotations}}}");
    template
        .replace('$', DECLARED)
        .replace('#', &metadata)
        .replace('%', spec)
}

/// Makes variants, each with an object of another name, so that what is found in one is not taken for another's.
#[derive(Default)]
struct Maker {
    variants: Vec<Variant>,
    names: usize,
}

impl Maker {
    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// Every wrapping of an object.
    fn wrap(&mut self, object: &str, rule: Option<&'static str>, what: &str) {
        for (how, wrapper) in WRAPPERS {
            let name = self.name();
            self.variants.push(Variant {
                text: wrapper.replace('%', object).replace("NAME", &name),
                notation: Notation::Yaml,
                name,
                rule,
                what: format!("{what}, {how}"),
            });
        }
    }

    fn containers(&mut self) {
        for (rule, spelling) in CONTAINER {
            for (position, text) in POSITIONS {
                if *rule == "deployment/missing-limits" && text.contains("ephemeral") {
                    continue;
                }
                let spec = pod_spec(&[], &lists(text, spelling));
                for (kind, template) in TEMPLATES {
                    let what = format!("{rule}: {spelling:?} as {position} of {kind}");
                    self.wrap(&object(template, &spec, ""), Some(rule), &what);
                }
            }
        }
    }

    fn pods(&mut self) {
        for (rule, spelling) in POD {
            let (annotations, fields): (Vec<_>, Vec<_>) = spelling
                .iter()
                .copied()
                .partition(|(key, _)| *key == "annotations");
            let (of_container, fields): (Vec<_>, Vec<_>) = fields
                .into_iter()
                .partition(|(key, _)| key.starts_with("container."));
            let of_container: Vec<(&str, &str)> = of_container
                .into_iter()
                .filter_map(|(key, text)| Some((key.strip_prefix("container.")?, text)))
                .collect();
            let metadata = annotations
                .first()
                .map_or("", |(_, text)| text.trim_matches(['{', '}']));
            for (position, text) in POSITIONS {
                let spec = pod_spec(&fields, &lists(text, &of_container));
                for (kind, template) in TEMPLATES {
                    let what = format!("{rule}: {spelling:?} of {kind} with {position}");
                    self.wrap(&object(template, &spec, metadata), Some(rule), &what);
                }
            }
        }
    }

    /// The places of all offences, without one.
    fn good(&mut self) {
        for (position, text) in POSITIONS {
            let spec = pod_spec(&[], &lists(text, &[]));
            for (kind, template) in TEMPLATES {
                let what = format!("{kind} with {position}");
                self.wrap(&object(template, &spec, ""), None, &what);
            }
        }
    }

    fn others(&mut self) {
        for (rule, rules) in ROLE {
            for kind in ["Role", "ClusterRole"] {
                for version in ["v1", "v1beta1"] {
                    let object = format!(
                        "{{apiVersion: rbac.authorization.k8s.io/{version}, kind: {kind}, metadata: {{name: NAME}}, rules: {rules}}}"
                    );
                    let what = format!("{rule}: {rules} in a {kind}");
                    self.wrap(&object, Some(rule), &what);
                }
            }
        }
        for (rule, object) in OBJECT {
            self.wrap(object, Some(rule), &format!("{rule}: {object}"));
        }
    }

    /// Every object that stands alone, as JSON.
    fn as_json(&mut self) {
        let alone = |variant: &&Variant| variant.what.ends_with(", alone");
        let texts: Vec<(String, Option<&'static str>, String)> = self
            .variants
            .iter()
            .filter(alone)
            .map(|variant| (json_of(&variant.text), variant.rule, variant.what.clone()))
            .collect();
        for (text, rule, what) in texts {
            let name = self.name();
            let (before, after) = text.split_once("\"name\":\"v").unwrap();
            let after = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
            self.variants.push(Variant {
                text: format!("{before}\"name\":\"{name}{after}"),
                notation: Notation::Json,
                name,
                rule,
                what: format!("{what}, as JSON"),
            });
        }
    }
}

/// An object of YAML as the API server would have it in JSON.
fn json_of(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add(Source::new("variant.yaml", text));
    let (documents, _) = parse::parse(sources.get(file).unwrap(), file, Notation::Yaml);
    let mut reading = Reading::default();
    reading.take(documents.first().unwrap());
    json::to_string(&reading.resources.first().unwrap().value())
}

fn lists(position: &str, offence: &[(&str, &str)]) -> String {
    // An ephemeral container has no limits, and nobody asks for them.
    position
        .replace('@', &container(&[], "good", ""))
        .replace('&', &container(offence, "bad", "restartPolicy: Always, "))
        .replace('%', &container(offence, "bad", ""))
}

/// What is found in each object, by its name; and what could not be decided.
fn found(
    set: &PolicySet,
    variants: &[Variant],
) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let mut sources = Sources::default();
    let mut reading = Reading::default();
    for variant in variants {
        let file = sources.add(Source::new("variant.yaml", variant.text.as_str()));
        let source = sources.get(file).unwrap();
        let (documents, problems) = parse::parse(source, file, variant.notation);
        assert_eq!(problems, [], "{}\n{}", variant.what, variant.text);
        for document in &documents {
            reading.take(document);
        }
    }
    assert_eq!(reading.unrecognised, 0);
    assert_eq!(reading.problems, []);
    let (estate, _) = Estate::new(reading.resources);
    let evaluation = set.evaluate(&estate, &Settings::default());
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in evaluation.findings {
        let name = &estate.resources[finding.resource.unwrap()].name;
        let rules = found.entry(name.clone()).or_default();
        rules.insert(finding.rule.as_str().to_owned());
    }
    let problems = evaluation.problems.into_iter();
    (found, problems.map(|problem| problem.message).collect())
}

#[test]
fn an_offence_is_found_wherever_it_goes_and_however_it_is_spelt() {
    let set = library();
    let mut maker = Maker::default();
    maker.good();
    maker.containers();
    maker.pods();
    maker.others();
    maker.as_json();
    let variants = maker.variants;
    let mut escaped = Vec::new();
    for part in variants.chunks(5000) {
        let (found, problems) = found(&set, part);
        assert_eq!(problems, [""; 0]);
        for variant in part {
            let rules = found.get(&variant.name).cloned().unwrap_or_default();
            let as_expected = match variant.rule {
                Some(rule) => rules.contains(rule),
                None => rules.is_empty(),
            };
            if !as_expected {
                escaped.push(format!("{}: {rules:?}", variant.what));
            }
        }
    }
    let offences = CONTAINER.len() + POD.len() + ROLE.len() + OBJECT.len();
    println!("bypass: {offences} offences in {} variants", variants.len());
    assert_eq!(escaped, [""; 0], "{} of {}", escaped.len(), variants.len());
}

/// What becomes of a request to create an object.
fn requested(policies: &PolicySet, object: &str) -> Decision {
    let kind = kind(&serde_json::from_str(object).unwrap());
    let review = format!(
        r#"{{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {{"uid": "u", "operation": "CREATE", "namespace": "shop", "kind": {kind}, "object": {object}}}}}"#
    );
    let review = Review::read(review.as_bytes()).unwrap();
    let door = Door {
        policies,
        waivers: &Waivers::default(),
        stages: &Stages::default(),
        overrides: &[],
        now: 0,
    };
    admission::decide(&door, &review, &Known::default(), &Settings::default())
}

/// An API server asks of one object at a time: of each kind that runs pods, and of none that is a list.
#[test]
fn an_offence_is_refused_at_admission_wherever_it_goes() {
    let set = library();
    let mut maker = Maker::default();
    maker.good();
    maker.containers();
    maker.pods();
    maker.others();
    maker.as_json();
    let mut variants = maker.variants;
    variants.retain(|variant| matches!(variant.notation, Notation::Json));
    let escaped: Vec<String> = variants
        .par_iter()
        .filter_map(|variant| {
            let decision = requested(&set, &variant.text);
            let mut rules = decision.findings.iter().map(|fired| fired.rule.as_str());
            let as_expected = match variant.rule {
                Some(rule) => !decision.is_allowed() && rules.any(|fired| fired == rule),
                None => decision.is_allowed() && rules.next().is_none(),
            };
            (!as_expected).then(|| format!("{}: {:?}", variant.what, decision.refusals))
        })
        .collect();
    assert!(variants.len() > 1_000, "{}", variants.len());
    assert_eq!(escaped, [""; 0], "{} of {}", escaped.len(), variants.len());
}

/// Decisions that no rule waits for another one beside.
const DECISIONS: &str = r#"{"version": 1, "registries": {"allowed": ["registry.example.com"]}, "cost-tags": ["owner"],
    "classes": {"steady": {}, "batch": {"targets": ["job"]}, "checkout": {"min-warm": 1}},
    "restricted": ["personal"], "approved": {"personal": {"targets": ["vm"]}}, "regions": {"allowed": ["eu-central-1"]}}"#;

/// An offence that is found in a whole file, whatever its format.
#[test]
fn an_offence_is_found_in_every_format() {
    let set = deciding(DECISIONS);
    // Support ends at some time: this is one at which it has ended for what is tried.
    let mut settings = Settings::default();
    settings.facts.now_ns = 1_790_000_000_000_000_000;
    for (rule, name, text) in FILE {
        let mut sources = Sources::default();
        let file = sources.add(Source::new(*name, *text));
        let notation = Notation::of_file_name(name).unwrap();
        let (documents, problems) = parse::parse(sources.get(file).unwrap(), file, notation);
        assert_eq!(problems, [], "{name}: {text}");
        let mut reading = Reading::default();
        for document in &documents {
            reading.take(document);
        }
        let (estate, _) = Estate::new(reading.resources);
        let evaluation = set.evaluate(&estate, &settings);
        let mut rules = evaluation
            .findings
            .iter()
            .map(|finding| finding.rule.as_str());
        assert!(
            rules.any(|found| found == *rule),
            "{rule} does not find\n{text}"
        );
    }
}

/// Every rule of the library is tried.
#[test]
fn every_rule_has_an_offence() {
    let spellings = CONTAINER.iter().chain(POD).map(|(rule, _)| *rule);
    let texts = ROLE.iter().chain(OBJECT).map(|(rule, _)| *rule);
    let files = FILE.iter().map(|(rule, ..)| *rule);
    let tried: BTreeSet<&str> = spellings.chain(texts).chain(files).collect();
    let set = deciding(DECISIONS);
    assert!(set.waiting().is_empty());
    for rule in set.rules() {
        let id = rule.metadata.id.as_str();
        assert!(tried.contains(id), "{id} is not tried");
    }
}
