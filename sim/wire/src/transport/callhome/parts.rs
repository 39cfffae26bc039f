//! The parts of a Call Home block: builder, group, content, attachments.

use super::{BLOCK, FORMAT, SMART_LICENSING_DATA, structure};
use crate::trust::leaf;
use crate::xml::{Element, escape, is_xml_character};
use crate::{Error, limits};

const CALL_HOME: &str = "http://www.cisco.com/2005/05/callhome";
const RME: &str = "http://www.cisco.com/rme/4.0";

/// `aml-block:Builder`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Builder {
    /// Product name.
    pub name: String,
    /// `2.0` in the sample.
    pub version: String,
}

/// `aml-block:BlockGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockGroup {
    /// `G<n>:<serial number>:<eight hex digits>`.
    pub id: String,
    /// Position in the group, from 0.
    pub number: u32,
    /// Whether no block follows.
    pub is_last: bool,
    /// Whether this is the block that matters.
    pub is_primary: bool,
    /// Whether a reader must wait for that block.
    pub wait_for_primary: bool,
}

/// The parts of `ch:CallHome` that name the sender; an element that is absent reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// When the event happened, form of `creation_date`.
    pub event_time: String,
    /// One sentence.
    pub description: String,
    /// Kind of event.
    pub event_type: String,
    /// Product series.
    pub series: String,
    /// `<product id>@C@<serial number>`.
    pub device_id: String,
    /// Host name.
    pub system_name: String,
    /// Model of the chassis.
    pub model: String,
    /// Serial number of the chassis.
    pub serial_number: String,
}

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// `inline` in the samples.
    pub kind: String,
    /// Name.
    pub name: String,
    /// `plain` or `text`.
    pub encoding: String,
    /// The data, exactly.
    pub data: String,
}

impl Attachment {
    /// Licensing data as an inline attachment.
    pub fn smart_licensing(data: &str) -> Self {
        Self {
            kind: "inline".to_owned(),
            name: SMART_LICENSING_DATA.to_owned(),
            encoding: "plain".to_owned(),
            data: data.to_owned(),
        }
    }
}

impl Builder {
    pub(super) fn encode(&self, out: &mut String) {
        out.push_str("<aml-block:Builder>");
        leaf(out, "aml-block:Name", Some(&self.name));
        leaf(out, "aml-block:Version", Some(&self.version));
        out.push_str("</aml-block:Builder>");
    }

    pub(super) fn from_element(builder: &Element) -> Self {
        Self { name: text(builder, "Name"), version: text(builder, "Version") }
    }
}

impl BlockGroup {
    pub(super) fn encode(&self, out: &mut String) {
        out.push_str("<aml-block:BlockGroup>");
        leaf(out, "aml-block:GroupId", Some(&self.id));
        leaf(out, "aml-block:Number", Some(&self.number.to_string()));
        leaf(out, "aml-block:IsLast", Some(&self.is_last.to_string()));
        leaf(out, "aml-block:IsPrimary", Some(&self.is_primary.to_string()));
        leaf(out, "aml-block:WaitForPrimary", Some(&self.wait_for_primary.to_string()));
        out.push_str("</aml-block:BlockGroup>");
    }

    pub(super) fn from_element(group: &Element) -> Result<Self, Error> {
        let number = match group.child_text("Number") {
            None => 0,
            Some(found) => found
                .parse()
                .map_err(|_| Error::malformed(FORMAT, "BlockGroup/Number", found, "a number"))?,
        };
        let flag = |name| group.child_text(name) == Some("true");
        Ok(Self {
            id: text(group, "GroupId"),
            number,
            is_last: flag("IsLast"),
            is_primary: flag("IsPrimary"),
            wait_for_primary: flag("WaitForPrimary"),
        })
    }
}

