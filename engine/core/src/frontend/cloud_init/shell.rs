//! Variables that user data sets: in files that it writes, and before commands that it runs.

use super::content::{self, Content};
use crate::frontend::environment::Variable;
use crate::frontend::words::words;
use crate::tree::{NodeId, View};

/// Endings of the names of files that hold variables or settings.
const ENDINGS: &[&str] = &[
    ".env",
    ".conf",
    "environment",
    ".cnf",
    ".ini",
    ".properties",
    ".service",
    ".yaml",
    ".yml",
];

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
            variables.extend(lines.flat_map(|line| of_line(line.trim(), written.id())));
        }
    }
    variables
}

fn holds_variables(path: &str) -> bool {
    ENDINGS.iter().any(|ending| path.ends_with(ending))
        || FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// `KEY=value`, also after `export`, or `key: value`. The value ends with its line; a line of a unit sets several.
fn of_line(line: &str, from: NodeId) -> Vec<Variable> {
    if let Some(given) = line.strip_prefix("Environment=") {
        let (words, _) = words(given);
        return leading(&words, from);
    }
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let setting = ["=", ": "].iter().find_map(|between| {
        let (name, value) = line.split_once(between)?;
        let name = name.trim_end();
        is_setting(name).then(|| variable(name, unquoted(value.trim()), from))
    });
    setting.into_iter().collect()
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

/// Variables that commands are given, each with its command: a text of lines, or a list of words.
pub(super) fn of_commands(root: View<'_>) -> Vec<Variable> {
    let lists = ["bootcmd", "runcmd"].into_iter();
    let commands = lists.filter_map(|key| root.get(key)).flat_map(View::items);
    let mut variables = Vec::new();
    for command in commands {
        if command.is_sequence() {
            let words = command.items().filter_map(View::raw).map(str::to_owned);
            let words: Vec<String> = words.collect();
            variables.extend(of_words(&words, command.id()));
            continue;
        }
        for line in command.raw().unwrap_or_default().lines() {
            let (words, _) = words(line);
            variables.extend(of_words(&words, command.id()));
        }
    }
    variables
}

/// What a command begins with, what it sets in a container, and the addresses with an account that it is given.
fn of_words(words: &[String], from: NodeId) -> Vec<Variable> {
    if words.first().is_some_and(|word| word.starts_with('#')) {
        return Vec::new();
    }
    let mut variables = leading(words, from);
    variables.extend(of_containers(words, from));
    let addresses = words.iter().filter(|word| has_account(word));
    variables.extend(addresses.map(|address| variable("address", address, from)));
    variables
}

/// Options of `docker run` and of its like that set a variable.
const OPTIONS: &[&str] = &["-e", "--env"];

/// `-e KEY=value` and `--env=KEY=value`.
fn of_containers(words: &[String], from: NodeId) -> Vec<Variable> {
    let after = words.windows(2).filter_map(|pair| match pair {
        [option, given] if OPTIONS.contains(&option.as_str()) => Some(given.as_str()),
        _ => None,
    });
    let joined = words.iter().filter_map(|word| word.strip_prefix("--env="));
    after
        .chain(joined)
        .filter_map(|given| {
            let (name, value) = given.split_once('=')?;
            is_variable(name).then(|| variable(name, value, from))
        })
        .collect()
}

/// `postgres://shop:word@db.example.com/shop`.
fn has_account(word: &str) -> bool {
    let host = word.split_once("://").map(|(_, rest)| rest);
    let host = host.and_then(|rest| rest.split('/').next());
    !word.starts_with('-')
        && !word.contains('=')
        && host.is_some_and(|host| host.contains('@') && host.contains(':'))
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
