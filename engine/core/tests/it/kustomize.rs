//! Kustomizations and the files that they name to the objects that they build.

use std::collections::BTreeSet;

use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::problem::Place;
use plumbline_core::resource::{Format, Resource};
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_rego::{Path, value::json};

/// What some files build: their texts, what was read, and the files that were a part of it.
struct Built {
    sources: Sources,
    reading: Reading,
    consumed: BTreeSet<FileId>,
}

fn build(files: &[(&str, &str)]) -> Built {
    let mut sources = Sources::default();
    let mut parsed: Vec<(String, Vec<Document>)> = Vec::new();
    for (name, text) in files {
        let file = sources.add(Source::new(*name, *text));
        let (documents, problems) = parse::parse(sources.get(file).unwrap(), file, Notation::Yaml);
        assert!(problems.is_empty(), "{name}");
        parsed.push(((*name).to_owned(), documents));
    }
    let files: Vec<(String, &[Document])> = parsed
        .iter()
        .map(|(name, documents)| (name.clone(), documents.as_slice()))
        .collect();
    let mut reading = Reading::default();
    let consumed = reading.build(&files);
    Built {
        sources,
        reading,
        consumed,
    }
}

impl Built {
    fn ids(&self) -> Vec<&str> {
        let ids = self.reading.resources.iter();
        ids.map(|resource| resource.id.as_str()).collect()
    }

    /// The problems as `file:line:column message`.
    fn problems(&self) -> Vec<String> {
        let problems = self.reading.problems.iter();
        problems
            .map(|problem| match problem.place {
                Place::Span(span) => {
                    let (start, _) = self.sources.positions(span).unwrap();
                    let file = self.sources.name(span.file);
                    format!("{file}:{start} {}", problem.message)
                }
                _ => problem.message.clone(),
            })
            .collect()
    }

    fn resource(&self, name: &str) -> &Resource {
        let mut resources = self.reading.resources.iter();
        resources.find(|resource| resource.name == name).unwrap()
    }

    /// The value at a pointer into the object of a name.
    #[track_caller]
    fn value(&self, name: &str, pointer: &str, expected: Option<&str>) {
        let value = self.resource(name).value();
        let found = value.at(&Path::from_pointer(pointer).unwrap());
        let found = found.map(json::to_string);
        assert_eq!(found.as_deref(), expected, "{pointer} of {name}");
    }

    /// The file and the bytes that stand for the value at a pointer into the object of a name.
    #[track_caller]
    fn place(&self, name: &str, pointer: &str, file: &str, text: &str) {
        let resource = self.resource(name);
        let path = Path::from_pointer(pointer).unwrap();
        let reached = resource.tree.follow(resource.root, &path, resource.typing);
        assert_eq!(reached.steps, path.len(), "{pointer} of {name}");
        let span = resource.tree.place(reached.node).unwrap();
        let source = self.sources.get(span.file).unwrap();
        let found = (source.name(), source.text().get(span.range()).unwrap());
        assert_eq!(found, (file, text), "{pointer} of {name}");
    }
}

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      serviceAccountName: web
      nodeSelector: {disk: ssd}
      tolerations: [{key: a}, {key: b}]
      volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}}]
      containers:
      - name: web
        image: nginx:1
        args: [x]
        env: [{name: A, value: '1'}, {name: B, value: '2'}]
        ports: [{containerPort: 80}]
      - {name: side, image: redis:2}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
";

/// What a kustomization with these lines builds from the deployment `web` and its account.
#[track_caller]
fn with(lines: &str) -> Built {
    let text = format!("resources: [web.yaml]\n{lines}");
    let built = build(&[("kustomization.yaml", &text), ("web.yaml", WEB)]);
    assert_eq!(built.problems(), [""; 0], "{lines}");
    built
}

/// What a kustomization with these lines cannot do.
#[track_caller]
fn refused(lines: &str, expected: &[&str]) {
    let text = format!("resources: [web.yaml]\n{lines}");
    let built = build(&[("kustomization.yaml", &text), ("web.yaml", WEB)]);
    assert_eq!(built.problems(), expected, "{lines}");
}

const CONTAINERS: &str = "/spec/template/spec/containers";

