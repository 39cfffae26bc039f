//! Every published agent error: those that can befall an instance of the classic era are provoked,
//! and the agent records the text of each; of the others it is written down why they cannot.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::classic::{KeyWanted, RedundancyPeer, RedundantApplication};
use muster_agent::{ClassicCommand, ClassicInput, TransportFailure};
use muster_certs::{IssuedCertificate, Seed, SigningMode};
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::classic::proposed::entitlement::ApplicationRole;
use muster_wire::classic::proposed::export_authorization::ExportAnswer;
use muster_wire::classic::proposed::registration::RegistrationAnswer;
use muster_wire::classic::proposed::third_party_key::ThirdPartyKeyAnswer;
use muster_wire::classic::{AgentErrorCode, ClassicAnswer, ClassicStatus, MessageType};
use muster_wire::{Nonce, ProductInstanceId};

use crate::classic_server::{ClassicBench, DAY_MS, HOUR_MS, MINUTE_MS, register};

/// A situation, and what the agent says went wrong.
type Situation = fn() -> String;

/// Errors whose published number is told by the text of the table.
const TOLD: [(u16, Situation); 37] = [
    (9, || with_key(|answer| answer.data.clear())),
    (17, || refused(|answer| answer.response_data = "{".to_owned())),
    (23, || refused(|answer| answer.header.response_type = Some(MessageType::from("COFFEE")))),
    (24, || refused(|answer| answer.header.response_type = Some(MessageType::Entitlement))),
    (28, || {
        let another = ProductInstanceId::new("another");
        unauthorized(move |answer| {
            answer.header.product_instance_identifier = Some(another.clone());
        })
    }),
    (30, || refused(|answer| answer.nonce = Nonce::new("1"))),
    (36, || refused(|answer| answer.response_data = "{}".to_owned())),
    (37, || refused(|answer| answer.status = ClassicStatus::Failed)),
    (40, || rejected(ClassicBench::registered("csr1000v"), register(false))),
    (41, || given(|data| data.id_cert = data.sub_ca_cert.clone())),
    (42, expired),
    (43, || rejected(ClassicBench::new("csr1000v"), ClassicCommand::RenewId)),
    (45, unsigned),
    (47, || given(|data| data.signing_cert = data.sub_ca_cert.clone())),
    (48, || given(|data| data.sub_ca_cert = data.signing_cert.clone())),
    (49, || given(|data| data.id_cert = "AAAA".to_owned())),
    (51, || with_code(&slac("P:CSR1000V,S:{serial}", ""))),
    (53, || rejected(registering(), register(true))),
    (55, || twice(ClassicCommand::RenewAuthorization)),
    (56, || twice(ClassicCommand::RenewId)),
    (73, || with_code(&slac("P:CSR1000V,S:MST0", ""))),
    (99, untrusted),
    (101, || with_code("<smartLicense/>")),
    (103, || given(|data| data.id_cert = "%".to_owned())),
    (116, || misconfigured(|application| application.peers.push(application.peers[0].clone()))),
    (117, || {
        let mut bench = ClassicBench::registered("csr1000v");
        bench.command(application(|application| application.peers.clear()));
        rejected(bench, ClassicCommand::RemovePeers { feature: FEATURE.into() })
    }),
    (118, || misconfigured(|application| application.peers[0].id = "".into())),
    (119, || misconfigured(|application| application.name = "".into())),
    (122, || unauthorized(|answer| answer.header.version = "1.1".into())),
    (123, || misconfigured(|application| application.role = ApplicationRole::from("OBSERVER"))),
    (124, || misconfigured(|application| application.name = "not good".into())),
    (125, peer_of_the_same_instance),
    (127, || refused(|answer| answer.status = ClassicStatus::VersionTooHigh)),
    (129, || rejected(ClassicBench::registered("unified-cm"), ClassicCommand::StartConversion)),
    (130, || {
        let mut bench = ClassicBench::registered("csr1000v");
        bench.server.ready = false;
        bench.command(ClassicCommand::StartConversion);
        rejected(bench, ClassicCommand::StartConversion)
    }),
    (131, || {
        let mut bench = ClassicBench::registered("csr1000v");
        bench.server.conversion_status = ConversionStatus::MigrateSuccess;
        bench.command(ClassicCommand::StartConversion);
        bench.advance(2 * HOUR_MS);
        rejected(bench, ClassicCommand::StartConversion)
    }),
    (133, || {
        let mut bench = ClassicBench::registered("csr1000v");
        bench.server.tamper = Some(Box::new(|answer| {
            let info = answer.header.connect_info.as_mut().unwrap();
            info.capabilities = info.capabilities.without("DLC");
        }));
        bench.command(ClassicCommand::RenewAuthorization);
        rejected(bench, ClassicCommand::StartConversion)
    }),
];

