//! Keys of another vendor's service.

use muster_wire::classic::proposed::third_party_key::ThirdPartyKey;
use muster_wire::classic::third_party_key::{KeyRequest, ThirdPartyKeyRequest};

use super::*;

fn asking(instance: &mut Instance, data: Vec<KeyRequest>, compliance: bool) -> RequestData {
    let origin = instance.origin();
    RequestData::ThirdPartyKey(ThirdPartyKeyRequest {
        sudi: origin.sudi,
        timestamp: origin.timestamp,
        nonce: origin.nonce,
        live: true,
        data,
        product_instance_identifier: origin.product_instance_identifier,
        compliance_required: compliance,
        extra: Extra::new(),
    })
}

fn key(tag: &EntitlementTag) -> KeyRequest {
    KeyRequest {
        id: 2_017_844_434,
        name: "VOUCHER_CODE".into(),
        value: tag.as_str().to_owned(),
        routing: "VENDOR".into(),
        action: "GENERATE".into(),
        key_id: 0,
        extra: Extra::new(),
    }
}

fn keys(answer: &ClassicAnswer) -> Vec<ThirdPartyKey> {
    match answer.data() {
        Ok(AnswerData::ThirdPartyKey(data)) => data.data,
        other => panic!("{other:?}: {answer:?}"),
    }
}

#[test]
fn whoever_uses_the_licence_gets_a_key_and_the_same_one_again() {
    let server = good_server();
    let t = tag("CUC_SpeechView");
    let mut instance = Instance::registered(&server, 1);
    let data = asking(&mut instance, vec![key(&t)], true);
    let refused = instance.ask(&server, &data);
    assert_eq!(code(&refused), "LS_NOT_CONSUMING");
    assert!(refused.message.unwrap().ends_with(t.as_str()));
    instance.authorized(&server, &[(&t, 1)]);
    let data = asking(&mut instance, vec![key(&t)], true);
    let first = keys(&instance.ask(&server, &data)).remove(0);
    assert_eq!((first.id, &*first.name), (2_017_844_434, "VOUCHER_CODE"));
    assert!(first.key_id > 0 && first.value.starts_with("MUSTER-TEST-KEY-"));
    let again = KeyRequest { key_id: first.key_id, ..key(&t) };
    let data = asking(&mut instance, vec![key(&t), again], true);
    assert_eq!(keys(&instance.ask(&server, &data)), [first.clone(), first]);
}

#[test]
fn compliance_is_looked_at_where_it_is_required() {
    let server = good_server();
    let t = tag("CUC_SpeechView");
    hold(&server, "Default", &t, 0);
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 1)]);
    let data = asking(&mut instance, vec![key(&t)], true);
    assert_eq!(code(&instance.ask(&server, &data)), "LS_OUT_OF_COMPLIANCE");
    let data = asking(&mut instance, vec![key(&t)], false);
    assert_eq!(keys(&instance.ask(&server, &data)).len(), 1);
}

#[test]
fn malformed_requests_are_refused() {
    let server = good_server();
    let t = tag("CUC_SpeechView");
    let mut instance = Instance::registered(&server, 1);
    instance.authorized(&server, &[(&t, 1)]);
    for wanted in [
        vec![],
        vec![key(&t); 17],
        vec![KeyRequest { action: "REVOKE".into(), ..key(&t) }],
        vec![KeyRequest { name: "x".repeat(65).into(), ..key(&t) }],
        vec![KeyRequest { value: String::new(), ..key(&t) }],
        vec![KeyRequest { value: "x".repeat(257), ..key(&t) }],
    ] {
        let data = asking(&mut instance, wanted, false);
        assert_eq!(code(&instance.ask(&server, &data)), "LS_INVALID_REQUEST");
    }
}
