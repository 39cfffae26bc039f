//! `setup`, `load` and `gates`: what a file that can be read means.

use muster_scenarios::model::{
    Arrivals, Bound, Churn, ChurnKind, Comparison, Connections, Crossing, Figure, Gate, Group,
    Latency, Load, Metric,
};
use muster_scenarios::{Action, Scenario, library, parse};

fn scenario(rest: &str) -> Scenario {
    let head = "title: t\ninstances: { a: { platform: p, via: v } }\nsteps: [sync]\n";
    parse("a.yaml", &format!("{head}{rest}")).unwrap_or_else(|report| panic!("{report}"))
}

fn load(rest: &str) -> Load {
    scenario(&format!("load:\n  instances: 1000\n{rest}")).load.expect("it has one")
}

fn arrivals(text: &str) -> Arrivals {
    load(&format!("  arrivals: {text}\n")).groups[0].arrivals.clone()
}

#[test]
fn a_scenario_without_load_has_none() {
    let scenario = scenario("");
    assert_eq!((scenario.load, scenario.gates, scenario.setup), (None, vec![], vec![]));
}

#[test]
fn what_is_left_out_has_the_documented_default() {
    let everyone = Group {
        name: "all".to_owned(),
        share: 1,
        from_ms: 0,
        arrivals: Arrivals::Spread { over_ms: 60_000 },
        for_ms: None,
    };
    let expected = Load {
        instances: 1_000,
        connections: Connections::PerExchange,
        resumption: false,
        groups: vec![everyone],
        churn: vec![],
    };
    assert_eq!(load(""), expected);
    assert_eq!(
        load("  churn: [{ reload: 2% }]\n").churn,
        [Churn {
            kind: ChurnKind::Reload,
            percent: 2.0,
            from_ms: 0,
            over_ms: 0,
            away_ms: 30_000,
            across: Crossing::Anytime,
        }]
    );
}

#[test]
fn every_arrival_model_is_read() {
    assert_eq!(arrivals("storm"), Arrivals::Storm);
    assert_eq!(arrivals("{ spread: 20s }"), Arrivals::Spread { over_ms: 20_000 });
    assert_eq!(arrivals("{ rate: 30/min }"), Arrivals::Rate { per_s: 0.5, poisson: false });
    assert_eq!(
        arrivals("{ poisson: true, ramp: { from: 0/s, to: 500/s, over: 1m } }"),
        Arrivals::Ramp { from_per_s: 0.0, to_per_s: 500.0, over_ms: 60_000, poisson: true }
    );
    assert_eq!(
        arrivals("{ stairs: { from: 100/s, step: 50/s, every: 30s, to: 500/s } }"),
        Arrivals::Stairs {
            from_per_s: 100.0,
            step_per_s: 50.0,
            every_ms: 30_000,
            to_per_s: 500.0,
            poisson: false,
        }
    );
    assert_eq!(
        arrivals("{ spike: { base: 20/s, peak: 900/s, at: 10s, for: 500ms } }"),
        Arrivals::Spike {
            base_per_s: 20.0,
            peak_per_s: 900.0,
            at_ms: 10_000,
            for_ms: 500,
            poisson: false,
        }
    );
    assert_eq!(
        arrivals("{ concurrency: 20, think: 1s }"),
        Arrivals::Concurrency { journeys: 20, think_ms: 1_000 }
    );
}

#[test]
fn groups_keep_the_order_of_the_file() {
    let load = load(
        "  connections: keep_alive\n  resumption: true\n  groups:\n    late: { from: 30s, \
         arrivals: storm }\n    early: { share: 9, arrivals: { rate: 5/s }, for: 2m }\n",
    );
    assert_eq!((load.connections, load.resumption), (Connections::KeepAlive, true));
    let shown = |group: &Group| (group.name.clone(), group.share, group.from_ms, group.for_ms);
    assert_eq!(
        load.groups.iter().map(shown).collect::<Vec<_>>(),
        [("late".to_owned(), 1, 30_000, None), ("early".to_owned(), 9, 0, Some(120_000))]
    );
}

#[test]
fn disturbances_are_read_with_all_their_times() {
    let load = load(
        "  churn:\n    - { power_loss: 0.5%, from: 10s, over: 20s, away: 1m, across: in_flight }\n\
         \x20   - { network_loss: 100%, across: report_due }\n",
    );
    let hit = |churn: &Churn| (churn.kind, churn.percent, churn.across);
    assert_eq!(
        load.churn.iter().map(hit).collect::<Vec<_>>(),
        [
            (ChurnKind::PowerLoss, 0.5, Crossing::InFlight),
            (ChurnKind::NetworkLoss, 100.0, Crossing::ReportDue)
        ]
    );
    let first = &load.churn[0];
    assert_eq!((first.from_ms, first.over_ms, first.away_ms), (10_000, 20_000, 60_000));
}

#[test]
fn a_gate_knows_its_line_and_its_words() {
    let gates = scenario("gates:\n  - raw_p99( report usage )   < 250ms\n  - errors == 0\n").gates;
    let step = "report usage".to_owned();
    let expected = Gate {
        text: "raw_p99( report usage ) < 250ms".to_owned(),
        line: 5,
        metric: Metric::Latency { which: Latency::Raw, figure: Figure::P99, step },
        comparison: Comparison::Less,
        bound: Bound::Micros(250_000),
    };
    assert_eq!(gates[0], expected);
    assert_eq!((gates[1].line, gates[1].bound.clone()), (6, Bound::Number(0.0)));
    assert_eq!(gates[0].to_string(), "raw_p99(report usage) < 250ms");
}

#[test]
fn steps_of_the_setup_are_visited_first() {
    let scenario = scenario("setup:\n  - trust:\n    capture: { id: line.poll_id }\n");
    let mut words = Vec::new();
    scenario.each_step(&mut |step| words.push(matches!(step.action, Action::Trust { .. })));
    assert_eq!(words, [true, false]);
}

#[test]
fn every_load_of_the_library_can_be_judged() {
    let loads = library().iter().filter(|entry| entry.id.starts_with("load/"));
    let mut seen = 0;
    for entry in loads {
        let scenario = parse(entry.file, entry.text).expect("it is sound");
        let load = scenario.load.unwrap_or_else(|| panic!("{}: no load", entry.id));
        assert!(!scenario.gates.is_empty(), "{}: no gates", entry.id);
        assert_eq!(scenario.cast.len(), 1, "{}: gates compare with instances", entry.id);
        for gate in scenario.gates {
            // Each instance is measured at least once, and ten samples lie beyond a percentile.
            let samples = match gate.metric {
                Metric::Latency { figure: Figure::P999, .. } => 10_000,
                Metric::Latency { figure: Figure::P99, .. } => 1_000,
                _ => 1,
            };
            assert!(load.instances >= samples, "{}: too few for `{}`", entry.id, gate.text);
        }
        seen += 1;
    }
    assert_eq!(seen, 9);
}
