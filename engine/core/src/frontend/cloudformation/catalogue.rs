//! Where further resources of templates say what: stores, identities, endpoints, what hands messages on, budgets and
//! machines.

mod flow;
mod stores;

use super::{DIALECT, Modeller};
use crate::estate::Entity;
use crate::frontend::aws::budget::{self, budget};
use crate::frontend::aws::bus::{self, Channel, Handing, Upstream, channel, handing};
use crate::frontend::aws::declared::Declared;
use crate::frontend::aws::endpoint::{self, About, Limit, endpoint};
use crate::frontend::aws::identity::{self, Attached, identity, policy};
use crate::frontend::aws::machine::{self, machine};
use crate::frontend::aws::notification::{self, notifications};
use crate::frontend::aws::sam;
use crate::frontend::aws::store::{self, Means, Policy, Question, TRUE, Way, store};
use crate::frontend::aws::target::Target;
use crate::frontend::aws::task::{self, task};
use crate::resource::Resource;

/// What each type of resource is.
pub(super) fn models() -> impl Iterator<Item = &'static (&'static str, Modeller)> {
    MODELS.iter().chain(stores::MODELS).chain(flow::MODELS)
}

/// What each type of resource is: one line per type.
const MODELS: &[(&str, Modeller)] = &[
    ("AWS::S3::Bucket", |it| {
        let mut entities = vec![store(&of(it), &BUCKET)];
        entities.extend(notifications(&of(it), &BUCKET_NOTIFICATIONS));
        entities
    }),
    ("AWS::DynamoDB::Table", |it| vec![store(&of(it), &TABLE)]),
    ("AWS::Serverless::SimpleTable", |it| {
        vec![store(&of(it), &TABLE)]
    }),
    ("AWS::RDS::DBInstance", |it| vec![store(&of(it), &DATABASE)]),
    ("AWS::RDS::DBCluster", |it| vec![store(&of(it), &CLUSTER)]),
    ("AWS::Logs::LogGroup", |it| vec![store(&of(it), &LOG_GROUP)]),
    ("AWS::IAM::Role", |it| identity(&of(it), &ROLE)),
    ("AWS::IAM::User", |it| identity(&of(it), &USER)),
    ("AWS::IAM::Group", |it| identity(&of(it), &GROUP)),
    ("AWS::IAM::Policy", |it| policy(&of(it), &POLICY)),
    ("AWS::IAM::ManagedPolicy", |it| policy(&of(it), &POLICY)),
    ("AWS::IAM::RolePolicy", |it| policy(&of(it), &OWN_POLICY)),
    ("AWS::IAM::UserPolicy", |it| policy(&of(it), &OWN_POLICY)),
    ("AWS::IAM::GroupPolicy", |it| policy(&of(it), &OWN_POLICY)),
    ("AWS::Lambda::Url", |it| {
        vec![endpoint(&of(it), &FUNCTION_URL)]
    }),
    ("AWS::ApiGatewayV2::Route", |it| {
        vec![endpoint(&of(it), &ROUTE)]
    }),
    ("AWS::ApiGateway::Method", |it| {
        vec![endpoint(&of(it), &METHOD)]
    }),
    ("AWS::Serverless::Api", |it| vec![sam::api(&of(it))]),
    ("AWS::Serverless::HttpApi", |it| vec![sam::api(&of(it))]),
    ("AWS::SNS::Topic", |it| {
        let mut entities = vec![channel(&of(it), &TOPIC)];
        entities.extend(handing(&of(it), &TOPIC_OWN));
        entities
    }),
    ("AWS::Events::EventBus", |it| vec![channel(&of(it), &BUS)]),
    ("AWS::Events::Rule", |it| handing(&of(it), &RULE)),
    ("AWS::Scheduler::Schedule", |it| handing(&of(it), &SCHEDULE)),
    ("AWS::SNS::Subscription", |it| {
        handing(&of(it), &TOPIC_SUBSCRIPTION)
    }),
    ("AWS::Budgets::Budget", |it| vec![budget(&of(it), &BUDGET)]),
    ("AWS::EC2::Instance", |it| vec![machine(&of(it), &INSTANCE)]),
    ("AWS::EC2::LaunchTemplate", |it| {
        vec![machine(&of(it), &LAUNCH_TEMPLATE)]
    }),
    ("AWS::ECS::TaskDefinition", |it| vec![task(&of(it), &TASK)]),
];

