//! What breaks each rule, in every spelling that comes to the same.

/// A rule, and fields of a container that break it. An empty text leaves a field out.
type Spelling = (&'static str, &'static [(&'static str, &'static str)]);

pub(super) const CONTAINER: &[Spelling] = &[
    ("deployment/privileged-container", &[("privileged", "true")]),
    ("deployment/privileged-container", &[("privileged", "True")]),
    ("deployment/privileged-container", &[("privileged", "TRUE")]),
    ("deployment/privileged-container", &[("privileged", "yes")]),
    ("deployment/privileged-container", &[("privileged", "Yes")]),
    ("deployment/privileged-container", &[("privileged", "on")]),
    ("deployment/privileged-container", &[("privileged", "y")]),
    (
        "deployment/privileged-container",
        &[("privileged", "'true'")],
    ),
    (
        "deployment/privileged-container",
        &[("privileged", "\"yes\"")],
    ),
    ("deployment/privileged-container", &[("privileged", "1")]),
    (
        "deployment/privileged-container",
        &[("privileged", "!!bool true")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "null")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "~")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "true")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "on")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "'false'")],
    ),
    (
        "deployment/privilege-escalation",
        &[("allowPrivilegeEscalation", "0")],
    ),
    (
        "deployment/writable-root",
        &[("readOnlyRootFilesystem", "")],
    ),
    (
        "deployment/writable-root",
        &[("readOnlyRootFilesystem", "null")],
    ),
    (
        "deployment/writable-root",
        &[("readOnlyRootFilesystem", "false")],
    ),
    (
        "deployment/writable-root",
        &[("readOnlyRootFilesystem", "no")],
    ),
    (
        "deployment/writable-root",
        &[("readOnlyRootFilesystem", "'true'")],
    ),
    ("deployment/kept-capabilities", &[("capabilities", "")]),
    ("deployment/kept-capabilities", &[("capabilities", "{}")]),
    (
        "deployment/kept-capabilities",
        &[("capabilities", "{drop: []}")],
    ),
    (
        "deployment/kept-capabilities",
        &[("capabilities", "{drop: [NET_RAW]}")],
    ),
    (
        "deployment/kept-capabilities",
        &[("capabilities", "{drop: [all]}")],
    ),
    (
        "deployment/kept-capabilities",
        &[("capabilities", "{drop: [CAP_ALL]}")],
    ),
    (
        "deployment/kept-capabilities",
        &[("capabilities", "{drop: ALL}")],
    ),
    (
        "deployment/kept-capabilities",
        &[("capabilities", "{drop: [ALL], add: [CHOWN]}")],
    ),
    (
        "deployment/kept-capabilities",
        &[(
            "capabilities",
            "{drop: [ALL], add: [NET_BIND_SERVICE, SETUID]}",
        )],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: [SYS_ADMIN]}")],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: [NET_RAW]}")],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: [ALL]}")],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: [CAP_SYS_ADMIN]}")],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: [sys_admin]}")],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: [CHOWN, BPF]}")],
    ),
    (
        "deployment/added-capability",
        &[("capabilities", "{drop: [ALL], add: SYS_ADMIN}")],
    ),
    ("deployment/unmasked-proc", &[("procMount", "Unmasked")]),
    ("deployment/unmasked-proc", &[("procMount", "unmasked")]),
    ("deployment/unmasked-proc", &[("procMount", "default")]),
    (
        "deployment/unconfined-seccomp",
        &[("seccompProfile", "{type: Unconfined}")],
    ),
    (
        "deployment/unconfined-seccomp",
        &[("seccompProfile", "{type: unconfined}")],
    ),
    (
        "deployment/unconfined-seccomp",
        &[("seccompProfile", "{type: 'Unconfined'}")],
    ),
    (
        "deployment/unconfined-apparmor",
        &[("appArmorProfile", "{type: Unconfined}")],
    ),
    (
        "deployment/unconfined-apparmor",
        &[("appArmorProfile", "{type: \"Unconfined\"}")],
    ),
    (
        "deployment/custom-selinux",
        &[("seLinuxOptions", "{type: spc_t}")],
    ),
    (
        "deployment/custom-selinux",
        &[("seLinuxOptions", "{user: system_u}")],
    ),
    (
        "deployment/custom-selinux",
        &[("seLinuxOptions", "{role: system_r}")],
    ),
    (
        "deployment/custom-selinux",
        &[("seLinuxOptions", "{type: container_t, role: sysadm_r}")],
    ),
    ("deployment/root-user", &[("runAsUser", "0")]),
    ("deployment/root-user", &[("runAsUser", "'0'")]),
    ("deployment/root-user", &[("runAsUser", "00")]),
    ("deployment/root-user", &[("runAsUser", "0x0")]),
    ("deployment/root-user", &[("runAsUser", "0o0")]),
    ("deployment/root-user", &[("runAsUser", "0b0")]),
    ("deployment/root-user", &[("runAsUser", "0.0")]),
    ("deployment/root-user", &[("runAsUser", "-0")]),
    ("deployment/root-allowed", &[("runAsNonRoot", "false")]),
    ("deployment/root-allowed", &[("runAsNonRoot", "off")]),
    ("deployment/root-allowed", &[("runAsNonRoot", "'true'")]),
    ("deployment/root-group", &[("runAsGroup", "0")]),
    ("deployment/root-group", &[("runAsGroup", "'0'")]),
    (
        "deployment/host-process",
        &[("windowsOptions", "{hostProcess: true}")],
    ),
    (
        "deployment/host-process",
        &[("windowsOptions", "{hostProcess: yes}")],
    ),
    (
        "deployment/host-port",
        &[("ports", "[{containerPort: 8080, hostPort: 8080}]")],
    ),
    (
        "deployment/host-port",
        &[("ports", "[{containerPort: 8080, hostPort: '8080'}]")],
    ),
    (
        "deployment/host-port",
        &[(
            "ports",
            "[{containerPort: 1}, {containerPort: 53, hostPort: 53, protocol: UDP, hostIP: 127.0.0.1}]",
        )],
    ),
    (
        "deployment/host-probe",
        &[("livenessProbe", "{httpGet: {host: 10.0.0.1, port: 80}}")],
    ),
    (
        "deployment/host-probe",
        &[(
            "readinessProbe",
            "{tcpSocket: {host: metadata.google.internal, port: 80}}",
        )],
    ),
    (
        "deployment/host-probe",
        &[("startupProbe", "{httpGet: {host: localhost, port: 80}}")],
    ),
    (
        "deployment/host-probe",
        &[(
            "lifecycle",
            "{postStart: {httpGet: {host: a.test, port: 80}}}",
        )],
    ),
    (
        "deployment/host-probe",
        &[(
            "lifecycle",
            "{preStop: {tcpSocket: {host: '::1', port: 80}}}",
        )],
    ),
    ("deployment/missing-limits", &[("limits", "")]),
    ("deployment/missing-limits", &[("limits", "{}")]),
    ("deployment/missing-limits", &[("limits", "null")]),
    ("deployment/missing-limits", &[("limits", "{cpu: 1}")]),
    ("deployment/missing-limits", &[("limits", "{memory: 1Gi}")]),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 1, memory: 0}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 1, memory: '0'}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 1, memory: 0Mi}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 0m, memory: 1e9}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 0.0, memory: 1G}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 1, memory: 256MB}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{cpu: 1, memory: null}")],
    ),
    (
        "deployment/missing-limits",
        &[("limits", "{CPU: 1, memory: 1Gi}")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com/shop/web")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com/shop/web:latest")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "'registry.example.com/shop/web:latest'")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com:443/shop/web")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com:5000/shop/web:latest")],
    ),
    ("supply-chain/mutable-tag", &[("image", "nginx")]),
    (
        "supply-chain/mutable-tag",
        &[("image", "index.docker.io/library/nginx")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "localhost:5000/nginx")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com/shop/web:main")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com/shop/web@sha256:abc")],
    ),
    (
        "supply-chain/mutable-tag",
        &[("image", "registry.example.com/shop/web:latest@md5:0123")],
    ),
    ("supply-chain/unknown-registry", &[("image", "nginx:1.27")]),
    (
        "supply-chain/unknown-registry",
        &[("image", "library/nginx:1.27")],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "docker.io/nginx:1.27")],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "registry.example.com.evil.test/web:1")],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "registry.example.common/web:1")],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "evil.test/registry.example.com/web:1")],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "registry.example.com:5000/web:1")],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "ghcr.io/acme/web:1")],
    ),
    (
        "supply-chain/unknown-registry",
        &[(
            "image",
            "ghcr.io/acme/web@sha256:0123456789012345678901234567890123456789012345678901234567890123",
        )],
    ),
    (
        "supply-chain/unknown-registry",
        &[("image", "localhost/web:1")],
    ),
    (
        "secrets/plaintext-env",
        &[("env", "[{name: DB_PASSWORD, value: correct-horse}]")],
    ),
    (
        "secrets/plaintext-env",
        &[("env", "[{name: dbPassword, value: correct-horse}]")],
    ),
    (
        "secrets/plaintext-env",
        &[("env", "[{name: db.password, value: 'correct-horse'}]")],
    ),
    (
        "secrets/plaintext-env",
        &[(
            "env",
            "[{name: A, value: x}, {name: API_TOKEN, value: \"correct-horse\"}]",
        )],
    ),
    (
        "secrets/plaintext-env",
        &[(
            "env",
            "[{name: URL, value: 'postgres://u:correct-horse@db.test/x'}]",
        )],
    ),
    (
        "secrets/plaintext-env",
        &[("env", "[{name: K, value: AKIAIOSFODNN7EXAMPLE}]")],
    ),
    (
        "secrets/plaintext-env",
        &[("env", "[{name: K, value: \"AKIA\\x49OSFODNN7EXAMPLE\"}]")],
    ),
];

