//! An instance of the classic era at a command line.

use muster_agent::classic::{FabricChange, Fault};
use muster_agent::{
    ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, ClassicOutbound, ClassicShowCommand,
    ClassicShown, Common, EventLog, Platform, TransportFailure,
};
use muster_certs::{IssuedCertificate, Seed, SigningMode};
use muster_wire::classic::ClassicReading;

use super::classic_line::{self, ClassicTyped};
use super::classic_way::ClassicWay;
use super::{AgentMemory, AtPrompt, Said, Surroundings, id_token};
use crate::journey::{agent_failure, framing};
use crate::target::Target;
use crate::transport::{Call, Reply};

/// Characters of a status that are shown; every known one is shorter.
const STATUS_LENGTH_MAX: usize = 64;

/// States of an export authorization that is asked for and not there yet.
const EXPORT_UNDER_WAY: [&str; 3] = ["requested", "pending", "not_available"];

/// One product instance of the classic era.
pub(super) struct ClassicInstance {
    agent: ClassicAgent,
    log: EventLog,
    common: Common,
    target: Target,
    way: ClassicWay,
    /// Call Home messages it has sent, which number them.
    messages: u64,
    is_configuring: bool,
}

impl AtPrompt for ClassicInstance {
    fn prompt(&self) -> String {
        let mode = if self.is_configuring { "(config)" } else { "" };
        format!("{}{mode}#", self.agent.identity().hostname)
    }

    fn memory(&self) -> AgentMemory {
        let (own_bytes, heap_bytes) = (size_of::<ClassicAgent>(), self.agent.heap_bytes());
        AgentMemory { own_bytes, heap_bytes }
    }

    fn trust(&mut self, roots: Vec<IssuedCertificate>) {
        self.common.trust_licensing_roots(roots);
    }

    fn next_timer(&self) -> Option<u64> {
        self.agent.next_timer()
    }

    fn timer_due(&mut self, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        self.step(ClassicInput::TimerDue, around, said);
    }

    fn obey(
        &mut self,
        line: &str,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) -> Option<u64> {
        let platform = self.agent.platform();
        match classic_line::read(line, platform, &|typed| id_token(&self.target, typed)) {
            Ok(typed) => self.take(typed?, around, said),
            Err(reason) => {
                said.push(Said::Refused(reason));
                None
            }
        }
    }
}

impl ClassicInstance {
    pub(super) fn new(
        platform: &'static Platform,
        target: &Target,
        seed: u64,
        index: u32,
        now_ms: u64,
    ) -> Self {
        let (seed, mode) = (Seed::from_u64(seed), SigningMode::Deterministic);
        let way = ClassicWay::new(target, platform.fabric.is_some());
        let mut instance = Self {
            agent: ClassicAgent::with_signing(platform, &seed, index, mode),
            log: EventLog::default(),
            common: Common::default(),
            target: target.clone(),
            way,
            messages: 0,
            is_configuring: false,
        };
        let fabric = platform.fabric.as_ref().map(|_| FabricChange::Report);
        let shipped = platform.licenses.iter().filter(|license| license.default_count > 0);
        let shipped = shipped.map(|license| {
            let (feature, count) = (license.feature.clone(), license.default_count);
            ClassicCommand::Use { feature, count }
        });
        let commands = std::iter::once(instance.way.command())
            .chain(fabric.map(ClassicCommand::Fabric))
            .chain(shipped);
        for command in commands {
            instance.input(now_ms, ClassicInput::Command(command), &mut Vec::new());
        }
        instance
    }

    fn take(
        &mut self,
        typed: ClassicTyped,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) -> Option<u64> {
        match typed {
            ClassicTyped::Show(show) => said.push(Said::Text(self.show(show, around.now_ms()))),
            ClassicTyped::Command(command) => self.command(command, around, said),
            ClassicTyped::Reach(reach) => {
                let taken = self.way.take(&reach);
                self.configure_way(taken, around, said);
            }
            ClassicTyped::Via(name) => {
                let taken = self.way.via(&name);
                self.configure_way(taken, around, said);
            }
            ClassicTyped::CancelExports => self.cancel_exports(around, said),
            ClassicTyped::Throughput { mbps } => self.throughput(mbps, around, said),
            ClassicTyped::Configure => self.is_configuring = true,
            ClassicTyped::End => self.is_configuring = false,
            ClassicTyped::Exit if self.is_configuring => self.is_configuring = false,
            ClassicTyped::Exit => said.push(Said::Left),
            ClassicTyped::Advance { by_ms } => return Some(by_ms),
            ClassicTyped::Boot => self.step(ClassicInput::Boot, around, said),
            ClassicTyped::PowerOff => self.step(ClassicInput::PowerLost, around, said),
            ClassicTyped::Facts => {
                let view = serde_json::to_string_pretty(&self.agent.view());
                said.push(Said::Text(view.expect("a view is plain data") + "\n"));
            }
            ClassicTyped::Help => said.push(Said::Text(classic_line::help(self.agent.platform()))),
            ClassicTyped::Nothing => {}
        }
        None
    }

    fn show(&self, show: ClassicShowCommand, now_ms: u64) -> String {
        let (view, platform, urls) = (self.agent.view(), self.agent.platform(), self.way.urls());
        let server_urls: Vec<_> = urls.iter().map(String::as_str).collect();
        let (log, server_urls) = (&self.log, server_urls.as_slice());
        show.text(&ClassicShown { view: &view, platform, log, server_urls, now_ms })
    }

    fn configure_way(
        &mut self,
        taken: Result<(), String>,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) {
        match taken {
            Ok(()) => self.command(self.way.command(), around, said),
            Err(reason) => said.push(Said::Refused(reason)),
        }
    }