/// What SAM makes of a function besides the function: endpoints, subscriptions, a role and what it is granted.
pub(super) fn of_function(resource: &Resource) -> Vec<Entity> {
    let declared = of(resource);
    let mut entities = sam::of_function(&declared);
    entities.extend(bus::of_events(&declared));
    entities.extend(notification::of_events(&declared));
    entities.extend(identity::of_function(&declared, &["Role"], &["Policies"]));
    entities
}

fn of(resource: &Resource) -> Declared<'_> {
    Declared::new(resource, &DIALECT)
}

/// Lists of access that let everybody in, or whoever has an account.
const PUBLIC_ACLS: Means = Means::OneOf(&["PublicRead", "PublicReadWrite", "AuthenticatedRead"]);

/// Buckets are closed and encrypted since 2023, unless they say otherwise.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html>
static BUCKET: store::Spelling = store::Spelling {
    form: "bucket",
    name: &["BucketName"],
    region: &[],
    tags: &["Tags"],
    log_retention: &[],
    public: Question {
        ways: &[Way {
            beside: None,
            path: &["AccessControl"],
            means: PUBLIC_ACLS,
        }],
        unless: &[
            Way {
                beside: None,
                path: &["PublicAccessBlockConfiguration", "BlockPublicAcls"],
                means: TRUE,
            },
            Way {
                beside: None,
                path: &["PublicAccessBlockConfiguration", "IgnorePublicAcls"],
                means: TRUE,
            },
        ],
        default: Some(false),
    },
    encrypted: Question::always(true),
    backup: Question::written(
        &[Way {
            beside: None,
            path: &["VersioningConfiguration", "Status"],
            means: Means::OneOf(&["Enabled"]),
        }],
        false,
    ),
    policy: Some(Policy {
        kind: "AWS::S3::BucketPolicy",
        store: &["Bucket"],
        document: &["PolicyDocument"],
        unless: &[
            Way {
                beside: None,
                path: &["PublicAccessBlockConfiguration", "BlockPublicPolicy"],
                means: TRUE,
            },
            Way {
                beside: None,
                path: &["PublicAccessBlockConfiguration", "RestrictPublicBuckets"],
                means: TRUE,
            },
        ],
    }),
};

static BUCKET_NOTIFICATIONS: notification::Spelling = notification::Spelling {
    bucket: &[],
    lists: &[
        (
            &["NotificationConfiguration", "LambdaConfigurations"],
            &["Function"],
        ),
        (
            &["NotificationConfiguration", "QueueConfigurations"],
            &["Queue"],
        ),
        (
            &["NotificationConfiguration", "TopicConfigurations"],
            &["Topic"],
        ),
    ],
    filters: &[&["Filter"]],
    events: "Event",
};

static TABLE: store::Spelling = store::Spelling {
    form: "table",
    name: &["TableName"],
    region: &[],
    tags: &["Tags"],
    log_retention: &[],
    public: Question::always(false),
    encrypted: Question::always(true),
    backup: Question::written(
        &[Way {
            beside: None,
            path: &[
                "PointInTimeRecoverySpecification",
                "PointInTimeRecoveryEnabled",
            ],
            means: TRUE,
        }],
        false,
    ),
    policy: None,
};

const ENCRYPTED: &[Way] = &[Way {
    beside: None,
    path: &["StorageEncrypted"],
    means: TRUE,
}];

/// Backups are kept for a day where nothing is written.
const KEPT: &[Way] = &[Way {
    beside: None,
    path: &["BackupRetentionPeriod"],
    means: Means::NotZero,
}];

/// Where nothing is written, an instance is public if the network of its subnets has a way to the internet.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
static DATABASE: store::Spelling = store::Spelling {
    form: "database",
    name: &["DBInstanceIdentifier"],
    region: &[],
    tags: &["Tags"],
    log_retention: &[],
    public: Question {
        ways: &[Way {
            beside: None,
            path: &["PubliclyAccessible"],
            means: TRUE,
        }],
        unless: &[],
        default: None,
    },
    encrypted: Question::written(ENCRYPTED, false),
    backup: Question::written(KEPT, true),
    policy: None,
};

static CLUSTER: store::Spelling = store::Spelling {
    form: "database",
    name: &["DBClusterIdentifier"],
    region: &[],
    tags: &["Tags"],
    log_retention: &[],
    public: Question::written(
        &[Way {
            beside: None,
            path: &["PubliclyAccessible"],
            means: TRUE,
        }],
        false,
    ),
    encrypted: Question::written(ENCRYPTED, false),
    backup: Question::written(KEPT, true),
    policy: None,
};

