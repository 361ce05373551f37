//! A request among what runs: what rules see of both is what they would see if all of it were read anew.

use std::sync::Arc;

use plumbline_core::estate::{Estate, Surroundings};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::resource::{Resource, ResourceId};
use plumbline_core::source::{FileId, Source};
use plumbline_rego::Value;
use plumbline_rego::value::json;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Every key of the world.
const KEYS: &[&str] = &[
    "workloads",
    "channels",
    "subscriptions",
    "endpoints",
    "identities",
    "grants",
    "stores",
    "budgets",
    "edges",
    "graph",
    "seconds",
    "services",
];

const NAMES: &[&str] = &["a", "b", "c"];
const NAMESPACES: &[&str] = &["x", "y"];

/// Where something is sent to.
const TARGETS: &[&str] = &[
    "http://a",
    "http://b:8080/",
    "http://a.y.svc.cluster.local/path",
    "http://a.example.com",
    "http://c.x",
    "nowhere",
];

/// What varies in an object: its kind, its name, its namespace, and two things that it says.
type Choice = (usize, usize, usize, usize, usize);

fn choice() -> impl Strategy<Value = Choice> {
    (
        0..KINDS.len(),
        0..3_usize,
        0..2_usize,
        0..6_usize,
        0..3_usize,
    )
}

/// An object with a name in a namespace, sent to a target and speaking of another name.
struct Parts {
    name: &'static str,
    namespace: &'static str,
    target: &'static str,
    other: &'static str,
}

const KINDS: &[fn(&Parts) -> String] = &[
    deployment, service, knative, broker, trigger, account, binding, ingress, stack,
];

fn object(version: &str, kind: &str, parts: &Parts, rest: &str) -> String {
    let (name, namespace) = (parts.name, parts.namespace);
    format!(
        "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{governance/service: {}}}}}\n{rest}\n",
        parts.other
    )
}

fn deployment(parts: &Parts) -> String {
    let rest = format!(
        "spec: {{template: {{metadata: {{labels: {{app: {0}, tier: back}}}}, spec: {{serviceAccountName: {0}, containers: [{{name: c, image: i, env: [{{name: TO, value: '{1}'}}]}}]}}}}}}",
        parts.other, parts.target
    );
    object("apps/v1", "Deployment", parts, &rest)
}

fn service(parts: &Parts) -> String {
    let rest = match parts.target {
        "nowhere" => "spec: {}".to_owned(),
        "http://a" => "spec: {selector: {tier: back}}".to_owned(),
        _ => format!("spec: {{selector: {{app: {}}}}}", parts.other),
    };
    object("v1", "Service", parts, &rest)
}

fn knative(parts: &Parts) -> String {
    let rest = format!(
        "spec: {{template: {{metadata: {{labels: {{app: {0}}}}}, spec: {{timeoutSeconds: {1}, containers: [{{image: i, env: [{{name: TO, value: '{2}'}}]}}]}}}}}}",
        parts.other,
        parts.target.len(),
        parts.target
    );
    object("serving.knative.dev/v1", "Service", parts, &rest)
}

fn broker(parts: &Parts) -> String {
    object("eventing.knative.dev/v1", "Broker", parts, "spec: {}")
}

fn trigger(parts: &Parts) -> String {
    let subscriber = match parts.target {
        "nowhere" => format!("ref: {{kind: Service, name: {}}}", parts.name),
        "http://b:8080/" => {
            format!(
                "ref: {{kind: Service, name: {}, apiVersion: serving.knative.dev/v1}}",
                parts.name
            )
        }
        target => format!("uri: '{target}'"),
    };
    let rest = format!(
        "spec: {{broker: {}, subscriber: {{{subscriber}}}}}",
        parts.other
    );
    object("eventing.knative.dev/v1", "Trigger", parts, &rest)
}

fn account(parts: &Parts) -> String {
    object("v1", "ServiceAccount", parts, "")
}

fn binding(parts: &Parts) -> String {
    let rest = format!(
        "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}}\nsubjects: [{{kind: ServiceAccount, name: {}}}]",
        parts.other
    );
    object("rbac.authorization.k8s.io/v1", "RoleBinding", parts, &rest)
}

fn ingress(parts: &Parts) -> String {
    let rest = format!(
        "spec: {{rules: [{{host: {}.example.com, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: {}, port: {{number: 80}}}}}}}}]}}}}]}}",
        parts.name, parts.other
    );
    object("networking.k8s.io/v1", "Ingress", parts, &rest)
}

