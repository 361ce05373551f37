//! The schema, as it came about. A migration that was released is never changed: the next one changes what it made.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::StoreError;

/// The steps of one database: what each does, and how.
pub(super) type Steps = &'static [(&'static str, &'static str)];

pub(super) const SQLITE: Steps = &[(
    "decisions",
    include_str!("../../migrations/sqlite/0001_decisions.sql"),
)];

pub(super) const POSTGRES: Steps = &[(
    "decisions",
    include_str!("../../migrations/postgres/0001_decisions.sql"),
)];

/// Takes the steps that were not taken yet.
pub(super) async fn migrate<C: Migrate>(
    connection: &mut C,
    steps: Steps,
) -> Result<(), StoreError> {
    let migrations = (1..).zip(steps).map(|(version, (name, sql))| {
        let name = Cow::Borrowed(*name);
        Migration::new(
            version,
            name,
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    let migrations: Vec<Migration> = migrations.collect();
    let known = migrations.last().map_or(0, |last| last.version);
    let migrator = Migrator::with_migrations(migrations);
    let outcome = migrator.run_direct(None, connection, false).await;
    outcome.map_err(|error| match error {
        MigrateError::VersionMissing(found) => StoreError::Newer { found, known },
        error => StoreError::Schema(Box::new(error)),
    })
}

#[cfg(test)]
mod tests {
    use super::{POSTGRES, SQLITE};

    #[test]
    fn both_databases_take_the_same_steps() {
        let names = |steps: super::Steps| steps.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names(SQLITE), names(POSTGRES));
    }
}
