//! What a database keeps, whichever it is.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plumbline_server::config::StorePlace;
use plumbline_server::store::{
    Column, DayCount, Filter, Page, Record, Store, StoreError, open, prune,
};

use crate::cluster::free_port;
use crate::databases::on_each;

const DAY: i64 = 24 * 60 * 60 * 1_000_000_000;

fn record(id: &str, at: i64) -> Record {
    Record {
        id: id.to_owned(),
        at,
        door: "admission".to_owned(),
        verdict: "allow".to_owned(),
        uid: Some(format!("uid-{id}")),
        operation: Some("CREATE".to_owned()),
        kind: Some("apps/Deployment".to_owned()),
        namespace: Some("shop".to_owned()),
        name: Some("web".to_owned()),
        user: None,
        digest: "sha256:00".to_owned(),
        revision: None,
        rules: "[]".to_owned(),
        event: format!("{{\"decision_id\":\"{id}\"}}"),
        duration: 1_000_000,
    }
}

async fn write(store: &dyn Store, records: impl IntoIterator<Item = Record>) {
    let records: Vec<Arc<Record>> = records.into_iter().map(Arc::new).collect();
    store.write(&records).await.unwrap();
}

async fn found(store: &dyn Store, filter: &Filter) -> Vec<String> {
    let page = Page {
        size: 1000,
        after: None,
    };
    let recent = store.recent(filter, &page).await.unwrap();
    recent.records.into_iter().map(|record| record.id).collect()
}

async fn all(store: &dyn Store) -> Vec<String> {
    found(store, &Filter::default()).await
}

fn nanoseconds(time: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(time.unsigned_abs())
}

