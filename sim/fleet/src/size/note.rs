//! What fits and what does not, with the line that mends it.

use muster_scenarios::model::Connections;
use serde::Serialize;

use super::{FDS_BESIDE, Prediction, SizeInput, ends};
use crate::gate::grouped;

/// Part of a limit from which it is worth a warning, percent: the prediction is no closer.
const NEAR_PERCENT: f64 = 70.0;

/// How serious a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It fits.
    Ok,
    /// It may not.
    Warn,
    /// It cannot.
    Refuse,
}

/// One thing that fits or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// How serious it is.
    pub level: Level,
    /// What is needed and what there is.
    pub text: String,
    /// What to change; none when it fits.
    pub fix: Option<String>,
}

impl Note {
    fn ok(text: String) -> Self {
        Self { level: Level::Ok, text, fix: None }
    }

    fn warn(text: String, fix: String) -> Self {
        Self { level: Level::Warn, text, fix: Some(fix) }
    }

    fn refuse(text: String, fix: String) -> Self {
        Self { level: Level::Refuse, text, fix: Some(fix) }
    }
}

pub(super) fn notes(input: &SizeInput, prediction: &Prediction) -> Vec<Note> {
    [
        Some(descriptors(input, prediction)),
        Some(ports(prediction)),
        memory(input, prediction),
        Some(time(input, prediction)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn descriptors(input: &SizeInput, prediction: &Prediction) -> Note {
    let needed = grouped(prediction.fds);
    let Some(hard) = prediction.fds_hard else {
        return Note::ok(format!("file descriptors: {needed} needed, no limit"));
    };
    if prediction.fds > hard {
        // A limit below what the process itself needs leaves room for one connection at least.
        let room = (hard.saturating_sub(FDS_BESIDE) / ends(input)).max(1);
        let fix = match input.connections {
            Connections::PerExchange => format!("use --in-flight {}", round_down(room)),
            Connections::KeepAlive => format!(
                "use connections: per-exchange, or --sockets {}: connections then take turns",
                round_down(room)
            ),
        };
        let both =
            if input.embedded { ", both ends of each connection in one process" } else { "" };
        let text = format!("ulimit -n {hard} is below the {needed} needed{both}");
        return Note::refuse(text, fix);
    }
    match prediction.fds_soft.filter(|soft| prediction.fds > *soft) {
        Some(soft) => Note::ok(format!(
            "file descriptors: {needed} needed; the run raises its limit from {} to {}",
            grouped(soft),
            grouped(hard)
        )),
        None => Note::ok(format!("file descriptors: {needed} of {}", grouped(hard))),
    }
}

fn ports(prediction: &Prediction) -> Note {
    let Prediction { connections, source_addresses, source_addresses_needed: needed, .. } =
        *prediction;
    let given = source_addresses.max(1);
    if needed <= given {
        let room = given.saturating_mul(prediction.ports_per_address.into());
        return Note::ok(format!("local ports: {} of {}", grouped(connections), grouped(room)));
    }
    let text = format!(
        "{} connections at once need {needed} source addresses, {given} {} given",
        grouped(connections),
        if given == 1 { "is" } else { "are" },
    );
    Note::refuse(text, format!("add --source {}", example_sources(needed)))
}

/// Loopback addresses, from 127.0.1.1 on.
fn example_sources(count: u64) -> String {
    let first = std::net::Ipv4Addr::new(127, 0, 1, 1);
    let more = u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX);
    let last = std::net::Ipv4Addr::from_bits(first.to_bits().saturating_add(more));
    format!("{first}-{last}")
}

fn memory(input: &SizeInput, prediction: &Prediction) -> Option<Note> {
    let there = prediction.memory_bytes?;
    let share = prediction.rss_bytes as f64 * 100.0 / there.max(1) as f64;
    let text = format!(
        "memory: {} MB of {} MB available",
        grouped(prediction.rss_bytes.div_ceil(1_000_000)),
        grouped(there.div_ceil(1_000_000))
    );
    let fix = || match input.connections {
        Connections::KeepAlive => "use connections: per-exchange, or fewer instances".to_owned(),
        Connections::PerExchange => "use a lower --in-flight or fewer instances".to_owned(),
    };
    Some(match share {
        share if share > 100.0 => Note::refuse(text, fix()),
        share if share > NEAR_PERCENT => Note::warn(text, fix()),
        _ => Note::ok(text),
    })
}

fn time(input: &SizeInput, prediction: &Prediction) -> Note {
    let Some(rate) = input.pace() else {
        return Note::ok(format!(
            "time: {} s of CPU on {}, as fast as the server answers",
            short(prediction.cpu_s),
            cores_in_words(prediction.cores),
        ));
    };
    let per_instance = |cpu_s: f64| cpu_s / prediction.instances.max(1) as f64;
    let fleet = (per_instance(prediction.fleet_cpu_s), prediction.fleet_cores);
    let process = (per_instance(prediction.cpu_s), prediction.cores);
    let share = |(cpu_s, cores): (f64, u32)| rate * cpu_s * 100.0 / f64::from(cores);
    // The fleet's threads may run short before the machine does, or the machine before them.
    let tighter = if share(fleet) >= share(process) { fleet } else { process };
    let (cpu_s, cores) = tighter;
    let text = format!(
        "time: {} instances/s keep {} of {} busy",
        short(rate),
        short(rate * cpu_s),
        cores_in_words(cores)
    );
    if share(tighter) <= NEAR_PERCENT {
        return Note::ok(text);
    }
    let affordable = (f64::from(cores) * NEAR_PERCENT / 100.0 / cpu_s).floor().max(1.0) as u64;
    let text =
        if share(tighter) > 100.0 { format!("{text}: the result would be invalid") } else { text };
    Note::warn(text, format!("use a rate of at most {}/s", grouped(round_down(affordable))))
}

fn cores_in_words(cores: u32) -> String {
    if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") }
}

/// Two leading digits: a limit that people type.
fn round_down(number: u64) -> u64 {
    let digits = number.checked_ilog10().unwrap_or(0);
    let unit = 10_u64.pow(digits.saturating_sub(1));
    number / unit * unit
}

/// Three digits at most where there is a fraction.
pub(super) fn short(number: f64) -> String {
    match number {
        n if n < 10.0 => format!("{n:.2}"),
        n if n < 100.0 => format!("{n:.1}"),
        n => grouped(n.round() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_rounded_to_two_digits_downwards() {
        let rounded = [0, 1, 9, 99, 101, 19_936, 9_968, u64::MAX].map(round_down);
        assert_eq!(rounded[..7], [0, 1, 9, 99, 100, 19_000, 9_900]);
        assert_eq!(rounded[7], 18_000_000_000_000_000_000);
    }

    #[test]
    fn sources_go_on_past_an_octet() {
        assert_eq!(example_sources(2), "127.0.1.1-127.0.1.2");
        assert_eq!(example_sources(300), "127.0.1.1-127.0.2.44");
    }
}
