//! Odd shapes: whatever stands in the place of a value, every rule of the library can decide, and none fails.

use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::source::{Source, Sources};
use plumbline_rego::Settings;
use serde_json::{Value, json};

use super::bypass::library;

/// What takes the place of a value.
fn odd() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(1.5),
        json!(""),
        json!("x"),
        json!([]),
        json!([null]),
        json!([7, "x", {}]),
        json!({}),
        json!({"a": 1}),
    ]
}

/// Every way from the root to a node.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(child, &format!("{at}/{key}"), into);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                pointers(child, &format!("{at}/{index}"), into);
            }
        }
        _ => {}
    }
}

#[test]
fn no_shape_keeps_a_rule_from_deciding() {
    let set = library();
    let mut sources = Sources::default();
    let mut reading = Reading::default();
    let mut variants = 0;
    for sample in samples() {
        let mut places = Vec::new();
        pointers(&sample, "", &mut places);
        // What makes it an object of Kubernetes stays.
        let kept = ["", "/apiVersion", "/kind"];
        for place in places
            .iter()
            .filter(|place| !kept.contains(&place.as_str()))
        {
            for value in odd() {
                let mut text = sample.clone();
                *text.pointer_mut(place).unwrap() = value;
                let file = sources.add(Source::new(place.clone(), text.to_string()));
                let (documents, _) = parse::parse(sources.get(file).unwrap(), file, Notation::Json);
                reading.take(documents.first().unwrap());
                variants += 1;
            }
        }
    }
    let (estate, _) = Estate::new(reading.resources);
    assert_eq!(estate.resources.len(), variants);
    let evaluation = set.evaluate(&estate, &Settings::default());
    let said: Vec<String> = evaluation
        .problems
        .iter()
        .map(|problem| problem.message.clone())
        .collect();
    assert_eq!(said, [""; 0], "{} of {variants}", evaluation.undecided);
}

/// Objects with every field that a rule reads.
fn samples() -> Vec<Value> {
    let pod = json!({
        "automountServiceAccountToken": true,
        "serviceAccountName": "web",
        "hostNetwork": false, "hostPID": false, "hostIPC": false, "hostUsers": true,
        "os": {"name": "linux"},
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "securityContext": {
            "runAsNonRoot": true, "runAsUser": 7, "runAsGroup": 7, "fsGroup": 7, "supplementalGroups": [7],
            "seccompProfile": {"type": "RuntimeDefault"},
            "appArmorProfile": {"type": "RuntimeDefault"},
            "seLinuxOptions": {"type": "container_t", "user": "", "role": ""},
            "sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}],
            "windowsOptions": {"hostProcess": false},
        },
        "volumes": [{"name": "v", "hostPath": {"path": "/x"}}, {"name": "w", "configMap": {"name": "c"}}],
        "containers": [{
            "name": "c",
            "image": "registry.example.com/shop/web:1@sha256:00",
            "env": [{"name": "A_PASSWORD", "value": "x"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "envFrom": [{"secretRef": {"name": "s"}}],
            "ports": [{"containerPort": 80, "hostPort": 80}],
            "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            "livenessProbe": {"httpGet": {"host": "h", "port": 80}},
            "lifecycle": {"preStop": {"tcpSocket": {"host": "h", "port": 80}}},
            "securityContext": {
                "privileged": false, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]},
                "procMount": "Default", "runAsNonRoot": true, "runAsUser": 7, "runAsGroup": 7,
                "seccompProfile": {"type": "Localhost"},
                "appArmorProfile": {"type": "Localhost"},
                "seLinuxOptions": {"type": "container_t"},
                "windowsOptions": {"hostProcess": false},
            },
        }],
    });
    let metadata = json!({
        "name": "a", "namespace": "shop",
        "labels": {"governance/class": "steady"},
        "annotations": {"container.apparmor.security.beta.kubernetes.io/c": "localhost/x"},
    });
    vec![
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": {"metadata": metadata, "spec": pod}}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"password": "correct-horse", "f": "a=b\nc=d\n"}, "binaryData": {"x": "QUJD"}}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata, "rules": [
            {"apiGroups": ["", "rbac.authorization.k8s.io"], "resources": ["secrets", "roles", "userextras/x"], "resourceNames": ["a"], "verbs": ["get", "bind", "*"]},
            {"nonResourceURLs": ["/*"], "verbs": ["get"]},
        ]}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": "ci", "namespace": "shop"}, {"kind": "User", "name": "eve"}]}),
    ]
}
