//! Manifests to resources to workloads.

use plumbline_core::estate::Estate;

use super::{found, ids, reading, spelt};

#[test]
fn an_object_is_known_by_group_kind_namespace_and_name() {
    ids(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n",
        &["kubernetes/apps/Deployment/shop/web"],
        &[],
    );
    ids(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
        &["kubernetes/core/Namespace/_/shop"],
        &[],
    );
    ids(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n",
        &["kubernetes/serving.knative.dev/Service/_/a"],
        &[],
    );
}

#[test]
fn a_name_cannot_pass_for_another_one() {
    ids(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: 'a/b c', namespace: '../x'}\n",
        &["kubernetes/core/Pod/..%2Fx/a%2Fb%20c"],
        &[],
    );
}

#[test]
fn a_generated_name_is_marked() {
    ids(
        "apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n",
        &["kubernetes/core/Pod/_/job-%2A"],
        &[],
    );
}

#[test]
fn an_object_without_a_name_is_judged_and_said() {
    ids(
        "apiVersion: v1\nkind: Pod\nspec: {}\n",
        &["kubernetes/core/Pod/_/_"],
        &["1:1 an object without `metadata.name`"],
    );
}

#[test]
fn a_list_holds_its_items() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: b}}\n";
    ids(
        text,
        &["kubernetes/core/Pod/_/a", "kubernetes/core/Pod/_/b"],
        &[],
    );
}

#[test]
fn the_items_of_a_typed_list_need_not_say_what_they_are() {
    let text = "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n";
    ids(text, &["kubernetes/apps/Deployment/_/a"], &[]);
}

#[test]
fn an_item_that_is_no_object_is_said() {
    ids(
        "apiVersion: v1\nkind: List\nitems:\n- text\n- {kind: Pod}\n",
        &[],
        &[
            "4:3 an item of a list that is no object",
            "5:4 an item without `apiVersion` and `kind`",
        ],
    );
    ids("apiVersion: v1\nkind: PodList\nitems:\n", &[], &[]);
}

#[test]
fn an_object_that_lacks_half_of_its_type_is_said() {
    ids(
        "kind: Pod\nmetadata: {name: a}\nspec: {}\n",
        &[],
        &["1:1 an object of Kubernetes without `apiVersion`"],
    );
    ids(
        "apiVersion: v1\nmetadata: {name: a}\nspec: {}\n",
        &[],
        &["1:1 an object of Kubernetes without `kind`"],
    );
    let other = reading("kind: something\nname: else\n");
    assert_eq!((other.unrecognised, other.problems.len()), (1, 0));
}

#[test]
fn two_declarations_of_one_id_are_both_kept_and_said() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let (estate, problems) = Estate::new(reading(text).resources);
    assert_eq!(estate.resources.len(), 2);
    assert_eq!(
        spelt(text, &problems),
        ["7:12 `kubernetes/core/Pod/_/a` is declared twice"]
    );
}

/// The value at a pointer into the only workload of a text.
#[track_caller]
fn workload(text: &str, pointer: &str, expected: Option<&str>) {
    let (estate, _) = Estate::new(reading(text).resources);
    let found = found(estate.entities.first(), pointer);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// A pod spec in each kind of object that has one.
fn in_every_template(spec: &str) -> Vec<String> {
    let template = format!("{{template: {{spec: {spec}}}}}");
    let object = |version: &str, kind: &str, spec: &str| {
        format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n")
    };
    let mut texts = vec![
        object("v1", "Pod", spec),
        object(
            "batch/v1",
            "CronJob",
            &format!("{{jobTemplate: {{spec: {template}}}}}"),
        ),
        object("serving.knative.dev/v1", "Revision", spec),
        object("argoproj.io/v1alpha1", "Rollout", &template),
        object(
            "example.com/v1",
            "Fleet",
            &format!("{{pools: [{{name: x, run: {template}}}]}}"),
        ),
        object("extensions/v1beta1", "Deployment", &template),
        format!(
            "apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: a}}\ntemplate: {{spec: {spec}}}\n"
        ),
    ];
    for (version, kind) in [
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "DaemonSet"),
        ("apps/v1", "ReplicaSet"),
        ("v1", "ReplicationController"),
        ("batch/v1", "Job"),
        ("serving.knative.dev/v1", "Service"),
        ("serving.knative.dev/v1", "Configuration"),
    ] {
        texts.push(object(version, kind, &template));
    }
    texts
}

