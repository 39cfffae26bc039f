//! Four hundred days of one APIC: evaluation, registration, silence, expiry, registration again.

use muster_agent::classic::{FaultKind, Severity};
use muster_agent::{ClassicCommand, ClassicEffect};
use muster_wire::classic::MessageType;

use crate::classic_server::{ClassicBench, DAY_MS, START_MS, register};

/// The faults that came and went, each with the day it did.
fn faults(bench: &ClassicBench, seen: &mut usize, day: u64) -> Vec<String> {
    let new = &bench.log[*seen..];
    *seen = bench.log.len();
    let told = new.iter().filter_map(|effect| match effect {
        ClassicEffect::FaultRaised(fault) => {
            assert!(fault.severity <= Severity::Major);
            Some(format!("day {day}: {:?} {} raised", fault.severity, fault.kind.as_str()))
        }
        ClassicEffect::FaultCleared { kind, .. } => {
            Some(format!("day {day}: {} cleared", kind.as_str()))
        }
        _ => None,
    });
    told.collect()
}

#[test]
fn four_hundred_days_of_an_apic() {
    let mut bench = ClassicBench::new("apic");
    let (mut seen, mut told) = (0, Vec::new());
    let spine = bench.tag(3);
    bench.server.purchased.insert(spine.clone(), 1);
    bench.use_some();
    for day in 0..400 {
        match day {
            10 => bench.command(register(false)),
            12 => drop(bench.server.purchased.insert(spine.clone(), 2)),
            20 => bench.up = false,
            390 => {
                bench.up = true;
                bench.command(ClassicCommand::RenewId);
                bench.command(register(true));
            }
            395 => bench.command(ClassicCommand::StartConversion),
            397 => {
                bench.command(ClassicCommand::StartConversion);
                bench.command(ClassicCommand::PollNow);
            }
            _ => {}
        }
        bench.advance(DAY_MS);
        told.extend(faults(&bench, &mut seen, day));
    }
    insta::assert_snapshot!(told.join("\n"));
    let view = bench.view();
    assert_eq!((view.registration.status, view.authorization.status), ("REGISTERED", "AUTHORIZED"));
    assert!(view.faults.is_empty());
    // Ten days before the registration, and fifteen between its end and the next.
    assert_eq!(view.evaluation.left_ms, (90 - 10 - 15) * DAY_MS);
    assert_eq!(bench.refusals(), ["a certificate has expired"]);
    assert_eq!(bench.asked(&MessageType::Registration), 2);
    assert_eq!(bench.now_ms, START_MS + 400 * DAY_MS);
}

#[test]
fn every_kind_of_fault_is_raised_and_cleared() {
    let mut bench = ClassicBench::new("apic");
    bench.server.purchased.insert(bench.tag(3), 1);
    bench.use_some();
    bench.advance(90 * DAY_MS);
    bench.server.refuses = Some("The token has expired.");
    bench.command(register(false));
    bench.server.refuses = None;
    bench.command(register(false));
    bench.server.purchased.clear();
    bench.command(ClassicCommand::StartConversion);
    bench.advance(2 * DAY_MS);
    bench.command(ClassicCommand::StartConversion);
    bench.command(ClassicCommand::PollNow);
    bench.up = false;
    bench.advance(370 * DAY_MS);
    bench.up = true;
    bench.command(register(true));
    // The evaluation period is over, so that leaving raises its fault and not the reminder.
    assert!(bench.view().faults.is_empty());
    for kind in FaultKind::ALL {
        let raised = bench.log.iter().filter(|effect| match effect {
            ClassicEffect::FaultRaised(fault) => fault.kind == kind,
            _ => false,
        });
        let cleared = bench.log.iter().filter(|effect| match effect {
            ClassicEffect::FaultCleared { kind: cleared, .. } => *cleared == kind,
            _ => false,
        });
        let (raised, cleared) = (raised.count(), cleared.count());
        assert!(raised > 0 && raised == cleared, "{kind:?}: {raised} raised, {cleared} cleared");
    }
}
