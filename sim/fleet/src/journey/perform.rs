//! Performing one step: commands to the agent, raw requests, hooks, and the passing of time.

use std::rc::Rc;

use muster_agent::{ClassicCommand, ClassicInput, Command, Effect, Input, TransportKind};
use muster_journal::Event;
use muster_scenarios::model::{Action, Advance, RawBody, RawRequest, Step, Tamper};

use super::classic::in_classic_words;
use super::collection::COLLECT;
use super::cursor::{Wait, takes_member};
use super::files::{UPLOAD, save_command, slac_command};
use super::member::{Hindrance, StepPlace};
use super::{Journey, Wish, step_words};
use crate::log::Log;
use crate::program::{Node, NumberedStep};

/// Why an instance that was never booted does nothing.
pub(super) const SWITCHED_OFF: &str = "the instance is switched off";

/// What a step is to the agent of its instance.
enum Typed {
    Policy(Command),
    Classic(ClassicCommand),
}

impl Journey {
    /// Position of the member a step acts on; the linter has refused unknown names.
    pub(super) fn member_of(&self, step: &Step) -> usize {
        step.on
            .as_ref()
            .and_then(|name| (0..self.members.len()).find(|at| self.role(*at).name == *name))
            .unwrap_or(0)
    }

    pub(super) fn step_at(&self, block: usize, node: usize) -> (StepPlace, Rc<NumberedStep>) {
        match &self.setting.program.blocks[block][node] {
            Node::Step(step) => (StepPlace { number: step.number, block, node }, Rc::clone(step)),
            _ => unreachable!("a strand's place is always an ordinary step"),
        }
    }

    /// Begins the step strand `at` stands on; its member is idle.
    pub(super) fn begin_step(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (place, numbered) = self.step_at(block, node);
        let step = &numbered.step;
        let member = self.member_of(step);
        let index = self.members[member].index;
        log.note(now_ms, Some(self.id), Some(index), || Event::StepStarted {
            step: place.number,
            verb: step_words::verb(&step.action).to_owned(),
            arguments: step_words::arguments(step),
            line: step.line,
        });
        self.cursors[at].polls_left = 0;
        self.cursors[at].hindrance = None;
        if takes_member(step) {
            self.members[member].turn_page();
            self.members[member].is_taken = true;
        }
        self.members[member].is_fresh = false;
        self.cursors[at].wait = Wait::ToEnd(member);
        if let Err(hindrance) = self.act(at, member, place, step, now_ms, wishes, log) {
            if takes_member(step) {
                self.members[member].page_mut().hindrance = Some(hindrance);
            } else {
                self.cursors[at].hindrance = Some(hindrance);
            }
        }
    }

