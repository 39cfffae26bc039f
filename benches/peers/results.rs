//! `benches/RESULTS.md`: everything measured, with machine, date and commands. What stands below
//! the mark was written by a person and is kept.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::Timestamp;

use crate::contender::{Contender, Tool};
use crate::error::{Error, io};
use crate::figures::Measured;
use crate::lost_time::LOST_SHARE_MAX;
use crate::round::{Bench, Steady, micros};
use crate::table::{Table, mega};

/// Above it the bench writes, below it a person.
const MARK: &str = "<!-- Written by hand from here on; the bench keeps it. -->";

/// Where and with what it was measured.
pub(crate) struct Setting {
    machine: String,
    date: String,
    tools: Vec<String>,
    rounds: usize,
    window_s: f64,
    windows: u32,
    marked: u32,
    watched: bool,
    report_bytes: usize,
}

impl Setting {
    /// The setting of what `bench` just measured.
    pub(crate) fn new(
        bench: &Bench,
        tools: &[(Tool, Result<Contender, String>)],
        rounds: usize,
    ) -> Self {
        let tool = |(tool, contender): &(Tool, Result<Contender, String>)| match contender {
            Ok(contender) => contender.version(),
            Err(why) => format!("{} skipped ({why})", tool.name()),
        };
        Self {
            machine: machine(),
            date: Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            tools: tools.iter().map(tool).collect(),
            rounds,
            window_s: bench.timing.window.as_secs_f64(),
            windows: bench.windows,
            marked: bench.marked,
            watched: bench.is_watched(),
            report_bytes: crate::journey::report_length().unwrap_or_default(),
        }
    }
}

/// The generated part.
pub(crate) fn text(measured: &Measured, setting: &Setting) -> String {
    let mut text = format!(
        "# Side by side with peers\n\nMeasured by `just bench-peers` on {}.\n\n- Machine: {}\n\
         - Load generators: {}\n- Method: one server process on core 0, one client process on \
         core 1, TLS 1.3 over loopback, one cipher suite (AES-128-GCM) and one group (X25519) for \
         all. Requests are counted by the server; CPU time and memory are the kernel's. Windows of \
         {} s after warm-up; medians of {} interleaved round(s); ratios are taken inside a round.\n",
        setting.date,
        setting.machine,
        setting.tools.join(" · "),
        setting.window_s,
        setting.rounds,
    );
    let lost = if setting.watched {
        format!(
            "{} of {} windows lost more than {:.0} % of their time to the host, or shared their cores \
             with other processes to that extent. They are repeated (not in a quick run); a window \
             that was lossy to the end is marked † in its table",
            setting.marked,
            setting.windows,
            LOST_SHARE_MAX * 100.0
        )
    } else {
        "not watched: the system grants no real-time priority".to_owned()
    };
    let _ = writeln!(text, "- Lost time: {lost}.\n");
    figures(&mut text, measured);
    for table in &measured.stateless {
        let title = format!("Keep-alive POST of 2 KB, {} connections", table.users);
        contenders(&mut text, &title, table, "wrk", Some(measured));
    }
    if let Some(table) = &measured.stateful {
        let title = format!("The journey of an instance, {} connections", table.users);
        contenders(&mut text, &title, table, "wrk, stateless", None);
        let _ = writeln!(
            text,
            "A step is one exchange. Each instance takes trust once; then it reports usage ({} bytes, \
             one report) and polls for the acknowledgement, again and again. Muster builds, signs and \
             checks every message; the peers fill gaps in a ready-made body, sign nothing, and look \
             for nonce, status and poll id in the answer.\n",
            setting.report_bytes
        );
    }
    connections(&mut text, measured);
    registrations(&mut text, measured);
    commands(&mut text, measured);
    text
}

/// Writes the generated part, and keeps what a person wrote below it.
pub(crate) fn write(file: &Path, text: &str) -> Result<(), Error> {
    let old = fs::read_to_string(file).unwrap_or_default();
    let by_hand = old.split_once(MARK).map_or("\n", |(_, by_hand)| by_hand);
    fs::write(file, format!("{text}{MARK}{by_hand}")).map_err(io(file.to_string_lossy()))
}

fn figures(text: &mut String, measured: &Measured) {
    let figures = measured.figures();
    if figures.is_empty() {
        return;
    }
    text.push_str(
        "## Figures\n\n| measure | bar | reach for | measured | |\n|---|---|---|---|---|\n",
    );
    figures.iter().for_each(|figure| text.push_str(&figure.row()));
    text.push('\n');
}

