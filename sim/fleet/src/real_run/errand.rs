//! What a shard has others do, and the tray where results are laid.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use tokio::sync::Notify;

use super::line::Travelled;
use crate::hook;
use crate::instance_api::{InstanceApi, Pushed};
use crate::journey::Collected;
use crate::target::Target;
use crate::transport::Client;

/// What came of a wish.
pub(super) enum Done {
    Exchange { member: usize, travelled: Box<Travelled>, intended_us: u64, is_setup: bool },
    Hook { cursor: usize, result: Result<String, String> },
    Collection(Collected),
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

/// Has the server collect `reports` from a listener of the instance's own.
pub(super) async fn collect(
    client: &Client,
    target: &Target,
    reports: Vec<u8>,
) -> (Result<String, String>, Vec<Pushed>) {
    let Some(hook) = target.hooks.get("collect") else {
        return (Err("the target profile does not have it".to_owned()), Vec::new());
    };
    let api = match InstanceApi::open(reports).await {
        Ok(api) => api,
        Err(error) => return (Err(format!("no listener: {error}")), Vec::new()),
    };
    let arguments = BTreeMap::from([("url".to_owned(), api.url.clone())]);
    let result = hook::call(client, hook, &arguments).await;
    (result, api.pushed())
}
