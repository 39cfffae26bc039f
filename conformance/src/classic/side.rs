//! What one server knows of one product instance of the classic era, as far as the exchanges show.
//!
//! Source: ACI Smart Licensing, "Reregister Product If Already Registered" and Faults table; SSM
//! On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and "Conversion
//! Workflow".

use std::collections::BTreeMap;
use std::sync::Arc;

use compact_str::CompactString;
use muster_wire::classic::MessageType;
use muster_wire::classic::proposed::export_authorization::ExportAction;
use muster_wire::{EntitlementTag, PollId, ProductInstanceId};

use super::certificate::{Certificate, Key};
use crate::history::{Account, Role};

/// Deferred results remembered per instance and server; an instance has one per kind of request.
const POLLS_MAX: usize = 16;

/// A server that knows nothing of the instance.
static BLANK: ClassicSide = ClassicSide::new();

/// The views of both servers; most instances deal with one.
#[derive(Debug, Default)]
pub struct ClassicHistory {
    cssm: Option<Box<ClassicSide>>,
    on_prem: Option<Box<ClassicSide>>,
}

/// What one server knows.
#[derive(Debug, Default)]
pub struct ClassicSide {
    /// Whether the instance is registered.
    pub standing: Standing,
    /// When it last registered, milliseconds since the epoch.
    pub registered_at_ms: u64,
    /// The identifier of its last registration.
    pub identifier: Option<ProductInstanceId>,
    /// The account of its last registration.
    pub account: Option<Arc<Account>>,
    /// Message version of the answer to its last registration.
    pub version: CompactString,
    /// Its ID certificate.
    pub id_certificate: Option<Certificate>,
    /// The key answers are signed with, from the last registration or renewal.
    pub signing_key: Option<Key>,
    /// When a request of it was last taken, milliseconds since the epoch.
    pub last_contact_ms: u64,
    /// What it said it uses.
    pub used: BTreeMap<EntitlementTag, Used>,
    /// What it was authorized to use under export control.
    pub exported: BTreeMap<EntitlementTag, u32>,
    /// Whether its classic licences were converted.
    pub converted: bool,
    polls: Vec<(PollId, Pending)>,
}

/// Whether a server has a record of an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known.
    #[default]
    Unheard,
    /// It registered.
    Registered,
    /// It left, and the server said so.
    Left,
    /// The server's operator removed it.
    Removed,
    /// It may or may not be registered, for example because the answer to its goodbye was lost.
    Uncertain,
}

/// What is in use of one licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// How many.
    pub count: u64,
    /// Behind which instance's active application the one that uses it stands by.
    pub behind: Option<ProductInstanceId>,
    /// In the place of which instance's application it became active.
    pub replaced: Option<ProductInstanceId>,
    /// Whether the server is known to have taken it in.
    pub certain: bool,
}

/// A deferred result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What is deferred.
    pub kind: MessageType,
    /// When the request was sent, milliseconds since the epoch.
    pub asked_at_ms: u64,
    /// Of an export request: what was asked.
    pub export: Option<Export>,
    /// Of an export request: whether the account had the licences free when it was sent.
    pub free: bool,
    /// Whether the request was one that must not succeed.
    pub doubtful: bool,
}

/// What an export request asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// To authorize, or to take back.
    pub action: ExportAction,
    /// Which licences, and how many.
    pub counts: BTreeMap<EntitlementTag, u32>,
}

impl ClassicHistory {
    pub(crate) const fn new() -> Self {
        Self { cssm: None, on_prem: None }
    }

    /// What the server in that role knows.
    #[must_use]
    pub fn side(&self, role: Role) -> &ClassicSide {
        let side = match role {
            Role::Cssm => &self.cssm,
            Role::OnPrem => &self.on_prem,
        };
        side.as_deref().unwrap_or(&BLANK)
    }

    pub(crate) fn side_mut(&mut self, role: Role) -> &mut ClassicSide {
        match role {
            Role::Cssm => self.cssm.get_or_insert_default(),
            Role::OnPrem => self.on_prem.get_or_insert_default(),
        }
    }

    /// The views of the servers that know something.
    pub fn sides(&self) -> impl Iterator<Item = (Role, &ClassicSide)> {
        let cssm = self.cssm.as_deref().map(|side| (Role::Cssm, side));
        cssm.into_iter().chain(self.on_prem.as_deref().map(|side| (Role::OnPrem, side)))
    }

    /// Notes that the On-Prem was set back to a time.
    pub(crate) fn set_back(&mut self, to_ms: u64) {
        if let Some(side) = &mut self.on_prem {
            side.set_back(to_ms);
        }
    }

    /// Notes that the servers' operator removed the records.
    pub(crate) fn remove(&mut self) {
        for side in [&mut self.cssm, &mut self.on_prem].into_iter().flatten() {
            if side.standing != Standing::Unheard {
                side.standing = Standing::Removed;
                side.exported.clear();
                side.polls.clear();
            }
        }
    }
}

impl ClassicSide {
    /// Whether its ID certificate has expired at that time.
    #[must_use]
    pub fn has_expired(&self, at_ms: u64) -> bool {
        self.id_certificate.as_ref().is_some_and(|known| known.not_after_ms < at_ms)
    }

    /// Notes that the server was set back to a time: what came later is lost, and of what came
    /// before nobody knows which part is.
    pub(crate) fn set_back(&mut self, to_ms: u64) {
        if self.standing != Standing::Unheard && self.registered_at_ms > to_ms {
            self.standing = Standing::Uncertain;
        }
        self.used.values_mut().for_each(|used| used.certain = false);
        self.exported.clear();
    }

    const fn new() -> Self {
        Self {
            standing: Standing::Unheard,
            registered_at_ms: 0,
            identifier: None,
            account: None,
            version: CompactString::const_new(""),
            id_certificate: None,
            signing_key: None,
            last_contact_ms: 0,
            used: BTreeMap::new(),
            exported: BTreeMap::new(),
            converted: false,
            polls: Vec::new(),
        }
    }

    /// The deferred result of that id, if it was issued to this instance.
    #[must_use]
    pub fn pending(&self, id: PollId) -> Option<&Pending> {
        self.polls.iter().find(|(known, _)| *known == id).map(|(_, pending)| pending)
    }

    pub(crate) fn defer(&mut self, id: PollId, pending: Pending) {
        self.polls.retain(|(known, _)| *known != id);
        if self.polls.len() == POLLS_MAX {
            self.polls.remove(0);
        }
        self.polls.push((id, pending));
    }

    /// Forgets what the registration before brought.
    pub(crate) fn begin_anew(&mut self) {
        let converted = self.converted;
        *self = Self { converted, ..Self::new() };
    }
}