pub(super) const POD: &[Spelling] = &[
    ("deployment/host-namespace", &[("hostNetwork", "true")]),
    ("deployment/host-namespace", &[("hostNetwork", "yes")]),
    ("deployment/host-namespace", &[("hostNetwork", "'true'")]),
    ("deployment/host-namespace", &[("hostPID", "On")]),
    ("deployment/host-namespace", &[("hostIPC", "TRUE")]),
    (
        "deployment/host-process",
        &[("securityContext.windowsOptions", "{hostProcess: true}")],
    ),
    (
        "deployment/host-path",
        &[("volumes", "[{name: v, hostPath: {path: /}}]")],
    ),
    (
        "deployment/host-path",
        &[(
            "volumes",
            "[{name: t, emptyDir: {}}, {name: v, hostPath: {path: /var/run/docker.sock, type: Socket}}]",
        )],
    ),
    (
        "deployment/volume-type",
        &[("volumes", "[{name: v, nfs: {server: s.test, path: /}}]")],
    ),
    (
        "deployment/volume-type",
        &[(
            "volumes",
            "[{name: v, gitRepo: {repository: 'https://x.test'}}]",
        )],
    ),
    (
        "deployment/volume-type",
        &[("volumes", "[{name: v, flexVolume: {driver: d}}]")],
    ),
    (
        "deployment/volume-type",
        &[(
            "volumes",
            "[{name: v, awsElasticBlockStore: {volumeID: x}}]",
        )],
    ),
    (
        "deployment/unsafe-sysctl",
        &[(
            "securityContext.sysctls",
            "[{name: kernel.msgmax, value: '1'}]",
        )],
    ),
    (
        "deployment/unsafe-sysctl",
        &[(
            "securityContext.sysctls",
            "[{name: net/ipv4/ip_forward, value: '1'}]",
        )],
    ),
    (
        "deployment/unsafe-sysctl",
        &[(
            "securityContext.sysctls",
            "[{name: net.ipv4.tcp_syncookies, value: '1'}, {name: net.core.somaxconn, value: '1'}]",
        )],
    ),
    (
        "deployment/root-user",
        &[("securityContext.runAsUser", "0")],
    ),
    (
        "deployment/root-user",
        &[("securityContext.runAsUser", "'0'")],
    ),
    (
        "deployment/root-allowed",
        &[("securityContext.runAsNonRoot", "")],
    ),
    (
        "deployment/root-allowed",
        &[("securityContext.runAsNonRoot", "false")],
    ),
    (
        "deployment/root-allowed",
        &[("securityContext.runAsNonRoot", "no")],
    ),
    (
        "deployment/root-group",
        &[("securityContext.runAsGroup", "0")],
    ),
    ("deployment/root-group", &[("securityContext.fsGroup", "0")]),
    (
        "deployment/root-group",
        &[("securityContext.supplementalGroups", "[1000, 0]")],
    ),
    (
        "deployment/missing-seccomp",
        &[("securityContext.seccompProfile", "")],
    ),
    (
        "deployment/missing-seccomp",
        &[("securityContext.seccompProfile", "null")],
    ),
    (
        "deployment/unconfined-seccomp",
        &[("securityContext.seccompProfile", "{type: Unconfined}")],
    ),
    (
        "deployment/unconfined-apparmor",
        &[("securityContext.appArmorProfile", "{type: Unconfined}")],
    ),
    (
        "deployment/unconfined-apparmor",
        &[(
            "annotations",
            "{container.apparmor.security.beta.kubernetes.io/c: unconfined}",
        )],
    ),
    (
        "deployment/custom-selinux",
        &[("securityContext.seLinuxOptions", "{type: unconfined_t}")],
    ),
    (
        "iam/unneeded-token",
        &[("automountServiceAccountToken", "")],
    ),
    (
        "iam/unneeded-token",
        &[("automountServiceAccountToken", "null")],
    ),
    (
        "iam/unneeded-token",
        &[("automountServiceAccountToken", "true")],
    ),
    (
        "iam/unneeded-token",
        &[("automountServiceAccountToken", "'false'")],
    ),
    (
        "iam/unneeded-token",
        &[
            ("automountServiceAccountToken", "true"),
            ("serviceAccountName", "default"),
        ],
    ),
    (
        "iam/unneeded-token",
        &[
            ("automountServiceAccountToken", ""),
            ("serviceAccountName", "web"),
        ],
    ),
    (
        "deployment/unmasked-proc-in-user-namespace",
        &[("hostUsers", "false"), ("container.procMount", "Unmasked")],
    ),
    (
        "deployment/unmasked-proc-in-user-namespace",
        &[("hostUsers", "no"), ("container.procMount", "'Unmasked'")],
    ),
    (
        "deployment/unmasked-proc",
        &[("hostUsers", "true"), ("container.procMount", "Unmasked")],
    ),
    (
        "deployment/unmasked-proc",
        &[
            ("hostUsers", "'false'"),
            ("container.procMount", "Unmasked"),
        ],
    ),
    (
        "deployment/unconfined-apparmor",
        &[("container.appArmorProfile", "{}")],
    ),
];

