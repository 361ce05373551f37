//! Stub.
use crate::config::InventoryConfig;
use crate::policies::Active;
use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;
use plumbline_core::estate::Surroundings;
use plumbline_core::resource::Resource;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
/// S
#[derive(Debug)]
pub struct Inventory;
/// S
#[derive(Debug)]
pub struct Snapshot {
    /// s
    pub surroundings: Option<Arc<Surroundings>>,
    /// s
    pub age: Duration,
    /// s
    pub fresh: bool,
    /// s
    pub reason: Option<String>,
}
/// S
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct InventoryError;
impl Inventory {
    /// s
    pub async fn start(
        _: &InventoryConfig,
        _: &Active,
        _: Metrics,
        _: Shutdown,
    ) -> Result<Self, InventoryError> {
        std::future::ready(()).await;
        Err(InventoryError)
    }
    /// s
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            surroundings: None,
            age: Duration::ZERO,
            fresh: false,
            reason: None,
        }
    }
    /// s
    pub fn admitted(&self, _: Resource) {}
    /// s
    pub fn namespace_labels(&self, _: &str) -> Option<BTreeMap<String, String>> {
        None
    }
}
