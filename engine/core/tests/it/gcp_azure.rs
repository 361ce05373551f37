//! What Google Cloud and Azure are, in Terraform.

use std::collections::BTreeSet;

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::Notation;
use plumbline_rego::{Path, value::json};

use super::{documents, spelt};

/// The value at a pointer into the first entity of a kind.
#[track_caller]
fn entity(text: &str, kind: EntityKind, pointer: &str, expected: Option<&str>) {
    let (documents, problems) = documents(text, Notation::Hcl);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    reading.take_together(&documents.iter().collect::<Vec<_>>(), &BTreeSet::new());
    assert_eq!(spelt(text, &reading.problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let value = estate.of_kind(kind).next().unwrap().value();
    let found = value
        .at(&Path::from_pointer(pointer).unwrap())
        .map(json::to_string);
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// A resource with these lines, and what stands beside it.
fn resource(kind: &str, lines: &str, beside: &str) -> String {
    format!("resource \"{kind}\" \"a\" {{\n{lines}\n}}\n{beside}")
}

#[track_caller]
fn one(kind: &str, lines: &str, of: EntityKind, pointer: &str, expected: Option<&str>) {
    entity(&resource(kind, lines, ""), of, pointer, expected);
}

const RUN: &str = "google_cloud_run_v2_service";

#[test]
fn everybody_may_call_a_service_that_says_so() {
    let member = |member: &str| {
        format!(
            "resource \"google_cloud_run_v2_service_iam_member\" \"m\" {{\n  name = google_cloud_run_v2_service.a.name\n  role = \"roles/run.invoker\"\n  member = \"{member}\"\n}}\n"
        )
    };
    let check = |beside: &str, expected| {
        entity(
            &resource(RUN, "  name = \"a\"", beside),
            EntityKind::Endpoint,
            "/authentication",
            Some(expected),
        );
    };
    check("", r#""iam""#);
    check(&member("allUsers"), r#""none""#);
    check(&member("user:a@example.com"), r#""iam""#);
}

#[test]
fn a_service_lets_the_internet_in_unless_it_says_otherwise() {
    let check = |lines: &str, expected| {
        one(RUN, lines, EntityKind::Endpoint, "/exposure", expected);
    };
    check("", Some(r#""public""#));
    check("  ingress = \"INGRESS_TRAFFIC_ALL\"", Some(r#""public""#));
    check(
        "  ingress = \"INGRESS_TRAFFIC_INTERNAL_ONLY\"",
        Some(r#""internal""#),
    );
    check("  ingress = var.ingress", None);
}

#[test]
fn a_service_is_a_workload_with_its_containers() {
    let lines = "  template {\n    timeout = \"60s\"\n    scaling {\n      max_instance_count = 3\n    }\n    containers {\n      image = \"europe-docker.pkg.dev/p/r/web:1\"\n      env {\n        name = \"A\"\n        value = \"b\"\n      }\n      env {\n        name = \"S\"\n        value_source {\n          secret_key_ref {\n            secret = \"s\"\n          }\n        }\n      }\n      resources {\n        limits = {\n          memory = \"512Mi\"\n        }\n      }\n    }\n  }";
    let check = |pointer, expected| {
        one(RUN, lines, EntityKind::Workload, pointer, Some(expected));
    };
    check("/lifetime/max_seconds", "60");
    check("/lifetime/max_instances", "3");
    check("/lifetime/scale_to_zero", "true");
    check("/containers/0/image/tag", r#""1""#);
    check(
        "/containers/0/env",
        r#"[{"kind":"literal","name":"A","value":"b"},{"kind":"secret_ref","name":"S"}]"#,
    );
    check("/containers/0/resources/limits/memory_bytes", "536870912");
    one(
        RUN,
        "",
        EntityKind::Workload,
        "/lifetime/max_seconds",
        Some("300"),
    );
}

#[test]
fn a_function_is_called_by_requests_or_by_events() {
    const KIND: &str = "google_cloudfunctions2_function";
    let lines = "  service_config {\n    timeout_seconds = 120\n    environment_variables = {\n      A = \"b\"\n    }\n  }";
    let check = |pointer, expected| {
        one(KIND, lines, EntityKind::Workload, pointer, Some(expected));
    };
    check("/lifetime/max_seconds", "120");
    check("/containers/0/env/0/value", r#""b""#);
    check("/invoked_asynchronously", "false");
    one(
        KIND,
        lines,
        EntityKind::Endpoint,
        "/authentication",
        Some(r#""iam""#),
    );
    one(
        KIND,
        "  event_trigger {\n    event_type = \"x\"\n  }",
        EntityKind::Workload,
        "/invoked_asynchronously",
        Some("true"),
    );
}

#[test]
fn a_bucket_is_open_to_whom_it_is_granted_to() {
    let grant = "resource \"google_storage_bucket_iam_member\" \"m\" {\n  bucket = google_storage_bucket.a.name\n  member = \"allUsers\"\n}\n";
    let check = |lines: &str, beside: &str, expected| {
        entity(
            &resource("google_storage_bucket", lines, beside),
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    check("", "", "false");
    check("", grant, "true");
    check("  public_access_prevention = \"enforced\"", grant, "false");
}

#[test]
fn a_database_is_open_to_networks() {
    let check = |network: &str, expected| {
        one(
            "google_sql_database_instance",
            &format!(
                "  settings {{\n    ip_configuration {{\n      authorized_networks {{\n        value = \"{network}\"\n      }}\n    }}\n  }}"
            ),
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    check("0.0.0.0/0", "true");
    check("192.0.2.0/24", "false");
}

#[test]
fn a_subscription_of_a_topic_may_keep_what_fails() {
    let check = |lines: &str, pointer, expected| {
        one(
            "google_pubsub_subscription",
            &format!("  topic = google_pubsub_topic.t.id\n{lines}"),
            EntityKind::Subscription,
            pointer,
            Some(expected),
        );
    };
    check("", "/dead_letter", "false");
    check(
        "  dead_letter_policy {\n    dead_letter_topic = \"d\"\n    max_delivery_attempts = 7\n  }",
        "/dead_letter",
        "true",
    );
    check("", "/channel/name", r#""google_pubsub_topic.t""#);
    check("", "/channel/visibility_seconds", "10");
    check(
        "  ack_deadline_seconds = 60",
        "/channel/visibility_seconds",
        "60",
    );
    check("", "/max_age_seconds", "604800");
    check(
        "  message_retention_duration = \"1200s\"",
        "/max_age_seconds",
        "1200",
    );
}

#[test]
fn a_budget_tells_at_shares_of_one() {
    one(
        "google_billing_budget",
        "  amount {\n    specified_amount {\n      units = \"100\"\n    }\n  }\n  threshold_rules {\n    threshold_percent = 0.9\n  }\n  threshold_rules {\n    threshold_percent = 1\n  }",
        EntityKind::Budget,
        "/alerts",
        Some(r#"[{"percent":90},{"percent":100}]"#),
    );
}

#[test]
fn a_machine_is_given_what_its_script_exports() {
    let at = "/containers/0/env/0/value";
    let check = |kind: &str, lines: &str, expected| {
        one(kind, lines, EntityKind::Workload, at, expected);
    };
    check(
        "google_compute_instance",
        "  metadata_startup_script = \"export A=b\"",
        Some(r#""b""#),
    );
    check(
        "google_compute_instance",
        "  metadata = {\n    startup-script = \"export A=b\"\n  }",
        Some(r#""b""#),
    );
    check("google_compute_instance", "", None);
    check(
        "azurerm_linux_virtual_machine",
        "  admin_password = \"hunter2\"",
        Some(r#""hunter2""#),
    );
    check("azurerm_linux_virtual_machine", "", None);
}

#[test]
fn a_machine_may_have_an_address_on_the_internet() {
    let check = |lines: &str, expected| {
        one(
            "google_compute_instance",
            lines,
            EntityKind::Workload,
            "/network/public",
            expected,
        );
    };
    check(
        "  network_interface {\n    access_config {\n    }\n  }",
        Some("true"),
    );
    check("  network_interface {\n  }", None);
}

const APP: &str = "azurerm_linux_function_app";

#[test]
fn settings_of_an_app_are_its_variables() {
    let check = |value: &str, expected| {
        one(
            APP,
            &format!("  app_settings = {{\n    A = {value}\n  }}"),
            EntityKind::Workload,
            "/containers/0/env/0/kind",
            Some(expected),
        );
    };
    check("\"b\"", r#""literal""#);
    check(
        "\"@Microsoft.KeyVault(SecretUri=https://v/secrets/a)\"",
        r#""secret_ref""#,
    );
    check("azurerm_thing.t.key", r#""other_ref""#);
}

#[test]
fn an_app_asks_who_calls_it_or_leaves_it_to_its_code() {
    let check = |lines: &str, expected| {
        one(
            APP,
            lines,
            EntityKind::Endpoint,
            "/authentication",
            expected,
        );
    };
    check("", None);
    check(
        "  auth_settings_v2 {\n    auth_enabled = true\n  }",
        Some(r#""jwt""#),
    );
    check(
        "  auth_settings_v2 {\n    auth_enabled = true\n    unauthenticated_action = \"AllowAnonymous\"\n  }",
        None,
    );
}

#[test]
fn a_queue_sets_aside_what_fails_and_what_is_too_old_if_it_says_so() {
    let check = |lines: &str, pointer, expected| {
        one(
            "azurerm_servicebus_queue",
            lines,
            EntityKind::Channel,
            pointer,
            expected,
        );
    };
    check("", "/redrive", Some("true"));
    check("", "/max_receives", Some("10"));
    check("  max_delivery_count = 3", "/max_receives", Some("3"));
    check("", "/visibility_seconds", Some("60"));
    check(
        "  lock_duration = \"PT1M30S\"",
        "/visibility_seconds",
        Some("90"),
    );
    check(
        "  dead_lettering_on_message_expiration = true",
        "/expired_to_dead_letters",
        Some("true"),
    );
    check("", "/expired_to_dead_letters", None);
}

/// What is unknown of the first workload.
#[track_caller]
fn unknown(text: &str, expected: &[&str]) {
    let (documents, _) = documents(text, Notation::Hcl);
    let mut reading = Reading::default();
    reading.take_together(&documents.iter().collect::<Vec<_>>(), &BTreeSet::new());
    let (estate, _) = Estate::new(reading.resources);
    let workload = estate.of_kind(EntityKind::Workload).next().unwrap();
    let root = plumbline_core::tree::NodeId::ROOT;
    let unknown = workload
        .tree
        .unknowns(root, plumbline_core::tree::Typing::Json);
    let unknown: Vec<String> = unknown.iter().map(plumbline_core::problem::spell).collect();
    assert_eq!(unknown, expected);
}

#[test]
fn what_only_a_deployment_can_tell_is_not_left_out() {
    let merged = "merge(var.given, { A = \"b\" })";
    unknown(
        &resource(
            "azurerm_linux_function_app",
            &format!("  app_settings = {merged}"),
            "",
        ),
        &["containers[0].env[0]"],
    );
    unknown(
        &resource(
            "google_cloudfunctions2_function",
            &format!(
                "  service_config {{\n    environment_variables = {merged}\n    available_memory = var.memory\n  }}"
            ),
            "",
        ),
        &[
            "containers[0].env[0]",
            "containers[0].resources.limits.memory_bytes",
        ],
    );
    unknown(
        &resource(
            RUN,
            "  template {\n    containers {\n      image = var.image\n    }\n  }",
            "",
        ),
        &["containers[0].image"],
    );
}

#[test]
fn a_member_that_is_not_known_may_be_everybody_unless_it_begins_as_another_one() {
    let member = |kind: &str, name: &str, member: &str| {
        format!("resource \"{kind}\" \"m\" {{\n  {name} = \"a\"\n  member = {member}\n}}\n")
    };
    let account = "\"serviceAccount:${google_service_account.a.email}\"";
    let call = |of: &str| member("google_cloud_run_v2_service_iam_member", "name", of);
    let read = |of: &str| member("google_storage_bucket_iam_member", "bucket", of);
    let check = |beside: &str, expected| {
        entity(
            &resource(RUN, "  name = \"a\"", beside),
            EntityKind::Endpoint,
            "/authentication",
            expected,
        );
    };
    check(&call(account), Some(r#""iam""#));
    check(&call("var.member"), None);
    check(&call("\"allUsers\""), Some(r#""none""#));
    let check = |beside: &str, expected| {
        entity(
            &resource("google_storage_bucket", "  name = \"a\"", beside),
            EntityKind::Store,
            "/public",
            expected,
        );
    };
    check(&read(account), Some("false"));
    check(&read("var.member"), None);
    check(&read("\"allUsers\""), Some("true"));
}
