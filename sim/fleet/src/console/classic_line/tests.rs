//! Lines as operators type them, and what is said about those that mean nothing.

use super::*;

fn read(line: &str, platform: &str) -> Read {
    let token = |typed: &str| if typed == "valid" { "c2VjcmV0" } else { typed }.to_owned();
    super::read(line, Platform::named(platform).expect("an embedded platform"), &token)
}

fn asked(line: &str, platform: &str) -> ClassicTyped {
    read(line, platform).expect("a good line").expect("it says something")
}

#[test]
fn every_product_registers_and_renews_with_the_same_words() {
    for platform in ["apic", "csr1000v"] {
        let register =
            |id_token: &str, force| ClassicCommand::Register { id_token: id_token.into(), force };
        for (line, command) in [
            ("license smart register idtoken valid", register("c2VjcmV0", false)),
            (" license  smart register idtoken abc force ", register("abc", true)),
            ("license smart deregister", ClassicCommand::Deregister),
            ("license smart renew auth", ClassicCommand::RenewAuthorization),
            ("license smart renew ID", ClassicCommand::RenewId),
            ("license smart conversion start", ClassicCommand::StartConversion),
            (
                "no license smart conversion automatic",
                ClassicCommand::SetAutomaticConversion { automatic: false },
            ),
            (
                "license smart export request local hseck9",
                ClassicCommand::RequestExport { feature: "hseck9".into(), count: 1 },
            ),
        ] {
            assert_eq!(asked(line, platform), ClassicTyped::Command(command), "{line}");
        }
    }
}

#[test]
fn each_product_has_its_own_words_for_its_transport() {
    let url = "https://127.0.0.1:443/SmartTransport".to_owned();
    let proxy = Reach::ProxyAt { host: "10.0.0.248".to_owned(), port: 4440 };
    for (line, platform, reach) in [
        ("license smart transport-mode smart-licensing", "apic", Reach::Direct),
        ("license transport-smart mode satellite", "apic", Reach::Gateway),
        ("license smart transport-mode proxy ip-address 10.0.0.248 port 4440", "apic", proxy),
        (
            "license smart transport-mode satellite url https://127.0.0.1:443/SmartTransport",
            "apic",
            Reach::Url { url: url.clone(), gateway: true },
        ),
        ("license smart transport callhome", "csr1000v", Reach::CallHome),
        (
            "license smart url https://127.0.0.1:443/SmartTransport",
            "csr1000v",
            Reach::Url { url, gateway: false },
        ),
    ] {
        assert_eq!(asked(line, platform), ClassicTyped::Reach(reach), "{line}");
    }
    for (line, platform) in [
        ("license smart transport-mode satellite", "csr1000v"),
        ("license smart transport callhome", "apic"),
        ("license smart enable", "apic"),
        ("test license smart conversion sched_poll", "apic"),
        ("show license udi", "apic"),
        ("show license mode", "csr1000v"),
    ] {
        let reason = format!("`{line}` is no command; `help` lists them");
        assert_eq!(read(line, platform), Err(reason), "{platform}");
    }
}

#[test]
fn a_fabric_and_an_application_are_described_in_one_line() {
    let change = FabricChange::Decommission { role: SwitchRole::Leaf, count: 2 };
    let line = "muster fabric decommission leaf 2";
    assert_eq!(asked(line, "apic"), ClassicTyped::Command(ClassicCommand::Fabric(change)));
    let line = "muster application CUBE_T_RED standby call 7 peer 12ab active call 6";
    let ClassicTyped::Command(ClassicCommand::SetApplication { application, .. }) =
        asked(line, "csr1000v")
    else {
        panic!("{line}");
    };
    assert_eq!((application.id.as_str(), application.peers.len()), ("7", 1));
    assert_eq!(application.peers[0].product_instance_identifier.as_str(), "12ab");
}

#[test]
fn what_is_no_command_is_said_so() {
    for (line, reason) in [
        ("show license rum id all", "`show license rum id all` is no command; `help` lists them"),
        (
            "muster fabric enable gold 1",
            "`muster fabric enable gold 1` is no command; `help` lists them",
        ),
        ("muster fabric enable premier x", "`x` is not a number of switches"),
        ("license smart transport proxy h 99999", "`99999` is not a port"),
        ("muster release soon", "`soon` is no major release"),
        ("license smart reservation request universal", "no instance reserves its licences"),
        (
            "muster application f passive a b",
            "`passive` is no part of a redundant application; it is active or standby",
        ),
    ] {
        assert_eq!(read(line, "csr1000v"), Err(reason.to_owned()).map(|()| None), "{line}");
    }
}
