//! One good journal of the classic era in which every check's trigger occurs.

use muster_journal::Deviation;
use muster_wire::classic::proposed::conversion::{
    ConversionAnswer, ConversionRequest, ConversionStatus,
};
use muster_wire::classic::proposed::entitlement::{
    Application, ApplicationPeer, ApplicationRole, AuthorizedEntitlement, EntitlementAnswer,
    EntitlementRequest, UsedEntitlement,
};
use muster_wire::classic::proposed::export_authorization::{
    ExportAction, ExportAnswer, ExportAuthorization, ExportRequest, ExportStatus,
};
use muster_wire::classic::proposed::id_certificate::{IdCertificateAnswer, IdCertificateRequest};
use muster_wire::classic::proposed::life::{DeregistrationRequest, HeartbeatRequest};
use muster_wire::classic::proposed::poll::Deferred;
use muster_wire::classic::proposed::third_party_key::{ThirdPartyKey, ThirdPartyKeyAnswer};
use muster_wire::classic::third_party_key::{KeyRequest, ThirdPartyKeyRequest};
use muster_wire::classic::{
    AnswerData, AuthorizationState, EnforcementMode, MessageType, Origin, RequestData,
};
use muster_wire::grant::GrantedLicense;
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::transport::callhome::{CallHome, SoapFault};
use muster_wire::trust::TrustStatus;
use muster_wire::{Entitlement, EntitlementTag, Extra, PollId, RequestType, artefact};
use serde_json::json;

use super::lab::{ClassicInstance, Lab, ON_PREM, Say, Way, poll};
use crate::artefacts::{trust_request, trusted};
use crate::fixture::{Ask, Reply};
use crate::journals::Journal;

const DAY_MS: u64 = 86_400_000;
const HOUR_MS: u64 = 3_600_000;
const CALL_HOME: &str = "call_home";

fn tag(name: &str) -> EntitlementTag {
    EntitlementTag::new(&format!("regid.2020-01.com.cisco.{name},1.0_5a1e0000-0000-4000-8000-0"))
}

/// A server that does everything right.
pub(crate) fn good_classic() -> Journal {
    let mut lab = Lab::new();
    compliance(&mut lab);
    tiers_and_pairs(&mut lab);
    tokens(&mut lab);
    clocks_and_levels(&mut lab);
    identities(&mut lab);
    exports(&mut lab);
    conversions(&mut lab);
    call_home(&mut lab);
    silence_and_expiry(&mut lab);
    let (header, entries) = lab.finish();
    Journal { name: "good classic".to_owned(), header, entries }
}

fn new(lab: &mut Lab, serial: &str) -> ClassicInstance {
    let mut one = lab.join(serial);
    lab.register(&mut one, ON_PREM, Way::with("valid"));
    one
}

fn hold(lab: &mut Lab, name: &str, purchased: u64) {
    let (account, tag) = ("Default", tag(name));
    let held = json!({ "virtual_account": account, "tag": tag, "purchased": purchased });
    lab.change("entitlements", &held);
    lab.hook("synchronize", json!({}));
}

fn remove(lab: &mut Lab, who: &ClassicInstance) {
    lab.hook("remove_registration", json!({ "udi": who.udi.to_string() }));
}

/// Uses a licence; the server says how it stands.
fn using(lab: &mut Lab, who: &ClassicInstance, name: &str, count: u32, covered: bool) {
    using_for(lab, who, name, count, None, covered);
}

fn using_for(
    lab: &mut Lab,
    who: &ClassicInstance,
    name: &str,
    count: u32,
    application: Option<Application>,
    covered: bool,
) {
    let (state, enforce_mode) = match covered {
        true => (AuthorizationState::Authorized, EnforcementMode::InCompliance),
        false => (AuthorizationState::OutOfCompliance, EnforcementMode::OutOfCompliance),
    };
    let now_ms = lab.recorder.now_ms();
    let answer = EntitlementAnswer {
        authorization_state: state,
        next_communication: now_ms + 30 * DAY_MS,
        communication_deadline: now_ms + 90 * DAY_MS,
        entitlements: vec![AuthorizedEntitlement {
            tag: tag(name),
            count,
            enforce_mode,
            display_name: None,
            description: None,
            subscription_id: None,
            extra: Extra::new(),
        }],
        extra: Extra::new(),
    };
    let say = Say::Given(AnswerData::Entitlement(answer));
    lab.send(who, ON_PREM, Way::default(), |origin| used(origin, name, count, application), say);
}

