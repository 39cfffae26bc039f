//! Answers as servers usually write them.

use serde_json::Value;

use super::{Scan, members, once};
use crate::transport::smart::{ConnectInfo, SenderInfo};
use crate::transport::smart_answer::{AnswerLine, SmartAnswer};
use crate::{
    AnswerStatus, Capabilities, Extra, LineStatus, Nonce, PollId, ProductInstanceId, SoftwareTag,
    Sudi,
};

/// An answer, if nothing in it is unusual.
pub(crate) fn smart_answer(text: &str) -> Option<SmartAnswer> {
    Scan::whole(text, Scan::smart_answer)
}

impl Scan<'_> {
    fn smart_answer(&mut self) -> Option<SmartAnswer> {
        let (mut sender_info, mut status, mut message_code) = (None, None, None);
        let (mut message, mut nonce, mut license_data) = (None, None, None);
        members!(self {
            "sender_info" => once(&mut sender_info, self.or_null(Self::sender_info)),
            "status" => once(&mut status, self.text().map(AnswerStatus::from)),
            "message_code" => once(&mut message_code, self.or_null(Self::owned)),
            "message" => once(&mut message, self.or_null(Self::owned)),
            "nonce" => once(&mut nonce, self.or_null(|scan| scan.text().map(Nonce::new))),
            "license_data" => {
                once(&mut license_data, self.or_null(|scan| scan.items(Self::answer_line)))
            },
        });
        Some(SmartAnswer {
            sender_info: sender_info.flatten(),
            status: status?,
            message_code: message_code.flatten(),
            message: message.flatten(),
            nonce: nonce.flatten(),
            license_data: license_data.flatten().unwrap_or_default(),
            extra: Extra::new(),
        })
    }

    fn answer_line(&mut self) -> Option<AnswerLine> {
        let (mut status, mut request_line_id, mut sudi, mut poll_id) = (None, None, None, None);
        let (mut poll_interval, mut message_code) = (None, None);
        let (mut message, mut smart_license) = (None, None);
        members!(self {
            "status" => once(&mut status, self.text().map(LineStatus::from)),
            "request_line_id" => once(&mut request_line_id, self.or_null(Self::number)),
            "sudi" => once(&mut sudi, self.or_null(Self::sudi)),
            "poll_id" => once(&mut poll_id, self.or_null(Self::number)),
            "poll_interval" => once(&mut poll_interval, self.or_null(Self::number)),
            "message_code" => once(&mut message_code, self.or_null(Self::owned)),
            "message" => once(&mut message, self.or_null(Self::owned)),
            "smart_license" => once(&mut smart_license, self.or_null(Self::text)),
        });
        Some(AnswerLine {
            status: status?,
            request_line_id: request_line_id.flatten(),
            sudi: sudi.flatten(),
            poll_id: poll_id.flatten().map(PollId),
            poll_interval: poll_interval.flatten(),
            message_code: message_code.flatten(),
            message: message.flatten(),
            smart_license: or_none(smart_license).map(str::to_owned),
            extra: Extra::new(),
        })
    }

    pub(super) fn sender_info(&mut self) -> Option<SenderInfo> {
        let (mut connect_info, mut timestamp, mut nonce) = (None, None, None);
        let (mut sudi, mut identifier, mut tag) = (None, None, None);
        members!(self {
            "connect_info" => once(&mut connect_info, self.connect_info()),
            "timestamp" => once(&mut timestamp, self.number()),
            "nonce" => once(&mut nonce, self.text().map(Nonce::new)),
            "sudi" => once(&mut sudi, self.sudi()),
            "product_instance_identifier" => once(&mut identifier, self.or_null(Self::text)),
            "software_tag_identifier" => once(&mut tag, self.text().map(SoftwareTag::new)),
        });
        Some(SenderInfo {
            connect_info: connect_info?,
            timestamp: timestamp?,
            nonce: nonce?,
            sudi: sudi?,
            product_instance_identifier: or_none(identifier).map(ProductInstanceId::new),
            software_tag_identifier: tag?,
            extra: Extra::new(),
        })
    }

    fn connect_info(&mut self) -> Option<ConnectInfo> {
        let (mut name, mut version, mut production) = (None, None, None);
        let (mut additional_info, mut capabilities) = (None, None);
        members!(self {
            "name" => once(&mut name, self.text()),
            "version" => once(&mut version, self.text()),
            "production" => once(&mut production, self.truth()),
            "additional_info" => once(&mut additional_info, self.or_null(Self::text)),
            "capabilities" => once(&mut capabilities, self.or_null(Self::capabilities)),
        });
        Some(ConnectInfo {
            name: name?.into(),
            version: version?.into(),
            production: production.unwrap_or_default(),
            additional_info: additional_info.flatten().map_or(Value::Null, Value::from),
            capabilities: capabilities.flatten().unwrap_or_default(),
            extra: Extra::new(),
        })
    }

    fn capabilities(&mut self) -> Option<Capabilities> {
        self.blanks();
        let begins = self.at;
        if let Some(known) = Capabilities::known(&self.text[begins..]) {
            self.at += known.json().len();
            return Some(known);
        }
        let read: Capabilities = self.items(Self::text)?.into_iter().collect();
        read.remember(&self.text[begins..self.at]);
        Some(read)
    }

    pub(super) fn sudi(&mut self) -> Option<Sudi> {
        let (mut pid, mut serial) = (None, None);
        members!(self {
            "udi_pid" => once(&mut pid, self.text()),
            "udi_serial_number" => once(&mut serial, self.text()),
        });
        Some(Sudi {
            udi_pid: pid.unwrap_or_default().into(),
            udi_serial_number: serial.unwrap_or_default().into(),
            extra: Extra::new(),
        })
    }

    pub(super) fn owned(&mut self) -> Option<String> {
        self.text().map(str::to_owned)
    }
}

/// `null`, `""` and absent are all none.
pub(super) fn or_none(text: Option<Option<&str>>) -> Option<&str> {
    text.flatten().filter(|text| !text.is_empty())
}
