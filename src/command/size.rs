//! `muster size`: what a run will need on this machine, before it starts.

use clap::Args;
use muster_agent::SmartAgent;
use muster_fleet::gate::grouped;
use muster_fleet::size::{self, COSTS, Level, Machine, Prediction, SizeInput};
use muster_scenarios::model::{Action, Arrivals, Connections, Load, Scenario, Step};
use serde_json::json;

use crate::cli::Connect;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::load_run::IN_FLIGHT;
use crate::{idle_agents, output, selection};

/// Instances when nobody says how many: the fleet one small machine carries.
const INSTANCES_USUAL: u64 = 50_000;
/// Exchanges of a journey when no scenario tells: trust, one report, one poll.
const EXCHANGES: u32 = 3;
/// Of those, signed: the report.
const SIGNED: u32 = 1;

/// What is to be sized.
#[derive(Args)]
pub(crate) struct SizeArgs {
    /// Product instances; default: those of the scenario's `load`, without a scenario 50,000.
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(crate) instances: Option<u64>,
    /// A scenario file or an id of the library that says what is not said here.
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) scenario: Option<String>,
    /// How instances connect; default: per-exchange.
    #[arg(long, value_name = "HOW")]
    pub(crate) connections: Option<Connect>,
    /// Requests under way at once, at most; default: 256, or the journeys at a time of a closed
    /// load.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) in_flight: Option<u64>,
    /// Most connections open at once; default: as many as the fleet asks for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) sockets: Option<u64>,
    /// Threads the fleet runs on; default: one per processor, less one for the embedded server.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) shards: Option<u32>,
    /// Journeys that begin per second; default: as fast as it goes.
    #[arg(long, value_name = "PER_SECOND", value_parser = rate)]
    pub(crate) rate: Option<f64>,
    /// Exchanges of one journey; default: 3, or the steps of the scenario.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) exchanges: Option<u32>,
    /// Of those, signed reports; default: 1, or those of the scenario.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(crate) signed: Option<u32>,
    /// Every connection makes a full TLS handshake.
    #[arg(long)]
    pub(crate) no_resumption: bool,
    /// No checks judge the exchanges.
    #[arg(long)]
    pub(crate) no_checks: bool,
    /// `embedded` counts the server in; any other is a process of its own and is not asked.
    #[arg(long, default_value = "embedded", value_name = "embedded|FILE")]
    pub(crate) target: String,
    /// Source addresses of connections, for example 127.0.1.1-127.0.1.8 or 127.0.2.0/29.
    #[arg(long, value_name = "RANGE")]
    pub(crate) source: Option<String>,
    /// A host other than loopback that may be reached; may be repeated.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub(crate) allowed_hosts: Vec<String>,
    /// As JSON, with the table of costs.
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &SizeArgs) -> Result<Exit, Error> {
    let scenario = match &args.scenario {
        Some(name) => selection::named(std::slice::from_ref(name))?.into_iter().next(),
        None => None,
    };
    let machine = Machine::here();
    let scenario = scenario.as_deref().map(|program| &program.scenario);
    let input = input(args, scenario, machine.cores)?;
    let prediction = size::predict(&input, &machine);
    let idle = idle_agents::measure()?;
    if args.json {
        let mut document = document(&prediction);
        document["idle_agents"] = idle_agents::document(&idle);
        output::print(&format!("{document:#}\n"))?;
    } else {
        output::print(&render(&input, &prediction))?;
        output::print(&idle_agents::render(&idle))?;
    }
    Ok(if prediction.fits() { Exit::Ok } else { Exit::Configuration })
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number of journeys per second".to_owned())?;
    if rate > 0.0 && rate <= 1e6 {
        return Ok(rate);
    }
    Err("a rate is over 0 and at most 1,000,000 per second".to_owned())
}

