//! One product instance at a command line: what an operator types, what the instance prints, and
//! what goes back and forth with its server.
//!
//! - `command_line`: what a line means
//! - [`Surroundings`]: the server, the clock and the files, for the caller to provide

mod command_line;

use std::collections::BTreeMap;
use std::sync::Arc;

use muster_agent::{
    Command, Common, Effect, EventLog, Input, Outbound, Platform, Shown, SmartAgent,
    TransportFailure, TransportKind, files,
};
use muster_certs::{Seed, SigningMode};

use crate::journey::agent_failure;
use crate::target::{EndpointUrl, Target};
use crate::transport::{Call, Reply};

use command_line::{HELP, Typed};

/// Timers that may fire one after the other before a line is done: a year of eight-hour reports
/// and their polls is some thousands.
const TIMERS_MAX: usize = 100_000;

/// What an instance at a command line needs of the world.
pub trait Surroundings {
    /// Asks the server.
    fn exchange(&mut self, call: &Call) -> Reply;
    /// Milliseconds since the epoch.
    fn now_ms(&self) -> u64;
    /// Lets time pass for the instance and its server; the error says why it cannot.
    fn advance(&mut self, by_ms: u64) -> Result<(), String>;
    /// Reads a file the operator names.
    fn read_file(&mut self, name: &str) -> Result<Vec<u8>, String>;
    /// Writes a file the operator names.
    fn write_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), String>;
}

/// What a line came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Text the instance prints.
    Text(String),
    /// Something that happened: a log line, a request and how it ended.
    Remark {
        /// When, milliseconds since the epoch.
        at_ms: u64,
        /// What.
        text: String,
    },
    /// The line was not taken, and why.
    Refused(String),
    /// The operator leaves.
    Left,
}

/// One product instance at a command line.
pub struct Console {
    agent: SmartAgent,
    log: EventLog,
    common: Common,
    endpoints: BTreeMap<Arc<str>, Arc<EndpointUrl>>,
    id_tokens: BTreeMap<String, String>,
    /// Endpoint the operator chose instead of the transport's own.
    via: Option<Arc<str>>,
    /// Where the file goes that the command under way writes.
    save_to: Option<String>,
}

impl Console {
    /// Instance `index` of the fleet of `seed`, configured as it leaves the factory and using the
    /// licences its platform ships with. Configuring takes place at `now_ms`.
    pub fn new(
        platform: &'static Platform,
        target: &Target,
        seed: u64,
        index: u32,
        now_ms: u64,
    ) -> Self {
        let mode = SigningMode::Deterministic;
        let tokens = target.id_tokens.iter();
        let mut console = Self {
            agent: SmartAgent::with_signing(platform, &Seed::from_u64(seed), index, mode),
            log: EventLog::default(),
            common: Common::default(),
            endpoints: target.endpoints.clone(),
            id_tokens: tokens
                .map(|(name, token)| (name.clone(), token.reveal().to_owned()))
                .collect(),
            via: None,
            save_to: None,
        };
        for license in platform.licenses.iter().filter(|license| license.default_count > 0) {
            let (feature, count) = (license.feature.clone(), license.default_count);
            let mut quiet = Vec::new();
            console.input(now_ms, Input::Command(Command::Use { feature, count }), &mut quiet);
        }
        console
    }

    /// What the instance puts before each line.
    pub fn prompt(&self) -> String {
        format!("{}#", self.agent.identity().hostname)
    }

    /// Takes one line. Empty lines and those that begin with `!` do nothing.
    pub fn line(&mut self, line: &str, around: &mut dyn Surroundings) -> Vec<Said> {
        let mut said = Vec::new();
        self.catch_up(around, &mut said);
        match command_line::read(line, &self.id_tokens) {
            Ok(None) => {}
            Ok(Some(typed)) => self.obey(typed, around, &mut said),
            Err(reason) => said.push(Said::Refused(reason)),
        }
        said
    }

    fn obey(&mut self, typed: Typed, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
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
            Typed::Via(name) => match self.endpoints.get_key_value(name.as_str()) {
                Some((name, _)) => self.via = Some(Arc::clone(name)),
                None => said.push(Said::Refused(self.no_endpoint(&name))),
            },
            Typed::Advance { by_ms } => self.advance(by_ms, around, said),
            Typed::Boot => self.step(Input::Boot, around, said),
            Typed::PowerOff => self.step(Input::PowerLost, around, said),
            Typed::Facts => {
                let view = serde_json::to_string_pretty(&self.agent.view());
                said.push(Said::Text(view.expect("a view is plain data") + "\n"));
            }
            Typed::Help => said.push(Said::Text(HELP.to_owned())),
            Typed::Leave => said.push(Said::Left),
        }
    }

    fn command(&mut self, command: Command, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        self.step(Input::Command(command), around, said);
    }

    /// Fires what fell due while nobody typed.
    fn catch_up(&mut self, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        for _ in 0..TIMERS_MAX {
            let due = self.agent.next_timer().filter(|due| *due <= around.now_ms());
            if due.is_none() {
                return;
            }
            self.step(Input::TimerDue, around, said);
        }
    }

    fn advance(&mut self, by_ms: u64, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let until_ms = around.now_ms().saturating_add(by_ms);
        for _ in 0..TIMERS_MAX {
            let due = self.agent.next_timer().map_or(until_ms, |due| due.min(until_ms));
            let wait_ms = due.saturating_sub(around.now_ms());
            if let Err(reason) = around.advance(wait_ms) {
                said.push(Said::Refused(reason));
                return;
            }
            let fires = self.agent.next_timer().is_some_and(|timer| timer <= around.now_ms());
            if fires {
                self.step(Input::TimerDue, around, said);
            } else if around.now_ms() >= until_ms {
                return;
            }
        }
        said.push(Said::Refused("too many timers fell due; advance in smaller steps".to_owned()));
    }

    /// Gives the agent an input and everything that follows from it.
    fn step(&mut self, input: Input<'_>, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let mut next = self.input(around.now_ms(), input, said);
        if let Some(file) = next.file.take() {
            self.save(&file, around, said);
        }
        while let Some(outbound) = next.sent.take() {
            let reply = match self.call(&outbound) {
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

    fn call(&self, outbound: &Outbound) -> Result<Call, String> {
        let (endpoint, url) = self.endpoint()?;
        Ok(Call {
            endpoint,
            url,
            method: "POST".into(),
            headers: Arc::new(vec![("content-type".to_owned(), "application/json".to_owned())]),
            body: outbound.request.encode(),
        })
    }

    fn endpoint(&self) -> Result<(Arc<str>, Arc<EndpointUrl>), String> {
        let own = match self.agent.view().transport {
            TransportKind::Cslu => "cslu",
            TransportKind::Smart | TransportKind::Off => "smart_receiver",
        };
        let name = self.via.as_deref().unwrap_or(own);
        let found = self.endpoints.get_key_value(name);
        let (name, url) = found.ok_or_else(|| self.no_endpoint(name))?;
        Ok((Arc::clone(name), Arc::clone(url)))
    }

    fn no_endpoint(&self, name: &str) -> String {
        let known: Vec<_> = self.endpoints.keys().map(AsRef::as_ref).collect();
        format!("the target profile has no endpoint `{name}`; it has {}", known.join(", "))
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
