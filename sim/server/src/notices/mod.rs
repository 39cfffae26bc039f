//! What the server tells its administrators: alerts, events, and lines for a syslog server.
//!
//! Source: SSM On-Prem 7 User Guide, "Alerts Tab", "Licensing Events", "Product Instance Events",
//! "Related SYSLOG Message Text" and "Syslog Tab". Assumed: straight quotes where the guide prints
//! curly ones; how a text ends that the guide cuts short.
//!
//! - [`topic`]: what a notice can be about; [`alert`], [`event`], [`syslog`]: the three records
//! - [`notice`]: one occasion in the words of all three; [`licence_text`], [`instance_text`],
//!   [`export_text`], [`on_prem_text`], [`account_text`], [`user_text`]: the documented words
//! - [`occasion`]: how the server tells; [`watch`]: what time alone gives occasion to
//! - [`control`]: the control API

pub(crate) mod account_text;
pub(crate) mod alert;
pub(crate) mod control;
pub(crate) mod event;
pub(crate) mod export_text;
pub(crate) mod instance_text;
pub(crate) mod licence_text;
pub(crate) mod notice;
mod occasion;
pub(crate) mod on_prem_text;
pub(crate) mod syslog;
pub(crate) mod topic;
pub(crate) mod user_text;
pub(crate) mod watch;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use self::alert::{Alert, AlertKey, Dismissal};
use self::event::Event;
use self::notice::Notice;
use self::syslog::SyslogLine;
use self::topic::Topic;
use crate::holdings::AccountNumber;
use crate::state::{Kept, Single, collections};

/// Events kept; the oldest makes room. Some days of a large server.
pub(crate) const EVENTS_MAX: usize = 10_000;

/// Lines kept for a syslog server that fetches them or is sent them.
pub(crate) const SYSLOG_LINES_MAX: usize = 10_000;

/// Alerts that stand at a time: one for every product instance of the largest server, twice.
pub(crate) const ALERTS_MAX: usize = 100_000;

/// Where something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The local account; empty for the server as a whole.
    pub(crate) local_account: String,
    /// The local virtual account, when it concerns one.
    pub(crate) virtual_account: Option<String>,
}

impl Place {
    /// A local account as a whole.
    pub(crate) fn account(name: &str) -> Self {
        Self { local_account: name.to_owned(), virtual_account: None }
    }

    /// The name of the virtual account, as texts quote it.
    pub(crate) fn pool(&self) -> &str {
        self.virtual_account.as_deref().unwrap_or_default()
    }
}

/// Everything that was told.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    alerts: Kept<AlertKey, Alert>,
    /// By number, as the lines.
    events: Kept<u64, Event>,
    syslog: Kept<u64, SyslogLine>,
    /// Of the last record, from 1.
    last_number: Single<u64>,
    /// Where syslog lines are sent.
    remote: Single<Option<SocketAddr>>,
    /// Up to which time it was looked what time brought.
    looked_at_ms: Single<u64>,
    /// How many licences are short, as far as that was told.
    short: Kept<(AccountNumber, String), u64>,
    /// The last warning about licences that end: account, tag, end, and the time that was left.
    warned: Kept<(AccountNumber, String, u64), u64>,
}

collections!(Notices {
    kept {
        alerts => "alerts",
        events => "events",
        syslog => "syslog",
        last_number => "last_notice",
        remote => "syslog_server",
        looked_at_ms => "looked_at",
        short => "short",
        warned => "warned",
    }
    inner {}
    not_kept {}
});

impl Notices {
    /// Of a server that begins now.
    pub(crate) fn since(now_ms: u64) -> Self {
        Self { looked_at_ms: Single::new(now_ms), ..Self::default() }
    }

    /// Tells of one occasion: an alert stands until it is cleared or dismissed, and replaces the
    /// one about the same subject.
    pub(crate) fn tell(&mut self, at_ms: u64, place: &Place, notice: Notice) {
        let severity = notice.syslog_severity();
        let Notice { topic, subject, event, syslog, alert, user, detail } = notice;
        if let Some(text) = alert {
            let key = match detail {
                Some(detail) => format!("{} {detail}", subject.key()),
                None => subject.key(),
            };
            let key = AlertKey { place: place.clone(), topic, subject: key };
            let number = self.number();
            self.raise(key, Alert::new(number, at_ms, (place, topic), subject.clone(), text));
        }
        if let Some(message) = event {
            let (number, place) = (self.number(), place.clone());
            let subject = subject.clone();
            let event = Event { number, at_ms, place, topic, subject, message, user };
            keep(&mut self.events, number, event, EVENTS_MAX);
        }
        if let Some(text) = syslog {
            let (number, place) = (self.number(), place.clone());
            let line = SyslogLine { number, at_ms, severity, place, topic, text };
            keep(&mut self.syslog, number, line, SYSLOG_LINES_MAX);
        }
    }

