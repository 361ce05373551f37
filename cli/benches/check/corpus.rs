//! Files to measure with: a mix of kinds and sizes as repositories have it, the same bytes on every machine.

mod hybrid;

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// What a corpus is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    /// All kinds of Kubernetes, in the proportions of [`KINDS`].
    Everything,
    /// Every format, in the proportions of [`hybrid::FORMATS`].
    Hybrid,
    /// Nothing but Deployments.
    Deployments,
}

/// Writes one kind of manifest.
type Writer = fn(&mut Manifest);

/// Kinds, and how many of a hundred manifests are of each.
const KINDS: &[(usize, Writer)] = &[
    (38, deployment),
    (4, stateful_set),
    (3, daemon_set),
    (8, cron_job),
    (8, knative_service),
    (14, service),
    (11, config_map),
    (4, ingress),
    (4, role),
    (4, role_binding),
    (2, autoscaler),
];

/// Writes a corpus, unless it is there. Returns how many bytes it has.
pub(crate) fn write(folder: &Path, mix: Mix, count: usize) -> io::Result<u64> {
    let done = folder.with_extension("bytes");
    if let Some(bytes) = fs::read_to_string(&done)
        .ok()
        .and_then(|text| text.parse().ok())
    {
        return Ok(bytes);
    }
    let mut bytes = 0;
    for index in 0..count {
        let below = folder.join(format!("team{:02}", index % 40));
        let mut file = Manifest::new(index);
        let name = match mix {
            Mix::Hybrid => file.hybrid(),
            Mix::Everything | Mix::Deployments => {
                file.write(mix);
                format!("app{index:05}.yaml")
            }
        };
        let path = below.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&below))?;
        bytes += file.text.len() as u64;
        fs::write(path, file.text)?;
    }
    fs::write(done, bytes.to_string())?;
    Ok(bytes)
}

/// A manifest in the making.
struct Manifest {
    index: usize,
    state: u64,
    text: String,
}

