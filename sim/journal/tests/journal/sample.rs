//! One small journal with every kind of entry.

use muster_journal::entry::SCHEMA;
use muster_journal::{
    Answer, Body, Deviation, Entry, Event, Exchange, ExchangeOutcome, FailureCause, Header,
    HttpMessage, Intent, JourneyOutcome, PeerTls, Redactor, ScenarioInfo, Sink, TargetInfo,
    TimeMode, Writer,
};
use muster_wire::Udi;
use serde_json::json;

pub(crate) const START_MS: u64 = 1_767_225_600_000;

pub(crate) fn header() -> Header {
    Header {
        schema: SCHEMA.to_owned(),
        muster: "0.1.0".to_owned(),
        seed: 42,
        time: TimeMode::Virtual,
        started_at_ms: START_MS,
        target: TargetInfo {
            name: "embedded".to_owned(),
            endpoints: [(
                "cslu".to_owned(),
                "https://embedded.test/cslu/v1/pi/Default-1".to_owned(),
            )]
            .into(),
            capabilities: vec!["clock".to_owned()],
            ..TargetInfo::default()
        },
        scenarios: vec![ScenarioInfo {
            id: "conformance/usage/first-report".to_owned(),
            title: "The first usage report is acknowledged".to_owned(),
            provokes: vec!["RUM-001".to_owned()],
            file: "lab/first-report.yaml".to_owned(),
            gates: vec!["p99(report usage) < 250ms".to_owned()],
        }],
        command: vec!["--virtual".to_owned()],
        sampling: None,
    }
}

pub(crate) fn exchange(request: &[u8], outcome: ExchangeOutcome) -> Exchange {
    Exchange {
        id: 1,
        step: Some(1),
        endpoint: "cslu".to_owned(),
        method: "POST".to_owned(),
        url: "https://embedded.test/cslu/v1/pi/Default-1".to_owned(),
        intent: Intent {
            request_type: Some("LICENSE_USAGE".to_owned()),
            id_token: None,
            deviations: vec![Deviation::BodyTruncated { kept: 3 }, Deviation::PayloadEdited],
        },
        request: message(request),
        sent_at_ms: START_MS + 1,
        outcome,
        tls: Some(PeerTls { version: "TLSv1.3".to_owned(), chain_length: 3 }),
        reading: None,
    }
}

pub(crate) fn answered(body: &[u8]) -> ExchangeOutcome {
    let message = message(body);
    ExchangeOutcome::Answered(Answer {
        status: 200,
        message,
        received_at_ms: START_MS + 2,
        elapsed_us: 0,
    })
}

pub(crate) fn message(body: &[u8]) -> HttpMessage {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    HttpMessage { headers, body: Body(body.to_vec()) }
}

pub(crate) fn entries() -> Vec<Entry> {
    let failed = ExchangeOutcome::Failed {
        cause: FailureCause::Timeout,
        detail: "no answer in 30 s".to_owned(),
    };
    let mut events = opening();
    events.extend([
        Event::Exchange(Box::new(exchange(b"{}", answered(b"{\"status\":\"COMPLETE\"}\n")))),
        Event::Exchange(Box::new(exchange(&[0xff, 0x00, b'"'], failed))),
        Event::StateChanged {
            machine: "rum_report".to_owned(),
            key: "1767225600".to_owned(),
            from: "CLOSED".to_owned(),
            to: "UNACKNOWLEDGED".to_owned(),
            input: "OK_POLL".to_owned(),
        },
        Event::TimerFired { timer: "poll_due".to_owned() },
        Event::TimeAdvanced { by_ms: 86_400_000, target_moved: true },
        Event::FaultInjected { fault: "connection reset".to_owned() },
        Event::FaultRaised {
            kind: "registration_failed".to_owned(),
            severity: "major".to_owned(),
            detail: "the product could not register".to_owned(),
        },
        Event::FaultCleared { kind: "registration_failed".to_owned(), tag: String::new() },
        Event::ServerChosen { server: "secondary".to_owned() },
        Event::ThirdPartyKeyReceived { name: "VOUCHER_CODE".to_owned(), key_id: 41 },
        Event::HookCalled {
            hook: "clock".to_owned(),
            arguments: json!({"advance_ms": 86_400_000}),
            failure: None,
        },
        Event::Syslog { text: "%SMART_LIC-5-COMM_RESTORED: Communications restored".to_owned() },
        Event::Expectation {
            step: 1,
            subject: "line.status".to_owned(),
            expected: "OK_POLL".to_owned(),
            actual: "COMPLETE".to_owned(),
            met: false,
        },
        Event::StepFinished { step: 1, outcome: "COMPLETE".to_owned() },
        Event::JourneyFinished {
            outcome: JourneyOutcome::NotRun { lacks: vec!["clock".to_owned()] },
        },
        Event::RunFinished { completed: 1, interrupted: false },
    ]);
    (1..)
        .zip(events)
        .map(|(seq, event)| Entry {
            seq,
            at_ms: START_MS + seq,
            journey: Some(0),
            instance: (seq > 1).then_some(0),
            event,
        })
        .collect()
}

fn opening() -> Vec<Event> {
    vec![
        Event::JourneyStarted { scenario: "conformance/usage/first-report".to_owned(), replica: 0 },
        Event::InstanceJoined {
            name: "wlc".to_owned(),
            udi: Udi::new("C9800-L-F-K9", "MST0000A001"),
            platform: "c9800-l".to_owned(),
            software_tag: "regid.2019-06.com.cisco.C9800_L_F_K9,1.0_\
                           5a1e0000-0000-4000-8000-00000000c980"
                .to_owned(),
            public_key: "TVVTVEVS".to_owned(),
        },
        Event::StepStarted {
            step: 1,
            verb: "report".to_owned(),
            arguments: json!({"instance": "wlc", "via": "cslu"}),
            line: 12,
        },
    ]
}

pub(crate) fn written(entries: &[Entry], redactor: Redactor) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), &header(), redactor).unwrap();
    entries.iter().for_each(|entry| writer.record(entry));
    writer.finish().unwrap()
}

pub(crate) fn plain(compressed: &[u8]) -> String {
    String::from_utf8(zstd::decode_all(compressed).unwrap()).unwrap()
}