    /// Does what the step says, or sets it going.
    #[expect(clippy::too_many_arguments, reason = "the context of one step, passed through")]
    fn act(
        &mut self,
        at: usize,
        member: usize,
        place: StepPlace,
        step: &Step,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> Result<(), Hindrance> {
        if let Some(era) = step.action.era().filter(|era| *era != self.members[member].agent.era())
        {
            let verb = step_words::verb(&step.action);
            return Err(Hindrance::Refused(format!("`{verb}` belongs to the {era} era")));
        }
        if !step.tamper.is_empty() {
            // Before the instance is asked for anything: what it has written it means to send.
            let tampers = self.render_tampers(&step.tamper, member).map_err(Hindrance::NotSent)?;
            self.members[member].page_mut().tampers = tampers;
        }
        match &step.action {
            Action::Advance(advance) => {
                let at_ms = self.advance_until(member, *advance, now_ms);
                let at_ms = at_ms.map_err(Hindrance::refused)?;
                self.cursors[at].wait = Wait::Until { at_ms, member };
            }
            Action::Hook { name, with } => {
                let arguments = self.render_all(with, member).map_err(Hindrance::NotSent)?;
                self.cursors[at].wait = Wait::Hook;
                self.cursors[at].arguments.clone_from(&arguments);
                wishes.push(Wish::Hook { cursor: at, name: name.clone(), arguments });
            }
            Action::Collect { over } => {
                self.begin_collection(at, member, *over, now_ms, wishes, log);
            }
            Action::Upload(upload) => self.begin_upload(at, upload, now_ms, wishes)?,
            Action::Network { lost } => self.set_network(member, *lost, now_ms, log),
            Action::Probe { path } => {
                let request = RawRequest {
                    method: "GET".to_owned(),
                    headers: Vec::new(),
                    body: RawBody::Base64(Vec::new()),
                    path: path.clone(),
                };
                let sent = self.send_raw(member, place, step, &request, now_ms, wishes);
                sent.map_err(Hindrance::NotSent)?;
            }
            Action::Send(request) => {
                let sent = self.send_raw(member, place, step, request, now_ms, wishes);
                sent.map_err(Hindrance::NotSent)?;
            }
            Action::Replay { of } => self.replay(member, place, step, *of, now_ms, wishes),
            // Judged when the step ends, from what is known then.
            Action::Assert(_) => {}
            Action::Poll { id, until_complete: true, limit } => {
                self.cursors[at].awaited = self.awaited(id.as_deref(), member)?;
                self.cursors[at].polls_left = *limit;
                self.poll_again(at, member, now_ms, wishes, log);
            }
            _ => self.command(member, place, step, now_ms, wishes, log)?,
        }
        Ok(())
    }

    /// Gives the agent the step's command.
    pub(super) fn command(
        &mut self,
        member: usize,
        place: StepPlace,
        step: &Step,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> Result<(), Hindrance> {
        let here = Some(place);
        if matches!(step.action, Action::Boot) {
            let is_new = !std::mem::replace(&mut self.members[member].is_on, true);
            self.agent_input(member, here, now_ms, wishes, log, Input::Boot);
            if is_new {
                self.configure(member, now_ms, wishes, log);
            }
            return Ok(());
        }
        if !self.members[member].is_on {
            return Err(Hindrance::refused(SWITCHED_OFF));
        }
        if let Action::Import { file } = &step.action {
            return self.import(member, place, file, now_ms, wishes, log);
        }
        let is_classic = self.members[member].agent.is_classic();
        let command = match is_classic {
            false => self.command_of(member, step)?.map(Typed::Policy),
            true => self.classic_command_of(member, step)?.map(Typed::Classic),
        };
        let Some(command) = command else { return Ok(()) };
        let skew = step.tamper.iter().find_map(|tamper| match tamper {
            Tamper::SkewClock { by_ms } if *by_ms != 0 => Some(*by_ms),
            _ => None,
        });
        if let Some(by_ms) = skew {
            self.members[member].page_mut().skew_ms = skew;
            let step_clock = Input::Command(Command::StepClock { by_ms });
            self.agent_input(member, here, now_ms, wishes, log, step_clock);
        }
        match command {
            Typed::Policy(command) => {
                self.agent_input(member, here, now_ms, wishes, log, Input::Command(command));
            }
            Typed::Classic(command) => {
                let input = ClassicInput::Command(command);
                self.classic_input(member, here, now_ms, wishes, log, input);
            }
        }
        self.right_clock_when_sent(member, now_ms, wishes, log);
        Ok(())
    }

    /// The agent's command for a step; none when the journey breaks over it.
    fn command_of(&mut self, member: usize, step: &Step) -> Result<Option<Command>, Hindrance> {
        Ok(Some(match &step.action {
            Action::Trust { id_token: Some(name), force } => {
                let Some(token) = self.setting.target.id_tokens.get(name) else {
                    self.break_off(format!("the target profile has no ID token `{name}`"));
                    return Ok(None);
                };
                Command::TrustIdToken { id_token: token.reveal().to_owned(), force: *force }
            }
            Action::Trust { id_token: None, force } => Command::TrustSync { force: *force },
            Action::Sync | Action::Report => Command::Sync,
            Action::Poll { id, .. } => {
                let poll_id = id.as_ref().map(|template| self.poll_id(template, member));
                Command::PollNow { poll_id: poll_id.transpose()? }
            }
            Action::Use { feature, count } => {
                Command::Use { feature: feature.as_str().into(), count: *count }
            }
            Action::Reload => Command::Reload,
            Action::Transport(kind) => Command::SetTransport(match kind.as_str() {
                "smart" => TransportKind::Smart,
                "off" => TransportKind::Off,
                _ => TransportKind::Cslu,
            }),
            Action::Save { what, .. } => save_command(*what),
            Action::Slac(slac) => slac_command(slac),
            Action::Throughput { mbps } => Command::SetThroughput { mbps: *mbps },
            _ => unreachable!("every other action is no command"),
        }))
    }

    /// Sets a clock that was wrong on purpose right once the step's own request is out: what the
    /// agent sends before that is its own affair.
    pub(super) fn right_clock_when_sent(
        &mut self,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        if self.members[member]
            .page()
            .pending
            .as_ref()
            .is_some_and(|pending| pending.step.is_some())
        {
            self.right_clock(member, now_ms, wishes, log);
        }
    }

    pub(super) fn right_clock(
        &mut self,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        if let Some(by_ms) = self.members[member].page_mut().skew_ms.take() {
            let command = Command::StepClock { by_ms: by_ms.saturating_neg() };
            self.with_agent(member, now_ms, wishes, log, Input::Command(command));
        }
    }

    /// An input that no step caused.
    pub(super) fn with_agent(
        &mut self,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
        input: Input<'_>,
    ) {
        self.agent_input(member, None, now_ms, wishes, log, input);
    }

    pub(super) fn agent_input(
        &mut self,
        member: usize,
        place: Option<StepPlace>,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
        input: Input<'_>,
    ) {
        if self.members[member].agent.is_classic() {
            let input = in_classic_words(input);
            return self.classic_input(member, place, now_ms, wishes, log, input);
        }
        let chained =
            matches!(input, Input::Answer { .. } | Input::Read { .. } | Input::Failure(_));
        let effects = {
            let common = &mut self.setting.common.borrow_mut();
            self.members[member].input(now_ms, input, log.wants_everything(), common)
        };
        for effect in effects {
            self.take_effect(member, place, chained, effect, now_ms, wishes, log);
        }
    }

    /// Records what an agent did, or sends what it wants sent.
    #[expect(clippy::too_many_arguments, reason = "the context of one effect, passed through")]
    pub(super) fn take_effect(
        &mut self,
        member: usize,
        place: Option<StepPlace>,
        chained: bool,
        effect: Effect,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let index = Some(self.members[member].index);
        let effect = match effect {
            Effect::Send(outbound) => {
                return self.send(member, place, *outbound, chained, now_ms, wishes);
            }
            Effect::CommandRefused { reason, .. } => {
                self.members[member].page_mut().hindrance = Some(Hindrance::refused(reason));
                return;
            }
            file @ (Effect::UsageSaved(_) | Effect::FileWritten(_)) => {
                return self.keep_written(place, &file);
            }
            fact => fact,
        };
        log.note(now_ms, Some(self.id), index, || match effect {
            Effect::StateChanged { machine, key, from, to, input } => Event::StateChanged {
                machine: machine.to_owned(),
                key: key.to_string(),
                from: from.to_owned(),
                to: to.to_owned(),
                input: input.to_owned(),
            },
            Effect::Syslog(text) => Event::Syslog { text },
            Effect::TimerFired(timer) => Event::TimerFired { timer: timer.to_owned() },
            _ => unreachable!("the others are no facts"),
        });
    }

    pub(super) fn take_hook_result(
        &mut self,
        at: usize,
        result: Result<String, String>,
        now_ms: u64,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (_, numbered) = self.step_at(block, node);
        let step = &numbered.step;
        let member = self.member_of(step);
        let with = std::mem::take(&mut self.cursors[at].arguments);
        let hook = match &step.action {
            Action::Hook { name, .. } => name.clone(),
            Action::Upload(_) => UPLOAD.to_owned(),
            _ => COLLECT.to_owned(),
        };
        let result = match (&step.action, result) {
            (Action::Upload(upload), Ok(said)) => self.keep_answer(upload, &said).map(|()| said),
            (_, result) => result,
        };
        let event = Event::HookCalled {
            hook: hook.clone(),
            arguments: serde_json::to_value(with).expect("text keys and values"),
            failure: result.as_ref().err().cloned(),
        };
        log.record(now_ms, Some(self.id), Some(self.members[member].index), event);
        match result {
            Ok(_) => self.cursors[at].wait = Wait::ToEnd(member),
            // Whoever expects something of a collection is told that there was none.
            Err(reason) if hook == COLLECT && step.expect.is_some() => {
                let reason = format!("hook `{hook}`: {reason}");
                self.members[member].page_mut().hindrance = Some(Hindrance::NotSent(reason));
                self.cursors[at].wait = Wait::ToEnd(member);
            }
            Err(reason) => self.break_off(format!("hook `{hook}`: {reason}")),
        }
    }

    /// Until when an `advance` lasts, or why there is nothing to wait for.
    fn advance_until(
        &self,
        member: usize,
        advance: Advance,
        now_ms: u64,
    ) -> Result<u64, &'static str> {
        let agent = &self.members[member].agent;
        match advance {
            Advance::For { ms } => Ok(now_ms.saturating_add(ms)),
            Advance::UntilPollDue => agent.poll_due_ms().ok_or("no poll is pending"),
            Advance::UntilReportDue => agent.next_report_due_ms().ok_or("no report is planned"),
            Advance::UntilRetry => agent.retry_due_ms().ok_or("no retry is planned"),
            Advance::UntilClassic(moment) => self.classic_moment(member, moment, now_ms),
        }
    }
}
