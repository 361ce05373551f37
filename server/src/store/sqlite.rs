//! The store in a file of SQLite. One connection writes, others read meanwhile.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::migrations::{self, migrate};
use super::queries::queries;
use super::{Answer, DayCount, Filter, Page, Recent, Record, Store, StoreError};

queries!(sqlx::Sqlite);

/// How long somebody else may hold the file.
const PATIENCE: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

/// A file of SQLite.
#[derive(Debug)]
pub(super) struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(PATIENCE)
            .foreign_keys(true);
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // With less a commit may be undone by a power failure.
            .synchronous(SqliteSynchronous::Full);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>)
            .acquire_timeout(PATIENCE)
            .connect_with(writing)
            .await?;
        let mut connection = writer.acquire().await?;
        migrate(&mut *connection, migrations::SQLITE).await?;
        drop(connection);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self { writer, readers })
    }
}

impl Store for Sqlite {
    fn write<'a>(&'a self, records: &'a [Arc<Record>]) -> Answer<'a, ()> {
        Box::pin(async move {
            // A transaction that began by reading could not wait for another writer.
            let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
            ask::write(&mut transaction, records).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    fn recent<'a>(&'a self, filter: &'a Filter, page: &'a Page) -> Answer<'a, Recent> {
        Box::pin(async move { Ok(ask::recent(&self.readers, filter, page).await?) })
    }

    fn counts(&self, from: SystemTime) -> Answer<'_, Vec<DayCount>> {
        Box::pin(async move { Ok(ask::counts(&self.readers, from).await?) })
    }

    fn prune(&self, before: SystemTime, most: u32) -> Answer<'_, u64> {
        Box::pin(async move { Ok(ask::prune(&self.writer, before, most).await?) })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async move { Ok(ask::health(&self.readers).await?) })
    }

    fn version(&self) -> Answer<'_, i64> {
        Box::pin(async move { Ok(ask::version(&self.readers).await?) })
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            self.readers.close().await;
            self.writer.close().await;
        })
    }
}
