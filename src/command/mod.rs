//! One file per subcommand.

mod check;
mod completions;
mod device;
mod explain;
mod list;
pub(crate) mod recheck;
mod run;
mod scenario;
mod schema;
mod serve;
pub(crate) mod size;

pub(crate) use device::DeviceArgs;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::output;

/// Does what the command line says.
pub(crate) fn run(cli: &Cli) -> Result<Exit, Error> {
    let colour = output::colour(cli.color);
    match &cli.command {
        Command::Check(args) => check::run(args, colour),
        Command::Run(args) => run::run(args, colour),
        Command::Device(args) => device::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Recheck(args) => recheck::run(args, colour),
        Command::Size(args) => size::run(args),
        Command::List(args) => list::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Scenario(args) => scenario::run(&args.command),
        Command::Schema(args) => schema::run(args.which),
        Command::Completions { shell } => completions::run(*shell),
    }
}