#[test]
fn an_overlay_builds_what_its_base_gathers() {
    let built = build(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", WEB),
        (
            "over/kustomization.yaml",
            "resources: [../base]\nnamespace: shop\n",
        ),
        ("other.yaml", WEB),
    ]);
    assert_eq!(
        built.ids(),
        [
            "kubernetes/apps/Deployment/shop/web",
            "kubernetes/core/ServiceAccount/shop/web"
        ]
    );
    assert!(
        built
            .reading
            .resources
            .iter()
            .all(|resource| resource.format == Format::Kustomize)
    );
    let consumed: Vec<u32> = built.consumed.iter().map(|file| file.0).collect();
    assert_eq!(consumed, [0, 1, 2]);
    built.place(
        "web",
        "/metadata/namespace",
        "over/kustomization.yaml",
        "namespace: shop",
    );
    built.place(
        "web",
        &format!("{CONTAINERS}/0/image"),
        "base/web.yaml",
        "image: nginx:1",
    );
}

#[test]
fn every_root_builds_its_own() {
    let built = build(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", WEB),
        (
            "a/kustomization.yaml",
            "resources: [../base]\nnamePrefix: a-\n",
        ),
        ("b/kustomization.yaml", "bases: [../base]\nnameSuffix: -b\n"),
    ]);
    assert_eq!(
        built.ids(),
        [
            "kubernetes/apps/Deployment/_/a-web",
            "kubernetes/core/ServiceAccount/_/a-web",
            "kubernetes/apps/Deployment/_/web-b",
            "kubernetes/core/ServiceAccount/_/web-b"
        ]
    );
}

