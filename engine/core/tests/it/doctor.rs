//! What is found in webhooks: for each check, what it finds and what it does not.

use plumbline_core::doctor;
use plumbline_core::estate::Estate;
use plumbline_core::finding::Evaluation;
use plumbline_core::source::Source;
use plumbline_core::waiver::Date;

use super::reading;

/// A webhook that no check has anything against.
const GUARD: &str = include_str!("doctor/guard.yaml");
/// What answers for it.
const BACKEND: &str = include_str!("doctor/backend.yaml");
/// An authority that holds from 2026-11-24 to 2027-11-24, and what it signed.
const AUTHORITY: &str = include_str!("doctor/authority.base64");
const SIGNED: &str = include_str!("doctor/signed.base64");

fn examine(text: &str, day: &str) -> Evaluation {
    let reading = reading(text);
    assert_eq!(reading.problems, [], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    doctor::examine(&estate, Date::parse(day).unwrap())
}

/// The names of the checks that find something in a text, on a day.
#[track_caller]
fn on(day: &str, text: &str, expected: &[&str]) {
    let evaluation = examine(text, day);
    assert_eq!(evaluation.problems, [], "{text}");
    let rules = evaluation.findings.iter();
    let mut names: Vec<&str> = rules
        .map(|finding| finding.rule.as_str().trim_start_matches("doctor/"))
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, expected, "{text}");
}

/// What is found in the webhook once some of its text is replaced, each part by another one.
#[track_caller]
fn check(changes: &[(&str, &str)], expected: &[&str]) {
    on("2026-12-01", &changed(GUARD, changes), expected);
}

/// The same, where what answers is handed in as well, and changed.
#[track_caller]
fn among(changes: &[(&str, &str)], expected: &[&str]) {
    let text = changed(&format!("{GUARD}---\n{BACKEND}"), changes);
    on("2026-12-01", &text, expected);
}

#[track_caller]
fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in {text}");
        text = text.replace(from, to);
    }
    text
}

const OUT_OF: &str = "values: [guard, kube-system, kube-node-lease]";
const OPEN: (&str, &str) = ("failurePolicy: Fail", "failurePolicy: Ignore");
const SERVICES: &str = "apiGroups: [\"\"], apiVersions: [\"*\"], operations: [CREATE, UPDATE, DELETE], resources: [services]";
/// Every way in which something is run.
const RUNNING: &str = "apiGroups: [\"\", apps, batch], apiVersions: [\"*\"], operations: [CREATE, UPDATE, DELETE, CONNECT], resources: [\"pods/*\", \"deployments/*\", \"statefulsets/*\", \"daemonsets/*\", \"replicasets/*\", \"replicationcontrollers/*\", jobs, cronjobs]";
/// The same, but for a part of it.
fn running_without(part: &str) -> String {
    let rest = RUNNING.replace(part, "");
    assert_ne!(rest, RUNNING);
    rest
}

#[test]
fn a_webhook_that_is_well_is_left_alone() {
    check(&[], &[]);
    check(&[(SERVICES, RUNNING)], &[]);
    among(&[], &[]);
}

#[test]
fn a_webhook_must_not_ask_about_itself() {
    let unguarded = (OUT_OF, "values: [kube-system, kube-node-lease]");
    check(&[unguarded, (SERVICES, RUNNING)], &["own-namespace"]);
    check(&[unguarded], &[]);
    check(&[unguarded, (SERVICES, RUNNING), OPEN], &["fails-open"]);
}

#[test]
fn what_answers_is_shown_where_it_may_not_start() {
    let changes = [
        (OUT_OF, "values: [kube-system, kube-node-lease]"),
        (SERVICES, RUNNING),
    ];
    let text = changed(&format!("{GUARD}---\n{BACKEND}"), &changes);
    let evaluation = examine(&text, "2026-12-01");
    let [finding] = evaluation.findings.as_slice() else {
        unreachable!("{:?}", evaluation.findings);
    };
    let said: Vec<&str> = finding
        .related
        .iter()
        .map(|(_, said)| said.as_str())
        .collect();
    assert_eq!(said, ["this rule asks for them", "this is what answers"]);
    let source = Source::new("test.yaml", text);
    let line = source.position(finding.location.span.start).line;
    assert!(source.line(line).contains("namespaceSelector"));
}

#[test]
fn labels_of_a_namespace_count_where_they_are_known() {
    let by_label = (
        "{key: kubernetes.io/metadata.name, operator: NotIn, values: [guard, kube-system, kube-node-lease]}",
        "{key: guarded, operator: Exists}",
    );
    let changes = [by_label, (SERVICES, RUNNING)];
    among(&changes, &["namespace-label"]);
    let labelled = ("labels: {team: guard}", "labels: {guarded: \"\"}");
    among(
        &[changes[0], changes[1], labelled],
        &["namespace-label", "own-namespace"],
    );
}

