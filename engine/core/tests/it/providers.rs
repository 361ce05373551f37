//! What further resources of AWS, Google Cloud and Azure become, and what holds where they say nothing.

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::Notation;
use plumbline_rego::{Path, value::json};

use super::{documents, spelt};

/// The value at a pointer into the first entity of a kind, if there is one.
#[track_caller]
fn check(text: &str, notation: Notation, of: EntityKind, pointer: &str, expected: Option<&str>) {
    let (documents, problems) = documents(text, notation);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    if notation == Notation::Hcl {
        reading.take_together(
            &documents.iter().collect::<Vec<_>>(),
            &std::collections::BTreeSet::new(),
        );
    } else {
        for document in &documents {
            reading.take(document);
        }
    }
    assert_eq!(spelt(text, &reading.problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let path = Path::from_pointer(pointer).unwrap();
    let found = estate.of_kind(of).next().and_then(|entity| {
        let value = entity.value();
        value.at(&path).map(json::to_string)
    });
    assert_eq!(found.as_deref(), expected, "{pointer} of {text}");
}

/// The same of a resource of Terraform with these lines, and what stands beside it.
#[track_caller]
fn beside(
    kind: &str,
    (lines, beside): (&str, &str),
    of: EntityKind,
    pointer: &str,
    expected: Option<&str>,
) {
    let text = format!("resource \"{kind}\" \"a\" {{\n{lines}\n}}\n{beside}\n");
    check(&text, Notation::Hcl, of, pointer, expected);
}

/// The same of a resource of Terraform that stands alone.
#[track_caller]
fn hcl(kind: &str, lines: &str, of: EntityKind, pointer: &str, expected: Option<&str>) {
    beside(kind, (lines, ""), of, pointer, expected);
}

/// The same of a template with one resource of a type.
#[track_caller]
fn template(kind: &str, properties: &str, of: EntityKind, pointer: &str, expected: Option<&str>) {
    let text = format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {{Type: {kind}, Properties: {properties}}}\n"
    );
    check(&text, Notation::Yaml, of, pointer, expected);
}

const APP: &str = "azurerm_container_app";

const CONTAINER: &str = r#"
  template {
    container {
      name   = "web"
      image  = "registry.example.com/web:1"
      cpu    = 0.5
      memory = "1Gi"
      env {
        name  = "A"
        value = "b"
      }
      env {
        name        = "S"
        secret_name = "s"
      }
    }
  }"#;

#[test]
fn a_container_app_is_a_workload_with_its_containers() {
    let check = |pointer, expected| {
        hcl(APP, CONTAINER, EntityKind::Workload, pointer, expected);
    };
    check("/runtime/form", Some(r#""container""#));
    check("/containers/0/image/tag", Some(r#""1""#));
    check(
        "/containers/0/env",
        Some(r#"[{"kind":"literal","name":"A","value":"b"},{"kind":"secret_ref","name":"S"}]"#),
    );
    check("/containers/0/resources/limits/cpu_m", Some("500"));
    check(
        "/containers/0/resources/limits/memory_bytes",
        Some("1073741824"),
    );
    check("/lifetime/max_instances", Some("10"));
    check("/lifetime/scale_to_zero", Some("true"));
    check("/state/persistent", Some("false"));
    check("/identity", None);
}

#[test]
fn a_container_app_may_keep_some_replicas_and_files() {
    let lines = r#"
  template {
    min_replicas = 1
    max_replicas = 3
    volume {
      name         = "v"
      storage_type = "AzureFile"
    }
  }
  identity {
    type = "SystemAssigned"
  }"#;
    let check = |pointer, expected| {
        hcl(APP, lines, EntityKind::Workload, pointer, Some(expected));
    };
    check("/lifetime/min_instances", "1");
    check("/lifetime/max_instances", "3");
    check("/lifetime/scale_to_zero", "false");
    check("/state/persistent", "true");
    check("/identity/name", r#""azurerm_container_app.a""#);
}

#[test]
fn a_secret_whose_value_stands_in_the_file_is_none() {
    let check = |value: &str, expected| {
        let secret = format!("  secret {{\n    name  = \"s\"\n    value = {value}\n  }}");
        hcl(
            APP,
            &format!("{CONTAINER}\n{secret}"),
            EntityKind::Workload,
            "/containers/0/env/1/kind",
            Some(expected),
        );
    };
    check("\"hunter2\"", r#""literal""#);
    check("var.secret", r#""secret_ref""#);
}

#[test]
fn a_container_app_is_reached_as_its_ingress_says() {
    let check = |lines: &str, pointer, expected| {
        let lines = format!("  ingress {{\n    target_port = 80\n{lines}\n  }}");
        hcl(APP, &lines, EntityKind::Endpoint, pointer, expected);
    };
    check("", "/exposure", Some(r#""internal""#));
    check(
        "    external_enabled = true",
        "/exposure",
        Some(r#""public""#),
    );
    check("    external_enabled = var.open", "/exposure", None);
    check("", "/tls", Some("true"));
    check(
        "    allow_insecure_connections = true",
        "/tls",
        Some("false"),
    );
    check("    transport = \"tcp\"", "/tls", None);
    check("", "/authentication", None);
    check(
        "    client_certificate_mode = \"require\"",
        "/authentication",
        Some(r#""iam""#),
    );
    hcl(APP, "", EntityKind::Endpoint, "/exposure", None);
}

#[test]
fn an_app_of_functions_runs_on_the_system_that_its_type_names() {
    for (kind, os) in [
        ("azurerm_linux_function_app", r#""linux""#),
        ("azurerm_windows_function_app", r#""windows""#),
    ] {
        hcl(kind, "", EntityKind::Workload, "/runtime/os", Some(os));
        hcl(
            kind,
            "",
            EntityKind::Workload,
            "/lifetime/max_instances",
            None,
        );
    }
}

#[test]
fn a_version_is_a_number_on_every_system() {
    for (kind, version) in [
        ("azurerm_linux_function_app", "18"),
        ("azurerm_windows_function_app", "~18"),
    ] {
        let lines = format!(
            "  site_config {{\n    application_stack {{\n      node_version = \"{version}\"\n    }}\n  }}"
        );
        hcl(
            kind,
            &lines,
            EntityKind::Workload,
            "/runtime/language",
            Some(r#""nodejs18""#),
        );
    }
}

#[test]
fn an_app_of_a_flexible_plan_has_a_limit() {
    let check = |lines, pointer, expected| {
        hcl(
            "azurerm_function_app_flex_consumption",
            lines,
            EntityKind::Workload,
            pointer,
            expected,
        );
    };
    check("", "/lifetime/max_instances", Some("100"));
    check(
        "  maximum_instance_count = 40",
        "/lifetime/max_instances",
        Some("40"),
    );
    check(
        "  runtime_name = \"node\"\n  runtime_version = \"20\"",
        "/runtime/language",
        Some(r#""nodejs20""#),
    );
    check("", "/runtime/language", None);
}

#[test]
fn machines_of_azure_are_given_passwords_and_addresses() {
    let address = r#"
  network_interface {
    name = "n"
    ip_configuration {
      name = "i"
      public_ip_address {
        name = "p"
      }
    }
  }"#;
    for (kind, os) in [
        ("azurerm_linux_virtual_machine_scale_set", r#""linux""#),
        ("azurerm_windows_virtual_machine_scale_set", r#""windows""#),
    ] {
        let check = |lines, pointer, expected| {
            hcl(kind, lines, EntityKind::Workload, pointer, expected);
        };
        check("", "/runtime/os", Some(os));
        check(address, "/network/public", Some("true"));
        check("", "/network/public", None);
    }
    let check = |lines, expected| {
        hcl(
            "azurerm_windows_virtual_machine",
            lines,
            EntityKind::Workload,
            "/containers/0/env/0/value",
            expected,
        );
    };
    check("  admin_password = \"hunter2\"", Some(r#""hunter2""#));
    check("", None);
}

#[test]
fn an_account_is_open_where_a_container_is_and_it_lets_it() {
    let container = |access: &str| {
        format!(
            "resource \"azurerm_storage_container\" \"c\" {{\n  storage_account_id = azurerm_storage_account.a.id\n  container_access_type = \"{access}\"\n}}"
        )
    };
    let check = |lines: &str, access: &str, expected| {
        beside(
            "azurerm_storage_account",
            (lines, &container(access)),
            EntityKind::Store,
            "/public",
            expected,
        );
    };
    check("", "private", Some("false"));
    check("", "blob", Some("true"));
    check("", "container", Some("true"));
    check(
        "  allow_nested_items_to_be_public = false",
        "blob",
        Some("false"),
    );
    check("  allow_nested_items_to_be_public = var.open", "blob", None);
    check(
        "  network_rules {\n    default_action = \"Deny\"\n  }",
        "blob",
        Some("false"),
    );
}

#[test]
fn an_account_brings_back_what_it_was_told_to_keep() {
    let check = |lines, expected| {
        hcl(
            "azurerm_storage_account",
            lines,
            EntityKind::Store,
            "/backup",
            Some(expected),
        );
    };
    check("", "false");
    check(
        "  blob_properties {\n    versioning_enabled = true\n  }",
        "true",
    );
    check(
        "  blob_properties {\n    delete_retention_policy {\n      days = 7\n    }\n  }",
        "true",
    );
}

#[test]
fn a_server_is_open_where_a_rule_goes_on_to_the_last_address() {
    let servers = [
        (
            "azurerm_mssql_server",
            "azurerm_mssql_firewall_rule",
            "server_id = azurerm_mssql_server.a.id",
            "public_network_access_enabled = false",
        ),
        (
            "azurerm_postgresql_flexible_server",
            "azurerm_postgresql_flexible_server_firewall_rule",
            "server_id = azurerm_postgresql_flexible_server.a.id",
            "public_network_access_enabled = false",
        ),
        (
            "azurerm_mysql_flexible_server",
            "azurerm_mysql_flexible_server_firewall_rule",
            "server_name = azurerm_mysql_flexible_server.a.name",
            "public_network_access = \"Disabled\"",
        ),
    ];
    for (kind, rule, server, closed) in servers {
        let check = |lines: &str, last: &str, expected| {
            let rule = format!(
                "resource \"{rule}\" \"r\" {{\n  {server}\n  start_ip_address = \"0.0.0.0\"\n  end_ip_address = \"{last}\"\n}}"
            );
            let store = EntityKind::Store;
            beside(kind, (lines, &rule), store, "/public", Some(expected));
        };
        check("", "255.255.255.255", "true");
        check("", "0.0.0.0", "false");
        check(closed, "255.255.255.255", "false");
        hcl(kind, "", EntityKind::Store, "/encrypted", Some("true"));
    }
}

#[test]
fn logs_are_kept_for_a_month_where_nothing_is_written() {
    for (kind, key) in [
        ("azurerm_log_analytics_workspace", "retention_in_days"),
        ("google_logging_project_bucket_config", "retention_days"),
    ] {
        let check = |lines: &str, expected| {
            hcl(
                kind,
                lines,
                EntityKind::Store,
                "/log_retention_days",
                expected,
            );
        };
        check("", Some("30"));
        check(&format!("  {key} = 90"), Some("90"));
        check(&format!("  {key} = var.days"), None);
    }
    hcl(
        "aws_cloudwatch_log_group",
        "",
        EntityKind::Store,
        "/log_retention_days",
        None,
    );
}

#[test]
fn a_topic_of_a_service_bus_is_a_channel() {
    let check = |lines, pointer, expected| {
        hcl(
            "azurerm_servicebus_topic",
            lines,
            EntityKind::Channel,
            pointer,
            expected,
        );
    };
    check("", "/form", Some(r#""topic""#));
    check(
        "  default_message_ttl = \"P1D\"",
        "/retention_seconds",
        Some("86400"),
    );
    check("", "/retention_seconds", None);
}

#[test]
fn a_subscription_of_a_topic_sets_aside_what_fails_and_may_be_filtered() {
    let rule = "resource \"azurerm_servicebus_subscription_rule\" \"r\" {\n  subscription_id = azurerm_servicebus_subscription.a.id\n}";
    let check = |rule, pointer, expected| {
        beside(
            "azurerm_servicebus_subscription",
            (
                "  topic_id = azurerm_servicebus_topic.t.id\n  max_delivery_count = 5",
                rule,
            ),
            EntityKind::Subscription,
            pointer,
            Some(expected),
        );
    };
    check("", "/channel/name", r#""azurerm_servicebus_topic.t""#);
    check("", "/channel/visibility_seconds", "60");
    check("", "/dead_letter", "true");
    check("", "/retries", "5");
    check("", "/filtered", "false");
    check(rule, "/filtered", "true");
}

#[test]
fn events_of_a_grid_are_dropped_unless_there_is_a_place_for_them() {
    let check = |lines, pointer, expected| {
        hcl(
            "azurerm_eventgrid_event_subscription",
            lines,
            EntityKind::Subscription,
            pointer,
            Some(expected),
        );
    };
    check("", "/dead_letter", "false");
    check(
        "  storage_blob_dead_letter_destination {\n    storage_account_id = azurerm_storage_account.s.id\n  }",
        "/dead_letter",
        "true",
    );
    check("", "/retries", "30");
    check("", "/max_age_seconds", "86400");
    check(
        "  retry_policy {\n    max_delivery_attempts = 3\n    event_time_to_live = 10\n  }",
        "/max_age_seconds",
        "600",
    );
    check("", "/filtered", "false");
    check(
        "  subject_filter {\n    subject_begins_with = \"a\"\n  }",
        "/filtered",
        "true",
    );
    check(
        "  azure_function_endpoint {\n    function_id = \"${azurerm_linux_function_app.f.id}/functions/b\"\n  }",
        "/consumer/name",
        r#""azurerm_linux_function_app.f""#,
    );
}

#[test]
fn a_notification_that_is_off_is_no_alert() {
    for kind in [
        "azurerm_consumption_budget_subscription",
        "azurerm_consumption_budget_resource_group",
        "azurerm_consumption_budget_management_group",
    ] {
        let check = |enabled: &str, expected| {
            let lines = format!("  notification {{\n    threshold = 90\n{enabled}\n  }}");
            hcl(kind, &lines, EntityKind::Budget, "/alerts", Some(expected));
        };
        check("", r#"[{"percent":90}]"#);
        check("    enabled = false", "[]");
    }
}

#[test]
fn the_first_version_of_a_service_is_written_as_knative_writes_it() {
    const KIND: &str = "google_cloud_run_service";
    let lines = r#"
  template {
    metadata {
      annotations = {
        "autoscaling.knative.dev/minScale" = "1"
      }
    }
    spec {
      timeout_seconds = 60
      containers {
        image = "registry.example.com/web:1"
        env {
          name = "S"
          value_from {
            secret_key_ref {
              name = "s"
              key  = "1"
            }
          }
        }
      }
    }
  }"#;
    let check = |lines, pointer, expected| {
        hcl(KIND, lines, EntityKind::Workload, pointer, Some(expected));
    };
    check(lines, "/lifetime/min_instances", "1");
    check(lines, "/lifetime/scale_to_zero", "false");
    check(lines, "/lifetime/max_seconds", "60");
    check(lines, "/containers/0/env/0/kind", r#""secret_ref""#);
    check("", "/lifetime/min_instances", "0");
    check("", "/lifetime/max_instances", "100");
    check("", "/lifetime/max_seconds", "300");
    let check = |lines: &str, expected| {
        hcl(
            KIND,
            lines,
            EntityKind::Endpoint,
            "/exposure",
            Some(expected),
        );
    };
    let ingress = |word: &str| {
        format!(
            "  metadata {{\n    annotations = {{\n      \"run.googleapis.com/ingress\" = \"{word}\"\n    }}\n  }}"
        )
    };
    check("", r#""public""#);
    check(&ingress("all"), r#""public""#);
    check(&ingress("internal"), r#""internal""#);
}

#[test]
fn nobody_calls_a_job() {
    const KIND: &str = "google_cloud_run_v2_job";
    let lines =
        "  template {\n    template {\n      timeout = \"60s\"\n      max_retries = 1\n    }\n  }";
    let check = |lines, pointer, expected| {
        hcl(KIND, lines, EntityKind::Workload, pointer, Some(expected));
    };
    check("", "/runtime/form", r#""job""#);
    check("", "/lifetime/max_seconds", "600");
    check(lines, "/lifetime/max_seconds", "60");
    check("", "/failure/retries", "3");
    check(lines, "/failure/retries", "1");
    hcl(KIND, "", EntityKind::Endpoint, "/form", None);
}

const FIRST: &str = "google_cloudfunctions_function";

#[test]
fn a_function_of_the_first_generation_has_no_limit_of_its_own() {
    let check = |lines, pointer, expected| {
        hcl(FIRST, lines, EntityKind::Workload, pointer, expected);
    };
    check("", "/lifetime/max_seconds", Some("60"));
    check("  timeout = 120", "/lifetime/max_seconds", Some("120"));
    check("", "/lifetime/max_instances", None);
    check("  max_instances = 5", "/lifetime/max_instances", Some("5"));
    let memory = "/containers/0/resources/limits/memory_bytes";
    check("", memory, Some("268435456"));
    check("  available_memory_mb = 512", memory, Some("536870912"));
    check("", "/invoked_asynchronously", Some("false"));
    let event = "  event_trigger {\n    event_type = \"x\"\n    failure_policy {\n      retry = true\n    }\n  }";
    check(event, "/invoked_asynchronously", Some("true"));
    check(event, "/failure/retried", Some("true"));
    hcl(FIRST, event, EntityKind::Endpoint, "/form", None);
}

#[test]
fn a_function_of_the_first_generation_says_whether_it_answers_in_the_clear() {
    let check = |lines, expected| {
        hcl(FIRST, lines, EntityKind::Endpoint, "/tls", expected);
    };
    check("", None);
    check(
        "  https_trigger_security_level = \"SECURE_ALWAYS\"",
        Some("true"),
    );
    check(
        "  https_trigger_security_level = \"SECURE_OPTIONAL\"",
        Some("false"),
    );
    let member = |member: &str| {
        format!(
            "resource \"google_cloudfunctions_function_iam_member\" \"m\" {{\n  cloud_function = google_cloudfunctions_function.a.name\n  member = \"{member}\"\n}}"
        )
    };
    let check = |member: &str, expected| {
        beside(
            FIRST,
            ("", member),
            EntityKind::Endpoint,
            "/authentication",
            Some(expected),
        );
    };
    check(&member("allUsers"), r#""none""#);
    check(&member("user:a@example.com"), r#""iam""#);
}

#[test]
fn a_template_of_machines_is_given_what_its_script_exports() {
    let check = |lines, expected| {
        hcl(
            "google_compute_instance_template",
            lines,
            EntityKind::Workload,
            "/containers/0/env/0/value",
            expected,
        );
    };
    check("  metadata_startup_script = \"export A=b\"", Some(r#""b""#));
    check("", None);
}

#[test]
fn a_dataset_is_open_to_whom_it_is_granted_to() {
    let check = |lines, grant, expected| {
        beside(
            "google_bigquery_dataset",
            (lines, grant),
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    let access = "  access {\n    role = \"READER\"\n    special_group = \"projectReaders\"\n  }";
    let open =
        "  access {\n    role = \"READER\"\n    special_group = \"allAuthenticatedUsers\"\n  }";
    let grant = "resource \"google_bigquery_dataset_iam_member\" \"m\" {\n  dataset_id = google_bigquery_dataset.a.dataset_id\n  member = \"allUsers\"\n}";
    check("", "", "false");
    check(access, "", "false");
    check(open, "", "true");
    check("", grant, "true");
}

#[test]
fn a_trigger_hands_events_to_its_destination() {
    let lines = r#"
  matching_criteria {
    attribute = "type"
    value     = "google.cloud.pubsub.topic.v1.messagePublished"
  }
  transport {
    pubsub {
      topic = google_pubsub_topic.t.id
    }
  }
  destination {
    cloud_run_service {
      service = google_cloud_run_v2_service.s.name
    }
  }"#;
    let more =
        format!("{lines}\n  matching_criteria {{\n    attribute = \"a\"\n    value = \"b\"\n  }}");
    let check = |lines: &str, pointer, expected| {
        hcl(
            "google_eventarc_trigger",
            lines,
            EntityKind::Subscription,
            pointer,
            expected,
        );
    };
    check(lines, "/channel/name", Some(r#""google_pubsub_topic.t""#));
    check(
        lines,
        "/consumer/name",
        Some(r#""google_cloud_run_v2_service.s""#),
    );
    check(lines, "/filtered", Some("false"));
    check(&more, "/filtered", Some("true"));
    check(lines, "/dead_letter", None);
}

#[test]
fn a_state_machine_neither_traces_nor_logs_unless_it_says_so() {
    let of = EntityKind::Workload;
    let (tracing, logging) = ("/observability/tracing", "/observability/logging");
    let terraform = |lines, pointer, expected| {
        hcl("aws_sfn_state_machine", lines, of, pointer, Some(expected));
    };
    terraform("", "/runtime/form", r#""state-machine""#);
    terraform("", tracing, "false");
    terraform(
        "  tracing_configuration {\n    enabled = true\n  }",
        tracing,
        "true",
    );
    terraform("", logging, "false");
    terraform(
        "  logging_configuration {\n    level = \"OFF\"\n  }",
        logging,
        "false",
    );
    terraform(
        "  logging_configuration {\n    level = \"ALL\"\n  }",
        logging,
        "true",
    );
    terraform(
        "  role_arn = aws_iam_role.r.arn",
        "/identity/name",
        r#""aws_iam_role.r""#,
    );
    for (kind, traced) in [
        (
            "AWS::StepFunctions::StateMachine",
            "{TracingConfiguration: {Enabled: true}}",
        ),
        (
            "AWS::Serverless::StateMachine",
            "{Tracing: {Enabled: true}}",
        ),
    ] {
        template(kind, "{}", of, tracing, Some("false"));
        template(kind, traced, of, tracing, Some("true"));
    }
}

#[test]
fn globals_are_for_state_machines_too() {
    check(
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  StateMachine:\n    Tracing: {Enabled: true}\nResources:\n  A:\n    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: a.json}\n",
        Notation::Yaml,
        EntityKind::Workload,
        "/observability/tracing",
        Some("true"),
    );
}

#[test]
fn events_of_a_state_machine_are_subscriptions() {
    template(
        "AWS::Serverless::StateMachine",
        "{Events: {Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}}",
        EntityKind::Subscription,
        "/form",
        Some(r#""schedule""#),
    );
    template(
        "AWS::Serverless::StateMachine",
        "{}",
        EntityKind::Subscription,
        "/form",
        None,
    );
}

#[test]
fn a_stream_keeps_records_for_a_day_in_the_clear_unless_it_says_otherwise() {
    let of = EntityKind::Channel;
    let terraform = |lines, pointer, expected| {
        hcl("aws_kinesis_stream", lines, of, pointer, expected);
    };
    terraform("", "/form", Some(r#""stream""#));
    terraform("", "/retention_seconds", Some("86400"));
    terraform(
        "  retention_period = 48",
        "/retention_seconds",
        Some("172800"),
    );
    terraform("  retention_period = var.hours", "/retention_seconds", None);
    terraform("", "/encrypted", Some("false"));
    terraform("  encryption_type = \"NONE\"", "/encrypted", Some("false"));
    terraform("  encryption_type = \"KMS\"", "/encrypted", Some("true"));
    let of_template = |properties, pointer, expected| {
        template("AWS::Kinesis::Stream", properties, of, pointer, expected);
    };
    of_template("{}", "/retention_seconds", Some("86400"));
    of_template(
        "{RetentionPeriodHours: 48}",
        "/retention_seconds",
        Some("172800"),
    );
    of_template("{}", "/encrypted", Some("false"));
    of_template(
        "{StreamEncryption: {EncryptionType: KMS, KeyId: alias/a}}",
        "/encrypted",
        Some("true"),
    );
}

/// Stores of AWS, what they say in Terraform and in templates, and what follows from that.
const STORES: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "aws_ebs_volume",
        "",
        "AWS::EC2::Volume",
        "{}",
        "/encrypted",
        "false",
    ),
    (
        "aws_ebs_volume",
        "encrypted = true",
        "AWS::EC2::Volume",
        "{Encrypted: true}",
        "/encrypted",
        "true",
    ),
    (
        "aws_efs_file_system",
        "",
        "AWS::EFS::FileSystem",
        "{}",
        "/encrypted",
        "false",
    ),
    (
        "aws_efs_file_system",
        "encrypted = true",
        "AWS::EFS::FileSystem",
        "{Encrypted: true}",
        "/encrypted",
        "true",
    ),
    (
        "aws_elasticache_replication_group",
        "",
        "AWS::ElastiCache::ReplicationGroup",
        "{}",
        "/encrypted",
        "false",
    ),
    (
        "aws_elasticache_replication_group",
        "engine = \"valkey\"",
        "AWS::ElastiCache::ReplicationGroup",
        "{Engine: valkey}",
        "/encrypted",
        "true",
    ),
    (
        "aws_elasticache_replication_group",
        "engine = \"valkey\"\nat_rest_encryption_enabled = false",
        "AWS::ElastiCache::ReplicationGroup",
        "{Engine: valkey, AtRestEncryptionEnabled: false}",
        "/encrypted",
        "false",
    ),
    (
        "aws_elasticache_replication_group",
        "",
        "AWS::ElastiCache::ReplicationGroup",
        "{}",
        "/backup",
        "false",
    ),
    (
        "aws_elasticache_replication_group",
        "snapshot_retention_limit = 5",
        "AWS::ElastiCache::ReplicationGroup",
        "{SnapshotRetentionLimit: 5}",
        "/backup",
        "true",
    ),
    (
        "aws_redshift_cluster",
        "",
        "AWS::Redshift::Cluster",
        "{}",
        "/encrypted",
        "true",
    ),
    (
        "aws_redshift_cluster",
        "encrypted = false",
        "AWS::Redshift::Cluster",
        "{Encrypted: false}",
        "/encrypted",
        "false",
    ),
    (
        "aws_redshift_cluster",
        "",
        "AWS::Redshift::Cluster",
        "{}",
        "/public",
        "false",
    ),
    (
        "aws_redshift_cluster",
        "publicly_accessible = true",
        "AWS::Redshift::Cluster",
        "{PubliclyAccessible: true}",
        "/public",
        "true",
    ),
    (
        "aws_redshift_cluster",
        "automated_snapshot_retention_period = 0",
        "AWS::Redshift::Cluster",
        "{AutomatedSnapshotRetentionPeriod: 0}",
        "/backup",
        "false",
    ),
    (
        "aws_opensearch_domain",
        "",
        "AWS::OpenSearchService::Domain",
        "{}",
        "/encrypted",
        "false",
    ),
    (
        "aws_opensearch_domain",
        "encrypt_at_rest {\n  enabled = true\n}",
        "AWS::OpenSearchService::Domain",
        "{EncryptionAtRestOptions: {Enabled: true}}",
        "/encrypted",
        "true",
    ),
    (
        "aws_docdb_cluster",
        "",
        "AWS::DocDB::DBCluster",
        "{}",
        "/encrypted",
        "false",
    ),
    (
        "aws_docdb_cluster",
        "storage_encrypted = true",
        "AWS::DocDB::DBCluster",
        "{StorageEncrypted: true}",
        "/encrypted",
        "true",
    ),
    (
        "aws_docdb_cluster",
        "",
        "AWS::DocDB::DBCluster",
        "{}",
        "/backup",
        "true",
    ),
];

#[test]
fn stores_are_what_they_say_or_what_holds_by_default() {
    for (kind, lines, of_template, properties, pointer, expected) in STORES {
        let (of, expected) = (EntityKind::Store, Some(*expected));
        hcl(kind, lines, of, pointer, expected);
        template(of_template, properties, of, pointer, expected);
    }
}

#[test]
fn files_are_backed_up_by_a_policy() {
    let policy = |status: &str| {
        format!(
            "resource \"aws_efs_backup_policy\" \"p\" {{\n  file_system_id = aws_efs_file_system.a.id\n  backup_policy {{\n    status = \"{status}\"\n  }}\n}}"
        )
    };
    for (status, expected) in [("ENABLED", "true"), ("DISABLED", "false")] {
        beside(
            "aws_efs_file_system",
            ("", &policy(status)),
            EntityKind::Store,
            "/backup",
            Some(expected),
        );
        template(
            "AWS::EFS::FileSystem",
            &format!("{{BackupPolicy: {{Status: {status}}}}}"),
            EntityKind::Store,
            "/backup",
            Some(expected),
        );
    }
}

#[test]
fn a_domain_is_open_where_its_policy_is_and_nothing_else_asks() {
    let policy = "  access_policies = jsonencode({ Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"es:*\" }] })";
    let check = |lines: &str, expected| {
        hcl(
            "aws_opensearch_domain",
            lines,
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    check("", "false");
    check(policy, "true");
    check(
        &format!("{policy}\n  vpc_options {{\n    subnet_ids = [aws_subnet.s.id]\n  }}"),
        "false",
    );
    check(
        &format!("{policy}\n  advanced_security_options {{\n    enabled = true\n  }}"),
        "false",
    );
    let policy = "AccessPolicies: {Statement: [{Effect: Allow, Principal: '*', Action: 'es:*'}]}";
    let check = |properties: &str, expected| {
        template(
            "AWS::OpenSearchService::Domain",
            &format!("{{{properties}}}"),
            EntityKind::Store,
            "/public",
            Some(expected),
        );
    };
    check(policy, "true");
    check(
        &format!("{policy}, AdvancedSecurityOptions: {{Enabled: true}}"),
        "false",
    );
}

#[test]
fn a_listener_is_as_open_as_its_load_balancer() {
    let balancer = |lines: &str| format!("resource \"aws_lb\" \"b\" {{\n{lines}\n}}");
    let check = |balancer: &str, expected| {
        beside(
            "aws_lb_listener",
            ("  load_balancer_arn = aws_lb.b.arn", balancer),
            EntityKind::Endpoint,
            "/exposure",
            expected,
        );
    };
    check(&balancer(""), Some(r#""public""#));
    check(&balancer("  internal = true"), Some(r#""internal""#));
    check(&balancer("  internal = false"), Some(r#""public""#));
    check(&balancer("  internal = var.internal"), None);
    check("", None);
}

#[test]
fn a_listener_of_a_template_follows_the_scheme_of_its_load_balancer() {
    for (scheme, expected) in [
        ("", r#""public""#),
        ("Scheme: internet-facing", r#""public""#),
        ("Scheme: internal", r#""internal""#),
    ] {
        let text = format!(
            "Resources:\n  L: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref B}}}}\n  B: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{{scheme}}}}}\n"
        );
        let of = EntityKind::Endpoint;
        check(&text, Notation::Yaml, of, "/exposure", Some(expected));
    }
}

#[test]
fn a_listener_that_sends_to_https_does_not_answer_in_the_clear() {
    let check = |lines: &str, expected| {
        hcl(
            "aws_lb_listener",
            lines,
            EntityKind::Endpoint,
            "/tls",
            expected,
        );
    };
    check("  protocol = \"HTTPS\"", Some("true"));
    check("  protocol = \"TLS\"", Some("true"));
    check("  protocol = \"HTTP\"", Some("false"));
    check("  protocol = \"TCP\"", None);
    check("  protocol = var.protocol", None);
    let redirect = |protocol: &str| {
        format!(
            "  protocol = \"HTTP\"\n  default_action {{\n    type = \"redirect\"\n    redirect {{\n      protocol = \"{protocol}\"\n    }}\n  }}"
        )
    };
    check(&redirect("HTTPS"), Some("true"));
    check(&redirect("HTTP"), Some("false"));
    template(
        "AWS::ElasticLoadBalancingV2::Listener",
        "{Protocol: HTTP, DefaultActions: [{Type: redirect, RedirectConfig: {Protocol: HTTPS}}]}",
        EntityKind::Endpoint,
        "/tls",
        Some("true"),
    );
}

#[test]
fn a_listener_may_ask_who_calls() {
    let check = |lines: &str, expected| {
        hcl(
            "aws_lb_listener",
            lines,
            EntityKind::Endpoint,
            "/authentication",
            expected,
        );
    };
    check("", None);
    check(
        "  default_action {\n    type = \"authenticate-oidc\"\n  }",
        Some(r#""jwt""#),
    );
    check("  default_action {\n    type = \"forward\"\n  }", None);
    check(
        "  mutual_authentication {\n    mode = \"verify\"\n  }",
        Some(r#""iam""#),
    );
}
