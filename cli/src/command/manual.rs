//! `plumb completions` and `plumb man`: what the command line says of itself, for shells and for `man`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::{Args, CompletionsArgs, ManArgs};
use crate::io::Io;

/// Prints the completions of a shell.
pub(crate) fn completions(args: &CompletionsArgs, io: &mut Io) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "plumb", &mut script);
    io.data(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}

/// Prints the page of the program, or writes one per command.
pub(crate) fn man(args: &ManArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut program = Args::command();
    program.build();
    let Some(folder) = &args.to else {
        io.data(&page(program)?);
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder).map_err(|error| super::unwritable("make", folder, &error))?;
    for (name, command) in commands(program) {
        super::write_file(&folder.join(format!("{name}.1")), &page(command)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A command and all below it, by the names of their pages: `plumb-policy-list`.
fn commands(command: clap::Command) -> Vec<(String, clap::Command)> {
    let mut found = Vec::new();
    let mut left = vec![(command.get_name().to_owned(), command)];
    while let Some((name, command)) = left.pop() {
        let below = command
            .get_subcommands()
            .filter(|below| !below.is_hide_set());
        left.extend(below.map(|below| (format!("{name}-{}", below.get_name()), below.clone())));
        found.push((name.clone(), command.display_name(name)));
    }
    found
}

fn page(command: clap::Command) -> std::io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
