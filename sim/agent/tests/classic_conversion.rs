//! Device-led conversion: once, with every outcome, through restarts and restores.

use muster_agent::classic::{ClassicTransport, FaultKind, Framing, TransportMode};
use muster_agent::{ClassicCommand, ClassicInput};
use muster_wire::Capabilities;
use muster_wire::classic::MessageType::{Conversion, Entitlement, Poll};
use muster_wire::classic::proposed::conversion::ConversionStatus;

use crate::classic_server::{ClassicBench, DAY_MS, HOUR_MS, MINUTE_MS, register};

fn start() -> ClassicCommand {
    ClassicCommand::StartConversion
}

fn status(bench: &ClassicBench) -> &'static str {
    bench.view().conversion.status
}

#[test]
fn a_conversion_is_polled_for_every_hour_and_done_once() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.command(start());
    bench.use_some();
    bench.command(register(false));
    bench.requests.clear();
    bench.server.ready = false;
    bench.command(start());
    bench.command(start());
    bench.advance(3 * HOUR_MS);
    assert_eq!((status(&bench), bench.asked(&Poll)), ("polling", 3));
    bench.server.ready = true;
    bench.advance(HOUR_MS);
    assert_eq!((status(&bench), bench.asked(&Conversion)), ("success", 1));
    assert_eq!(bench.requests.last(), Some(&Entitlement), "the account has the licences now");
    bench.command(start());
    assert_eq!(
        bench.refusals(),
        [
            "the agent is not registered",
            "a conversion is under way",
            "the conversion was started before",
        ]
    );
}

#[test]
fn an_automatic_conversion_follows_the_first_registration_only() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.command(ClassicCommand::SetAutomaticConversion { automatic: true });
    bench.use_some();
    bench.command(register(false));
    bench.advance(HOUR_MS);
    assert_eq!((status(&bench), bench.asked(&Conversion)), ("success", 1));
    bench.command(ClassicCommand::Reload);
    bench.advance(HOUR_MS);
    bench.command(ClassicCommand::Deregister);
    bench.command(register(false));
    bench.advance(DAY_MS);
    assert_eq!((status(&bench), bench.asked(&Conversion)), ("success", 1));
}

#[test]
fn a_licence_that_was_converted_before_stays_so() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.conversion_status = ConversionStatus::AlreadyConverted;
    bench.command(start());
    bench.advance(HOUR_MS);
    assert_eq!((status(&bench), bench.view().conversion.state), ("already-converted", "converted"));
}

#[test]
fn failures_offer_another_attempt() {
    for (outcome, word) in [
        (ConversionStatus::MigrateFailed, "MIGRATE_FAILED"),
        (ConversionStatus::InvalidMessageType, "INVALID_MESSAGE_TYPE"),
    ] {
        let mut bench = ClassicBench::registered("csr1000v");
        bench.server.conversion_status = outcome;
        bench.command(start());
        bench.advance(HOUR_MS);
        assert_eq!(status(&bench), "failed");
        assert_eq!(bench.view().conversion.failure_reason.as_deref(), Some(word));
        bench.server.conversion_status = ConversionStatus::MigrateSuccess;
        bench.command(start());
        bench.advance(HOUR_MS);
        assert_eq!((status(&bench), bench.asked(&Conversion)), ("success", 2));
    }
}

#[test]
fn an_apic_gives_up_after_ten_minutes_with_a_major_fault() {
    let mut bench = ClassicBench::registered("apic");
    bench.command(start());
    assert_eq!(bench.view().conversion.operational_state, Some("in-progress"));
    bench.advance(10 * MINUTE_MS);
    assert_eq!(bench.view().conversion.operational_state, Some("failed"));
    assert_eq!(
        bench.fault(FaultKind::ConversionFailed).unwrap().detail,
        "Device Led Conversion failed: no result within ten minutes"
    );
    bench.command(start());
    bench.command(ClassicCommand::PollNow);
    assert_eq!(bench.view().conversion.operational_state, Some("success"));
    assert_eq!(bench.fault(FaultKind::ConversionFailed), None);
}

#[test]
fn an_apic_does_not_convert_over_a_satellite() {
    let mut bench = ClassicBench::registered("apic");
    let url = "https://satellite.example.test:443/Transportgateway/services/DeviceRequestHandler";
    let over = ClassicTransport::over(TransportMode::Gateway, Framing::CallHome, &[url]);
    bench.command(ClassicCommand::SetTransport(over));
    bench.command(start());
    assert_eq!(bench.refusals(), ["conversion is not supported with a satellite"]);
}

#[test]
fn a_server_without_the_capability_is_not_asked() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.server.tamper = Some(Box::new(|answer| {
        answer.header.connect_info.as_mut().unwrap().capabilities = Capabilities::default();
    }));
    bench.command(register(false));
    bench.command(start());
    assert_eq!(bench.refusals(), ["the server does not support conversion"]);
}

#[test]
fn a_restore_to_before_the_request_repeats_it() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(start());
    bench.server.forget_deferred();
    bench.advance(HOUR_MS);
    assert_eq!((status(&bench), bench.asked(&Conversion)), ("polling", 2));
    bench.advance(HOUR_MS);
    assert_eq!(status(&bench), "success");
}

#[test]
fn a_restore_to_before_the_registration_registers_and_asks_again() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.ready = false;
    bench.command(start());
    (bench.server.known, bench.server.ready) = (None, true);
    bench.advance(HOUR_MS);
    assert_eq!(
        (status(&bench), bench.view().registration.state),
        ("not-started", "not_registered")
    );
    bench.command(register(false));
    bench.advance(HOUR_MS);
    assert_eq!((status(&bench), bench.asked(&Conversion)), ("success", 2));
}

#[test]
fn the_outcome_agent_not_registered_ends_the_registration() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.conversion_status = ConversionStatus::AgentNotRegistered;
    bench.command(start());
    bench.advance(HOUR_MS);
    assert_eq!(bench.view().registration.state, "not_registered");
    bench.server.conversion_status = ConversionStatus::MigrateSuccess;
    bench.command(register(true));
    bench.advance(HOUR_MS);
    assert_eq!(status(&bench), "success");
}

#[test]
fn a_conversion_goes_on_after_a_restart_and_after_silence() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.up = false;
    bench.command(start());
    bench.step(ClassicInput::PowerLost);
    bench.up = true;
    bench.step(ClassicInput::Boot);
    bench.advance(MINUTE_MS);
    assert_eq!(status(&bench), "polling");
    bench.command(ClassicCommand::Reload);
    bench.advance(2 * HOUR_MS);
    assert_eq!(status(&bench), "success");
}

#[test]
fn poll_me_later_is_also_an_outcome_of_a_poll() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.conversion_status = ConversionStatus::PollMeLater;
    bench.command(start());
    bench.advance(4 * HOUR_MS);
    assert_eq!((status(&bench), bench.asked(&Poll)), ("polling", 4));
}