#[test]
fn every_template_is_a_workload() {
    for text in in_every_template("{containers: [{name: c, image: nginx}]}") {
        workload(
            &text,
            "/containers/0/image/name",
            Some(r#""docker.io/library/nginx""#),
        );
    }
}

#[test]
fn an_object_that_runs_nothing_is_none() {
    workload(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {containers: x}\n",
        "",
        None,
    );
}

#[test]
fn every_kind_of_container_is_listed_with_its_role() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  initContainers: [{name: i}, {name: s, restartPolicy: Always}]\n  containers: [{name: c}]\n  ephemeralContainers: [{name: e}]\n";
    for (index, role) in ["init", "sidecar", "container", "ephemeral"]
        .iter()
        .enumerate()
    {
        workload(
            text,
            &format!("/containers/{index}/role"),
            Some(&format!("\"{role}\"")),
        );
    }
}

#[test]
fn what_the_container_leaves_out_the_pod_says() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  securityContext: {runAsUser: 7, runAsNonRoot: true}\n  containers: [{name: c, securityContext: {runAsUser: 0, privileged: yes}}]\n";
    workload(text, "/containers/0/isolation/run_as_user", Some("0"));
    workload(
        text,
        "/containers/0/isolation/run_as_non_root",
        Some("true"),
    );
    workload(text, "/containers/0/isolation/privileged", Some("true"));
    workload(text, "/isolation/host_network", Some("false"));
}

