//! Where functions of a resolved service say what.

use super::event;
use crate::frontend::aws::function::Spelling;

pub(super) const FUNCTION: Spelling = Spelling {
    name: &["name"],
    runtime: &["runtime"],
    package: &["packageType"],
    image: &["image", "uri"],
    timeout: &["timeout"],
    memory: &["memorySize"],
    reserved: &["reservedConcurrency"],
    warm: &["provisionedConcurrency"],
    warm_beside: &[],
    role: &["role"],
    subnets: &["vpc", "subnetIds"],
    files: &["fileSystemConfig"],
    mount_path: &["localMountPath"],
    variables: &["environment"],
    tracing: &["tracing"],
    log_retention: &["logRetentionInDays"],
    dead_letter: &["onError"],
    on_failure: &["destinations", "onFailure"],
    retries: &["maximumRetryAttempts"],
    max_age: &["maximumEventAge"],
    events: &[],
    asynchronous: event::asynchronous,
    tags: &["tags"],
    beside: ("", &[], &[]),
    permission: ("", &[], &[]),
    sources: &[],
};
