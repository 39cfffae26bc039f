//! Product instances of the classic era, for probes.

use muster_wire::classic::proposed::conversion::ConversionAnswer;
use muster_wire::classic::proposed::entitlement::{Application, ApplicationPeer};
use muster_wire::classic::proposed::export_authorization::ExportAnswer;
use muster_wire::transport::callhome::CallHome;

pub(crate) use muster_certs::IssuedCertificate;
pub(crate) use muster_wire::Extra;
pub(crate) use muster_wire::classic::proposed::answer_data::AnswerData;
pub(crate) use muster_wire::classic::proposed::entitlement::{ApplicationRole, UsedEntitlement};
pub(crate) use muster_wire::classic::proposed::export_authorization::ExportAction;
pub(crate) use muster_wire::classic::proposed::id_certificate::IdCertificateRequest;
pub(crate) use muster_wire::classic::proposed::life::DeregistrationRequest;
pub(crate) use muster_wire::classic::{ClassicAnswer, ClassicStatus, MessageType, RequestData};
pub(crate) use serde_json::{Value, json};

use super::CALL_HOME;
pub(crate) use crate::Server;
use crate::classic::tests::call_home::enveloped;
pub(crate) use crate::classic::tests::{
    DAY_MS, HOUR_MS, Instance, control, held, hold, listed, opened, plain, post, tag, token,
    try_control,
};
pub(crate) use crate::handler::tests::START_MS;

/// Whether an instance registers with the token of that name.
pub(crate) fn registers(server: &Server, number: u64, name: &str) -> bool {
    Instance::new(number).register(server, name, false).status == ClassicStatus::Complete
}

/// A registered instance.
pub(crate) fn registered(server: &Server) -> Instance {
    Instance::registered(server, 1)
}

/// An instance that registers when the server's clock has been moved.
pub(crate) fn registered_now(server: &Server) -> Instance {
    let mut instance = Instance { now_ms: server.now_ms(), ..Instance::new(1) };
    instance.registers(server, "valid");
    instance
}

/// The ID certificate of an instance that registers again.
pub(crate) fn registered_again(server: &Server, instance: &mut Instance) -> IssuedCertificate {
    let answer = instance.register(server, "valid", true);
    certificate(&crate::classic::tests::registered(&answer).id_cert).unwrap()
}

/// What a heartbeat in a Call Home message is answered.
pub(crate) fn call_home_heartbeat(server: &Server) -> String {
    let mut instance = registered(server);
    let data = instance.heartbeat();
    let message = enveloped(&instance, &instance.body(&data));
    let document = CallHome::Message(Box::new(message)).encode();
    let answer = post(server, CALL_HOME, document.as_bytes());
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// Says goodbye.
pub(crate) fn leave(server: &Server, instance: &mut Instance) -> ClassicAnswer {
    let (origin, extra) = (instance.origin(), Extra::new());
    let data = RequestData::Deregistration(DeregistrationRequest { origin, extra });
    instance.ask(server, &data)
}

/// The answer to a renewal of the ID certificate.
pub(crate) fn renew(server: &Server, instance: &mut Instance) -> ClassicAnswer {
    let (csr, origin) = (instance.csr(), instance.origin());
    let data = IdCertificateRequest { origin, csr, extra: Extra::new() };
    instance.ask(server, &RequestData::IdCertificateRenewal(data))
}

/// A certificate in base64.
pub(crate) fn certificate(text: &str) -> Option<IssuedCertificate> {
    use base64::Engine;
    let der = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    IssuedCertificate::from_der(&der).ok()
}

/// A request for export-controlled licences, and who asked.
pub(crate) fn exported(server: &Server, count: u32) -> (Instance, ClassicAnswer) {
    let mut instance = registered(server);
    let data = instance.export(ExportAction::Request, &[(&tag("X_HSEC"), count)]);
    let answer = instance.ask(server, &data);
    (instance, answer)
}

/// What became of an export request, after a synchronization.
pub(crate) fn export_decided(
    server: &Server,
    instance: &mut Instance,
    promised: &ClassicAnswer,
) -> Option<ExportAnswer> {
    control(server, "POST", "synchronize", &json!({}));
    let poll_id = match promised.data() {
        Ok(AnswerData::Deferred(deferred)) => deferred.poll_id,
        Ok(AnswerData::ExportAuthorization(data)) => return Some(data),
        _ => return None,
    };
    let data = instance.poll(poll_id, MessageType::ExportAuthorization);
    match instance.ask(server, &data).data() {
        Ok(AnswerData::ExportAuthorization(data)) => Some(data),
        _ => None,
    }
}

/// What a conversion is answered at CSSM, which decides at once, and by whom it was asked.
pub(crate) fn converted(server: &Server) -> (Instance, Option<ConversionAnswer>) {
    let mut instance = Instance::direct(1);
    instance.registers(server, "valid");
    let answer = convert(server, &mut instance);
    (instance, conversion(&answer))
}

/// The answer to a conversion of one licence.
pub(crate) fn convert(server: &Server, instance: &mut Instance) -> ClassicAnswer {
    let data = instance.conversion(&[(&tag("X"), 1)]);
    instance.ask(server, &data)
}

pub(crate) fn conversion(answer: &ClassicAnswer) -> Option<ConversionAnswer> {
    match answer.data() {
        Ok(AnswerData::Conversion(data)) => Some(data),
        _ => None,
    }
}

/// The seconds a deferred answer says.
pub(crate) fn interval(answer: &ClassicAnswer) -> Option<u64> {
    match answer.data() {
        Ok(AnswerData::Deferred(deferred)) => Some(deferred.poll_interval),
        _ => None,
    }
}

/// Two registered instances that share a redundant application, and what each uses of it.
pub(crate) fn pair(
    server: &Server,
    roles: [ApplicationRole; 2],
) -> ([Instance; 2], [UsedEntitlement; 2]) {
    let instances = [1, 2].map(|number| Instance::registered(server, number));
    let uses = [0, 1].map(|own| shared_use(&instances, &roles, own));
    (instances, uses)
}

/// What one of a pair uses of the shared application.
pub(crate) fn shared_use(
    instances: &[Instance; 2],
    roles: &[ApplicationRole; 2],
    own: usize,
) -> UsedEntitlement {
    let ids = ["1", "2"];
    let other = 1 - own;
    let peer = ApplicationPeer {
        name: "App".to_owned(),
        role: roles[other].clone(),
        id: ids[other].into(),
        product_instance_identifier: instances[other].identifier.clone().unwrap(),
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
}

/// How many are in use in the first account after both of a pair said what they use.
pub(crate) fn counted(server: &Server, roles: [ApplicationRole; 2]) -> Value {
    let ([mut a, mut b], [of_a, of_b]) = pair(server, roles);
    for (instance, used) in [(&mut a, of_a), (&mut b, of_b)] {
        let data = instance.entitlement(vec![used]);
        instance.ask(server, &data);
    }
    held(server, "Default", &tag("X"))["in_use"].clone()
}