static LOG_GROUP: store::Spelling = store::Spelling {
    form: "log_group",
    name: &["LogGroupName"],
    region: &[],
    tags: &["Tags"],
    log_retention: &["RetentionInDays"],
    public: Question::always(false),
    encrypted: Question::always(true),
    backup: Question::always(false),
    policy: None,
};

static ROLE: identity::Spelling = identity::Spelling {
    form: "role",
    trust: &["AssumeRolePolicyDocument"],
    tags: &["Tags"],
    policies: (&["Policies"], &["PolicyName"], &["PolicyDocument"]),
    managed: &["ManagedPolicyArns"],
};

static USER: identity::Spelling = identity::Spelling {
    form: "user",
    trust: &[],
    tags: &["Tags"],
    policies: (&["Policies"], &["PolicyName"], &["PolicyDocument"]),
    managed: &["ManagedPolicyArns"],
};

static GROUP: identity::Spelling = identity::Spelling {
    form: "group",
    trust: &[],
    tags: &[],
    policies: (&["Policies"], &["PolicyName"], &["PolicyDocument"]),
    managed: &["ManagedPolicyArns"],
};

static POLICY: Attached = Attached {
    document: &["PolicyDocument"],
    identities: &[&["Roles"], &["Users"], &["Groups"]],
    attachments: &[],
};

static OWN_POLICY: Attached = Attached {
    document: &["PolicyDocument"],
    identities: &[&["RoleName"], &["UserName"], &["GroupName"]],
    attachments: &[],
};

static FUNCTION_URL: endpoint::Spelling = endpoint::Spelling {
    form: "url",
    key: &[],
    method: &[],
    on: None,
    authorization: &["AuthType"],
    key_required: &[],
    target: Target::At(&["TargetFunctionArn"]),
    api: &[],
    private: &[],
    limits: &[],
};

static ROUTE: endpoint::Spelling = endpoint::Spelling {
    form: "route",
    key: &["RouteKey"],
    method: &[],
    on: None,
    authorization: &["AuthorizationType"],
    key_required: &["ApiKeyRequired"],
    target: Target::By(
        &["Target"],
        "AWS::ApiGatewayV2::Integration",
        &["IntegrationUri"],
    ),
    api: &["ApiId"],
    private: &[],
    limits: &[
        Limit {
            kind: "AWS::ApiGatewayV2::Stage",
            settings: &["DefaultRouteSettings"],
            api: &["ApiId"],
            about: About::All,
            rate: &["ThrottlingRateLimit"],
        },
        Limit {
            kind: "AWS::ApiGatewayV2::Stage",
            settings: &["RouteSettings"],
            api: &["ApiId"],
            about: About::Under,
            rate: &["ThrottlingRateLimit"],
        },
    ],
};

static METHOD: endpoint::Spelling = endpoint::Spelling {
    form: "route",
    key: &[],
    method: &["HttpMethod"],
    on: Some((
        "AWS::ApiGateway::Resource",
        &["ResourceId"],
        &["PathPart"],
        &["ParentId"],
    )),
    authorization: &["AuthorizationType"],
    key_required: &["ApiKeyRequired"],
    target: Target::At(&["Integration", "Uri"]),
    api: &["RestApiId"],
    private: &[(
        "AWS::ApiGateway::RestApi",
        &["EndpointConfiguration", "Types"],
    )],
    limits: &[
        Limit {
            kind: "AWS::ApiGateway::Stage",
            settings: &["MethodSettings"],
            api: &["RestApiId"],
            about: About::Patterns(&[&["HttpMethod"], &["ResourcePath"]]),
            rate: &["ThrottlingRateLimit"],
        },
        Limit {
            kind: "AWS::ApiGateway::Deployment",
            settings: &["StageDescription"],
            api: &["RestApiId"],
            about: About::All,
            rate: &["ThrottlingRateLimit"],
        },
        Limit {
            kind: "AWS::ApiGateway::UsagePlan",
            settings: &["ApiStages"],
            api: &["ApiId"],
            about: About::Keys,
            rate: &["Throttle", "RateLimit"],
        },
    ],
};

static TOPIC: Channel = Channel {
    form: "topic",
    tags: &["Tags"],
    visibility: (&[], None),
    retention: &[],
    key: Some(&["KmsMasterKeyId"]),
    max_receives: (&[], None),
    redrive: None,
    expired: &[],
};

static BUS: Channel = Channel {
    form: "bus",
    tags: &["Tags"],
    visibility: (&[], None),
    retention: &[],
    key: None,
    max_receives: (&[], None),
    redrive: None,
    expired: &[],
};