/// A rule, and the rules of a role that break it.
pub(super) const ROLE: &[(&str, &str)] = &[
    (
        "iam/wildcard-role",
        "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
    ),
    (
        "iam/wildcard-role",
        "[{apiGroups: [''], resources: [pods], verbs: [\"*\"]}]",
    ),
    (
        "iam/wildcard-role",
        "[{apiGroups: [''], resources: [pods, '*'], verbs: [get]}]",
    ),
    (
        "iam/wildcard-role",
        "[{apiGroups: [apps, '*'], resources: [deployments], verbs: [get]}]",
    ),
    (
        "iam/wildcard-role",
        "[{apiGroups: [''], resources: ['*/exec'], verbs: [create]}]",
    ),
    (
        "iam/wildcard-role",
        "[{apiGroups: [''], resources: [pods], verbs: [get]}, {nonResourceURLs: ['*'], verbs: [get]}]",
    ),
    (
        "iam/wildcard-role",
        "[{nonResourceURLs: [/*], verbs: [get]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [get, bind]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: ['*'], resources: [clusterroles], verbs: [bind]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [cluster-admin], verbs: [bind]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: ['*']}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [''], resources: [users], verbs: [impersonate]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [''], resources: [pods, serviceaccounts], verbs: [get, impersonate]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}]",
    ),
    (
        "iam/escalating-verb",
        "[{apiGroups: [''], resources: [groups], resourceNames: ['system:masters'], verbs: [impersonate]}]",
    ),
    (
        "iam/secret-access",
        "[{apiGroups: [''], resources: [secrets], verbs: [list]}]",
    ),
    (
        "iam/secret-access",
        "[{apiGroups: [\"\"], resources: [configmaps, secrets], verbs: [get]}]",
    ),
    (
        "iam/secret-access",
        "[{apiGroups: ['*'], resources: [secrets], verbs: [watch]}]",
    ),
    (
        "iam/secret-access",
        "[{apiGroups: [''], resources: [secrets], verbs: ['*']}]",
    ),
    (
        "iam/secret-access",
        "[{apiGroups: [apps], resources: [deployments], verbs: [get]}, {apiGroups: [''], resources: [secrets], resourceNames: [], verbs: [get]}]",
    ),
];

