//! How far a run is, for whoever waits at a terminal: one line of standard error that is written anew, and wiped away at
//! the end.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use plumbline_core::report::text::Style;

use crate::results::is_in_ci;

/// How often the line is written.
const TICK: Duration = Duration::from_millis(100);
/// So many ticks pass in silence: whoever is done by then has nothing to say.
const SILENT: usize = 5;

static FILES: AtomicUsize = AtomicUsize::new(0);
static READ: AtomicUsize = AtomicUsize::new(0);
static RESOURCES: AtomicUsize = AtomicUsize::new(0);

/// So many files more are to be read.
pub(crate) fn expect(files: usize) {
    FILES.fetch_add(files, Ordering::Relaxed);
}

/// A file was read.
pub(crate) fn read() {
    READ.fetch_add(1, Ordering::Relaxed);
}

/// All files were read, and so many resources are judged.
pub(crate) fn judge(resources: usize) {
    RESOURCES.store(resources, Ordering::Relaxed);
}

/// The line, for as long as this is kept.
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Begins, if somebody is there to see it.
    pub(crate) fn begin(style: Style) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_seen = io::stderr().is_terminal() && !style.quiet && !is_dumb && !is_in_ci();
        Self(is_seen.then(|| {
            let (end, ended) = mpsc::channel();
            let draw = move || {
                let mut ticks = 0;
                let mut is_drawn = false;
                while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    ticks += 1;
                    if let Some(line) = line().filter(|_| ticks >= SILENT) {
                        write(&line);
                        is_drawn = true;
                    }
                }
                if is_drawn {
                    write("");
                }
            };
            (end, thread::spawn(draw))
        }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, drawing)) = self.0.take() {
            drop(end);
            // A line that is not wiped away is all that could be wrong.
            let _ = drawing.join();
        }
    }
}

/// Puts a text in place of what the line says.
fn write(text: &str) {
    // There is nowhere to say that this failed.
    let _ = write!(io::stderr(), "\r\u{1b}[K{text}");
}

fn line() -> Option<String> {
    let of = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    said(of(&READ), of(&FILES), of(&RESOURCES))
}

/// What the line says; nothing before there are files, since somebody may still be typing them.
fn said(read: usize, files: usize, resources: usize) -> Option<String> {
    match (files, resources) {
        (0, 0) => None,
        (_, 0) => Some(format!(
            "read {} of {} files",
            grouped(read),
            grouped(files)
        )),
        _ => Some(format!("judging {} resources", grouped(resources))),
    }
}

/// A number with its thousands apart: `12,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{grouped, said};

    #[test]
    fn thousands_stand_apart() {
        for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000")] {
            assert_eq!(grouped(number), expected);
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn the_line_says_what_is_done() {
        assert_eq!(said(0, 0, 0), None);
        for (counted, expected) in [
            ((3_200, 10_000, 0), "read 3,200 of 10,000 files"),
            ((10_000, 10_000, 12_000), "judging 12,000 resources"),
        ] {
            let (read, files, resources) = counted;
            assert_eq!(said(read, files, resources).as_deref(), Some(expected));
        }
    }
}
