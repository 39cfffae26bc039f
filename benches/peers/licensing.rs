//! Licensing answers for next to nothing: what is asked is found by scanning, what is answered was
//! rendered beforehand by the codec, and nothing is verified. So the client is the bottleneck.
//!
//! Everything is deferred, as an On-Prem does it: a trust request or usage report gets a poll id,
//! and the poll brings the trust code or the acknowledgement.

use std::collections::{BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_wire::Nonce;
use muster_wire::status::{DEVICE_HOST_IS_NOT_FOUND, HOST_NOT_FOUND};
use muster_wire::transport::smart_answer::SmartAnswer;

use crate::counters::{ACKNOWLEDGED, BAD, POLLS, REPORTS, TRUSTED, add};
use crate::rendering::{self, Rendered};
use crate::scan::{digits_after, find, number, text_after};

/// The first poll id; the documented ones have 19 digits, too.
const FIRST_POLL_ID: u64 = 5_583_279_046_281_676_962;

/// Poll intervals lie around a day and differ, seconds.
const POLL_INTERVAL_S: u64 = 86_400;
const POLL_INTERVAL_SPREAD_S: u64 = 1_801;

/// A report in a usage request, as its bytes spell it.
struct Reported {
    id: Box<[u8]>,
    entitlement_tag: Box<[u8]>,
}

/// What a poll will bring.
enum Deferred {
    Trust { trust_id: u64 },
    Acknowledgement { nonce: Box<[u8]>, reports: Vec<Reported> },
}

/// Answers requests; holds what was deferred and not yet fetched.
pub(crate) struct Licensing {
    rendered: Rendered,
    waiting: HashMap<u64, Deferred>,
    next_poll_id: u64,
    serials: BTreeSet<Box<[u8]>>,
    artefact: Vec<u8>,
    encoded: String,
}

/// What every answer repeats from its request.
struct Echo<'a> {
    nonce: &'a [u8],
    product_id: &'a [u8],
    serial_number: &'a [u8],
    product_instance: &'a [u8],
    software_tag: &'a [u8],
}

impl<'a> Echo<'a> {
    fn of(body: &'a [u8]) -> Option<Self> {
        // The members stand in this order, so each search goes on where the one before ended.
        let start = find(body, b"\"nonce\":\"")?;
        let sender = &body[start..];
        Some(Self {
            nonce: text_after(sender, b"\"nonce\":\"")?,
            product_id: text_after(sender, b"\"udi_pid\":\"")?,
            serial_number: text_after(sender, b"\"udi_serial_number\":\"")?,
            product_instance: text_after(sender, b"\"product_instance_identifier\":\"")?,
            software_tag: text_after(sender, b"\"software_tag_identifier\":\"")?,
        })
    }
}

impl Licensing {
    /// Renders everything that can be rendered before the first request.
    pub(crate) fn new() -> Self {
        Self {
            rendered: Rendered::new(),
            waiting: HashMap::new(),
            next_poll_id: FIRST_POLL_ID,
            serials: BTreeSet::new(),
            artefact: Vec::new(),
            encoded: String::new(),
        }
    }

    /// The answer to one request body; the short failure envelope when it cannot be read.
    pub(crate) fn answer(&mut self, body: &[u8]) -> Vec<u8> {
        self.read(body).unwrap_or_else(|| {
            add(&BAD, 1);
            let nonce = text_after(body, b"\"nonce\":\"").unwrap_or_default();
            let nonce = Nonce::new(&String::from_utf8_lossy(nonce));
            SmartAnswer::failure(HOST_NOT_FOUND, DEVICE_HOST_IS_NOT_FOUND, nonce).encode()
        })
    }

    fn read(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let echo = Echo::of(body)?;
        let line = &body[find(body, b"\"license_data\"")?..];
        match text_after(line, b"\"request_type\":\"")? {
            b"POLL" => self.fetched(&echo, number(digits_after(line, b"\"poll_id\":")?)?),
            b"TRUST_SYNC" | b"ID_TOKEN_TRUST" => {
                let trust_id = number(digits_after(&artefact(line)?, b"trust_id")?)?;
                if self.serials.insert(echo.serial_number.into()) {
                    add(&TRUSTED, 1);
                }
                Some(self.deferred(&echo, Deferred::Trust { trust_id }))
            }
            b"LICENSE_USAGE" => {
                let reports = reports(&artefact(line)?)?;
                add(&REPORTS, reports.len() as u64);
                let nonce = echo.nonce.into();
                Some(self.deferred(&echo, Deferred::Acknowledgement { nonce, reports }))
            }
            _ => None,
        }
    }

