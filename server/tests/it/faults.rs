//! Faults that a webhook has to survive: each is made here, and whatever is asked meanwhile is answered in time, or is
//! not let through.

use std::fs;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use plumbline_core::parse::{Notation, parse};
use plumbline_core::source::{FileId, Source};
use plumbline_core::stage::Stages;
use plumbline_core::waiver::{self, Authority, Waivers};
use plumbline_rego::Settings;
use plumbline_server::admission::{Door, Known, Review, decide};
use plumbline_server::config::{DecisionMode, SinkConfig};
use plumbline_server::state::App;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::cluster::free_port;
use crate::decisions::{config, to_file};
use crate::over_http::{LABEL, admit, app, app_of, bad, fails, good, loaded, review};
use crate::wire::LONG;

/// A rule that takes longer than anybody waits.
const ENDLESS: &str = r#"# METADATA
# scope: package
# title: Endless
# custom:
#   id: test/endless
#   severity: high
package test.endless

deny contains "it has come to an end" if {
	some a in numbers.range(1, 10000)
	some b in numbers.range(1, 10000)
	some c in numbers.range(1, 10000)
	a * b * c == -1
}
"#;

#[tokio::test]
async fn a_rule_that_does_not_end_is_answered_before_the_time_is_over() {
    let app = app_of(loaded(ENDLESS), 8, |_| {});
    for _ in 0..2 {
        let asked = Instant::now();
        let answer = admit(&app, "/v1/admit?timeout=2s", good()).await;
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["response"]["allowed"], false);
    }
}

#[tokio::test]
async fn the_largest_object_that_is_stored_is_judged() {
    let app = app(8, |_| {});
    let labels = json!({"bad": "1", "filler": "x".repeat(3 << 20)});
    let answer = admit(&app, "/v1/admit", review(&labels, false)).await;
    let message = answer.body["response"]["status"]["message"].clone();
    assert!(
        message.as_str().unwrap().starts_with("[test/label]"),
        "{message}"
    );
}

