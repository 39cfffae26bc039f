//! Authorization codes: signed texts that give one product instance export-controlled licences.
//!
//! Public: the elements of a reservation's code, an analogue. Assumed: the rest of the form, and
//! that the dates of a term licence are days of the calendar.

use jiff::Timestamp;
use muster_wire::grant::GrantedLicense;
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::trust::{CustomerInfo, TrustStatus};
use muster_wire::{EntitlementTag, Udi};

use crate::derivation::product_instance_identifier;
use crate::holdings::lot::{Lot, LotKind};
use crate::holdings::{AccountNumber, published};
use crate::server::Core;

/// What documented answers of the trust code carry in this place.
const CORRELATION_ID: &str = "null-null";

/// To whom, from which account and when licences were given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Granted<'a> {
    pub(crate) udi: &'a Udi,
    pub(crate) account: AccountNumber,
    pub(crate) at_ms: u64,
}

impl Core {
    /// The code for licences; for none when all were returned.
    pub(crate) fn authorization_code(
        &self,
        granted: Granted<'_>,
        licences: &[(EntitlementTag, u32)],
    ) -> AuthorizationAnswer {
        let Granted { udi, account, at_ms } = granted;
        let store = self.store();
        let customer = store.holdings.account(account).clone();
        let licenses = licences.iter().map(|(tag, count)| {
            let licence = store.holdings.licence(account, tag);
            granted_license(tag, *count, licence.and_then(|licence| licence.lot_at(at_ms)))
        });
        let licenses = licenses.collect();
        drop(store);
        self.signed_authorization(
            udi,
            AuthorizationCode {
                customer: Some(CustomerInfo {
                    smart_account: customer.smart_account.clone(),
                    virtual_account: customer.virtual_account.clone(),
                }),
                product_instance_identifier: Some(product_instance_identifier(&self.seed, udi)),
                timestamp: Some(at_ms),
                licenses,
                ..empty(TrustStatus {
                    success: true,
                    message: None,
                    code: None,
                    correlation_id: Some(CORRELATION_ID.to_owned()),
                })
            },
        )
    }

    /// A code that says why there are no licences.
    pub(crate) fn refused_authorization(
        &self,
        udi: &Udi,
        code: &str,
        message: &str,
    ) -> AuthorizationAnswer {
        self.signed_authorization(
            udi,
            empty(TrustStatus {
                success: false,
                message: Some(message.to_owned()),
                code: Some(code.to_owned()),
                correlation_id: Some(CORRELATION_ID.to_owned()),
            }),
        )
    }

    fn signed_authorization(&self, udi: &Udi, mut code: AuthorizationCode) -> AuthorizationAnswer {
        self.defects.alter(&mut code);
        let mut answer =
            AuthorizationAnswer::new(udi.to_string(), code, |signed| self.signature(signed));
        self.defects.alter(&mut answer);
        answer
    }
}

fn empty(status: TrustStatus) -> AuthorizationCode {
    AuthorizationCode {
        customer: None,
        flag: "A".to_owned(),
        version: "C".to_owned(),
        product_instance_identifier: None,
        timestamp: None,
        licenses: Vec::new(),
        status,
    }
}

fn granted_license(tag: &EntitlementTag, count: u32, lot: Option<&Lot>) -> GrantedLicense {
    let (display_name, tag_description) = published::description(tag);
    let term = lot.filter(|lot| lot.kind != LotKind::Perpetual);
    let end = term.and_then(|lot| lot.ends_at_ms);
    GrantedLicense {
        tag: tag.clone(),
        count,
        start_date: term.map_or_else(String::new, |lot| day(lot.starts_at_ms)),
        end_date: end.map_or_else(String::new, day),
        license_type: lot.map_or(muster_wire::grant::PERPETUAL, Lot::word).to_owned(),
        display_name,
        tag_description,
        subscription_id: lot.and_then(|lot| lot.subscription_id.clone()).unwrap_or_default(),
    }
}

fn day(at_ms: u64) -> String {
    let time = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%d").to_string()
}
