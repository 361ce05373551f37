//! Charts of Helm: rendered by the `helm` program, where a user asks for it.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use plumbline_core::problem::Problem;

use crate::fs;

/// How long a chart may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether a chart is done.
const STEP: Duration = Duration::from_millis(20);

/// The file that makes a folder a chart.
pub const CHART: &str = "Chart.yaml";

/// Renders the chart in a folder with its own values, as `helm template` does: nothing is asked of a cluster, and
/// nothing is fetched. What it writes may be `max` bytes long.
pub fn template(chart: &Path, max: u64) -> Result<String, Problem> {
    let name = fs::display(chart);
    let mut command = Command::new("helm");
    command.args(["template", "release"]).arg(chart);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        let message = format!("`helm` cannot be run: {}", fs::reason(&error));
        Problem::file(&name, message)
            .help("install Helm, or render the chart and check what comes out: `helm template . | plumb check -`")
    })?;
    let output = child.stdout.take().map(|stream| reader(stream, max));
    let errors = child.stderr.take().map(|stream| reader(stream, max));
    let succeeded = finished(&mut child).ok_or_else(|| {
        let message = format!(
            "`helm template` took more than {} seconds",
            PATIENCE.as_secs()
        );
        Problem::file(&name, message)
    })?;
    let output = joined(output, &name, max)?;
    if succeeded {
        return Ok(output);
    }
    let errors = joined(errors, &name, max)?;
    let said = errors.lines().find(|line| line.starts_with("Error: "));
    let said = said.map_or("no reason was given", |line| {
        line.trim_start_matches("Error: ")
    });
    let message = format!("`helm template` failed: {}", said.escape_debug());
    Err(Problem::file(&name, message)
        .help("the chart was not judged; charts that it depends on must lie below `charts/`"))
}

type Text = thread::JoinHandle<std::io::Result<Vec<u8>>>;

/// A stream is read while the program runs: it would wait for ever on a full pipe.
fn reader(stream: impl Read + Send + 'static, max: u64) -> Text {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.take(max + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

fn joined(text: Option<Text>, name: &str, max: u64) -> Result<String, Problem> {
    let bytes = text.and_then(|text| text.join().ok()?.ok());
    let bytes =
        bytes.ok_or_else(|| Problem::file(name, "what `helm template` writes cannot be read"))?;
    fs::text(name, bytes.as_slice(), max)
}

/// Whether a program ended well; none if it had to be ended.
fn finished(child: &mut Child) -> Option<bool> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if begun.elapsed() < PATIENCE => thread::sleep(STEP),
            _ => {
                // It may have ended just now.
                drop(child.kill());
                drop(child.wait());
                return None;
            }
        }
    }
}
