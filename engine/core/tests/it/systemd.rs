//! Units of systemd to resources to workloads.

use std::sync::Arc;

use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Origin, Typing};
use plumbline_rego::Path;

use super::{declares, found, spelt};

/// What a unit file under a name declares.
fn unit(name: &str, text: &str) -> Reading {
    let source = Arc::new(Source::new(name, text));
    let (documents, problems) = parse::parse(&source, FileId(0), Notation::Unit);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    for document in &documents {
        reading.take(document);
    }
    reading
}

#[track_caller]
fn ids(name: &str, text: &str, expected: &[&str], problems: &[&str]) {
    declares(&unit(name, text), text, expected, problems);
}

#[track_caller]
fn problems(service: &str, expected: &[&str]) {
    let text = format!("[Service]\n{service}\n");
    ids(
        "web.service",
        &text,
        &["host/web.service/service/web.service"],
        expected,
    );
}

/// The value at a pointer into the workload of a unit.
#[track_caller]
fn workload(name: &str, text: &str, pointer: &str, expected: Option<&str>) {
    let (estate, _) = Estate::new(unit(name, text).resources);
    let found = found(estate.entities.first(), pointer);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The value at a pointer into the workload of a service with these settings.
#[track_caller]
fn service(settings: &str, pointer: &str, expected: Option<&str>) {
    let text = format!("[Service]\n{settings}\n");
    workload("etc/web.service", &text, pointer, expected);
}

#[test]
fn a_unit_is_known_by_its_file_its_type_and_its_name() {
    ids(
        "etc/web.service",
        "[Service]\nExecStart=/bin/web\n",
        &["host/etc%2Fweb.service/service/web.service"],
        &[],
    );
    ids(
        "backup@.timer",
        "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n",
        &["host/backup%40.timer/timer/backup%40.timer"],
        &[],
    );
    ids(
        "shop.target",
        "[Unit]\nDescription=Shop\n",
        &["host/shop.target/target/shop.target"],
        &[],
    );
}

#[test]
fn its_kind_says_its_type() {
    let reading = unit("a/web.socket", "[Socket]\nListenStream=80\n");
    let kinds: Vec<(&str, &str)> = reading
        .resources
        .iter()
        .map(|resource| (resource.kind.as_str(), resource.name.as_str()))
        .collect();
    assert_eq!(kinds, [("systemd/socket", "web.socket")]);
}

#[test]
fn what_has_none_of_systemds_sections_is_no_unit() {
    for text in [
        "[D-BUS Service]\nName=org.example.Shop\n",
        "<?xml version=\"1.0\"?><service-group/>",
    ] {
        let reading = unit("org.example.service", text);
        assert_eq!((reading.unrecognised, reading.problems.len()), (1, 0));
    }
}

#[test]
fn a_unit_that_says_nothing_is_said() {
    let expected = ["1:1 a unit without any section"];
    for text in ["", "# a note\n"] {
        let reading = unit("masked.service", text);
        assert_eq!(reading.empty, 1);
        assert_eq!(spelt(text, &reading.problems), expected);
    }
    assert_eq!(unit("shop.target", "").problems.len(), 0);
}

#[test]
fn a_section_that_is_misspelt_is_said_with_what_was_meant() {
    let text = "[Serivce]\nExecStart=/bin/web\n";
    let reading = unit("web.service", text);
    let helps: Vec<&str> = reading
        .problems
        .iter()
        .filter_map(|problem| problem.help.as_deref())
        .collect();
    assert_eq!(
        spelt(text, &reading.problems),
        [
            "1:2 systemd ignores the section `[Serivce]` of a service",
            "1:2 a service without the section `[Service]`",
        ]
    );
    assert_eq!(helps.first(), Some(&"did you mean `[Service]`?"));
    assert!(!reading.problems.iter().any(Problem::is_error));
}

#[test]
fn a_section_in_the_wrong_case_is_said() {
    ids(
        "web.service",
        "[service]\nExecStart=/bin/web\n",
        &[],
        &["1:2 systemd does not know a section `[service]`: upper and lower case differ"],
    );
}

#[test]
fn a_section_that_the_type_does_not_have_is_said() {
    ids(
        "web.timer",
        "[Timer]\nOnBootSec=1\n[Service]\nUser=web\n[X-Shop]\nA=b\n",
        &["host/web.timer/timer/web.timer"],
        &["3:2 systemd ignores the section `[Service]` of a timer"],
    );
}

#[test]
fn a_service_without_its_section_is_said_and_runs_nothing() {
    let text = "[Unit]\nDescription=Shop\n";
    ids(
        "web.service",
        text,
        &["host/web.service/service/web.service"],
        &["1:2 a service without the section `[Service]`"],
    );
    workload("web.service", text, "", None);
}

#[test]
fn only_a_service_is_a_workload() {
    service("ExecStart=/bin/web", "/runtime/form", Some(r#""service""#));
    service("ExecStart=/bin/web", "/name", Some(r#""web.service""#));
    workload("web.timer", "[Timer]\nOnBootSec=1\n", "", None);
}

#[test]
fn its_one_container_is_itself() {
    let settings = "ExecStart=/bin/migrate\nExecStart=/bin/web \\\n  --port 80";
    service(settings, "/containers/0/name", Some(r#""web.service""#));
    service(settings, "/containers/0/role", Some(r#""container""#));
    service(
        settings,
        "/containers/0/command",
        Some(r#"["/bin/migrate","/bin/web --port 80"]"#),
    );
    service(settings, "/containers/1", None);
}

#[test]
fn what_is_for_other_programs_is_a_tag() {
    workload(
        "web.service",
        "[Unit]\nX-Governance-Class=steady\n[Service]\nExecStart=/bin/web\nX-Team=a\nX-Team=b\n",
        "/tags",
        Some(r#"{"X-Governance-Class":"steady","X-Team":"b"}"#),
    );
    service("ExecStart=/bin/web", "/tags", None);
}

#[test]
fn several_variables_stand_on_one_line() {
    let settings = "Environment=A=b \"C=d e\" F='g h'\nEnvironment=\"I=100%%\" J\nEnvironment=K=%i";
    service(
        settings,
        "/containers/0/env",
        Some(
            r#"[{"kind":"literal","name":"A","value":"b"},{"kind":"literal","name":"C","value":"d e"},{"kind":"literal","name":"F","value":"g h"},{"kind":"literal","name":"I","value":"100%"},{"kind":"other_ref","name":"K"}]"#,
        ),
    );
    service("Environment=A=b\nEnvironment=", "/containers/0/env", None);
}

#[test]
fn what_the_manager_passes_on_is_no_literal() {
    service(
        "PassEnvironment=A B",
        "/containers/0/env",
        Some(r#"[{"kind":"other_ref","name":"A"},{"kind":"other_ref","name":"B"}]"#),
    );
}

#[test]
fn a_credential_is_a_literal_where_the_unit_holds_it() {
    service(
        "SetCredential=db-password:hunter22:x",
        "/containers/0/env",
        Some(r#"[{"kind":"literal","name":"db-password","value":"hunter22:x"}]"#),
    );
    service(
        "LoadCredential=db-password:/etc/db\nSetCredentialEncrypted=key:k6iUCUh0RJCQ",
        "/containers/0/env",
        None,
    );
}

#[test]
fn files_and_credentials_are_sources_of_the_environment() {
    service(
        "EnvironmentFile=-/etc/web.env\nLoadCredential=db:/etc/db\nSetCredentialEncrypted=key:k6iUCUh0RJCQ",
        "/containers/0/env_from",
        Some(
            r#"[{"kind":"file_ref","name":"/etc/web.env"},{"kind":"secret_ref","name":"db"},{"kind":"secret_ref","name":"key"}]"#,
        ),
    );
    service("ExecStart=/bin/web", "/containers/0/env_from", None);
}

#[test]
fn a_service_that_says_nothing_runs_as_root() {
    for settings in [
        "ExecStart=/bin/web",
        "User=root",
        "User=0",
        "User=web\nUser=",
    ] {
        service(settings, "/containers/0/isolation/run_as_user", Some("0"));
    }
    service("ExecStart=/bin/web", "/identity/name", Some(r#""root""#));
}

#[test]
fn a_user_of_its_own_is_not_root() {
    for settings in ["User=web", "DynamicUser=yes"] {
        service(settings, "/containers/0/isolation/run_as_user", None);
        service(
            settings,
            "/containers/0/isolation/run_as_non_root",
            Some("true"),
        );
    }
    service(
        "User=root\nUser=1000",
        "/containers/0/isolation/run_as_user",
        Some("1000"),
    );
    service("User=web", "/identity/name", Some(r#""web""#));
    service("DynamicUser=on", "/identity/name", Some(r#""dynamic""#));
    service("DynamicUser=no", "/identity/name", Some(r#""root""#));
}

#[test]
fn a_command_with_full_privileges_runs_as_root_all_the_same() {
    for command in ["+/bin/web", "-+/bin/web", "!/bin/web"] {
        service(
            &format!("User=web\nExecStart={command}"),
            "/containers/0/isolation/run_as_user",
            Some("0"),
        );
    }
    for command in ["-/bin/web", "!!/bin/web", "/bin/web +x"] {
        service(
            &format!("User=web\nExecStart={command}"),
            "/containers/0/isolation/run_as_user",
            None,
        );
    }
}

#[test]
fn whom_a_unit_of_a_users_manager_runs_as_is_not_known() {
    let name = "etc/systemd/user/web.service";
    let text = "[Service]\nExecStart=/bin/web\n";
    workload(name, text, "/identity/name", None);
    workload(name, text, "/containers/0/isolation/run_as_user", None);
    service("User=%i", "/identity/name", None);
    service("User=%i", "/containers/0/isolation/run_as_non_root", None);
}

#[test]
fn privileges_cannot_grow_where_the_unit_says_so() {
    let pointer = "/containers/0/isolation/allow_privilege_escalation";
    for spelt in ["yes", "true", "on", "1"] {
        service(&format!("NoNewPrivileges={spelt}"), pointer, Some("false"));
    }
    service("DynamicUser=yes", pointer, Some("false"));
    service("NoNewPrivileges=no", pointer, Some("true"));
    service(
        "NoNewPrivileges=yes\nNoNewPrivileges=no",
        pointer,
        Some("true"),
    );
    service("ExecStart=/bin/web", pointer, None);
}

#[test]
fn only_a_strict_system_is_read_only() {
    let pointer = "/containers/0/isolation/read_only_root_filesystem";
    service("ProtectSystem=strict", pointer, Some("true"));
    service("DynamicUser=yes", pointer, Some("true"));
    service("ProtectSystem=full", pointer, Some("false"));
    service("ExecStart=/bin/web", pointer, None);
}

#[test]
fn what_is_listed_is_all_that_is_left_of_the_capabilities() {
    let pointer = "/containers/0/isolation/capabilities";
    service(
        "CapabilityBoundingSet=CAP_NET_RAW cap_chown\nCapabilityBoundingSet=CAP_KILL",
        pointer,
        Some(r#"{"add":["NET_RAW","CHOWN","KILL"],"drop":["ALL"]}"#),
    );
    service(
        "CapabilityBoundingSet=CAP_NET_RAW CAP_KILL\nCapabilityBoundingSet=~CAP_NET_RAW",
        pointer,
        Some(r#"{"add":["KILL"],"drop":["ALL"]}"#),
    );
    service(
        "CapabilityBoundingSet=",
        pointer,
        Some(r#"{"add":[],"drop":["ALL"]}"#),
    );
}

#[test]
fn what_is_listed_after_a_tilde_is_dropped() {
    let pointer = "/containers/0/isolation/capabilities";
    service(
        "CapabilityBoundingSet=~CAP_NET_RAW CAP_KILL\nCapabilityBoundingSet=CAP_KILL",
        pointer,
        Some(r#"{"drop":["NET_RAW"]}"#),
    );
    service(
        "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=~",
        pointer,
        Some(r#"{"drop":[]}"#),
    );
    service("ExecStart=/bin/web", pointer, None);
}

#[test]
fn the_sandbox_is_what_is_written() {
    service(
        "ProtectSystem=full\nPrivateTmp=on\nNoNewPrivileges=0\nSystemCallFilter=@system-service\nSystemCallFilter=~@mount\nProtectHome=yes\nProtectHome=tmpfs\nDynamicUser=yes",
        "/containers/0/sandbox",
        Some(
            r#"{"dynamic_user":true,"no_new_privileges":false,"private_tmp":true,"protect_home":"tmpfs","protect_system":"full","system_call_filter":"@system-service ~@mount"}"#,
        ),
    );
    service(
        "PrivateTmp=yes\nPrivateTmp=",
        "/containers/0/sandbox",
        Some("{}"),
    );
}

#[test]
fn limits_are_numbers() {
    service(
        "MemoryMax=512M\nCPUQuota=150%",
        "/resources/limits",
        Some(r#"{"cpu_m":1500,"memory_bytes":536870912}"#),
    );
    service("ExecStart=/bin/web", "/resources", None);
}

#[test]
fn no_limit_is_none_and_a_share_is_not_known() {
    for settings in ["MemoryMax=infinity", "MemoryMax=10%"] {
        service(settings, "/resources/limits", Some("{}"));
    }
}

#[test]
fn a_time_to_run_is_in_seconds() {
    let pointer = "/lifetime/max_seconds";
    service("RuntimeMaxSec=5min 20s", pointer, Some("320"));
    service("RuntimeMaxSec=infinity", pointer, None);
    service(
        "Type=oneshot\nRuntimeMaxSec=1\nTimeoutStartSec=2h",
        pointer,
        Some("7200"),
    );
}

#[test]
fn restarts_the_watchdog_and_the_log_are_told() {
    let settings = "Restart=always\nWatchdogSec=30\nStandardOutput=journal";
    service(
        settings,
        "/failure",
        Some(r#"{"restart":"always","watchdog_seconds":30}"#),
    );
    service(settings, "/observability/log", Some(r#""journal""#));
    service("ExecStart=/bin/web", "/failure", Some("{}"));
    service("ExecStart=/bin/web", "/observability", Some("{}"));
}

#[test]
fn what_systemd_cannot_read_is_said() {
    problems(
        "NoNewPrivileges=maybe\nRuntimeMaxSec=soon\nMemoryMax=4GB\nCPUQuota=2",
        &[
            "2:17 `NoNewPrivileges` is given what is no boolean, and systemd ignores it",
            "3:15 `RuntimeMaxSec` is given what is no time span, and systemd ignores it",
            "4:11 `MemoryMax` is given what is no size, and systemd ignores it",
            "5:10 `CPUQuota` is given what is no percentage, and systemd ignores it",
        ],
    );
    problems(
        "NoNewPrivileges=yes\nRuntimeMaxSec=infinity\nMemoryMax=10%\nCPUQuota=200%",
        &[],
    );
}

#[test]
fn a_variable_that_systemd_ignores_is_said() {
    problems(
        "Environment=A=b c\nEnvironment=1A=b\nEnvironment=\"A=b\nSetCredential=a",
        &[
            "2:13 expected `NAME=value`, found what systemd ignores",
            "3:13 expected `NAME=value`, found what systemd ignores",
            "4:13 a quote that is not closed; systemd ignores what it stands in",
            "5:15 expected `ID:VALUE`, found a credential without a value",
        ],
    );
    problems("Environment=\"A=b c\" B=\nSetCredential=a:b", &[]);
}

/// The first line, from 1, of what a pointer into the workload of a service was read from.
#[track_caller]
fn line(settings: &str, pointer: &str, expected: u32) {
    let text = format!("[Service]\n{settings}\n");
    let (estate, _) = Estate::new(unit("web.service", &text).resources);
    let entity = estate.entities.first().unwrap();
    let resource = estate.resources.first().unwrap();
    let path = Path::from_pointer(pointer).unwrap();
    let reached = entity.tree.follow(NodeId::ROOT, &path, Typing::Json);
    assert_eq!(reached.steps, path.len(), "{pointer}");
    let Some(Origin::Derived { from: node } | Origin::Default { under: node }) =
        entity.tree.origin(reached.node)
    else {
        unreachable!("a workload is computed");
    };
    let span = resource.tree.place(node).unwrap();
    let position = Source::new("web.service", text.as_str()).position(span.start);
    assert_eq!(position.line, expected, "{pointer}");
}

#[test]
fn every_value_is_traced_to_its_line() {
    let settings = "User=web\nEnvironment=A=b\nEnvironment=C=d\nProtectSystem=full\nMemoryMax=1G";
    line(settings, "/identity/name", 2);
    line(settings, "/containers/0/env/1/value", 4);
    line(
        settings,
        "/containers/0/isolation/read_only_root_filesystem",
        5,
    );
    line(settings, "/resources/limits/memory_bytes", 6);
}

#[test]
fn a_default_is_traced_to_the_section() {
    line("ExecStart=/bin/web", "/identity/name", 1);
    line(
        "ExecStart=/bin/web",
        "/containers/0/isolation/run_as_user",
        1,
    );
}

#[test]
fn a_boolean_that_systemd_cannot_read_changes_nothing() {
    let sandbox = "/containers/0/sandbox";
    service("NoNewPrivileges=maybe", sandbox, Some("{}"));
    service(
        "NoNewPrivileges=yes\nNoNewPrivileges=maybe",
        sandbox,
        Some(r#"{"no_new_privileges":true}"#),
    );
    problems(
        "PrivateDevices=maybe",
        &["2:16 `PrivateDevices` is given what is no boolean, and systemd ignores it"],
    );
}