/// A rule, and an object that breaks it.
pub(super) const OBJECT: &[(&str, &str)] = &[
    (
        "iam/cluster-admin-binding",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: NAME}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: User, name: eve}]}",
    ),
    (
        "iam/cluster-admin-binding",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: NAME, namespace: shop}, roleRef: {kind: ClusterRole, name: 'cluster-admin'}, subjects: [{kind: ServiceAccount, name: ci, namespace: shop}]}",
    ),
    (
        "iam/cluster-admin-binding",
        "{apiVersion: rbac.authorization.k8s.io/v1beta1, kind: ClusterRoleBinding, metadata: {name: NAME}, roleRef: {kind: ClusterRole, name: cluster-admin}, subjects: [{kind: Group, name: 'system:masters'}, {kind: Group, name: 'system:authenticated'}]}",
    ),
    (
        "iam/cluster-admin-binding",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: NAME}, roleRef: {kind: ClusterRole, name: cluster-admin}}",
    ),
    (
        "secrets/plaintext-config",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, data: {password: correct-horse-battery}}",
    ),
    (
        "secrets/plaintext-config",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, data: {app.properties: \"a=b\\ndb.password=correct-horse\\n\"}}",
    ),
    (
        "secrets/plaintext-config",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, data: {app.yaml: \"db:\\n  password: 'correct-horse'\\n\"}}",
    ),
    (
        "secrets/plaintext-config",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, data: {.env: \"export API_TOKEN=correct-horse\\n\"}}",
    ),
    (
        "secrets/plaintext-config",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, data: {x: \"see AKIAIOSFODNN7EXAMPLE\"}}",
    ),
    (
        "secrets/plaintext-config",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}, binaryData: {x: QUtJQUlPU0ZPRE5ON0VYQU1QTEU=}}",
    ),
    (
        "placement/undeclared-class",
        "{apiVersion: v1, kind: Pod, metadata: {name: NAME}, spec: {containers: []}}",
    ),
    (
        "placement/undeclared-class",
        "{apiVersion: v1, kind: Pod, metadata: {name: NAME, labels: {governance/class: unheard-of}}, spec: {containers: []}}",
    ),
    (
        "placement/undeclared-class",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME, labels: {Governance/Class: steady}}, spec: {template: {spec: {containers: []}}}}",
    ),
];

