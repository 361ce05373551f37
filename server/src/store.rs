//! What is kept in a database: decisions, to be searched and counted.
//!
//! SQLite in a file of one server, or PostgreSQL for many. The questions are the same text for both; every value is
//! bound, and columns come from an enum.

mod migrations;
mod postgres;
mod queries;
mod sqlite;

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock;
use crate::config::StorePlace;

/// An answer that is on its way.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A database.
pub trait Store: fmt::Debug + Send + Sync {
    /// Writes records, all of them or none. One that is there already is left as it is.
    fn write<'a>(&'a self, records: &'a [Arc<Record>]) -> Answer<'a, ()>;

    /// Records that a filter lets through, from the newest.
    fn recent<'a>(&'a self, filter: &'a Filter, page: &'a Page) -> Answer<'a, Recent>;

    /// How many decisions there were of each verdict on each day (UTC) from a time on, from the oldest day.
    fn counts(&self, from: SystemTime) -> Answer<'_, Vec<DayCount>>;

    /// Deletes records that are older, at most this many, and says how many there were.
    fn prune(&self, before: SystemTime, most: u32) -> Answer<'_, u64>;

    /// Whether it answers.
    fn health(&self) -> Answer<'_, ()>;

    /// The version of its schema.
    fn version(&self) -> Answer<'_, i64>;

    /// Ends every connection.
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it is called.
    pub id: String,
    /// Nanoseconds since the beginning of 1970.
    pub at: i64,
    /// Where it was asked for.
    pub door: String,
    /// The answer in a word.
    pub verdict: String,
    /// The API server's name for the request.
    pub uid: Option<String>,
    /// What was to be done.
    pub operation: Option<String>,
    /// To what kind.
    pub kind: Option<String>,
    /// In which namespace.
    pub namespace: Option<String>,
    /// To which name.
    pub name: Option<String>,
    /// By whom.
    pub user: Option<String>,
    /// The digest of the policies.
    pub digest: String,
    /// Their revision.
    pub revision: Option<String>,
    /// The rules that found something: an array of JSON.
    pub rules: String,
    /// The event: an object of JSON.
    pub event: String,
    /// How long it took, in nanoseconds.
    pub duration: i64,
}

impl Record {
    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        self.event.len() + self.rules.len() + 512
    }
}

/// What records are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The door.
    Door,
    /// The verdict.
    Verdict,
    /// The name of a request.
    Uid,
    /// The operation.
    Operation,
    /// The kind.
    Kind,
    /// The namespace.
    Namespace,
    /// The name.
    Name,
    /// The user.
    User,
    /// The digest of the policies.
    Digest,
}

impl Column {
    fn as_str(self) -> &'static str {
        match self {
            Self::Door => "door",
            Self::Verdict => "verdict",
            Self::Uid => "uid",
            Self::Operation => "operation",
            Self::Kind => "kind",
            Self::Namespace => "namespace",
            Self::Name => "name",
            Self::User => "account",
            Self::Digest => "digest",
        }
    }
}

/// Which records are asked for: those for which all of this holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Columns that have a value.
    pub equal: Vec<(Column, String)>,
    /// Not before this time.
    pub from: Option<SystemTime>,
    /// Before this time.
    pub until: Option<SystemTime>,
}

/// Which part of the answer is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// How many records at most.
    pub size: u32,
    /// The place where the page before ended.
    pub after: Option<Cursor>,
}

/// A place among records: new ones do not move it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The time of the last record.
    pub at: i64,
    /// Its id.
    pub id: String,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The records, from the newest.
    pub records: Vec<Record>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<Cursor>,
}

impl Recent {
    /// A page of so many, made of what was found when one more was asked for.
    fn new(mut records: Vec<Record>, size: u32) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = records.len() > size;
        records.truncate(size);
        let last = records.last().filter(|_| has_more);
        let next = last.map(|last| Cursor {
            at: last.at,
            id: last.id.clone(),
        });
        Self { records, next }
    }
}

/// How often a verdict was given on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The day: how many lie between it and the first of 1970.
    pub day: i64,
    /// The verdict.
    pub verdict: String,
    /// How often.
    pub count: i64,
}

/// Why a database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file with its address cannot be read.
    #[error("the address of the database cannot be read")]
    Address(#[source] io::Error),
    /// A later release has been here.
    #[error("the database has version {found} of the schema, and this release knows {known}")]
    Newer {
        /// What is there.
        found: i64,
        /// What is known.
        known: i64,
    },
    /// The schema could not be made.
    #[error("the schema of the database could not be made")]
    Schema(#[source] Box<sqlx::migrate::MigrateError>),
    /// It refused, or did not answer.
    #[error("the database refused, or did not answer")]
    Database(#[from] sqlx::Error),
}

/// Opens a database and brings its schema up to date.
pub async fn open(place: &StorePlace) -> Result<Arc<dyn Store>, StoreError> {
    match place {
        StorePlace::Sqlite(path) => Ok(Arc::new(sqlite::Sqlite::open(path).await?)),
        StorePlace::Postgres(file) => {
            let url = address(file)?;
            Ok(Arc::new(postgres::Postgres::open(&url).await?))
        }
    }
}

fn address(file: &Path) -> Result<String, StoreError> {
    let text = std::fs::read_to_string(file).map_err(StoreError::Address)?;
    Ok(text.trim().to_owned())
}

/// How often old records are looked for.
const PRUNED_EVERY: Duration = Duration::from_hours(1);
/// How many are deleted at once: between two times others can write.
const PRUNED_AT_ONCE: u32 = 1000;

/// Deletes what is older than so many days, for as long as the server runs.
pub async fn retain(store: Arc<dyn Store>, days: u32) {
    let kept = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    let mut tick = tokio::time::interval(PRUNED_EVERY);
    loop {
        tick.tick().await;
        let before = clock::wall().checked_sub(kept);
        let pruned = match before {
            Some(before) => prune(store.as_ref(), before).await,
            None => Ok(0),
        };
        match pruned {
            Ok(0) => {}
            Ok(records) => tracing::info!(records, "old decisions were deleted"),
            Err(error) => {
                let reason = error.to_string();
                tracing::error!(reason, "old decisions could not be deleted");
            }
        }
    }
}

/// Deletes all that is older, a few at a time.
pub async fn prune(store: &dyn Store, before: SystemTime) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let pruned = store.prune(before, PRUNED_AT_ONCE).await?;
        all += pruned;
        if pruned < u64::from(PRUNED_AT_ONCE) {
            return Ok(all);
        }
        tokio::task::yield_now().await;
    }
}

/// Nanoseconds since the beginning of 1970.
pub(crate) fn nanoseconds(time: SystemTime) -> i64 {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// A text that every database takes: PostgreSQL knows no NUL.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
