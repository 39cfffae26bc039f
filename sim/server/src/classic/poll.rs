//! Polls: a deferred result goes to the instance it was promised to, as often as it asks.
//!
//! Source: SSM On-Prem 7 User Guide, "Conversion Workflow" (the five answers to a poll) and "New
//! Export Control Alerts" (the instance goes on polling until the licence is moved). Assumed: while
//! a conversion waits, the word poll-me-later stands beside the poll id.

use muster_wire::Extra;
use muster_wire::classic::MessageType;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::classic::proposed::poll::PollRequest;
use serde_json::Value;

use super::conversion::conversion_reply;
use super::exchange::Asked;
use super::refusal::Refusal;
use super::reply::Reply;
use super::sender::Sender;
use crate::server::Core;

impl Core {
    pub(super) fn classic_poll(
        &self,
        asked: &Asked<'_>,
        sender: &Sender,
        data: &PollRequest,
    ) -> Result<Reply, Refusal> {
        let mut store = self.store();
        let known = store.classic.instance(&asked.udi);
        let promise = known.and_then(|known| known.promised(data.poll_id));
        let kind = promise.ok_or_else(Refusal::unknown_poll_id)?.task.message_type();
        if kind != data.poll_type {
            return match data.poll_type {
                MessageType::Conversion => {
                    Ok(conversion_reply(ConversionStatus::InvalidMessageType))
                }
                _ => Err(Refusal::invalid_poll_type()),
            };
        }
        // What waited for licences to be moved is looked at again each time.
        store.decide(&asked.udi, data.poll_id, asked.now_ms);
        let outcome = store.decided(&asked.udi, data.poll_id);
        drop(store);
        Ok(match outcome {
            Some(outcome) => self.delivered(asked, sender, data.poll_id, &outcome),
            None => {
                let words = later_words(&kind);
                self.put_off(kind, data.poll_id, words)
            }
        })
    }
}

fn later_words(kind: &MessageType) -> Extra {
    let mut words = Extra::new();
    if *kind == MessageType::Conversion {
        let later = ConversionStatus::PollMeLater.as_str().to_owned();
        words.insert("conversion_status".to_owned(), Value::String(later));
    }
    words
}
