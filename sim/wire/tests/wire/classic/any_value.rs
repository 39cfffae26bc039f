//! Any value of each classic message type, for the properties.

use muster_wire::classic::proposed::answer_data::AnswerData;
use muster_wire::classic::proposed::conversion::{
    ClassicLicense, ConversionAnswer, ConversionRequest, ConversionStatus,
};
use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::proposed::entitlement::{
    Application, ApplicationPeer, ApplicationRole, AuthorizedEntitlement, EntitlementAnswer,
    EntitlementRequest, UsedEntitlement,
};
use muster_wire::classic::proposed::export_authorization::{
    ExportAction, ExportAnswer, ExportAuthorization, ExportRequest, ExportStatus,
};
use muster_wire::classic::proposed::id_certificate::{IdCertificateAnswer, IdCertificateRequest};
use muster_wire::classic::proposed::life::{DeregistrationRequest, HeartbeatRequest};
use muster_wire::classic::proposed::poll::{Deferred, PollRequest};
use muster_wire::classic::proposed::registration::{
    RegisteringInstance, RegistrationAnswer, RegistrationRequest,
};
use muster_wire::classic::proposed::third_party_key::{ThirdPartyKey, ThirdPartyKeyAnswer};
use muster_wire::classic::reservation::{ReservationCode, ReservedLicenses};
use muster_wire::classic::third_party_key::{KeyRequest, ThirdPartyKeyRequest};
use muster_wire::classic::{
    AuthorizationState, ClassicSudi, EnforcementMode, EnvelopeSignature, Header, MessageType,
    Origin, RequestData,
};
use muster_wire::grant::GrantedLicense;
use muster_wire::{Entitlement, EntitlementTag, Nonce, PollId, ProductInstanceId, SoftwareTag};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::any_value::{extra, leaf, some_text, text};

fn sudi() -> BoxedStrategy<ClassicSudi> {
    (option::of(text()), option::of(text()), extra())
        .prop_map(|(uuid, serial, extra)| ClassicSudi {
            uuid: uuid.map(Into::into),
            udi_pid: Some("CSR1000V".into()),
            udi_serial_number: serial.map(Into::into),
            extra,
            ..ClassicSudi::default()
        })
        .boxed()
}

fn origin() -> BoxedStrategy<Origin> {
    (sudi(), any::<u64>(), text(), some_text())
        .prop_map(|(sudi, timestamp, nonce, piid)| Origin {
            sudi,
            timestamp,
            nonce: Nonce::from(nonce),
            product_instance_identifier: piid.map(ProductInstanceId::from),
        })
        .boxed()
}

fn used() -> BoxedStrategy<UsedEntitlement> {
    let peer = (text(), text()).prop_map(|(name, role)| ApplicationPeer {
        name,
        role: ApplicationRole::from(role.as_str()),
        id: "2".into(),
        product_instance_identifier: ProductInstanceId::new("p"),
        extra: Default::default(),
    });
    let application = (text(), vec(peer, 0..3), extra()).prop_map(|(name, peers, extra)| {
        Application { name, role: ApplicationRole::Active, id: "1".into(), peers, extra }
    });
    (text(), any::<u32>(), option::of(application), extra())
        .prop_map(|(tag, count, application, extra)| UsedEntitlement {
            tag: EntitlementTag::from(tag),
            version: "1.0".into(),
            count,
            application,
            extra,
        })
        .boxed()
}

fn entitlements() -> impl Strategy<Value = Vec<Entitlement>> {
    let one = (text(), any::<u32>())
        .prop_map(|(tag, count)| Entitlement { tag: EntitlementTag::from(tag), count });
    vec(one, 0..3)
}

fn message_type() -> impl Strategy<Value = MessageType> {
    let known = prop::sample::select(MessageType::WORDS).prop_map(MessageType::from);
    prop_oneof![3 => known, 1 => text().prop_map(|word| MessageType::from(word.as_str()))]
}

pub(crate) fn request_data() -> BoxedStrategy<RequestData> {
    prop_oneof![
        registration(),
        (origin(), text(), extra()).prop_map(|(origin, csr, extra)| {
            RequestData::IdCertificateRenewal(IdCertificateRequest { origin, csr, extra })
        }),
        (origin(), any::<bool>(), vec(used(), 0..3), extra()).prop_map(
            |(origin, renew, entitlements, extra)| {
                RequestData::Entitlement(EntitlementRequest { origin, renew, entitlements, extra })
            }
        ),
        (origin(), extra()).prop_map(|(origin, extra)| {
            RequestData::Heartbeat(HeartbeatRequest { origin, extra })
        }),
        (origin(), extra()).prop_map(|(origin, extra)| {
            RequestData::Deregistration(DeregistrationRequest { origin, extra })
        }),
        (origin(), text(), entitlements(), extra()).prop_map(
            |(origin, action, entitlements, extra)| {
                let action = ExportAction::from(action.as_str());
                RequestData::ExportAuthorization(ExportRequest {
                    origin,
                    action,
                    entitlements,
                    extra,
                })
            }
        ),
        conversion(),
        (origin(), any::<u64>(), message_type(), extra()).prop_map(
            |(origin, id, poll_type, extra)| {
                RequestData::Poll(PollRequest { origin, poll_id: PollId(id), poll_type, extra })
            }
        ),
        third_party_key(),
    ]
    .boxed()
}

