//! Smart Transport envelopes, the data of acknowledgements and the file's system info as text.

use super::{Object, Write, list};
use crate::proposed::acknowledgement::{AcknowledgedReport, AcknowledgementData};
use crate::proposed::system_info::SystemInfo;
use crate::transport::smart::{ConnectInfo, ListedInstance, RequestLine, SenderInfo, SmartRequest};
use crate::transport::smart_answer::{AnswerLine, SmartAnswer};
use crate::{PollId, ProductInstanceId};

impl Write for PollId {
    fn write(&self, out: &mut String) {
        self.0.write(out);
    }
}

/// None is written as an empty text.
fn or_empty(id: Option<&ProductInstanceId>) -> &str {
    id.map_or("", ProductInstanceId::as_str)
}

impl Write for SmartRequest {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"sender_info\":", &self.sender_info);
        list(object.name("\"device_list\":"), &self.device_list);
        list(object.name("\"license_data\":"), &self.license_data);
        let kind = self.request_type.as_ref();
        object.optional_text("\"request_type\":", kind.map(|kind| kind.as_str()));
        object.end(&self.extra);
    }
}

impl Write for SenderInfo {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"connect_info\":", &self.connect_info);
        object.member("\"timestamp\":", &self.timestamp);
        object.text("\"nonce\":", self.nonce.as_str());
        object.member("\"sudi\":", &self.sudi);
        let id = or_empty(self.product_instance_identifier.as_ref());
        object.text("\"product_instance_identifier\":", id);
        object.text("\"software_tag_identifier\":", self.software_tag_identifier.as_str());
        object.end(&self.extra);
    }
}

impl Write for ConnectInfo {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"name\":", &self.name);
        object.text("\"version\":", &self.version);
        object.member("\"production\":", &self.production);
        object.member("\"additional_info\":", &self.additional_info);
        object.name("\"capabilities\":").push_str(self.capabilities.json());
        object.end(&self.extra);
    }
}

impl Write for ListedInstance {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"sudi\":", &self.sudi);
        object.text("\"software_tag_identifier\":", self.software_tag_identifier.as_str());
        let id = or_empty(self.product_instance_identifier.as_ref());
        object.text("\"product_instance_identifier\":", id);
        object.optional("\"product_version\":", self.product_version.as_ref());
        object.optional("\"hostname\":", self.hostname.as_ref());
        object.optional("\"role\":", self.role.as_ref());
        object.end(&self.extra);
    }
}

impl Write for RequestLine {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        let kind = self.request_type.as_ref();
        object.optional_text("\"request_type\":", kind.map(|kind| kind.as_str()));
        object.member("\"request_line_id\":", &self.request_line_id);
        object.optional("\"sudi\":", self.sudi.as_ref());
        object.optional("\"poll_id\":", self.poll_id.as_ref());
        object.text("\"smart_license\":", self.smart_license.as_deref().unwrap_or_default());
        object.end(&self.extra);
    }
}

impl Write for SmartAnswer {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.optional("\"sender_info\":", self.sender_info.as_ref());
        object.text("\"status\":", self.status.as_str());
        object.optional_text("\"message_code\":", self.message_code.as_deref());
        object.optional_text("\"message\":", self.message.as_deref());
        object.optional_text("\"nonce\":", self.nonce.as_ref().map(|nonce| nonce.as_str()));
        if !self.license_data.is_empty() {
            list(object.name("\"license_data\":"), &self.license_data);
        }
        object.end(&self.extra);
    }
}

impl Write for AnswerLine {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"status\":", self.status.as_str());
        object.optional("\"request_line_id\":", self.request_line_id.as_ref());
        object.optional("\"sudi\":", self.sudi.as_ref());
        object.optional("\"poll_id\":", self.poll_id.as_ref());
        object.optional("\"poll_interval\":", self.poll_interval.as_ref());
        object.optional_text("\"message_code\":", self.message_code.as_deref());
        object.optional_text("\"message\":", self.message.as_deref());
        object.text("\"smart_license\":", self.smart_license.as_deref().unwrap_or_default());
        object.end(&self.extra);
    }
}

impl Write for AcknowledgementData {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.text("\"version\":", &self.version);
        object.member("\"timestamp\":", &self.timestamp);
        object.text("\"nonce\":", self.nonce.as_str());
        object.member("\"sudi\":", &self.sudi);
        let id = or_empty(self.product_instance_identifier.as_ref());
        object.text("\"product_instance_identifier\":", id);
        list(object.name("\"acks\":"), &self.acks);
        object.member("\"next_report_due\":", &self.next_report_due);
        object.end(&self.extra);
    }
}

impl Write for AcknowledgedReport {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"report_id\":", &self.report_id);
        object.text("\"entitlement_tag\":", self.entitlement_tag.as_str());
        object.text("\"status\":", &self.status);
        object.text("\"message\":", &self.message);
        object.close();
    }
}

impl Write for SystemInfo {
    fn write(&self, out: &mut String) {
        let mut object = Object::begin(out);
        object.member("\"sudi\":", &self.sudi);
        object.member("\"timestamp\":", &self.timestamp);
        object.text("\"nonce\":", self.nonce.as_str());
        object.optional("\"hostname\":", self.hostname.as_ref());
        let id = or_empty(self.product_instance_identifier.as_ref());
        object.text("\"product_instance_identifier\":", id);
        object.text("\"software_tag_identifier\":", self.software_tag_identifier.as_str());
        list(object.name("\"device_list\":"), &self.device_list);
        object.end(&self.extra);
    }
}
