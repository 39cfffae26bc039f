//! The answers of the bench server, rendered once by the codec with markers where requests differ.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::transport::smart::{CSLU_NAME, ConnectInfo, SenderInfo};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::{
    AnswerStatus, EntitlementTag, Extra, LineStatus, Nonce, PollId, ProductInstanceId, ReportId,
    SoftwareTag, Sudi, TrustId,
};

use crate::template::Template;

const NONCE: &str = "@nonce@";
const PRODUCT_ID: &str = "@pid@";
const SERIAL_NUMBER: &str = "@serial@";
const PRODUCT_INSTANCE: &str = "@piid@";
const SOFTWARE_TAG: &str = "@software@";
const ARTEFACT: &str = "@artefact@";
const STAMP: &str = "@stamp@";
const ENTITLEMENT: &str = "@tag@";
/// Numbers nothing else in an answer is.
const NOW_MS: u64 = 1_111_111_111_111;
const POLL_ID: u64 = 7_777_777_777_777_777_777;
const INTERVAL_S: u64 = 555_555;
const REPORT_ID: u64 = 6_666_666_666;
const TRUST_ID: u64 = 4_444_444_444;

/// What a CSLU-type server says it understands.
const CAPABILITIES: [&str; 10] = [
    "UTILITY",
    "DLC",
    "AppHA",
    "MULTITIER",
    "EXPORT_2",
    "OK_TRY_AGAIN",
    "POLICY_USAGE",
    "CSLU_V1",
    "CSLU_V2",
    "TELEMETRY",
];

/// As long as a DER P-256 signature; nobody who was not given the server's key looks at it.
const SIGNATURE: [u8; 71] = [0x30; 71];
/// As long as a test sub-CA's certificate.
const CERTIFICATE: [u8; 480] = [0x30; 480];

/// Everything that can be rendered before the first request.
pub(crate) struct Rendered {
    /// Gaps: time, nonce, product id, serial number, identifier, software tag, poll id, interval.
    pub(crate) deferred: Template,
    /// Gaps: as `deferred`, but the artefact in place of the poll id, and no interval.
    pub(crate) complete: Template,
    /// Gaps: product id, serial number, identifier, date stamp, trust id.
    pub(crate) trust: Template,
    /// Gaps: time, nonce, product id, serial number, identifier, reports.
    pub(crate) acknowledgement: Template,
    /// One report of an acknowledgement. Gaps: report id, entitlement tag.
    pub(crate) report: Template,
}

