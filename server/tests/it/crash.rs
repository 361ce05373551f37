//! A server that is killed loses no record that it promised, and tears none.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use plumbline_server::config::{DecisionMode, SinkConfig, StorePlace};
use plumbline_server::decisions::Decisions;
use plumbline_server::store::{Cursor, Filter, Page, open};
use plumbline_server::telemetry::Metrics;
use serde_json::Value;
use sqlx::query_scalar;

use crate::databases::sqlite;
use crate::decisions::{config, decision, to_file};

/// Set for the process that is killed: what it writes to, and what its ids begin with.
const VARIABLE: &str = "PLUMBLINE_CRASH";
const KILLED: usize = 100;

/// Writes until it is killed, and prints the id of each record that was promised. Only a process that a test below has
/// started does anything here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_writes_until_it_is_killed() {
    let Ok(task) = env::var(VARIABLE) else {
        return;
    };
    let (place, name) = task.rsplit_once(' ').unwrap();
    let path = Path::new(place);
    let (sink, store) = if path.extension().is_some_and(|ending| ending == "db") {
        let store = open(&StorePlace::Sqlite(path.to_owned())).await.unwrap();
        (SinkConfig::Store, Some(store))
    } else {
        (to_file(path), None)
    };
    let config = config(DecisionMode::Required, vec![sink]);
    let decisions = Decisions::start(&config, store.as_ref(), &Metrics::new()).unwrap();
    let writer = async |writer: u32| {
        for number in 0_u32.. {
            let id = format!("{name}-{writer}-{number}");
            decisions.record(decision(&id)).await.unwrap();
            println!("promised {id}");
        }
    };
    tokio::join!(writer(0), writer(1), writer(2), writer(3));
}

/// Starts that process and kills it after a while: the ids that it promised.
fn killed(place: &Path, name: usize) -> Vec<String> {
    let this = "crash::a_process_that_writes_until_it_is_killed";
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", this, "--nocapture"])
        .env(VARIABLE, format!("{} {name}", place.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    let chance = RandomState::new().hash_one(name) % 180;
    std::thread::sleep(Duration::from_millis(20 + chance));
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap().unwrap();
    // A line that was cut off promises nothing.
    let whole = text
        .split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'));
    let promised = whole.filter_map(|line| line.split_once("promised "));
    promised.map(|(_, id)| id.to_owned()).collect()
}

fn all_killed(place: &Path) -> Vec<String> {
    let promised: Vec<String> = (0..KILLED).flat_map(|name| killed(place, name)).collect();
    assert!(!promised.is_empty(), "nobody came to promise anything");
    promised
}

#[test]
fn a_file_has_every_record_that_was_promised_before_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let promised = all_killed(&path);
    let text = fs::read_to_string(&path).unwrap();
    let events = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let written: HashSet<String> = events
        .filter_map(|event| event["decision_id"].as_str().map(str::to_owned))
        .collect();
    for id in promised {
        assert!(written.contains(&id), "{id}");
    }
}

#[tokio::test]
async fn a_database_has_every_record_that_was_promised_before_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    let promised = all_killed(&path);
    let mut connection = sqlite(&path).await;
    let check = query_scalar::<_, String>("PRAGMA integrity_check");
    assert_eq!(check.fetch_one(&mut connection).await.unwrap(), "ok");
    let store = open(&StorePlace::Sqlite(path)).await.unwrap();
    let mut written = HashSet::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = Page { size: 1000, after };
        let recent = store.recent(&Filter::default(), &page).await.unwrap();
        written.extend(recent.records.into_iter().map(|record| record.id));
        after = recent.next;
        if after.is_none() {
            break;
        }
    }
    for id in promised {
        assert!(written.contains(&id), "{id}");
    }
}
