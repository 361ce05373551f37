//! The summary of a job of GitHub, in Markdown: what goes to the file that `GITHUB_STEP_SUMMARY` names.

use super::{Report, markdown};

/// GitHub refuses a longer summary.
const MOST_BYTES: usize = 1_048_576;

/// The whole summary.
pub fn render(report: &Report<'_>) -> String {
    markdown::page(report, MOST_BYTES)
}
