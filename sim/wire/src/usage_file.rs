//! The usage file: RUM reports in CDATA, then who wrote them.
//!
//! Source: Troubleshoot SLP on 9800, "Background Information" (plain text XML); the elements from
//! public samples.

use crate::proposed::system_info::SystemInfo;
use crate::rum_report::RumReport;
use crate::xml::Node;
use crate::{Error, limits, writing};

const FORMAT: &str = "usage file";

/// A decoded usage file.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageFile {
    /// The reports, in order.
    pub reports: Vec<RumReport>,
    /// Who wrote the file.
    pub system_info: Option<SystemInfo>,
}

impl UsageFile {
    /// The whole artefact.
    pub fn encode(&self) -> String {
        let payloads: usize = self.reports.iter().map(|report| report.payload.len()).sum();
        // A quarter of a payload are quotes, each of which is escaped.
        let capacity = payloads + payloads / 4 + 640 * self.reports.len() + 2048;
        let mut out = String::with_capacity(capacity);
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?><smartLicense>");
        for report in &self.reports {
            out.push_str("<RUMReport><![CDATA[");
            let from = out.len();
            writing::Write::write(report, &mut out);
            // A CDATA section must not hold its own end; JSON lets `>` be written as an escape.
            if memchr::memmem::find(&out.as_bytes()[from..], b"]]>").is_some() {
                let json = out.split_off(from).replace("]]>", "]]\\u003e");
                out.push_str(&json);
            }
            out.push_str("]]></RUMReport>");
        }
        if let Some(info) = &self.system_info {
            info.encode(&mut out);
        }
        out.push_str("</smartLicense>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, Self::from_node)
    }

    pub(crate) fn from_node(root: &Node<'_>) -> Result<Self, Error> {
        let reports = Self::reports_from_node(root)?;
        Ok(Self { reports, system_info: SystemInfo::from_root(root)? })
    }

    pub(crate) fn reports_from_node(root: &Node<'_>) -> Result<Vec<RumReport>, Error> {
        // A lone report element is how public samples are passed around.
        if root.name == "RUMReport" {
            return Ok(vec![RumReport::decode_text(root.text.trim())?]);
        }
        let reports = root.children_named("RUMReport");
        reports.map(|report| RumReport::decode_text(report.text.trim())).collect()
    }
}
