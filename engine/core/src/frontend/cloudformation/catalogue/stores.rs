//! Where further stores of templates say what.

use super::{ENCRYPTED, KEPT, Modeller, TRUE, of};
use crate::frontend::aws::declared::Path;
use crate::frontend::aws::store::{self, Means, Policy, Question, Way, store};

/// What each type of resource is: one line per type.
pub(super) const MODELS: &[(&str, Modeller)] = &[
    ("AWS::EC2::Volume", |it| vec![store(&of(it), &VOLUME)]),
    ("AWS::EFS::FileSystem", |it| vec![store(&of(it), &FILES)]),
    ("AWS::ElastiCache::ReplicationGroup", |it| {
        vec![store(&of(it), &CACHE)]
    }),
    ("AWS::Redshift::Cluster", |it| {
        vec![store(&of(it), &WAREHOUSE)]
    }),
    ("AWS::OpenSearchService::Domain", |it| {
        vec![store(&of(it), &SEARCH)]
    }),
    ("AWS::DocDB::DBCluster", |it| {
        vec![store(&of(it), &DOCUMENTS)]
    }),
];

/// A store that nobody reaches from the internet.
const fn inside(
    form: &'static str,
    tags: Path,
    encrypted: Question,
    backup: Question,
) -> store::Spelling {
    store::Spelling {
        form,
        name: &[],
        region: &[],
        tags,
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

const MARKED: &[Way] = &[own(&["Encrypted"], TRUE)];

static VOLUME: store::Spelling = inside(
    "volume",
    &["Tags"],
    Question::written(MARKED, false),
    Question::always(false),
);

/// What is made by the API is neither encrypted nor backed up unless that is asked for.
/// <https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html>
static FILES: store::Spelling = inside(
    "volume",
    &["FileSystemTags"],
    Question::written(MARKED, false),
    Question::written(BACKED_UP, false),
);

const BACKED_UP: &[Way] = &[own(&["BackupPolicy", "Status"], Means::OneOf(&["ENABLED"]))];

/// Valkey encrypts unless it is told not to, Redis only where it is told to.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html>
static CACHE: store::Spelling = inside(
    "cache",
    &["Tags"],
    Question {
        ways: AT_REST,
        unless: NOT_AT_REST,
        default: Some(false),
    },
    Question::written(SNAPSHOTS, false),
);

const AT_REST: &[Way] = &[
    own(&["AtRestEncryptionEnabled"], TRUE),
    own(&["Engine"], Means::OneOf(&["valkey"])),
];

const NOT_AT_REST: &[Way] = &[own(&["AtRestEncryptionEnabled"], Means::OneOf(&["false"]))];

const SNAPSHOTS: &[Way] = &[own(&["SnapshotRetentionLimit"], Means::NotZero)];

/// Since 2025, clusters are encrypted and closed. Their snapshots are kept for a day.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/behavior-changes.html>
static WAREHOUSE: store::Spelling = store::Spelling {
    form: "database",
    name: &["ClusterIdentifier"],
    region: &[],
    tags: &["Tags"],
    log_retention: &[],
    public: Question::written(ACCESSIBLE, false),
    encrypted: Question::written(MARKED, true),
    backup: Question::written(AUTOMATED, true),
    policy: None,
};

const ACCESSIBLE: &[Way] = &[own(&["PubliclyAccessible"], TRUE)];

const AUTOMATED: &[Way] = &[own(&["AutomatedSnapshotRetentionPeriod"], Means::NotZero)];

/// A domain takes a snapshot of itself every hour. Outside of a network, its policy says who is let in; one that knows
/// its own users asks those whom the policy lets in as well.
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html>
static SEARCH: store::Spelling = store::Spelling {
    form: "database",
    name: &["DomainName"],
    region: &[],
    tags: &["Tags"],
    log_retention: &[],
    public: Question::always(false),
    encrypted: Question::written(ENCRYPT, false),
    backup: Question::always(true),
    policy: Some(OPENING),
};

const ENCRYPT: &[Way] = &[own(&["EncryptionAtRestOptions", "Enabled"], TRUE)];

/// Templates have no other place for it than the domain.
const OPENING: Policy = Policy {
    kind: "AWS::OpenSearchService::Domain",
    store: &[],
    document: &["AccessPolicies"],
    unless: SHUT,
};

const SHUT: &[Way] = &[
    own(&["VPCOptions"], Means::Written),
    own(&["AdvancedSecurityOptions", "Enabled"], TRUE),
];

/// Backups are kept for a day where nothing is written.
/// <https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html>
static DOCUMENTS: store::Spelling = inside(
    "database",
    &["Tags"],
    Question::written(ENCRYPTED, false),
    Question::written(KEPT, true),
);
