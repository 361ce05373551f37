//! Modules of Terraform: what each name stands for, and the documents that they put together.

use std::collections::BTreeSet;
use std::sync::Arc;

use plumbline_core::estate::{EntityKind, Estate};
use plumbline_core::frontend::Reading;
use plumbline_core::locate::{Subject, locate};
use plumbline_core::parse::{self, Notation};
use plumbline_core::problem::{Place, spell};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::{Path, value::json};

use super::spelt;

/// The files of a module; of a whole one, none is missing.
fn module(files: &[(&str, &str)], is_whole: bool) -> Reading {
    let mut reading = Reading::default();
    let mut documents = Vec::new();
    let mut whole = BTreeSet::new();
    for (index, (name, text)) in files.iter().enumerate() {
        let file = FileId(u32::try_from(index).unwrap());
        let source = Arc::new(Source::new(*name, *text));
        let (mut found, mut problems) = parse::parse(&source, file, Notation::Hcl);
        documents.append(&mut found);
        reading.problems.append(&mut problems);
        whole.extend(is_whole.then_some(file));
    }
    reading.take_together(&documents.iter().collect::<Vec<_>>(), &whole);
    reading
}

/// What is wrong with a module of one file.
#[track_caller]
fn wrong(text: &str, expected: &[&str]) {
    let reading = module(&[("main.tf", text)], true);
    assert_eq!(spelt(text, &reading.problems), expected, "{text}");
}

