//! One product instance taking part in a journey, and what it last sent and received.

use std::sync::Arc;

use muster_agent::{
    AgentView, ClassicEffect, ClassicInput, Command, Common, Effect, Input, Platform, SmartAgent,
};
use muster_journal::exchange::Reading;
use muster_journal::{Event, FailureCause, Intent};
use muster_scenarios::model::{CastMember, Tamper};
use muster_wire::{LineStatus, Nonce, PollId, RequestType};

use super::agent::Agent;
use super::{Setting, UnknownPlatform};
use crate::transport::Call;
use crate::transport::failover::{Failover, FailoverInput};

/// A product instance in a journey. While it is idle it is the agent and a few flags: a fleet
/// holds fifty thousand of these.
pub(crate) struct Member {
    pub(crate) agent: Agent,
    pub(crate) index: u32,
    /// Which server of its endpoint it uses.
    pub(crate) failover: Failover,
    /// Its place in the scenario's cast.
    pub(crate) role: u16,
    /// Whether it is switched on.
    pub(crate) is_on: bool,
    /// Whether a step is under way that acts through it; another strand's waits for that.
    pub(crate) is_taken: bool,
    /// Whether the last thing that came back did so since the current step began.
    pub(crate) is_fresh: bool,
    /// Whether its latest exchange failed, so that what it sends of itself next is a retry.
    pub(crate) has_failed: bool,
    page: Option<Box<Page>>,
}

/// What belongs to the step under way and to what was sent and received last.
pub(crate) struct Page {
    /// What its clock was set wrong by, until the request that is meant to show it is out.
    pub(crate) skew_ms: Option<i64>,
    pub(crate) pending: Option<Pending>,
    pub(crate) last: Last,
    /// The answer to the current step's own request; what the agent sends of itself comes after.
    pub(crate) step_last: Option<Last>,
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

/// What a member without a page has.
static BLANK: Page = Page::blank();

impl Page {
    const fn blank() -> Self {
        Self {
            skew_ms: None,
            pending: None,
            last: Last::nothing(),
            step_last: None,
            sent: Vec::new(),
            last_nonce: None,
            step_types: Vec::new(),
            has_asked: false,
            tampers: Vec::new(),
            tampered: Vec::new(),
            hindrance: None,
        }
    }
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
    pub(crate) call: Arc<Call>,
    /// The request as the agent wrote it, where nothing was changed in it.
    pub(crate) reading: Option<Box<Reading>>,
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
    pub(crate) call: Arc<Call>,
    pub(crate) intent: Intent,
    pub(crate) nonce: Option<Nonce>,
}

/// The last thing that came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Last {
    pub(crate) http: Option<u16>,
    pub(crate) body: Vec<u8>,
    pub(crate) failure: Option<FailureCause>,
    /// What was asked; none for a request by hand.
    pub(crate) request_type: Option<RequestType>,
    /// Status word of the answer, where the journal wants it and the body is not kept.
    pub(crate) word: Option<String>,
    /// The poll id of an answer that put the result off.
    pub(crate) put_off: Option<PollId>,
}

impl Last {
    pub(crate) const fn nothing() -> Self {
        let (http, failure, request_type, word) = (None, None, None, None);
        Self { http, body: Vec::new(), failure, request_type, word, put_off: None }
    }
}

