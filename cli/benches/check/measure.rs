//! One process, from its start to its end: wall time, processor time, peak memory.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// The largest resident set, in bytes.
    pub(crate) peak: u64,
}

/// The run of median wall time out of some, each in a process of its own.
pub(crate) fn median(runs: usize, mut command: impl FnMut() -> Command) -> io::Result<Taken> {
    let mut taken = Vec::with_capacity(runs);
    for _ in 0..runs {
        taken.push(once(&mut command())?);
    }
    taken.sort_by_key(|run| run.wall);
    taken
        .get(runs / 2)
        .copied()
        .ok_or_else(|| io::Error::other("no run was asked for"))
}

fn once(command: &mut Command) -> io::Result<Taken> {
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let used = child.wait4()?.rusage;
    Ok(Taken {
        wall: start.elapsed(),
        cpu: used.utime + used.stime,
        peak: used.maxrss,
    })
}