impl Rendered {
    /// Renders them.
    pub(crate) fn new() -> Self {
        let mut deferred = AnswerLine::new(LineStatus::OkPoll, 1);
        (deferred.poll_id, deferred.poll_interval) = (Some(PollId(POLL_ID)), Some(INTERVAL_S));
        let mut complete = AnswerLine::new(LineStatus::Complete, 1);
        complete.smart_license = Some(ARTEFACT.to_owned());
        let (now, poll_id, interval) =
            (NOW_MS.to_string(), POLL_ID.to_string(), INTERVAL_S.to_string());
        let head = [now.as_str(), NONCE, PRODUCT_ID, SERIAL_NUMBER, PRODUCT_INSTANCE, SOFTWARE_TAG];
        let markers = |line: &[&'static str]| [head.as_slice(), line].concat();
        let mut deferred_markers = markers(&[]);
        deferred_markers.extend([poll_id.as_str(), interval.as_str()]);
        let (acknowledgement, report) = acknowledgement();
        Self {
            deferred: Template::new(&envelope(deferred), &deferred_markers),
            complete: Template::new(&envelope(complete), &markers(&[ARTEFACT])),
            trust: trust(),
            acknowledgement,
            report,
        }
    }
}

/// The identifier an instance gets with its trust code: a UUID that follows from its serial number.
pub(crate) fn product_instance(serial_number: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    serial_number.hash(&mut hasher);
    format!("00000000-0000-4000-8000-{:012x}", hasher.finish() & 0xffff_ffff_ffff)
}

/// A time as trust codes carry it.
pub(crate) fn date_stamp(now_ms: u64) -> String {
    let at = i64::try_from(now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn sudi() -> Sudi {
    Sudi {
        udi_pid: PRODUCT_ID.into(),
        udi_serial_number: SERIAL_NUMBER.into(),
        extra: Extra::new(),
    }
}

fn envelope(mut line: AnswerLine) -> String {
    line.sudi = Some(sudi());
    let answer = SmartAnswer {
        sender_info: Some(SenderInfo {
            connect_info: ConnectInfo {
                name: CSLU_NAME.into(),
                version: "v1".into(),
                production: true,
                additional_info: "".into(),
                capabilities: CAPABILITIES.iter().copied().collect(),
                extra: Extra::new(),
            },
            timestamp: NOW_MS,
            nonce: Nonce::new(NONCE),
            sudi: sudi(),
            product_instance_identifier: Some(ProductInstanceId::new(PRODUCT_INSTANCE)),
            software_tag_identifier: SoftwareTag::new(SOFTWARE_TAG),
            extra: Extra::new(),
        }),
        status: AnswerStatus::Complete,
        message_code: None,
        message: None,
        nonce: None,
        license_data: vec![line],
        extra: Extra::new(),
    };
    String::from_utf8(answer.encode()).expect("JSON is UTF-8")
}

fn trust() -> Template {
    let code = TrustCode {
        udi: format!("P:{PRODUCT_ID},S:{SERIAL_NUMBER}"),
        customer: Some(CustomerInfo {
            smart_account: "Muster TEST SA".to_owned(),
            virtual_account: "Default".to_owned(),
        }),
        product_instance_identifier: Some(ProductInstanceId::new(PRODUCT_INSTANCE)),
        date_stamp: Some(STAMP.to_owned()),
        id_certificate: Some(STANDARD.encode(CERTIFICATE)),
        sub_ca: Some(STANDARD.encode(CERTIFICATE)),
        trust_id: Some(TrustId(TRUST_ID)),
        status: TrustStatus {
            success: true,
            message: None,
            code: None,
            correlation_id: Some("null-null".to_owned()),
        },
    };
    let text = TrustAnswer::new(code, |_| STANDARD.encode(SIGNATURE)).encode();
    let trust_id = TRUST_ID.to_string();
    Template::new(&text, &[PRODUCT_ID, SERIAL_NUMBER, PRODUCT_INSTANCE, STAMP, &trust_id])
}

/// The acknowledgement around its reports, and one report.
fn acknowledgement() -> (Template, Template) {
    let report = AcknowledgedReport {
        report_id: ReportId(REPORT_ID),
        entitlement_tag: EntitlementTag::new(ENTITLEMENT),
        status: AcknowledgedReport::ACKED.to_owned(),
        message: String::new(),
    };
    let data = AcknowledgementData {
        version: "2.0".to_owned(),
        timestamp: NOW_MS,
        nonce: Nonce::new(NONCE),
        sudi: sudi(),
        product_instance_identifier: Some(ProductInstanceId::new(PRODUCT_INSTANCE)),
        acks: vec![report],
        next_report_due: 0,
        extra: Extra::new(),
    };
    let text = Acknowledgement::new(data, Vec::new(), |_| STANDARD.encode(SIGNATURE)).encode();
    let (now, id) = (NOW_MS.to_string(), REPORT_ID.to_string());
    let marker = text.find(&id).expect("the report is in its acknowledgement");
    let start = text[..marker].rfind('{').expect("a report is an object");
    let end = marker + text[marker..].find('}').expect("the object ends") + 1;
    let entry = &text[start..end];
    let markers = [now.as_str(), NONCE, PRODUCT_ID, SERIAL_NUMBER, PRODUCT_INSTANCE, entry];
    (Template::new(&text, &markers), Template::new(entry, &[&id, ENTITLEMENT]))
}