impl Content {
    pub(super) fn encode(&self, out: &mut String) {
        let ch = |out: &mut String, name: &str, value: &str| {
            leaf(out, &format!("ch:{name}"), Some(value));
        };
        out.push_str("<aml-block:Content>");
        out.push_str(&format!("<ch:CallHome xmlns:ch=\"{CALL_HOME}\" version=\"1.0\">"));
        ch(out, "EventTime", &self.event_time);
        ch(out, "MessageDescription", &self.description);
        out.push_str("<ch:Event>");
        ch(out, "Type", &self.event_type);
        ch(out, "Series", &self.series);
        out.push_str("</ch:Event><ch:CustomerData><ch:ContractData>");
        ch(out, "DeviceId", &self.device_id);
        out.push_str("</ch:ContractData><ch:SystemInfo>");
        ch(out, "Name", &self.system_name);
        out.push_str("</ch:SystemInfo></ch:CustomerData><ch:Device>");
        out.push_str(&format!("<rme:Chassis xmlns:rme=\"{RME}\">"));
        leaf(out, "rme:Model", Some(&self.model));
        leaf(out, "rme:SerialNumber", Some(&self.serial_number));
        out.push_str("</rme:Chassis></ch:Device></ch:CallHome></aml-block:Content>");
    }

    pub(super) fn from_element(call_home: &Element) -> Self {
        let at = |path: &[&str], name: &str| {
            let mut element = Some(call_home);
            for step in path {
                element = element.and_then(|element| element.child(step));
            }
            element.map(|element| text(element, name)).unwrap_or_default()
        };
        Self {
            event_time: at(&[], "EventTime"),
            description: at(&[], "MessageDescription"),
            event_type: at(&["Event"], "Type"),
            series: at(&["Event"], "Series"),
            device_id: at(&["CustomerData", "ContractData"], "DeviceId"),
            system_name: at(&["CustomerData", "SystemInfo"], "Name"),
            model: at(&["Device", "Chassis"], "Model"),
            serial_number: at(&["Device", "Chassis"], "SerialNumber"),
        }
    }
}

impl Attachment {
    pub(super) fn encode(&self, out: &mut String) {
        out.push_str(&format!("<aml-block:Attachment type=\"{}\">", escape(&self.kind)));
        leaf(out, "aml-block:Name", Some(&self.name));
        let encoding = escape(&self.encoding);
        out.push_str(&format!("<aml-block:Data encoding=\"{encoding}\">"));
        // A CDATA section must not hold its own end, nor what XML cannot hold or would change.
        if self.data.contains(|c| c == '\r' || !is_xml_character(c)) {
            out.push_str(&escape(&self.data));
        } else {
            let data = self.data.replace("]]>", "]]]]><![CDATA[>");
            out.push_str(&format!("<![CDATA[{data}]]>"));
        }
        out.push_str("</aml-block:Data></aml-block:Attachment>");
    }

    pub(super) fn from_element(attachment: &Element) -> Result<Self, Error> {
        structure::check_name(attachment, BLOCK, "Attachment")?;
        let data = structure::part(attachment, BLOCK, "Data")?;
        let (length, limit) = (data.text.len(), limits::ATTACHMENT_BYTES_MAX);
        if length > limit {
            return Err(Error::TooLong { format: "Call Home attachment", length, limit });
        }
        let attribute = |element: &Element, name: &str| {
            let found = element.attributes.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Ok(Self {
            kind: attribute(attachment, "type"),
            name: text(attachment, "Name"),
            encoding: attribute(data, "encoding"),
            data: data.text.clone(),
        })
    }
}

pub(super) fn missing(part: &'static str) -> Error {
    Error::Missing { format: FORMAT, part }
}

pub(super) fn text(element: &Element, name: &str) -> String {
    element.child_text(name).unwrap_or_default().to_owned()
}

pub(super) fn required(element: &Element, part: &'static str) -> Result<String, Error> {
    element.child_text(part).map(str::to_owned).ok_or(missing(part))
}
