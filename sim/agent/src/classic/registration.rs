//! What an agent holds of its registration: accounts, identifier, ID certificate, and a token that
//! waits.

use std::sync::Arc;

use compact_str::CompactString;
use muster_wire::ProductInstanceId;

use super::id_certificate_state::IdCertificateState;
use super::registration_state::RegistrationState;
use crate::account::{Accounts, Identifier};
use crate::heap::{Heap, heap};
use crate::saved::saved_struct;
use crate::timer::{DAY_MS, Due, HOUR_MS};

/// When the ID certificate is renewed: half a year into its year (public).
pub(crate) const RENEWAL_MS: u64 = 180 * DAY_MS;
/// How long the clock may be outside of the certificate's dates (public).
pub(crate) const RANGE_GRACE_MS: u64 = HOUR_MS;

/// The registration.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) state: RegistrationState,
    pub(crate) held: Option<Box<Held>>,
    /// A registration under way.
    pub(crate) attempt: Option<Box<Attempt>>,
    /// Whether the latest registration failed and none has succeeded since.
    pub(crate) failed: bool,
    /// When it was registered, seconds since the epoch, 0 for never.
    pub(crate) registered_at_s: u32,
}

/// What a server gave. The certificates themselves are not kept: no message carries one, and their
/// facts are a tenth as long.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) identifier: Identifier,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) export_allowed: bool,
    /// Serial number of the ID certificate, decimal.
    pub(crate) serial: CompactString,
    /// Serial number of the server's signing certificate, decimal.
    pub(crate) signing_serial: CompactString,
    /// Dates of the ID certificate, milliseconds since the epoch.
    pub(crate) not_before_ms: u64,
    pub(crate) not_after_ms: u64,
    /// Distance of authorization renewals.
    pub(crate) authorization_interval_ms: u64,
}

/// A token that is being used. It is dropped once a server has looked at it, and no instance stores
/// it.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) id_token: String,
    pub(crate) force: bool,
    /// How often it was sent.
    pub(crate) sent: u8,
}

/// The ID certificate's state and timers.
#[derive(Clone)]
pub(crate) struct IdCertificate {
    pub(crate) state: IdCertificateState,
    pub(crate) renewal_due: Due,
    /// End of the hour in which the clock may come back.
    pub(crate) grace_due: Due,
    pub(crate) renewal_wanted: bool,
    /// When it was renewed last, seconds since the epoch, 0 for never.
    pub(crate) renewed_at_s: u32,
}

heap!(Attempt { id_token });

impl Heap for Held {
    fn heap_bytes(&self) -> usize {
        let spilled =
            |text: &CompactString| if text.is_heap_allocated() { text.capacity() } else { 0 };
        self.identifier.heap_bytes() + spilled(&self.serial) + spilled(&self.signing_serial)
    }
}

heap!(Registration { held, attempt });
saved_struct!(Registration { state, held, attempt, failed, registered_at_s });
saved_struct!(Held {
    identifier,
    accounts,
    export_allowed,
    serial,
    signing_serial,
    not_before_ms,
    not_after_ms,
    authorization_interval_ms,
});
saved_struct!(Attempt { id_token, force, sent });
saved_struct!(IdCertificate { state, renewal_due, grace_due, renewal_wanted, renewed_at_s });

impl Registration {
    pub(crate) const fn new() -> Self {
        Self {
            state: RegistrationState::NotRegistered,
            held: None,
            attempt: None,
            failed: false,
            registered_at_s: 0,
        }
    }

    /// The identifier the server gave.
    pub(crate) fn identifier(&self) -> Option<ProductInstanceId> {
        self.held.as_ref().and_then(|held| held.identifier.id())
    }

    /// Whether requests other than a registration can be sent.
    pub(crate) fn stands(&self) -> bool {
        self.state == RegistrationState::Registered && self.held.is_some()
    }
}

impl IdCertificate {
    pub(crate) const fn new() -> Self {
        Self {
            state: IdCertificateState::None,
            renewal_due: Due::NEVER,
            grace_due: Due::NEVER,
            renewal_wanted: false,
            renewed_at_s: 0,
        }
    }

    /// Whether messages can be signed under it.
    pub(crate) const fn is_usable(&self) -> bool {
        matches!(self.state, IdCertificateState::Valid | IdCertificateState::Warned)
    }
}
