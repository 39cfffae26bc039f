//! What fits, what does not, and whether the fix would.

use crate::health::FdLimit;

use super::*;

const MACHINE: Machine = Machine {
    fds: FdLimit { before: 1_024, now: 1_024, hard: 20_000 },
    ports_per_address: 28_232,
    memory_bytes: Some(16_000_000_000),
    cores: 2,
};

fn input() -> SizeInput {
    SizeInput {
        instances: 50_000,
        connections: Connections::PerExchange,
        in_flight: 256,
        sockets: None,
        shards: 2,
        resumption: true,
        rate_per_s: None,
        exchanges_per_instance: 3,
        signed_per_instance: 1,
        agent_bytes: 512,
        judge: false,
        embedded: false,
        source_addresses: 1,
    }
}

fn roomy() -> Machine {
    Machine { fds: FdLimit { before: 1 << 20, now: 1 << 20, hard: 1 << 20 }, ..MACHINE }
}

/// The notes that do not say that all is well.
fn concerns(input: &SizeInput, machine: &Machine) -> Vec<(Level, String, String)> {
    let notes = predict(input, machine).notes.into_iter();
    notes
        .filter(|note| note.level != Level::Ok)
        .map(|note| (note.level, note.text, note.fix.expect("a concern has a fix")))
        .collect()
}

fn says(level: Level, text: &str, fix: &str) -> (Level, String, String) {
    (level, text.to_owned(), fix.to_owned())
}

#[test]
fn fifty_thousand_instances_fit_with_a_bounded_pool() {
    let prediction = predict(&input(), &MACHINE);
    assert!(prediction.fits());
    assert_eq!(prediction.fds, 512);
    assert_eq!(prediction.connections, 256);
    assert_eq!((prediction.connects, prediction.handshakes_full), (150_000, 50_000));
    // 10.5 MB + 50,000 x 786 B + 256 x 16.8 KB
    assert_eq!(prediction.rss_bytes, 10_502_144 + 39_300_000 + 4_300_800);
    // 50,000 x (263 + 2 x 132 + 3 x 18.6 + 10.3 + 18.8) us
    assert!((prediction.cpu_s - 30.595).abs() < 0.001, "{}", prediction.cpu_s);
    assert!((prediction.wall_s_min - 15.297_5).abs() < 0.001);
    assert_eq!(prediction.network_bytes, 150_000 * (3_249 + 5_650));
    insta::assert_json_snapshot!(prediction.notes);
}

#[test]
fn a_connection_each_needs_descriptors_that_are_not_there() {
    let wanted = SizeInput { connections: Connections::KeepAlive, ..input() };
    let found = concerns(&wanted, &MACHINE);
    assert_eq!(
        found[0],
        says(
            Level::Refuse,
            "ulimit -n 20000 is below the 50,256 needed",
            "use connections: per-exchange, or --sockets 19000: connections then take turns"
        )
    );
    let bounded = SizeInput { sockets: Some(19_000), ..wanted };
    assert_eq!(concerns(&bounded, &MACHINE), []);
    let wanted = SizeInput { in_flight: 30_000, ..input() };
    assert_eq!(concerns(&wanted, &MACHINE)[0].2, "use --in-flight 19000");
}

#[test]
fn the_fix_for_descriptors_fits() {
    let fixed = SizeInput { in_flight: 19_000, ..input() };
    assert_eq!(concerns(&fixed, &MACHINE), []);
    let embedded = SizeInput { in_flight: 30_000, embedded: true, ..input() };
    let found = concerns(&embedded, &MACHINE);
    assert!(found[0].1.ends_with("60,256 needed, both ends of each connection in one process"));
    assert_eq!(found[0].2, "use --in-flight 9800");
    assert_eq!(concerns(&SizeInput { in_flight: 9_800, ..embedded }, &MACHINE), []);
}

#[test]
fn more_connections_than_ports_need_source_addresses() {
    let wanted = SizeInput { in_flight: 30_000, ..input() };
    let refused = says(
        Level::Refuse,
        "30,000 connections at once need 2 source addresses, 1 is given",
        "add --source 127.0.1.1-127.0.1.2",
    );
    assert_eq!(concerns(&wanted, &roomy()), [refused]);
    assert_eq!(concerns(&SizeInput { source_addresses: 2, ..wanted }, &roomy()), []);
    let edge = |in_flight| {
        let input = SizeInput { in_flight, ..input() };
        predict(&input, &roomy()).source_addresses_needed
    };
    assert_eq!((edge(28_232), edge(28_233), edge(1)), (1, 2, 1));
}

