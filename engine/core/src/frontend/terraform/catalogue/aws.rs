//! Where further resources of AWS say what: stores, state machines, streams and listeners.

use super::{ENCRYPTED, KEPT, Modeller, TRUE, of};
use crate::frontend::aws::declared::Path;
use crate::frontend::aws::listener::{self, listener};
use crate::frontend::aws::store::{self, Means, Policy, Question, Way, store};
use crate::frontend::aws::stream::{self, stream};
use crate::frontend::aws::workflow::{self, state_machine};

/// What each type of resource is: one line per type.
pub(super) const MODELS: &[(&str, Modeller)] = &[
    ("aws_sfn_state_machine", |it| {
        vec![state_machine(&of(it), &STATE_MACHINE)]
    }),
    ("aws_kinesis_stream", |it| vec![stream(&of(it), &STREAM)]),
    ("aws_lb_listener", |it| vec![listener(&of(it), &LISTENER)]),
    ("aws_alb_listener", |it| vec![listener(&of(it), &LISTENER)]),
    ("aws_ebs_volume", |it| vec![store(&of(it), &VOLUME)]),
    ("aws_efs_file_system", |it| vec![store(&of(it), &FILES)]),
    ("aws_elasticache_replication_group", |it| {
        vec![store(&of(it), &CACHE)]
    }),
    ("aws_redshift_cluster", |it| {
        vec![store(&of(it), &WAREHOUSE)]
    }),
    ("aws_opensearch_domain", |it| vec![store(&of(it), &SEARCH)]),
    ("aws_docdb_cluster", |it| vec![store(&of(it), &DOCUMENTS)]),
];

static STATE_MACHINE: workflow::Spelling = workflow::Spelling {
    name: &["name"],
    tags: &["tags"],
    region: &["region"],
    role: &["role_arn"],
    tracing: &["tracing_configuration", "enabled"],
    level: &["logging_configuration", "level"],
};

static STREAM: stream::Spelling = stream::Spelling {
    tags: &["tags"],
    encryption: &["encryption_type"],
    retention: &["retention_period"],
};

static LISTENER: listener::Spelling = listener::Spelling {
    protocol: &["protocol"],
    actions: &["default_action"],
    action: &["type"],
    redirect: &["redirect", "protocol"],
    clients: &["mutual_authentication", "mode"],
    balancer: &["load_balancer_arn"],
    balancers: &["aws_lb", "aws_alb"],
    internal: (&["internal"], "true"),
};

/// A store that nobody reaches from the internet.
const fn inside(
    form: &'static str,
    name: Path,
    encrypted: Question,
    backup: Question,
) -> store::Spelling {
    store::Spelling {
        form,
        name,
        region: &["region"],
        tags: &["tags"],
        log_retention: &[],
        public: Question::always(false),
        encrypted,
        backup,
        policy: None,
    }
}

/// What one key of the store answers.
const fn own(path: Path, means: Means) -> Way {
    Way {
        beside: None,
        path,
        means,
    }
}

const MARKED: &[Way] = &[own(&["encrypted"], TRUE)];

static VOLUME: store::Spelling = inside(
    "volume",
    &[],
    Question::written(MARKED, false),
    Question::always(false),
);

/// What is made by the API is neither encrypted nor backed up unless that is asked for.
/// <https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html>
static FILES: store::Spelling = inside(
    "volume",
    &["creation_token"],
    Question::written(MARKED, false),
    Question::written(
        &[Way {
            beside: Some(("aws_efs_backup_policy", &["file_system_id"])),
            path: &["backup_policy", "status"],
            means: Means::OneOf(&["ENABLED"]),
        }],
        false,
    ),
);

/// Valkey encrypts unless it is told not to, Redis only where it is told to.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html>
static CACHE: store::Spelling = inside(
    "cache",
    &["replication_group_id"],
    Question {
        ways: AT_REST,
        unless: NOT_AT_REST,
        default: Some(false),
    },
    Question::written(SNAPSHOTS, false),
);

const AT_REST: &[Way] = &[
    own(&["at_rest_encryption_enabled"], TRUE),
    own(&["engine"], Means::OneOf(&["valkey"])),
];

const NOT_AT_REST: &[Way] = &[own(
    &["at_rest_encryption_enabled"],
    Means::OneOf(&["false"]),
)];

const SNAPSHOTS: &[Way] = &[own(&["snapshot_retention_limit"], Means::NotZero)];

/// Since 2025, clusters are encrypted and closed. Their snapshots are kept for a day.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/behavior-changes.html>
static WAREHOUSE: store::Spelling = store::Spelling {
    form: "database",
    name: &["cluster_identifier"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &[],
    public: Question::written(ACCESSIBLE, false),
    encrypted: Question::written(MARKED, true),
    backup: Question::written(AUTOMATED, true),
    policy: None,
};

const ACCESSIBLE: &[Way] = &[own(&["publicly_accessible"], TRUE)];

const AUTOMATED: &[Way] = &[own(
    &["automated_snapshot_retention_period"],
    Means::NotZero,
)];

/// A domain takes a snapshot of itself every hour. Outside of a network, its policy says who is let in; one that knows
/// its own users asks those whom the policy lets in as well.
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html>
static SEARCH: store::Spelling = store::Spelling {
    form: "database",
    name: &["domain_name"],
    region: &["region"],
    tags: &["tags"],
    log_retention: &[],
    public: Question::always(false),
    encrypted: Question::written(ENCRYPT, false),
    backup: Question::always(true),
    policy: Some(Policy {
        kind: "aws_opensearch_domain_policy",
        store: &["domain_name"],
        document: &["access_policies"],
        unless: SHUT,
    }),
};

const ENCRYPT: &[Way] = &[own(&["encrypt_at_rest", "enabled"], TRUE)];

const SHUT: &[Way] = &[
    own(&["vpc_options"], Means::Written),
    own(&["advanced_security_options", "enabled"], TRUE),
];

/// Backups are kept for a day where nothing is written.
/// <https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html>
static DOCUMENTS: store::Spelling = inside(
    "database",
    &["cluster_identifier"],
    Question::written(ENCRYPTED, false),
    Question::written(KEPT, true),
);
