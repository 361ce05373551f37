//! Where the resources of the AWS provider say what.

use crate::frontend::aws::{function, queue};

pub(super) const LAMBDA: function::Spelling = function::Spelling {
    name: &["function_name"],
    runtime: &["runtime"],
    package: &["package_type"],
    image: &["image_uri"],
    timeout: &["timeout"],
    memory: &["memory_size"],
    reserved: &["reserved_concurrent_executions"],
    warm: &[],
    warm_beside: &[(
        "aws_lambda_provisioned_concurrency_config",
        &["function_name"],
        &["provisioned_concurrent_executions"],
    )],
    role: &["role"],
    subnets: &["vpc_config", "subnet_ids"],
    files: &["file_system_config"],
    mount_path: &["local_mount_path"],
    variables: &["environment", "variables"],
    tracing: &["tracing_config", "mode"],
    log_retention: &[],
    dead_letter: &["dead_letter_config", "target_arn"],
    on_failure: &[],
    retries: &[],
    max_age: &[],
    events: &[],
    asynchronous: |_| None,
    tags: &["tags"],
    beside: (
        "aws_lambda_function_event_invoke_config",
        &["function_name"],
        &["destination_config", "on_failure"],
    ),
    permission: ("aws_lambda_permission", &["function_name"], &["principal"]),
    sources: &[
        "aws_cloudwatch_event_target",
        "aws_s3_bucket_notification",
        "aws_scheduler_schedule",
        "aws_sns_topic_subscription",
    ],
};

pub(super) static QUEUE: queue::Spelling = queue::Spelling {
    queue: "aws_sqs_queue",
    visibility: &["visibility_timeout_seconds"],
    retention: &["message_retention_seconds"],
    redrive: &["redrive_policy"],
    redrive_beside: Some(("aws_sqs_queue_redrive_policy", &["queue_url"])),
    max_receives: &["redrive_policy", "maxReceiveCount"],
    tags: &["tags"],
    mapping: (
        "aws_lambda_event_source_mapping",
        &["event_source_arn"],
        &["function_name"],
    ),
    filter: &["filter_criteria"],
    timeouts: &[("aws_lambda_function", &["timeout"])],
    alias: ("aws_lambda_alias", &["function_name"]),
    dead_letters: &[
        ("aws_sqs_queue", &["redrive_policy", "deadLetterTargetArn"]),
        (
            "aws_sqs_queue_redrive_policy",
            &["redrive_policy", "deadLetterTargetArn"],
        ),
        (
            "aws_sns_topic_subscription",
            &["redrive_policy", "deadLetterTargetArn"],
        ),
        (
            "aws_cloudwatch_event_target",
            &["dead_letter_config", "arn"],
        ),
        (
            "aws_scheduler_schedule",
            &["target", "dead_letter_config", "arn"],
        ),
        ("aws_lambda_function", &["dead_letter_config", "target_arn"]),
        (
            "aws_lambda_function_event_invoke_config",
            &["destination_config", "on_failure", "destination"],
        ),
        (
            "aws_lambda_event_source_mapping",
            &["destination_config", "on_failure", "destination_arn"],
        ),
    ],
    with_events: &[],
};
