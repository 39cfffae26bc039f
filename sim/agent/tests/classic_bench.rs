//! An agent of the classic era and its server: commands, time, exchanges, and what came of them.

use std::sync::Arc;

use muster_agent::classic::{FabricChange, Fault, FaultKind};
use muster_agent::{
    ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, ClassicOutbound, ClassicView,
    Common, Platform, TransportFailure,
};
use muster_certs::{Seed, SigningMode};
use muster_wire::classic::MessageType;

use crate::classic_server::{ClassicServer, START_MS};

/// One agent and its server.
pub(crate) struct ClassicBench {
    pub(crate) agent: ClassicAgent,
    pub(crate) server: ClassicServer,
    pub(crate) common: Common,
    pub(crate) now_ms: u64,
    /// Everything but requests.
    pub(crate) log: Vec<ClassicEffect>,
    pub(crate) requests: Vec<MessageType>,
    /// Whether the server can be reached.
    pub(crate) up: bool,
}

impl ClassicBench {
    pub(crate) fn new(platform: &str) -> Self {
        Self::with_signing(platform, SigningMode::Fast)
    }

    pub(crate) fn with_signing(platform: &str, mode: SigningMode) -> Self {
        let mut bench = Self::trusting(platform, mode);
        bench.agent.verify_with(Arc::new(bench.server.authority.signing_public_key()));
        bench
    }

    /// An agent that does not know the server's key and takes its word.
    pub(crate) fn trusting(platform: &str, mode: SigningMode) -> Self {
        let platform = Platform::named(platform).unwrap();
        let agent = ClassicAgent::with_signing(platform, &Seed::from_u64(7), 3, mode);
        let server = ClassicServer::new(agent.public_key());
        let (log, requests, common) = (Vec::new(), Vec::new(), Common::default());
        Self { agent, server, common, now_ms: START_MS, log, requests, up: true }
    }

    /// An APIC with its fabric in use, registered.
    pub(crate) fn registered(platform: &str) -> Self {
        let mut bench = Self::new(platform);
        bench.use_some();
        bench.command(register(false));
        assert_eq!(bench.view().registration.state, "registered", "{:?}", bench.view());
        bench.requests.clear();
        bench
    }

    /// Uses what the platform ordinarily uses.
    pub(crate) fn use_some(&mut self) {
        match self.agent.platform().fabric {
            Some(_) => {
                self.command(ClassicCommand::Fabric(FabricChange::Report));
            }
            None => self.use_licenses(0, 1),
        }
    }

    pub(crate) fn use_licenses(&mut self, at: usize, count: u32) {
        let feature = self.agent.platform().licenses[at].feature.clone();
        self.command(ClassicCommand::Use { feature, count });
    }

    pub(crate) fn tag(&self, at: usize) -> String {
        self.agent.platform().licenses[at].tag.as_str().to_owned()
    }

    pub(crate) fn command(&mut self, command: ClassicCommand) {
        let sent = self.step(ClassicInput::Command(command));
        self.exchange(sent);
    }

    /// One input without a server.
    pub(crate) fn step(&mut self, input: ClassicInput<'_>) -> Option<Box<ClassicOutbound>> {
        let mut effects = Vec::new();
        self.agent.handle_with(self.now_ms, input, &mut effects, &mut self.common);
        self.take(effects)
    }

    /// Notes what the agent did; a request is handed back.
    pub(crate) fn take(&mut self, effects: Vec<ClassicEffect>) -> Option<Box<ClassicOutbound>> {
        let mut sent = None;
        for effect in effects {
            match effect {
                ClassicEffect::Send(outbound) => {
                    assert!(sent.is_none(), "one request at a time");
                    self.requests.push(outbound.message_type.clone());
                    sent = Some(outbound);
                }
                fact => self.log.push(fact),
            }
        }
        sent
    }

    /// What the server answers to a request, sealed by the agent.
    pub(crate) fn answer(&mut self, outbound: &ClassicOutbound) -> Vec<u8> {
        let envelope = self.agent.seal(outbound, &mut Common::default());
        self.server.answer(outbound, &envelope)
    }

    /// Answers requests until there is none.
    pub(crate) fn exchange(&mut self, mut sent: Option<Box<ClassicOutbound>>) {
        let mut rounds = 0;
        while let Some(outbound) = sent {
            rounds += 1;
            assert!(rounds < 100, "the agent does not come to rest");
            sent = if self.up {
                self.server.now_ms = self.now_ms;
                let body = self.answer(&outbound);
                self.step(ClassicInput::Answer { status: 200, body: &body })
            } else {
                self.step(ClassicInput::Failure(TransportFailure::Connect))
            };
        }
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, by_ms: u64) {
        let end_ms = self.now_ms + by_ms;
        let mut same = 0;
        while let Some(due_ms) = self.agent.next_timer().filter(|due_ms| *due_ms <= end_ms) {
            same = if due_ms <= self.now_ms { same + 1 } else { 0 };
            assert!(same < 100, "a timer does not go away");
            self.now_ms = self.now_ms.max(due_ms);
            let sent = self.step(ClassicInput::TimerDue);
            self.exchange(sent);
        }
        self.now_ms = end_ms;
        let sent = self.step(ClassicInput::TimerDue);
        self.exchange(sent);
    }

    pub(crate) fn view(&self) -> ClassicView {
        self.agent.view()
    }

    pub(crate) fn refusals(&self) -> Vec<&'static str> {
        let reasons = self.log.iter().filter_map(|effect| match effect {
            ClassicEffect::CommandRefused { reason, .. } => Some(*reason),
            _ => None,
        });
        reasons.collect()
    }

    /// How many lines with `part` were logged.
    pub(crate) fn logged(&self, part: &str) -> usize {
        let lines = self.log.iter().filter(|effect| match effect {
            ClassicEffect::Syslog(line) => line.contains(part),
            _ => false,
        });
        lines.count()
    }

    /// The latest line with `part` that was logged.
    pub(crate) fn last_logged(&self, part: &str) -> String {
        let mut lines = self.log.iter().rev().filter_map(|effect| match effect {
            ClassicEffect::Syslog(line) => Some(line),
            _ => None,
        });
        lines.find(|line| line.contains(part)).expect("it was logged").clone()
    }

    pub(crate) fn fault(&self, kind: FaultKind) -> Option<Fault> {
        self.view().faults.into_iter().find(|fault| fault.kind == kind)
    }

    pub(crate) fn asked(&self, kind: &MessageType) -> usize {
        self.requests.iter().filter(|asked| *asked == kind).count()
    }
}

pub(crate) fn register(force: bool) -> ClassicCommand {
    ClassicCommand::Register { id_token: "TVVTVEVSLVRFU1Q".to_owned(), force }
}
