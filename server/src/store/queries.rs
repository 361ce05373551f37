//! What both databases are asked, in the same words.

/// How many records one statement writes. Each binds 15 values, of which SQLite takes 32766.
pub(super) const WRITTEN_AT_ONCE: usize = 200;

pub(super) const INSERT: &str = "INSERT INTO decisions (id, at, door, verdict, uid, operation, kind, namespace, name, \
     account, digest, revision, rules, event, duration) ";
pub(super) const UNLESS_THERE: &str = " ON CONFLICT (id) DO NOTHING";

pub(super) const SELECT: &str = "SELECT id, at, door, verdict, uid, operation, kind, namespace, name, account, digest, \
     revision, rules, event, duration FROM decisions WHERE at >= ";
pub(super) const NEWEST_FIRST: &str = " ORDER BY at DESC, id DESC LIMIT ";

pub(super) const COUNTS: &str = "SELECT at / 86400000000000 AS day, verdict, COUNT(*) AS count FROM decisions \
     WHERE at >= $1 GROUP BY day, verdict ORDER BY day, verdict";

pub(super) const PRUNE: &str = "DELETE FROM decisions WHERE id IN \
     (SELECT id FROM decisions WHERE at < $1 ORDER BY at, id LIMIT $2)";

pub(super) const HEALTH: &str = "SELECT COUNT(*) FROM decisions WHERE id = ''";
pub(super) const VERSION: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// The functions that ask: their bodies are the same, and the types of the drivers are not.
macro_rules! queries {
    ($database:ty) => {
        mod ask {
            use std::sync::Arc;
            use std::time::SystemTime;

            use sqlx::{Database, Pool, QueryBuilder, Row as _, query, query_scalar};

            use crate::store::queries::{
                COUNTS, HEALTH, INSERT, NEWEST_FIRST, PRUNE, SELECT, UNLESS_THERE, VERSION,
                WRITTEN_AT_ONCE,
            };
            use crate::store::{DayCount, Filter, Page, Recent, Record, nanoseconds, storable};

            type Connection = <$database as Database>::Connection;
            type Row = <$database as Database>::Row;

            pub(super) async fn write(
                connection: &mut Connection,
                records: &[Arc<Record>],
            ) -> sqlx::Result<()> {
                for records in records.chunks(WRITTEN_AT_ONCE) {
                    let mut insert = QueryBuilder::<$database>::new(INSERT);
                    insert.push_values(records, |mut row, record| {
                        row.push_bind(record.id.as_str())
                            .push_bind(record.at)
                            .push_bind(record.door.as_str())
                            .push_bind(record.verdict.as_str())
                            .push_bind(record.uid.as_deref())
                            .push_bind(record.operation.as_deref())
                            .push_bind(record.kind.as_deref())
                            .push_bind(record.namespace.as_deref())
                            .push_bind(record.name.as_deref())
                            .push_bind(record.user.as_deref())
                            .push_bind(record.digest.as_str())
                            .push_bind(record.revision.as_deref())
                            .push_bind(record.rules.as_str())
                            .push_bind(record.event.as_str())
                            .push_bind(record.duration);
                    });
                    insert.push(UNLESS_THERE);
                    // Its text depends on how many there are: it is not worth remembering.
                    let insert = insert.build().persistent(false);
                    insert.execute(&mut *connection).await?;
                }
                Ok(())
            }

            pub(super) async fn recent(
                pool: &Pool<$database>,
                filter: &Filter,
                page: &Page,
            ) -> sqlx::Result<Recent> {
                let mut select = QueryBuilder::<$database>::new(SELECT);
                select.push_bind(filter.from.map_or(i64::MIN, nanoseconds));
                if let Some(until) = filter.until {
                    select.push(" AND at < ").push_bind(nanoseconds(until));
                }
                for (column, value) in &filter.equal {
                    let clause = select.push(" AND ").push(column.as_str()).push(" = ");
                    clause.push_bind(storable(value));
                }
                if let Some(after) = &page.after {
                    select
                        .push(" AND (at, id) < (")
                        .push_bind(after.at)
                        .push(", ");
                    select.push_bind(storable(&after.id)).push(")");
                }
                select
                    .push(NEWEST_FIRST)
                    .push_bind(i64::from(page.size) + 1);
                let rows = select.build().fetch_all(pool).await?;
                let records = rows.iter().map(record).collect::<sqlx::Result<_>>()?;
                Ok(Recent::new(records, page.size))
            }

            fn record(row: &Row) -> sqlx::Result<Record> {
                Ok(Record {
                    id: row.try_get("id")?,
                    at: row.try_get("at")?,
                    door: row.try_get("door")?,
                    verdict: row.try_get("verdict")?,
                    uid: row.try_get("uid")?,
                    operation: row.try_get("operation")?,
                    kind: row.try_get("kind")?,
                    namespace: row.try_get("namespace")?,
                    name: row.try_get("name")?,
                    user: row.try_get("account")?,
                    digest: row.try_get("digest")?,
                    revision: row.try_get("revision")?,
                    rules: row.try_get("rules")?,
                    event: row.try_get("event")?,
                    duration: row.try_get("duration")?,
                })
            }

            pub(super) async fn counts(
                pool: &Pool<$database>,
                from: SystemTime,
            ) -> sqlx::Result<Vec<DayCount>> {
                let counts = query::<$database>(COUNTS).bind(nanoseconds(from));
                let rows = counts.fetch_all(pool).await?;
                rows.iter().map(day_count).collect()
            }

            fn day_count(row: &Row) -> sqlx::Result<DayCount> {
                Ok(DayCount {
                    day: row.try_get("day")?,
                    verdict: row.try_get("verdict")?,
                    count: row.try_get("count")?,
                })
            }

            pub(super) async fn prune(
                pool: &Pool<$database>,
                before: SystemTime,
                most: u32,
            ) -> sqlx::Result<u64> {
                let prune = query::<$database>(PRUNE)
                    .bind(nanoseconds(before))
                    .bind(i64::from(most));
                Ok(prune.execute(pool).await?.rows_affected())
            }

            pub(super) async fn health(pool: &Pool<$database>) -> sqlx::Result<()> {
                query_scalar::<$database, i64>(HEALTH)
                    .fetch_one(pool)
                    .await?;
                Ok(())
            }

            pub(super) async fn version(pool: &Pool<$database>) -> sqlx::Result<i64> {
                let version = query_scalar::<$database, Option<i64>>(VERSION);
                Ok(version.fetch_one(pool).await?.unwrap_or_default())
            }
        }
    };
}

pub(super) use queries;