#[test]
fn the_namespaces_of_the_cluster_are_left_out() {
    let changes = (OUT_OF, "values: [guard, kube-node-lease]");
    check(&[changes, (SERVICES, RUNNING)], &["kube-system"]);
    check(&[changes], &[]);
    let condition = (
        "    sideEffects: None",
        "    sideEffects: None\n    matchConditions: [{name: c, expression: \"request.namespace != 'kube-system'\"}]",
    );
    check(&[changes, (SERVICES, RUNNING), condition], &[]);
}

#[test]
fn a_condition_that_asks_for_others_asks_for_no_more() {
    let changes = (OUT_OF, "values: [guard, kube-node-lease]");
    let asks = |expression: &str| {
        let written =
            format!("    matchConditions: [{{name: c, expression: \"{expression}\"}}]\n    rules:");
        changed(
            GUARD,
            &[changes, (SERVICES, RUNNING), ("    rules:", &written)],
        )
    };
    on("2026-12-01", &asks("request.namespace == 'shop'"), &[]);
    let own = asks("request.namespace in ['shop', 'kube-system']");
    on("2026-12-01", &own, &["kube-system"]);
}

#[test]
fn leases_are_left_alone() {
    let leases = SERVICES
        .replace("[\"\"]", "[coordination.k8s.io]")
        .replace("services", "leases");
    let changes = (OUT_OF, "values: [guard, kube-system]");
    check(&[changes, (SERVICES, &leases)], &["leases"]);
    check(&[(SERVICES, &leases)], &[]);
    let slow = ("timeoutSeconds: 3", "timeoutSeconds: 9");
    check(
        &[changes, (SERVICES, &leases), OPEN, slow],
        &["fails-open", "slow-leases"],
    );
    check(&[changes, (SERVICES, &leases), OPEN], &["fails-open"]);
}

#[test]
fn what_the_control_plane_writes_is_left_alone() {
    let nodes = SERVICES.replace("services", "nodes");
    check(&[(SERVICES, &nodes)], &["control-plane"]);
    let condition = (
        "    sideEffects: None",
        "    sideEffects: None\n    matchConditions: [{name: c, expression: \"!(request.resource.resource in ['nodes'])\"}]",
    );
    check(&[(SERVICES, &nodes), condition], &[]);
}

#[test]
fn everything_is_too_much_to_fail_closed_on() {
    let all = "apiGroups: [\"*\"], apiVersions: [\"*\"], operations: [\"*\"], resources: [\"*/*\"]";
    check(&[(SERVICES, all)], &["control-plane", "wildcard"]);
    check(&[(SERVICES, all), OPEN], &["fails-open"]);
}

#[test]
fn what_a_webhook_needs_does_not_need_it() {
    let network = "apiVersion: v1\nkind: Namespace\nmetadata: {name: calico-system}\n---\n";
    let text = format!("{network}{GUARD}");
    let running = changed(&text, &[(SERVICES, RUNNING)]);
    on("2026-12-01", &running, &["dependency-loop"]);
    on("2026-12-01", &text, &[]);
}

#[test]
fn what_is_sent_to_no_webhook_is_said() {
    let never = SERVICES
        .replace("[\"\"]", "[admissionregistration.k8s.io]")
        .replace("services", "validatingwebhookconfigurations");
    check(&[(SERVICES, &never)], &["never-called"]);
}

#[test]
fn waits_are_short() {
    let seconds = |text| [("timeoutSeconds: 3", text)];
    check(&seconds("timeoutSeconds: 10"), &["long-timeout"]);
    check(&seconds("reinvocationPolicy: Never"), &["long-timeout"]);
    check(&seconds("timeoutSeconds: 9"), &[]);
}

#[test]
fn waits_of_several_webhooks_add_up() {
    let changing = |name: &str, seconds: &str| {
        let changes: [(&str, &str); 4] = [
            ("Validating", "Mutating"),
            ("guard.example.com", name),
            (
                "metadata: {name: guard,",
                &format!("metadata: {{name: {name},"),
            ),
            (
                "timeoutSeconds: 3",
                &format!("timeoutSeconds: {seconds}\n    reinvocationPolicy: IfNeeded"),
            ),
        ];
        changed(GUARD, &changes)
    };
    let three = |seconds| {
        let names = ["a.example.com", "b.example.com", "c.example.com"];
        names.map(|name| changing(name, seconds)).join("---\n")
    };
    let with = |seconds| format!("{}---\n{GUARD}", three(seconds));
    on("2026-12-01", &with("9"), &[]);
    let one_more = format!("{}---\n{}", with("9"), changing("d.example.com", "9"));
    on("2026-12-01", &one_more, &["timeouts-add-up"]);
}

