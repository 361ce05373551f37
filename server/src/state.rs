//! What every request shares.

use std::sync::Arc;

use crate::auth::Auth;
use crate::config::Config;
use crate::decisions::Decisions;
use crate::http::RunTask;
use crate::inventory::Inventory;
use crate::policies::Policies;
use crate::pool::Pools;
use crate::shutdown::Readiness;
use crate::telemetry::Metrics;

/// A server that is running.
#[derive(Debug)]
pub struct App {
    /// What it was started with.
    pub config: Config,
    /// What is judged by.
    pub policies: Policies,
    /// The threads that judge.
    pub pools: Pools,
    /// What runs in the cluster; none if nobody is asked for it.
    pub inventory: Option<Inventory>,
    /// What run tasks of Terraform need; none if they are not answered.
    pub run_task: Option<Arc<RunTask>>,
    /// Where decisions are kept.
    pub decisions: Decisions,
    /// What is counted.
    pub metrics: Metrics,
    /// Who may ask.
    pub auth: Auth,
    /// Whether requests should come here.
    pub readiness: Readiness,
}