/// What the command line says, then what the scenario says, then the defaults.
fn input(args: &SizeArgs, scenario: Option<&Scenario>, cores: u32) -> Result<SizeInput, Error> {
    let embedded = args.target == "embedded";
    let load = scenario.and_then(|scenario| scenario.load.as_ref());
    let cast = scenario.map_or(1, Scenario::instances_per_replica).max(1);
    let of_scenario = || match scenario {
        Some(_) => u64::from(load.map_or(1, |load| load.instances)) * u64::from(cast),
        None => INSTANCES_USUAL,
    };
    let instances = args.instances.unwrap_or_else(of_scenario);
    let (exchanges, signed) = scenario.map_or((EXCHANGES, SIGNED), |scenario| {
        let counts = count(scenario.setup.iter().chain(&scenario.steps));
        (per_instance(counts.0, cast).max(1), per_instance(counts.1, cast))
    });
    let exchanges = args.exchanges.unwrap_or(exchanges);
    let source_addresses = match &args.source {
        Some(text) => size::parse_sources(text, !args.allowed_hosts.is_empty())
            .map_err(|error| Error::Arguments(format!("--source: {error}")))?
            .len() as u64,
        None => 1,
    };
    Ok(SizeInput {
        instances,
        connections: match args.connections {
            Some(Connect::PerExchange) => Connections::PerExchange,
            Some(Connect::KeepAlive) => Connections::KeepAlive,
            None => load.map_or_else(Connections::default, |load| load.connections),
        },
        in_flight: args.in_flight.unwrap_or_else(|| in_flight(load)),
        sockets: args.sockets,
        shards: args.shards.unwrap_or(if embedded { cores.saturating_sub(1) } else { cores }),
        resumption: !args.no_resumption && load.is_none_or(|load| load.resumption),
        rate_per_s: args.rate.or_else(|| peak_rate(load?, instances)),
        exchanges_per_instance: exchanges,
        signed_per_instance: args.signed.unwrap_or(signed).min(exchanges),
        agent_bytes: size_of::<SmartAgent>() as u64,
        judge: !args.no_checks,
        embedded,
        source_addresses,
    })
}

/// Requests under way at once, as `muster run` has them.
fn in_flight(load: Option<&Load>) -> u64 {
    let groups = load.into_iter().flat_map(|load| &load.groups);
    let closed = groups.map(|group| match group.arrivals {
        Arrivals::Concurrency { journeys, .. } => u64::from(journeys),
        _ => 0,
    });
    closed.sum::<u64>().max(IN_FLIGHT as u64)
}

fn per_instance(count: u64, cast: u32) -> u32 {
    u32::try_from(count.div_ceil(cast.into())).unwrap_or(u32::MAX)
}

/// Exchanges that steps make, and how many of them carry a signature. What the instances' own
/// timers make comes on top; nobody knows it before the run.
fn count<'a>(steps: impl IntoIterator<Item = &'a Step>) -> (u64, u64) {
    let of_step = |step: &Step| match &step.action {
        Action::Sync | Action::Report | Action::Collect { .. } | Action::Classic(_) => (1, 1),
        Action::Trust { .. }
        | Action::Poll { .. }
        | Action::Slac(_)
        | Action::Probe { .. }
        | Action::Send(_)
        | Action::Replay { .. } => (1, 0),
        Action::Repeat { times, steps } => {
            let (exchanges, signed) = count(steps);
            let times = u64::from(*times);
            (exchanges.saturating_mul(times), signed.saturating_mul(times))
        }
        Action::When { steps, otherwise, .. } => count(steps).max(count(otherwise)),
        Action::Parallel { branches } => count(branches.iter().flatten()),
        _ => (0, 0),
    };
    steps.into_iter().map(of_step).fold((0, 0), |sum, (exchanges, signed)| {
        (sum.0.saturating_add(exchanges), sum.1.saturating_add(signed))
    })
}

/// Journeys that begin per second when it is most; none when a group goes as fast as it can.
fn peak_rate(load: &Load, instances: u64) -> Option<f64> {
    let shares: u32 = load.groups.iter().map(|group| group.share).sum();
    let of_group = |arrivals: &Arrivals, share: u32| match *arrivals {
        Arrivals::Spread { over_ms } => {
            let part = instances as f64 * f64::from(share) / f64::from(shares.max(1));
            Some(part * 1_000.0 / over_ms.max(1) as f64)
        }
        Arrivals::Rate { per_s, .. } => Some(per_s),
        Arrivals::Ramp { from_per_s, to_per_s, .. }
        | Arrivals::Stairs { from_per_s, to_per_s, .. } => Some(from_per_s.max(to_per_s)),
        Arrivals::Spike { base_per_s, peak_per_s, .. } => Some(base_per_s.max(peak_per_s)),
        Arrivals::Storm | Arrivals::Concurrency { .. } => None,
    };
    load.groups.iter().map(|group| of_group(&group.arrivals, group.share)).sum()
}

