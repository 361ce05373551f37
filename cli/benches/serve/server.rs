//! A server as a process of its own: when it answers, and how much memory it took.

use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::client::{Line, Question};

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that is ended when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// From its start until its first answer.
    pub(crate) ready: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    /// Starts it, and waits for its first answer.
    pub(crate) async fn start(command: &mut Command, question: &Arc<Question>) -> io::Result<Self> {
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self {
            child,
            ready: Duration::ZERO,
        };
        let mut line = Line::new(question);
        while !line.ask(Instant::now()).await.is_ok() {
            if begun.elapsed() > PATIENCE {
                return Err(io::Error::other("a server does not answer"));
            }
            sleep(Duration::from_millis(2)).await;
        }
        server.ready = begun.elapsed();
        Ok(server)
    }

    /// The largest resident set until now, in bytes, where the system says it.
    pub(crate) fn peak(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = peak.split_whitespace().next()?.parse().ok()?;
        Some(kilobytes * 1024)
    }
}