#[test]
fn what_is_called_another_name_is_spoken_of_by_it() {
    let built = with("namePrefix: p-\n");
    built.value(
        "p-web",
        "/spec/template/spec/serviceAccountName",
        Some(r#""p-web""#),
    );
    // The name is that of the base, and is placed there.
    built.place("p-web", "/metadata/name", "web.yaml", "name: web");
}

#[test]
fn a_binding_speaks_of_an_account_with_its_namespace() {
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, name: web}, {kind: ServiceAccount, name: web, namespace: other}]\n";
    let built = build(&[
        (
            "kustomization.yaml",
            "resources: [web.yaml, binding.yaml]\nnamespace: shop\nnamePrefix: p-\n",
        ),
        ("web.yaml", WEB),
        ("binding.yaml", binding),
    ]);
    built.value("p-b", "/metadata/namespace", None);
    built.value("p-b", "/roleRef/name", Some(r#""cluster-admin""#));
    built.value(
        "p-b",
        "/subjects",
        Some(
            r#"[{"kind":"ServiceAccount","name":"p-web","namespace":"shop"},{"kind":"ServiceAccount","name":"web","namespace":"other"}]"#,
        ),
    );
}

#[test]
fn a_namespace_that_is_declared_is_called_like_the_one_that_is_given() {
    let built = build(&[
        (
            "kustomization.yaml",
            "resources: [a.yaml]\nnamespace: shop\nnamePrefix: p-\n",
        ),
        (
            "a.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n",
        ),
    ]);
    assert_eq!(built.ids(), ["kubernetes/core/Namespace/_/shop"]);
}

#[test]
fn an_image_is_that_of_the_kustomization_which_changes_it() {
    let image = |change: &str, expected: &str| {
        let built = with(&format!("images: [{{name: nginx, {change}}}]\n"));
        let pointer = format!("{CONTAINERS}/0/image");
        built.value("web", &pointer, Some(&format!("\"{expected}\"")));
        built.place("web", &pointer, "kustomization.yaml", change);
    };
    image("newTag: '9'", "nginx:9");
    image("newName: reg.io/n, newTag: '9'", "reg.io/n:9");
    image("digest: 'sha256:ab'", "nginx@sha256:ab");
    image("newName: reg.io/n", "reg.io/n:1");
}

#[test]
fn what_names_nothing_is_said() {
    refused(
        "images: [{name: other, newTag: '9'}]\n",
        &["kustomization.yaml:2:11 an image that no object has"],
    );
    refused(
        "replicas: [{name: other, count: 2}]\n",
        &["kustomization.yaml:2:13 replicas of nothing: no object has that name"],
    );
    refused(
        "patches: [{target: {kind: Job}, patch: '[]'}]\n",
        &["kustomization.yaml:2:12 a patch of nothing: no object is selected"],
    );
}

#[test]
fn replicas_are_those_of_the_kustomization() {
    let built = with("replicas: [{name: web, count: 3}]\n");
    built.value("web", "/spec/replicas", Some("3"));
    built.place("web", "/spec/replicas", "kustomization.yaml", "count: 3");
}

#[test]
fn labels_are_put_where_they_belong() {
    let common = with("commonLabels: {team: a}\n");
    let team = Some(r#"{"team":"a"}"#);
    common.value("web", "/metadata/labels", team);
    common.value("web", "/spec/selector/matchLabels", team);
    common.value("web", "/spec/template/metadata/labels", team);
    common.place(
        "web",
        "/metadata/labels/team",
        "kustomization.yaml",
        "team: a",
    );
    let some = with("labels: [{pairs: {team: a}}]\n");
    some.value("web", "/metadata/labels", team);
    some.value("web", "/spec/selector", None);
    some.value("web", "/spec/template/metadata", None);
    let templates = with("labels: [{pairs: {team: a}, includeTemplates: true}]\n");
    templates.value("web", "/spec/template/metadata/labels", team);
    templates.value("web", "/spec/selector", None);
    let annotations = with("commonAnnotations: {team: a}\n");
    annotations.value("web", "/spec/template/metadata/annotations", team);
}

/// A strategic merge patch of the spec of the pods of `web`.
fn patch(spec: &str) -> String {
    format!(
        "patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {{name: web}}\n    spec: {{template: {{spec: {spec}}}}}\n"
    )
}

#[track_caller]
fn patched(spec: &str, pointer: &str, expected: Option<&str>) {
    let pointer = format!("/spec/template/spec{pointer}");
    with(&patch(spec)).value("web", &pointer, expected);
}

#[test]
fn a_patch_is_merged_item_by_item_where_a_list_has_a_key() {
    let spec = "{containers: [{name: side, image: redis:3}, {name: new, image: q}, {name: web, env: [{name: B, value: '3'}, {name: A, $patch: delete}], ports: [{containerPort: 81}]}]}";
    patched(
        spec,
        "/containers",
        Some(
            r#"[{"image":"redis:3","name":"side"},{"image":"q","name":"new"},{"args":["x"],"env":[{"name":"B","value":"3"}],"image":"nginx:1","name":"web","ports":[{"containerPort":81},{"containerPort":80}]}]"#,
        ),
    );
}

#[test]
fn a_patch_replaces_any_other_list() {
    patched(
        "{tolerations: [{key: c}], containers: [{name: web, args: [u]}]}",
        "/tolerations",
        Some(r#"[{"key":"c"}]"#),
    );
    patched(
        "{containers: [{name: web, args: [u, z]}]}",
        "/containers/0/args",
        Some(r#"["u","z"]"#),
    );
}

#[test]
fn a_patch_takes_away_what_it_says_so_of() {
    patched("{nodeSelector: null}", "/nodeSelector", None);
    patched("{nodeSelector: {$patch: delete}}", "/nodeSelector", None);
    patched(
        "{nodeSelector: {$patch: replace, zone: b}}",
        "/nodeSelector",
        Some(r#"{"zone":"b"}"#),
    );
    patched(
        "{nodeSelector: {zone: b}}",
        "/nodeSelector",
        Some(r#"{"disk":"ssd","zone":"b"}"#),
    );
    patched(
        "{volumes: [{$patch: replace}, {name: m, emptyDir: {}}]}",
        "/volumes",
        Some(r#"[{"emptyDir":{},"name":"m"}]"#),
    );
}

#[test]
fn what_a_patch_says_of_patching_is_done_or_said() {
    let said = |spec: &str, expected: &str| {
        refused(&patch(spec), &[expected]);
    };
    said(
        "{nodeSelector: {$retainKeys: [zone], zone: b}}",
        "kustomization.yaml:7:45 `$retainKeys` of a patch was not applied",
    );
    said(
        "{$setElementOrder/containers: [{name: web}], nodeSelector: {zone: b}}",
        "kustomization.yaml:7:30 `$setElementOrder/containers` of a patch was not applied",
    );
    said(
        "{nodeSelector: {$patch: remove, zone: b}}",
        "kustomization.yaml:7:45 `$patch: remove` is no way to patch",
    );
    patched(
        "{nodeSelector: {$patch: merge, zone: b}}",
        "/nodeSelector",
        Some(r#"{"disk":"ssd","zone":"b"}"#),
    );
}

#[test]
fn a_key_that_only_looks_like_a_directive_is_merged() {
    patched(
        "{nodeSelector: {$ref: b}}",
        "/nodeSelector",
        Some(r#"{"$ref":"b","disk":"ssd"}"#),
    );
}

#[test]
fn a_patch_may_take_the_whole_object_away() {
    let text = "patches: [{patch: '{apiVersion: v1, kind: ServiceAccount, metadata: {name: web}, $patch: delete}'}]\n";
    assert_eq!(with(text).ids(), ["kubernetes/apps/Deployment/_/web"]);
}

#[test]
fn what_a_patch_says_points_into_it() {
    let built = with(&patch("{containers: [{name: web, image: nginx:2}]}"));
    built.place(
        "web",
        &format!("{CONTAINERS}/0/image"),
        "kustomization.yaml",
        "image: nginx:2",
    );
    built.place("web", &format!("{CONTAINERS}/0/args/0"), "web.yaml", "x");
    built.place("web", "/metadata/name", "web.yaml", "name: web");
}

#[test]
fn a_patch_may_stand_in_a_file_of_its_own() {
    let text =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {paused: true}\n";
    for key in [
        "patches: [{path: patch.yaml}]",
        "patchesStrategicMerge: [patch.yaml]",
    ] {
        let built = build(&[
            (
                "kustomization.yaml",
                &format!("resources: [web.yaml]\n{key}\n"),
            ),
            ("web.yaml", WEB),
            ("patch.yaml", text),
        ]);
        assert_eq!(built.problems(), [""; 0]);
        built.place("web", "/spec/paused", "patch.yaml", "paused: true");
        assert_eq!(built.consumed.len(), 3);
    }
}

#[test]
fn a_patch_of_what_is_not_there_is_refused() {
    let other =
        "patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: other}}'}]\n";
    refused(
        other,
        &[
            "kustomization.yaml:2:12 a patch of the Deployment `other`, which is not among the objects",
        ],
    );
    let version =
        "patches: [{patch: '{apiVersion: apps/v2, kind: Deployment, metadata: {name: web}}'}]\n";
    refused(
        version,
        &[
            "kustomization.yaml:2:12 a patch of the Deployment `web`, which is not among the objects",
        ],
    );
}

#[test]
fn an_overlay_may_name_what_the_base_has_renamed() {
    let built = build(&[
        (
            "base/kustomization.yaml",
            "resources: [web.yaml]\nnamePrefix: p-\n",
        ),
        ("base/web.yaml", WEB),
        (
            "over/kustomization.yaml",
            &format!(
                "resources: [../base]\nnamePrefix: o-\n{}",
                patch("{hostNetwork: true}")
            ),
        ),
    ]);
    assert_eq!(built.problems(), [""; 0]);
    built.value("o-p-web", "/spec/template/spec/hostNetwork", Some("true"));
}

/// A JSON patch of the deployment `web`.
fn operations(operations: &str) -> String {
    format!(
        "patches:\n- target: {{kind: Deploy.*, name: web}}\n  patch: |-\n    {}\n",
        operations.replace('\n', "\n    ")
    )
}

#[test]
fn operations_are_applied_one_after_the_other() {
    let built = with(&operations(
        "- {op: add, path: /spec/replicas, value: 2}\n- {op: replace, path: /spec/template/spec/containers/0/image, value: nginx:3}\n- {op: remove, path: /spec/template/spec/containers/1}\n- {op: move, from: /spec/template/spec/nodeSelector, path: /spec/moved}\n- {op: copy, from: /spec/moved/disk, path: /spec/template/spec/containers/0/args/-}\n- {op: test, path: /spec/replicas, value: 2}\n- {op: add, path: /spec/template/spec/containers/0/args/0, value: w}",
    ));
    built.value("web", "/spec/replicas", Some("2"));
    built.value("web", "/spec/moved", Some(r#"{"disk":"ssd"}"#));
    built.value(
        "web",
        &format!("{CONTAINERS}/0/args"),
        Some(r#"["w","x","ssd"]"#),
    );
    built.value("web", &format!("{CONTAINERS}/1"), None);
    built.place(
        "web",
        &format!("{CONTAINERS}/0/image"),
        "kustomization.yaml",
        "value: nginx:3",
    );
}

#[test]
fn an_operation_that_cannot_be_applied_is_refused() {
    let refuse = |operation: &str, message: &str| {
        refused(
            &operations(operation),
            &[&format!("kustomization.yaml:5:{message}")],
        );
    };
    refuse(
        "- {op: remove, path: /spec/no}",
        "26 nothing is at `/spec/no`",
    );
    refuse(
        "- {op: test, path: /spec/replicas, value: 1}",
        "24 what is at `/spec/replicas` is not what the patch expects",
    );
    refuse(
        "- {op: add, path: /no/way, value: 1}",
        "23 nothing is at `/no`",
    );
}

#[test]
fn a_target_selects_by_label_and_by_pattern() {
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: x}}\nspec: {}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: ab, labels: {app: y}}\nspec: {}\n";
    let selected = |target: &str, expected: &[&str]| {
        let text = format!(
            "resources: [pods.yaml]\npatches:\n- target: {target}\n  patch: '[{{op: add, path: /spec/hostPID, value: true}}]'\n"
        );
        let built = build(&[("kustomization.yaml", &text), ("pods.yaml", pods)]);
        let resources = built.reading.resources.iter();
        let changed: Vec<&str> = resources
            .filter(|resource| resource.view().at(&["spec", "hostPID"]).is_some())
            .map(|resource| resource.name.as_str())
            .collect();
        assert_eq!(changed, expected, "{target}");
    };
    selected("{kind: Pod}", &["a", "ab"]);
    selected("{name: a}", &["a"]);
    selected("{name: a.*}", &["a", "ab"]);
    selected("{labelSelector: app=x}", &["a"]);
    selected("{labelSelector: 'app!=x'}", &["ab"]);
    selected("{labelSelector: 'app in (x, y)'}", &["a", "ab"]);
    selected("{labelSelector: '!app'}", &[]);
    selected("{namespace: default}", &["a", "ab"]);
    selected("{version: v2}", &[]);
}

#[test]
fn a_component_changes_what_its_user_gathered() {
    let component = format!(
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n{}",
        patch("{hostNetwork: true}")
    );
    let built = build(&[
        (
            "app/kustomization.yaml",
            "resources: [web.yaml]\ncomponents: [../component]\nnamePrefix: p-\n",
        ),
        ("app/web.yaml", WEB),
        ("component/kustomization.yaml", &component),
    ]);
    assert_eq!(built.problems(), [""; 0]);
    built.value("p-web", "/spec/template/spec/hostNetwork", Some("true"));
}

#[test]
fn a_component_that_nobody_uses_is_said() {
    let text =
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [web.yaml]\n";
    let built = build(&[("kustomization.yaml", text), ("web.yaml", WEB)]);
    assert_eq!(
        built.problems(),
        ["kustomization.yaml:1:1 a component that no kustomization uses"]
    );
    assert_eq!((built.ids().len(), built.consumed.len()), (0, 0));
}

#[test]
fn what_is_generated_is_placed_at_its_literal() {
    let built = with(
        "configMapGenerator:\n- name: config\n  literals: [a=b=c, 'd=\"e f\"']\nsecretGenerator:\n- {name: secret, literals: [password=hunter22]}\nnamePrefix: p-\n",
    );
    built.value("p-config", "/data", Some(r#"{"a":"b=c","d":"e f"}"#));
    built.place("p-config", "/data/a", "kustomization.yaml", "a=b=c");
    built.value(
        "p-secret",
        "/stringData",
        Some(r#"{"password":"hunter22"}"#),
    );
    built.value("p-secret", "/type", Some(r#""Opaque""#));
}

#[test]
fn a_generator_may_add_to_what_is_there() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: '1', b: '2'}\n";
    let generated = |behavior: &str, expected: &str| {
        let text = format!(
            "resources: [m.yaml]\nconfigMapGenerator: [{{name: m, behavior: {behavior}, literals: [b=3]}}]\n"
        );
        let built = build(&[("kustomization.yaml", &text), ("m.yaml", map)]);
        built.value("m", "/data", Some(expected));
    };
    generated("merge", r#"{"a":"1","b":"3"}"#);
    generated("replace", r#"{"b":"3"}"#);
    refused(
        "configMapGenerator: [{name: m, behavior: merge, literals: [b=3]}]\n",
        &["kustomization.yaml:2:23 a generator of what is not there"],
    );
}

#[test]
fn a_generator_of_what_is_there_already_is_refused() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n";
    let text = "resources: [m.yaml]\nconfigMapGenerator: [{name: m, literals: [b=3]}]\n";
    let built = build(&[("kustomization.yaml", text), ("m.yaml", map)]);
    assert_eq!(
        built.problems(),
        ["kustomization.yaml:2:23 the ConfigMap `m` is added a second time"]
    );
    assert_eq!(built.ids(), ["kubernetes/core/ConfigMap/_/m"]);
    refused(
        "configMapGenerator: [{name: m}, {name: m}]\n",
        &["kustomization.yaml:2:34 the ConfigMap `m` is added a second time"],
    );
    refused(
        "configMapGenerator: [{name: m, behavior: update}]\n",
        &["kustomization.yaml:2:23 a generator has no behavior `update`"],
    );
    refused(
        "configMapGenerator: [{name: m}]\nsecretGenerator: [{name: m}]\n",
        &[],
    );
}

#[test]
fn files_that_a_generator_reads_are_said() {
    refused(
        "configMapGenerator: [{name: m, files: [a.txt]}]\n",
        &["kustomization.yaml:2:32 the files of a generator were not read"],
    );
}

#[test]
fn what_was_not_read_is_said() {
    let built = build(&[(
        "kustomization.yaml",
        "resources:\n- no.yaml\n- https://example.com/a.yaml\n- github.com/a/b?ref=1\n",
    )]);
    assert_eq!(
        built.problems(),
        [
            "kustomization.yaml:2:3 `no.yaml` is not among the files that were read",
            "kustomization.yaml:3:3 `https://example.com/a.yaml` is elsewhere, and was not read",
            "kustomization.yaml:4:3 `github.com/a/b?ref=1` is elsewhere, and was not read",
        ]
    );
}

#[test]
fn kustomizations_that_stand_on_each_other_are_refused() {
    let built = build(&[
        ("a/kustomization.yaml", "resources: [../b, web.yaml]\n"),
        ("a/web.yaml", WEB),
        ("b/kustomization.yaml", "resources: [../a]\n"),
    ]);
    assert_eq!(
        built.problems(),
        ["b/kustomization.yaml:1:13 kustomizations that stand on each other in a circle"]
    );
    assert_eq!(built.ids().len(), 2);
}

#[test]
fn an_object_that_is_added_twice_is_refused() {
    let built = build(&[
        ("kustomization.yaml", "resources: [web.yaml, web.yaml]\n"),
        ("web.yaml", WEB),
    ]);
    assert_eq!(
        built.problems(),
        [
            "kustomization.yaml:1:23 the Deployment `web` is added a second time",
            "kustomization.yaml:1:23 the ServiceAccount `web` is added a second time",
        ]
    );
    assert_eq!(built.ids().len(), 2);
}

#[test]
fn fields_that_are_not_read_are_said() {
    refused(
        "replacements: [{path: a.yaml}]\nnothing: 1\nvars: []\n",
        &[
            "kustomization.yaml:2:1 `replacements` of a kustomization is not read",
            "kustomization.yaml:3:1 a kustomization has no field `nothing`",
        ],
    );
}

#[test]
fn a_field_of_another_shape_is_said() {
    refused(
        "images: {name: nginx}\nnamePrefix: [a]\ncommonLabels: [a]\npatches: [web]\nlabels: []\n",
        &[
            "kustomization.yaml:2:1 `images` is no list",
            "kustomization.yaml:3:1 `namePrefix` is no text",
            "kustomization.yaml:4:1 `commonLabels` is no mapping",
            "kustomization.yaml:5:11 an item of `patches` that is no mapping",
        ],
    );
    let built = build(&[("kustomization.yaml", "resources: web.yaml\n")]);
    assert_eq!(
        built.problems(),
        ["kustomization.yaml:1:1 `resources` is no list"]
    );
    refused(
        "configMapGenerator: [{name: m, literals: a=b}]\n",
        &["kustomization.yaml:2:32 `literals` is no list"],
    );
}

#[test]
fn an_item_with_other_keys_than_its_field_has_is_said() {
    refused(
        "images: [{name: nginx, newtag: 2}]\n",
        &["kustomization.yaml:2:24 an item of `images` has no field `newtag`"],
    );
    refused(
        "replicas: [{name: web}]\n",
        &["kustomization.yaml:2:13 an item of `replicas` without `count`"],
    );
    refused(
        "labels: [{pairs: [a]}]\n",
        &["kustomization.yaml:2:11 `pairs` is no mapping"],
    );
}

#[test]
fn a_target_that_asks_for_something_else_selects_nothing() {
    let patch = |target: &str| {
        format!("patches: [{{target: {target}, patch: '[{{op: remove, path: /spec}}]'}}]\n")
    };
    refused(
        &patch("{kinds: Deployment}"),
        &["kustomization.yaml:2:21 a target has no field `kinds`"],
    );
    refused(
        &patch("web"),
        &["kustomization.yaml:2:12 `target` is no mapping"],
    );
}

#[test]
fn what_stands_beside_a_kustomization_in_its_file_is_said() {
    let text = format!("resources: []\n---\n{WEB}");
    let built = build(&[("kustomization.yaml", &text)]);
    let beside = "a document beside a kustomization, which kustomize does not read";
    assert_eq!(
        built.problems(),
        [
            format!("kustomization.yaml:3:1 {beside}"),
            format!("kustomization.yaml:21:1 {beside}"),
        ]
    );
    let text = "resources: [web.yaml]\n---\n";
    let built = build(&[("kustomization.yaml", text), ("web.yaml", WEB)]);
    assert_eq!(built.problems(), [""; 0]);
}

#[test]
fn what_a_base_has_to_say_is_said_once() {
    let built = build(&[
        (
            "base/kustomization.yaml",
            "resources: [web.yaml]\nvars: [{name: A}]\n",
        ),
        ("base/web.yaml", WEB),
        ("a/kustomization.yaml", "resources: [../base]\n"),
        ("b/kustomization.yaml", "resources: [../base]\n"),
    ]);
    assert_eq!(
        built.problems(),
        ["base/kustomization.yaml:2:1 `vars` of a kustomization is not read"]
    );
}

#[test]
fn an_object_for_other_tools_is_not_built() {
    let local = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, annotations: {config.kubernetes.io/local-config: 'true'}}\n";
    let built = build(&[
        ("kustomization.yaml", "resources: [m.yaml]\n"),
        ("m.yaml", local),
    ]);
    assert_eq!(built.ids(), [""; 0]);
}

#[test]
fn kustomizations_that_multiply_come_to_an_end() {
    let mut files = vec![
        (
            "0/kustomization.yaml".to_owned(),
            "resources: [web.yaml]\n".to_owned(),
        ),
        ("0/web.yaml".to_owned(), WEB.to_owned()),
    ];
    for level in 1..40 {
        let below = level - 1;
        let twice = format!("resources: [../{below}, ../x{below}]\nnamePrefix: a-\n");
        files.push((format!("{level}/kustomization.yaml"), twice));
        let again = format!("resources: [../{below}]\nnamePrefix: b-\n");
        files.push((format!("x{below}/kustomization.yaml"), again));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let built = build(&files);
    let too_much = "kustomizations that come to too much to be judged";
    assert!(
        built
            .problems()
            .iter()
            .any(|problem| problem.ends_with(too_much))
    );
}

#[test]
fn a_kustomization_that_labels_without_end_is_refused() {
    let map = |number: usize| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{number}}}\n---\n")
    };
    let maps = (0..100).map(map).collect::<Vec<_>>().concat();
    let label = |number: usize| format!("  l{number}: a\n");
    let labels = (0..2500).map(label).collect::<Vec<_>>().concat();
    let text = format!("resources: [m.yaml]\ncommonLabels:\n{labels}");
    let built = build(&[("kustomization.yaml", &text), ("m.yaml", &maps)]);
    assert_eq!(
        built.problems(),
        ["kustomization.yaml:1:1 kustomizations that come to too much to be judged"]
    );
    assert_eq!(built.ids(), [""; 0]);
}

#[test]
fn a_pattern_that_comes_to_too_much_is_refused() {
    refused(
        "patches: [{target: {name: '(\\w{1,60}){3}'}, patch: '[{op: remove, path: /spec}]'}]\n",
        &[
            r"kustomization.yaml:2:21 `(\\w{1,60}){3}` is not a regular expression, or comes to too much",
        ],
    );
}

#[test]
fn the_kustomization_of_another_tool_is_an_object_like_any_other() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {}\n";
    let reading = super::reading(flux);
    assert_eq!(reading.resources.len(), 1);
    let own =
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n";
    let reading = super::reading(own);
    assert_eq!((reading.resources.len(), reading.problems.len()), (0, 0));
}
