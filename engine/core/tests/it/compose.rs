//! Files of Docker Compose to services to workloads.

use plumbline_core::estate::Estate;

use super::{found, ids, reading, spelt};

/// The value at a pointer into the last workload of a text.
#[track_caller]
fn last(text: &str, pointer: &str, expected: Option<&str>) {
    let (estate, _) = Estate::new(reading(text).resources);
    let found = found(estate.entities.last(), pointer);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The value at a pointer into the workload of a service with these keys.
#[track_caller]
fn service(keys: &str, pointer: &str, expected: Option<&str>) {
    last(
        &format!("services: {{web: {{build: ., {keys}}}}}\n"),
        pointer,
        expected,
    );
}

/// The same within the container.
#[track_caller]
fn container(keys: &str, pointer: &str, expected: Option<&str>) {
    service(keys, &format!("/containers/0{pointer}"), expected);
}

/// What nobody can know yet of a service with these keys.
#[track_caller]
fn unknown(keys: &str, expected: &[&str]) {
    let text = format!("services: {{web: {{build: ., {keys}}}}}\n");
    let (estate, _) = Estate::new(reading(&text).resources);
    let tree = &estate.entities.last().unwrap().tree;
    let paths: Vec<String> = tree
        .unknowns(
            plumbline_core::tree::NodeId::ROOT,
            plumbline_core::tree::Typing::Json,
        )
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(paths, expected, "{text}");
}

#[test]
fn a_service_is_known_by_its_file_and_its_key() {
    ids(
        "services:\n  web: {image: nginx}\n  db: {build: ./db}\n",
        &[
            "docker/test.yaml/service/web",
            "docker/test.yaml/service/db",
        ],
        &[],
    );
}

#[test]
fn a_file_without_a_service_that_says_what_it_runs_is_none() {
    for text in [
        "services: {web: {command: run}}\n",
        "services: [{image: docker:dind}]\n",
        "include: [other.yaml]\n",
        "volumes: {data: {}}\nnetworks: {net: {}}\n",
        "apiVersion: v1\nservices: {web: {image: nginx}}\n",
        "on: push\njobs: {}\nservices: {web: {image: nginx}}\n",
    ] {
        let reading = reading(text);
        assert_eq!(
            (reading.resources.len(), reading.unrecognised),
            (0, 1),
            "{text}"
        );
    }
}

#[test]
fn a_service_that_is_no_mapping_is_said() {
    ids(
        "services:\n  web: {image: nginx}\n  db: postgres\n",
        &["docker/test.yaml/service/web"],
        &["3:3 a service that is no mapping"],
    );
}

#[test]
fn a_dollar_that_begins_no_variable_is_said() {
    ids(
        "services:\n  web:\n    image: nginx\n    command: echo $(id)\n",
        &["docker/test.yaml/service/web"],
        &["4:5 a `$` that begins no variable"],
    );
    ids(
        "services:\n  web:\n    image: nginx\n    command: echo $$(id)\n",
        &["docker/test.yaml/service/web"],
        &[],
    );
}

#[test]
fn files_that_are_included_are_said() {
    ids(
        "include:\n- other.yaml\nservices:\n  web: {image: nginx}\n",
        &["docker/test.yaml/service/web"],
        &["1:1 the files of `include` were not read with this one"],
    );
}

#[test]
fn an_image_is_taken_apart() {
    last(
        "services: {web: {image: 'nginx:1.27'}}\n",
        "/containers/0/image/name",
        Some(r#""docker.io/library/nginx""#),
    );
    last(
        "services: {web: {image: 'nginx:${TAG:-latest}'}}\n",
        "/containers/0/image/tag",
        Some(r#""latest""#),
    );
    last(
        "services: {web: {image: 'nginx:${TAG}'}}\n",
        "/containers/0/image",
        None,
    );
}

#[test]
fn a_variable_without_a_default_is_unknown() {
    unknown("image: 'nginx:${TAG}'", &["/containers/0/image"]);
    unknown("image: 'nginx:${TAG-1}'", &[]);
    unknown("privileged: $P", &["/containers/0/isolation/privileged"]);
}

#[test]
fn variables_are_read_in_both_spellings() {
    for environment in ["{A: x, B: 1, C: true, D: null}", "[A=x, B=1, C=true, D]"] {
        container(
            &format!("environment: {environment}"),
            "/env",
            Some(
                r#"[{"kind":"literal","name":"A","value":"x"},{"kind":"literal","name":"B","value":"1"},{"kind":"literal","name":"C","value":"true"},{"kind":"other_ref","name":"D"}]"#,
            ),
        );
    }
}

#[test]
fn a_variable_of_the_shell_is_no_literal() {
    let handed_on = "environment: {A: $B}";
    container(handed_on, "/env/0/kind", Some(r#""other_ref""#));
    unknown(handed_on, &[]);
    let partly = "environment: ['A=user:${B}']";
    container(partly, "/env/0/kind", Some(r#""literal""#));
    container(partly, "/env/0/value", Some(r#""user:${B}""#));
    unknown(partly, &[]);
    container(
        "environment: {A: '${B:-secret}'}",
        "/env/0/value",
        Some(r#""secret""#),
    );
}

#[test]
fn what_comes_from_elsewhere_is_named() {
    container(
        "env_file: .env, secrets: [a, {source: b, target: c}]",
        "/env_from",
        Some(
            r#"[{"kind":"file_ref","name":".env"},{"kind":"secret_ref","name":"a"},{"kind":"secret_ref","name":"b"}]"#,
        ),
    );
    container(
        "env_file: [{path: a.env, required: false}]",
        "/env_from/0/name",
        Some(r#""a.env""#),
    );
    container("labels: {}", "/env_from", None);
}

#[test]
fn a_port_is_read_in_both_spellings() {
    for port in [
        "'127.0.0.1:8080:80/udp'",
        "{target: 80, published: '8080', host_ip: 127.0.0.1, protocol: udp}",
    ] {
        container(
            &format!("ports: [{port}]"),
            "/ports",
            Some(r#"[{"host_ip":"127.0.0.1","host_port":8080,"port":80,"protocol":"udp"}]"#),
        );
    }
}

#[test]
fn a_port_alone_is_published_on_every_address() {
    for port in ["80", "'80'", "{target: 80}"] {
        container(
            &format!("ports: [{port}]"),
            "/ports/0",
            Some(r#"{"host_ip":"0.0.0.0","host_port":0,"port":80,"protocol":"tcp"}"#),
        );
    }
    container(
        "ports: ['[::1]:8080:80']",
        "/ports/0/host_ip",
        Some(r#""::1""#),
    );
}

#[test]
fn a_range_is_a_port_after_the_other() {
    container("ports: ['3000-3001:80-81']", "/ports/1/port", Some("81"));
    container(
        "ports: ['3000-3001:80-81']",
        "/ports/1/host_port",
        Some("3001"),
    );
    unknown(
        "ports: ['3000-3001:80']",
        &["/containers/0/ports/0/host_port"],
    );
    unknown(
        "ports: ['1-65535']",
        &[
            "/containers/0/ports/0/port",
            "/containers/0/ports/0/host_port",
        ],
    );
}

#[test]
fn ranges_of_more_ports_than_are_read_are_said() {
    let service = |ports: &str| format!("services:\n  web:\n    image: nginx\n    ports:\n{ports}");
    let said = |ports: &str| {
        let text = service(ports);
        spelt(&text, &reading(&text).problems)
    };
    assert_eq!(said("    - 1-256\n"), [""; 0]);
    assert_eq!(
        said("    - 1-257\n"),
        ["5:7 a range of more ports than are read of one range"]
    );
    let many = "    - 1-256\n".repeat(17);
    assert_eq!(
        said(&many),
        ["21:7 more ranges of ports than are read of one file"]
    );
    let (estate, _) = Estate::new(reading(&service(&many)).resources);
    let ports = found(estate.entities.first(), "/containers/0/ports").unwrap();
    assert_eq!(ports.matches("\"port\":").count(), 4096);
}

#[test]
fn a_truth_value_of_a_variable_is_unknown() {
    unknown(
        "read_only: '${RO}'",
        &["/containers/0/isolation/read_only_root_filesystem"],
    );
    unknown(
        "privileged: '${P}', security_opt: [seccomp=a]",
        &["/containers/0/isolation/privileged"],
    );
    for mount in [
        "{type: volume, source: a, target: /a, read_only: '${RO}'}",
        "'data:/a:${MODE}'",
    ] {
        unknown(
            &format!("volumes: [{mount}]"),
            &["/volumes/0/read_only", "/state/persistent"],
        );
    }
    unknown("volumes: ['data:/a:${MODE:-ro}']", &[]);
    unknown(
        "healthcheck: {test: a, disable: '${OFF}'}",
        &["/containers/0/health"],
    );
}

#[test]
fn a_variable_hides_only_its_part_of_a_port() {
    let port = "ports: ['127.0.0.1:${PORT}:80']";
    container(port, "/ports/0/port", Some("80"));
    container(port, "/ports/0/host_ip", Some(r#""127.0.0.1""#));
    unknown(port, &["/containers/0/ports/0/host_port"]);
    container(
        "ports: ['${PORT:-8080}:80']",
        "/ports/0/host_port",
        Some("8080"),
    );
}

#[test]
fn a_port_that_is_none_is_said() {
    for port in ["eighty", "'80:'", "'1-2:1-3'", "'81-80'", "{published: 80}"] {
        ids(
            &format!("services:\n  web:\n    image: nginx\n    ports:\n    - {port}\n"),
            &["docker/test.yaml/service/web"],
            &[if port.starts_with('{') {
                "5:8 a port that Compose cannot read"
            } else {
                "5:7 a port that Compose cannot read"
            }],
        );
    }
}

#[test]
fn the_namespaces_of_the_machine_are_shared_where_it_is_written() {
    service("restart: always", "/isolation/host_network", Some("false"));
    for (key, name) in [
        ("network_mode", "host_network"),
        ("pid", "host_pid"),
        ("ipc", "host_ipc"),
        ("userns_mode", "host_users"),
    ] {
        service(
            &format!("{key}: host"),
            &format!("/isolation/{name}"),
            Some("true"),
        );
    }
    service(
        "network_mode: 'service:db'",
        "/isolation/host_network",
        Some("false"),
    );
}

#[test]
fn a_flag_is_read_however_it_is_spelt() {
    for spelt in ["true", "'true'", "yes", "'on'", "${P:-true}"] {
        let keys = format!("privileged: \"{}\"", spelt.trim_matches('\''));
        container(&keys, "/isolation/privileged", Some("true"));
    }
    container("privileged: true", "/isolation/privileged", Some("true"));
    container("privileged: no", "/isolation/privileged", Some("false"));
    container("tty: true", "/isolation/privileged", Some("false"));
    container(
        "read_only: true",
        "/isolation/read_only_root_filesystem",
        Some("true"),
    );
    container("tty: true", "/isolation/read_only_root_filesystem", None);
}

#[test]
fn capabilities_are_as_they_are_written() {
    container(
        "cap_add: [NET_ADMIN], cap_drop: [all]",
        "/isolation/capabilities",
        Some(r#"{"add":["NET_ADMIN"],"drop":["all"]}"#),
    );
    container(
        "cap_add: ['${CAP:-SYS_ADMIN}']",
        "/isolation/capabilities/add",
        Some(r#"["SYS_ADMIN"]"#),
    );
    unknown(
        "cap_add: [NET_ADMIN, $CAP]",
        &["/containers/0/isolation/capabilities/add"],
    );
}

#[test]
fn options_of_security_are_those_of_other_platforms() {
    for option in [
        "no-new-privileges:true",
        "no-new-privileges=true",
        "no-new-privileges",
    ] {
        container(
            &format!("security_opt: ['{option}']"),
            "/isolation/allow_privilege_escalation",
            Some("false"),
        );
    }
    for option in ["seccomp:unconfined", "seccomp=unconfined"] {
        container(
            &format!("security_opt: ['{option}']"),
            "/isolation/seccomp/type",
            Some(r#""Unconfined""#),
        );
    }
    container(
        "security_opt: ['apparmor:unconfined']",
        "/isolation/apparmor/type",
        Some(r#""Unconfined""#),
    );
    container(
        "security_opt: ['seccomp:./profile.json']",
        "/isolation/seccomp/type",
        Some(r#""Localhost""#),
    );
}

#[test]
fn every_container_is_filtered_but_a_privileged_one() {
    container(
        "tty: true",
        "/isolation/seccomp/type",
        Some(r#""RuntimeDefault""#),
    );
    container("privileged: true", "/isolation/seccomp", None);
}

#[test]
fn a_user_is_a_number_where_it_is_one() {
    container("user: root", "/isolation/run_as_user", Some("0"));
    container("user: 0", "/isolation/run_as_user", Some("0"));
    container("user: '1000:1001'", "/isolation/run_as_user", Some("1000"));
    container("user: '1000:1001'", "/isolation/run_as_group", Some("1001"));
    container("user: node", "/isolation/run_as_user", None);
    service("user: node", "/identity/name", Some(r#""node""#));
    container("tty: true", "/isolation/run_as_user", None);
}

#[test]
fn a_path_of_the_machine_is_told_from_a_volume() {
    for volume in [
        "'/var/run/docker.sock:/sock:ro'",
        "{type: bind, source: /var/run/docker.sock, target: /sock, read_only: true}",
    ] {
        service(
            &format!("volumes: [{volume}]"),
            "/volumes/0",
            Some(
                r#"{"kind":"host_path","name":"/sock","read_only":true,"source":{"path":"/var/run/docker.sock"}}"#,
            ),
        );
    }
    for volume in [
        "'data:/data'",
        "{type: volume, source: data, target: /data}",
    ] {
        service(
            &format!("volumes: [{volume}]"),
            "/volumes/0",
            Some(r#"{"kind":"volume","name":"data","read_only":false}"#),
        );
    }
    for path in [".", "./data", "../data", "~/data"] {
        service(
            &format!("volumes: ['{path}:/data']"),
            "/volumes/0/kind",
            Some(r#""host_path""#),
        );
    }
}

#[test]
fn what_outlives_the_container_is_state() {
    service(
        "volumes: ['data:/data']",
        "/state",
        Some(r#"{"mounts":[{"kind":"volume","path":"/data","source":"data"}],"persistent":true}"#),
    );
    for keys in ["volumes: [/data]", "volumes: ['./a:/a:ro']", "tmpfs: /run"] {
        service(keys, "/state", Some(r#"{"persistent":false}"#));
    }
    service(
        "tmpfs: '/run:size=1m'",
        "/volumes/0/kind",
        Some(r#""tmpfs""#),
    );
}

#[test]
fn a_volume_that_binds_a_path_is_one_of_the_machine() {
    let volumes = |options: &str| {
        format!(
            "services: {{web: {{build: ., volumes: ['data:/data']}}}}\nvolumes: {{data: {{driver_opts: {options}}}}}\n"
        )
    };
    last(
        &volumes("{type: none, o: bind, device: /etc}"),
        "/volumes/0/source/path",
        Some(r#""/etc""#),
    );
    last(
        &volumes("{type: nfs, o: 'addr=10.0.0.1', device: ':/data'}"),
        "/volumes/0/kind",
        Some(r#""volume""#),
    );
}

#[test]
fn a_source_that_is_a_variable_is_of_no_known_kind() {
    unknown(
        "volumes: ['${DATA}:/data']",
        &[
            "/volumes/0/kind",
            "/state/mounts/0/kind",
            "/state/mounts/0/source",
        ],
    );
    service(
        "volumes: ['${DATA:-./data}:/data']",
        "/volumes/0/source/path",
        Some(r#""./data""#),
    );
}

#[test]
fn amounts_are_numbers() {
    container(
        "mem_limit: 512m, cpus: 0.5",
        "/resources",
        Some(r#"{"limits":{"cpu_m":500,"memory_bytes":536870912}}"#),
    );
    container(
        "deploy: {resources: {limits: {cpus: '2', memory: 1G}, reservations: {memory: 64M}}}",
        "/resources",
        Some(
            r#"{"limits":{"cpu_m":2000,"memory_bytes":1073741824},"requests":{"memory_bytes":67108864}}"#,
        ),
    );
    container("tty: true", "/resources", None);
}

#[test]
fn a_service_runs_once_unless_it_says_how_often() {
    service("tty: true", "/lifetime/max_instances", Some("1"));
    service(
        "deploy: {replicas: 3}",
        "/lifetime/min_instances",
        Some("3"),
    );
    service("deploy: {mode: global}", "/lifetime/max_instances", None);
    service("restart: no", "/lifetime/restart", Some(r#""no""#));
}

#[test]
fn a_check_of_health_is_one_of_liveness() {
    container(
        "healthcheck: {test: [CMD, curl, localhost]}",
        "/health",
        Some(r#"[{"action":"exec","command":["CMD","curl","localhost"],"kind":"liveness"}]"#),
    );
    for check in ["{test: [NONE]}", "{disable: true}"] {
        container(&format!("healthcheck: {check}"), "/health", None);
    }
}

#[test]
fn labels_are_tags_in_both_spellings() {
    for labels in ["{class: critical, empty: ''}", "[class=critical, empty]"] {
        service(
            &format!("labels: {labels}"),
            "/tags",
            Some(r#"{"class":"critical","empty":""}"#),
        );
    }
}

#[test]
fn merge_keys_are_applied() {
    last(
        "x-base: &base {privileged: true}\nservices: {web: {image: nginx, <<: *base}}\n",
        "/containers/0/isolation/privileged",
        Some("true"),
    );
}

/// A base with these keys, and a service with those, which extends it.
fn extended(base: &str, own: &str) -> String {
    format!("services:\n  base: {{image: nginx, {base}}}\n  web: {{extends: base, {own}}}\n")
}

#[test]
fn a_service_has_what_it_extends() {
    last(
        &extended("privileged: true", "user: root"),
        "/containers/0/isolation/privileged",
        Some("true"),
    );
    last(
        &extended("privileged: true", "privileged: false"),
        "/containers/0/isolation/privileged",
        Some("false"),
    );
    last(
        &extended("tty: true", "user: root"),
        "/containers/0/image/reference",
        Some(r#""nginx""#),
    );
}

#[test]
fn lists_are_put_one_behind_the_other() {
    last(
        &extended("cap_add: [A, B]", "cap_add: [B, C]"),
        "/containers/0/isolation/capabilities/add",
        Some(r#"["A","B","C"]"#),
    );
    last(
        &extended("env_file: a.env", "env_file: [b.env]"),
        "/containers/0/env_from/1/name",
        Some(r#""b.env""#),
    );
}

#[test]
fn a_volume_at_the_same_path_takes_the_place_of_the_extended_one() {
    let text = extended(
        "volumes: ['/:/data', 'other:/a']",
        "volumes: ['data:/data']",
    );
    last(&text, "/volumes/0/kind", Some(r#""volume""#));
    last(&text, "/volumes/1/name", Some(r#""other""#));
    last(&text, "/volumes/2", None);
}

#[test]
fn variables_are_merged_by_name_however_they_are_spelt() {
    let expected = r#"[{"kind":"literal","name":"A","value":"1"},{"kind":"literal","name":"B","value":"3"},{"kind":"other_ref","name":"C"}]"#;
    for (base, own) in [
        ("{A: 1, B: 2}", "[B=3, C]"),
        ("[A=1, B=2]", "{B: 3, C: null}"),
        ("[A=1, B=2]", "[B=3, C]"),
        ("{A: 1, B: 2}", "{B: 3, C: null}"),
    ] {
        last(
            &extended(
                &format!("environment: {base}"),
                &format!("environment: {own}"),
            ),
            "/containers/0/env",
            Some(expected),
        );
    }
}

#[test]
fn what_is_extended_keeps_its_place() {
    let text = "services:\n  base:\n    image: nginx\n    environment:\n    - A=1\n  web:\n    extends: {service: base}\n    environment: {B: 2}\n";
    let reading = reading(text);
    let web = &reading.resources[1];
    let at = |path: &[&str]| {
        let view = web.view().at(path).unwrap();
        let span = web.tree.place(view.id()).unwrap();
        text.get(span.range()).unwrap()
    };
    assert_eq!(at(&["environment", "A"]), "A=1");
    assert_eq!(at(&["environment", "B"]), "B: 2");
    assert_eq!(at(&["image"]), "image: nginx");
    let name = web.place().and_then(|span| text.get(span.range()));
    assert_eq!(name, Some("web"));
}

#[test]
fn what_is_reset_or_overridden_is_not_merged() {
    last(
        &extended("privileged: true", "privileged: !reset null"),
        "/containers/0/isolation/privileged",
        Some("false"),
    );
    last(
        &extended("cap_add: [A]", "cap_add: !override [B]"),
        "/containers/0/isolation/capabilities/add",
        Some(r#"["B"]"#),
    );
}

#[test]
fn a_chain_of_services_is_followed() {
    last(
        "services:\n  a: {image: nginx, pid: host}\n  b: {extends: {service: a}}\n  c: {extends: b}\n",
        "/isolation/host_pid",
        Some("true"),
    );
}

#[test]
fn an_extended_service_that_is_not_there_is_said() {
    ids(
        "services:\n  web:\n    extends: base\n",
        &["docker/test.yaml/service/web"],
        &["3:5 `extends` names `base`, which is no service of this file"],
    );
    ids(
        "services:\n  web:\n    extends:\n      file: other.yaml\n      service: base\n",
        &["docker/test.yaml/service/web"],
        &["3:5 `extends` names the file `other.yaml`, which was not read"],
    );
    ids(
        "services:\n  base: {image: nginx}\n  web:\n    extends: {file: ./test.yaml, service: base}\n",
        &[
            "docker/test.yaml/service/base",
            "docker/test.yaml/service/web",
        ],
        &[],
    );
    ids(
        "services:\n  web:\n    extends: {}\n",
        &["docker/test.yaml/service/web"],
        &["3:5 an `extends` that names no service"],
    );
}

#[test]
fn services_that_extend_each_other_are_said() {
    ids(
        "services:\n  a:\n    extends: b\n  b:\n    extends: a\n  c:\n    extends: a\n",
        &[
            "docker/test.yaml/service/a",
            "docker/test.yaml/service/b",
            "docker/test.yaml/service/c",
        ],
        &[
            "5:5 services that extend each other in a circle",
            "3:5 services that extend each other in a circle",
        ],
    );
}

#[test]
fn services_that_come_to_too_much_are_said() {
    let variables: Vec<String> = (0..1000).map(|name| format!("V{name}: 1")).collect();
    let mut text = format!(
        "services:\n  base: {{image: nginx, environment: {{{}}}}}\n",
        variables.join(", ")
    );
    for name in 0..200 {
        text.push_str(&format!("  s{name}: {{extends: base}}\n"));
    }
    let problems = reading(&text).problems;
    assert!(
        problems.iter().any(|problem| {
            problem.message == "services that extend too many others to be judged"
        })
    );
}

#[test]
fn what_is_of_another_shape_than_compose_takes_is_said() {
    let check = |keys: &str, problems: &[&str]| {
        ids(
            &format!("services:\n  web:\n    image: nginx\n    {keys}\n"),
            &["docker/test.yaml/service/web"],
            problems,
        );
    };
    check("volumes: {data: /data}", &["4:5 `volumes` is no list"]);
    check("cap_add: SYS_ADMIN", &["4:5 `cap_add` is no list"]);
    check("environment: A=b", &["4:5 `environment` is no mapping"]);
    check(
        "environment: [A=b, {C: d}]",
        &["4:25 an item of `environment` that is no pair of a name and a value"],
    );
    check("environment: {A: ~, B: 1}", &[]);
    check("tmpfs: /tmp", &[]);
    check("ports: !reset x", &[]);
}