#[test]
fn somebody_answers() {
    let other = ("name: guard, path", "name: guards, path");
    check(&[other], &[]);
    among(&[other], &["no-service"]);
    among(
        &[("selector: {app: guard}", "selector: {app: other}")],
        &["no-endpoints"],
    );
    among(&[("replicas: 2", "replicas: 0")], &["no-endpoints"]);
    among(&[("port: 443", "port: 8443")], &["service-port"]);
    check(&[("path: /v1/admit", "path: v1/admit")], &["odd-path"]);
}

#[test]
fn more_than_one_answers_on_more_than_one_node() {
    among(&[("replicas: 2", "replicas: 1")], &["one-replica"]);
    among(&[("replicas: 2", "replicas: 1"), OPEN], &["fails-open"]);
    among(
        &[(
            "minAvailable: 1, selector: {matchLabels: {app: guard}}",
            "minAvailable: 1, selector: {matchLabels: {app: other}}",
        )],
        &["no-disruption-budget"],
    );
    among(
        &[("topologySpreadConstraints", "tolerations")],
        &["not-spread"],
    );
}

#[test]
fn a_url_means_the_same_everywhere() {
    let service = "service: {namespace: guard, name: guard, path: /v1/admit}";
    for url in [
        "https://localhost:8443/v1/admit",
        "https://127.0.0.1/v1/admit",
        "https://guard.guard.svc:443/v1/admit",
        "http://guard.example.com/v1/admit",
    ] {
        check(&[(service, &format!("url: '{url}'"))], &["odd-url"]);
    }
    check(
        &[(service, "url: 'https://guard.example.com/v1/admit'")],
        &[],
    );
}

#[test]
fn an_authority_is_named_and_holds() {
    let annotation = "annotations: {cert-manager.io/inject-ca-from: guard/guard}";
    let bundle = |text: &str| {
        let written = format!("clientConfig:\n      caBundle: {text}");
        changed(
            GUARD,
            &[(annotation, "labels: {}"), ("clientConfig:", &written)],
        )
    };
    let no_bundle = changed(GUARD, &[(annotation, "labels: {}")]);
    on("2026-12-01", &no_bundle, &["no-ca-bundle"]);
    on("2026-12-01", &bundle("'%%%'"), &["broken-ca-bundle"]);
    on("2026-12-01", &bundle("bm90aGluZw=="), &["broken-ca-bundle"]);
    on("2026-12-01", &bundle(AUTHORITY.trim()), &[]);
    on("2026-11-23", &bundle(AUTHORITY.trim()), &["expired-ca"]);
    on("2027-10-24", &bundle(AUTHORITY.trim()), &[]);
    on(
        "2027-10-26",
        &bundle(AUTHORITY.trim()),
        &["ca-expires-soon"],
    );
    on("2027-11-25", &bundle(AUTHORITY.trim()), &["expired-ca"]);
    on("2026-12-01", &bundle(SIGNED.trim()), &["ca-does-not-sign"]);
}

#[test]
fn other_versions_of_an_object_are_judged() {
    let exact = ("matchPolicy: Equivalent", "matchPolicy: Exact");
    let narrow = ("apiVersions: [\"*\"]", "apiVersions: [v1]");
    check(&[exact, narrow], &["exact-match"]);
    check(&[exact], &[]);
    check(&[narrow], &[]);
}

#[test]
fn what_is_made_is_judged_when_it_is_changed() {
    let operations = |text| [("operations: [CREATE, UPDATE, DELETE]", text)];
    check(
        &operations("operations: [CREATE, DELETE]"),
        &["missing-update"],
    );
    check(
        &operations("operations: [CREATE, UPDATE]"),
        &["missing-delete"],
    );
    check(&operations("operations: [UPDATE]"), &[]);
}

#[test]
fn pods_are_judged_with_all_their_parts() {
    check(
        &[(
            SERVICES,
            &RUNNING.replace(
                "\"pods/*\"",
                "pods, pods/ephemeralcontainers, pods/exec, pods/attach",
            ),
        )],
        &["missing-subresource"],
    );
    check(
        &[(
            SERVICES,
            &RUNNING.replace(
                "\"pods/*\"",
                "pods, pods/resize, pods/eviction, pods/exec, pods/attach",
            ),
        )],
        &["missing-ephemeral-containers"],
    );
    check(
        &[(SERVICES, &running_without(", CONNECT"))],
        &["missing-connect"],
    );
    check(
        &[(SERVICES, &running_without("\"pods/*\", "))],
        &["missing-pods"],
    );
    check(
        &[(SERVICES, &running_without(", jobs, cronjobs"))],
        &["missing-controllers"],
    );
}