fn used(origin: Origin, name: &str, count: u32, application: Option<Application>) -> RequestData {
    let tag = tag(name);
    let used =
        UsedEntitlement { tag, version: "1.0".into(), count, application, extra: Extra::new() };
    let (renew, entitlements) = (false, vec![used]);
    RequestData::Entitlement(EntitlementRequest {
        origin,
        renew,
        entitlements,
        extra: Extra::new(),
    })
}

fn compliance(lab: &mut Lab) {
    hold(lab, "THROUGHPUT", 5);
    let (a, b) = (new(lab, "MST0000C001"), new(lab, "MST0000C002"));
    using(lab, &a, "THROUGHPUT", 2, true);
    using(lab, &b, "THROUGHPUT", 4, false);
    remove(lab, &b);
    let refused = Say::Failed("The instance is not valid. Please register again.");
    lab.send(&b, ON_PREM, Way::default(), |origin| used(origin, "THROUGHPUT", 4, None), refused);
    let c = new(lab, "MST0000C003");
    using(lab, &c, "THROUGHPUT", 3, true);
}

fn application(
    role: ApplicationRole,
    id: &str,
    peer: Option<(&ClassicInstance, ApplicationRole)>,
) -> Option<Application> {
    let name = "voice".to_owned();
    let peers = peer.into_iter().map(|(peer, role)| ApplicationPeer {
        name: "voice".to_owned(),
        role,
        id: "other".into(),
        product_instance_identifier: peer.identifier.clone().expect("registered"),
        extra: Extra::new(),
    });
    let peers = peers.collect();
    Some(Application { name, role, id: id.into(), peers, extra: Extra::new() })
}

fn tiers_and_pairs(lab: &mut Lab) {
    hold(lab, "LEAF_ESSENTIALS", 0);
    hold(lab, "LEAF_ADVANTAGE", 12);
    let d = new(lab, "MST0000C004");
    using(lab, &d, "LEAF_ESSENTIALS", 10, true);
    hold(lab, "TRUNK", 1);
    let (e, f) = (new(lab, "MST0000C005"), new(lab, "MST0000C006"));
    let active = application(ApplicationRole::Active, "1", Some((&f, ApplicationRole::Standby)));
    using_for(lab, &e, "TRUNK", 1, active, true);
    let standby = application(ApplicationRole::Standby, "2", Some((&e, ApplicationRole::Active)));
    using_for(lab, &f, "TRUNK", 1, standby, true);
    using_for(lab, &f, "TRUNK", 1, application(ApplicationRole::Active, "2", None), true);
}

fn tokens(lab: &mut Lab) {
    for (serial, token, why) in [
        ("MST0000C101", "expired", "the token has expired"),
        ("MST0000C102", "revoked", "the token was revoked"),
        ("MST0000C103", "cssm_only", "the token was not issued here"),
    ] {
        let one = lab.join(serial);
        lab.refuse(&one, ON_PREM, Way::with(token), why);
    }
    let (mut first, second) = (lab.join("MST0000C104"), lab.join("MST0000C105"));
    lab.register(&mut first, ON_PREM, Way::with("single_use"));
    lab.refuse(&second, ON_PREM, Way::with("single_use"), "the token is used up");
    let mut restricted = lab.join("MST0000C106");
    lab.register(&mut restricted, ON_PREM, Way::with("export_not_allowed"));
}

fn clocks_and_levels(lab: &mut Lab) {
    let skewed = |hours: u64| Way {
        token: Some("valid"),
        ahead_ms: hours * HOUR_MS,
        ..Way::deviating(Deviation::ClockSkewed { by_ms: (hours * HOUR_MS) as i64 })
    };
    let (far, mut near) = (lab.join("MST0000C201"), lab.join("MST0000C202"));
    lab.refuse(&far, ON_PREM, skewed(25), "the clock is wrong");
    lab.register(&mut near, ON_PREM, skewed(23));
    let pointer = "/request/header/connect_info/capabilities".to_owned();
    let old = || Way {
        token: Some("valid"),
        is_old: true,
        ..Way::deviating(Deviation::MemberSet { pointer: pointer.clone() })
    };
    lab.change("settings", &json!({ "three_tier_certificate": false }));
    let early = lab.join("MST0000C203");
    let text = "Compatibility Error: The On-Prem is not currently compatible with the Smart \
                Licensing Agent version on this product.";
    lab.refuse(&early, ON_PREM, old(), text);
    lab.change("settings", &json!({ "three_tier_certificate": true }));
    let mut late = lab.join("MST0000C204");
    lab.register(&mut late, ON_PREM, old());
}

