//! Polling until a deferred result is there, and waiting for points in time.

use muster_agent::{Command, Input};
use muster_scenarios::model::{Action, Step};
use muster_wire::PollId;

use super::agent::Agent;
use super::cursor::Wait;
use super::member::Hindrance;
use super::perform::SWITCHED_OFF;
use super::{Journey, Wish};
use crate::log::Log;

impl Journey {
    /// What follows once a strand's wait for time is over.
    pub(super) fn wake(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (_, numbered) = self.step_at(block, node);
        let step = &numbered.step;
        let member = self.member_of(step);
        self.cursors[at].wait = Wait::ToEnd(member);
        if matches!(step.action, Action::Poll { until_complete: true, .. }) {
            self.poll_again(at, member, now_ms, wishes, log);
        }
    }

    /// Polls for the next result a poll-until-complete step waits for, if one is outstanding.
    pub(super) fn poll_again(
        &mut self,
        at: usize,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let Some((poll_id, _)) = self.next_awaited(at, member) else { return };
        let (block, node) = self.cursors[at].place;
        let place = Some(self.step_at(block, node).0);
        self.cursors[at].polls_left -= 1;
        let command = Command::PollNow { poll_id };
        self.agent_input(member, place, now_ms, wishes, log, Input::Command(command));
    }

    /// The results a poll-until-complete step waits for: the one of this id, or every one.
    pub(super) fn awaited(
        &self,
        id: Option<&str>,
        member: usize,
    ) -> Result<Vec<PollId>, Hindrance> {
        if !self.members[member].is_on {
            return Err(Hindrance::refused(SWITCHED_OFF));
        }
        let Some(agent) = self.members[member].agent.in_policy_era() else {
            return Ok(Vec::new());
        };
        let mut held: Vec<_> = agent.polls().map(|(poll_id, _)| poll_id).collect();
        if let Some(template) = id {
            let wanted = self.poll_id(template, member)?;
            held.retain(|held| *held == wanted);
            if held.is_empty() {
                return Err(Hindrance::refused("no such poll id is stored"));
            }
        }
        Ok(held)
    }

    /// The poll id a template stands for.
    pub(super) fn poll_id(&self, template: &str, member: usize) -> Result<PollId, Hindrance> {
        let text = self.render(template, member).map_err(Hindrance::NotSent)?;
        let number = text.trim().parse();
        number.map(PollId).map_err(|_| Hindrance::refused("the poll id is not a number"))
    }

    /// The awaited result whose poll is due first, and when that is. An instance of the classic
    /// era polls for all that were deferred, whatever their ids.
    fn next_awaited(&self, at: usize, member: usize) -> Option<(Option<PollId>, u64)> {
        let cursor = &self.cursors[at];
        if cursor.polls_left == 0 {
            return None;
        }
        let agent = match &self.members[member].agent {
            Agent::Policy(agent) => agent,
            Agent::Classic(instance) => {
                let agent = &instance.agent;
                if agent.deferred_results() == 0 {
                    return None;
                }
                let due = agent.poll_due_ms().max(agent.retry_due_ms());
                return due.map(|due| (None, due));
            }
        };
        let awaited = agent.polls().filter(|(poll_id, _)| cursor.awaited.contains(poll_id));
        let (poll_id, poll_time_ms) = awaited.min_by_key(|(_, poll_time_ms)| *poll_time_ms)?;
        // After a failure the instance itself holds back, and so does the step.
        Some((Some(poll_id), poll_time_ms.max(agent.retry_due_ms().unwrap_or(0))))
    }

    /// A server may defer a result once more under another poll id: the step awaits that one too.
    pub(super) fn follow_renamed_poll(&mut self, at: usize, member: usize) {
        let Some(last) = &self.members[member].page().step_last else { return };
        if let Some(id) = last.put_off
            && !self.cursors[at].awaited.contains(&id)
        {
            self.cursors[at].awaited.push(id);
        }
    }

    /// When a poll-until-complete step must wait for the next poll, until when.
    pub(super) fn next_poll(&self, at: usize, member: usize, step: &Step) -> Option<u64> {
        if !matches!(step.action, Action::Poll { until_complete: true, .. }) {
            return None;
        }
        self.next_awaited(at, member).map(|(_, due)| due)
    }
}
