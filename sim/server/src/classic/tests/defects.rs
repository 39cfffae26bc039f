//! Probes of the classic era: whether the server behaves as it should. Each defect changes
//! exactly its own behaviour; the probes of both eras meet in one test.

use muster_certs::IssuedCertificate;
use muster_wire::classic::proposed::entitlement::{Application, ApplicationPeer, ApplicationRole};
use muster_wire::classic::proposed::id_certificate::IdCertificateRequest;

use super::*;
use crate::defects::Defect;

/// True also where another defect hides the behaviour.
pub(crate) type Probe = fn(&Server, u64) -> bool;

pub(crate) const PROBES: [(Defect, Probe); 20] = [
    (Defect::TAKES_EXPIRED_TOKENS, |server, number| !registers(server, number, "expired")),
    (Defect::TAKES_USED_UP_TOKENS, |server, number| {
        registers(server, number, "single_use");
        !registers(server, number + 1, "single_use")
    }),
    (Defect::TAKES_REVOKED_TOKENS, |server, number| !registers(server, number, "revoked")),
    (Defect::TAKES_TOKENS_OF_OTHER_SERVERS, |server, number| {
        !registers(server, number, "cssm_only")
    }),
    (Defect::REGISTERS_TWICE_WITHOUT_FORCE, |server, number| {
        let mut instance = Instance::registered(server, number);
        instance.register(server, "valid", false).status != ClassicStatus::Complete
    }),
    (Defect::IGNORES_REGISTRATION_CLOCK, |server, number| {
        let late = Instance { now_ms: START_MS - 2 * DAY_MS, ..Instance::new(number) };
        late.clone().register(server, "valid", false).status != ClassicStatus::Complete
    }),
    (Defect::REGISTERS_INCOMPATIBLE_AGENT, |server, number| {
        let old = Instance { capabilities: Vec::new(), ..Instance::new(number) };
        old.clone().register(server, "valid", false).status != ClassicStatus::Complete
    }),
    (Defect::EXPORT_ALLOWED_TO_ALL, |server, number| {
        !Instance::new(number).registers(server, "export_not_allowed").export_control_allowed
    }),
    (Defect::ID_CERTIFICATE_FOR_TWO_YEARS, |server, number| {
        let data = Instance::new(number).registers(server, "valid");
        let der = STANDARD.decode(data.id_cert).unwrap();
        let certificate = IssuedCertificate::from_der(&der).unwrap();
        certificate.not_after_ms() - certificate.not_before_ms() == 365 * DAY_MS
    }),
    (Defect::RENEWS_EXPIRED_ID_CERTIFICATE, |server, number| {
        let mut instance = Instance::registered(server, number);
        // Past what any defect issues.
        server.advance_clock(800 * DAY_MS);
        let (csr, origin) = (instance.csr(), instance.origin());
        let data = IdCertificateRequest { origin, csr, extra: Extra::new() };
        let answer = instance.ask(server, &RequestData::IdCertificateRenewal(data));
        answer.status != ClassicStatus::Complete
    }),
    (Defect::ACCEPTS_FOREIGN_SIGNATURE, |server, number| {
        let instance = Instance::registered(server, number);
        let mut forger = Instance { key: Instance::new(number + 1).key, ..instance };
        let data = forger.heartbeat();
        forger.ask(server, &data).status != ClassicStatus::Complete
    }),
    (Defect::AUTHORIZES_BEYOND_PURCHASE, |server, number| {
        let t = tag("X");
        hold(server, "Default", &t, 1);
        Instance::registered(server, number).state(server, &[(&t, 2)]) == "OUT_OF_COMPLIANCE"
    }),
    (Defect::IGNORES_HIGHER_TIERS, |server, number| {
        let (lower, higher) = (tag("T_ESS"), tag("T_ADV"));
        hold(server, "Default", &lower, 0);
        hold(server, "Default", &higher, 1);
        Instance::registered(server, number).state(server, &[(&lower, 1)]) == "AUTHORIZED"
    }),
    (Defect::COUNTS_BOTH_OF_A_PAIR, |server, number| pair_is_counted_once(server, number)),
    (Defect::KEEPS_LICENCES_OF_WHO_LEFT, |server, number| {
        let t = tag("X");
        let mut instance = Instance::registered(server, number);
        instance.authorized(server, &[(&t, 1)]);
        let data = life::goodbye(&mut instance);
        instance.ask(server, &data);
        held(server, "Default", &t)["in_use"].is_null()
    }),
    (Defect::NEVER_RELEASES_SILENT_INSTANCES, |server, number| {
        let t = tag("X");
        Instance::registered(server, number).authorized(server, &[(&t, 1)]);
        server.advance_clock(90 * DAY_MS);
        held(server, "Default", &t)["in_use"].is_null()
    }),
    (Defect::HASTY_EXPORT_POLLS, |server, number| {
        let answer = exported(server, number, 1).1;
        let Ok(AnswerData::Deferred(deferred)) = answer.data() else { return false };
        deferred.poll_interval == 3600
    }),
    (Defect::GRANTS_EXPORT_WITHOUT_HOLDINGS, |server, number| {
        hold(server, "Default", &tag("X_HSEC"), 1);
        let (mut instance, answer) = exported(server, number, 2);
        control(server, "POST", "synchronize", &json!({}));
        let data = instance.poll(poll_id(&answer), MessageType::ExportAuthorization);
        let answer = instance.ask(server, &data);
        !answer.response_data.contains("SUCCESS")
    }),
    (Defect::CONVERTS_TWICE, |server, number| {
        let mut instance = Instance::direct(number);
        instance.registers(server, "valid");
        let t = tag("X");
        let mut last = String::new();
        for _ in 0..2 {
            let data = instance.conversion(&[(&t, 1)]);
            last = instance.ask(server, &data).response_data;
        }
        last.contains("ALREADY_CONVERTED")
    }),
    (Defect::CONVERTS_WHERE_NOT_ENABLED, |server, number| {
        let mut instance = Instance::new(number);
        instance.registers(server, "other_account");
        let data = instance.conversion(&[(&tag("X"), 1)]);
        instance.ask(server, &data).response_data.contains("MIGRATE_FAILED")
    }),
];