/// Errors that are told in other words, which a document or a public source shows.
const TOLD_OTHERWISE: [(u16, &str, Situation); 3] = [
    (32, "Fail to send out Call Home HTTP message.", || lost(TransportFailure::Timeout)),
    (33, "HTTP Server Error 502: Bad Gateway", bad_gateway),
    (27, "an ID token has 1 to 255 characters", || {
        let nothing = ClassicCommand::Register { id_token: String::new(), force: false };
        rejected(ClassicBench::new("csr1000v"), nothing)
    }),
];

/// Errors no instance of Muster can meet in the classic era, and why.
const ELSEWHERE: [(RangeInclusive<u16>, &str); 30] = [
    (0..=0, "no error"),
    (1..=8, "about the memory and the callers of a program, which a simulated agent has not"),
    (10..=16, "about operations and state machines a program may lack; Muster's are all there"),
    (18..=22, "about a program's own messages and initialisation, which cannot fail here"),
    (25..=26, "nothing is stored by the agent itself"),
    (29..=29, "no known message names a vendor"),
    (31..=31, "Call Home cannot be switched off"),
    (34..=35, "every failure of a transport has a reason; commands are refused by their own"),
    (38..=39, "an instance without power takes no command and says so in words of its own"),
    (44..=44, "a certificate request can always be made"),
    (46..=46, "a signature can always be made"),
    (50..=50, "roots are given decoded"),
    (52..=52, "an instance is one route processor"),
    (54..=54, "Call Home does not restart"),
    (57..=58, "the UDI does not change; Call Home cannot be switched off"),
    (59..=60, "a command waits while a message is under way"),
    (61..=64, "an instance has one UDI, and no storage of its own"),
    (65..=65, "what is due before crypto is initialised waits"),
    (66..=72, "about a program's platform and storage"),
    (74..=98, "about reservations, which are not played, and processes, of which there is one"),
    (100..=100, "a code that comes twice replaces itself"),
    (102..=102, "base64 can always be written"),
    (104..=104, "a platform file with such a tag is refused"),
    (105..=105, "every certificate is a test object"),
    (106..=115, "about reservations and their codes, which are not played"),
    (120..=121, "about reservations and a program's parts"),
    (126..=126, "a licence has one application, so that none can be there twice"),
    (128..=128, "a conversion always has somebody who asked for it"),
    (132..=132, "whether accounts convert is for the server to say"),
    (134..=144, "about operations that instances of the classic era do not have"),
];

const FEATURE: &str = "CUBE_T_RED";

#[test]
fn every_published_error_is_provoked_or_accounted_for_once() {
    let mut accounts: BTreeMap<u16, u32> = BTreeMap::new();
    let told = TOLD.iter().map(|(code, _)| *code);
    let otherwise = TOLD_OTHERWISE.iter().map(|(code, ..)| *code);
    let elsewhere = ELSEWHERE.iter().flat_map(|(codes, _)| codes.clone());
    for code in told.chain(otherwise).chain(elsewhere) {
        *accounts.entry(code).or_default() += 1;
    }
    for row in AgentErrorCode::TABLE {
        assert_eq!(accounts.remove(&row.code.0), Some(1), "{} {}", row.code.0, row.name);
    }
    assert_eq!(accounts, BTreeMap::new(), "numbers that were not published");
}

#[test]
fn the_text_of_each_error_that_can_happen_is_recorded() {
    for (code, situation) in TOLD {
        let text = AgentErrorCode(code).row().unwrap().text;
        assert_eq!(situation(), text, "{code}");
    }
}

#[test]
fn some_are_told_in_words_of_documents() {
    for (code, text, situation) in TOLD_OTHERWISE {
        assert_eq!(situation(), text, "{code}");
    }
}

/// Why a registration failed over a changed answer.
fn refused(change: impl Fn(&mut ClassicAnswer) + 'static) -> String {
    let mut bench = ClassicBench::new("csr1000v");
    bench.server.tamper = Some(Box::new(change));
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "failed");
    bench.view().registration.last_attempt.unwrap().failure_reason.unwrap()
}

/// Why a registration failed over what the server gave.
fn given(change: fn(&mut RegistrationAnswer)) -> String {
    refused(move |answer| recode(answer, change))
}

/// Why an authorization failed over a changed answer.
fn unauthorized(change: impl Fn(&mut ClassicAnswer) + 'static) -> String {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.tamper = Some(Box::new(change));
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.view().authorization.state, "authorized");
    bench.view().authorization.last_communication.unwrap().failure_reason.unwrap()
}

/// Why no key of another vendor came.
fn with_key(change: fn(&mut ThirdPartyKeyAnswer)) -> String {
    let mut bench = ClassicBench::registered("unity-connection");
    bench.server.tamper = Some(Box::new(move |answer| recode(answer, change)));
    let (name, feature, routing) =
        ("VOUCHER_CODE".into(), "CUC_SpeechView".into(), "NUANCE".into());
    bench.command(ClassicCommand::RequestThirdPartyKey(KeyWanted { name, feature, routing }));
    bench.view().third_party_key.unwrap().failure_reason.unwrap()
}

