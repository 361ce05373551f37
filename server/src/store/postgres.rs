//! The store in a database of PostgreSQL, which several servers share.

use std::pin::Pin;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Error, PgPool};
use tokio::sync::OnceCell;

use super::migrations::{self, migrate};
use super::queries::queries;
use super::{Answer, DayCount, Filter, Page, Recent, Record, Store, StoreError};

queries!(sqlx::Postgres);

/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const CONNECTIONS: u32 = 8;

/// A database of PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgres {
    pool: PgPool,
    /// Set once the schema is as it should be.
    schema: OnceCell<()>,
}

impl Postgres {
    /// A database that does not answer yet is no reason not to start: it may answer later, and its schema is seen to then.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.application_name("plumbline");
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options);
        let opened = Self {
            pool,
            schema: OnceCell::new(),
        };
        match opened.ready().await.map(|_| ()) {
            Err(StoreError::Database(Error::PoolTimedOut | Error::Io(_))) => {
                tracing::error!("the database does not answer");
            }
            outcome => outcome?,
        }
        Ok(opened)
    }

    /// The database, when its schema is as it should be.
    async fn ready(&self) -> Result<&PgPool, StoreError> {
        self.schema.get_or_try_init(|| self.migrate()).await?;
        Ok(&self.pool)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        // When migrating fails, the lock of it is only gone with its connection.
        connection.close_on_drop();
        migrate(&mut *connection, migrations::POSTGRES).await
    }
}

impl Store for Postgres {
    fn write<'a>(&'a self, records: &'a [Arc<Record>]) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.ready().await?.begin().await?;
            ask::write(&mut transaction, records).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    fn recent<'a>(&'a self, filter: &'a Filter, page: &'a Page) -> Answer<'a, Recent> {
        Box::pin(async move { Ok(ask::recent(self.ready().await?, filter, page).await?) })
    }

    fn counts(&self, from: SystemTime) -> Answer<'_, Vec<DayCount>> {
        Box::pin(async move { Ok(ask::counts(self.ready().await?, from).await?) })
    }

    fn prune(&self, before: SystemTime, most: u32) -> Answer<'_, u64> {
        Box::pin(async move { Ok(ask::prune(self.ready().await?, before, most).await?) })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async move { Ok(ask::health(self.ready().await?).await?) })
    }

    fn version(&self) -> Answer<'_, i64> {
        Box::pin(async move { Ok(ask::version(self.ready().await?).await?) })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move { self.pool.close().await })
    }
}
