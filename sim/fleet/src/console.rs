//! One product instance at a command line: what an operator types, what the instance prints, and
//! what goes back and forth with its server.
//!
//! - `policy`, `classic`: an instance of each era
//! - `command_line`, `classic_line`: what a line means to it
//! - `classic_way`: how an instance of the classic era reaches its server
//! - `argument`: what stands behind the words of a line
//! - [`Surroundings`]: the server, the clock and the files, for the caller to provide

mod argument;
mod classic;
mod classic_line;
mod classic_way;
mod command_line;
mod policy;

use muster_agent::{Era, Platform};
use muster_certs::{CertificateDer, IssuedCertificate, trust_roots_from_pem};

use crate::target::Target;
use crate::transport::{Call, Reply};

use classic::ClassicInstance;
use policy::PolicyInstance;

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

/// What one agent takes of memory between two exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentMemory {
    /// Its own size.
    pub own_bytes: usize,
    /// What it holds on the heap, as the allocator rounds it.
    pub heap_bytes: usize,
}

/// One product instance at a command line.
pub struct Console {
    instance: Box<dyn AtPrompt>,
}

/// An instance of one era, as a command line sees it.
trait AtPrompt {
    fn prompt(&self) -> String;
    fn memory(&self) -> AgentMemory;
    /// Says where the certificates must lead to that the instance is given.
    fn trust(&mut self, roots: Vec<IssuedCertificate>);
    /// When the next timer falls due.
    fn next_timer(&self) -> Option<u64>;
    /// Lets the timer fire that fell due.
    fn timer_due(&mut self, around: &mut dyn Surroundings, said: &mut Vec<Said>);
    /// Does what a line says; how long time is to pass, if that is what it says.
    fn obey(
        &mut self,
        line: &str,
        around: &mut dyn Surroundings,
        said: &mut Vec<Said>,
    ) -> Option<u64>;
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
        let instance: Box<dyn AtPrompt> = match platform.era {
            Era::Policy => Box::new(PolicyInstance::new(platform, target, seed, index, now_ms)),
            Era::Classic => Box::new(ClassicInstance::new(platform, target, seed, index, now_ms)),
        };
        Self { instance }
    }

    /// What the instance puts before each line.
    pub fn prompt(&self) -> String {
        self.instance.prompt()
    }

    /// What its agent takes of memory now. Its log is kept here only, and not counted.
    pub fn memory(&self) -> AgentMemory {
        self.instance.memory()
    }

    /// Says where the certificates must lead to that an instance of the classic era is given; the
    /// error says what is wrong with the PEM text. One of the policy era is given none.
    pub fn trust(&mut self, pem: &str) -> Result<(), String> {
        let roots = trust_roots_from_pem(pem).map_err(|error| error.to_string())?;
        let read = |der: &CertificateDer<'_>| IssuedCertificate::from_der(der);
        let roots = roots.iter().map(read).collect::<Result<_, _>>();
        self.instance.trust(roots.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Takes one line. Empty lines and those that begin with `!` do nothing.
    pub fn line(&mut self, line: &str, around: &mut dyn Surroundings) -> Vec<Said> {
        let mut said = Vec::new();
        self.catch_up(around, &mut said);
        if let Some(by_ms) = self.instance.obey(line, around, &mut said) {
            self.advance(by_ms, around, &mut said);
        }
        said
    }

    /// Fires what fell due while nobody typed.
    fn catch_up(&mut self, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        for _ in 0..TIMERS_MAX {
            let due = self.instance.next_timer().filter(|due| *due <= around.now_ms());
            if due.is_none() {
                return;
            }
            self.instance.timer_due(around, said);
        }
    }

    fn advance(&mut self, by_ms: u64, around: &mut dyn Surroundings, said: &mut Vec<Said>) {
        let until_ms = around.now_ms().saturating_add(by_ms);
        for _ in 0..TIMERS_MAX {
            let due = self.instance.next_timer().map_or(until_ms, |due| due.min(until_ms));
            let wait_ms = due.saturating_sub(around.now_ms());
            if let Err(reason) = around.advance(wait_ms) {
                said.push(Said::Refused(reason));
                return;
            }
            let fires = self.instance.next_timer().is_some_and(|timer| timer <= around.now_ms());
            if fires {
                self.instance.timer_due(around, said);
            } else if around.now_ms() >= until_ms {
                return;
            }
        }
        said.push(Said::Refused("too many timers fell due; advance in smaller steps".to_owned()));
    }
}

/// Why nothing can be sent to an endpoint.
fn no_endpoint(target: &Target, name: &str) -> String {
    let known: Vec<_> = target.endpoints.keys().map(AsRef::as_ref).collect();
    format!("the target profile has no endpoint `{name}`; it has {}", known.join(", "))
}

/// The token an operator means: the value of one the target profile names, or what was typed.
fn id_token(target: &Target, typed: &str) -> String {
    target.id_tokens.get(typed).map_or(typed, |token| token.reveal()).to_owned()
}
