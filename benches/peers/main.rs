//! Muster beside its peers, in one run against the same server: `just bench-peers`. Everything is
//! measured from outside: requests in the server, CPU time and memory by the kernel.
//!
//! The same program is server (`--serve`), watch over lost time (`--watch`) and measurement of
//! cryptography (`--crypto`), each in a process of its own.

mod arguments;
mod contender;
mod counters;
mod crypto;
mod error;
mod figures;
mod goose;
mod identity;
mod journey;
mod licensing;
mod lost_time;
mod muster;
mod process;
mod rendering;
mod report;
mod results;
mod round;
mod rows;
mod scan;
mod server;
mod server_process;
mod sides;
mod table;
mod template;
mod whole_run;

use std::path::Path;
use std::process::ExitCode;

use crate::arguments::{Arguments, Role};
use crate::error::Error;
use crate::report::{say, show};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    match Role::from_words(std::env::args().skip(1))? {
        Role::Serve { role, chain, folder } => {
            server::serve(role, chain, Path::new(&folder)).map(|never| match never {})
        }
        Role::Watch => {
            lost_time::watch();
            Ok(())
        }
        Role::Crypto { chain } => {
            let measured = crypto::measure(chain)?;
            show(&format!("{} {} {}", measured.handshake, measured.keygen, measured.sign));
            Ok(())
        }
        Role::Help => {
            show(Arguments::HELP);
            Ok(())
        }
        Role::Bench(arguments) => sides::run(&arguments),
    }
}
