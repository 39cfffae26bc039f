//! The server's side of a bench of the policy era: templated answers to what an agent asks. Each
//! bench uses the part it needs.

use muster_agent::{Effect, Outbound, SealedRequest};
use muster_wire::artefact::to_smart_license;
use muster_wire::grant::{GrantedLicense, PERPETUAL};
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::{Artefact, EntitlementTag, Nonce, ProductInstanceId};

pub(crate) const START_MS: u64 = 1_800_000_000_000;
/// The same moment as a server stamps it.
const START: &str = "2027-01-15T08:00:00";
const ID: &str = "00000000-0000-4000-8000-000000000001";

pub(crate) const OK_POLL: &str = r#""status":"OK_POLL","poll_id":77,"poll_interval":86400"#;

/// The request an input led to.
pub(crate) fn sent(effects: &mut Vec<Effect>) -> Box<Outbound> {
    next_sent(effects).expect("the step sends a request")
}

/// The same, where none may follow.
pub(crate) fn next_sent(effects: &mut Vec<Effect>) -> Option<Box<Outbound>> {
    effects.drain(..).find_map(|effect| match effect {
        Effect::Send(outbound) => Some(outbound),
        _ => None,
    })
}

/// An answer of one line.
pub(crate) fn answer(nonce: &Nonce, line: &str) -> Vec<u8> {
    format!(
        r#"{{"sender_info":{{"connect_info":{{"name":"SSM","version":"1.3"}},
            "timestamp":{START_MS},"nonce":"{nonce}","sudi":{{}},"software_tag_identifier":""}},
            "status":"COMPLETE","license_data":[{{"request_line_id":1,{line}}}]}}"#
    )
    .into_bytes()
}

/// An answer that carries an artefact.
pub(crate) fn complete(nonce: &Nonce, xml: &str) -> Vec<u8> {
    let text = to_smart_license(xml);
    answer(nonce, &format!(r#""status":"COMPLETE","smart_license":"{text}""#))
}

/// A trust code for a trust request sent at [`START_MS`].
pub(crate) fn trust(request: &SealedRequest) -> String {
    let Some(Artefact::TrustRequest(asked)) = &request.asked else { panic!("trust is asked for") };
    let code = TrustCode {
        udi: request.request.sender_info.sudi.udi().to_string(),
        customer: Some(customer()),
        product_instance_identifier: Some(ProductInstanceId::new(ID)),
        date_stamp: Some(START.to_owned()),
        id_certificate: None,
        sub_ca: None,
        trust_id: Some(asked.entries[0].trust_id),
        status: success(),
    };
    TrustAnswer::new(code, |_| String::new()).encode()
}

/// An acknowledgement of every report in a usage request.
pub(crate) fn acknowledgement(usage: &SealedRequest) -> String {
    let Some(Artefact::Usage(file)) = &usage.asked else { panic!("usage has a usage file") };
    let acks: Vec<String> = file
        .reports
        .iter()
        .map(|report| {
            let payload = report.payload().expect("the agent writes payloads that read");
            let id = payload.report_id().expect("a report has an id");
            let tag = payload.meta.entitlement_tag.expect("a report has a tag");
            format!(r#"{{"report_id":{id},"entitlement_tag":"{tag}","status":"ACKED"}}"#)
        })
        .collect();
    let (acks, sudi) = (acks.join(","), &usage.request.sender_info.sudi);
    let (pid, serial) = (&sudi.udi_pid, &sudi.udi_serial_number);
    let sudi = format!(r#"{{"udi_pid":"{pid}","udi_serial_number":"{serial}"}}"#);
    format!(
        r#"<smartLicense><smartLicenseRumAck><data>{{"version":"2.0","timestamp":0,"nonce":"0",
            "sudi":{sudi},"acks":[{acks}]}}</data></smartLicenseRumAck></smartLicense>"#
    )
}

/// An authorization code for one licence, stamped `number`; without a tag everything is returned.
pub(crate) fn authorization(
    request: &SealedRequest,
    tag: Option<&EntitlementTag>,
    number: u64,
) -> String {
    let granted = tag.map(|tag| GrantedLicense {
        tag: tag.clone(),
        count: 1,
        license_type: PERPETUAL.to_owned(),
        ..GrantedLicense::default()
    });
    let code = AuthorizationCode {
        customer: Some(customer()),
        flag: "A".to_owned(),
        version: "C".to_owned(),
        product_instance_identifier: None,
        timestamp: Some(number),
        licenses: granted.into_iter().collect(),
        status: success(),
    };
    let udi = request.request.sender_info.sudi.udi().to_string();
    AuthorizationAnswer::new(udi, code, |_| String::new()).encode()
}

fn customer() -> CustomerInfo {
    CustomerInfo {
        smart_account: "Muster Load Test Account".to_owned(),
        virtual_account: "Default".to_owned(),
    }
}

fn success() -> TrustStatus {
    TrustStatus { success: true, message: None, code: None, correlation_id: None }
}
