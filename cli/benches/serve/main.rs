//! `plumb serve` as API servers load it, and OPA beside it.
//!
//! `make bench-serve` runs it; docs/performance.md says how to read it.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench prints figures in a few digits"
)]

mod client;
mod place;
#[path = "../check/peers/rules.rs"]
#[expect(dead_code, reason = "the words of tools that do not serve")]
mod rules;
mod server;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use std::{env, io};

use hyper::body::Bytes;
use serde_json::json;
use tokio::time::sleep;

use client::{Answer, Question, Times, at_most, at_rate};
use place::{MANY, Place, free, pod, review};
use server::Server;

const PLUMB: &str = env!("CARGO_BIN_EXE_plumb");

const RATE: u32 = 1_000;
const SECONDS: u32 = 20;
/// Connections at saturation.
const LINES: u32 = 32;
const ADMIT: &str = "/v1/admit?timeout=10s";

/// A program that serves, and how it is asked.
struct Engine {
    name: &'static str,
    program: fn() -> Option<PathBuf>,
    arguments: fn(&Place, SocketAddr) -> Vec<String>,
    path: &'static str,
    body: fn() -> Bytes,
}

const ENGINES: &[Engine] = &[
    Engine {
        name: "plumb",
        program: || Some(PathBuf::from(PLUMB)),
        arguments: |place, address| plumb(place, address, &[]),
        path: ADMIT,
        body: || review(&pod(false)),
    },
    Engine {
        name: "plumb, OPA's rules",
        program: || Some(PathBuf::from(PLUMB)),
        arguments: |place, address| {
            plumb(
                place,
                address,
                &["--no-builtin", "-p", &place.path("rules")],
            )
        },
        path: ADMIT,
        body: || review(&pod(false)),
    },
    Engine {
        name: "opa",
        program: opa,
        arguments: |place, address| {
            let (certificate, key) = (place.path("tls.crt"), place.path("tls.key"));
            let (address, rules) = (address.to_string(), place.path("rules"));
            words(&[
                "run",
                "--server",
                "--skip-version-check",
                "--log-level",
                "error",
                "--addr",
                &address,
                "--tls-cert-file",
                &certificate,
                "--tls-private-key-file",
                &key,
                &rules,
            ])
        },
        path: "/v1/data/main/deny",
        body: || Bytes::from(json!({"input": pod(false)}).to_string()),
    },
];

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The words after `plumb`.
fn plumb(place: &Place, address: SocketAddr, more: &[&str]) -> Vec<String> {
    let (certificate, key) = (place.path("tls.crt"), place.path("tls.key"));
    let address = address.to_string();
    let mut all = vec!["serve", "--no-config", "--listen", address.as_str()];
    all.extend([
        "--tls-cert",
        certificate.as_str(),
        "--tls-key",
        key.as_str(),
    ]);
    if !more.contains(&"--api") {
        all.extend(["--api", "127.0.0.1:0"]);
    }
    all.extend(more);
    words(&all)
}

/// OPA, where it is installed.
fn opa() -> Option<PathBuf> {
    let named = env::var_os("PLUMBLINE_OPA").map(PathBuf::from);
    let among_peers = || Some(PathBuf::from(env::var_os("PLUMBLINE_PEERS")?).join("bin/opa"));
    named.or_else(among_peers).filter(|path| path.is_file())
}

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("serve");
    let place = Place::new(folder)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build()?.block_on(async {
        compare(&place).await?;
        overload(&place).await?;
        reload(&place).await?;
        beside_checks(&place).await
    })
}

/// A server of `plumb`, and what it is asked.
async fn start(
    place: &Place,
    more: &[&str],
    is_privileged: bool,
) -> io::Result<(Server, Arc<Question>)> {
    let address = free()?;
    let question = place.question(address, ADMIT, review(&pod(is_privileged)));
    let mut command = Command::new(PLUMB);
    command.args(plumb(place, address, more));
    Ok((Server::start(&mut command, &question).await?, question))
}

async fn compare(place: &Place) -> io::Result<()> {
    println!(
        "a Pod of {} bytes over TLS: {RATE} a second for {SECONDS} s, then over {LINES} connections as fast as they are answered\n",
        review(&pod(false)).len()
    );
    println!(
        "{:<20} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7}",
        "ms", "ready", "p50", "p90", "p99", "p99.9", "max", "failed", "most/s", "MB"
    );
    for engine in ENGINES {
        match (engine.program)() {
            Some(program) => row(place, engine, program).await?,
            None => println!("{:<20} left out: not installed", engine.name),
        }
    }
    println!(
        "{:<20} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>7}",
        "limit of plumb", 1_000, 1, "", 5, "", "", 0, "", 512
    );
    Ok(())
}