/// A template, so that grants and given names are there too. Its resources have its name in their ids.
fn stack(parts: &Parts) -> String {
    let queue = match parts.namespace {
        "x" => "!GetAtt Jobs.Arn".to_owned(),
        _ => format!("'arn:aws:sqs:eu-west-1:1:{}'", parts.other),
    };
    format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Jobs: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {}}}}}\n  Orders: {{Type: AWS::Serverless::Function, Properties: {{Timeout: {}, Policies: [{{Statement: {{Effect: Allow, Action: sqs:SendMessage, Resource: {queue}}}}}]}}}}\n",
        parts.name,
        parts.target.len()
    )
}

fn pick<T: Copy>(from: &[T], at: usize) -> T {
    from.get(at).copied().unwrap()
}

/// What an object declares, in a text of its own or in one that it shares with others.
fn resources(choice: Choice, file: FileId) -> Vec<Resource> {
    let (kind, name, namespace, target, other) = choice;
    let parts = Parts {
        name: pick(NAMES, name),
        namespace: pick(NAMESPACES, namespace),
        target: pick(TARGETS, target),
        other: pick(NAMES, other),
    };
    let source = Source::new(format!("{}.yaml", parts.name), pick(KINDS, kind)(&parts));
    let (documents, problems) = parse::parse(&Arc::new(source), file, Notation::Yaml);
    assert_eq!(problems, []);
    let mut reading = Reading::default();
    for document in &documents {
        reading.take(document);
    }
    assert!(!reading.resources.is_empty());
    reading.resources
}

/// An inventory, in which the later of two with one id stays.
fn inventory(choices: &[Choice], files: u32) -> Vec<Resource> {
    let mut inventory: Vec<Resource> = Vec::new();
    for (choice, file) in choices.iter().zip(0..) {
        let added = resources(*choice, FileId(1 + file % files));
        inventory.retain(|one| added.iter().all(|added| added.id != one.id));
        inventory.extend(added);
    }
    inventory
}