#[test]
fn variables_say_where_their_value_comes_from() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    env:\n    - {name: A, value: x}\n    - {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}\n    - {name: C, value: 12345678}\n    - {name: D}\n";
    workload(
        text,
        "/containers/0/env/0",
        Some(r#"{"kind":"literal","name":"A","value":"x"}"#),
    );
    workload(
        text,
        "/containers/0/env/1",
        Some(r#"{"kind":"secret_ref","name":"B","secret":{"key":"k","name":"s"}}"#),
    );
    workload(text, "/containers/0/env/2/value", Some(r#""12345678""#));
    workload(text, "/containers/0/env/3/value", Some(r#""""#));
}

#[test]
fn a_value_of_a_variable_that_is_no_text_is_said() {
    let pod = |value: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: c\n    env:\n    - name: A\n      value: {value}\n"
        )
    };
    let id = ["kubernetes/core/Pod/_/a"];
    for value in ["8080", "true", "1.5", "{a: b}", "[a]"] {
        let said = ["9:7 the `value` of a variable that is no text"];
        ids(&pod(value), &id, &said);
    }
    for value in ["'8080'", "\"true\"", "a", "~", "15m"] {
        ids(&pod(value), &id, &[]);
    }
    workload(&pod("{a: b}"), "/containers/0/env/0/value", None);
}

#[test]
fn quantities_are_numbers() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    resources: {requests: {cpu: 100m}, limits: {cpu: 2, memory: 128Mi}}\n";
    workload(
        text,
        "/containers/0/resources",
        Some(r#"{"limits":{"cpu_m":2000,"memory_bytes":134217728},"requests":{"cpu_m":100}}"#),
    );
}

/// The value at a pointer into the workload of a pod with this spec.
#[track_caller]
fn pod(spec: &str, pointer: &str, expected: Option<&str>) {
    workload(
        &format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {spec}\n"),
        pointer,
        expected,
    );
}

#[test]
fn a_variable_from_a_source_that_nobody_knows_is_no_literal() {
    let spec = "{containers: [{name: c, env: [{name: A, valueFrom: {fileKeyRef: {path: p}}}]}]}";
    pod(spec, "/containers/0/env/0/kind", Some(r#""other_ref""#));
    pod(spec, "/containers/0/env/0/value", None);
}

#[test]
fn a_boolean_that_was_not_quoted_keeps_its_characters() {
    let text = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","env":[{"name":"A","value":true}]}]}}"#;
    workload(text, "/containers/0/env/0/value", Some(r#""true""#));
}

#[test]
fn an_empty_account_does_not_hide_the_older_key() {
    pod(
        "{serviceAccountName: '', serviceAccount: admin}",
        "/identity/name",
        Some(r#""admin""#),
    );
    pod(
        "{serviceAccountName: '', serviceAccount: ''}",
        "/identity/name",
        Some(r#""default""#),
    );
}

#[test]
fn a_token_is_mounted_as_the_pod_says() {
    let spec = "{automountServiceAccountToken: false}";
    pod(spec, "/identity/mount_token", Some("false"));
    pod("{}", "/identity/mount_token", None);
}

#[test]
fn a_dangerous_flag_is_read_also_where_it_is_spelt_as_text() {
    for spelt in ["true", "True", "yes", "on", "'true'", "\"true\""] {
        pod(
            &format!("{{hostNetwork: {spelt}}}"),
            "/isolation/host_network",
            Some("true"),
        );
    }
    pod(
        "{hostNetwork: 'false'}",
        "/isolation/host_network",
        Some(r#""false""#),
    );
    pod(
        "{hostNetwork: null}",
        "/isolation/host_network",
        Some("false"),
    );
}

#[test]
fn a_user_is_a_number_also_where_it_is_spelt_as_text() {
    for spelt in ["0", "'0'", "0x0", "00"] {
        pod(
            &format!("{{containers: [{{name: c, securityContext: {{runAsUser: {spelt}}}}}]}}"),
            "/containers/0/isolation/run_as_user",
            Some("0"),
        );
    }
}

#[test]
fn a_host_process_of_the_pod_is_one_of_each_container() {
    let windows = "securityContext: {windowsOptions: {hostProcess: true}}";
    pod(
        &format!("{{{windows}, containers: [{{name: c}}]}}"),
        "/containers/0/isolation/host_process",
        Some("true"),
    );
    pod(
        &format!("{{containers: [{{name: c, {windows}}}]}}"),
        "/isolation/host_process",
        Some("false"),
    );
}

#[test]
fn what_the_pod_says_stands_beside_what_holds_for_a_container() {
    let spec = "{securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: c, securityContext: {seccompProfile: {type: RuntimeDefault}}}]}";
    pod(spec, "/isolation/seccomp/type", Some(r#""Unconfined""#));
    pod(
        spec,
        "/containers/0/isolation/seccomp/type",
        Some(r#""RuntimeDefault""#),
    );
}

#[test]
fn a_volume_is_known_by_its_source() {
    pod(
        "{volumes: [{name: v, hostPath: {path: /etc}}]}",
        "/volumes/0",
        Some(r#"{"kind":"host_path","name":"v","source":{"path":"/etc"}}"#),
    );
    pod(
        "{volumes: [{name: v, downwardAPI: {items: []}}]}",
        "/volumes/0/kind",
        Some(r#""downward_api""#),
    );
    pod(
        "{volumes: [{name: v, hostPath: null}]}",
        "/volumes/0/kind",
        Some(r#""empty_dir""#),
    );
}

#[test]
fn probes_and_hooks_are_one_list() {
    let spec = "{containers: [{name: c, livenessProbe: {httpGet: {host: h, port: 1}}, lifecycle: {preStop: {tcpSocket: {port: 2}}}}]}";
    pod(
        spec,
        "/containers/0/health",
        Some(
            r#"[{"action":"http","host":"h","kind":"liveness","port":1},{"action":"tcp","kind":"pre_stop","port":2}]"#,
        ),
    );
    pod("{containers: [{name: c}]}", "/containers/0/health", None);
}

#[test]
fn the_metadata_of_the_template_is_not_that_of_the_object() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {of: object}}\nspec: {template: {metadata: {labels: {of: template}}, spec: {}}}\n";
    workload(text, "/labels/of", Some(r#""object""#));
    workload(text, "/template/labels/of", Some(r#""template""#));
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {of: object}}\nspec: {}\n";
    workload(pod, "/template/labels/of", Some(r#""object""#));
}

#[test]
fn a_pod_has_amounts_of_its_own() {
    pod(
        "{resources: {limits: {memory: 1Gi}}}",
        "/resources/limits/memory_bytes",
        Some("1073741824"),
    );
}

/// The value at a pointer into the workload of a Knative service.
#[track_caller]
fn knative(metadata: &str, spec: &str, pointer: &str, expected: &str) {
    let text = format!(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{template: {{metadata: {metadata}, spec: {spec}}}}}\n"
    );
    workload(&text, pointer, Some(expected));
}

#[test]
fn a_knative_service_scales_as_its_annotations_say() {
    let bounds = "{annotations: {autoscaling.knative.dev/min-scale: '2', autoscaling.knative.dev/max-scale: '9'}}";
    knative(bounds, "{}", "/lifetime/min_instances", "2");
    knative(bounds, "{}", "/lifetime/max_instances", "9");
    knative(bounds, "{}", "/lifetime/scale_to_zero", "false");
    knative("{}", "{}", "/lifetime/scale_to_zero", "true");
    knative("{}", "{}", "/lifetime/max_seconds", "300");
    knative("{}", "{timeoutSeconds: 60}", "/lifetime/max_seconds", "60");
}

#[test]
fn a_claim_outlives_its_pod() {
    let claim = "{volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}";
    pod(claim, "/state/persistent", Some("true"));
    pod(
        "{volumes: [{name: v, emptyDir: {}}]}",
        "/state/persistent",
        Some("false"),
    );
}

#[test]
fn a_volume_that_is_only_read_keeps_nothing() {
    let inline = |keys: &str| format!("{{volumes: [{{name: v, csi: {{driver: d{keys}}}}}]}}");
    pod(&inline(""), "/state/persistent", Some("true"));
    pod(
        &inline(", readOnly: true"),
        "/state/persistent",
        Some("false"),
    );
}

#[test]
fn what_is_of_another_shape_than_the_server_takes_is_said() {
    let object =
        |spec: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  {spec}\n");
    let check = |spec: &str, problem: &str| {
        ids(
            &object(spec),
            &["kubernetes/core/Pod/_/a"],
            &[&format!("5:{problem}")],
        );
    };
    check(
        "containers: {web: {image: nginx}}",
        "3 `containers` is no list",
    );
    check("volumes: {v: {}}", "3 `volumes` is no list");
    check(
        "containers: [{name: a, env: {A: b}}]",
        "26 `env` is no list",
    );
    check(
        "containers: [nginx]",
        "16 an item of `containers` that is no mapping",
    );
    ids(
        &object("{containers: ~, volumes: [], securityContext: {}}"),
        &["kubernetes/core/Pod/_/a"],
        &[],
    );
    ids(
        "apiVersion: x.io/v1\nkind: X\nmetadata: {name: a}\nspec: {containers: {a: b}}\n",
        &["kubernetes/x.io/X/_/a"],
        &[],
    );
}

#[test]
fn a_pod_spec_in_a_wrong_place_is_judged_and_said() {
    let text = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  template:\n    spec: {containers: [{name: c, image: nginx}]}\n";
    ids(
        text,
        &["kubernetes/batch/CronJob/_/a"],
        &["6:5 a pod spec where the API server looks for none"],
    );
    workload(text, "/containers/0/name", Some(r#""c""#));
}
