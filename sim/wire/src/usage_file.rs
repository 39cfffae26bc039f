//! The usage file: RUM reports in CDATA, then who wrote them.
//!
//! Source: Troubleshoot SLP on 9800, "Background Information" (plain text XML); the elements from
//! public samples.

use crate::proposed::system_info::SystemInfo;
use crate::rum_report::RumReport;
use crate::xml::Element;
use crate::{Error, limits};

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
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><smartLicense>");
        for report in &self.reports {
            // A CDATA section must not hold its own end; JSON lets `>` be written as an escape.
            let json = report.encode().replace("]]>", "]]\\u003e");
            out.push_str(&format!("<RUMReport><![CDATA[{json}]]></RUMReport>"));
        }
        if let Some(info) = &self.system_info {
            out.push_str(&info.encode());
        }
        out.push_str("</smartLicense>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        let root = Element::parse(FORMAT, source)?;
        Self::from_element(&root)
    }

    pub(crate) fn from_element(root: &Element) -> Result<Self, Error> {
        // A lone report element is how public samples are passed around.
        let reports = if root.name == "RUMReport" {
            vec![RumReport::decode(root.text.trim().as_bytes())?]
        } else {
            root.children_named("RUMReport")
                .map(|report| RumReport::decode(report.text.trim().as_bytes()))
                .collect::<Result<_, _>>()?
        };
        Ok(Self { reports, system_info: SystemInfo::from_root(root)? })
    }
}
