//! Programs of others: run with a limit on their time, and on what they write.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether a program is done.
const STEP: Duration = Duration::from_millis(2);
/// How often it is looked whether it may go on.
const LOOK: Duration = Duration::from_millis(100);

/// How a program ended, and what it wrote.
pub(crate) struct Ended {
    pub(crate) succeeded: bool,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: Vec<u8>,
}

/// Why nothing is known of how a program ended.
pub(crate) enum Failure {
    /// It could not be started.
    NotRun(io::Error),
    /// It took too long, or might not go on, and was ended.
    TooSlow,
    /// What it wrote could not be read.
    Unreadable,
}

/// Runs a program to its end, for as long as there is patience. Of what it writes, `max` bytes and one more are kept.
pub(crate) fn run(command: &mut Command, patience: Duration, max: u64) -> Result<Ended, Failure> {
    run_while(command, patience, max, &|| true)
}

/// The same, for as long as it may go on.
pub(crate) fn run_while(
    command: &mut Command,
    patience: Duration,
    max: u64,
    may_go_on: &dyn Fn() -> bool,
) -> Result<Ended, Failure> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Failure::NotRun)?;
    let output = child.stdout.take().map(|stream| reader(stream, max));
    let errors = child.stderr.take().map(|stream| reader(stream, max));
    let succeeded = finished(&mut child, patience, may_go_on).ok_or(Failure::TooSlow)?;
    Ok(Ended {
        succeeded,
        output: joined(output)?,
        errors: joined(errors)?,
    })
}

type Bytes = thread::JoinHandle<io::Result<Vec<u8>>>;

/// A stream is read while the program runs: it would wait for ever on a full pipe.
fn reader(stream: impl Read + Send + 'static, max: u64) -> Bytes {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

fn joined(bytes: Option<Bytes>) -> Result<Vec<u8>, Failure> {
    let bytes = bytes.and_then(|bytes| bytes.join().ok()?.ok());
    bytes.ok_or(Failure::Unreadable)
}

/// Whether a program ended well; none if it had to be ended.
fn finished(child: &mut Child, patience: Duration, may_go_on: &dyn Fn() -> bool) -> Option<bool> {
    let begun = Instant::now();
    let mut looked = begun;
    let mut is_patient = || {
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            if !may_go_on() {
                return false;
            }
        }
        begun.elapsed() < patience
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if is_patient() => thread::sleep(STEP),
            _ => {
                // It may have ended just now.
                drop(child.kill());
                drop(child.wait());
                return None;
            }
        }
    }
}