    fn number(&mut self) -> u64 {
        *self.last_number += 1;
        *self.last_number
    }

    fn raise(&mut self, key: AlertKey, alert: Alert) {
        if self.alerts.len() >= ALERTS_MAX && !self.alerts.contains_key(&key) {
            make_room(&mut self.alerts);
        }
        self.alerts.insert(key, alert);
    }

    /// Brings an alert that stands up to date, and says nothing else.
    pub(crate) fn refresh(&mut self, place: &Place, notice: Notice) {
        let Some(text) = notice.alert else { return };
        let subject = match notice.detail {
            Some(detail) => format!("{} {detail}", notice.subject.key()),
            None => notice.subject.key(),
        };
        let key = AlertKey { place: place.clone(), topic: notice.topic, subject };
        if let Some(alert) = self.alerts.get_mut(&key) {
            alert.severity = text.severity;
            alert.message = text.message;
            alert.action_due = text.action_due;
        }
    }

    /// Ends an alert whose cause is gone; whether there was one.
    pub(crate) fn clear(&mut self, place: &Place, topic: Topic, subject: &str) -> bool {
        let key = AlertKey { place: place.clone(), topic, subject: subject.to_owned() };
        self.alerts.remove(&key).is_some()
    }

    /// Ends every alert of a local account, or of one of its virtual accounts.
    pub(crate) fn clear_place(&mut self, gone: &Place) {
        self.alerts.retain(|key, _| {
            let inside =
                gone.virtual_account.is_none() || key.place.virtual_account == gone.virtual_account;
            key.place.local_account != gone.local_account || !inside
        });
    }

    /// Carries alerts over to another place: a virtual account was renamed.
    pub(crate) fn move_alerts(&mut self, from: &Place, to: &Place) {
        let moved: Vec<_> = self.alerts.keys().filter(|key| key.place == *from).cloned().collect();
        for key in moved {
            let Some(mut alert) = self.alerts.remove(&key) else { continue };
            alert.place = to.clone();
            self.alerts.insert(AlertKey { place: to.clone(), ..key }, alert);
        }
    }

    /// Hides an alert by its number, as far as its topic lets an administrator.
    pub(crate) fn dismiss(&mut self, number: u64) -> Option<Dismissal> {
        let key = self.alerts.iter().find(|(_, alert)| alert.number == number)?.0.clone();
        let dismissal = key.topic.dismissal();
        match dismissal {
            Dismissal::Never => {}
            Dismissal::RemindLater => {
                if let Some(alert) = self.alerts.get_mut(&key) {
                    alert.is_hidden = true;
                }
            }
            Dismissal::Dismiss => {
                self.alerts.remove(&key);
            }
        }
        Some(dismissal)
    }

    /// The alerts that stand and are not hidden: major ones first, then what is due first.
    pub(crate) fn alerts(&self) -> Vec<&Alert> {
        let mut alerts: Vec<_> = self.alerts.values().filter(|alert| !alert.is_hidden).collect();
        alerts.sort_by_key(|alert| (alert.severity, alert.action_due, alert.number));
        alerts
    }

    /// Events, oldest first.
    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.values()
    }

    /// Where syslog lines are sent; none while nobody set it.
    pub(crate) fn remote(&self) -> Option<SocketAddr> {
        *self.remote
    }

    /// Sends syslog lines somewhere else, or no longer.
    pub(crate) fn send_to(&mut self, address: Option<SocketAddr>) {
        *self.remote = address;
    }

    /// The number of the last record.
    pub(crate) fn last_number(&self) -> u64 {
        *self.last_number
    }

    /// Lines after a number, oldest first.
    pub(crate) fn syslog_after(&self, number: u64) -> impl Iterator<Item = &SyslogLine> {
        self.syslog.range(number.saturating_add(1)..).map(|(_, line)| line)
    }

    /// Lines for a syslog server, oldest first.
    pub(crate) fn syslog(&self) -> impl DoubleEndedIterator<Item = &SyslogLine> {
        self.syslog.values()
    }
}

fn keep<T>(log: &mut Kept<u64, T>, number: u64, record: T, most: usize) {
    if log.len() >= most {
        make_room(log);
    }
    log.insert(number, record);
}

/// Forgets the first record.
fn make_room<K: Ord + Clone, T>(records: &mut Kept<K, T>) {
    if let Some(first) = records.keys().next().cloned() {
        records.remove(&first);
    }
}