fn registers(server: &Server, number: u64, name: &str) -> bool {
    Instance::new(number).register(server, name, false).status == ClassicStatus::Complete
}

fn exported(server: &Server, number: u64, count: u32) -> (Instance, ClassicAnswer) {
    let mut instance = Instance::registered(server, number);
    let data = instance.export(ExportAction::Request, &[(&tag("X_HSEC"), count)]);
    let answer = instance.ask(server, &data);
    (instance, answer)
}

fn pair_is_counted_once(server: &Server, number: u64) -> bool {
    let [mut a, mut b] = [number, number + 1].map(|number| Instance::registered(server, number));
    let roles = [ApplicationRole::Active, ApplicationRole::Standby];
    let ids = ["1", "2"];
    let identifiers = [&a, &b].map(|instance| instance.identifier.clone().unwrap());
    let used = |own: usize, other: usize| {
        let peer = ApplicationPeer {
            name: "App".to_owned(),
            role: roles[other].clone(),
            id: ids[other].into(),
            product_instance_identifier: identifiers[other].clone(),
            extra: Extra::new(),
        };
        let application = Application {
            name: "App".to_owned(),
            role: roles[own].clone(),
            id: ids[own].into(),
            peers: vec![peer],
            extra: Extra::new(),
        };
        UsedEntitlement { application: Some(application), ..plain(&tag("X"), 1) }
    };
    let data = a.entitlement(vec![used(0, 1)]);
    a.ask(server, &data);
    let data = b.entitlement(vec![used(1, 0)]);
    b.ask(server, &data);
    held(server, "Default", &tag("X"))["in_use"] == 1
}
