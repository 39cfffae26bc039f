//! Which of its endpoint's servers an instance turns to, where its agent does not choose itself.

use std::rc::Rc;
use std::sync::Arc;

use muster_journal::Event;
use muster_scenarios::model::Step;

use super::Journey;
use crate::log::Log;
use crate::target::EndpointUrl;
use crate::transport::failover::{FailoverInput, FailoverState};
use crate::transport::{Received, Undelivered};

impl Journey {
    /// The endpoint a request goes to, and the server of it that the instance uses now. A step
    /// that names another endpoint asks the first server of that.
    pub(super) fn server_of(
        &mut self,
        member: usize,
        step: Option<&Step>,
        now_ms: u64,
    ) -> Option<(Arc<str>, Arc<EndpointUrl>)> {
        let setting = Rc::clone(&self.setting);
        let endpoint = self.endpoint_of(member, step);
        if endpoint != self.role(member).via || setting.target.server_count(endpoint) < 2 {
            return setting.target.server(endpoint, 0);
        }
        let endpoint = endpoint.to_owned();
        let failover = &mut self.members[member].failover;
        failover.before_request(now_ms);
        setting.target.server(&endpoint, failover.server())
    }

    /// Takes what an exchange says of the server, if that is the one the instance uses.
    pub(super) fn heard_of(
        &mut self,
        member: usize,
        endpoint: &str,
        url: &Arc<EndpointUrl>,
        result: Result<&Received, &Undelivered>,
        now_ms: u64,
        log: &mut Log<'_>,
    ) {
        let count = self.setting.target.server_count(endpoint);
        if count < 2 || endpoint != self.role(member).via {
            return;
        }
        let used = self.setting.target.server(endpoint, self.members[member].failover.server());
        if used.is_none_or(|(_, used)| !Arc::ptr_eq(&used, url)) {
            return;
        }
        let (id, member) = (self.id, &mut self.members[member]);
        let moved = member.failover.take(FailoverInput::of(result), count, now_ms);
        let Some(moved) = moved else { return };
        log.note(now_ms, Some(id), Some(member.index), || Event::StateChanged {
            machine: FailoverState::MACHINE.to_owned(),
            key: endpoint.to_owned(),
            from: moved.from.as_str().to_owned(),
            to: moved.to.as_str().to_owned(),
            input: moved.input.as_str().to_owned(),
        });
    }
}
