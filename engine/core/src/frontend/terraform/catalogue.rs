//! Where further resources of the providers say what: stores, identities, endpoints, what hands messages on, budgets
//! and machines.

mod aws;
mod azure;
mod google;

use super::{DIALECT, Modeller};
use crate::frontend::aws::budget::{self, budget};
use crate::frontend::aws::bus::{self, Channel, Handing, Upstream, channel, handing};
use crate::frontend::aws::declared::Declared;
use crate::frontend::aws::endpoint::{self, About, Limit, endpoint};
use crate::frontend::aws::identity::{self, Attached, attachment, identity, policy};
use crate::frontend::aws::machine::{self, machine};
use crate::frontend::aws::notification::{self, notifications};
use crate::frontend::aws::store::{self, Means, Policy, Question, TRUE, Way, store};
use crate::frontend::aws::target::Target;
use crate::frontend::aws::task::{self, task};
use crate::resource::Resource;

/// What each type of resource is, of every provider.
pub(super) fn models() -> impl Iterator<Item = &'static (&'static str, Modeller)> {
    let first = MODELS.iter().chain(aws::MODELS);
    first.chain(azure::MODELS).chain(google::MODELS)
}

/// What each type of resource is: one line per type.
const MODELS: &[(&str, Modeller)] = &[
    ("aws_s3_bucket", |it| vec![store(&of(it), &BUCKET)]),
    ("aws_s3_bucket_notification", |it| {
        notifications(&of(it), &BUCKET_NOTIFICATIONS)
    }),
    ("aws_dynamodb_table", |it| vec![store(&of(it), &TABLE)]),
    ("aws_db_instance", |it| vec![store(&of(it), &DATABASE)]),
    ("aws_rds_cluster", |it| vec![store(&of(it), &CLUSTER)]),
    ("aws_cloudwatch_log_group", |it| {
        vec![store(&of(it), &LOG_GROUP)]
    }),
    ("google_storage_bucket", |it| {
        vec![store(&of(it), &GOOGLE_BUCKET)]
    }),
    ("google_sql_database_instance", |it| {
        vec![store(&of(it), &GOOGLE_DATABASE)]
    }),
    ("aws_iam_role", |it| identity(&of(it), &ROLE)),
    ("aws_iam_user", |it| identity(&of(it), &USER)),
    ("aws_iam_group", |it| identity(&of(it), &GROUP)),
    ("aws_iam_policy", |it| policy(&of(it), &POLICY)),
    ("aws_iam_role_policy", |it| policy(&of(it), &ROLE_POLICY)),
    ("aws_iam_user_policy", |it| policy(&of(it), &USER_POLICY)),
    ("aws_iam_group_policy", |it| policy(&of(it), &GROUP_POLICY)),
    ("aws_iam_role_policy_attachment", |it| {
        attachment(&of(it), &["policy_arn"], &[&["role"]])
    }),
    ("aws_iam_user_policy_attachment", |it| {
        attachment(&of(it), &["policy_arn"], &[&["user"]])
    }),
    ("aws_iam_group_policy_attachment", |it| {
        attachment(&of(it), &["policy_arn"], &[&["group"]])
    }),
    ("aws_iam_policy_attachment", |it| {
        attachment(
            &of(it),
            &["policy_arn"],
            &[&["roles"], &["users"], &["groups"]],
        )
    }),
    ("aws_lambda_function_url", |it| {
        vec![endpoint(&of(it), &FUNCTION_URL)]
    }),
    ("aws_apigatewayv2_route", |it| {
        vec![endpoint(&of(it), &ROUTE)]
    }),
    ("aws_api_gateway_method", |it| {
        vec![endpoint(&of(it), &METHOD)]
    }),
    ("aws_sns_topic", |it| vec![channel(&of(it), &TOPIC)]),
    ("aws_cloudwatch_event_bus", |it| {
        vec![channel(&of(it), &BUS)]
    }),
    ("google_pubsub_topic", |it| {
        vec![channel(&of(it), &GOOGLE_TOPIC)]
    }),
    ("azurerm_servicebus_queue", |it| {
        vec![channel(&of(it), &AZURE_QUEUE)]
    }),
    ("aws_cloudwatch_event_target", |it| {
        handing(&of(it), &EVENT_TARGET)
    }),
    ("aws_scheduler_schedule", |it| handing(&of(it), &SCHEDULE)),
    ("aws_sns_topic_subscription", |it| {
        handing(&of(it), &TOPIC_SUBSCRIPTION)
    }),
    ("google_pubsub_subscription", |it| {
        handing(&of(it), &GOOGLE_SUBSCRIPTION)
    }),
    ("aws_budgets_budget", |it| vec![budget(&of(it), &BUDGET)]),
    ("google_billing_budget", |it| {
        vec![budget(&of(it), &GOOGLE_BUDGET)]
    }),
    ("aws_instance", |it| vec![machine(&of(it), &INSTANCE)]),
    ("aws_launch_template", |it| {
        vec![machine(&of(it), &LAUNCH_TEMPLATE)]
    }),
    ("google_compute_instance", |it| {
        vec![machine(&of(it), &GOOGLE_INSTANCE)]
    }),
    ("azurerm_linux_virtual_machine", |it| {
        vec![machine(&of(it), &AZURE_MACHINE)]
    }),
    ("aws_ecs_task_definition", |it| vec![task(&of(it), &TASK)]),
];