#[test]
fn memory_that_is_not_there_refuses_and_memory_that_is_short_warns() {
    let level = |memory_bytes| {
        let machine = Machine { memory_bytes: Some(memory_bytes), ..MACHINE };
        concerns(&input(), &machine).first().map(|concern| concern.0)
    };
    assert_eq!(level(54_000_000), Some(Level::Refuse));
    assert_eq!(level(60_000_000), Some(Level::Warn));
    assert_eq!(level(100_000_000), None);
    assert_eq!(concerns(&input(), &Machine { memory_bytes: None, ..MACHINE }), []);
}

#[test]
fn a_rate_beyond_the_cores_warns_and_names_one_that_is_not() {
    let wanted = SizeInput { rate_per_s: Some(5_000.0), ..input() };
    let warned = says(
        Level::Warn,
        "time: 5,000 instances/s keep 3.06 of 2 cores busy: the result would be invalid",
        "use a rate of at most 2,200/s",
    );
    assert_eq!(concerns(&wanted, &MACHINE), [warned]);
    assert_eq!(concerns(&SizeInput { rate_per_s: Some(2_200.0), ..wanted }, &MACHINE), []);
    let near = SizeInput { rate_per_s: Some(2_500.0), ..input() };
    assert_eq!(concerns(&near, &MACHINE)[0].1, "time: 2,500 instances/s keep 1.53 of 2 cores busy");
}

#[test]
fn a_low_rate_sets_the_duration() {
    let slow = SizeInput { rate_per_s: Some(500.0), ..input() };
    assert!((predict(&slow, &MACHINE).wall_s_min - 100.0).abs() < 1e-9);
}

#[test]
fn fewer_threads_than_cores_take_longer_and_stand_less() {
    let one = SizeInput { shards: 1, ..input() };
    assert!((predict(&one, &MACHINE).wall_s_min - 30.595).abs() < 0.001);
    let paced = SizeInput { rate_per_s: Some(1_500.0), ..one.clone() };
    assert_eq!(concerns(&paced, &MACHINE)[0].1, "time: 1,500 instances/s keep 0.92 of 1 core busy");
    // With the server in the process it is the machine that runs short, and not the threads.
    let both = SizeInput { embedded: true, rate_per_s: Some(1_500.0), ..input() };
    let prediction = predict(&both, &MACHINE);
    assert!((prediction.cpu_s - prediction.fleet_cpu_s - 24.445).abs() < 1e-6);
    assert_eq!(concerns(&both, &MACHINE)[0].1, "time: 1,500 instances/s keep 1.65 of 2 cores busy");
    let many = SizeInput { shards: 64, ..one };
    assert_eq!(predict(&many, &MACHINE).fleet_cores, 2);
}

#[test]
fn connections_sessions_checks_and_the_embedded_server_are_priced() {
    let cpu = |change: fn(&mut SizeInput)| {
        let mut input = input();
        change(&mut input);
        predict(&input, &roomy()).cpu_s
    };
    let base = cpu(|_| {});
    assert!(cpu(|input| input.resumption = false) > base);
    assert!(cpu(|input| input.connections = Connections::KeepAlive) < base);
    assert!((cpu(|input| input.judge = true) - base - 3.3).abs() < 1e-6);
    assert!((base - cpu(|input| input.signed_per_instance = 0) - 1.455).abs() < 1e-6);
    // 50,000 x (156 + 2 x 126 + 3 x 8 + 56.9) us
    assert!((cpu(|input| input.embedded = true) - base - 24.445).abs() < 1e-6);
}

#[test]
fn the_largest_fleet_overflows_nothing() {
    let huge = SizeInput {
        instances: u64::MAX,
        in_flight: u64::MAX,
        exchanges_per_instance: u32::MAX,
        signed_per_instance: u32::MAX,
        rate_per_s: Some(f64::MIN_POSITIVE),
        embedded: true,
        judge: true,
        ..input()
    };
    assert!(!predict(&huge, &MACHINE).fits());
    let none =
        SizeInput { instances: 0, exchanges_per_instance: 0, rate_per_s: Some(1.0), ..input() };
    assert!(predict(&none, &MACHINE).fits());
    let unlimited = Machine { fds: FdLimit::NONE, memory_bytes: None, ..MACHINE };
    let prediction = predict(&input(), &unlimited);
    assert_eq!((prediction.fds_soft, prediction.fds_hard), (None, None));
    assert_eq!(prediction.notes[0].text, "file descriptors: 512 needed, no limit");
}
