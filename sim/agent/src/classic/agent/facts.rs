//! What a fleet asks of an agent often, without the whole view.

use muster_wire::ProductInstanceId;

use super::ClassicAgent;
use crate::classic::deferral::Deferral;

impl ClassicAgent {
    /// Whether crypto initialisation is complete, so that requests can go out.
    pub const fn is_crypto_ready(&self) -> bool {
        self.is_up()
    }

    /// Identifier the server gave; none without a registration.
    pub fn product_instance_identifier(&self) -> Option<ProductInstanceId> {
        self.registration.identifier()
    }

    /// How many results are deferred and still asked for.
    pub fn deferred_results(&self) -> usize {
        self.deferrals().count()
    }

    /// When the first deferred result is asked for next; none when nothing waits for that.
    pub fn poll_due_ms(&self) -> Option<u64> {
        self.deferrals().filter_map(|deferral| deferral.due.ms()).min()
    }

    /// When the next attempt after a failure is made.
    pub fn retry_due_ms(&self) -> Option<u64> {
        self.link.retry_due.ms()
    }

    /// When the authorization is next asked for, without a change of use.
    pub fn next_authorization_due_ms(&self) -> Option<u64> {
        self.authorization.renewal_due.min(self.authorization.refresh_due).ms()
    }

    fn deferrals(&self) -> impl Iterator<Item = Deferral> + '_ {
        let exports = self.exports.0.iter().filter_map(|export| export.deferral);
        let key = self.key_request.as_ref().and_then(|request| request.deferral);
        exports.chain(self.conversion.deferral).chain(key)
    }
}
