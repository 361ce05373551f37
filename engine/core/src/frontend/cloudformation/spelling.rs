//! Where the resources of templates say what.

use crate::frontend::aws::{function, queue};

pub(super) const LAMBDA: function::Spelling = function::Spelling {
    name: &["FunctionName"],
    runtime: &["Runtime"],
    package: &["PackageType"],
    image: &["Code", "ImageUri"],
    timeout: &["Timeout"],
    memory: &["MemorySize"],
    reserved: &["ReservedConcurrentExecutions"],
    warm: &[],
    warm_beside: &[
        (
            "AWS::Lambda::Alias",
            &["FunctionName"],
            &[
                "ProvisionedConcurrencyConfig",
                "ProvisionedConcurrentExecutions",
            ],
        ),
        (
            "AWS::Lambda::Version",
            &["FunctionName"],
            &[
                "ProvisionedConcurrencyConfig",
                "ProvisionedConcurrentExecutions",
            ],
        ),
    ],
    role: &["Role"],
    subnets: &["VpcConfig", "SubnetIds"],
    files: &["FileSystemConfigs"],
    mount_path: &["LocalMountPath"],
    variables: &["Environment", "Variables"],
    tracing: &["TracingConfig", "Mode"],
    log_retention: &[],
    dead_letter: &["DeadLetterConfig", "TargetArn"],
    on_failure: &[],
    retries: &[],
    max_age: &[],
    events: &[],
    asynchronous: |_| None,
    tags: &["Tags"],
    beside: (
        "AWS::Lambda::EventInvokeConfig",
        &["FunctionName"],
        &["DestinationConfig", "OnFailure"],
    ),
    permission: ("AWS::Lambda::Permission", &["FunctionName"], &["Principal"]),
    sources: &[
        "AWS::Events::Rule",
        "AWS::S3::Bucket",
        "AWS::SNS::Subscription",
        "AWS::Scheduler::Schedule",
    ],
};

pub(super) const SERVERLESS: function::Spelling = function::Spelling {
    image: &["ImageUri"],
    warm: &[
        "ProvisionedConcurrencyConfig",
        "ProvisionedConcurrentExecutions",
    ],
    tracing: &["Tracing"],
    dead_letter: &["DeadLetterQueue", "TargetArn"],
    on_failure: &["EventInvokeConfig", "DestinationConfig", "OnFailure"],
    retries: &["EventInvokeConfig", "MaximumRetryAttempts"],
    max_age: &["EventInvokeConfig", "MaximumEventAgeInSeconds"],
    events: &["Events"],
    ..LAMBDA
};

pub(super) static QUEUE: queue::Spelling = queue::Spelling {
    queue: "AWS::SQS::Queue",
    visibility: &["VisibilityTimeout"],
    retention: &["MessageRetentionPeriod"],
    redrive: &["RedrivePolicy"],
    redrive_beside: None,
    max_receives: &["RedrivePolicy", "maxReceiveCount"],
    tags: &["Tags"],
    mapping: (
        "AWS::Lambda::EventSourceMapping",
        &["EventSourceArn"],
        &["FunctionName"],
    ),
    filter: &["FilterCriteria"],
    timeouts: &[
        ("AWS::Lambda::Function", &["Timeout"]),
        ("AWS::Serverless::Function", &["Timeout"]),
    ],
    alias: ("AWS::Lambda::Alias", &["FunctionName"]),
    dead_letters: &[
        ("AWS::SQS::Queue", &["RedrivePolicy", "deadLetterTargetArn"]),
        (
            "AWS::SNS::Subscription",
            &["RedrivePolicy", "deadLetterTargetArn"],
        ),
        (
            "AWS::Scheduler::Schedule",
            &["Target", "DeadLetterConfig", "Arn"],
        ),
        ("AWS::Lambda::Function", &["DeadLetterConfig", "TargetArn"]),
        (
            "AWS::Serverless::Function",
            &["DeadLetterQueue", "TargetArn"],
        ),
        (
            "AWS::Lambda::EventInvokeConfig",
            &["DestinationConfig", "OnFailure", "Destination"],
        ),
        (
            "AWS::Serverless::Function",
            &[
                "EventInvokeConfig",
                "DestinationConfig",
                "OnFailure",
                "Destination",
            ],
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            &["DestinationConfig", "OnFailure", "Destination"],
        ),
    ],
    with_events: &["AWS::Serverless::Function"],
};
