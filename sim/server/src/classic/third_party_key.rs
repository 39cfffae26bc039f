//! Keys of another vendor's service, given to whoever uses the licence for it.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug logs (a request; the refusal of
//! a licence that is not in use); SSM On-Prem 7 User Guide, "Cisco License Features" (Third-Party
//! Software Support). Assumed: the keys, which are made up; that a request for a key that exists
//! gets the same one; and what the two flags mean.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_wire::classic::proposed::third_party_key::{ThirdPartyKey, ThirdPartyKeyAnswer};
use muster_wire::classic::third_party_key::{KeyRequest, ThirdPartyKeyRequest};
use muster_wire::classic::{AnswerData, EnforcementMode, MessageType};
use muster_wire::{EntitlementTag, Extra};

use super::entitlement::TAG_LENGTH_MAX;
use super::exchange::Asked;
use super::refusal::Refusal;
use super::reply::Reply;
use crate::derivation::Digest;
use crate::server::Core;

/// Keys of one request; the public sample asks for one.
const KEYS_MAX: usize = 16;

/// Characters of the names in a request.
const NAME_LENGTH_MAX: usize = 64;

/// The only action of the public sample.
const GENERATE: &str = "GENERATE";

/// The highest number of a key, as the entry numbers of the sample.
const KEY_ID_MAX: u64 = 1 << 31;

impl Core {
    pub(super) fn third_party_key(
        &self,
        asked: &Asked<'_>,
        data: &ThirdPartyKeyRequest,
    ) -> Result<Reply, Refusal> {
        if data.data.is_empty() || data.data.len() > KEYS_MAX {
            return Err(Refusal::invalid_request("a request must ask for 1 to 16 keys"));
        }
        let mut store = self.store();
        let known = store.classic.instance(&asked.udi);
        let known = known.ok_or_else(|| Refusal::not_registered(None))?;
        for wanted in &data.data {
            check(wanted).map_err(Refusal::invalid_request)?;
            let tag = EntitlementTag::new(&wanted.value);
            if known.used(&tag) == 0 {
                return Err(Refusal::not_consuming(&tag));
            }
            let enforcement = store.enforcement(&asked.udi, known, &tag, asked.now_ms);
            if data.compliance_required && enforcement != EnforcementMode::InCompliance {
                return Err(Refusal::not_in_compliance(&tag));
            }
        }
        let account = known.account;
        store.tell_third_party_keys(&asked.udi, account);
        drop(store);
        let keys = data.data.iter().map(|wanted| self.key(asked, wanted, data.live)).collect();
        let answer = ThirdPartyKeyAnswer { data: keys, extra: Extra::new() };
        Ok(Reply::complete(MessageType::ThirdPartyKey, AnswerData::ThirdPartyKey(answer)))
    }

    /// A key follows from the instance and from what it is for.
    fn key(&self, asked: &Asked<'_>, wanted: &KeyRequest, live: bool) -> ThirdPartyKey {
        let KeyRequest { id, name, value, routing, key_id, .. } = wanted;
        let label = format!("key {} {name} {value} {routing} {live}", asked.udi);
        let number = match key_id {
            0 => Digest::of(label.as_bytes()).number() % KEY_ID_MAX + 1,
            known => *known,
        };
        let key = URL_SAFE_NO_PAD.encode(self.seed.derive(&label, number));
        ThirdPartyKey {
            id: *id,
            name: name.clone(),
            value: format!("MUSTER-TEST-KEY-{key}"),
            key_id: number,
            extra: Extra::new(),
        }
    }
}

fn check(wanted: &KeyRequest) -> Result<(), &'static str> {
    if wanted.action != GENERATE {
        return Err("the action must be GENERATE");
    }
    if wanted.name.len() > NAME_LENGTH_MAX || wanted.routing.len() > NAME_LENGTH_MAX {
        return Err("name and routing may have 64 characters");
    }
    if wanted.value.is_empty() || wanted.value.len() > TAG_LENGTH_MAX {
        return Err("value must be a tag of 1 to 256 characters");
    }
    Ok(())
}