/// A rule, the name of a file, and a text that breaks the rule.
pub(super) const FILE: &[(&str, &str, &str)] = &[
    (
        "secrets/plaintext-env",
        "t.yaml",
        "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Environment: {Variables: {DB_PASSWORD: correct-horse}}}\n",
    ),
    (
        "secrets/plaintext-env",
        "t.json",
        r#"{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"K": "AKIAIOSFODNN7EXAMPLE"}}}}}}"#,
    ),
    (
        "secrets/plaintext-env",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Environment: {Variables: {API_TOKEN: correct-horse}}}}\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12}}\n",
    ),
    (
        "secrets/plaintext-env",
        "t.yaml",
        "Transform: [AWS::Serverless-2016-10-31]\nParameters: {P: {Type: String, Default: correct-horse}}\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Environment: {Variables: {API_TOKEN: !Ref P}}}}\n",
    ),
    (
        "secrets/plaintext-env",
        "main.tf",
        "locals { env = { DB_PASSWORD = \"correct-horse\" } }\nresource \"aws_lambda_function\" \"f\" {\n  environment { variables = merge(local.env, { A = \"b\" }) }\n}\n",
    ),
    (
        "secrets/plaintext-env",
        "main.tf",
        "variable \"p\" { default = \"correct-horse\" }\nresource \"aws_lambda_function\" \"f\" {\n  count = 2\n  environment {\n    variables = { API_TOKEN = \"${var.p}\" }\n  }\n}\n",
    ),
    (
        "secrets/plaintext-env",
        "compose.yaml",
        "services:\n  web:\n    image: registry.example.com/a:1\n    environment: [\"DB_PASSWORD=correct-horse\"]\n",
    ),
    (
        "secrets/plaintext-env",
        "compose.yaml",
        "services:\n  web:\n    image: registry.example.com/a:1\n    environment: {DB_PASSWORD: \"${X:-correct-horse}\"}\n",
    ),
    (
        "secrets/plaintext-env",
        "web.service",
        "[Service]\nExecStart=/bin/web\nEnvironment=\"A=b\" 'DB_PASSWORD=correct-horse'\n",
    ),
    (
        "secrets/plaintext-env",
        "data.yaml",
        "#cloud-config\nruncmd:\n  - export DB_PASSWORD=correct-horse\n",
    ),
    (
        "supply-chain/unknown-registry",
        "compose.yaml",
        "services: {web: {image: \"nginx:1.27\"}}\n",
    ),
    (
        "supply-chain/mutable-tag",
        "compose.yaml",
        "services: {web: {image: \"registry.example.com/a:${T:-latest}\"}}\n",
    ),
    (
        "supply-chain/mutable-tag",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {PackageType: Image, Code: {ImageUri: 'registry.example.com/a:latest'}}}\n",
    ),
    (
        "deployment/privileged-container",
        "compose.yaml",
        "services: {web: {image: \"registry.example.com/a:1\", privileged: true}}\n",
    ),
    (
        "deployment/host-namespace",
        "compose.yaml",
        "services: {web: {image: \"registry.example.com/a:1\", network_mode: host}}\n",
    ),
    (
        "deployment/unsandboxed-unit",
        "web.service",
        "[Service]\nExecStart=/bin/web\n",
    ),
    (
        "deployment/unsandboxed-unit",
        "web.service",
        "[Service]\nExecStart=/bin/web\nNoNewPrivileges=no\nProtectSystem=strict\nPrivateTmp=yes\n",
    ),
    (
        "deployment/end-of-life-runtime",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python2.7}}\n",
    ),
    (
        "deployment/end-of-life-runtime",
        "main.tf",
        "resource \"aws_lambda_function\" \"f\" {\n  runtime = \"nodejs${6 + 4}.x\"\n}\n",
    ),
    (
        "placement/function-with-state",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {FileSystemConfigs: [{Arn: a, LocalMountPath: /mnt/x}]}}\n",
    ),
    (
        "placement/near-time-limit",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Timeout: '900'}}\n",
    ),
    (
        "resilience/missing-dead-letter",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: S3, Properties: {}}}}}\n",
    ),
    (
        "finops/unbounded-scale",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12}}\n",
    ),
    (
        "observability/no-tracing",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {TracingConfig: {Mode: PassThrough}}}\n",
    ),
    (
        "finops/missing-cost-tags",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Tags: [{Key: team, Value: x}]}}\n",
    ),
    (
        "placement/undeclared-class",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Tags: [{Key: governance/class, Value: unheard-of}]}}\n",
    ),
    (
        "api/unauthenticated-endpoint",
        "openapi.yaml",
        "openapi: 3.0.3\ninfo: {title: a, version: '1'}\nservers: [{url: 'https://a.example.com'}]\npaths: {/a: {get: {responses: {'200': {description: a}}}}}\n",
    ),
    (
        "api/unauthenticated-endpoint",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {FunctionUrlConfig: {AuthType: NONE}}}\n",
    ),
    (
        "api/unauthenticated-endpoint",
        "main.tf",
        "resource \"aws_lambda_function_url\" \"f\" {\n  function_name = \"f\"\n  authorization_type = \"NONE\"\n}\n",
    ),
    (
        "api/unlimited-route",
        "t.json",
        r#"{"Resources": {"R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": "a", "RouteKey": "GET /a", "AuthorizationType": "AWS_IAM"}}}}"#,
    ),
    (
        "api/plaintext-endpoint",
        "ingress.yaml",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}\n",
    ),
    (
        "api/plaintext-endpoint",
        "openapi.json",
        r#"{"swagger": "2.0", "info": {"title": "a", "version": "1"}, "host": "a.example.com", "schemes": ["http"], "paths": {"/a": {"get": {"responses": {}}}}}"#,
    ),
    (
        "observability/unbounded-logs",
        "t.yaml",
        "Resources:\n  L: {Type: AWS::Logs::LogGroup}\n",
    ),
    (
        "observability/unbounded-logs",
        "main.tf",
        "resource \"aws_cloudwatch_log_group\" \"l\" {\n  retention_in_days = 0\n}\n",
    ),
    (
        "finops/budget-without-alert",
        "main.tf",
        "resource \"aws_budgets_budget\" \"b\" {\n  budget_type = \"COST\"\n  limit_amount = \"10\"\n}\n",
    ),
    (
        "iam/wildcard-action",
        "t.yaml",
        "Resources:\n  P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}}}\n",
    ),
    (
        "iam/wildcard-action",
        "main.tf",
        "resource \"aws_iam_role_policy\" \"p\" {\n  role = \"r\"\n  policy = \"{\\\"Statement\\\": [{\\\"Effect\\\": \\\"Allow\\\", \\\"NotAction\\\": [\\\"iam:*\\\"], \\\"Resource\\\": \\\"*\\\"}]}\"\n}\n",
    ),
    (
        "storage/public-store",
        "t.yaml",
        "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicReadWrite}}\n",
    ),
    (
        "storage/public-store",
        "main.tf",
        "resource \"aws_db_instance\" \"d\" {\n  publicly_accessible = true\n}\n",
    ),
    (
        "placement/foreign-region",
        "main.tf",
        "resource \"google_compute_instance\" \"a\" {\n  zone = \"us-central1-a\"\n}\n",
    ),
    (
        "storage/foreign-region",
        "main.tf",
        "resource \"google_storage_bucket\" \"a\" {\n  location = \"US\"\n}\n",
    ),
    (
        "storage/unencrypted-store",
        "main.tf",
        "resource \"aws_db_instance\" \"d\" {\n  engine = \"postgres\"\n}\n",
    ),
    (
        "events/broker-without-sink",
        "broker.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: a}\nspec: {delivery: {retry: 5}}\n",
    ),
    (
        "events/undelivered-events",
        "trigger.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: a}\nspec: {broker: b, subscriber: {uri: 'http://a'}, delivery: {deadLetterSink: {}}}\n",
    ),
    (
        "events/undelivered-events",
        "main.tf",
        "resource \"aws_cloudwatch_event_target\" \"t\" {\n  rule = \"r\"\n  arn = \"arn:aws:lambda:eu-central-1:123456789012:function:a\"\n}\n",
    ),
    (
        "events/queue-without-redrive",
        "t.yaml",
        "Resources:\n  Q: {Type: AWS::SQS::Queue}\n  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13}}\n  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Q.Arn, FunctionName: !Ref F}}\n",
    ),
    (
        "events/short-visibility",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 30}}\n  F: {Type: AWS::Serverless::Function, Properties: {Timeout: '20', Events: {E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}}}\n",
    ),
    (
        "placement/restricted-data",
        "compose.yaml",
        "services:\n  a: {image: registry.example.com/a:1, labels: ['data-classification=personal']}\n",
    ),
    (
        "placement/wrong-target",
        "d.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {governance/class: batch}}\nspec: {template: {spec: {containers: [{name: a}]}}}\n",
    ),
    (
        "placement/cold-latency-critical",
        "t.yaml",
        "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: {Tags: [{Key: governance-class, Value: checkout}]}}\n",
    ),
    (
        "events/event-loop",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  B: {Type: AWS::S3::Bucket}\n  F: {Type: AWS::Serverless::Function, Properties: {Policies: [{Statement: {Effect: Allow, Action: 's3:Put*', Resource: !Sub 'arn:aws:s3:::${B}/*'}}], Events: {E: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}}}}}\n",
    ),
    (
        "events/event-loop",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Q: {Type: AWS::SQS::Queue}\n  F: {Type: AWS::Serverless::Function, Properties: {Policies: [{Statement: [{Effect: Allow, Action: ['SQS:sendmessage'], Resource: [!GetAtt Q.Arn]}]}], Events: {E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}}}\n",
    ),
    (
        "events/event-loop",
        "main.tf",
        "resource \"aws_lambda_function\" \"f\" {\n  function_name = \"f\"\n  role = aws_iam_role.r.arn\n}\nresource \"aws_iam_role\" \"r\" {\n  assume_role_policy = \"{}\"\n}\nresource \"aws_iam_role_policy\" \"p\" {\n  role = aws_iam_role.r.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"${aws_s3_bucket.b.arn}/*\" }] })\n}\nresource \"aws_s3_bucket\" \"b\" {}\nresource \"aws_s3_bucket_notification\" \"n\" {\n  bucket = aws_s3_bucket.b.id\n  lambda_function {\n    lambda_function_arn = aws_lambda_function.f.arn\n    events = [\"s3:ObjectCreated:*\"]\n  }\n}\n",
    ),
    (
        "events/unapproved-channel",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Q: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: data-classification, Value: public}]}}\n  F: {Type: AWS::Serverless::Function, Properties: {Tags: {governance/data-classification: personal}, Policies: [{Statement: {Effect: Allow, Action: 'sqs:*', Resource: !GetAtt Q.Arn}}]}}\n",
    ),
    (
        "resilience/slow-chain",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 60, Events: {E: {Type: Api, Properties: {Path: /a, Method: get}}}}}\n",
    ),
    (
        "resilience/slow-chain",
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Timeout: 15, Policies: [{Statement: {Effect: Allow, Action: 'lambda:Invoke*', Resource: !GetAtt G.Arn}}], Events: {E: {Type: HttpApi, Properties: {Path: /a, Method: get}}}}}\n  G: {Type: AWS::Serverless::Function, Properties: {Timeout: 15}}\n",
    ),
    (
        "placement/inconsistent-service",
        "d.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {governance/service: s, owner: x}}\nspec: {template: {spec: {containers: [{name: a}]}}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b}\nspec: {template: {metadata: {annotations: {governance-service: s, owner: y}}, spec: {containers: [{name: b}]}}}\n",
    ),
    (
        "placement/inconsistent-service",
        "compose.yaml",
        "services:\n  a: {image: registry.example.com/a:1, labels: ['governance/service=s', 'data-classification=public']}\n  b: {image: registry.example.com/b:1, labels: {governance_service: s, data_classification: internal}}\n",
    ),
];