async fn row(place: &Place, engine: &Engine, program: PathBuf) -> io::Result<()> {
    let address = free()?;
    let question = place.question(address, engine.path, (engine.body)());
    let mut command = Command::new(program);
    command.args((engine.arguments)(place, address));
    let server = Server::start(&mut command, &question).await?;
    at_most(&question, 4, 1).await;
    let steady = at_rate(&question, RATE, SECONDS).await;
    let times = Times::of(steady.iter());
    let most = at_most(&question, LINES, 10).await;
    println!(
        "{:<20} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9.0} {:>7}",
        engine.name,
        milliseconds(server.ready),
        milliseconds(times.within(500)),
        milliseconds(times.within(900)),
        milliseconds(times.within(990)),
        milliseconds(times.within(999)),
        milliseconds(times.within(1_000)),
        failed(&steady),
        most.iter().filter(|answer| answer.is_ok()).count() as f64 / 10.0,
        peak(&server),
    );
    Ok(())
}

/// Ten times the connections of saturation, and a queue that holds no more than those.
async fn overload(place: &Place) -> io::Result<()> {
    let settings = place.path("short.yaml");
    let (server, question) = start(place, &["--settings", &settings], true).await?;
    let answers = at_most(&question, 10 * LINES, 10).await;
    let judged = Times::of(answers.iter().filter(|answer| answer.is_ok()));
    let shed = answers.iter().filter(|answer| answer.status == Some(429));
    let shed = Times::of(shed);
    let calm = at_rate(&question, 100, 2).await;
    println!(
        "\na privileged Pod over {} connections, of which {LINES} may wait\n",
        10 * LINES
    );
    println!("{:<34} {:>9} {:>9}", "", "", "limit");
    let rows = [
        (
            "judged, a second",
            format!("{:.0}", judged.count() as f64 / 10.0),
            "",
        ),
        (
            "turned away, a second",
            format!("{:.0}", shed.count() as f64 / 10.0),
            "",
        ),
        (
            "turned away within (p50), ms",
            milliseconds(shed.within(500)),
            "",
        ),
        (
            "turned away within (p99), ms",
            milliseconds(shed.within(990)),
            "50",
        ),
        ("admitted in error", admitted(&answers).to_string(), "0"),
        ("failed afterwards", failed(&calm).to_string(), "0"),
        ("peak, MB", peak(&server), "512"),
    ];
    for (what, figure, limit) in rows {
        println!("{what:<34} {figure:>9} {limit:>9}");
    }
    Ok(())
}

/// Policies change every two seconds while requests come.
async fn reload(place: &Place) -> io::Result<()> {
    let (settings, many) = (place.path("reload.yaml"), place.path("many"));
    let more = [
        "--settings",
        settings.as_str(),
        "--no-builtin",
        "-p",
        many.as_str(),
    ];
    let (_server, question) = start(place, &more, false).await?;
    let changing = async {
        for round in 0..10 {
            sleep(Duration::from_secs(2)).await;
            place.write_rule(0, &format!("round {round}"))?;
        }
        io::Result::Ok(())
    };
    let (answers, changed) = tokio::join!(at_rate(&question, RATE / 2, 22), changing);
    changed?;
    let times = Times::of(answers.iter());
    let digests = answers.iter().filter_map(|answer| answer.policies.as_ref());
    let digests: BTreeSet<&String> = digests.collect();
    println!(
        "\n{MANY} policies that change ten times in 22 s, at {} requests a second: {} sets answered, {} requests failed (limit 0), p99 {} ms, max {} ms",
        RATE / 2,
        digests.len(),
        failed(&answers),
        milliseconds(times.within(990)),
        milliseconds(times.within(1_000)),
    );
    Ok(())
}

/// Whoever checks files asks as fast as it can, beside an API server.
async fn beside_checks(place: &Place) -> io::Result<()> {
    let api = free()?;
    let (_server, question) = start(place, &["--api", &api.to_string()], false).await?;
    let checks = Arc::new(Question {
        address: api,
        tls: None,
        path: "/v1/check",
        body: Bytes::from(pod(false).to_string()),
    });
    let alone = at_rate(&question, RATE / 2, 10).await;
    let (beside, checked) =
        tokio::join!(at_rate(&question, RATE / 2, 10), at_most(&checks, 16, 10));
    let p99 = |answers: &[Answer]| Times::of(answers.iter()).within(990);
    let (before, after) = (p99(&alone), p99(&beside));
    println!(
        "\nadmission at {} requests a second: p99 {} ms alone, {} ms beside {:.0} checks a second; {:.1} times (limit 2), {} failed",
        RATE / 2,
        milliseconds(before),
        milliseconds(after),
        checked.iter().filter(|answer| answer.is_ok()).count() as f64 / 10.0,
        after.as_secs_f64() / before.as_secs_f64(),
        failed(&beside),
    );
    Ok(())
}

fn failed(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| !answer.is_ok()).count()
}

fn admitted(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.is_allowed).count()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn peak(server: &Server) -> String {
    let bytes = server.peak();
    bytes.map_or_else(String::new, |bytes| format!("{:.0}", bytes as f64 / 1e6))
}