#[tokio::test]
async fn what_was_written_is_found_from_the_newest() {
    on_each(async |database| {
        let store = database.store.as_ref();
        let (older, newer) = (record("b", 1), record("a", 2));
        write(store, [older.clone(), newer.clone()]).await;
        let page = Page {
            size: 2,
            after: None,
        };
        let recent = store.recent(&Filter::default(), &page).await.unwrap();
        assert_eq!(recent.records, [newer, older]);
        assert_eq!(recent.next, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_written_twice_is_there_once() {
    on_each(async |database| {
        let store = database.store.as_ref();
        write(store, [record("a", 1)]).await;
        write(store, [record("a", 5), record("b", 2)]).await;
        assert_eq!(all(store).await, ["b", "a"]);
    })
    .await;
}

#[tokio::test]
async fn many_are_written_at_once() {
    on_each(async |database| {
        let store = database.store.as_ref();
        write(
            store,
            (0..999).map(|number| record(&number.to_string(), number)),
        )
        .await;
        assert_eq!(all(store).await.len(), 999);
        write(store, []).await;
    })
    .await;
}

#[tokio::test]
async fn pages_hold_together_while_more_is_written() {
    on_each(async |database| {
        let store = database.store.as_ref();
        // Many at one time, so that only their ids tell them apart.
        write(
            store,
            (0..25).map(|number| record(&format!("{number:02}"), number / 10)),
        )
        .await;
        let mut page = Page {
            size: 10,
            after: None,
        };
        let mut seen = Vec::new();
        loop {
            let recent = store.recent(&Filter::default(), &page).await.unwrap();
            seen.extend(recent.records.into_iter().map(|record| record.id));
            write(store, [record(&format!("new{}", seen.len()), 100)]).await;
            let Some(next) = recent.next else {
                break;
            };
            page.after = Some(next);
        }
        let expected: Vec<String> = (0..25).rev().map(|number| format!("{number:02}")).collect();
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn a_filter_lets_through_what_is_equal_and_in_time() {
    on_each(async |database| {
        let store = database.store.as_ref();
        let denied = Record {
            verdict: "deny".to_owned(),
            user: Some("eve".to_owned()),
            ..record("b", 2)
        };
        write(store, [record("a", 1), denied, record("c", 3)]).await;
        let equal = |column, value: &str| Filter {
            equal: vec![(column, value.to_owned())],
            ..Filter::default()
        };
        assert_eq!(found(store, &equal(Column::Verdict, "deny")).await, ["b"]);
        assert_eq!(found(store, &equal(Column::User, "eve")).await, ["b"]);
        assert_eq!(
            found(store, &equal(Column::Namespace, "shop")).await,
            ["c", "b", "a"]
        );
        assert!(
            found(store, &equal(Column::Namespace, "bank"))
                .await
                .is_empty()
        );
        let both = Filter {
            equal: vec![
                (Column::Verdict, "allow".to_owned()),
                (Column::Uid, "uid-a".to_owned()),
            ],
            ..Filter::default()
        };
        assert_eq!(found(store, &both).await, ["a"]);
        let timed = Filter {
            from: Some(nanoseconds(2)),
            until: Some(nanoseconds(3)),
            ..Filter::default()
        };
        assert_eq!(found(store, &timed).await, ["b"]);
    })
    .await;
}

#[tokio::test]
async fn a_value_is_never_a_part_of_the_question() {
    on_each(async |database| {
        let store = database.store.as_ref();
        for (number, hostile) in [
            "' OR '1'='1",
            "x'; DROP TABLE decisions; --",
            "$1",
            "?",
            "\u{0}",
        ]
        .into_iter()
        .enumerate()
        {
            let hostile_one = Record {
                namespace: Some(hostile.replace('\0', "\u{fffd}")),
                ..record(&number.to_string(), 1)
            };
            write(store, [hostile_one]).await;
            let filter = Filter {
                equal: vec![(Column::Namespace, hostile.to_owned())],
                ..Filter::default()
            };
            assert_eq!(
                found(store, &filter).await,
                [number.to_string()],
                "{hostile}"
            );
        }
        assert_eq!(all(store).await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn verdicts_are_counted_by_day() {
    on_each(async |database| {
        let store = database.store.as_ref();
        let denied = Record {
            verdict: "deny".to_owned(),
            ..record("d", 2 * DAY + 5)
        };
        let records = [
            record("a", DAY),
            record("b", 2 * DAY - 1),
            record("c", 2 * DAY),
            denied,
        ];
        write(store, records).await;
        let count = |day, verdict: &str, count| DayCount {
            day,
            verdict: verdict.to_owned(),
            count,
        };
        let later = [count(2, "allow", 1), count(2, "deny", 1)];
        let counts = store.counts(nanoseconds(2 * DAY)).await.unwrap();
        assert_eq!(counts, later);
        let counts = store.counts(SystemTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(counts.first(), Some(&count(1, "allow", 2)));
    })
    .await;
}

#[tokio::test]
async fn what_is_older_is_deleted_a_few_at_a_time() {
    on_each(async |database| {
        let store = database.store.as_ref();
        write(
            store,
            (0..2500).map(|number| record(&format!("{number:04}"), number)),
        )
        .await;
        assert_eq!(store.prune(nanoseconds(5), 3).await.unwrap(), 3);
        assert_eq!(prune(store, nanoseconds(2400)).await.unwrap(), 2397);
        assert_eq!(all(store).await.len(), 100);
        assert_eq!(prune(store, nanoseconds(2400)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_database_is_opened_again_with_what_is_in_it() {
    on_each(async |database| {
        write(database.store.as_ref(), [record("a", 1)]).await;
        let again = open(&database.place).await.unwrap();
        assert_eq!(all(again.as_ref()).await, ["a"]);
        assert_eq!(again.version().await.unwrap(), 1);
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_schema_of_a_later_release_is_refused() {
    on_each(async |database| {
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 999, description, success, checksum, execution_time FROM _sqlx_migrations";
        database.run(later).await;
        // The second attempt must not wait for a lock of the first.
        for _ in 0..2 {
            let refused = open(&database.place).await.unwrap_err();
            assert!(
                matches!(refused, StoreError::Newer { found: 999, known: 1 }),
                "{refused:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_says_whether_it_answers() {
    on_each(async |database| {
        let store = database.store.as_ref();
        store.health().await.unwrap();
        store.close().await;
        store.health().await.unwrap_err();
        store.write(&[Arc::new(record("a", 1))]).await.unwrap_err();
    })
    .await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/plumbline.db");
    open(&StorePlace::Sqlite(missing.clone()))
        .await
        .unwrap_err();
    let error = open(&StorePlace::Postgres(missing)).await.unwrap_err();
    assert!(matches!(error, StoreError::Address(_)), "{error:?}");
}

#[tokio::test]
async fn a_database_that_does_not_answer_yet_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let url = format!("postgres://plumbline@127.0.0.1:{}/plumbline", free_port());
    std::fs::write(&file, url).unwrap();
    let store = open(&StorePlace::Postgres(file)).await.unwrap();
    let error = store.health().await.unwrap_err();
    assert!(matches!(error, StoreError::Database(_)), "{error:?}");
}
