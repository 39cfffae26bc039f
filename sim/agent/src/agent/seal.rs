//! What leaves the agent, written down and signed in its name: no part of a step, so that whoever
//! drives agents decides when the text is made.

use super::SmartAgent;
use crate::effect::{Asked, Outbound, SealedRequest};
use crate::effects::Common;
use crate::policy::payload::Writer;
use crate::policy::request::Composer;
use crate::policy::rum_reports::StoredReport;

impl SmartAgent {
    /// Writes down a request of [`crate::Effect::Send`] and signs it. To be called before the agent
    /// takes another input, for what the request says of its sender is what holds now. A report
    /// that goes out again says the same as before, to the byte.
    pub fn seal(&mut self, outbound: &Outbound, common: &mut Common) -> SealedRequest {
        let Outbound { request_type, nonce, clock_ms, asked } = outbound;
        self.compose_with(*nonce, *clock_ms, common, |composer, stored| match asked {
            Asked::Trust { trust_id, token, force } => {
                composer.trust(*trust_id, token.as_deref(), *force)
            }
            Asked::Usage { trust_id, reports } => {
                let named = stored.iter_mut().filter(|one| reports.contains(&one.id));
                composer.usage(*trust_id, named)
            }
            Asked::Poll(poll_id) => composer.poll(*poll_id),
            Asked::Authorization(entry) => {
                composer.authorization(request_type.clone(), (**entry).clone())
            }
        })
    }

    /// Has something written in the name of the instance, with a nonce of its own.
    pub(super) fn compose<R>(
        &mut self,
        common: &mut Common,
        write: impl FnOnce(&mut Composer<'_>, &mut [StoredReport]) -> R,
    ) -> R {
        let nonce = self.rng.next_u64();
        self.compose_with(nonce, self.clock().ms(), common, write)
    }

    fn compose_with<R>(
        &mut self,
        nonce: u64,
        clock_ms: u64,
        common: &mut Common,
        write: impl FnOnce(&mut Composer<'_>, &mut [StoredReport]) -> R,
    ) -> R {
        let (identity, product_instance) = (self.identity(), self.trust.product_instance());
        let mut composer = Composer {
            writer: Writer::new(self.platform, &identity, product_instance.as_ref()),
            place: self.place,
            key: &self.key,
            loaded_keys: &mut common.keys,
            clock_ms,
            nonce,
        };
        write(&mut composer, &mut self.reports.stored)
    }
}
