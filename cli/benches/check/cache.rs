//! `plumb check` on files that did not change since an earlier run.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::corpus::{self, Mix};
use crate::measure::{Taken, median};
use crate::{PLUMB, megabytes, milliseconds};

const FILES: usize = 10_000;

/// Rules of which none reads the rest of the estate or asks for the time.
const RULES: &[&str] = &[
    "deployment/added-capability",
    "deployment/custom-selinux",
    "deployment/host-namespace",
    "deployment/host-path",
    "deployment/host-port",
    "deployment/host-probe",
    "deployment/host-process",
    "deployment/kept-capabilities",
    "deployment/missing-seccomp",
    "deployment/privilege-escalation",
    "deployment/privileged-container",
    "deployment/root-allowed",
    "deployment/root-user",
    "deployment/unconfined-apparmor",
    "deployment/unconfined-seccomp",
    "deployment/unmasked-proc",
    "deployment/unmasked-proc-in-user-namespace",
    "deployment/unsafe-sysctl",
    "deployment/volume-type",
    "deployment/writable-root",
];

/// What is measured: a name, the state of the cache, and how long the run may take.
const RUNS: &[(&str, Cache, &str)] = &[
    ("without cache", Cache::Off, ""),
    ("into an empty cache", Cache::Empty, ""),
    ("from a warm cache", Cache::Warm, "300 ms"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cache {
    Off,
    Empty,
    Warm,
}

/// Prints the table.
pub(crate) fn table(folder: &Path) -> io::Result<()> {
    let manifests = folder.join("10000manifests");
    corpus::write(&manifests, Mix::Everything, FILES)?;
    let config = folder.join("twenty.yaml");
    fs::write(&config, configuration())?;
    let cache = folder.join("cache");
    println!(
        "\n{FILES} manifests that did not change, {} rules that look at nothing else\n",
        RULES.len()
    );
    println!(
        "{:<30} {:>8} {:>8} {:>9} {:>8}",
        "run", "wall", "cpu", "peak", "limit"
    );
    for (name, state, limit) in RUNS {
        let Taken { wall, cpu, peak } = median(11, || {
            if *state == Cache::Empty && cache.exists() {
                // What could not be removed shows in the figures.
                let _ = fs::remove_dir_all(&cache);
            }
            let mut command = Command::new(PLUMB);
            command
                .args(["check", "-o", "json", "--config"])
                .args([&config, &manifests]);
            match state {
                Cache::Off => command.arg("--no-cache"),
                Cache::Empty | Cache::Warm => command.arg("--cache").arg(&cache),
            };
            command
        })?;
        println!(
            "{name:<30} {:>8} {:>8} {:>9} {limit:>8}",
            milliseconds(wall.as_secs_f64()),
            milliseconds(cpu.as_secs_f64()),
            megabytes(peak)
        );
    }
    Ok(())
}

/// A configuration that switches all other rules off.
fn configuration() -> String {
    let on = |rule: &&str| format!("  {rule}: {{effect: deny}}\n");
    let on: String = RULES.iter().map(on).collect();
    format!("rules:\n  \"*\": {{effect: off}}\n{on}")
}