#[test]
fn a_scope_leaves_nothing_out() {
    let scoped = |scope: &str, resources: &str| {
        SERVICES.replace(
            "resources: [services]",
            &format!("resources: [{resources}], scope: {scope}"),
        )
    };
    check(
        &[(SERVICES, &scoped("Cluster", "services"))],
        &["half-scope"],
    );
    check(
        &[(SERVICES, &scoped("Namespaced", "persistentvolumes"))],
        &["half-scope"],
    );
    check(&[(SERVICES, &scoped("Namespaced", "services"))], &[]);
}

#[test]
fn a_webhook_that_fails_open_stands_beside_one_that_fails_closed() {
    check(&[OPEN], &["fails-open"]);
    let open = changed(GUARD, &[OPEN, ("{name: guard,", "{name: wide,")]);
    on(
        "2026-12-01",
        &format!("{GUARD}---\n{open}"),
        &["fails-open-beside"],
    );
}

#[test]
fn nobody_opts_out_by_a_label() {
    check(
        &[(
            "    rules:",
            "    objectSelector: {matchLabels: {guarded: 'yes'}}\n    rules:",
        )],
        &["object-selector"],
    );
    check(&[("    rules:", "    objectSelector: {}\n    rules:")], &[]);
    check(
        &[(
            "- {key: kubernetes.io/metadata.name,",
            "- {key: guarded, operator: Exists}\n        - {key: kubernetes.io/metadata.name,",
        )],
        &["namespace-label"],
    );
}

#[test]
fn a_condition_lets_nobody_past() {
    let condition = |expression: &str| {
        let written =
            format!("    matchConditions: [{{name: c, expression: \"{expression}\"}}]\n    rules:");
        changed(GUARD, &[("    rules:", &written)])
    };
    let masters = condition("!('system:masters' in request.userInfo.groups)");
    on("2026-12-01", &masters, &["excluded-users"]);
    on("2026-12-01", &condition("false"), &["never-true"]);
    let namespace = condition("request.namespace != 'sandbox'");
    on("2026-12-01", &namespace, &[]);
}

#[test]
fn a_namespace_that_is_left_out_runs_nothing() {
    let out = (
        OUT_OF,
        "values: [guard, kube-system, kube-node-lease, shop]",
    );
    let job = |kind: &str| {
        format!("---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\n")
    };
    let text = changed(GUARD, &[out]);
    let pod = format!(
        "{text}{}spec: {{containers: [{{name: web, image: web}}]}}\n",
        job("Pod")
    );
    on("2026-12-01", &pod, &["exempt-namespace"]);
    on("2026-12-01", &format!("{text}{}", job("ConfigMap")), &[]);
}

#[test]
fn api_servers_and_webhooks_agree() {
    check(
        &[("sideEffects: None", "sideEffects: Unknown")],
        &["side-effects"],
    );
    check(&[("sideEffects: None", "sideEffects: NoneOnDryRun")], &[]);
    check(&[("[v1]\n", "[v1beta1]\n")], &["review-version"]);
    check(&[("[v1]\n", "[v1, v1beta1]\n")], &[]);
}

#[test]
fn what_one_webhook_changes_is_not_changed_by_the_next() {
    let pods = SERVICES.replace("services", "pods");
    let changing = |name: &str| {
        let service = format!("name: {name}, path");
        let metadata = format!("{{name: {name},");
        changed(
            GUARD,
            &[
                ("Validating", "Mutating"),
                ("name: guard, path", &service),
                ("{name: guard,", &metadata),
                (SERVICES, &pods),
            ],
        )
    };
    let both = format!("{}---\n{}", changing("a"), changing("b"));
    on("2026-12-01", &both, &["changed-later"]);
    on("2026-12-01", &changing("a"), &[]);
}

#[test]
fn what_no_api_server_takes_is_an_error() {
    for (from, to) in [
        ("webhooks:\n  - name", "webhooks:\n    name"),
        ("rules:\n      - {", "rules:\n      {"),
    ] {
        let evaluation = examine(&changed(GUARD, &[(from, to)]), "2026-12-01");
        assert_eq!(evaluation.problems.len(), 1, "{to}");
    }
}

#[test]
fn every_check_has_a_name_of_its_own() {
    let mut names: Vec<&str> = doctor::checks().map(|check| check.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
