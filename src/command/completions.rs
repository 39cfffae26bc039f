//! `muster completions`: a script for a shell.

use clap::CommandFactory;

use crate::cli::Cli;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::output;

pub(crate) fn run(shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "muster", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Ok)
}
