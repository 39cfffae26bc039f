//! An instance of the policy era at a command line.

use std::sync::Arc;

use muster_agent::{
    Command, Common, Effect, EventLog, Input, Outbound, Platform, Shown, SmartAgent,
    TransportFailure, TransportKind, files,
};
use muster_certs::{IssuedCertificate, Seed, SigningMode};

use crate::journey::agent_failure;
use crate::target::{EndpointUrl, Target};
use crate::transport::{Call, Reply};

use super::command_line::{self, HELP, Typed};
use super::{AgentMemory, AtPrompt, Said, Surroundings, id_token, no_endpoint};

/// One product instance of the policy era.
pub(super) struct PolicyInstance {
    agent: SmartAgent,
    log: EventLog,
    common: Common,
    target: Target,
    /// Endpoint the operator chose instead of the transport's own.
    via: Option<Arc<str>>,
    /// Where the file goes that the command under way writes.
    save_to: Option<String>,
}

impl AtPrompt for PolicyInstance {
    fn prompt(&self) -> String {
        format!("{}#", self.agent.identity().hostname)
    }

    fn memory(&self) -> AgentMemory {
        let (own_bytes, heap_bytes) = (size_of::<SmartAgent>(), self.agent.heap_bytes());
        AgentMemory { own_bytes, heap_bytes }
    }

    fn trust(&mut self, _: Vec<IssuedCertificate>) {}

    fn next_timer(&self) -> Option<u64> {
        self.agent.next_timer()
    }

    fn timer_due(&mut self, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        self.step(Input::TimerDue, around, said);
    }

    fn obey(
        &mut self,
        line: &str,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) -> Option<u64> {
        match command_line::read(line, &|typed| id_token(&self.target, typed)) {
            Ok(typed) => self.take(typed?, around, said),
            Err(reason) => {
                said.push(Said::Refused(reason));
                None
            }
        }
    }
}

impl PolicyInstance {
    pub(super) fn new(
        platform: &'static Platform,
        target: &Target,
        seed: u64,
        index: u32,
        now_ms: u64,
    ) -> Self {
        let mode = SigningMode::Deterministic;
        let mut instance = Self {
            agent: SmartAgent::with_signing(platform, &Seed::from_u64(seed), index, mode),
            log: EventLog::default(),
            common: Common::default(),
            target: target.clone(),
            via: None,
            save_to: None,
        };
        for license in platform.licenses.iter().filter(|license| license.default_count > 0) {
            let (feature, count) = (license.feature.clone(), license.default_count);
            let mut quiet = Vec::new();
            instance.input(now_ms, Input::Command(Command::Use { feature, count }), &mut quiet);
        }
        instance
    }

    fn take(
        &mut self,
        typed: Typed,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) -> Option<u64> {
        match typed {
            Typed::Show(show) => {
                let (view, platform) = (self.agent.view(), self.agent.platform());
                let url = self.endpoint().ok().map(|(_, url)| url.text.clone());
                let (log, server_url, now_ms) = (&self.log, url.as_deref(), around.now_ms());
                let shown = Shown { view: &view, platform, log, server_url, now_ms };
                said.push(Said::Text(show.text(&shown)));
            }
            Typed::Command(command) => self.command(command, around, said),
            Typed::Save { command, file } => {
                self.save_to = Some(file);
                self.command(command, around, said);
                self.save_to = None;
            }
            Typed::Import { file } => match around.read_file(&file) {
                Ok(bytes) => self.command(Command::Import(bytes), around, said),
                Err(reason) => said.push(Said::Refused(format!("{file}: {reason}"))),
            },
            Typed::Via(name) => match self.target.endpoints.get_key_value(name.as_str()) {
                Some((name, _)) => self.via = Some(Arc::clone(name)),
                None => said.push(Said::Refused(no_endpoint(&self.target, &name))),
            },
            Typed::Advance { by_ms } => return Some(by_ms),
            Typed::Boot => self.step(Input::Boot, around, said),
            Typed::PowerOff => self.step(Input::PowerLost, around, said),
            Typed::Facts => {
                let view = serde_json::to_string_pretty(&self.agent.view());
                said.push(Said::Text(view.expect("a view is plain data") + "\n"));
            }
            Typed::Help => said.push(Said::Text(HELP.to_owned())),
            Typed::Leave => said.push(Said::Left),
        }
        None
    }

