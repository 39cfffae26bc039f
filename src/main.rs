//! The `muster` command: tests smart-licensing servers with a fleet of simulated instances.

mod cli;
mod command;
mod console_surroundings;
mod defect_coverage;
mod embedded;
mod error;
mod exit_code;
mod harness;
mod idle_agents;
mod interrupt;
mod live_view;
mod load_journal;
mod load_run;
mod log_lines;
mod metrics_page;
mod output;
mod progress;
mod selection;
mod serve_config;
mod shards;
mod virtual_peer;

use std::process::ExitCode;

/// A load run allocates some hundred times per exchange; this one spends a tenth less processor
/// time per exchange than the system's (benches/RESULTS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser;

use cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        let _ = error.print();
        // clap's own code for wrong usage is 2, which here means a missed load gate.
        let code = if error.use_stderr() { exit_code::Exit::Configuration as i32 } else { 0 };
        std::process::exit(code)
    });
    // A server says itself what it logs.
    if !matches!(cli.command, cli::Command::Serve(_)) {
        log_lines::begin();
    }
    match command::run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::note(&error.to_message());
            error.exit().into()
        }
    }
}