    /// Takes every request back that was not granted yet.
    fn cancel_exports(&mut self, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let exports = self.agent.view().exports.into_iter();
        let under_way: Vec<_> =
            exports.filter(|export| EXPORT_UNDER_WAY.contains(&export.state)).collect();
        if under_way.is_empty() {
            let reason = "no export authorization is asked for";
            said.push(Said::Refused(reason.to_owned()));
        }
        for export in under_way {
            self.command(ClassicCommand::ReturnExport { feature: export.feature }, around, said);
        }
    }

    /// Uses the licence of a throughput level, and none of another level.
    fn throughput(&mut self, mbps: u32, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let platform = self.agent.platform();
        let levels = platform.throughput.as_ref().map(|levels| levels.levels_mbps.as_slice());
        let levels = levels.unwrap_or_default();
        if !levels.contains(&mbps) {
            let levels: Vec<_> = levels.iter().map(u32::to_string).collect();
            let reason = format!("{mbps} Mbit/s is no level; there are {}", levels.join(", "));
            said.push(Said::Refused(reason));
            return;
        }
        let mut licenses: Vec<_> = platform
            .licenses
            .iter()
            .filter_map(|license| license.throughput_mbps.map(|level| (level != mbps, license)))
            .collect();
        // The new licence first: where it may not be used, the old one stays.
        licenses.sort_by_key(|(is_other, _)| *is_other);
        for (is_other, license) in licenses {
            let (feature, count) = (license.feature.clone(), u32::from(!is_other));
            self.command(ClassicCommand::Use { feature, count }, around, said);
            if said.iter().any(|one| matches!(one, Said::Refused(_))) {
                return;
            }
        }
    }

    fn command(
        &mut self,
        command: ClassicCommand,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) {
        self.step(ClassicInput::Command(command), around, said);
    }

    /// Gives the agent an input and everything that follows from it.
    fn step(
        &mut self,
        input: ClassicInput<'_>,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) {
        let mut next = self.input(around.now_ms(), input, said);
        while let Some(outbound) = next.take() {
            let call = match self.call(&outbound, around.now_ms()) {
                Ok(call) => call,
                Err(reason) => {
                    said.push(Said::Refused(reason));
                    let failure = ClassicInput::Failure(TransportFailure::Connect);
                    next = self.input(around.now_ms(), failure, said);
                    continue;
                }
            };
            let Reply { result, .. } = around.exchange(&call);
            let (now_ms, asked) = (around.now_ms(), outbound.message_type.as_str());
            let mut remark = |text| said.push(Said::Remark { at_ms: now_ms, text });
            next = match result {
                Ok(received) => {
                    let status = received.status;
                    let body = framing::unwrap_classic(&call.endpoint, received.body);
                    let reading = ClassicReading::of(&body);
                    remark(format!("{asked}: HTTP {status}, {}", status_of(&reading)));
                    self.input(now_ms, ClassicInput::Read { status, reading: &reading }, said)
                }
                Err(lost) => {
                    remark(format!("{asked}: no answer, {}", lost.detail));
                    let failure = ClassicInput::Failure(agent_failure(lost.cause));
                    self.input(now_ms, failure, said)
                }
            };
        }
    }

    fn input(
        &mut self,
        now_ms: u64,
        input: ClassicInput<'_>,
        said: &mut Vec<Said>,
    ) -> Option<Box<ClassicOutbound>> {
        let mut effects = Vec::new();
        self.agent.handle_with(now_ms, input, &mut effects, &mut self.common);
        let mut sent = None;
        for effect in effects {
            let text = match effect {
                ClassicEffect::Send(outbound) => {
                    sent = Some(outbound);
                    continue;
                }
                ClassicEffect::Syslog(line) => {
                    self.log.note_line(now_ms, &line);
                    line.starts_with('%').then_some(line)
                }
                ClassicEffect::FaultRaised(fault) => Some(raised(&fault)),
                ClassicEffect::FaultCleared { kind, tag } => {
                    Some(format!("fault cleared: {} {tag}", kind.as_str()).trim_end().to_owned())
                }
                ClassicEffect::CommandRefused { reason, .. } => {
                    said.push(Said::Refused(reason.to_owned()));
                    None
                }
                ClassicEffect::ThirdPartyKeyReceived { name, key_id } => {
                    Some(format!("key {name} received, number {key_id}"))
                }
                ClassicEffect::StateChanged { .. }
                | ClassicEffect::ServerChosen(_)
                | ClassicEffect::TimerFired(_) => None,
            };
            if let Some(text) = text {
                said.push(Said::Remark { at_ms: now_ms, text: on_one_line(&text) });
            }
        }
        sent
    }

    fn call(&mut self, outbound: &ClassicOutbound, now_ms: u64) -> Result<Call, String> {
        let (endpoint, url) = self.way.server(outbound.server)?;
        let body = self.agent.seal(outbound, &mut self.common).encode();
        self.messages += 1;
        let (headers, body) =
            framing::wrap_classic(&endpoint, &self.agent, self.messages, body, now_ms);
        Ok(Call { endpoint, url, method: "POST".into(), headers, body })
    }
}

fn raised(fault: &Fault) -> String {
    let severity = format!("{:?}", fault.severity).to_lowercase();
    format!("fault raised, {severity}: {} {}", fault.kind.as_str(), fault.detail)
}

/// The status of an answer, which anybody may have written.
fn status_of(reading: &ClassicReading) -> String {
    match &reading.answer {
        Some(Ok(answer)) => {
            on_one_line(&answer.status.to_string()).chars().take(STATUS_LENGTH_MAX).collect()
        }
        _ => "no licensing message".to_owned(),
    }
}

/// What a server wrote may stand in a line; it must not end it.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
