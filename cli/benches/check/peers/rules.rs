//! The same questions in the words of each tool: one condition of Rego for those that read Rego, and the names of built-in
//! checks for the others.

/// A name, and a condition that holds for a pod spec `spec` and a container `c` of it.
const CONTAINER_RULES: &[(&str, &str)] = &[
    ("privileged", "c.securityContext.privileged == true"),
    (
        "escalation",
        "not c.securityContext.allowPrivilegeEscalation == false",
    ),
    (
        "writableroot",
        "not c.securityContext.readOnlyRootFilesystem == true",
    ),
    (
        "keptcapabilities",
        "not \"ALL\" in {d | some d in c.securityContext.capabilities.drop}",
    ),
    ("memorylimit", "not c.resources.limits.memory"),
    ("cpulimit", "not c.resources.limits.cpu"),
    ("latest", "endswith(c.image, \":latest\")"),
    (
        "registry",
        "not startswith(c.image, \"registry.example.com/\")",
    ),
    ("hostport", "some p in c.ports; p.hostPort > 0"),
];

/// A name, and a condition that holds for a pod spec `spec`.
const POD_RULES: &[(&str, &str)] = &[
    ("hostnetwork", "spec.hostNetwork == true"),
    ("hostpid", "spec.hostPID == true"),
    ("hostipc", "spec.hostIPC == true"),
    ("hostpath", "some v in spec.volumes; v.hostPath"),
    ("root", "not spec.securityContext.runAsNonRoot == true"),
    (
        "seccomp",
        "not spec.securityContext.seccompProfile.type in {\"RuntimeDefault\", \"Localhost\"}",
    ),
    ("token", "not spec.automountServiceAccountToken == false"),
];

/// How many rules there are in Rego.
pub(super) const COUNT: u64 = (CONTAINER_RULES.len() + POD_RULES.len()) as u64;

/// The same as built-in checks of kube-linter.
pub(super) const KUBE_LINTER: &[&str] = &[
    "privileged-container",
    "privilege-escalation-container",
    "no-read-only-root-fs",
    "drop-net-raw-capability",
    "unset-memory-requirements",
    "unset-cpu-requirements",
    "latest-tag",
    "host-network",
    "host-pid",
    "host-ipc",
    "sensitive-host-mounts",
    "run-as-non-root",
];

/// The same as built-in checks of Checkov.
pub(super) const CHECKOV: &[&str] = &[
    "CKV_K8S_16",
    "CKV_K8S_20",
    "CKV_K8S_22",
    "CKV_K8S_37",
    "CKV_K8S_13",
    "CKV_K8S_11",
    "CKV_K8S_14",
    "CKV_K8S_26",
    "CKV_K8S_19",
    "CKV_K8S_17",
    "CKV_K8S_18",
    "CKV_K8S_27",
    "CKV_K8S_23",
    "CKV_K8S_31",
    "CKV_K8S_38",
];

/// What finds the pod spec and the containers of an object.
const SHARED: &str = "
spec := object.spec if object.kind == \"Pod\"
spec := object.spec.jobTemplate.spec.template.spec if object.kind == \"CronJob\"
spec := object.spec.template.spec if not object.kind in {\"Pod\", \"CronJob\"}

containers contains c if some c in spec.containers
containers contains c if some c in spec.initContainers
";

fn bodies() -> impl Iterator<Item = (&'static str, String)> {
    let of_containers = CONTAINER_RULES.iter().map(|(name, condition)| {
        (
            *name,
            format!(
                "some c in containers\n\t{condition}\n\tmsg := sprintf(\"%s: {name}\", [c.name])"
            ),
        )
    });
    let of_pods = POD_RULES
        .iter()
        .map(|(name, condition)| (*name, format!("{condition}\n\tmsg := \"{name}\"")));
    of_containers.chain(of_pods)
}

/// One module for OPA and Conftest.
pub(super) fn module() -> String {
    let mut text = format!("package main\n\nobject := input\n{SHARED}");
    for (_, body) in bodies() {
        text.push_str(&format!("\ndeny contains msg if {{\n\t{body}\n}}\n"));
    }
    text
}

/// A template and a constraint per rule for Gatekeeper.
pub(super) fn gatekeeper() -> Vec<(&'static str, String)> {
    let indented = |text: &str| text.replace('\n', "\n              ").replace('\t', "  ");
    let file = |(name, body): (&'static str, String)| {
        let kind = format!("Bench{name}");
        let rego = indented(&format!(
            "package bench\n\nobject := input.review.object\n{SHARED}\nviolation contains {{\"msg\": msg}} if {{\n\t{body}\n}}"
        ));
        let text = format!(
            "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata:\n  name: {}\nspec:\n  crd: {{spec: {{names: {{kind: {kind}}}}}}}\n  targets:\n    - target: admission.k8s.gatekeeper.sh\n      code:\n        - engine: Rego\n          source:\n            version: v1\n            rego: |\n              {rego}\n---\napiVersion: constraints.gatekeeper.sh/v1beta1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{}}\n",
            kind.to_lowercase()
        );
        (name, text)
    };
    bodies().map(file).collect()
}
