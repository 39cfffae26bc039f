//! Products of Unified Communications: user licences by usage, keys of other vendors' services.

use muster_agent::classic::KeyWanted;
use muster_agent::{ClassicCommand, ClassicEffect, Platform};
use muster_wire::classic::MessageType;

use crate::classic_server::{ClassicBench, DAY_MS, register};

/// Users come and go, and every change is reported with all that is in use.
#[test]
fn users_are_reported_as_they_come_and_go() {
    let mut bench = ClassicBench::new("unified-cm");
    for license in &Platform::named("unified-cm").unwrap().licenses {
        let (feature, count) = (license.feature.clone(), license.default_count);
        bench.command(ClassicCommand::Use { feature, count });
    }
    bench.command(register(false));
    let reported = |bench: &ClassicBench| {
        let counts = bench.server.reported.iter().map(|(_, count, _)| *count);
        counts.collect::<Vec<_>>()
    };
    assert_eq!(reported(&bench), [5, 2]);
    bench.command(ClassicCommand::Use { feature: "UCM_Enhanced".into(), count: 7 });
    assert_eq!(reported(&bench), [7, 2]);
    let before = bench.asked(&MessageType::Entitlement);
    bench.advance(DAY_MS + 1);
    assert!(bench.asked(&MessageType::Entitlement) > before, "and once a day without a change");
}

#[test]
fn unity_connection_gets_the_voucher_for_reading_messages_out_as_text() {
    let mut bench = ClassicBench::registered("unity-connection");
    let (name, feature, routing) =
        ("VOUCHER_CODE".into(), "CUC_SpeechView".into(), "NUANCE".into());
    bench.command(ClassicCommand::RequestThirdPartyKey(KeyWanted { name, feature, routing }));
    assert_eq!(bench.requests, [MessageType::ThirdPartyKey]);
    let key = bench.view().third_party_key.unwrap();
    assert_eq!((&*key.name, &*key.routing, key.key_id), ("VOUCHER_CODE", "NUANCE", 41));
    let received = |effect: &&ClassicEffect| {
        matches!(effect, ClassicEffect::ThirdPartyKeyReceived { key_id: 41, .. })
    };
    assert_eq!(bench.log.iter().filter(received).count(), 1);
}

#[test]
fn voice_products_convert_nothing() {
    let mut bench = ClassicBench::registered("unity-connection");
    bench.command(ClassicCommand::StartConversion);
    assert_eq!(bench.refusals(), ["the product does not allow conversion"]);
}
