//! `plumb completions` and `plumb man`, as they are typed.

use std::path::PathBuf;

/// Print what a shell completes commands by.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb completions bash > /etc/bash_completion.d/plumb
  plumb completions zsh > \"${fpath[1]}/_plumb\"
  plumb completions fish > ~/.config/fish/completions/plumb.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page, or write one per command.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb man | man -l -                  read it here
  plumb man --to /usr/share/man/man1    install a page per command")]
pub(crate) struct ManArgs {
    /// A folder to write a page per command to: `plumb.1`, `plumb-check.1`, and so on.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: Option<PathBuf>,
}
