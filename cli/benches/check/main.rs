//! `plumb check` as a whole process on corpora of growing size, and other tools on the same files.
//!
//! `make bench` runs it; docs/performance.md says how to read it. `-- corpus FOLDER COUNT` only writes a corpus.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench prints figures in a few digits"
)]

mod cache;
mod corpus;
mod measure;
mod peers;
mod since;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use corpus::Mix;
use measure::{Taken, median};
use peers::{Inputs, PEERS, Peer};
use serde_json::Value;

const PLUMB: &str = env!("CARGO_BIN_EXE_plumb");

/// What is measured: a name, a mix, how many manifests, how many runs.
const CORPORA: &[(&str, Mix, u32, usize)] = &[
    ("1 manifest", Mix::Everything, 1, 21),
    ("100 manifests", Mix::Everything, 100, 21),
    ("1,000 manifests", Mix::Everything, 1_000, 11),
    ("10,000 manifests", Mix::Everything, 10_000, 5),
    ("1,000 mixed files", Mix::Hybrid, 1_000, 11),
    ("10,000 mixed files", Mix::Hybrid, 10_000, 5),
    ("1,000 Deployments", Mix::Deployments, 1_000, 11),
];

/// The corpus that other tools are measured on.
const OF_PEERS: &str = "1,000 Deployments";

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    if let [command, folder, count, ..] = words.as_slice()
        && command == "corpus"
    {
        let count = count.parse().map_err(io::Error::other)?;
        corpus::write(Path::new(folder), Mix::Everything, count)?;
        return Ok(());
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    fs::create_dir_all(&folder)?;
    let estate = folder.join("estate.yaml");
    fs::write(&estate, ESTATE)?;
    println!("plumb check by every built-in rule, a process of its own each time; medians\n");
    println!(
        "{:<18} {:>7} {:>8} {:>8} {:>9} {:>7} {:>11} {:>10} {:>7}",
        "corpus", "MB", "wall", "cpu", "peak", "MB/s", "evaluations", "each", "growth"
    );
    let mut before: Option<(Mix, u32, f64)> = None;
    for (name, mix, count, runs) in CORPORA {
        let manifests = folder.join(name.replace([' ', ','], ""));
        let bytes = corpus::write(&manifests, *mix, *count as usize)?;
        let taken = median(*runs, || plumb(&manifests, &estate))?;
        let evaluations = evaluations_of_plumb(&manifests, &estate)?;
        let wall = taken.wall.as_secs_f64();
        let growth = before
            .filter(|(of, smaller, _)| of == mix && *smaller >= 100)
            .map(|(_, smaller, took)| {
                let times = f64::from(*count) / f64::from(smaller);
                format!("{:.2}", wall / took / times)
            });
        println!(
            "{name:<18} {:>7.2} {:>8} {:>8} {:>9} {:>7.0} {evaluations:>11} {:>10} {:>7}",
            bytes as f64 / 1e6,
            milliseconds(wall),
            milliseconds(taken.cpu.as_secs_f64()),
            megabytes(taken.peak),
            bytes as f64 / 1e6 / wall,
            each(&taken, evaluations),
            growth.unwrap_or_default()
        );
        before = Some((*mix, *count, wall));
        if *name == OF_PEERS {
            compare(&folder, &manifests, &taken, evaluations, u64::from(*count))?;
        }
    }
    cache::table(&folder)?;
    since::table(&folder, &estate)
}

/// Decisions that rules wait for, so that all of them judge.
const ESTATE: &str = "version: 1\nregistries: {allowed: [registry.example.com]}\nclasses: {steady: {targets: [kubernetes]}}\n";

fn plumb(manifests: &Path, estate: &Path) -> Command {
    let mut command = Command::new(PLUMB);
    command
        .args([
            "check",
            "--no-config",
            "--no-cache",
            "-o",
            "json",
            "--estate",
        ])
        .args([estate, manifests]);
    command
}

fn evaluations_of_plumb(manifests: &Path, estate: &Path) -> io::Result<u64> {
    let output = plumb(manifests, estate).output()?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(io::Error::other)?;
    let evaluations = report
        .pointer("/summary/evaluations")
        .and_then(Value::as_u64);
    evaluations.ok_or_else(|| io::Error::other("the report counts no evaluations"))
}

/// Other tools on the same files, each beside plumb.
fn compare(
    folder: &Path,
    manifests: &Path,
    plumb: &Taken,
    evaluations: u64,
    files: u64,
) -> io::Result<()> {
    let Some(tools) = peers::folder() else {
        println!("\nother tools: left out (PLUMBLINE_PEERS names no folder; see `make peers`)");
        return Ok(());
    };
    let rules = folder.join("rules");
    peers::write_rules(&rules)?;
    let inputs = Inputs {
        manifests,
        files,
        rules: &rules,
    };
    println!("\nother tools on {OF_PEERS}, by rules that ask the same\n");
    println!(
        "{:<12} {:>9} {:>9} {:>9} {:>11} {:>10} {:>10} {:>15}",
        "tool", "wall", "cpu", "peak", "evaluations", "each", "wall, x", "evaluation, x"
    );
    row("plumb", plumb, Some(evaluations), (plumb, evaluations));
    for peer in PEERS {
        match peer.program(&tools) {
            Some(program) => measure(peer, &program, &inputs, (plumb, evaluations))?,
            None => println!("{:<12} left out: not installed", peer.name),
        }
    }
    Ok(())
}

fn measure(
    peer: &Peer,
    program: &Path,
    inputs: &Inputs<'_>,
    plumb: (&Taken, u64),
) -> io::Result<()> {
    let Some(evaluations) = peer.evaluations(program, inputs)? else {
        println!("{:<12} left out: it reported nothing", peer.name);
        return Ok(());
    };
    let taken = median(3, || peer.command(program, inputs))?;
    row(peer.name, &taken, Some(evaluations), plumb);
    Ok(())
}

fn row(name: &str, taken: &Taken, evaluations: Option<u64>, (plumb, of_plumb): (&Taken, u64)) {
    let evaluations = evaluations.unwrap_or_default();
    let per = |taken: &Taken, count: u64| taken.wall.as_secs_f64() / count.max(1) as f64;
    println!(
        "{name:<12} {:>9} {:>9} {:>9} {evaluations:>11} {:>10} {:>10.1} {:>15.1}",
        milliseconds(taken.wall.as_secs_f64()),
        milliseconds(taken.cpu.as_secs_f64()),
        megabytes(taken.peak),
        each(taken, evaluations),
        taken.wall.as_secs_f64() / plumb.wall.as_secs_f64(),
        per(taken, evaluations) / per(plumb, of_plumb),
    );
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.0} ms", seconds * 1e3)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

fn each(taken: &Taken, evaluations: u64) -> String {
    let seconds = taken.wall.as_secs_f64() / evaluations.max(1) as f64;
    format!("{:.1} us", seconds * 1e6)
}
