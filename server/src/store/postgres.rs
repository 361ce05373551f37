//! The store in a database of PostgreSQL, which several servers share.

use std::pin::Pin;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

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
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.application_name("plumbline");
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        let mut connection = pool.acquire().await?;
        let outcome = migrate(&mut *connection, migrations::POSTGRES).await;
        drop(connection);
        if outcome.is_err() {
            // What was not migrated is still locked by its connection.
            pool.close().await;
        }
        outcome.map(|()| Self { pool })
    }
}

impl Store for Postgres {
    fn write<'a>(&'a self, records: &'a [Arc<Record>]) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.pool.begin().await?;
            ask::write(&mut transaction, records).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    fn recent<'a>(&'a self, filter: &'a Filter, page: &'a Page) -> Answer<'a, Recent> {
        Box::pin(async move { Ok(ask::recent(&self.pool, filter, page).await?) })
    }

    fn counts(&self, from: SystemTime) -> Answer<'_, Vec<DayCount>> {
        Box::pin(async move { Ok(ask::counts(&self.pool, from).await?) })
    }

    fn prune(&self, before: SystemTime, most: u32) -> Answer<'_, u64> {
        Box::pin(async move { Ok(ask::prune(&self.pool, before, most).await?) })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async move { Ok(ask::health(&self.pool).await?) })
    }

    fn version(&self) -> Answer<'_, i64> {
        Box::pin(async move { Ok(ask::version(&self.pool).await?) })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move { self.pool.close().await })
    }
}
