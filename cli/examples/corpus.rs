//! Writes a corpus of manifests to measure with: `cargo run --release --example corpus -- FOLDER COUNT`.
//!
//! The same count gives the same bytes on every machine. Nine in ten manifests are Deployments of realistic size; one in
//! twenty breaks a rule.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let (Some(folder), Some(count)) = (
        args.next(),
        args.next().and_then(|count| count.parse().ok()),
    ) else {
        return Err(io::Error::other("usage: corpus FOLDER COUNT"));
    };
    let folder = PathBuf::from(folder);
    for index in 0..count {
        let below = folder.join(format!("team{:02}", index % 40));
        fs::create_dir_all(&below)?;
        let text = if index % 10 == 9 {
            service(index)
        } else {
            deployment(index)
        };
        fs::write(below.join(format!("app{index:05}.yaml")), text)?;
    }
    Ok(())
}

fn deployment(index: usize) -> String {
    let mut text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app{index:05}\n  namespace: team{:02}\n  labels:\n    app.kubernetes.io/name: app{index:05}\n    app.kubernetes.io/part-of: shop\n    governance/class: steady\nspec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: app{index:05}\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: app{index:05}\n    spec:\n      serviceAccountName: app{index:05}\n      securityContext:\n        runAsNonRoot: true\n        seccompProfile: {{type: RuntimeDefault}}\n      containers:\n",
        index % 40,
        index % 7 + 1
    );
    for container in 0..=index % 3 {
        append_container(&mut text, index, container);
    }
    text.push_str("      volumes:\n        - name: cache\n          emptyDir: {sizeLimit: 64Mi}\n");
    text
}

fn append_container(text: &mut String, index: usize, container: usize) {
    let privileged = index.is_multiple_of(20) && container == 0;
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "        - name: c{container}\n          image: registry.example.com/shop/app{index:05}:1.{container}.{}\n          args: [\"--listen\", \"0.0.0.0:8080\", \"--log=json\"]\n          ports:\n            - name: http\n              containerPort: 8080\n",
        index % 30
    );
    text.push_str("          env:\n");
    for variable in 0..6 {
        let _ = write!(
            text,
            "            - name: SETTING_{variable}\n              value: \"value {variable} of {index}\"\n"
        );
    }
    text.push_str("            - name: DATABASE_PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  name: database\n                  key: password\n");
    let _ = write!(
        text,
        "          resources:\n            requests: {{cpu: 100m, memory: 128Mi}}\n            limits: {{cpu: \"1\", memory: 256Mi}}\n          securityContext:\n            allowPrivilegeEscalation: false\n            privileged: {privileged}\n            readOnlyRootFilesystem: true\n            capabilities:\n              drop: [ALL]\n          livenessProbe:\n            httpGet: {{path: /healthz, port: http}}\n            periodSeconds: 10\n          volumeMounts:\n            - name: cache\n              mountPath: /var/cache/app\n"
    );
}

fn service(index: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: app{index:05}\n  namespace: team{:02}\nspec:\n  selector:\n    app.kubernetes.io/name: app{index:05}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n",
        index % 40
    )
}