/// Without the order of lists.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(unordered).collect();
            items.sort();
            items.into()
        }
        Value::Object(object) => {
            let entries = object.iter();
            let entries = entries.map(|(key, value)| (key.clone(), unordered(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Lays a request over an inventory and reads both anew.
#[track_caller]
fn check(inventory: &[Resource], request: &[Resource], gone: Option<&ResourceId>) {
    let (known, _) = Estate::new(inventory.to_vec());
    let surroundings = Surroundings::new(known, KEYS, None);
    let (over, _) = Estate::new(request.to_vec());
    let laid = surroundings.laid_over(&over, gone);
    let is_left = |one: &&Resource| {
        gone != Some(&one.id) && request.iter().all(|request| request.id != one.id)
    };
    let left = inventory.iter().filter(is_left);
    let (anew, _) = Estate::new(left.chain(request).cloned().collect());
    let (laid, anew) = (unordered(&laid), unordered(&anew.world(KEYS, None)));
    for key in KEYS {
        let text = |world: &Value| world.get_str(key).map(json::to_string_pretty);
        assert_eq!(text(&laid), text(&anew), "{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_request_is_seen_as_if_all_were_read_anew(
        choices in vec(choice(), 0..14),
        files in prop_oneof![Just(1_u32), Just(3), Just(1000)],
        request in option::of(choice()),
        shares_a_file in any::<bool>(),
        leaves in option::of(0..14_usize),
    ) {
        let inventory = inventory(&choices, files);
        let file = FileId(u32::from(shares_a_file));
        let request = request.map(|request| resources(request, file)).unwrap_or_default();
        let gone = leaves.and_then(|at| inventory.get(at)).map(|one| &one.id);
        check(&inventory, &request, gone);
    }

    #[test]
    fn what_is_there_already_changes_nothing(choices in vec(choice(), 1..14), at in 0..14_usize) {
        let inventory = inventory(&choices, 1000);
        let again = inventory.get(at % inventory.len()).cloned();
        check(&inventory, again.as_slice(), None);
    }

    #[test]
    fn nobody_sees_what_a_thinned_inventory_does_not_keep(
        choices in vec(choice(), 0..14),
        request in choice(),
    ) {
        let (known, _) = Estate::new(inventory(&choices, 1000));
        let (request, _) = Estate::new(resources(request, FileId(0)));
        let seen = |inventory: Estate| {
            Surroundings::new(inventory, KEYS, None).laid_over(&request, None)
        };
        let thinned = Estate::default().beside(&known).thinned();
        prop_assert_eq!(seen(thinned), seen(known));
    }
}

fn of(choices: &[Choice]) -> Surroundings {
    Surroundings::new(Estate::new(inventory(choices, 1000)).0, KEYS, None)
}

/// Whether a key of the world is the very value after a request that it was before.
#[track_caller]
fn is_shared(request: Choice, key: &str) -> bool {
    // Two deployments, of which the first calls what the Service stands in front of: the second.
    let surroundings = of(&[(0, 0, 0, 0, 2), (0, 1, 0, 5, 1), (1, 0, 0, 1, 1)]);
    let address = |request: Vec<Resource>| {
        let world = surroundings.laid_over(&Estate::new(request).0, None);
        world.get_str(key).and_then(Value::address).unwrap()
    };
    address(Vec::new()) == address(resources(request, FileId(0)))
}

#[test]
fn what_a_request_does_not_change_is_shared() {
    let unrelated = (5, 2, 0, 5, 2);
    let same = (0, 0, 0, 0, 2);
    for key in KEYS {
        assert!(is_shared(unrelated, key), "{key}");
        assert!(is_shared(same, key), "{key}");
    }
}

#[test]
fn what_a_request_changes_is_not() {
    let calls_nobody = (0, 0, 0, 5, 2);
    for key in ["workloads", "edges", "graph"] {
        assert!(!is_shared(calls_nobody, key), "{key}");
    }
    assert!(is_shared(calls_nobody, "seconds"));
}

#[test]
fn a_call_is_found_from_what_runs_to_what_is_requested() {
    let surroundings = of(&[(0, 0, 0, 4, 2)]);
    let edges = |request: &[Resource]| {
        let (request, _) = Estate::new(request.to_vec());
        let world = surroundings.laid_over(&request, None);
        json::to_string(world.get_str("edges").unwrap())
    };
    assert_eq!(edges(&[]), "[]");
    assert_eq!(
        edges(&resources((0, 2, 0, 5, 0), FileId(0))),
        r#"[{"from":"workload:kubernetes/apps/Deployment/x/a","to":"workload:kubernetes/apps/Deployment/x/c","what":"calls"}]"#
    );
}

#[test]
fn what_was_admitted_before_is_seen_by_the_next_request() {
    let surroundings = of(&[(0, 0, 0, 4, 2)]);
    let (pending, _) = Estate::new(resources((0, 2, 0, 5, 0), FileId(u32::MAX)));
    let surroundings = surroundings.with_pending(Arc::new(pending));
    let names = |request: &[Resource], gone: Option<&ResourceId>| {
        let (request, _) = Estate::new(request.to_vec());
        let world = surroundings.laid_over(&request, gone);
        let workloads = world.get_str("workloads").unwrap();
        let workloads = workloads.as_array().unwrap().iter();
        let names = workloads.map(|workload| workload.get_str("name").unwrap().clone());
        names.collect::<Vec<Value>>()
    };
    let is = |names: Vec<Value>, expected: &[&str]| {
        let expected: Vec<Value> = expected.iter().map(|name| Value::string(name)).collect();
        assert_eq!(names, expected);
    };
    is(names(&[], None), &["a", "c"]);
    let again = resources((0, 2, 0, 1, 1), FileId(0));
    is(names(&again, None), &["a", "c"]);
    is(names(&[], again.first().map(|one| &one.id)), &["a"]);
    is(
        names(&resources((0, 1, 0, 5, 0), FileId(0)), None),
        &["a", "c", "b"],
    );
}

/// Where the first workload that rules see lies in memory.
fn first_workload(surroundings: &Surroundings) -> Option<usize> {
    let world = surroundings.laid_over(&Estate::default(), None);
    let workloads = world.get_str("workloads").and_then(Value::as_array);
    workloads
        .and_then(<[Value]>::first)
        .and_then(Value::address)
}

#[test]
fn what_did_not_change_in_an_inventory_is_shared_with_the_one_before() {
    let estate = |name| Estate::new(resources((0, name, 0, 5, 0), FileId(1))).0;
    let (a, b) = (estate(0), estate(1));
    let before = Surroundings::new(Estate::default().beside(&a), KEYS, None);
    let both = || Estate::default().beside(&a).beside(&b);
    let after = Surroundings::after(Some(&before), both(), KEYS, None);
    assert!(first_workload(&before).is_some());
    assert_eq!(first_workload(&after), first_workload(&before));
    let anew = Surroundings::new(both(), KEYS, None);
    assert_ne!(first_workload(&anew), first_workload(&before));
    let world = |surroundings: &Surroundings| surroundings.laid_over(&Estate::default(), None);
    assert_eq!(world(&after), world(&anew));
    let changed = Surroundings::after(Some(&after), estate(0), KEYS, None);
    assert_ne!(first_workload(&changed), first_workload(&after));
}
