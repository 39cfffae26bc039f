//! Any Smart Transport and Call Home message.

use muster_wire::transport::callhome::{
    Attachment, BlockGroup, Builder, CallHome, CallHomeMessage, Content, SoapFault,
};
use muster_wire::transport::smart::{
    ConnectInfo, ListedInstance, RequestLine, SenderInfo, SmartRequest,
};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{
    AnswerStatus, Extra, LineStatus, Nonce, PollId, ProductInstanceId, RequestType, SoftwareTag,
    xml,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{data_text, extra, leaf, some_text, sudi, text};

fn sender_info() -> impl Strategy<Value = SenderInfo> {
    let connect_info = (data_text(), any::<bool>(), vec(data_text(), 0..3), extra()).prop_map(
        |(name, production, capabilities, extra)| ConnectInfo {
            name: name.into(),
            version: "5.8.6_rel/15".into(),
            production,
            additional_info: "".into(),
            capabilities: capabilities.into_iter().collect(),
            extra,
        },
    );
    (connect_info, any::<u64>(), data_text(), sudi(), some_text(), data_text()).prop_map(
        |(connect_info, timestamp, nonce, sudi, piid, tag)| SenderInfo {
            connect_info,
            timestamp,
            nonce: Nonce::from(nonce),
            sudi,
            product_instance_identifier: piid.map(ProductInstanceId::from),
            software_tag_identifier: SoftwareTag::from(tag),
            extra: Extra::new(),
        },
    )
}

pub(super) fn listed() -> impl Strategy<Value = ListedInstance> {
    (sudi(), some_text(), option::of(data_text()), option::of(data_text()), extra()).prop_map(
        |(sudi, piid, version, hostname, extra)| ListedInstance {
            sudi,
            software_tag_identifier: SoftwareTag::new("tag"),
            product_instance_identifier: piid.map(ProductInstanceId::from),
            product_version: version.map(Into::into),
            hostname: hostname.map(Into::into),
            role: Some("Active".into()),
            extra,
        },
    )
}

fn request_type() -> impl Strategy<Value = RequestType> {
    data_text().prop_map(|word| RequestType::from(word.as_str()))
}

pub(crate) fn request() -> impl Strategy<Value = SmartRequest> {
    let line = (
        option::of(request_type()),
        any::<u64>(),
        option::of(sudi()),
        option::of(any::<u64>()),
        some_text(),
        extra(),
    )
        .prop_map(|(request_type, id, sudi, poll_id, smart_license, extra)| RequestLine {
            request_type,
            request_line_id: id,
            sudi,
            poll_id: poll_id.map(PollId),
            smart_license,
            extra,
        });
    (sender_info(), vec(listed(), 0..3), vec(line, 0..3), option::of(request_type()), extra())
        .prop_map(|(sender_info, device_list, license_data, request_type, extra)| SmartRequest {
            sender_info,
            device_list,
            license_data,
            request_type,
            extra,
        })
}

pub(crate) fn answer() -> impl Strategy<Value = SmartAnswer> {
    let line = (
        data_text(),
        option::of(any::<u64>()),
        option::of(any::<u64>()),
        option::of(data_text()),
        some_text(),
        extra(),
    )
        .prop_map(|(status, poll_id, poll_interval, message, smart_license, extra)| {
            AnswerLine {
                poll_id: poll_id.map(PollId),
                poll_interval,
                message,
                smart_license,
                extra,
                ..AnswerLine::new(LineStatus::from(status.as_str()), 1)
            }
        });
    (option::of(sender_info()), data_text(), option::of(data_text()), vec(line, 0..3), extra())
        .prop_map(|(sender_info, status, nonce, license_data, extra)| SmartAnswer {
            sender_info,
            status: AnswerStatus::from(status.as_str()),
            message_code: nonce.clone(),
            message: None,
            nonce: nonce.map(Nonce::from),
            license_data,
            extra,
        })
}

pub(crate) fn call_home() -> impl Strategy<Value = CallHome> {
    let group = (leaf(), any::<u32>(), any::<[bool; 3]>()).prop_map(
        |(id, number, [is_last, is_primary, wait_for_primary])| BlockGroup {
            id,
            number,
            is_last,
            is_primary,
            wait_for_primary,
        },
    );
    let content = (leaf(), leaf()).prop_map(|(description, device_id)| Content {
        description,
        device_id: device_id.clone(),
        serial_number: device_id,
        ..Content::default()
    });
    let held = text().prop_map(|text| text.chars().filter(|c| xml::is_xml_character(*c)).collect());
    let message = (
        [leaf(), leaf(), leaf()],
        option::of(leaf()),
        option::of(group),
        option::of(0..=9_u8),
        option::of(content),
        vec(held.prop_map(|data: String| Attachment::smart_licensing(&data)), 0..3),
    )
        .prop_map(
            |([to, message_id, block_type], via, group, severity, content, attachments)| {
                let builder = via.clone().map(|name| Builder { version: name.clone(), name });
                CallHome::Message(Box::new(CallHomeMessage {
                    to,
                    via,
                    message_id,
                    block_type,
                    builder,
                    group,
                    severity,
                    content,
                    attachments,
                    ..CallHomeMessage::default()
                }))
            },
        );
    let fault = leaf().prop_map(|reason| CallHome::Fault(SoapFault::of_sender(&reason)));
    prop_oneof![4 => message, 1 => fault]
}