/// The value at a pointer into each grant, and the line that it stands at.
#[track_caller]
fn grants(text: &str, pointer: &str, expected: &[(&str, u32)]) {
    let reading = module(&[("main.tf", text)], false);
    assert_eq!(spelt(text, &reading.problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let source = Source::new("main.tf", text);
    let found: Vec<(String, u32)> = estate
        .of_kind(EntityKind::Grant)
        .map(|grant| {
            let path = Path::from_pointer(&format!("/grant{pointer}")).unwrap();
            let value = grant.value();
            let value = value.at(&Path::from_pointer(pointer).unwrap());
            let subject = Subject {
                resource: estate.resources.get(grant.resource).unwrap(),
                entity: Some(grant),
            };
            let (location, _) = locate(subject, &path);
            (
                value.map(json::to_string).unwrap_or_default(),
                source.position(location.span.start).line,
            )
        })
        .collect();
    let expected: Vec<(String, u32)> = expected
        .iter()
        .map(|(value, line)| ((*value).to_owned(), *line))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_name_that_a_module_does_not_declare_is_said() {
    wrong(
        "resource \"aws_sqs_queue\" \"a\" {\n  name = var.stage\n}\n",
        &["2:10 `var.stage` is not declared in this module"],
    );
    wrong(
        "resource \"aws_sqs_queue\" \"a\" {\n  tags = { A = local.b, C = aws_sns_topic.d.name, E = data.aws_region.f.name }\n}\n",
        &[
            "2:16 `local.b` is not declared in this module",
            "2:29 `aws_sns_topic.d` is not declared in this module",
            "2:55 `data.aws_region.f` is not declared in this module",
        ],
    );
    wrong(
        "variable \"stage\" {}\nlocals {\n  names = [for each_one in [var.stage] : each_one.name]\n}\nresource \"aws_sqs_queue\" \"a\" {\n  name = join(\"-\", local.names)\n  lifecycle {\n    ignore_changes = [redrive_policy.x]\n  }\n}\n",
        &[],
    );
}

#[test]
fn what_a_file_that_was_not_read_may_declare_is_not_known() {
    let text = "resource \"aws_sqs_queue\" \"a\" {\n  name = var.stage\n}\n";
    let reading = module(&[("main.tf", text)], false);
    assert_eq!(spelt(text, &reading.problems), [""; 0]);
    assert_eq!(reading.resources.len(), 1);
}

#[test]
fn a_name_that_is_declared_twice_is_said_unless_it_is_overridden() {
    let variable = "variable \"a\" {}\n";
    for (name, count) in [("more.tf", 1), ("override.tf", 0), ("a_override.tf", 0)] {
        let reading = module(&[("main.tf", variable), (name, variable)], true);
        assert_eq!(reading.problems.len(), count, "{name}");
    }
    wrong(
        "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n",
        &["5:3 `local.a` is declared twice"],
    );
}

#[test]
fn locals_that_need_each_other_are_said() {
    wrong(
        "locals {\n  a = local.b\n  b = local.a\n}\n",
        &["2:3 the local `a` needs itself"],
    );
    wrong("locals {\n  a = local.b\n  b = 1\n}\n", &[]);
}

#[test]
fn a_block_that_terraform_has_not_is_said() {
    wrong(
        "resorce \"aws_sqs_queue\" \"a\" {}\n",
        &["1:1 Terraform has no block `resorce`"],
    );
    wrong(
        "resource \"aws_sqs_queue\" {}\n",
        &["1:1 `resource` is labelled with a type and a name, and 1 are given"],
    );
    wrong(
        "resource \"aws_sqs_queue\" \"a\" \"b\" {}\nlocals \"c\" {}\n",
        &[
            "1:1 `resource` is labelled with a type and a name, and 3 are given",
            "2:1 `locals` has no labels, and 1 are given",
        ],
    );
    let text = "resource \"aws_sqs_queue\" {}\nresource \"aws_sqs_queue\" \"a\" {}\n";
    let reading = module(&[("main.tf", text)], true);
    assert_eq!(reading.resources.len(), 1);
}

const ATTACHED: &str = "resource \"aws_iam_role_policy\" \"p\" {\n  role = \"r\"\n  policy = data.aws_iam_policy_document.d.json\n}\n";

#[test]
fn a_document_of_a_data_source_is_the_policy_that_it_stands_for() {
    let text = |statement: &str| {
        format!(
            "data \"aws_iam_policy_document\" \"d\" {{\n  statement {{\n{statement}\n  }}\n}}\n{ATTACHED}"
        )
    };
    let wild = text("    actions = [\"*\"]\n    resources = [\"*\"]");
    grants(&wild, "/actions/0", &[("\"*\"", 3)]);
    grants(&wild, "/effect", &[("\"allow\"", 3)]);
    grants(&wild, "/resources/0", &[("\"*\"", 4)]);
    let other = text("    effect = \"Deny\"\n    not_actions = [\"s3:*\"]\n    actions = []");
    grants(&other, "/effect", &[("\"deny\"", 3)]);
    grants(&other, "/not_actions", &[("[\"s3:*\"]", 4)]);
    grants(&other, "/actions", &[("", 3)]);
    let when = text(
        "    actions = [\"s3:*\"]\n    condition {\n      test = \"StringEquals\"\n      variable = \"aws:username\"\n      values = [\"a\", \"&{aws:username}\"]\n    }",
    );
    grants(
        &when,
        "/conditions/StringEquals/aws:username",
        &[("[\"a\",\"${aws:username}\"]", 7)],
    );
}

#[test]
fn a_document_may_stand_on_others() {
    let base = "data \"aws_iam_policy_document\" \"base\" {\n  statement {\n    sid = \"A\"\n    actions = [\"s3:*\"]\n  }\n  statement {\n    sid = \"B\"\n    actions = [\"iam:*\"]\n  }\n}\n";
    let over = |key: &str| {
        format!(
            "{base}data \"aws_iam_policy_document\" \"d\" {{\n  {key} = [data.aws_iam_policy_document.base.json, var.more]\n  statement {{\n    sid = \"B\"\n    actions = [\"ec2:*\"]\n  }}\n}}\n{ATTACHED}"
        )
    };
    grants(
        &over("source_policy_documents"),
        "/actions/0",
        &[("\"s3:*\"", 4), ("\"ec2:*\"", 15), ("", 12)],
    );
    grants(
        &over("override_policy_documents"),
        "/actions/0",
        &[("\"iam:*\"", 8), ("\"s3:*\"", 4), ("", 12)],
    );
    let itself = format!(
        "data \"aws_iam_policy_document\" \"d\" {{\n  source_policy_documents = [data.aws_iam_policy_document.d.json]\n}}\n{ATTACHED}"
    );
    grants(&itself, "/actions/0", &[("", 2)]);
}

#[test]
fn a_document_is_found_through_locals_instances_and_modules() {
    let document = "data \"aws_iam_policy_document\" \"d\" {\n  for_each = toset([\"s3\"])\n  statement {\n    actions = [\"${each.key}:*\"]\n  }\n}\nlocals {\n  policy = data.aws_iam_policy_document.d[\"s3\"].json\n}\n";
    let direct = format!(
        "{document}resource \"aws_iam_role_policy\" \"p\" {{\n  policy = local.policy\n}}\n"
    );
    grants(&direct, "/actions/0", &[("\"s3:*\"", 4)]);
    let root =
        format!("{document}module \"m\" {{\n  source = \"./m\"\n  policy = local.policy\n}}\n");
    let called = "variable \"policy\" {}\nresource \"aws_iam_role_policy\" \"p\" {\n  policy = var.policy\n}\n";
    let reading = module(&[("main.tf", &root), ("m/main.tf", called)], true);
    assert_eq!(spelt(&root, &reading.problems), [""; 0]);
    let (estate, _) = Estate::new(reading.resources);
    let grant = estate.of_kind(EntityKind::Grant).next().unwrap();
    let actions = grant.value();
    let actions = actions.at(&Path::from_pointer("/actions").unwrap());
    assert_eq!(actions.map(json::to_string).as_deref(), Some("[\"s3:*\"]"));
}

#[test]
fn what_is_given_to_jsonencode_has_places_of_its_own() {
    let text = "resource \"aws_iam_role_policy\" \"p\" {\n  policy = jsonencode(merge({ Version = \"x\" }, {\n    Statement = [{\n      Effect = \"Allow\"\n      Action = [\n        \"s3:*\",\n        var.action,\n      ]\n      Resource = \"${aws_s3_bucket.b.arn}/*\"\n    }]\n  }))\n}\n";
    grants(text, "/actions/0", &[("\"s3:*\"", 6)]);
    grants(text, "/actions/1", &[("null", 7)]);
    grants(text, "/resources/0", &[("\"${aws_s3_bucket.b.arn}/*\"", 9)]);
}

/// The value at a pointer into the first entity of a kind, and the line that it stands at.
#[track_caller]
fn first(text: &str, kind: EntityKind, pointer: &str, expected: Option<(&str, u32)>) {
    let reading = module(&[("main.tf", text)], false);
    assert_eq!(spelt(text, &reading.problems), [""; 0], "{text}");
    let (estate, _) = Estate::new(reading.resources);
    let entity = estate.of_kind(kind).next().unwrap();
    let value = entity.value();
    let value = value.at(&Path::from_pointer(pointer).unwrap());
    let path = Path::from_pointer(&format!("/{}{pointer}", kind.as_str())).unwrap();
    let subject = Subject {
        resource: estate.resources.get(entity.resource).unwrap(),
        entity: Some(entity),
    };
    let (location, _) = locate(subject, &path);
    let line = Source::new("main.tf", text)
        .position(location.span.start)
        .line;
    let found = value.map(|value| (json::to_string(value), line));
    let expected = expected.map(|(value, line)| (value.to_owned(), line));
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_resource_is_in_the_region_of_its_provider() {
    let providers = "provider \"aws\" {\n  region = \"eu-central-1\"\n}\nprovider \"aws\" {\n  alias = \"us\"\n  region = \"us-east-1\"\n}\n";
    let function = |lines: &str| {
        format!("{providers}resource \"aws_lambda_function\" \"f\" {{\n{lines}\n}}\n")
    };
    let check = |text: &str, expected| {
        first(text, EntityKind::Workload, "/placement/region", expected);
    };
    check(&function(""), Some(("\"eu-central-1\"", 2)));
    check(&function("  provider = aws.us"), Some(("\"us-east-1\"", 6)));
    check(
        &function("  region = \"eu-west-1\""),
        Some(("\"eu-west-1\"", 9)),
    );
    check("resource \"aws_lambda_function\" \"f\" {}\n", None);
    check(
        "variable \"r\" {}\nprovider \"aws\" {\n  region = var.r\n}\nresource \"aws_lambda_function\" \"f\" {}\n",
        None,
    );
    first(
        &format!("{providers}resource \"aws_sqs_queue\" \"q\" {{}}\n"),
        EntityKind::Channel,
        "/region",
        Some(("\"eu-central-1\"", 2)),
    );
    first(
        &format!("{providers}resource \"aws_db_instance\" \"d\" {{}}\n"),
        EntityKind::Store,
        "/region",
        Some(("\"eu-central-1\"", 2)),
    );
}

#[test]
fn a_module_is_in_the_region_that_its_caller_hands_on() {
    let providers = "provider \"aws\" {\n  region = \"eu-central-1\"\n}\nprovider \"aws\" {\n  alias = \"us\"\n  region = \"us-east-1\"\n}\n";
    let called = "resource \"aws_lambda_function\" \"f\" {}\n";
    for (handed, expected) in [
        ("", "\"eu-central-1\""),
        ("  providers = { aws = aws.us }\n", "\"us-east-1\""),
    ] {
        let root = format!("{providers}module \"m\" {{\n  source = \"./m\"\n{handed}}}\n");
        let reading = module(&[("main.tf", &root), ("m/main.tf", called)], true);
        assert_eq!(spelt(&root, &reading.problems), [""; 0]);
        let (estate, _) = Estate::new(reading.resources);
        let value = estate.of_kind(EntityKind::Workload).next().unwrap().value();
        let region = value.at(&Path::from_pointer("/placement/region").unwrap());
        assert_eq!(region.map(json::to_string).as_deref(), Some(expected));
    }
}

#[test]
fn a_mapping_knows_of_a_redrive_policy_beside_its_queue() {
    let text = |beside: &str| {
        format!(
            "resource \"aws_sqs_queue\" \"q\" {{}}\nresource \"aws_lambda_event_source_mapping\" \"m\" {{\n  event_source_arn = aws_sqs_queue.q.arn\n  function_name = \"f\"\n}}\n{beside}"
        )
    };
    let redrive = |queue: &str| {
        format!(
            "resource \"aws_sqs_queue_redrive_policy\" \"r\" {{\n  queue_url = aws_sqs_queue.{queue}.id\n  redrive_policy = jsonencode({{ maxReceiveCount = 4 }})\n}}\n"
        )
    };
    let check = |beside: &str, expected| {
        let reading = module(&[("main.tf", &text(beside))], false);
        let (estate, _) = Estate::new(reading.resources);
        let mapping = estate.of_kind(EntityKind::Subscription).next().unwrap();
        let value = mapping.value();
        let found = value.at(&Path::from_pointer("/channel/redrive").unwrap());
        assert_eq!(found.map(json::to_string).as_deref(), Some(expected));
    };
    check("", "false");
    check(&redrive("q"), "true");
    check(&redrive("other"), "false");
}

#[test]
fn instances_that_are_kept_ready_beside_a_function_count() {
    let text = |of: &str| {
        format!(
            "resource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n}}\nresource \"aws_lambda_provisioned_concurrency_config\" \"p\" {{\n  function_name = \"{of}\"\n  provisioned_concurrent_executions = 3\n}}\n"
        )
    };
    let (kind, at) = (EntityKind::Workload, "/lifetime/min_instances");
    first(&text("f"), kind, at, Some(("3", 6)));
    first(&text("g"), kind, at, Some(("0", 1)));
}

#[test]
fn a_list_without_subnets_is_no_network() {
    let text = |subnets: &str| {
        format!(
            "resource \"aws_lambda_function\" \"f\" {{\n  vpc_config {{\n    subnet_ids = {subnets}\n  }}\n}}\n"
        )
    };
    let (kind, at) = (EntityKind::Workload, "/network/vpc");
    first(&text("[\"a\"]"), kind, at, Some(("true", 3)));
    first(&text("[]"), kind, at, Some(("false", 1)));
}

#[test]
fn amounts_of_a_task_have_units() {
    let text = |cpu: &str, memory: &str| {
        format!(
            "resource \"aws_ecs_task_definition\" \"t\" {{\n  cpu = \"{cpu}\"\n  memory = \"{memory}\"\n}}\n"
        )
    };
    let kind = EntityKind::Workload;
    for (cpu, expected) in [("512", "500"), ("1 vCPU", "1000"), (".5 vcpu", "500")] {
        let at = "/resources/limits/cpu_m";
        first(&text(cpu, "1 GB"), kind, at, Some((expected, 2)));
    }
    for memory in ["2048", "2 GB", "2GB"] {
        let at = "/resources/limits/memory_bytes";
        first(&text("256", memory), kind, at, Some(("2147483648", 3)));
    }
}

#[test]
fn tags_that_are_computed_are_not_known() {
    let text = "variable \"t\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  tags = var.t\n}\n";
    let reading = module(&[("main.tf", text)], true);
    let (estate, _) = Estate::new(reading.resources);
    let queue = estate.of_kind(EntityKind::Channel).next().unwrap();
    let unknown = queue.tree.unknowns(NodeId::ROOT, Typing::Json);
    let unknown: Vec<String> = unknown.iter().map(spell).collect();
    assert_eq!(unknown, ["tags"]);
}

#[test]
fn a_policy_of_aws_may_be_looked_up() {
    let text = |lookup: &str| {
        format!(
            "data \"aws_iam_policy\" \"p\" {{\n  {lookup}\n}}\nresource \"aws_iam_role_policy_attachment\" \"a\" {{\n  role = \"r\"\n  policy_arn = data.aws_iam_policy.p.arn\n}}\n"
        )
    };
    let all = [("[\"*\"]", 6)];
    grants(&text("name = \"AdministratorAccess\""), "/actions", &all);
    let arn = "arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"";
    grants(&text(arn), "/actions", &all);
    grants(&text("name = \"own\""), "/actions", &[]);
}

#[test]
fn documents_that_stand_on_each_other_twice_do_not_grow_without_measure() {
    let document = |at: usize, of: &str| {
        format!(
            "data \"aws_iam_policy_document\" \"d{at}\" {{\n  source_policy_documents = [{of}]\n}}\n"
        )
    };
    let on = |at: usize| {
        let below = format!("data.aws_iam_policy_document.d{}.json", at - 1);
        document(at, &format!("{below}, {below}"))
    };
    let base = "data \"aws_iam_policy_document\" \"d0\" {\n  statement {\n    actions = [\"s3:*\"]\n  }\n}\n";
    let all: String = (1..40).map(on).collect();
    let text = format!(
        "{base}{all}resource \"aws_iam_role_policy\" \"p\" {{\n  policy = data.aws_iam_policy_document.d39.json\n}}\n"
    );
    let reading = module(&[("main.tf", &text)], true);
    assert_eq!(spelt(&text, &reading.problems), [""; 0]);
    let (estate, _) = Estate::new(reading.resources);
    assert!(estate.of_kind(EntityKind::Grant).count() < 5000);
}

#[test]
fn what_is_no_hcl_is_said_at_a_whole_character() {
    let text = "a = f({\n  b = 1\n  c\u{202e}";
    let source = Arc::new(Source::new("main.tf", text));
    let (_, problems) = parse::parse(&source, FileId(0), Notation::Hcl);
    let Place::Span(place) = problems.first().unwrap().place else {
        panic!("no place");
    };
    assert!(text.is_char_boundary(place.start as usize), "{place:?}");
}