/// Why an export authorization was not taken that came with a code.
fn with_code(code: &str) -> String {
    let mut bench = ClassicBench::trusting("csr1000v", SigningMode::Fast);
    bench.command(register(false));
    let serial = bench.view().udi.serial_number;
    let code = STANDARD.encode(code.replace("{serial}", &serial));
    bench.server.tamper = Some(Box::new(move |answer| {
        let code = code.clone();
        recode(answer, |data: &mut ExportAnswer| {
            data.authorizations[0].smart_license = Some(code);
        });
    }));
    bench.command(ClassicCommand::RequestExport { feature: "hseck9".into(), count: 1 });
    bench.advance(HOUR_MS);
    assert_ne!(bench.view().exports[0].state, "authorized");
    let line = bench.last_logged("EXPORT_REQUEST_FAILED");
    let reason = line.split_once("has failed: ").unwrap().1;
    reason.trim_end_matches('.').to_owned()
}

/// An authorization code for an instance, with these licences in it.
fn slac(udi: &str, licenses: &str) -> String {
    format!(
        "<smartLicense><smartLicenseAuthorization><udi>{udi}</udi><authorizationCode>\
         <flag>A</flag><version>C</version><timestamp>1</timestamp>\
         <entitlements>{licenses}</entitlements><status><success>true</success></status>\
         </authorizationCode><signature/></smartLicenseAuthorization></smartLicense>"
    )
}

/// Why a command was not taken.
fn rejected(mut bench: ClassicBench, command: ClassicCommand) -> String {
    bench.step(ClassicInput::Command(command));
    (*bench.refusals().last().expect("the command is refused")).to_owned()
}

fn twice(command: ClassicCommand) -> String {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.step(ClassicInput::Command(command.clone()));
    rejected(bench, command)
}

fn registering() -> ClassicBench {
    let mut bench = ClassicBench::new("csr1000v");
    bench.up = false;
    bench.command(register(false));
    bench
}

fn application(change: impl FnOnce(&mut RedundantApplication)) -> ClassicCommand {
    let mut application = RedundantApplication {
        name: "call".into(),
        id: "1".into(),
        role: ApplicationRole::Active,
        peers: vec![RedundancyPeer {
            name: "call".into(),
            id: "2".into(),
            role: ApplicationRole::Standby,
            product_instance_identifier: ProductInstanceId::new("12ab"),
        }],
    };
    change(&mut application);
    ClassicCommand::SetApplication { feature: FEATURE.into(), application }
}

fn misconfigured(change: fn(&mut RedundantApplication)) -> String {
    rejected(ClassicBench::registered("csr1000v"), application(change))
}

fn peer_of_the_same_instance() -> String {
    let bench = ClassicBench::registered("csr1000v");
    let own = bench.view().registration.product_instance_identifier.unwrap();
    let own = ProductInstanceId::new(&own);
    rejected(bench, application(|one| one.peers[0].product_instance_identifier = own))
}

fn expired() -> String {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.up = false;
    bench.advance(366 * DAY_MS);
    rejected(bench, ClassicCommand::RenewId)
}

fn unsigned() -> String {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.signs = false;
    bench.command(ClassicCommand::RenewAuthorization);
    bench.view().authorization.last_communication.unwrap().failure_reason.unwrap()
}

/// The certificates lead to another root than the one that is trusted.
fn untrusted() -> String {
    let mut bench = ClassicBench::trusting("csr1000v", SigningMode::Fast);
    let other = muster_certs::Authority::new(&Seed::from_u64(99), &Default::default()).unwrap();
    bench.common.trust_licensing_roots(vec![read(other.sub_ca_der())]);
    bench.command(register(false));
    let reason = bench.view().registration.last_attempt.unwrap().failure_reason.unwrap();
    // The same instance takes what leads to a certificate it trusts.
    let ours: Vec<_> =
        bench.server.authority.intermediates_der().iter().map(|der| read(der)).collect();
    bench.common.trust_licensing_roots(ours);
    bench.server.known = None;
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "registered");
    reason
}

fn read(der: &[u8]) -> IssuedCertificate {
    IssuedCertificate::from_der(der).unwrap()
}

fn lost(failure: TransportFailure) -> String {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.step(ClassicInput::Command(ClassicCommand::RenewAuthorization)).unwrap();
    bench.step(ClassicInput::Failure(failure));
    bench.view().authorization.last_communication.unwrap().failure_reason.unwrap()
}

fn bad_gateway() -> String {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.advance(MINUTE_MS);
    bench.step(ClassicInput::Command(ClassicCommand::RenewAuthorization)).unwrap();
    bench.step(ClassicInput::Answer { status: 502, body: b"" });
    bench.view().authorization.last_communication.unwrap().failure_reason.unwrap()
}

fn recode<T: serde::de::DeserializeOwned + serde::Serialize>(
    answer: &mut ClassicAnswer,
    change: impl FnOnce(&mut T),
) {
    if let Ok(mut data) = serde_json::from_str::<T>(&answer.response_data) {
        change(&mut data);
        answer.response_data = serde_json::to_string(&data).unwrap();
    }
}
