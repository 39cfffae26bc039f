//! What happens to the instances of a journey from outside: restarts, the loss of power, and of the
//! network.

use muster_agent::{Command, Input};
use muster_journal::Event;

use super::{Journey, Wish};
use crate::log::Log;

impl Journey {
    /// Every instance restarts in an orderly way.
    pub(crate) fn reload(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) {
        self.note_fault("reload", now_ms, log);
        for member in 0..self.members.len() {
            self.with_agent(member, now_ms, wishes, log, Input::Command(Command::Reload));
        }
        self.run(now_ms, wishes, log);
    }

    /// Every instance loses power; nothing happens until it is back.
    pub(crate) fn lose_power(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) {
        self.note_fault("power_lost", now_ms, log);
        for member in 0..self.members.len() {
            self.with_agent(member, now_ms, wishes, log, Input::PowerLost);
        }
        self.is_frozen = true;
    }

    /// Power is back: every instance boots.
    pub(crate) fn power_up(&mut self, now_ms: u64, wishes: &mut Vec<Wish>, log: &mut Log<'_>) {
        self.note_fault("power_back", now_ms, log);
        self.is_frozen = false;
        for member in 0..self.members.len() {
            self.with_agent(member, now_ms, wishes, log, Input::Boot);
        }
        self.run(now_ms, wishes, log);
    }

    /// One instance loses its network, or has it again. What is on its way still arrives.
    pub(super) fn set_network(
        &mut self,
        member: usize,
        is_lost: bool,
        now_ms: u64,
        log: &mut Log<'_>,
    ) {
        let cut = &mut self.notes.get_or_insert_default().without_network;
        let fault = if is_lost {
            cut.insert(member);
            "network_lost"
        } else {
            cut.remove(&member);
            "network_back"
        };
        let index = Some(self.members[member].index);
        log.note(now_ms, Some(self.id), index, || Event::FaultInjected { fault: fault.to_owned() });
    }

    /// Whether what a member sends can arrive.
    pub(crate) fn has_network(&self, member: usize) -> bool {
        self.notes.as_ref().is_none_or(|notes| !notes.without_network.contains(&member))
    }

    /// Records what was done to the journey on purpose.
    pub(crate) fn note_fault(&self, fault: &str, now_ms: u64, log: &mut Log<'_>) {
        log.note(now_ms, Some(self.id), None, || Event::FaultInjected { fault: fault.to_owned() });
    }

    /// When the first instance's next poll is due.
    pub(crate) fn first_poll_due(&self) -> Option<u64> {
        self.members[0].agent.poll_due_ms()
    }

    /// When the first instance's next report is due.
    pub(crate) fn first_report_due(&self) -> Option<u64> {
        self.members[0].agent.next_report_due_ms()
    }
}