fn heartbeat(origin: Origin) -> RequestData {
    RequestData::Heartbeat(HeartbeatRequest { origin, extra: Extra::new() })
}

fn renewal(origin: Origin) -> RequestData {
    let csr = "TVVTVEVSLVRFU1Q=".to_owned();
    RequestData::IdCertificateRenewal(IdCertificateRequest { origin, csr, extra: Extra::new() })
}

fn renew(lab: &mut Lab, who: &ClassicInstance) {
    let answer = IdCertificateAnswer {
        id_cert: lab.id_certificate(who),
        signing_cert: lab.pki.signing_cert.clone(),
        sub_ca_cert: lab.pki.sub_ca.clone(),
        renew_interval: 15_552_000,
        extra: Extra::new(),
    };
    let say = Say::Given(AnswerData::IdCertificateRenewal(answer));
    lab.send(who, ON_PREM, Way::default(), renewal, say);
}

fn identities(lab: &mut Lab) {
    let mut one = new(lab, "MST0000C301");
    lab.recorder.wait(HOUR_MS);
    renew(lab, &one);
    let foreign = Way { foreign: true, ..Way::deviating(Deviation::SignatureBroken) };
    lab.send(&one, ON_PREM, foreign, heartbeat, Say::Failed("the signature does not verify"));
    lab.refuse(&one, ON_PREM, Way::with("valid"), "the instance is registered already");
    lab.register_in(&mut one, ON_PREM, Way::with("valid"), "Default", true);
    let alive = || Say::Given(AnswerData::Nothing(Extra::new()));
    lab.send(&one, ON_PREM, Way::default(), heartbeat, alive());
    let goodbye =
        |origin| RequestData::Deregistration(DeregistrationRequest { origin, extra: Extra::new() });
    lab.send(&one, ON_PREM, Way::default(), goodbye, alive());
    let again = Way::deviating(Deviation::RequestReplayed);
    lab.send(&one, ON_PREM, again, heartbeat, Say::Failed("the instance is not registered"));
}

fn export(origin: Origin, action: ExportAction, tag: EntitlementTag, count: u32) -> RequestData {
    let entitlements = vec![Entitlement { tag, count }];
    RequestData::ExportAuthorization(ExportRequest {
        origin,
        action,
        entitlements,
        extra: Extra::new(),
    })
}

fn later(id: u64) -> Say {
    let deferred = Deferred { poll_id: PollId(id), poll_interval: 3600, extra: Extra::new() };
    Say::Given(AnswerData::Deferred(deferred))
}

/// What became of a request for, or a return of, two licences.
fn authorized(who: &ClassicInstance, id: u64, code: bool) -> Say {
    let success = TrustStatus { success: true, message: None, code: None, correlation_id: None };
    let license = GrantedLicense { tag: tag("HSEC"), count: 2, ..GrantedLicense::default() };
    let code = code.then(|| AuthorizationCode {
        customer: None,
        flag: "A".to_owned(),
        version: "C".to_owned(),
        product_instance_identifier: who.identifier.clone(),
        timestamp: None,
        licenses: vec![license],
        status: success,
    });
    let code = code.map(|code| {
        let udi = who.udi.to_string();
        let whole = AuthorizationAnswer::new(udi, code, |_| "dGVzdA==".to_owned());
        artefact::to_smart_license(&whole.encode())
    });
    let one = ExportAuthorization {
        tag: tag("HSEC"),
        count: 2,
        status: ExportStatus::Success,
        message: None,
        smart_license: code,
        extra: Extra::new(),
    };
    Say::Given(AnswerData::ExportAuthorization(ExportAnswer {
        poll_id: Some(PollId(id)),
        authorizations: vec![one],
        extra: Extra::new(),
    }))
}

