//! Where further resources of Google Cloud say what.

use super::{EVERYBODY, Modeller, of};
use crate::frontend::aws::machine::{self, machine};
use crate::frontend::aws::store::{self, Means, Question, Way, logs, store};
use crate::frontend::terraform::google;

/// What each type of resource is: one line per type.
pub(super) const MODELS: &[(&str, Modeller)] = &[
    ("google_cloud_run_v2_service", google::service),
    ("google_cloud_run_v2_job", google::job),
    ("google_cloud_run_service", google::first::service),
    ("google_cloudfunctions2_function", google::function),
    ("google_cloudfunctions_function", google::first::function),
    ("google_eventarc_trigger", google::trigger::trigger),
    ("google_compute_instance_template", |it| {
        vec![machine(&of(it), &INSTANCE_TEMPLATE)]
    }),
    ("google_bigquery_dataset", |it| {
        vec![store(&of(it), &DATASET)]
    }),
    ("google_logging_project_bucket_config", |it| {
        vec![logs(&of(it), &LOG_BUCKET, DAYS)]
    }),
];

/// What a machine that is made of it is started with.
static INSTANCE_TEMPLATE: machine::Spelling = machine::Spelling {
    name: &["name"],
    tags: &["labels"],
    region: &["region"],
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

/// Whoever has an account, as a group of its own.
const SPECIAL: Means = Means::OneOf(&["allAuthenticatedUsers"]);

/// Tables are encrypted, and what was deleted comes back for some days.
/// <https://cloud.google.com/bigquery/docs/time-travel>
static DATASET: store::Spelling = store::Spelling {
    form: "database",
    name: &["dataset_id"],
    region: &["location"],
    tags: &["labels"],
    log_retention: &[],
    public: Question::written(
        &[
            Way {
                beside: None,
                path: &["access"],
                means: Means::Within(&["special_group"], &["allAuthenticatedUsers"]),
            },
            Way {
                beside: None,
                path: &["access"],
                means: Means::Within(&["iam_member"], &["allUsers"]),
            },
            Way {
                beside: Some(("google_bigquery_dataset_access", &["dataset_id"])),
                path: &["special_group"],
                means: SPECIAL,
            },
            Way {
                beside: Some(("google_bigquery_dataset_access", &["dataset_id"])),
                path: &["iam_member"],
                means: EVERYBODY,
            },
            Way {
                beside: Some(("google_bigquery_dataset_iam_member", &["dataset_id"])),
                path: &["member"],
                means: EVERYBODY,
            },
            Way {
                beside: Some(("google_bigquery_dataset_iam_binding", &["dataset_id"])),
                path: &["members"],
                means: EVERYBODY,
            },
        ],
        false,
    ),
    encrypted: Question::always(true),
    backup: Question::always(true),
    policy: None,
};

/// How long logs are kept where nothing is written.
/// <https://cloud.google.com/logging/quotas#logs_retention_periods>
const DAYS: i64 = 30;

static LOG_BUCKET: store::Spelling = store::Spelling {
    form: "log_group",
    name: &["bucket_id"],
    region: &["location"],
    tags: &[],
    log_retention: &["retention_days"],
    public: Question::always(false),
    encrypted: Question::always(true),
    backup: Question::always(false),
    policy: None,
};
