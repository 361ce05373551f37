//! `plumb serve`: answer API servers, and everyone else who asks for a verdict.

mod memory;
mod policies;
mod settings;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use plumbline_core::problem::Problem;
use plumbline_core::report::text;
use plumbline_core::source::Sources;
use plumbline_server::config::{Config, Listener};
use plumbline_server::doors::Doors;
use plumbline_server::policies::Loaded;
use plumbline_server::shutdown::Shutdown;
use plumbline_server::telemetry;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::args::ServeArgs;
use crate::io::Io;
use memory::Memory;
use policies::Configured;
use settings::Settings;

/// Runs the command.
pub(crate) fn run(args: ServeArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let Settings {
        config,
        state,
        max_age,
    } = match settings::read(&args, &mut sources) {
        Ok(settings) => settings,
        Err(problems) => return Ok(refuse(&problems, &sources, io)),
    };
    let source = Configured {
        rules: args.rules,
        max_age,
        memory: Memory::open(state.as_deref())?,
    };
    let mut sources = Sources::default();
    let first = source.gather(&mut sources);
    let first = match first.and_then(|gathered| source.fit(gathered, &sources)) {
        Ok(fit) => fit,
        Err(problems) => return Ok(refuse(&problems, &sources, io)),
    };
    let said = text::problems(&sources, &first.warnings, io.style());
    io.error(&said);
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    telemetry::logs(config.log);
    let ended = runtime.block_on(serve(config, source, first.with(sources), io));
    // A load that hangs keeps nobody from leaving.
    runtime.shutdown_background();
    ended.map(|()| ExitCode::SUCCESS)
}

async fn serve(
    config: Config,
    source: Configured,
    first: Loaded,
    io: &mut Io,
) -> anyhow::Result<()> {
    let shutdown = Shutdown::default();
    let signals = shutdown.clone().on_signals();
    tokio::spawn(signals.context("cannot wait for signals")?);
    let doors = Doors::open(&config).await?;
    io.error(&listening(&config, &doors)?);
    plumbline_server::serve(config, doors, Arc::new(source), first, shutdown).await?;
    Ok(())
}

/// The line that says where it listens.
fn listening(config: &Config, doors: &Doors) -> anyhow::Result<String> {
    let url = |listener: &Listener, door: &TcpListener| -> anyhow::Result<String> {
        let scheme = match listener.tls {
            Some(_) => "https",
            None => "http",
        };
        let address = door.local_addr().context("cannot tell where it listens")?;
        Ok(format!("{scheme}://{address}"))
    };
    let api = url(&config.api, &doors.api)?;
    Ok(
        match config.admission.as_ref().zip(doors.admission.as_ref()) {
            Some((listener, door)) => {
                let admission = url(listener, door)?;
                format!("listening: admission at {admission}, the API at {api}\n")
            }
            None => format!("listening: the API at {api}\n"),
        },
    )
}

fn refuse(problems: &[Problem], sources: &Sources, io: &mut Io) -> ExitCode {
    let said = text::problems(sources, problems, io.style());
    io.error(&said);
    ExitCode::from(2)
}