#[tokio::test]
async fn a_body_of_eight_mebibytes_is_answered_and_a_larger_one_is_not() {
    let app = app(8, |_| {});
    let mut body = good();
    body.push_str(&" ".repeat((8 << 20) - body.len()));
    let answer = admit(&app, "/v1/admit", body.clone()).await;
    assert_eq!(answer.body["response"]["allowed"], true);
    body.push(' ');
    let answer = admit(&app, "/v1/admit", body).await;
    fails(&answer, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
}

#[tokio::test]
async fn a_review_that_tools_read_differently_or_not_at_all_is_no_answer() {
    let app = app(8, |_| {});
    let with = |from: &str, to: &str| {
        let body = good();
        assert!(body.contains(from), "{from}: {body}");
        body.replacen(from, to, 1).into_bytes()
    };
    let deep = format!(r#""labels":{}{}"#, "[".repeat(100_000), "]".repeat(100_000));
    let mut latin = with("shop", "sh?p");
    for byte in &mut latin {
        if *byte == b'?' {
            *byte = 0xf6;
        }
    }
    let bodies = [
        ("other bytes than UTF-8", latin),
        ("nested too deeply", with(r#""labels":{}"#, &deep)),
        (
            "a key twice",
            with(r#""labels":{}"#, r#""labels":{},"labels":{"bad":"1"}"#),
        ),
        ("no uid", with(r#""uid":"u-1""#, r#""uid":"""#)),
        (
            "an old version",
            with("admission.k8s.io/v1", "admission.k8s.io/v1beta1"),
        ),
        (
            "a version that there is not",
            with("admission.k8s.io/v1", "admission.k8s.io/v2"),
        ),
    ];
    for (what, body) in bodies {
        let answer = admit(&app, "/v1/admit", body).await;
        println!("{what}: {}", answer.body);
        fails(&answer, StatusCode::BAD_REQUEST, "invalid_parameter");
    }
    let answer = admit(&app, "/v1/admit", good()).await;
    assert_eq!(answer.body["response"]["allowed"], true);
}

#[tokio::test]
async fn a_burst_beyond_the_queue_is_turned_away_at_once_and_nothing_slips_through() {
    const QUEUE: usize = 8;
    let app = app(QUEUE, |_| {});
    let (release, released) = mpsc::channel::<()>();
    let (begin, begun) = oneshot::channel();
    let held = Arc::clone(&app);
    let busy = tokio::spawn(async move {
        let hold = move || {
            let _ = begin.send(());
            let _ = released.recv();
        };
        held.pools.admission.run(Instant::now() + LONG, hold).await
    });
    begun.await.unwrap();
    let burst: Vec<_> = (0..10 * QUEUE)
        .map(|_| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let asked = Instant::now();
                let answer = admit(&app, "/v1/admit?timeout=20s", bad()).await;
                (answer, asked.elapsed())
            })
        })
        .collect();
    // Nothing is judged yet: whoever is answered now is turned away.
    while burst.iter().filter(|asked| asked.is_finished()).count() < 9 * QUEUE {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(release);
    assert!(busy.await.unwrap().is_ok());
    let mut judged = 0;
    for asked in burst {
        let (answer, took) = asked.await.unwrap();
        if answer.status == StatusCode::OK {
            assert_eq!(answer.body["response"]["allowed"], false);
            judged += 1;
        } else {
            fails(&answer, StatusCode::TOO_MANY_REQUESTS, "too_busy");
            assert!(took < Duration::from_millis(50), "{took:?}");
        }
    }
    assert_eq!(judged, QUEUE);
    let answer = admit(&app, "/v1/admit", good()).await;
    assert_eq!(answer.body["response"]["allowed"], true);
}

#[tokio::test]
async fn a_sink_that_takes_nothing_keeps_no_answer_waiting() {
    let nobody = SinkConfig::Http {
        url: format!("http://127.0.0.1:{}", free_port()),
        token: None,
        authority: None,
    };
    let sinks = vec![to_file(Path::new("/dev/full")), nobody];
    let app = app(8, |settings| {
        settings.decisions = config(DecisionMode::BestEffort, sinks);
    });
    for _ in 0..100 {
        let asked = Instant::now();
        let answer = admit(&app, "/v1/admit?timeout=2s", good()).await;
        assert_eq!(answer.body["response"]["allowed"], true);
        assert!(asked.elapsed() < Duration::from_secs(1));
    }
}

#[tokio::test]
async fn what_changes_nothing_is_recorded_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let app = app(8, |settings| {
        settings.decisions = config(DecisionMode::Required, vec![to_file(&path)]);
    });
    for (is_dry, lines) in [(true, 0), (false, 1)] {
        let answer = admit(&app, "/v1/admit", review(&json!({}), is_dry)).await;
        assert_eq!(answer.body["response"]["allowed"], true);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text.lines().count(), lines, "{text}");
    }
}

/// An answer without the name of its decision, with the policies that it was given by.
async fn said(app: &Arc<App>, body: &str) -> (Value, Option<String>) {
    let answer = admit(app, "/v1/admit", body.to_owned()).await;
    let policies = answer.header("x-plumbline-policies").map(str::to_owned);
    let mut body = answer.body;
    body["response"]["auditAnnotations"]["decision-id"] = Value::Null;
    (body, policies)
}

#[tokio::test]
async fn replicas_with_the_same_policies_say_the_same() {
    let replicas = [app(8, |_| {}), app(8, |_| {})];
    for body in [bad(), good()] {
        let [one, other] = &replicas;
        assert_eq!(said(one, &body).await, said(other, &body).await);
    }
}

/// Whether a bad label is let through on the authority of a waiver, so many seconds after the beginning of 1970.
fn passes_at(now: u64) -> bool {
    let text = "version: 1\nwaivers:\n  - {rule: test/label, resource: kubernetes/core/ConfigMap/shop/a, reason: r, owner: o, expires: 2030-06-30}\n";
    let source = Arc::new(Source::new("waivers.yaml", text));
    let (documents, _) = parse(&source, FileId(0), Notation::Yaml);
    let (all, problems) = waiver::of_file(&documents[0], Authority::Organisation);
    assert_eq!(problems, []);
    let (waivers, problems) = Waivers::new(all, &["test/label"]);
    assert_eq!(problems, []);
    let policies = loaded(LABEL).policies;
    let door = Door {
        policies: &policies,
        waivers: &waivers,
        stages: &Stages::default(),
        overrides: &[],
        now,
    };
    let review = Review::read(bad().as_bytes()).unwrap();
    decide(&door, &review, &Known::default(), &Settings::default()).is_allowed()
}

#[test]
fn when_the_clock_jumps_a_waiver_holds_as_long_as_its_day_is_not_over() {
    // The 29th of June and the 2nd of July of 2030.
    let (before, after) = (1_908_921_600, 1_909_180_800);
    assert!(passes_at(before));
    assert!(!passes_at(after));
    assert!(passes_at(before));
}

/// Every file of a folder that ends as sources do, with its text.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            all.push((path.display().to_string(), text));
        }
    }
    all
}

/// Deadlines are counted by a clock that does not jump. Who asks for the time at one place only cannot mix the two up.
#[test]
fn what_time_it_is_is_asked_at_one_place() {
    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let asks = ["Instant::now", "SystemTime::now"];
        let asks = asks.iter().any(|words| text.contains(words));
        assert_eq!(asks, path.ends_with("/src/clock.rs"), "{path}");
    }
}
