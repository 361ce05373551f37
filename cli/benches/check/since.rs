//! `plumb check --since` on a repository of which little has changed.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::corpus::{self, Mix};
use crate::measure::{Taken, median};
use crate::{PLUMB, megabytes, milliseconds};

const FILES: usize = 5_000;
const CHANGED: usize = 10;

/// What is measured: a name, and the arguments besides the folder.
const RUNS: &[(&str, &[&str])] = &[
    ("--since, every rule", &["--since", "HEAD"]),
    (
        "--since, none reads the rest",
        &["--since", "HEAD", "--profile", "pss-restricted"],
    ),
    ("all files, every rule", &[]),
];

/// Prints the table.
pub(crate) fn table(folder: &Path, estate: &Path) -> io::Result<()> {
    let repository = folder.join("repository");
    if !repository.join(".git").exists() {
        corpus::write(&repository, Mix::Everything, FILES)?;
        git(&repository, &["init", "-q"])?;
        git(&repository, &["add", "--all"])?;
        git(&repository, &["commit", "-q", "-m", "all of it"])?;
        change(&repository)?;
    }
    println!("\na repository of {FILES} files, of which {CHANGED} have changed\n");
    println!("{:<30} {:>8} {:>8} {:>9}", "run", "wall", "cpu", "peak");
    for (name, arguments) in RUNS {
        let Taken { wall, cpu, peak } = median(11, || {
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
                .args([estate, &repository])
                .args(*arguments);
            command
        })?;
        println!(
            "{name:<30} {:>8} {:>8} {:>9}",
            milliseconds(wall.as_secs_f64()),
            milliseconds(cpu.as_secs_f64()),
            megabytes(peak)
        );
    }
    Ok(())
}

/// Changes the first file of some folders.
fn change(repository: &Path) -> io::Result<()> {
    for team in 0..CHANGED {
        let file = repository.join(format!("team{team:02}/app{team:05}.yaml"));
        let text = fs::read_to_string(&file)?;
        fs::write(&file, format!("# changed\n{text}"))?;
    }
    Ok(())
}

fn git(repository: &Path, arguments: &[&str]) -> io::Result<()> {
    let status = Command::new("git")
        .args(["-c", "user.name=bench", "-c", "user.email=bench@localhost"])
        .args(arguments)
        .current_dir(repository)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other("git failed"))
    }
}
