//! The bench itself: who is there, what is measured in which order, and where the results go.

use std::path::PathBuf;
use std::time::Duration;

use crate::arguments::{Arguments, Part};
use crate::contender::{Contender, Tool, Way, find};
use crate::error::{Error, broken, io};
use crate::figures::Measured;
use crate::identity::Chain;
use crate::muster::Muster;
use crate::report::{say, show};
use crate::results::{self, Setting};
use crate::round::{Bench, Timing};
use crate::rows::{self, Registrar};
use crate::table::{Entry, Table};

/// Interleaved rounds whose median is published.
const ROUNDS: usize = 3;

/// Trials of a window that loses too much time.
const ATTEMPTS: u32 = 3;

/// How much of everything.
struct Size {
    timing: Timing,
    rounds: usize,
    users: Vec<u32>,
    stateful: u32,
    registrations: u32,
    memory: Vec<u32>,
    virtual_instances: u32,
}

impl Size {
    fn of(arguments: &Arguments) -> Self {
        let quick = arguments.quick;
        let seconds = Duration::from_secs;
        let timing = Timing {
            warm: seconds(if quick { 1 } else { 2 }),
            window: seconds(if quick { 2 } else { 5 }),
            open_max: seconds(90),
            attempts_max: if quick { 1 } else { ATTEMPTS },
        };
        let usual = if quick { vec![100, 1_000] } else { vec![1_000, 10_000] };
        let users = if arguments.users.is_empty() { usual } else { arguments.users.clone() };
        Self {
            timing,
            rounds: arguments.rounds.unwrap_or(if quick { 1 } else { ROUNDS }),
            users,
            stateful: 1_000,
            registrations: if quick { 5_000 } else { 50_000 },
            memory: if quick { vec![5_000] } else { vec![50_000, 250_000] },
            // Instance-days per second do not depend on how many instances share the time.
            virtual_instances: if quick { 100 } else { 2_000 },
        }
    }
}

/// Measures what `arguments` ask for.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    for needed in ["setpriv", "taskset", "chrt"] {
        find(needed).ok_or_else(|| broken(format!("{needed} is missing: install util-linux")))?;
    }
    let cores = std::thread::available_parallelism().map_err(io("the number of cores"))?;
    if cores.get() < 2 {
        return Err(broken("server and client need a core each, and there is one"));
    }
    let size = Size::of(arguments);
    let muster = arguments.admits(Tool::Muster).then(Muster::find).flatten();
    let tools = tools(arguments, muster.as_ref());
    let mut bench = Bench::new(size.timing, muster)?;
    let measured = measure(&mut bench, arguments, &size, &tools);
    let setting = Setting::new(&bench, &tools, size.rounds);
    let text = results::text(&measured, &setting);
    show(&text);
    let whole = arguments
        .is_whole()
        .then(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/RESULTS.md"));
    if let Some(file) = arguments.out.clone().or(whole) {
        results::write(&file, &text)?;
        say(&format!("written to {}", file.display()));
    }
    Ok(())
}

/// Every tool admitted, there or absent.
fn tools(arguments: &Arguments, muster: Option<&Muster>) -> Vec<(Tool, Result<Contender, String>)> {
    let mut tools = Vec::new();
    for tool in Tool::ALL.into_iter().filter(|tool| arguments.admits(*tool)) {
        let program = match tool {
            Tool::Muster => muster.map(|muster| muster.program.clone()),
            Tool::Goose => {
                say("building goose");
                match crate::goose::build() {
                    Ok(program) => Some(program),
                    Err(why) => {
                        say(&format!("goose is skipped: {why}"));
                        tools.push((tool, Err(why)));
                        continue;
                    }
                }
            }
            _ => find(tool.name()),
        };
        let absent = || format!("absent: {}", tool.install());
        let contender = program.map(|program| Contender { tool, program }).ok_or_else(absent);
        match &contender {
            Ok(contender) => say(&format!("{}: {}", tool.name(), contender.version())),
            Err(why) => say(&format!("{} is skipped; {why}", tool.name())),
        }
        tools.push((tool, contender));
    }
    tools
}

fn measure(
    bench: &mut Bench,
    arguments: &Arguments,
    size: &Size,
    tools: &[(Tool, Result<Contender, String>)],
) -> Measured {
    let entry = |label, tool, way| {
        let (_, contender) = tools.iter().find(|(one, _)| *one == tool)?;
        Some(Entry { label, way, contender: contender.clone() })
    };
    let mut measured = Measured::default();
    if arguments.wants(Part::Stateless) {
        let all = Tool::ALL.into_iter();
        let entries: Vec<_> =
            all.filter_map(|tool| entry(tool.name(), tool, Way::Stateless)).collect();
        for users in &size.users {
            let entries: Vec<_> = entries.iter().cloned().map(|one| one.within(*users)).collect();
            let table = Table::measured(bench, "stateless", *users, &entries, size.rounds);
            measured.stateless.push(table);
        }
    }
    if arguments.wants(Part::Stateful) {
        let all = rows::STATEFUL.into_iter();
        let entries: Vec<_> =
            all.filter_map(|(label, tool, way)| entry(label, tool, way)).collect();
        let table = Table::measured(bench, "stateful", size.stateful, &entries, size.rounds);
        measured.stateful = Some(table);
    }
    if arguments.admits(Tool::Muster) {
        of_muster(bench, arguments, size, &mut measured);
    }
    measured
}

/// The rows that have no peer.
fn of_muster(bench: &mut Bench, arguments: &Arguments, size: &Size, measured: &mut Measured) {
    if arguments.wants(Part::Connections) {
        say("new connections");
        measured.connections = Some(rows::connections(bench, size.rounds));
    }
    if arguments.wants(Part::Registration) {
        say("registrations");
        let users = size.registrations;
        for registrar in [
            Registrar::Canned(Chain::Short),
            Registrar::Verified(Chain::Short),
            Registrar::Canned(Chain::FourTier),
            Registrar::Verified(Chain::FourTier),
            Registrar::Reference,
        ] {
            let one = rows::registration(bench, registrar, users, size.rounds);
            measured.registrations.push((registrar, users, told(one)));
        }
    }
    if arguments.wants(Part::Memory) {
        say("memory of unconnected instances");
        for users in &size.memory {
            measured.memory.push((*users, told(rows::memory(bench, *users))));
        }
    }
    if arguments.wants(Part::Virtual) {
        say("virtual time");
        for unsigned in [false, true] {
            let days = rows::virtual_days(bench, size.virtual_instances, size.rounds, unsigned);
            measured.virtual_days.push((unsigned, told(days)));
        }
    }
    if arguments.wants(Part::Soak) {
        say("soak: ten minutes");
        measured.soak = Some(told(rows::soak(bench)));
    }
}

fn told<T>(result: Result<T, String>) -> Result<T, String> {
    if let Err(why) = &result {
        say(&format!("  not measured: {why}"));
    }
    result
}
