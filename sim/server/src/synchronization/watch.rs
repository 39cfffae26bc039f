//! Accounts that were not synchronized for too long.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Alerts"; the texts of CSSM that removes an
//! On-Prem after 90 days. Assumed: CSSM announces the removal from the 28th day on.

use super::ageing::{Ageing, days_between};
use crate::local_account::account_state::AccountState;
use crate::notices::topic::Topic;
use crate::notices::{Place, on_prem_text};
use crate::store::Store;

/// Days after which CSSM removes an On-Prem when it is set to.
const REMOVED_AFTER_DAYS: u64 = 90;

/// Days after which it says so.
const ANNOUNCED_AFTER_DAYS: u64 = 28;

impl Store {
    /// Looks how old the last synchronization of each account is.
    pub(crate) fn look_at_accounts(&mut self, now_ms: u64) {
        for name in self.local_accounts.names() {
            self.note_age(&name, now_ms);
        }
        if self.synchronization.settings.removes_after_90_days {
            self.remove_silent_on_prems(now_ms);
        }
    }

    /// Tells of the age of one account when it changed, and keeps the number of days up to date.
    pub(crate) fn note_age(&mut self, name: &str, now_ms: u64) {
        let Some(account) = self.local_accounts.get(name) else { return };
        if account.registration.is_none() || account.state == AccountState::Deleted {
            return;
        }
        let days = days_between(account.clock.last_ms, now_ms);
        let (before, age) = (account.clock.told_age, Ageing::after_days(days));
        let on_prem = account.on_prem().to_owned();
        let notice = match age {
            Ageing::Fresh => None,
            Ageing::OverdueMinor => Some(on_prem_text::overdue_minor(&on_prem, days)),
            Ageing::OverdueMajor => Some(on_prem_text::overdue_major(&on_prem, days)),
            Ageing::Dead => Some(on_prem_text::re_registration_required(&on_prem)),
        };
        let place = Place::account(name);
        if age == before {
            if let Some(notice) = notice {
                self.refresh(&place, notice);
            }
            return;
        }
        self.notices.clear(&place, Topic::SynchronizationOverdue, &on_prem);
        self.notices.clear(&place, Topic::ReRegistrationRequired, &on_prem);
        if let Some(notice) = notice {
            self.tell_account(name, notice);
        }
        if let Ok(account) = self.local_accounts.find(name) {
            account.clock.told_age = age;
        }
        self.synchronization.next_due_ms = None;
    }

    /// CSSM gives an On-Prem up.
    fn remove_silent_on_prems(&mut self, now_ms: u64) {
        for (uid, on_prem, pair, last_ms) in self.cssm.silent(ANNOUNCED_AFTER_DAYS, now_ms) {
            let days = days_between(last_ms, now_ms);
            let place = Place {
                local_account: pair.smart_account.clone(),
                virtual_account: Some(pair.virtual_account.clone()),
            };
            if days < REMOVED_AFTER_DAYS {
                let left = REMOVED_AFTER_DAYS - days;
                let notice = on_prem_text::removal_announced(&on_prem, days, left);
                if self.cssm.announce(&uid) {
                    self.notices.tell(now_ms, &place, notice);
                } else {
                    self.refresh(&place, notice);
                }
                continue;
            }
            self.notices.clear(&place, Topic::SynchronizationOverdue, &on_prem);
            self.cssm.remove(&uid);
            self.notices.tell(now_ms, &place, on_prem_text::unregistered(&on_prem));
        }
    }
}