impl Manifest {
    fn new(index: usize) -> Self {
        Self {
            index,
            state: (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            text: String::new(),
        }
    }

    /// Writes a manifest of Kubernetes.
    fn write(&mut self, mix: Mix) {
        let chosen = match mix {
            Mix::Deployments => deployment,
            Mix::Everything | Mix::Hybrid => self.choose(KINDS).unwrap_or(deployment),
        };
        chosen(self);
    }

    /// One of several, each as often as it says of a hundred times.
    fn choose<T: Copy>(&mut self, shares: &[(usize, T)]) -> Option<T> {
        let mut below = self.random(100);
        shares.iter().find_map(|(share, what)| {
            let here = below < *share;
            below = below.wrapping_sub(*share);
            here.then_some(*what)
        })
    }

    /// A number below a bound: `SplitMix64`.
    fn random(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap_or(0)
    }

    fn line(&mut self, indent: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    fn head(&mut self, api_version: &str, kind: &str) {
        let (index, team) = (self.index, self.index % 40);
        let _ = write!(
            self.text,
            "apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: app{index:05}\n  namespace: team{team:02}\n  labels:\n    app.kubernetes.io/name: app{index:05}\n    app.kubernetes.io/part-of: shop\n    governance/class: steady\n"
        );
    }

    /// A pod spec below an indent. About one in seven pods breaks a rule.
    fn pod_spec(&mut self, at: usize) {
        let index = self.index;
        self.line(at, &format!("serviceAccountName: app{index:05}"));
        self.line(at, "automountServiceAccountToken: false");
        self.line(at, "securityContext:");
        self.line(at + 2, "runAsNonRoot: true");
        self.line(at + 2, "seccompProfile: {type: RuntimeDefault}");
        if self.random(5) == 0 {
            self.line(at, "initContainers:");
            self.container(at, "prepare");
        }
        self.line(at, "containers:");
        for container in 0..=self.random(3) {
            self.container(at, &format!("c{container}"));
        }
        self.line(at, "volumes:");
        self.line(at + 2, "- name: cache");
        self.line(at + 2, "  emptyDir: {sizeLimit: 64Mi}");
    }

    fn container(&mut self, at: usize, name: &str) {
        let (index, offence) = (self.index, self.random(40));
        let tag = match offence {
            0 => "latest".to_owned(),
            _ => format!("1.{}.{}", self.random(9), self.random(30)),
        };
        self.line(at + 2, &format!("- name: {name}"));
        let field = at + 4;
        self.line(
            field,
            &format!("image: registry.example.com/shop/app{index:05}:{tag}"),
        );
        self.line(
            field,
            "args: [\"--listen\", \"0.0.0.0:8080\", \"--log=json\"]",
        );
        self.line(field, "ports:");
        self.line(field + 2, "- name: http");
        self.line(field + 2, "  containerPort: 8080");
        self.line(field, "env:");
        for variable in 0..self.random(14) {
            self.line(field + 2, &format!("- name: SETTING_{variable}"));
            self.line(
                field + 2,
                &format!("  value: \"value {variable} of {index}\""),
            );
        }
        self.line(field + 2, "- name: DATABASE_PASSWORD");
        self.line(field + 4, "valueFrom:");
        self.line(field + 6, "secretKeyRef: {name: database, key: password}");
        if offence != 1 {
            self.line(field, "resources:");
            self.line(field + 2, "requests: {cpu: 100m, memory: 128Mi}");
            self.line(field + 2, "limits: {cpu: \"1\", memory: 256Mi}");
        }
        self.line(field, "securityContext:");
        self.line(field + 2, "allowPrivilegeEscalation: false");
        self.line(field + 2, &format!("privileged: {}", offence == 2));
        self.line(
            field + 2,
            &format!("readOnlyRootFilesystem: {}", offence != 3),
        );
        self.line(field + 2, "capabilities:");
        self.line(field + 4, "drop: [ALL]");
        self.line(field, "livenessProbe:");
        self.line(field + 2, "httpGet: {path: /healthz, port: http}");
        self.line(field + 2, "periodSeconds: 10");
        self.line(field, "volumeMounts:");
        self.line(field + 2, "- name: cache");
        self.line(field + 2, "  mountPath: /var/cache/app");
    }

    fn template(&mut self, at: usize) {
        let index = self.index;
        self.line(at, "template:");
        self.line(at + 2, "metadata:");
        self.line(at + 4, "labels:");
        self.line(at + 6, &format!("app.kubernetes.io/name: app{index:05}"));
        self.line(at + 2, "spec:");
        self.pod_spec(at + 4);
    }

    fn selector(&mut self) {
        let index = self.index;
        self.line(2, "selector:");
        self.line(4, "matchLabels:");
        self.line(6, &format!("app.kubernetes.io/name: app{index:05}"));
    }
}

fn deployment(manifest: &mut Manifest) {
    manifest.head("apps/v1", "Deployment");
    manifest.line(0, "spec:");
    let replicas = manifest.random(7) + 1;
    manifest.line(2, &format!("replicas: {replicas}"));
    manifest.selector();
    manifest.template(2);
}

fn stateful_set(manifest: &mut Manifest) {
    manifest.head("apps/v1", "StatefulSet");
    manifest.line(0, "spec:");
    manifest.line(2, "serviceName: db");
    manifest.selector();
    manifest.template(2);
}

fn daemon_set(manifest: &mut Manifest) {
    manifest.head("apps/v1", "DaemonSet");
    manifest.line(0, "spec:");
    manifest.selector();
    manifest.template(2);
}

fn cron_job(manifest: &mut Manifest) {
    manifest.head("batch/v1", "CronJob");
    manifest.line(0, "spec:");
    manifest.line(2, "schedule: \"15 2 * * *\"");
    manifest.line(2, "jobTemplate:");
    manifest.line(4, "spec:");
    manifest.template(6);
}

fn knative_service(manifest: &mut Manifest) {
    manifest.head("serving.knative.dev/v1", "Service");
    manifest.line(0, "spec:");
    manifest.template(2);
}

fn service(manifest: &mut Manifest) {
    manifest.head("v1", "Service");
    let index = manifest.index;
    manifest.line(0, "spec:");
    manifest.line(2, "selector:");
    manifest.line(4, &format!("app.kubernetes.io/name: app{index:05}"));
    manifest.line(2, "ports:");
    manifest.line(4, "- {name: http, port: 80, targetPort: http}");
}

/// Most are small; one in six holds a file of some kilobytes.
fn config_map(manifest: &mut Manifest) {
    manifest.head("v1", "ConfigMap");
    manifest.line(0, "data:");
    for key in 0..=manifest.random(12) {
        manifest.line(2, &format!("setting.{key}: \"value {key}\""));
    }
    if manifest.random(6) == 0 {
        manifest.line(2, "application.yaml: |");
        for line in 0..manifest.random(400) {
            manifest.line(
                4,
                &format!("section-{line}: {{enabled: true, size: {line}}}"),
            );
        }
    }
}

fn ingress(manifest: &mut Manifest) {
    manifest.head("networking.k8s.io/v1", "Ingress");
    let index = manifest.index;
    manifest.line(0, "spec:");
    manifest.line(
        2,
        &format!("tls: [{{hosts: [app{index:05}.example.com], secretName: tls}}]"),
    );
    manifest.line(2, "rules:");
    manifest.line(4, &format!("- host: app{index:05}.example.com"));
    manifest.line(4, "  http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}");
}

fn role(manifest: &mut Manifest) {
    manifest.head("rbac.authorization.k8s.io/v1", "Role");
    manifest.line(0, "rules:");
    for _ in 0..=manifest.random(4) {
        let verbs = if manifest.random(15) == 0 {
            "['*']"
        } else {
            "[get, list, watch]"
        };
        manifest.line(
            2,
            &format!("- {{apiGroups: [''], resources: [pods, configmaps], verbs: {verbs}}}"),
        );
    }
}

fn role_binding(manifest: &mut Manifest) {
    manifest.head("rbac.authorization.k8s.io/v1", "RoleBinding");
    let index = manifest.index;
    let _ = write!(
        manifest.text,
        "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: app{index:05}}}\nsubjects:\n  - {{kind: ServiceAccount, name: app{index:05}}}\n"
    );
}

fn autoscaler(manifest: &mut Manifest) {
    manifest.head("autoscaling/v2", "HorizontalPodAutoscaler");
    let index = manifest.index;
    let _ = write!(
        manifest.text,
        "spec:\n  minReplicas: 2\n  maxReplicas: 9\n  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: app{index:05}}}\n"
    );
}