fn document(prediction: &Prediction) -> serde_json::Value {
    let mut document = serde_json::to_value(prediction).expect("plain data");
    document["fits"] = json!(prediction.fits());
    document["costs"] = serde_json::to_value(COSTS).expect("plain data");
    document
}

/// The prediction for people: what is to run, what it takes, what fits and what to change.
fn render(input: &SizeInput, prediction: &Prediction) -> String {
    let mut text = format!(
        "{} product instances, {}, {} of them signed\n{}, {} requests in flight, {}\n{}\n\n",
        grouped(input.instances),
        counted(input.exchanges_per_instance.into(), "exchange each", "exchanges each"),
        input.signed_per_instance,
        match input.connections {
            Connections::PerExchange => "a connection per exchange",
            Connections::KeepAlive => "a connection each, kept",
        },
        grouped(input.in_flight),
        if input.resumption { "TLS sessions resumed" } else { "full TLS handshakes" },
        if input.embedded { "server in the same process" } else { "server elsewhere" },
    );
    for (what, needed, beside) in rows(prediction) {
        let line = format!("  {what:<17} {needed:>10}   {beside}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
    for note in &prediction.notes {
        let level = match note.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Refuse => "refuse",
        };
        text.push_str(&format!("  {level:<7} {}\n", note.text));
        if let Some(fix) = &note.fix {
            text.push_str(&format!("  {:<7} fix: {fix}\n", ""));
        }
    }
    text.push_str("\nPredicted from measured costs of another machine (--json lists them).\n");
    text
}

fn rows(prediction: &Prediction) -> [(&'static str, String, String); 7] {
    let memory = prediction.memory_bytes.map(|there| format!("{} available", bytes(there)));
    let allowed = match (prediction.fds_soft, prediction.fds_hard) {
        (Some(soft), Some(hard)) if soft < hard => {
            format!("{} allowed, {} at most", grouped(soft), grouped(hard))
        }
        (_, Some(hard)) => format!("{} allowed", grouped(hard)),
        (_, None) => "no limit".to_owned(),
    };
    let connects = format!(
        "at once; {} over the run, {} with a full handshake",
        grouped(prediction.connects),
        grouped(prediction.handshakes_full)
    );
    let ports = format!(
        "{} given, {} ports each",
        grouped(prediction.source_addresses),
        grouped(prediction.ports_per_address.into())
    );
    let cores = counted(prediction.cores.into(), "core", "cores");
    [
        ("memory", bytes(prediction.rss_bytes), memory.unwrap_or_default()),
        ("file descriptors", grouped(prediction.fds), allowed),
        ("connections", grouped(prediction.connections), connects),
        ("source addresses", grouped(prediction.source_addresses_needed), ports),
        ("CPU", seconds(prediction.cpu_s), format!("of one core; {cores} here")),
        ("time", seconds(prediction.wall_s_min), "at least; waiting comes on top".to_owned()),
        ("network", bytes(prediction.network_bytes), "both directions".to_owned()),
    ]
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..100_000_000_000 => format!("{} MB", grouped(bytes.div_ceil(1_000_000))),
        _ => format!("{} GB", grouped(bytes.div_ceil(1_000_000_000))),
    }
}

fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7_200.0 => format!("{:.1} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use muster_fleet::health::FdLimit;
    use muster_scenarios::parse;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: SizeArgs,
    }

    const MACHINE: Machine = Machine {
        fds: FdLimit { before: 1_024, now: 1_024, hard: 20_000 },
        ports_per_address: 28_232,
        memory_bytes: Some(16_000_000_000),
        cores: 2,
    };

    fn sized(line: &str, scenario: Option<&str>) -> Result<SizeInput, Error> {
        let words = std::iter::once("size").chain(line.split_whitespace());
        let Line { args } = Line::try_parse_from(words).expect("a good line");
        let scenario = scenario.map(|text| parse("some.yaml", text).expect("a good scenario"));
        let input = input(&args, scenario.as_ref(), 2)?;
        Ok(SizeInput { agent_bytes: 512, ..input })
    }

    fn shown(line: &str) -> String {
        let input = sized(line, None).expect("good arguments");
        render(&input, &size::predict(&input, &MACHINE))
    }

    #[test]
    fn a_fleet_that_fits_is_shown_in_full() {
        insta::assert_snapshot!(shown("--instances 50000 --rate 300"), @r"
        50,000 product instances, 3 exchanges each, 1 of them signed
        a connection per exchange, 256 requests in flight, TLS sessions resumed
        server in the same process

          memory                576 MB   16,000 MB available
          file descriptors         768   1,024 allowed, 20,000 at most
          connections              256   at once; 150,000 over the run, 50,000 with a full handshake
          source addresses           1   1 given, 28,232 ports each
          CPU                   58.3 s   of one core; 2 cores here
          time                 2.8 min   at least; waiting comes on top
          network             1,335 MB   both directions

          ok      file descriptors: 768 of 20,000
          ok      local ports: 256 of 28,232
          ok      memory: 576 MB of 16,000 MB available
          ok      time: 300 instances/s keep 0.20 of 1 core busy

        Predicted from measured costs of another machine (--json lists them).
        ");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_line_that_mends_it() {
        let line = "--instances 50000 --connections keep-alive --rate 5000 --target t.toml";
        insta::assert_snapshot!(shown(line), @r"
        50,000 product instances, 3 exchanges each, 1 of them signed
        a connection each, kept, 256 requests in flight, TLS sessions resumed
        server elsewhere

          memory                890 MB   16,000 MB available
          file descriptors      50,256   1,024 allowed, 20,000 at most
          connections           50,000   at once; 50,000 over the run, 50,000 with a full handshake
          source addresses           2   1 given, 28,232 ports each
          CPU                   22.2 s   of one core; 2 cores here
          time                  11.1 s   at least; waiting comes on top
          network             1,010 MB   both directions

          refuse  ulimit -n 20000 is below the 50,256 needed
                  fix: use connections: per-exchange, or --sockets 19000: connections then take turns
          refuse  50,000 connections at once need 2 source addresses, 1 is given
                  fix: add --source 127.0.1.1-127.0.1.2
          ok      memory: 890 MB of 16,000 MB available
          warn    time: 5,000 instances/s keep 2.22 of 2 cores busy: the result would be invalid
                  fix: use a rate of at most 3,100/s

        Predicted from measured costs of another machine (--json lists them).
        ");
    }

    #[test]
    fn a_list_of_sources_lifts_the_limit_of_ports() {
        let line = "--instances 50000 --in-flight 30000 --source 127.0.1.1-127.0.1.2";
        assert_eq!(sized(line, None).expect("good arguments").source_addresses, 2);
        let wrong = sized("--instances 1 --source 10.0.0.1", None).expect_err("off loopback");
        assert!(wrong.to_string().starts_with("--source: 10.0.0.1 is not loopback"), "{wrong}");
        let asked = sized("--instances 1 --source 10.0.0.1 --allow-host lab", None);
        assert_eq!(asked.expect("asked for").source_addresses, 1);
    }

    #[test]
    fn a_scenario_says_what_the_line_does_not() {
        let text = "title: t\nprovokes: []\ninstances:\n  wlc: { platform: c9800-l, via: cslu }\n\
                    steps:\n  - sync:\n  - repeat: { times: 4, steps: [{ report: }, { poll: }] }\n";
        let input = sized("--scenario s", Some(text)).expect("good arguments");
        assert_eq!((input.exchanges_per_instance, input.signed_per_instance), (9, 5));
        assert_eq!((input.instances, input.rate_per_s), (1, None));
        let line = "--scenario s --instances 7 --exchanges 3 --signed 9 --no-resumption";
        let input = sized(line, Some(text)).expect("good arguments");
        assert_eq!((input.instances, input.exchanges_per_instance), (7, 3));
        assert_eq!((input.signed_per_instance, input.resumption), (3, false));
    }

    #[test]
    fn the_document_says_whether_it_fits_and_lists_the_costs() {
        let input = sized("", None).expect("good arguments");
        assert_eq!(input.instances, INSTANCES_USUAL);
        let document = document(&size::predict(&input, &MACHINE));
        assert_eq!(document["fits"], true);
        assert_eq!(document["fds"], 768);
        assert_eq!(document["costs"]["sign"]["unit"], "us");
        assert!(document["notes"][0]["fix"].is_null());
    }

    #[test]
    fn arguments_out_of_range_are_refused() {
        for line in ["--instances 0", "--instances 1 --rate 0", "--instances 1 --rate inf"] {
            let words = std::iter::once("size").chain(line.split_whitespace());
            assert!(Line::try_parse_from(words).is_err(), "{line}");
        }
    }
}
