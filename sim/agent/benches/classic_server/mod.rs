//! The server's side of a classic bench: answers to what an agent asks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::{ClassicAgent, ClassicEffect, ClassicOutbound, Platform};
use muster_certs::{Authority, AuthorityOptions, Seed, Validity};
use muster_wire::classic::proposed::entitlement::{AuthorizedEntitlement, EntitlementAnswer};
use muster_wire::classic::proposed::registration::RegistrationAnswer;
use muster_wire::classic::{
    AnswerData, AnswerEnvelope, AuthorizationState, ClassicAnswer, ClassicStatus, EnforcementMode,
    Header, RequestData,
};
use muster_wire::{Extra, ProductInstanceId};

const ID: &str = "7f3c1c1e-0b0e-4a54-9a55-2b1c0c5c0001";

pub(crate) fn sent(effects: &mut Vec<ClassicEffect>) -> Box<ClassicOutbound> {
    let sent = effects.drain(..).find_map(|effect| match effect {
        ClassicEffect::Send(outbound) => Some(outbound),
        _ => None,
    });
    sent.expect("the step sends a request")
}

pub(crate) fn answer(
    outbound: &ClassicOutbound,
    platform: &Platform,
    data: &AnswerData,
) -> Vec<u8> {
    let header = Header {
        response_type: Some(outbound.message_type.clone()),
        product_instance_identifier: Some(ProductInstanceId::new(ID)),
        ..outbound.header(platform)
    };
    let text = ClassicAnswer::new(header, ClassicStatus::Complete, data).encode();
    AnswerEnvelope::new(text, None).encode()
}

pub(crate) fn authorized(outbound: &ClassicOutbound, platform: &Platform, now_ms: u64) -> Vec<u8> {
    let RequestData::Entitlement(request) = &outbound.asked else {
        panic!("an authorization is asked for")
    };
    let entitlements = request.entitlements.iter().map(|used| AuthorizedEntitlement {
        tag: used.tag.clone(),
        count: used.count,
        enforce_mode: EnforcementMode::InCompliance,
        display_name: None,
        description: None,
        subscription_id: None,
        extra: Extra::new(),
    });
    let data = EntitlementAnswer {
        authorization_state: AuthorizationState::Authorized,
        next_communication: now_ms + 30 * 86_400_000,
        communication_deadline: now_ms + 90 * 86_400_000,
        entitlements: entitlements.collect(),
        extra: Extra::new(),
    };
    answer(outbound, platform, &AnswerData::Entitlement(data))
}

pub(crate) fn authority() -> Authority {
    Authority::new(&Seed::from_u64(2), &AuthorityOptions::default()).expect("the dates fit")
}

pub(crate) fn registration(authority: &Authority, agent: &ClassicAgent) -> RegistrationAnswer {
    let spki = agent.public_key().to_spki_der();
    let validity = Validity { not_before_ms: 1_800_000_000_000, days: 36_500 };
    let id = authority.instance_certificate_valid("P:X,S:MST0", &spki, 7, validity);
    RegistrationAnswer {
        product_instance_identifier: ProductInstanceId::new(ID),
        smart_account: "Muster Load Test Account".to_owned(),
        virtual_account: "Default".to_owned(),
        id_cert: STANDARD.encode(id.expect("the key is P-256")),
        signing_cert: STANDARD.encode(authority.signing_certificate_der()),
        sub_ca_cert: STANDARD.encode(authority.sub_ca_der()),
        export_control_allowed: false,
        renew_interval: 15_552_000,
        auth_renew_interval: 2_592_000,
        extra: Extra::new(),
    }
}