fn contenders(
    text: &mut String,
    title: &str,
    table: &Table,
    yardstick: &str,
    per_user: Option<&Measured>,
) {
    let slope = per_user.filter(|measured| measured.stateless.len() > 1);
    let _ = write!(
        text,
        "## {title}\n\n| | per second (rounds) | ÷ wrk | client CPU µs each | wrk's ÷ it | client core | server \
         core | memory MB |{}\n|---|---|---|---|---|---|---|---|{}\n",
        if slope.is_some() { " KB per user |" } else { "" },
        if slope.is_some() { "---|" } else { "" },
    );
    for series in &table.series {
        let label = series.label;
        let rounds: Vec<&Steady> = series.rounds.iter().flatten().collect();
        if rounds.is_empty() {
            let columns = if slope.is_some() { " | | | | | | |" } else { " | | | | | |" };
            let _ = writeln!(text, "| {label} | not measured: {}{columns}", table.why(label));
            continue;
        }
        let middle = |figure: fn(&Steady) -> f64| table.median(label, figure).unwrap_or_default();
        let each: Vec<String> = rounds.iter().map(|steady| shown_rate(steady)).collect();
        let ratio = table.ratio(label, yardstick, |steady| steady.rate);
        let _ = write!(
            text,
            "| {label} | {:.0} ({}) | {} | {:.1} | {} | {:.2} | {:.2} | {:.0} |",
            middle(|steady| steady.rate),
            each.join(", "),
            shown_ratio(ratio),
            middle(|steady| steady.client_us),
            shown_ratio(table.ratio(yardstick, label, |steady| steady.client_us)),
            middle(|steady| steady.client_busy),
            middle(|steady| steady.server_busy),
            middle(|steady| mega(steady.rss)),
        );
        if let Some(measured) = slope {
            let bytes = measured.per_user(label);
            let _ = write!(
                text,
                " {} |",
                bytes.map_or_else(|_| String::new(), |bytes| format!("{:.1}", bytes / 1e3))
            );
        }
        text.push('\n');
        notes(text, label, &rounds);
    }
    text.push('\n');
}

fn shown_ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"))
}

fn shown_rate(steady: &Steady) -> String {
    let mark = if steady.is_marked() { " †" } else { "" };
    format!("{:.0}{mark}", steady.rate)
}

/// What a reader must know beside the numbers of a row: a table row of its own.
fn notes(text: &mut String, label: &str, rounds: &[&Steady]) {
    let bad: u64 = rounds.iter().map(|steady| steady.bad).sum();
    if bad > 0 {
        let _ =
            writeln!(text, "| | {label}: {bad} requests were not what was asked for | | | | | | |");
    }
}

fn connections(text: &mut String, measured: &Measured) {
    let Some(table) = &measured.connections else { return };
    text.push_str("## New TLS connections\n\n| | per second | resumed |\n|---|---|---|\n");
    for series in &table.series {
        let label = series.label;
        match table.median(label, |steady| steady.connections) {
            Some(rate) => {
                let share = table.median(label, |steady| steady.resumed * 100.0);
                let share = share.unwrap_or_default();
                let _ = writeln!(text, "| {label} | {rate:.0} | {share:.0} % |");
            }
            None => {
                let _ = writeln!(text, "| {label} | not measured: {} | |", table.why(label));
            }
        }
    }
    text.push('\n');
}

fn registrations(text: &mut String, measured: &Measured) {
    let done = measured
        .registrations
        .iter()
        .filter_map(|(registrar, users, one)| Some((registrar, users, one.as_ref().ok()?)));
    let rows: Vec<_> = done.collect();
    if rows.is_empty() {
        return;
    }
    text.push_str(
        "## Registrations\n\n| against | instances | per second | handshakes each | client crypto µs \
         (handshake, key, signature) |\n|---|---|---|---|---|\n",
    );
    for (registrar, users, one) in rows {
        let crypto = one.crypto;
        let handshakes = one.handshakes.map_or_else(String::new, |each| format!("{each:.2}"));
        let _ = writeln!(
            text,
            "| {} | {users} | {:.0} | {handshakes} | {:.0} ({:.0}, {:.0}, {:.0}) |",
            registrar.words(),
            one.per_second,
            crypto.sum(),
            crypto.handshake,
            crypto.keygen,
            crypto.sign
        );
    }
    text.push('\n');
}

fn commands(text: &mut String, measured: &Measured) {
    let mut lines = Vec::new();
    let tables = measured.stateless.iter().chain(&measured.stateful).chain(&measured.connections);
    for series in tables.flat_map(|table| &table.series) {
        lines.extend(series.rounds.iter().flatten().take(1).map(|steady| steady.command.clone()));
    }
    let registrations = measured.registrations.iter().filter_map(|(_, _, one)| one.as_ref().ok());
    lines.extend(registrations.map(|one| one.command.clone()));
    if lines.is_empty() {
        return;
    }
    text.push_str("## Commands\n\nEach below `taskset -c 1`, in the bench's folder.\n\n```text\n");
    lines.iter().for_each(|line| {
        let _ = writeln!(text, "{line}");
    });
    text.push_str("```\n\n");
}

fn machine() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let field = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        let value = line.split_once([':', '=']).map_or("", |(_, value)| value);
        value.trim().trim_matches('"').to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory_kib = field(&read("/proc/meminfo"), "MemTotal");
    let memory_kib: u64 =
        memory_kib.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{cores} cores of {}, {:.0} GB memory, Linux {}, {}",
        field(&read("/proc/cpuinfo"), "model name"),
        micros(memory_kib) / 1e6 * 1.024,
        kernel.trim(),
        field(&read("/etc/os-release"), "PRETTY_NAME"),
    )
}