    fn command(&mut self, command: Command, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        self.step(Input::Command(command), around, said);
    }

    /// Gives the agent an input and everything that follows from it.
    fn step(&mut self, input: Input<'_>, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let mut next = self.input(around.now_ms(), input, said);
        if let Some(file) = next.file.take() {
            self.save(&file, around, said);
        }
        while let Some(outbound) = next.sent.take() {
            let reply = match self.call(&outbound, around.now_ms()) {
                Ok(call) => around.exchange(&call),
                Err(reason) => {
                    said.push(Said::Refused(reason));
                    next = self.input(
                        around.now_ms(),
                        Input::Failure(TransportFailure::Connect),
                        said,
                    );
                    continue;
                }
            };
            let (at_ms, text) = (around.now_ms(), remark(&outbound, &reply));
            said.push(Said::Remark { at_ms, text });
            next = match &reply.result {
                Ok(received) => {
                    let (status, body) = (received.status, received.body.as_slice());
                    self.input(around.now_ms(), Input::Answer { status, body }, said)
                }
                Err(lost) => {
                    let failure = Input::Failure(agent_failure(lost.cause));
                    self.input(around.now_ms(), failure, said)
                }
            };
        }
    }

    fn input(&mut self, now_ms: u64, input: Input<'_>, said: &mut Vec<Said>) -> Next {
        let mut effects = Vec::new();
        self.log.note_input(now_ms, &input);
        self.agent.handle_with(now_ms, input, &mut effects, &mut self.common);
        let mut next = Next::default();
        for effect in effects {
            self.log.note(now_ms, &effect);
            if let Some(file) = files::written(&effect) {
                next.file = Some(file);
            }
            match effect {
                Effect::Send(outbound) => next.sent = Some(outbound),
                Effect::Syslog(text) if text.starts_with('%') => {
                    said.push(Said::Remark { at_ms: now_ms, text });
                }
                Effect::CommandRefused { reason, .. } => {
                    said.push(Said::Refused(reason.to_owned()));
                }
                _ => {}
            }
        }
        next
    }

    fn save(&self, file: &str, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let Some(name) = &self.save_to else { return };
        said.push(match around.write_file(name, file.as_bytes()) {
            Ok(()) => Said::Remark { at_ms: around.now_ms(), text: format!("saved in {name}") },
            Err(reason) => Said::Refused(format!("{name}: {reason}")),
        });
    }

    fn call(&mut self, outbound: &Outbound, now_ms: u64) -> Result<Call, String> {
        let sealed = self.agent.seal(outbound, &mut self.common);
        self.log.note_sealed(now_ms, outbound, &sealed);
        let (endpoint, url) = self.endpoint()?;
        Ok(Call {
            endpoint,
            url,
            method: "POST".into(),
            headers: Arc::new(vec![("content-type".to_owned(), "application/json".to_owned())]),
            body: sealed.request.encode(),
        })
    }

    fn endpoint(&self) -> Result<(Arc<str>, Arc<EndpointUrl>), String> {
        let own = match self.agent.view().transport {
            TransportKind::Cslu => "cslu",
            TransportKind::Smart | TransportKind::Off => "smart_receiver",
        };
        let name = self.via.as_deref().unwrap_or(own);
        let found = self.target.endpoints.get_key_value(name);
        let (name, url) = found.ok_or_else(|| no_endpoint(&self.target, name))?;
        Ok((Arc::clone(name), Arc::clone(url)))
    }
}

/// What an input makes the caller do.
#[derive(Default)]
struct Next {
    sent: Option<Box<Outbound>>,
    file: Option<String>,
}

fn remark(outbound: &Outbound, reply: &Reply) -> String {
    let asked = outbound.request_type.as_str();
    match &reply.result {
        Ok(received) => {
            let reading = muster_wire::reading::AnswerReading::of(&received.body);
            let word = match reading.line() {
                Some(line) => line.status.to_string(),
                None => match &reading.answer {
                    Ok(answer) => answer.status.to_string(),
                    Err(_) => "no licensing message".to_owned(),
                },
            };
            format!("{asked}: HTTP {}, {word}", received.status)
        }
        Err(lost) => format!("{asked}: no answer, {}", lost.detail),
    }
}
