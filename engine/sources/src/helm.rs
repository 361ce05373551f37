//! Charts of Helm: rendered by the `helm` program, where a user asks for it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use plumbline_core::problem::Problem;

use crate::fs;
use crate::program::{self, Failure};

/// How long a chart may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The file that makes a folder a chart.
pub const CHART: &str = "Chart.yaml";

/// Renders the chart in a folder with its own values, as `helm template` does: nothing is asked of a cluster, and
/// nothing is fetched. What it writes may be `max` bytes long.
pub fn template(chart: &Path, max: u64) -> Result<String, Problem> {
    let name = fs::display(chart);
    let mut command = Command::new("helm");
    command.args(["template", "release"]).arg(chart);
    let ended = program::run(&mut command, PATIENCE, max).map_err(|failure| match failure {
        Failure::NotRun(error) => {
            let message = format!("`helm` cannot be run: {}", fs::reason(&error));
            Problem::file(&name, message)
                .help("install Helm, or render the chart and check what comes out: `helm template . | plumb check -`")
        }
        Failure::TooSlow => {
            let seconds = PATIENCE.as_secs();
            Problem::file(&name, format!("`helm template` took more than {seconds} seconds"))
        }
        Failure::Unreadable => {
            Problem::file(&name, "what `helm template` writes cannot be read")
        }
    })?;
    let output = fs::text(&name, ended.output.as_slice(), max)?;
    if ended.succeeded {
        return Ok(output);
    }
    let errors = fs::text(&name, ended.errors.as_slice(), max)?;
    let said = errors.lines().find(|line| line.starts_with("Error: "));
    let said = said.map_or("no reason was given", |line| {
        line.trim_start_matches("Error: ")
    });
    let message = format!("`helm template` failed: {}", said.escape_debug());
    Err(Problem::file(&name, message)
        .help("the chart was not judged; charts that it depends on must lie below `charts/`"))
}