fn of(resource: &Resource) -> Declared<'_> {
    Declared::new(resource, &DIALECT)
}

const ACCESS_BLOCK: Option<(&str, &[&str])> =
    Some(("aws_s3_bucket_public_access_block", &["bucket"]));

/// Lists of access that let everybody in, or whoever has an account.
const PUBLIC_ACLS: Means =
    Means::OneOf(&["public-read", "public-read-write", "authenticated-read"]);

/// Buckets are closed and encrypted since 2023, unless they say otherwise.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html>
static BUCKET: store::Spelling = store::Spelling {
    form: "bucket",
    name: &["bucket"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &[],
    public: Question {
        ways: &[
            Way {
                beside: None,
                path: &["acl"],
                means: PUBLIC_ACLS,
            },
            Way {
                beside: Some(("aws_s3_bucket_acl", &["bucket"])),
                path: &["acl"],
                means: PUBLIC_ACLS,
            },
        ],
        unless: &[
            Way {
                beside: ACCESS_BLOCK,
                path: &["block_public_acls"],
                means: TRUE,
            },
            Way {
                beside: ACCESS_BLOCK,
                path: &["ignore_public_acls"],
                means: TRUE,
            },
        ],
        default: Some(false),
    },
    encrypted: Question::always(true),
    backup: Question::written(
        &[
            Way {
                beside: Some(("aws_s3_bucket_versioning", &["bucket"])),
                path: &["versioning_configuration", "status"],
                means: Means::OneOf(&["Enabled"]),
            },
            Way {
                beside: None,
                path: &["versioning", "enabled"],
                means: TRUE,
            },
        ],
        false,
    ),
    policy: Some(Policy {
        kind: "aws_s3_bucket_policy",
        store: &["bucket"],
        document: &["policy"],
        unless: &[
            Way {
                beside: ACCESS_BLOCK,
                path: &["block_public_policy"],
                means: TRUE,
            },
            Way {
                beside: ACCESS_BLOCK,
                path: &["restrict_public_buckets"],
                means: TRUE,
            },
        ],
    }),
};

static BUCKET_NOTIFICATIONS: notification::Spelling = notification::Spelling {
    bucket: &["bucket"],
    lists: &[
        (&["lambda_function"], &["lambda_function_arn"]),
        (&["queue"], &["queue_arn"]),
        (&["topic"], &["topic_arn"]),
    ],
    filters: &[&["filter_prefix"], &["filter_suffix"]],
    events: "events",
};

static TABLE: store::Spelling = store::Spelling {
    form: "table",
    name: &["name"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &[],
    public: Question::always(false),
    encrypted: Question::always(true),
    backup: Question::written(
        &[Way {
            beside: None,
            path: &["point_in_time_recovery", "enabled"],
            means: TRUE,
        }],
        false,
    ),
    policy: None,
};

static DATABASE: store::Spelling = store::Spelling {
    form: "database",
    name: &["identifier"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &[],
    public: Question::written(
        &[Way {
            beside: None,
            path: &["publicly_accessible"],
            means: TRUE,
        }],
        false,
    ),
    encrypted: Question::written(ENCRYPTED, false),
    backup: Question::written(KEPT, false),
    policy: None,
};

const ENCRYPTED: &[Way] = &[Way {
    beside: None,
    path: &["storage_encrypted"],
    means: TRUE,
}];

const KEPT: &[Way] = &[Way {
    beside: None,
    path: &["backup_retention_period"],
    means: Means::NotZero,
}];

/// A cluster keeps its backups for a day where nothing is written.
static CLUSTER: store::Spelling = store::Spelling {
    form: "database",
    name: &["cluster_identifier"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &[],
    public: Question::always(false),
    encrypted: Question::written(ENCRYPTED, false),
    backup: Question::written(KEPT, true),
    policy: None,
};

static LOG_GROUP: store::Spelling = store::Spelling {
    form: "log_group",
    name: &["name"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &["retention_in_days"],
    public: Question::always(false),
    encrypted: Question::always(true),
    backup: Question::always(false),
    policy: None,
};

/// Members that stand for everybody, or for whoever has an account anywhere.
const EVERYBODY: Means = Means::OneOf(&["allUsers", "allAuthenticatedUsers"]);

static GOOGLE_BUCKET: store::Spelling = store::Spelling {
    form: "bucket",
    name: &["name"],
    region: &["location"],
    tags: &["labels"],
    log_retention: &[],
    public: Question {
        ways: &[
            Way {
                beside: Some(("google_storage_bucket_iam_member", &["bucket"])),
                path: &["member"],
                means: EVERYBODY,
            },
            Way {
                beside: Some(("google_storage_bucket_iam_binding", &["bucket"])),
                path: &["members"],
                means: EVERYBODY,
            },
            Way {
                beside: Some(("google_storage_bucket_access_control", &["bucket"])),
                path: &["entity"],
                means: EVERYBODY,
            },
        ],
        unless: &[Way {
            beside: None,
            path: &["public_access_prevention"],
            means: Means::OneOf(&["enforced"]),
        }],
        default: Some(false),
    },
    encrypted: Question::always(true),
    backup: Question::written(
        &[Way {
            beside: None,
            path: &["versioning", "enabled"],
            means: TRUE,
        }],
        false,
    ),
    policy: None,
};

static GOOGLE_DATABASE: store::Spelling = store::Spelling {
    form: "database",
    name: &["name"],
    region: &["region"],
    tags: &["settings", "user_labels"],
    log_retention: &[],
    public: Question {
        ways: &[Way {
            beside: None,
            path: &["settings", "ip_configuration", "authorized_networks"],
            means: Means::Within(&["value"], &["0.0.0.0/0", "::/0"]),
        }],
        unless: &[Way {
            beside: None,
            path: &["settings", "ip_configuration", "ipv4_enabled"],
            means: Means::OneOf(&["false"]),
        }],
        default: Some(false),
    },
    encrypted: Question::always(true),
    backup: Question::written(
        &[Way {
            beside: None,
            path: &["settings", "backup_configuration", "enabled"],
            means: TRUE,
        }],
        false,
    ),
    policy: None,
};

static ROLE: identity::Spelling = identity::Spelling {
    form: "role",
    trust: &["assume_role_policy"],
    tags: &["tags"],
    policies: (&["inline_policy"], &["name"], &["policy"]),
    managed: &["managed_policy_arns"],
};

static USER: identity::Spelling = identity::Spelling {
    form: "user",
    trust: &[],
    tags: &["tags"],
    policies: (&[], &[], &[]),
    managed: &[],
};

static GROUP: identity::Spelling = identity::Spelling {
    form: "group",
    trust: &[],
    tags: &[],
    policies: (&[], &[], &[]),
    managed: &[],
};

static POLICY: Attached = Attached {
    document: &["policy"],
    identities: &[],
    attachments: &[
        ("aws_iam_role_policy_attachment", &["policy_arn"], &["role"]),
        ("aws_iam_user_policy_attachment", &["policy_arn"], &["user"]),
        (
            "aws_iam_group_policy_attachment",
            &["policy_arn"],
            &["group"],
        ),
        ("aws_iam_policy_attachment", &["policy_arn"], &["roles"]),
        ("aws_iam_policy_attachment", &["policy_arn"], &["users"]),
        ("aws_iam_policy_attachment", &["policy_arn"], &["groups"]),
    ],
};

static ROLE_POLICY: Attached = Attached {
    document: &["policy"],
    identities: &[&["role"]],
    attachments: &[],
};

static USER_POLICY: Attached = Attached {
    document: &["policy"],
    identities: &[&["user"]],
    attachments: &[],
};

static GROUP_POLICY: Attached = Attached {
    document: &["policy"],
    identities: &[&["group"]],
    attachments: &[],
};

static FUNCTION_URL: endpoint::Spelling = endpoint::Spelling {
    form: "url",
    key: &[],
    method: &[],
    on: None,
    authorization: &["authorization_type"],
    key_required: &[],
    target: Target::At(&["function_name"]),
    api: &[],
    private: &[],
    limits: &[],
};

static ROUTE: endpoint::Spelling = endpoint::Spelling {
    form: "route",
    key: &["route_key"],
    method: &[],
    on: None,
    authorization: &["authorization_type"],
    key_required: &["api_key_required"],
    target: Target::By(
        &["target"],
        "aws_apigatewayv2_integration",
        &["integration_uri"],
    ),
    api: &["api_id"],
    private: &[],
    limits: &[
        Limit {
            kind: "aws_apigatewayv2_stage",
            settings: &["default_route_settings"],
            api: &["api_id"],
            about: About::All,
            rate: &["throttling_rate_limit"],
        },
        Limit {
            kind: "aws_apigatewayv2_stage",
            settings: &["route_settings"],
            api: &["api_id"],
            about: About::Key(&["route_key"]),
            rate: &["throttling_rate_limit"],
        },
    ],
};

static METHOD: endpoint::Spelling = endpoint::Spelling {
    form: "route",
    key: &[],
    method: &["http_method"],
    on: Some((
        "aws_api_gateway_resource",
        &["resource_id"],
        &["path_part"],
        &["parent_id"],
    )),
    authorization: &["authorization"],
    key_required: &["api_key_required"],
    target: Target::Beside(
        "aws_api_gateway_integration",
        &[&["rest_api_id"], &["resource_id"], &["http_method"]],
        &["uri"],
    ),
    api: &["rest_api_id"],
    private: &[(
        "aws_api_gateway_rest_api",
        &["endpoint_configuration", "types"],
    )],
    limits: &[
        Limit {
            kind: "aws_api_gateway_method_settings",
            settings: &[],
            api: &["rest_api_id"],
            about: About::Patterns(&[&["method_path"]]),
            rate: &["settings", "throttling_rate_limit"],
        },
        Limit {
            kind: "aws_api_gateway_usage_plan",
            settings: &["api_stages"],
            api: &["api_id"],
            about: About::Keys,
            rate: &["throttle_settings", "rate_limit"],
        },
    ],
};

static TOPIC: Channel = Channel {
    form: "topic",
    tags: &["tags"],
    visibility: (&[], None),
    retention: &[],
    key: Some(&["kms_master_key_id"]),
    max_receives: (&[], None),
    redrive: None,
    expired: &[],
};

static BUS: Channel = Channel {
    form: "bus",
    tags: &["tags"],
    visibility: (&[], None),
    retention: &[],
    key: None,
    max_receives: (&[], None),
    redrive: None,
    expired: &[],
};

static GOOGLE_TOPIC: Channel = Channel {
    form: "topic",
    tags: &["labels"],
    visibility: (&[], None),
    retention: &["message_retention_duration"],
    key: None,
    max_receives: (&[], None),
    redrive: None,
    expired: &[],
};

/// Messages that were handed out too often are set aside, in a queue that belongs to each queue.
/// <https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues>
static AZURE_QUEUE: Channel = Channel {
    form: "queue",
    tags: &[],
    visibility: (&["lock_duration"], Some(60)),
    retention: &["default_message_ttl"],
    key: None,
    max_receives: (&["max_delivery_count"], Some(10)),
    redrive: Some(true),
    expired: &["dead_lettering_on_message_expiration"],
};

static EVENT_TARGET: Handing = Handing {
    form: "bus",
    channel: Upstream::At(&["event_bus_name"], Some("default")),
    targets: None,
    consumer: &["arn"],
    protocol: &[],
    dead_letter: &["dead_letter_config", "arn"],
    dead_letter_key: None,
    retries: (
        &["retry_policy", "maximum_retry_attempts"],
        Some(bus::RETRIES),
    ),
    max_age: (
        &["retry_policy", "maximum_event_age_in_seconds"],
        Some(bus::MAX_AGE),
    ),
    visibility: (&[], None),
    filter: &[],
    schedule: Some((
        &["schedule_expression"],
        "aws_cloudwatch_event_rule",
        &["rule"],
    )),
};

static SCHEDULE: Handing = Handing {
    form: "schedule",
    channel: Upstream::At(&[], None),
    targets: None,
    consumer: &["target", "arn"],
    protocol: &[],
    dead_letter: &["target", "dead_letter_config", "arn"],
    dead_letter_key: None,
    retries: (
        &["target", "retry_policy", "maximum_retry_attempts"],
        Some(bus::RETRIES),
    ),
    max_age: (
        &["target", "retry_policy", "maximum_event_age_in_seconds"],
        Some(bus::MAX_AGE),
    ),
    visibility: (&[], None),
    filter: &[],
    schedule: None,
};

static TOPIC_SUBSCRIPTION: Handing = Handing {
    form: "topic",
    channel: Upstream::At(&["topic_arn"], None),
    targets: None,
    consumer: &["endpoint"],
    protocol: &["protocol"],
    dead_letter: &["redrive_policy"],
    dead_letter_key: Some("deadLetterTargetArn"),
    retries: (&[], None),
    max_age: (&[], None),
    visibility: (&[], None),
    filter: &["filter_policy"],
    schedule: None,
};

/// Messages are kept for a week, and handed out again after ten seconds.
/// <https://cloud.google.com/pubsub/docs/subscription-properties>
static GOOGLE_SUBSCRIPTION: Handing = Handing {
    form: "topic",
    channel: Upstream::At(&["topic"], None),
    targets: None,
    consumer: &["push_config", "push_endpoint"],
    protocol: &[],
    dead_letter: &["dead_letter_policy"],
    dead_letter_key: None,
    retries: (&["dead_letter_policy", "max_delivery_attempts"], None),
    max_age: (&["message_retention_duration"], Some(604_800)),
    visibility: (&["ack_deadline_seconds"], Some(10)),
    filter: &["filter"],
    schedule: None,
};

static BUDGET: budget::Spelling = budget::Spelling {
    amount: &["limit_amount"],
    tags: &["tags"],
    alerts: &["notification"],
    enabled: &[],
    threshold: &["threshold"],
    unit: &["threshold_type"],
    of_one: false,
};

static GOOGLE_BUDGET: budget::Spelling = budget::Spelling {
    amount: &["amount", "specified_amount", "units"],
    tags: &[],
    alerts: &["threshold_rules"],
    enabled: &[],
    threshold: &["threshold_percent"],
    unit: &[],
    of_one: true,
};

static INSTANCE: machine::Spelling = machine::Spelling {
    name: &[],
    tags: &["tags"],
    region: &["region"],
    os: None,
    identity: &["iam_instance_profile"],
    scripts: &[&["user_data"], &["user_data_base64"]],
    passwords: &[],
    public: &["associate_public_ip_address"],
    metadata: &["metadata_options"],
    metadata_keys: Some((
        &["http_endpoint"],
        &["http_tokens"],
        &["http_put_response_hop_limit"],
    )),
};

static LAUNCH_TEMPLATE: machine::Spelling = machine::Spelling {
    name: &["name"],
    tags: &["tags"],
    region: &["region"],
    os: None,
    identity: &["iam_instance_profile", "name"],
    scripts: &[&["user_data"]],
    passwords: &[],
    public: &["network_interfaces", "associate_public_ip_address"],
    metadata: &["metadata_options"],
    metadata_keys: Some((
        &["http_endpoint"],
        &["http_tokens"],
        &["http_put_response_hop_limit"],
    )),
};

static GOOGLE_INSTANCE: machine::Spelling = machine::Spelling {
    name: &["name"],
    tags: &["labels"],
    region: &["zone"],
    os: None,
    identity: &["service_account", "email"],
    scripts: &[
        &["metadata_startup_script"],
        &["metadata", "startup-script"],
        &["metadata", "user-data"],
    ],
    passwords: &[],
    public: &["network_interface", "access_config"],
    metadata: &[],
    metadata_keys: None,
};

static AZURE_MACHINE: machine::Spelling = machine::Spelling {
    name: &["name"],
    tags: &["tags"],
    region: &["location"],
    os: Some("linux"),
    identity: &[],
    scripts: &[&["custom_data"], &["user_data"]],
    passwords: &[("admin_password", &["admin_password"])],
    public: &[],
    metadata: &[],
    metadata_keys: None,
};

static TASK: task::Spelling = task::Spelling {
    family: &["family"],
    tags: &["tags"],
    containers: &["container_definitions"],
    role: &["task_role_arn"],
    network: &["network_mode"],
    cpu: &["cpu"],
    memory: &["memory"],
    volumes: &["volume"],
    volume: (&["name"], &["host_path"]),
    process_namespace: &["pid_mode"],
};
