//! Where output goes: data to one writer, everything else to another one.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use plumbline_core::report::text::Style;

use crate::args::{Color, Global};

/// The streams of one run, and how they look.
pub(crate) struct Io {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    style: Style,
    failed: Option<io::Error>,
}

impl Io {
    /// The process's own streams.
    pub(crate) fn new(global: &Global) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                terminal && !no_color && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        let columns = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        let width = columns
            .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(120);
        let style = Style {
            color,
            width: width.clamp(40, 200),
            verbose: global.verbose,
            quiet: global.quiet,
        };
        Self {
            out: Box::new(BufWriter::new(io::stdout())),
            err: Box::new(io::stderr()),
            style,
            failed: None,
        }
    }

    /// How text looks on standard output.
    pub(crate) fn style(&self) -> Style {
        self.style
    }

    /// Writes data. A reader that has gone away is no error; a full disk is.
    pub(crate) fn data(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = self
                .out
                .write_all(text.as_bytes())
                .and_then(|()| self.out.flush())
                .err();
        }
    }

    /// Writes what is not data.
    pub(crate) fn error(&mut self, text: &str) {
        // There is nowhere left to say that this failed.
        let _ = self.err.write_all(text.as_bytes());
    }

    /// The exit code, unless the output could not be written.
    pub(crate) fn finish(mut self, code: ExitCode) -> ExitCode {
        match self
            .failed
            .take()
            .filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
        {
            None => code,
            Some(error) => {
                self.error(&format!(
                    "error: cannot write to standard output: {error}\n"
                ));
                ExitCode::from(2)
            }
        }
    }
}