fn exports(lab: &mut Lab) {
    hold(lab, "HSEC", 3);
    let mut one = lab.join("MST0000C401");
    lab.register(&mut one, ON_PREM, Way::with("export_not_allowed"));
    let kind = || MessageType::ExportAuthorization;
    for (action, id, code) in
        [(ExportAction::Request, 901, true), (ExportAction::Return, 902, false)]
    {
        let ask = |origin| export(origin, action, tag("HSEC"), 2);
        lab.send(&one, ON_PREM, Way::default(), ask, later(id));
        lab.recorder.wait(HOUR_MS);
        lab.hook("synchronize", json!({}));
        let said = authorized(&one, id, code);
        lab.send(&one, ON_PREM, Way::default(), |origin| poll(origin, id, kind()), said);
    }
    let none = ExportAuthorization {
        tag: tag("HSEC"),
        count: 9,
        status: ExportStatus::Failed,
        message: Some("the account has not as many".to_owned()),
        smart_license: None,
        extra: Extra::new(),
    };
    let none = ExportAnswer {
        poll_id: Some(PollId(903)),
        authorizations: vec![none],
        extra: Extra::new(),
    };
    let ask = |origin| export(origin, ExportAction::Request, tag("HSEC"), 9);
    lab.send(&one, ON_PREM, Way::default(), ask, later(903));
    lab.recorder.wait(HOUR_MS);
    let said = Say::Given(AnswerData::ExportAuthorization(none));
    lab.send(&one, ON_PREM, Way::default(), |origin| poll(origin, 903, kind()), said);
    let pointer = "/request/request_data/entitlements/0/tag".to_owned();
    let invalid = Way::deviating(Deviation::MemberSet { pointer });
    let unknown = EntitlementTag::new("regid.none_00000000-0000-0000-0000-000000000000");
    let ask = |origin| export(origin, ExportAction::Request, unknown, 1);
    lab.send(&one, ON_PREM, invalid, ask, Say::Failed("there is no such licence"));
    let free = json!({ "virtual_account": "Default", "tag": tag("OPEN"), "purchased": 3,
        "export_controlled": false });
    lab.change("entitlements", &free);
    let ask = |origin| export(origin, ExportAction::Request, tag("OPEN"), 1);
    lab.send(&one, ON_PREM, Way::default(), ask, Say::Failed("it is not export-controlled"));
}

fn conversion(origin: Origin) -> RequestData {
    RequestData::Conversion(ConversionRequest {
        origin,
        conversion_id: 1,
        conversion_string: "TVVTVEVSLVRFU1Q=".to_owned(),
        conversion_data: Vec::new(),
        extra: Extra::new(),
    })
}

fn converted(id: u64, conversion_status: ConversionStatus) -> Say {
    let poll_interval = (conversion_status == ConversionStatus::PollMeLater).then_some(3600);
    Say::Given(AnswerData::Conversion(ConversionAnswer {
        poll_id: Some(PollId(id)),
        poll_interval,
        detail: match conversion_status {
            ConversionStatus::AlreadyConverted => "License Already Converted".to_owned(),
            _ => String::new(),
        },
        conversion_status,
        extra: Extra::new(),
    }))
}