fn registration() -> BoxedStrategy<RequestData> {
    let instance = (sudi(), option::of(text()), extra()).prop_map(|(sudi, role, extra)| {
        RegisteringInstance { sudi, role: role.map(Into::into), extra }
    });
    (origin(), option::of(text()), text(), any::<bool>(), vec(instance, 0..3), extra())
        .prop_map(|(origin, hostname, csr, force, device_list, extra)| {
            RequestData::Registration(RegistrationRequest {
                origin,
                software_tag_identifier: SoftwareTag::new("tag"),
                product_version: hostname.clone().map(Into::into),
                hostname: hostname.map(Into::into),
                csr,
                force,
                device_list,
                extra,
            })
        })
        .boxed()
}

fn conversion() -> BoxedStrategy<RequestData> {
    let license = (text(), any::<u32>(), extra()).prop_map(|(name, count, extra)| ClassicLicense {
        license_type: "PAK".into(),
        license_name: name.clone().into(),
        count,
        entitlement_tag: EntitlementTag::from(name),
        extra,
    });
    (origin(), any::<u64>(), text(), vec(license, 0..3), extra())
        .prop_map(|(origin, conversion_id, conversion_string, conversion_data, extra)| {
            RequestData::Conversion(ConversionRequest {
                origin,
                conversion_id,
                conversion_string,
                conversion_data,
                extra,
            })
        })
        .boxed()
}

fn third_party_key() -> BoxedStrategy<RequestData> {
    let key = (any::<u64>(), text(), extra()).prop_map(|(id, value, extra)| KeyRequest {
        id,
        name: "VOUCHER_CODE".into(),
        value,
        routing: "MUSTER".into(),
        action: "GENERATE".into(),
        key_id: 0,
        extra,
    });
    (sudi(), any::<u64>(), text(), vec(key, 0..3), some_text(), extra())
        .prop_map(|(sudi, timestamp, nonce, data, piid, extra)| {
            RequestData::ThirdPartyKey(ThirdPartyKeyRequest {
                sudi,
                timestamp,
                nonce: Nonce::from(nonce),
                live: true,
                data,
                product_instance_identifier: piid.map(ProductInstanceId::from),
                compliance_required: false,
                extra,
            })
        })
        .boxed()
}

/// Data of a complete answer, with the type that its header must have.
pub(crate) fn answer_data() -> impl Strategy<Value = (MessageType, AnswerData)> {
    let renewal = (text(), any::<u64>(), extra()).prop_map(|(id_cert, renew_interval, extra)| {
        AnswerData::IdCertificateRenewal(IdCertificateAnswer {
            signing_cert: id_cert.clone(),
            sub_ca_cert: id_cert.clone(),
            id_cert,
            renew_interval,
            extra,
        })
    });
    let key = (any::<u64>(), text(), extra()).prop_map(|(id, value, extra)| ThirdPartyKey {
        id,
        name: "VOUCHER_CODE".into(),
        value,
        key_id: 1,
        extra,
    });
    let keys = (vec(key, 0..3), extra())
        .prop_map(|(data, extra)| AnswerData::ThirdPartyKey(ThirdPartyKeyAnswer { data, extra }));
    prop_oneof![
        registered().prop_map(|data| (MessageType::Registration, data)),
        renewal.prop_map(|data| (MessageType::IdCertificateRenewal, data)),
        authorized().prop_map(|data| (MessageType::Entitlement, data)),
        exported().prop_map(|data| (MessageType::ExportAuthorization, data)),
        converted().prop_map(|data| (MessageType::Conversion, data)),
        keys.prop_map(|data| (MessageType::ThirdPartyKey, data)),
        extra().prop_map(|extra| (MessageType::Heartbeat, AnswerData::Nothing(extra))),
    ]
}

