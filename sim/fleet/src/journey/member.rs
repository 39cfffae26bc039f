//! One product instance taking part in a journey, and what it last sent and received.

use muster_agent::{Input, Platform, SmartAgent};
use muster_certs::Seed;
use muster_journal::{Event, FailureCause, Intent};
use muster_scenarios::model::{CastMember, Tamper};
use muster_wire::{Nonce, RequestType};

use super::UnknownPlatform;
use crate::transport::Call;

/// A product instance in a journey.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) index: u32,
    pub(crate) via: String,
    pub(crate) agent: SmartAgent,
    /// Whether it is switched on.
    pub(crate) is_on: bool,
    /// Whether a step is under way that acts through it; another strand's waits for that.
    pub(crate) is_taken: bool,
    /// What its clock was set wrong by, until the request that is meant to show it is out.
    pub(crate) skew_ms: Option<i64>,
    pub(crate) pending: Option<Pending>,
    pub(crate) last: Last,
    /// The answer to the current step's own request; what the agent sends of itself comes after.
    pub(crate) step_last: Option<Last>,
    /// Whether `last` came back since the current step began.
    pub(crate) is_fresh: bool,
    /// Calls sent, latest last; as many as the scenario may replay.
    pub(crate) sent: Vec<SentCall>,
    /// Nonce of the latest request the agent sent.
    pub(crate) last_nonce: Option<Nonce>,
    /// Request types sent since the current step began.
    pub(crate) step_types: Vec<RequestType>,
    /// Whether anything went out because of the current step.
    pub(crate) has_asked: bool,
    /// The current step's tampers, their templates filled.
    pub(crate) tampers: Vec<Tamper>,
    /// What each of them came to, best case of the step's requests; empty before the first.
    pub(crate) tampered: Vec<Result<(), String>>,
    /// Why the current step did not do what it says.
    pub(crate) hindrance: Option<Hindrance>,
}

/// Why a step did not do what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hindrance {
    /// The instance would not do it.
    Refused(String),
    /// The scenario's request cannot be made.
    NotSent(String),
}

impl Hindrance {
    pub(crate) fn refused(reason: &str) -> Self {
        Self::Refused(reason.to_owned())
    }

    pub(crate) fn reason(&self) -> &str {
        let (Self::Refused(reason) | Self::NotSent(reason)) = self;
        reason
    }
}

impl std::fmt::Display for Hindrance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(reason) => write!(f, "refused: {reason}"),
            Self::NotSent(reason) => write!(f, "not sent: {reason}"),
        }
    }
}

/// A request on its way.
pub(crate) struct Pending {
    pub(crate) call: Call,
    pub(crate) intent: Intent,
    /// The step whose own request this is.
    pub(crate) step: Option<StepPlace>,
    /// The step that set the agent going, own request or not.
    pub(crate) cause: Option<StepPlace>,
    pub(crate) sent_at_ms: u64,
    /// Whether the agent waits for the answer (not so for raw requests).
    pub(crate) for_agent: bool,
}

/// Which step of the program caused something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StepPlace {
    pub(crate) number: u32,
    pub(crate) block: usize,
    pub(crate) node: usize,
}

/// A call as it went out.
#[derive(Clone)]
pub(crate) struct SentCall {
    pub(crate) call: Call,
    pub(crate) intent: Intent,
    pub(crate) nonce: Option<Nonce>,
}

/// The last thing that came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Last {
    pub(crate) http: Option<u16>,
    pub(crate) body: Vec<u8>,
    pub(crate) failure: Option<FailureCause>,
    /// What was asked, in the wire's word; none for a request by hand.
    pub(crate) request_type: Option<String>,
}

impl Member {
    pub(crate) fn new(role: &CastMember, seed: &Seed, index: u32) -> Result<Self, UnknownPlatform> {
        let platform = Platform::named(&role.platform).ok_or_else(|| UnknownPlatform {
            member: role.name.clone(),
            platform: role.platform.clone(),
            known: Platform::all()
                .iter()
                .map(|platform| platform.name.to_string())
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        Ok(Self {
            name: role.name.clone(),
            index,
            via: role.via.clone(),
            agent: SmartAgent::new(platform, seed, index),
            is_on: role.boots,
            is_taken: false,
            skew_ms: None,
            pending: None,
            last: Last::default(),
            step_last: None,
            is_fresh: false,
            sent: Vec::new(),
            last_nonce: None,
            step_types: Vec::new(),
            has_asked: false,
            tampers: Vec::new(),
            tampered: Vec::new(),
            hindrance: None,
        })
    }

    /// What expressions see: the answer to the step's own request, else the last one.
    pub(crate) fn looked_at(&self) -> &Last {
        self.step_last.as_ref().unwrap_or(&self.last)
    }

    /// What `expect` judges: never an answer from before the step.
    pub(crate) fn judged(&self) -> Last {
        if self.is_fresh { self.looked_at().clone() } else { Last::default() }
    }

    /// Forgets what belongs to one step, before it and after it.
    pub(crate) fn turn_page(&mut self) {
        self.step_types.clear();
        self.hindrance = None;
        self.has_asked = false;
        self.tampers.clear();
        self.tampered.clear();
        self.step_last = None;
    }

    pub(crate) fn joined(&self) -> Event {
        Event::InstanceJoined {
            name: self.name.clone(),
            udi: self.agent.identity().udi.clone(),
            platform: self.agent.platform().name.to_string(),
            software_tag: self.agent.platform().software_tag.to_string(),
            public_key: self.agent.public_key().to_spki_base64(),
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.pending.is_none()
    }

    pub(crate) fn timer(&self) -> Option<u64> {
        self.agent.next_timer()
    }

    /// Keeps what came back for a request.
    pub(crate) fn take(&mut self, step: Option<StepPlace>, last: Last) {
        if step.is_some() {
            self.step_last = Some(last.clone());
        }
        self.last = last;
        self.is_fresh = true;
    }

    /// Keeps what the tampers did to one request; of several requests in a step one must change.
    pub(crate) fn keep_tampered(&mut self, outcomes: Vec<Result<(), String>>) {
        if self.tampered.is_empty() {
            self.tampered = outcomes;
            return;
        }
        for (kept, outcome) in self.tampered.iter_mut().zip(outcomes) {
            if kept.is_err() {
                *kept = outcome;
            }
        }
    }

    /// Keeps the latest `count_max` calls.
    pub(crate) fn remember(&mut self, sent: SentCall, count_max: usize) {
        if count_max == 0 {
            return;
        }
        if self.sent.len() >= count_max {
            self.sent.remove(0);
        }
        self.sent.push(sent);
    }

    pub(crate) fn input(&mut self, now_ms: u64, input: Input<'_>) -> Vec<muster_agent::Effect> {
        let mut effects = Vec::new();
        self.agent.handle(now_ms, input, &mut effects);
        effects
    }
}
