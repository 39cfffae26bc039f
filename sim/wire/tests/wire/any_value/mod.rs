//! Any value of each message type, for the properties.

mod artefact;
mod authorization;
mod message;
mod rum;

use muster_wire::{Extra, Sudi, xml};
use proptest::option;
use proptest::prelude::*;

pub(crate) use artefact::{acknowledgement, policy, trust_answer, trust_request, usage_file};
pub(crate) use authorization::{
    account_info, authorization_answer, authorization_request, conversion_acknowledgement,
};
pub(crate) use message::{answer, call_home, request};
pub(crate) use rum::{payload, report};

/// Any text, with what markup and JSON care about made likely.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9.]{0,12}", r#"[\]>&<"'\\/\r\n\t =]{0,8}"#, any::<String>()]
}

/// Text that an XML element can hold and give back: no character outside XML 1.0, no blanks around
/// it, not empty.
pub(crate) fn leaf() -> impl Strategy<Value = String> {
    text().prop_map(|text| {
        let held: String = text.chars().filter(|c| xml::is_xml_character(*c)).collect();
        format!("a{}", held.trim())
    })
}

/// Text inside JSON inside XML: JSON escapes all control characters but not these two.
fn data_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace(['\u{fffe}', '\u{ffff}'], ""))
}

fn sudi() -> impl Strategy<Value = Sudi> {
    (data_text(), data_text()).prop_map(|(pid, serial)| Sudi {
        udi_pid: pid.into(),
        udi_serial_number: serial.into(),
        extra: Extra::new(),
    })
}

/// `""` and absent read alike, so a value is never an empty text.
pub(crate) fn some_text() -> impl Strategy<Value = Option<String>> {
    option::of(data_text()).prop_map(|text| text.filter(|text| !text.is_empty()))
}

pub(crate) fn extra() -> impl Strategy<Value = Extra> {
    option::of(data_text()).prop_map(|value| {
        value.into_iter().map(|value| ("x_novelty".to_owned(), value.into())).collect()
    })
}