fn conversions(lab: &mut Lab) {
    let kind = || MessageType::Conversion;
    let one = new(lab, "MST0000C501");
    lab.change("accounts", &json!({ "virtual_account": "Default", "conversion_enabled": true }));
    let pending = converted(911, ConversionStatus::PollMeLater);
    lab.send(&one, ON_PREM, Way::default(), conversion, pending);
    lab.recorder.wait(HOUR_MS);
    let done = converted(911, ConversionStatus::MigrateSuccess);
    lab.send(&one, ON_PREM, Way::default(), |origin| poll(origin, 911, kind()), done);
    let again = || Way::deviating(Deviation::RequestReplayed);
    let already = converted(911, ConversionStatus::AlreadyConverted);
    let nonce = Deviation::MemberSet { pointer: "/request/nonce".to_owned() };
    let anew = Way { deviations: vec![Deviation::RequestReplayed, nonce], ..Way::default() };
    lab.send(&one, ON_PREM, anew, conversion, already);
    // The same request once more is no new attempt: it may get the same answer.
    let done = converted(911, ConversionStatus::MigrateSuccess);
    lab.send(&one, ON_PREM, again(), conversion, done);
    remove(lab, &one);
    let unknown = converted(911, ConversionStatus::AgentNotRegistered);
    lab.send(&one, ON_PREM, again(), conversion, unknown);

    let mut other = lab.join("MST0000C502");
    lab.register_in(&mut other, ON_PREM, Way::with("other_account"), "My VA", false);
    lab.change("accounts", &json!({ "virtual_account": "Far VA", "export_allowed": false }));
    let mut far = lab.join("MST0000C504");
    lab.register_in(&mut far, ON_PREM, Way::with("far_account"), "Far VA", false);
    let off = json!({ "virtual_account": "My VA", "conversion_enabled": false });
    lab.change("accounts", &off);
    let failed = converted(912, ConversionStatus::MigrateFailed);
    lab.send(&other, ON_PREM, Way::default(), conversion, failed);

    let third = new(lab, "MST0000C503");
    lab.hook("backups", json!({ "name": "before" }));
    lab.recorder.wait(HOUR_MS);
    let pending = converted(913, ConversionStatus::PollMeLater);
    lab.send(&third, ON_PREM, Way::default(), conversion, pending);
    lab.recorder.wait(HOUR_MS);
    lab.hook("restore", json!({ "name": "before" }));
    let unknown = Say::Failed("there is no such request");
    lab.send(&third, ON_PREM, Way::default(), |origin| poll(origin, 913, kind()), unknown);
}

fn call_home(lab: &mut Lab) {
    let mut one = lab.join("MST0000C601");
    lab.register(&mut one, CALL_HOME, Way::with("valid"));
    let alive = Say::Given(AnswerData::Nothing(Extra::new()));
    lab.send(&one, CALL_HOME, Way::default(), heartbeat, alive);
    let fault = CallHome::Fault(SoapFault::of_sender("no envelope")).encode();
    lab.send_raw(&one, CALL_HOME, &fault);
    let key = ThirdPartyKey {
        id: 7,
        name: "VOUCHER_CODE".into(),
        value: "MUSTER-TEST-KEY".to_owned(),
        key_id: 1,
        extra: Extra::new(),
    };
    let answer = ThirdPartyKeyAnswer { data: vec![key], extra: Extra::new() };
    let ask = |origin: Origin| {
        RequestData::ThirdPartyKey(ThirdPartyKeyRequest {
            sudi: origin.sudi,
            timestamp: origin.timestamp,
            nonce: origin.nonce,
            live: true,
            data: vec![KeyRequest {
                id: 7,
                name: "VOUCHER_CODE".into(),
                value: tag("VOICE").to_string(),
                routing: "Vendor".into(),
                action: "GENERATE".into(),
                key_id: 0,
                extra: Extra::new(),
            }],
            product_instance_identifier: origin.product_instance_identifier,
            compliance_required: false,
            extra: Extra::new(),
        })
    };
    let say = Say::Given(AnswerData::ThirdPartyKey(answer));
    lab.send(&one, CALL_HOME, Way::default(), ask, say);
}

/// One token registers at CSSM and gives trust there.
pub(crate) fn both_eras() -> Journal {
    let mut lab = Lab::new();
    let mut one = lab.join("MST0000C611");
    lab.register(&mut one, "smart_receiver", Way::with("valid"));
    let other = lab.recorder.join("MST0000C612");
    let ask = Ask::new(&other, "smart_receiver", RequestType::IdTokenTrust);
    let ask = ask.with(trust_request(&other, 1)).token("valid");
    lab.recorder.exchange(ask, Reply::Complete(trusted(&other, 1)));
    let (header, entries) = lab.finish();
    Journal { name: "both eras".to_owned(), header, entries }
}

fn silence_and_expiry(lab: &mut Lab) {
    hold(lab, "SILENT", 2);
    let silent = new(lab, "MST0000C701");
    using(lab, &silent, "SILENT", 2, true);
    lab.recorder.wait(92 * DAY_MS);
    let next = new(lab, "MST0000C702");
    using(lab, &next, "SILENT", 2, true);
    lab.recorder.wait(366 * DAY_MS);
    let mut next = next;
    lab.send(&next, ON_PREM, Way::default(), renewal, Say::Failed("the certificate has expired"));
    lab.register(&mut next, ON_PREM, Way::with("valid"));
}
