//! A licensing message inside a Call Home message: put in, taken out, answered.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log ("create attachment for
//! smart_licensing_data with type inline"). Assumed: that an answer mirrors its request.

use super::creation_date::creation_date;
use super::message_id::MessageId;
use super::{
    APPLIANCE, Attachment, BACKEND, BlockGroup, Builder, CallHomeMessage, Content, FORMAT,
    SMART_LICENSING_DATA, TYPE_SMART_LICENSING,
};
use crate::Error;
use crate::classic::{AnswerEnvelope, RequestEnvelope};

/// Who sends a licensing message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender<'a> {
    /// Product id, for example `CSR1000V`.
    pub product_id: &'a str,
    /// Serial number.
    pub serial_number: &'a str,
    /// Product series, for example `Cisco CSR 1000V Series`.
    pub series: &'a str,
    /// Host name; empty when host name privacy is on.
    pub hostname: &'a str,
}

impl CallHomeMessage {
    /// A message with licensing data to the backend, the `number`th of its sender.
    pub fn licensing(sender: Sender<'_>, number: u64, epoch_s: u64, data: &str) -> Self {
        let Sender { product_id, serial_number, series, hostname } = sender;
        let date = creation_date(epoch_s);
        let id = |letter| {
            let serial_number = serial_number.to_owned();
            MessageId { letter, number, serial_number, epoch_s }.to_string()
        };
        Self {
            to: BACKEND.to_owned(),
            via: Some(APPLIANCE.to_owned()),
            from: APPLIANCE.to_owned(),
            message_id: id(MessageId::REQUEST),
            block_type: TYPE_SMART_LICENSING.to_owned(),
            creation_date: date.clone(),
            builder: Some(Builder { name: product_id.to_owned(), version: "2.0".to_owned() }),
            group: Some(BlockGroup {
                id: id(MessageId::GROUP),
                number: 0,
                is_last: true,
                is_primary: true,
                wait_for_primary: false,
            }),
            severity: Some(2),
            content: Some(Content {
                event_time: date,
                description: "Smart licensing".to_owned(),
                event_type: "smart_licensing".to_owned(),
                series: series.to_owned(),
                device_id: format!("{product_id}@C@{serial_number}"),
                system_name: hostname.to_owned(),
                model: product_id.to_owned(),
                serial_number: serial_number.to_owned(),
            }),
            attachments: vec![Attachment::smart_licensing(data)],
        }
    }

    /// The answer to this message, with licensing data.
    pub fn answered(&self, epoch_s: u64, data: &str) -> Self {
        let answer_id = |id: MessageId| MessageId { letter: MessageId::ANSWER, ..id }.to_string();
        let message_id =
            self.message_id.parse().map_or_else(|_| self.message_id.clone(), answer_id);
        Self {
            to: self.from.clone(),
            from: self.to.clone(),
            message_id,
            creation_date: creation_date(epoch_s),
            attachments: vec![Attachment::smart_licensing(data)],
            ..self.clone()
        }
    }

    /// The classic request inside.
    pub fn classic_request(&self) -> Result<RequestEnvelope, Error> {
        RequestEnvelope::decode(self.licensing_text()?.as_bytes())
    }

    /// The classic answer inside.
    pub fn classic_answer(&self) -> Result<AnswerEnvelope, Error> {
        AnswerEnvelope::decode(self.licensing_text()?.as_bytes())
    }

    /// The licensing data, when it is attached as it must be: inline, as plain text.
    pub fn licensing_text(&self) -> Result<&str, Error> {
        let named = |attachment: &&Attachment| attachment.name == SMART_LICENSING_DATA;
        let missing = Error::Missing { format: FORMAT, part: "attachment smart_licensing_data" };
        let attachment = self.attachments.iter().find(named).ok_or(missing)?;
        let wrong = |part, found, expected| Error::malformed(FORMAT, part, found, expected);
        if attachment.kind != "inline" {
            return Err(wrong("Attachment type", &attachment.kind, "inline"));
        }
        match attachment.encoding.as_str() {
            // No public sample shows an absent one; what XML holds is text.
            "plain" | "text" | "" => Ok(&attachment.data),
            other => Err(wrong("Data encoding", other, "plain or text")),
        }
    }
}
