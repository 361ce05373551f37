//! Variables that user data sets: in files that it writes, and before commands that it runs.

use super::content::{self, Content};
use crate::frontend::environment::Variable;
use crate::frontend::words::words;
use crate::tree::{NodeId, View};

/// Endings of the names of files that hold variables.
const ENDINGS: &[&str] = &[".env", ".conf", "environment"];

/// Folders whose files hold variables.
const FOLDERS: &[&str] = &["/etc/default/", "/etc/profile.d/"];

/// Variables of the files that are written, each with its file's content.
pub(super) fn of_files(root: View<'_>, source: &str) -> Vec<Variable> {
    let mut variables = Vec::new();
    for file in root.get("write_files").into_iter().flat_map(View::items) {
        let holds = file
            .get("path")
            .and_then(View::raw)
            .is_some_and(holds_variables);
        let written = file.get("content").filter(|_| holds);
        let read = written.and_then(|_| content::of_file(file, source));
        if let (Some(written), Some(Content::Text(text))) = (written, read) {
            let lines = text.lines();
            variables.extend(lines.filter_map(|line| of_line(line, written.id())));
        }
    }
    variables
}

fn holds_variables(path: &str) -> bool {
    ENDINGS.iter().any(|ending| path.ends_with(ending))
        || FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// `KEY=value`, also after `export`. The value ends with its line.
fn of_line(line: &str, from: NodeId) -> Option<Variable> {
    let line = line.trim();
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let (name, value) = line.split_once('=')?;
    is_setting(name).then(|| variable(name, unquoted(value.trim()), from))
}

/// The name of a variable, or of a setting such as `db.password`.
fn is_setting(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

fn unquoted(value: &str) -> &str {
    let within = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

fn variable(name: &str, value: &str, from: NodeId) -> Variable {
    Variable {
        name: name.to_owned(),
        value: (!is_computed(value)).then(|| value.to_owned()),
        from,
    }
}

/// A shell puts the output of a command in.
fn is_computed(value: &str) -> bool {
    value.contains("$(") || value.contains('`')
}

/// Variables that commands begin with, each with its command: a text of lines, or a list of words.
pub(super) fn of_commands(root: View<'_>) -> Vec<Variable> {
    let lists = ["bootcmd", "runcmd"].into_iter();
    let commands = lists.filter_map(|key| root.get(key)).flat_map(View::items);
    let mut variables = Vec::new();
    for command in commands {
        if command.is_sequence() {
            let words = command.items().filter_map(View::raw).map(str::to_owned);
            let words: Vec<String> = words.collect();
            variables.extend(leading(&words, command.id()));
            continue;
        }
        for line in command.raw().unwrap_or_default().lines() {
            let (words, _) = words(line);
            variables.extend(leading(&words, command.id()));
        }
    }
    variables
}

/// The assignments that a command begins with, also after `export` and `env`. A semicolon ends the last of them.
fn leading(words: &[String], from: NodeId) -> Vec<Variable> {
    let mut variables = Vec::new();
    let is_prefix = |word: &String| word == "export" || word == "env";
    for word in words.iter().skip_while(|word| is_prefix(word)) {
        let assignment = word.split_once('=');
        let Some((name, value)) = assignment.filter(|(name, _)| is_variable(name)) else {
            break;
        };
        variables.push(variable(name, value.trim_end_matches(';'), from));
        if value.ends_with(';') {
            break;
        }
    }
    variables
}

fn is_variable(name: &str) -> bool {
    is_setting(name) && !name.contains(['.', '-'])
}