/// The subscriptions that a topic lists itself, which cannot say where it goes that fails.
static TOPIC_OWN: Handing = Handing {
    form: "topic",
    channel: Upstream::Itself,
    targets: Some((&["Subscription"], &[])),
    consumer: &["Endpoint"],
    protocol: &["Protocol"],
    dead_letter: &[],
    dead_letter_key: None,
    retries: (&[], None),
    max_age: (&[], None),
    visibility: (&[], None),
    filter: &[],
    schedule: None,
};

static TOPIC_SUBSCRIPTION: Handing = Handing {
    form: "topic",
    channel: Upstream::At(&["TopicArn"], None),
    targets: None,
    consumer: &["Endpoint"],
    protocol: &["Protocol"],
    dead_letter: &["RedrivePolicy"],
    dead_letter_key: Some("deadLetterTargetArn"),
    retries: (&[], None),
    max_age: (&[], None),
    visibility: (&[], None),
    filter: &["FilterPolicy"],
    schedule: None,
};

static RULE: Handing = Handing {
    form: "bus",
    channel: Upstream::At(&["EventBusName"], Some("default")),
    targets: Some((&["Targets"], &["Id"])),
    consumer: &["Arn"],
    protocol: &[],
    dead_letter: &["DeadLetterConfig", "Arn"],
    dead_letter_key: None,
    retries: (&["RetryPolicy", "MaximumRetryAttempts"], Some(bus::RETRIES)),
    max_age: (
        &["RetryPolicy", "MaximumEventAgeInSeconds"],
        Some(bus::MAX_AGE),
    ),
    visibility: (&[], None),
    filter: &[],
    schedule: Some((&["ScheduleExpression"], "AWS::Events::Rule", &[])),
};

static SCHEDULE: Handing = Handing {
    form: "schedule",
    channel: Upstream::At(&[], None),
    targets: None,
    consumer: &["Target", "Arn"],
    protocol: &[],
    dead_letter: &["Target", "DeadLetterConfig", "Arn"],
    dead_letter_key: None,
    retries: (
        &["Target", "RetryPolicy", "MaximumRetryAttempts"],
        Some(bus::RETRIES),
    ),
    max_age: (
        &["Target", "RetryPolicy", "MaximumEventAgeInSeconds"],
        Some(bus::MAX_AGE),
    ),
    visibility: (&[], None),
    filter: &[],
    schedule: None,
};

static BUDGET: budget::Spelling = budget::Spelling {
    amount: &["Budget", "BudgetLimit", "Amount"],
    tags: &["ResourceTags"],
    alerts: &["NotificationsWithSubscribers"],
    enabled: &[],
    threshold: &["Notification", "Threshold"],
    unit: &["Notification", "ThresholdType"],
    of_one: false,
};

static INSTANCE: machine::Spelling = machine::Spelling {
    name: &[],
    tags: &["Tags"],
    region: &[],
    os: None,
    identity: &["IamInstanceProfile"],
    scripts: &[&["UserData"], &["UserData", "Fn::Base64"]],
    passwords: &[],
    public: &["NetworkInterfaces", "AssociatePublicIpAddress"],
    metadata: &["MetadataOptions"],
    metadata_keys: Some((
        &["HttpEndpoint"],
        &["HttpTokens"],
        &["HttpPutResponseHopLimit"],
    )),
};

static LAUNCH_TEMPLATE: machine::Spelling = machine::Spelling {
    name: &["LaunchTemplateName"],
    tags: &["Tags"],
    region: &[],
    os: None,
    identity: &["LaunchTemplateData", "IamInstanceProfile", "Name"],
    scripts: &[
        &["LaunchTemplateData", "UserData"],
        &["LaunchTemplateData", "UserData", "Fn::Base64"],
    ],
    passwords: &[],
    public: &[
        "LaunchTemplateData",
        "NetworkInterfaces",
        "AssociatePublicIpAddress",
    ],
    metadata: &["LaunchTemplateData", "MetadataOptions"],
    metadata_keys: Some((
        &["HttpEndpoint"],
        &["HttpTokens"],
        &["HttpPutResponseHopLimit"],
    )),
};

static TASK: task::Spelling = task::Spelling {
    family: &["Family"],
    tags: &["Tags"],
    containers: &["ContainerDefinitions"],
    role: &["TaskRoleArn"],
    network: &["NetworkMode"],
    cpu: &["Cpu"],
    memory: &["Memory"],
    volumes: &["Volumes"],
    volume: (&["Name"], &["Host", "SourcePath"]),
    process_namespace: &["PidMode"],
};
