//! A server of its parts: what has to be there before it begins, what runs beside it, and the order in which it ends.

use std::io;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::time::sleep;

use crate::auth::Auth;
use crate::clock;
use crate::config::{CertificateConfig, Config, Listener, PoolConfig, TooOpen};
use crate::decisions::{CannotStart, Decisions};
use crate::doors::Doors;
use crate::http::{NotReady, RunTask, admission_router, api_router};
use crate::inventory::{self, Inventory, client};
use crate::listen::{self, Entrance, Security};
use crate::policies::{Loaded, Policies, PolicySource};
use crate::pool::{Pool, Pools};
use crate::shutdown::{POLICIES, Readiness, Shutdown};
use crate::state::App;
use crate::store::{self, Store, StoreError};
use crate::telemetry::Metrics;
use crate::tls::{self, Certificates, Files, Identity, Managed, TlsError};
use crate::webhooks::Webhooks;

/// Why a server cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum CannotServe {
    /// It would be open where it must not be.
    #[error("refused")]
    Open(#[from] TooOpen),
    /// A certificate cannot be used.
    #[error("the certificate of {name} cannot be used")]
    Certificate {
        /// Whose it is.
        name: &'static str,
        /// Why.
        source: TlsError,
    },
    /// There are no threads.
    #[error("the threads that judge cannot be started")]
    Threads(#[source] io::Error),
    /// There is no database.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// Decisions cannot be recorded.
    #[error("decisions cannot be recorded")]
    Decisions(#[from] CannotStart),
    /// The cluster cannot be asked.
    #[error("the cluster cannot be asked")]
    Inventory(#[from] client::Unusable),
    /// The cluster whose webhook configurations name this server cannot be asked.
    #[error("the webhook configurations cannot be looked at")]
    Webhooks(#[source] client::Unusable),
    /// Run tasks cannot be answered.
    #[error("run tasks of Terraform cannot be answered")]
    RunTask(#[from] NotReady),
}

/// Serves until it is told to end, everything that was taken is answered, and what was decided is recorded.
pub async fn serve(
    config: Config,
    doors: Doors,
    source: Arc<dyn PolicySource>,
    first: Loaded,
    shutdown: Shutdown,
) -> Result<(), CannotServe> {
    config.check()?;
    let metrics = Metrics::new();
    let entrance = |name, listener| Entrance { name, listener };
    let admission = match (&config.admission, doors.admission) {
        (Some(listener), Some(door)) => Some((
            entrance("admission", door),
            security("admission", listener, &metrics, &shutdown)?,
        )),
        _ => None,
    };
    let api = entrance("api", doors.api);
    let api_security = security("api", &config.api, &metrics, &shutdown)?;
    let store = match &config.store {
        Some(store) => Some(store::open(&store.place).await?),
        None => None,
    };
    let app = Arc::new(app(&config, source, first, store.clone(), &metrics, &shutdown).await?);
    watch(&app, store, &shutdown);
    if let Some(wanted) = &config.webhooks {
        let certificates = match &admission {
            Some((_, Security::Tls(certificates))) => Some(Arc::clone(certificates)),
            _ => None,
        };
        let client = client::reach(&wanted.access).await;
        let client = client.map_err(CannotServe::Webhooks)?;
        let (names, readiness) = (wanted.validating.clone(), app.readiness.clone());
        let webhooks = Webhooks::new(names, certificates, metrics.clone(), readiness);
        tokio::spawn(webhooks.keep(client, shutdown.clone()));
    }
    app.readiness.clear(POLICIES);
    let (limits, of_admission) = (config.limits.listener, Arc::clone(&app));
    let admission = async {
        if let Some((entrance, security)) = admission {
            let router = admission_router(of_admission);
            let (shutdown, metrics) = (shutdown.clone(), metrics.clone());
            listen::serve(entrance, security, router, limits, shutdown, metrics).await;
        }
    };
    let router = api_router(Arc::clone(&app));
    let api = listen::serve(
        api,
        api_security,
        router,
        limits,
        shutdown.clone(),
        metrics.clone(),
    );
    tokio::join!(admission, api);
    if let Some(run_task) = &app.run_task {
        run_task.finish().await;
    }
    app.decisions.finish().await;
    Ok(())
}

async fn app(
    config: &Config,
    source: Arc<dyn PolicySource>,
    first: Loaded,
    store: Option<Arc<dyn Store>>,
    metrics: &Metrics,
    shutdown: &Shutdown,
) -> Result<App, CannotServe> {
    let run_task = config.run_task.as_ref().map(RunTask::open).transpose()?;
    let policies = Policies::start(source, first).with_patience(config.policies.patience);
    let inventory = match &config.inventory {
        Some(wanted) => {
            let client = client::reach(&wanted.access).await?;
            let settings = inventory::Settings {
                stale_after: wanted.stale_after,
                ..inventory::Settings::new(Arc::new(clock::now))
            };
            let rules = Arc::clone(&policies.current().policies);
            Some(Inventory::start(client, rules, settings, metrics.clone()))
        }
        None => None,
    };
    Ok(App {
        pools: Pools {
            admission: pool("admission", config.admission_pool)?,
            check: pool("check", config.check_pool)?,
        },
        decisions: Decisions::start(&config.decisions, store.as_ref(), metrics)?,
        metrics: metrics.clone(),
        auth: Auth::new(config.callers.clone()),
        readiness: Readiness::new(shutdown.clone()),
        config: config.clone(),
        run_task: run_task.map(Arc::new),
        policies,
        inventory,
    })
}

fn pool(name: &'static str, config: PoolConfig) -> Result<Pool, CannotServe> {
    let processors = || available_parallelism().map_or(1, usize::from);
    let threads = config.threads.unwrap_or_else(processors);
    Pool::new(name, threads, config.queue).map_err(CannotServe::Threads)
}

/// How a listener is secured. Its certificate is read again until the end begins.
fn security(
    name: &'static str,
    listener: &Listener,
    metrics: &Metrics,
    shutdown: &Shutdown,
) -> Result<Security, CannotServe> {
    let Some(config) = &listener.tls else {
        return Ok(Security::Plain);
    };
    let identity = match &config.certificate {
        CertificateConfig::Files { certificate, key } => Identity::Files(Files {
            certificate: certificate.clone(),
            key: key.clone(),
        }),
        CertificateConfig::SelfSigned { names, folder } => {
            Identity::Managed(Managed::new(names.clone(), folder.clone()))
        }
    };
    let clients = config.clients.clone();
    let certificates = Certificates::load(
        name,
        identity,
        clients,
        clock::unix_seconds,
        metrics.clone(),
    )
    .map_err(|source| CannotServe::Certificate { name, source })?;
    // Whoever asks has to trust it: this is what a webhook's `caBundle` is made of.
    if let Some(bundle) = certificates.ca_bundle() {
        let bundle = bundle.as_str();
        tracing::info!(
            listener = name,
            bundle,
            "an authority of our own vouches for it"
        );
    }
    let certificates = Arc::new(certificates);
    tokio::spawn(Arc::clone(&certificates).watch(tls::EVERY, shutdown.clone()));
    Ok(Security::Tls(certificates))
}

/// What the inventory is called among the reasons not to be asked.
const INVENTORY: &str = "inventory";
/// How often the inventory is told which rules are in force.
const TELL: Duration = Duration::from_secs(1);

/// Has what the rules in force read looked at. Until all of it was listed once, requests should go elsewhere.
async fn follow(app: Arc<App>, shutdown: Shutdown) {
    let Some(inventory) = &app.inventory else {
        return;
    };
    let mut is_known = false;
    while !shutdown.is_begun() {
        inventory.judge_by(&app.policies.current().policies);
        let snapshot = inventory.snapshot();
        is_known |= snapshot.fresh;
        if is_known {
            app.readiness.clear(INVENTORY);
        } else if let Some(reason) = snapshot.reason {
            app.readiness.block(INVENTORY, reason);
        }
        sleep(TELL).await;
    }
}

/// What runs beside requests: policies are read again, what they read of the cluster is looked at, and old decisions are
/// deleted.
fn watch(app: &Arc<App>, store: Option<Arc<dyn Store>>, shutdown: &Shutdown) {
    if app.inventory.is_some() {
        let reason = "what runs in the cluster is not known yet";
        app.readiness.block(INVENTORY, reason.to_owned());
        tokio::spawn(follow(Arc::clone(app), shutdown.clone()));
    }
    let (watched, shutdown) = (Arc::clone(app), shutdown.clone());
    tokio::spawn(async move {
        let every = watched.config.policies.reload_every;
        let metrics = &watched.metrics;
        watched.policies.watch(every, shutdown, metrics).await;
    });
    let days = app.config.store.as_ref().and_then(|store| store.days);
    if let Some((store, days)) = store.zip(days) {
        tokio::spawn(store::retain(store, days));
    }
}
