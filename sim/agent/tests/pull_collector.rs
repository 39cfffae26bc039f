//! A collector as the documents describe one, and an instance it comes to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::pull::{Access, InstanceAnswer, InstanceInterface, InstanceRequest};
use muster_agent::{Command, Common, Effect};
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::proposed::policy::{Policy, PolicyTerms, ReportingDays};
use muster_wire::rum_report::RumReport;
use muster_wire::transport::instance_service::CollectedReports;
use muster_wire::{Extra, Nonce};
use serde_json::Value;

use crate::fake_server::Bench;

pub(crate) const USER: &str = "collector";
pub(crate) const PASSWORD: &str = "test-password";

/// An instance that is open to collectors.
pub(crate) struct Visited {
    pub(crate) bench: Bench,
    pub(crate) interface: InstanceInterface,
    /// What the collector sends with every request.
    pub(crate) headers: Vec<(String, String)>,
}

impl Visited {
    pub(crate) fn new(bench: Bench) -> Self {
        let access = Access { user: USER.to_owned(), password: PASSWORD.to_owned() };
        let interface = InstanceInterface { access: Some(access), ..InstanceInterface::default() };
        let basic = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
        let headers = vec![("authorization".to_owned(), basic)];
        Self { bench, interface, headers }
    }

    /// A trusted controller with two licences in use.
    pub(crate) fn controller() -> Self {
        Self::new(Bench::trusted("c9800-l"))
    }

    pub(crate) fn ask(&mut self, method: &str, target: &str, body: &[u8]) -> InstanceAnswer {
        let request = InstanceRequest { method, target, headers: &self.headers, body };
        let (agent, now_ms) = (&mut self.bench.agent, self.bench.now_ms);
        let mut effects = Vec::new();
        let answer =
            self.interface.serve(agent, now_ms, &request, &mut effects, &mut Common::default());
        let sent = effects.iter().find_map(|effect| match effect {
            Effect::Send(outbound) => Some(outbound.clone()),
            _ => None,
        });
        self.bench.log.extend(effects);
        self.bench.serve(sent);
        answer
    }

    pub(crate) fn get(&mut self, target: &str) -> InstanceAnswer {
        self.ask("GET", target, b"")
    }

    pub(crate) fn post(&mut self, target: &str, body: &str) -> InstanceAnswer {
        self.ask("POST", target, body.as_bytes())
    }

    /// Every report, after open ones were closed, as a collector does it.
    pub(crate) fn collect(&mut self) -> Vec<RumReport> {
        assert_eq!(self.post("/smartlic-service/close-reports", r#"{"test":""}"#).status, 200);
        let answer = self.get("/smartlic-service/all-reports");
        assert_eq!(answer.status, 200);
        CollectedReports::decode(&answer.body).unwrap().usage
    }

    /// What the account says to reports of this instance.
    pub(crate) fn acknowledgement(&self, reports: &[RumReport]) -> Acknowledgement {
        let acks = reports.iter().map(|report| {
            let payload = report.payload().unwrap();
            AcknowledgedReport {
                report_id: payload.report_id().unwrap(),
                entitlement_tag: payload.meta.entitlement_tag.unwrap(),
                status: AcknowledgedReport::ACKED.to_owned(),
                message: String::new(),
            }
        });
        let data = AcknowledgementData {
            version: "2.0".to_owned(),
            timestamp: self.bench.now_ms,
            nonce: Nonce::new("1"),
            sudi: (&self.bench.agent.identity().udi).into(),
            product_instance_identifier: None,
            acks: acks.collect(),
            next_report_due: 0,
            extra: Extra::new(),
        };
        Acknowledgement::new(data, vec![policy()], |_| String::new())
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.bench.command(command);
    }
}

pub(crate) fn policy() -> Policy {
    let days =
        ReportingDays { first_report_days: 30, report_interval_days: 60, on_change_days: 60 };
    let terms = PolicyTerms {
        name: "Collected Policy".to_owned(),
        id: 7,
        timestamp: 1,
        acknowledgement_required: true,
        perpetual: days,
        subscription: days,
        enforced: days,
        export: days,
    };
    Policy::new(terms, |_| String::new())
}

pub(crate) fn body(answer: &InstanceAnswer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

pub(crate) fn header<'a>(answer: &'a InstanceAnswer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}