impl Member {
    pub(crate) fn new(
        place: u16,
        role: &CastMember,
        setting: &Setting,
        index: u32,
    ) -> Result<Self, UnknownPlatform> {
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
            agent: Agent::new(platform, setting, index),
            index,
            failover: Failover::default(),
            role: place,
            is_on: role.boots,
            is_taken: false,
            is_fresh: false,
            has_failed: false,
            page: None,
        })
    }

    /// What belongs to the step under way.
    pub(crate) fn page(&self) -> &Page {
        self.page.as_deref().unwrap_or(&BLANK)
    }

    /// The same, to be written to.
    pub(crate) fn page_mut(&mut self) -> &mut Page {
        self.page.get_or_insert_with(|| Box::new(Page::blank()))
    }

    /// Gives the page back where nothing on it is of use to a later step.
    pub(crate) fn rest(&mut self) {
        let in_use = self.is_taken
            || self.page().pending.is_some()
            || self.page().skew_ms.is_some()
            || self.page().hindrance.is_some();
        if !in_use {
            self.page = None;
            self.is_fresh = false;
        }
    }

    /// What expressions see: the answer to the step's own request, else the last one.
    pub(crate) fn looked_at(&self) -> &Last {
        self.page().step_last.as_ref().unwrap_or(&self.page().last)
    }

    /// What `expect` judges: never an answer from before the step.
    pub(crate) fn judged(&self) -> Last {
        if self.is_fresh { self.looked_at().clone() } else { Last::nothing() }
    }

    /// Forgets what belongs to one step, before it and after it.
    pub(crate) fn turn_page(&mut self) {
        let Some(page) = &mut self.page else { return };
        page.step_types.clear();
        page.hindrance = None;
        page.has_asked = false;
        page.tampers.clear();
        page.tampered.clear();
        page.step_last = None;
    }

    pub(crate) fn joined(&self, role: &CastMember, common: &mut Common) -> Event {
        Event::InstanceJoined {
            name: role.name.clone(),
            udi: self.agent.identity().udi.clone(),
            platform: self.agent.platform().name.to_string(),
            software_tag: self.agent.platform().software_tag.to_string(),
            public_key: self.agent.public_key(common).to_spki_base64(),
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.page.as_ref().is_none_or(|page| page.pending.is_none())
    }

    /// What an agent of the policy era knows.
    pub(crate) fn policy_view(&self) -> Option<AgentView> {
        self.agent.in_policy_era().map(SmartAgent::view)
    }

    pub(crate) fn timer(&self) -> Option<u64> {
        self.agent.next_timer()
    }

    /// Keeps what came back for a request.
    pub(crate) fn take(&mut self, step: Option<StepPlace>, last: Last) {
        let page = self.page_mut();
        if step.is_some() {
            page.step_last = Some(last.clone());
        }
        page.last = last;
        self.is_fresh = true;
    }

    /// Lets go of the bodies of answers that only put a result off: while fifty thousand wait for
    /// theirs, nobody looks at them.
    pub(crate) fn forget_deferrals(&mut self) {
        let Some(page) = &mut self.page else { return };
        for last in page.step_last.iter_mut().chain([&mut page.last]) {
            if last.put_off.is_some() {
                last.word.get_or_insert_with(|| LineStatus::OkPoll.to_string());
                last.body = Vec::new();
            }
        }
    }

    /// Keeps what the tampers did to one request; of several requests in a step one must change.
    pub(crate) fn keep_tampered(&mut self, outcomes: Vec<Result<(), String>>) {
        if outcomes.is_empty() {
            return;
        }
        let page = self.page_mut();
        if page.tampered.is_empty() {
            page.tampered = outcomes;
            return;
        }
        for (kept, outcome) in page.tampered.iter_mut().zip(outcomes) {
            if kept.is_err() {
                *kept = outcome;
            }
        }
    }

    /// Keeps the latest `count_max` calls.
    pub(crate) fn remember(&mut self, sent: impl FnOnce() -> SentCall, count_max: usize) {
        if count_max == 0 {
            return;
        }
        let page = self.page_mut();
        if page.sent.len() >= count_max {
            page.sent.remove(0);
        }
        page.sent.push(sent());
    }

    /// Gives an agent of the policy era an input; what follows includes facts only where `facts`
    /// are wanted.
    pub(crate) fn input(
        &mut self,
        now_ms: u64,
        input: Input<'_>,
        facts: bool,
        common: &mut Common,
    ) -> Vec<Effect> {
        if matches!(input, Input::Boot | Input::Command(Command::Reload | Command::SetTransport(_)))
        {
            self.failover.take(FailoverInput::Restarted, 1, now_ms);
        }
        let Agent::Policy(agent) = &mut self.agent else {
            unreachable!("an input of the policy era goes to an instance of it");
        };
        let mut effects = Vec::new();
        if facts {
            agent.handle_with(now_ms, input, &mut effects, common);
        } else {
            agent.handle_quietly(now_ms, input, &mut effects, common);
        }
        effects
    }

    /// The same for the classic era.
    pub(crate) fn classic_input(
        &mut self,
        now_ms: u64,
        input: ClassicInput<'_>,
        facts: bool,
        common: &mut Common,
    ) -> Vec<ClassicEffect> {
        let Agent::Classic(instance) = &mut self.agent else {
            unreachable!("an input of the classic era goes to an instance of it");
        };
        let mut effects = Vec::new();
        if facts {
            instance.agent.handle_with(now_ms, input, &mut effects, common);
        } else {
            instance.agent.handle_quietly(now_ms, input, &mut effects, common);
        }
        effects
    }
}