    fn deferred(&mut self, echo: &Echo<'_>, result: Deferred) -> Vec<u8> {
        let poll_id = self.next_poll_id;
        self.next_poll_id += 1;
        self.waiting.insert(poll_id, result);
        let interval_s = POLL_INTERVAL_S + poll_id % POLL_INTERVAL_SPREAD_S;
        let line = [poll_id.to_string(), interval_s.to_string()];
        envelope(&self.rendered.deferred, echo, [line[0].as_bytes(), line[1].as_bytes()])
    }

    fn fetched(&mut self, echo: &Echo<'_>, poll_id: u64) -> Option<Vec<u8>> {
        let result = self.waiting.remove(&poll_id)?;
        add(&POLLS, 1);
        self.artefact.clear();
        match result {
            Deferred::Trust { trust_id } => self.trust(echo, trust_id),
            Deferred::Acknowledgement { nonce, reports } => {
                add(&ACKNOWLEDGED, reports.len() as u64);
                self.acknowledge(echo, &nonce, &reports);
            }
        }
        self.encoded.clear();
        STANDARD.encode_string(&self.artefact, &mut self.encoded);
        Some(envelope(&self.rendered.complete, echo, [self.encoded.as_bytes(), b""]))
    }

    fn trust(&mut self, echo: &Echo<'_>, trust_id: u64) {
        let stamp = rendering::date_stamp(now_ms());
        let instance = rendering::product_instance(echo.serial_number);
        let values: [&[u8]; 5] = [
            echo.product_id,
            echo.serial_number,
            instance.as_bytes(),
            stamp.as_bytes(),
            &trust_id.to_string().into_bytes(),
        ];
        self.rendered.trust.fill(&mut self.artefact, &values);
    }

    fn acknowledge(&mut self, echo: &Echo<'_>, nonce: &[u8], reports: &[Reported]) {
        let mut entries = Vec::new();
        for Reported { id, entitlement_tag } in reports {
            if !entries.is_empty() {
                entries.push(b',');
            }
            self.rendered.report.fill(&mut entries, &[id, entitlement_tag]);
        }
        let now = now_ms().to_string();
        let values: [&[u8]; 6] = [
            now.as_bytes(),
            nonce,
            echo.product_id,
            echo.serial_number,
            echo.product_instance,
            &entries,
        ];
        self.rendered.acknowledgement.fill(&mut self.artefact, &values);
    }
}

fn envelope(template: &crate::template::Template, echo: &Echo<'_>, line: [&[u8]; 2]) -> Vec<u8> {
    let now = now_ms().to_string();
    let Echo { nonce, product_id, serial_number, product_instance, software_tag } = *echo;
    let mut out = Vec::with_capacity(2048 + line[0].len());
    let now = now.as_bytes();
    let values =
        [now, nonce, product_id, serial_number, product_instance, software_tag, line[0], line[1]];
    template.fill(&mut out, &values);
    out
}

/// The XML of the line's artefact.
fn artefact(line: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text_after(line, b"\"smart_license\":\"")?).ok()
}

/// Id and entitlement tag of every report of a usage file; none when one lacks either.
fn reports(xml: &[u8]) -> Option<Vec<Reported>> {
    const OPENING: &[u8] = b"<RUMReport>";
    let mut reports = Vec::with_capacity(1);
    let mut rest = xml;
    while let Some(at) = find(rest, OPENING) {
        rest = &rest[at + OPENING.len()..];
        let end = find(rest, OPENING).unwrap_or(rest.len());
        let report = &rest[..end];
        let id = digits_after(report, b"\"report_id")?;
        let tag = text_after(report, b"\"entitlement_tag\\\":\\\"")?;
        reports.push(Reported { id: id.into(), entitlement_tag: tag.into() });
    }
    (!reports.is_empty()).then_some(reports)
}

/// The clock, milliseconds since the epoch.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