fn registered() -> impl Strategy<Value = AnswerData> {
    (text(), text(), any::<bool>(), any::<u64>(), extra()).prop_map(
        |(account, id_cert, export_control_allowed, renew_interval, extra)| {
            AnswerData::Registration(RegistrationAnswer {
                product_instance_identifier: ProductInstanceId::new("p"),
                virtual_account: account.clone(),
                smart_account: account,
                signing_cert: id_cert.clone(),
                sub_ca_cert: id_cert.clone(),
                id_cert,
                export_control_allowed,
                renew_interval,
                auth_renew_interval: renew_interval,
                extra,
            })
        },
    )
}

fn authorized() -> impl Strategy<Value = AnswerData> {
    let one = (text(), any::<u32>(), text(), option::of(text()), extra()).prop_map(
        |(tag, count, mode, display_name, extra)| AuthorizedEntitlement {
            tag: EntitlementTag::from(tag),
            count,
            enforce_mode: EnforcementMode::from(mode.as_str()),
            description: display_name.clone(),
            subscription_id: display_name.clone().map(Into::into),
            display_name,
            extra,
        },
    );
    (text(), any::<[u64; 2]>(), vec(one, 0..3), extra()).prop_map(
        |(state, [next_communication, communication_deadline], entitlements, extra)| {
            AnswerData::Entitlement(EntitlementAnswer {
                authorization_state: AuthorizationState::from(state.as_str()),
                next_communication,
                communication_deadline,
                entitlements,
                extra,
            })
        },
    )
}

fn exported() -> impl Strategy<Value = AnswerData> {
    let one = (text(), any::<u32>(), option::of(text()), some_text(), extra()).prop_map(
        |(tag, count, message, smart_license, extra)| ExportAuthorization {
            tag: EntitlementTag::from(tag),
            count,
            status: ExportStatus::Success,
            message,
            smart_license,
            extra,
        },
    );
    (option::of(any::<u64>()), vec(one, 0..3), extra()).prop_map(
        |(poll_id, authorizations, extra)| {
            let poll_id = poll_id.map(PollId);
            AnswerData::ExportAuthorization(ExportAnswer { poll_id, authorizations, extra })
        },
    )
}

fn converted() -> impl Strategy<Value = AnswerData> {
    (option::of(any::<u64>()), text(), text(), extra()).prop_map(|(id, status, detail, extra)| {
        AnswerData::Conversion(ConversionAnswer {
            poll_id: id.map(PollId),
            poll_interval: id,
            conversion_status: ConversionStatus::from(status.as_str()),
            detail,
            extra,
        })
    })
}

pub(crate) fn deferred() -> impl Strategy<Value = AnswerData> {
    (any::<u64>(), any::<u64>(), extra()).prop_map(|(id, poll_interval, extra)| {
        AnswerData::Deferred(Deferred { poll_id: PollId(id), poll_interval, extra })
    })
}

pub(crate) fn header() -> BoxedStrategy<Header> {
    (sudi(), any::<u64>(), text(), some_text(), option::of(message_type()), extra())
        .prop_map(|(sudi, timestamp, nonce, id, kind, extra)| Header {
            version: "1.3".into(),
            locale: id.clone().map(Into::into),
            sudi,
            timestamp,
            nonce: Nonce::from(nonce),
            request_type: kind.clone(),
            response_type: kind,
            product_instance_identifier: id.clone().map(ProductInstanceId::from),
            id_cert_serial_number: id.clone().map(Into::into),
            signing_cert_serial_number: id.map(Into::into),
            extra,
            ..Header::default()
        })
        .boxed()
}

pub(crate) fn signature() -> impl Strategy<Value = Option<EnvelopeSignature>> {
    option::of(text().prop_map(EnvelopeSignature::sha_256))
}

pub(crate) fn credential() -> impl Strategy<Value = Option<Credential>> {
    option::of(text().prop_map(Credential::id_token))
}

pub(crate) fn granted() -> impl Strategy<Value = GrantedLicense> {
    (option::of(leaf()), any::<u32>(), option::of(leaf())).prop_map(|(tag, count, date)| {
        GrantedLicense {
            tag: EntitlementTag::from(tag.unwrap_or_default()),
            count,
            start_date: date.clone().unwrap_or_default(),
            end_date: date.unwrap_or_default(),
            license_type: "PERPETUAL".to_owned(),
            ..GrantedLicense::default()
        }
    })
}

pub(crate) fn reservation() -> impl Strategy<Value = ReservationCode> {
    let code = (option::of(any::<u64>()), vec(granted(), 0..3), leaf()).prop_map(
        |(timestamp, licenses, piid)| ReservedLicenses {
            flag: "A".to_owned(),
            version: "C".to_owned(),
            product_instance_identifier: piid,
            timestamp,
            licenses,
        },
    );
    (code, leaf(), leaf())
        .prop_map(|(code, udi, signature)| ReservationCode::new(code, udi, |_| signature))
}
