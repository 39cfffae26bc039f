//! What a shard has others do, and the tray where results are laid.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use muster_agent::pull::InstanceAnswer;
use muster_scenarios::model::PullInterface;
use tokio::sync::{Notify, oneshot};

use super::line::Travelled;
use crate::hook;
use crate::instance_api::{Ask, InstanceApi, InstanceCall, InstanceTls};
use crate::journey::Collected;
use crate::target::Target;
use crate::transport::Client;

/// What came of a wish, or what somebody asks an instance meanwhile.
pub(super) enum Done {
    Exchange { member: usize, travelled: Box<Travelled>, intended_us: u64, is_setup: bool },
    Hook { cursor: usize, result: Result<String, String> },
    Collection(Collected),
    Asked { cursor: usize, member: usize, asked: Box<AskedInstance> },
}

/// A request to an instance that is collected from, and where its answer goes.
pub(super) struct AskedInstance {
    pub(super) call: InstanceCall,
    pub(super) reply: oneshot::Sender<InstanceAnswer>,
}

impl Done {
    /// Whether a wish is done with it.
    pub(super) const fn ends_wish(&self) -> bool {
        !matches!(self, Self::Asked { .. })
    }
}

/// Where finished tasks lay their results for the shard to take.
#[derive(Clone, Default)]
pub(super) struct Tray(Rc<Laid>);

#[derive(Default)]
struct Laid {
    results: RefCell<VecDeque<(u32, Done)>>,
    filled: Notify,
}

impl Tray {
    pub(super) fn put(&self, slot: u32, done: Done) {
        self.0.results.borrow_mut().push_back((slot, done));
        self.0.filled.notify_one();
    }

    pub(super) fn take(&self) -> Option<(u32, Done)> {
        self.0.results.borrow_mut().pop_front()
    }

    /// Waits until something was laid down since the last wait.
    pub(super) async fn filled(&self) {
        self.0.filled.notified().await;
    }
}

/// Has the server collect from a listener of the instance's own, whose requests go to `ask`.
pub(super) async fn collect(
    client: &Client,
    target: &Target,
    tls: Result<Option<InstanceTls>, String>,
    over: PullInterface,
    ask: Ask,
) -> Result<String, String> {
    let hook = target.hooks.get("collect");
    let hook = hook.ok_or_else(|| "the target profile does not have it".to_owned())?;
    let tls = tls?;
    let api = InstanceApi::open(tls.as_ref(), ask).await;
    let api = api.map_err(|error| format!("no listener: {error}"))?;
    let ca = tls.as_ref().map(|tls| tls.root_pem.as_str());
    let arguments = target.instance.arguments(&api.url, ca, over);
    hook::call(client, hook, &arguments).await
}
