//! Policies that SAM has as templates: what each grants on the resource that it names.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>

use super::WHY;
use super::declared::Declared;
use super::document::spelt;
use crate::estate::{Entity, EntityKind, Model};
use crate::tree::{Origin, View};

/// A template: its name, the parameter that names a resource, and what may be done to it.
type Template = (&'static str, &'static str, &'static [&'static str]);

/// Those that let a function put messages somewhere, call another one, or read and change what a store holds.
const TEMPLATES: &[Template] = &[
    ("SQSSendMessagePolicy", "QueueName", &["sqs:SendMessage*"]),
    (
        "SQSPollerPolicy",
        "QueueName",
        &[
            "sqs:ChangeMessageVisibility",
            "sqs:ChangeMessageVisibilityBatch",
            "sqs:DeleteMessage",
            "sqs:DeleteMessageBatch",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
    ),
    ("SNSPublishMessagePolicy", "TopicName", &["sns:Publish"]),
    (
        "EventBridgePutEventsPolicy",
        "EventBusName",
        &["events:PutEvents"],
    ),
    (
        "LambdaInvokePolicy",
        "FunctionName",
        &["lambda:InvokeFunction"],
    ),
    (
        "StepFunctionsExecutionPolicy",
        "StateMachineName",
        &["states:StartExecution"],
    ),
    (
        "S3ReadPolicy",
        "BucketName",
        &[
            "s3:GetObject",
            "s3:ListBucket",
            "s3:GetBucketLocation",
            "s3:GetObjectVersion",
            "s3:GetLifecycleConfiguration",
        ],
    ),
    (
        "S3WritePolicy",
        "BucketName",
        &[
            "s3:PutObject",
            "s3:PutObjectAcl",
            "s3:PutLifecycleConfiguration",
        ],
    ),
    (
        "S3CrudPolicy",
        "BucketName",
        &[
            "s3:GetObject",
            "s3:ListBucket",
            "s3:GetBucketLocation",
            "s3:GetObjectVersion",
            "s3:PutObject",
            "s3:PutObjectAcl",
            "s3:GetLifecycleConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:DeleteObject",
        ],
    ),
    (
        "DynamoDBReadPolicy",
        "TableName",
        &[
            "dynamodb:GetItem",
            "dynamodb:Scan",
            "dynamodb:Query",
            "dynamodb:BatchGetItem",
            "dynamodb:DescribeTable",
        ],
    ),
    (
        "DynamoDBWritePolicy",
        "TableName",
        &[
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:BatchWriteItem",
        ],
    ),
    (
        "DynamoDBCrudPolicy",
        "TableName",
        &[
            "dynamodb:GetItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Scan",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:BatchGetItem",
            "dynamodb:DescribeTable",
            "dynamodb:ConditionCheckItem",
        ],
    ),
];

/// What the templates of an entry of `Policies` grant: `SQSSendMessagePolicy: {QueueName: ...}`.
pub(super) fn grants(policy: View<'_>, name: &str, held: impl Fn(&mut Model)) -> Vec<Entity> {
    let used = policy.entries().filter_map(|(key, parameters)| {
        let template = TEMPLATES.iter().find(|(name, ..)| *name == key)?;
        Some((template, parameters))
    });
    let grant = |((template, parameter, actions), parameters): (&Template, View<'_>)| {
        let from = parameters.id();
        let origin = Origin::Derived { from };
        let name = format!("{name}/{template}");
        Declared::entity_of(EntityKind::Grant, &name, from, |model| {
            held(model);
            model.text("effect", "allow", origin);
            model.list("actions", from, |model| {
                for action in *actions {
                    model.text("", action, origin);
                }
            });
            let named = parameters.get(parameter);
            let named = named.filter(|named| spelt(*named).is_some());
            let at = named.map_or(from, View::id);
            model.list("resources", at, |model| match named.and_then(spelt) {
                Some(text) => model.text("", &text, Origin::Derived { from: at }),
                None => model.unknown("", WHY, at),
            });
        })
    };
    used.map(grant).collect()
}
