//! Templates of policies of SAM, `S3CrudPolicy: {BucketName: !Ref Pictures}`, by what they let a function do with the
//! resource that they name. Those that let it hand nothing to anybody are left out.

use super::document::spelt;
use crate::tree::{NodeId, View};

/// What a template grants.
pub(super) struct Grant {
    pub(super) template: &'static str,
    pub(super) actions: &'static [&'static str],
    /// What it names, and where.
    pub(super) resource: (String, NodeId),
}

/// The template, the parameter that names a resource, and the actions by which something is handed over.
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>
const TEMPLATES: &[(&str, &str, &[&str])] = &[
    (
        "DynamoDBCrudPolicy",
        "TableName",
        &[
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:Query",
            "dynamodb:Scan",
        ],
    ),
    (
        "DynamoDBReadPolicy",
        "TableName",
        &["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
    ),
    (
        "DynamoDBWritePolicy",
        "TableName",
        &["dynamodb:PutItem", "dynamodb:UpdateItem"],
    ),
    (
        "EventBridgePutEventsPolicy",
        "EventBusName",
        &["events:PutEvents"],
    ),
    (
        "KinesisCrudPolicy",
        "StreamName",
        &["kinesis:PutRecord", "kinesis:PutRecords"],
    ),
    (
        "LambdaInvokePolicy",
        "FunctionName",
        &["lambda:InvokeFunction"],
    ),
    (
        "S3CrudPolicy",
        "BucketName",
        &["s3:GetObject", "s3:PutObject"],
    ),
    ("S3ReadPolicy", "BucketName", &["s3:GetObject"]),
    ("S3WritePolicy", "BucketName", &["s3:PutObject"]),
    ("SNSCrudPolicy", "TopicName", &["sns:Publish"]),
    ("SNSPublishMessagePolicy", "TopicName", &["sns:Publish"]),
    ("SQSSendMessagePolicy", "QueueName", &["sqs:SendMessage"]),
];

/// What a policy of a function grants, where it is such a template.
pub(super) fn of(policy: View<'_>) -> Option<Grant> {
    let (name, parameters) = policy.entries().next()?;
    let &(template, parameter, actions) = TEMPLATES.iter().find(|(known, ..)| *known == name)?;
    let named = parameters.get(parameter)?;
    Some(Grant {
        template,
        actions,
        resource: (spelt(named)?, named.id()),
    })
}
