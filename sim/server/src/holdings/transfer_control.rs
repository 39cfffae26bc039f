//! The control API's transfers, as an administrator makes them in the workspace: licences, and
//! product instances with what they use.
//!
//! Source: SSM On-Prem 7 User Guide, "About License Transfers" (all that was bought may move,
//! whoever uses it; nothing from an account that is out of compliance; three cases of
//! export-controlled licences), "About Product Instance (PI) Transfer", "Changing a Local Virtual
//! Account Assignment". Assumed: the resource, as the rest of the control API.

use muster_wire::{EntitlementTag, Udi};
use serde::Deserialize;
use serde_json::{Value, json};

use super::lot::Lot;
use super::transfer::Wanted;
use super::{AccountNumber, LOTS_MAX};
use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::notices::topic::Topic;
use crate::notices::{instance_text, licence_text, watch};
use crate::server::Core;
use crate::store::Store;

/// What is said when some of an export-controlled licence cannot move (documented).
const IN_USE: &str = "Because this license restricted encryption technology, instances of the \
    license that are currently assigned to product instances cannot be transferred. Those licenses \
    must be removed from the product instances before they will be available for transfer.";

/// What is said when an instance moves with export-controlled licences (documented).
const ASSIGNED: &str = "The following licenses that contain restricted encryption technology are \
    currently assigned to this product instance. This license assignment will continue after the \
    instance is transferred.";

/// What is said when the target has too few licences (documented, in its words for the alert).
const SHORTAGE: &str = "License Shortage";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    local_account: String,
    from: String,
    to: String,
    /// Licences of this tag, or the product instance of this UDI.
    tag: Option<EntitlementTag>,
    quantity: Option<u32>,
    /// Everything of this subscription instead of a quantity: what is a duplicate here counts
    /// there.
    subscription_id: Option<String>,
    /// Whether the subscription stays here as well.
    #[serde(default)]
    copy: bool,
    udi: Option<String>,
}

/// Moves licences or an instance.
pub(crate) fn transfer(core: &Core, body: &[u8]) -> ServerAnswer {
    let transfer: Transfer = match serde_json::from_slice(body) {
        Ok(transfer) => transfer,
        Err(error) => return wrong(400, &format!("not a transfer: {error}")),
    };
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    let found = |name: &str| store.holdings.found(&transfer.local_account, name);
    let (Some(from), Some(to)) = (found(&transfer.from), found(&transfer.to)) else {
        return wrong(404, "there is no such virtual account in the local account");
    };
    if from == to {
        return wrong(409, "the virtual accounts are the same");
    }
    let Transfer { tag, quantity, subscription_id, udi, .. } = &transfer;
    let moved = match (tag, quantity, subscription_id, udi) {
        (Some(tag), Some(quantity), None, None) => {
            store.transfer_licences((from, to), tag, *quantity, now_ms)
        }
        (Some(tag), None, Some(id), None) => {
            store.assign_subscription((from, to), tag, id, transfer.copy)
        }
        (None, None, None, Some(udi)) => match udi.parse() {
            Ok(udi) => store.transfer_instance(&udi, (from, to), now_ms),
            Err(_) => Err("the udi is not one"),
        },
        _ => return wrong(400, "give either tag and quantity, tag and subscription_id, or udi"),
    };
    match moved {
        Ok(answer) => good(&answer),
        Err(why) => wrong(409, why),
    }
}

impl Store {
    /// Moves licences by the rules of the workspace.
    fn transfer_licences(
        &mut self,
        (from, to): (AccountNumber, AccountNumber),
        tag: &EntitlementTag,
        quantity: u32,
        now_ms: u64,
    ) -> Result<Value, &'static str> {
        // Made when it is first asked for: what is held from the start counts.
        let licence = self.holdings.licence_mut(from, tag);
        let Ok(licence) = licence else { return Err("the virtual account has no such licence") };
        let is_restricted = licence.export_controlled;
        let balance = self.holdings.balance(from, tag, now_ms, true).unwrap_or_default();
        let available = balance.available();
        if quantity == 0 || u64::from(quantity) > balance.purchased {
            return Err("the quantity is not one the virtual account has bought");
        }
        if available < 0 {
            return Err("the virtual account is out of compliance");
        }
        if is_restricted && i64::from(quantity) > available {
            return Err(IN_USE);
        }
        // Assumed: reserved licences of whatever kind stay (documented: they cannot be moved).
        if u64::from(quantity) > balance.purchased.saturating_sub(balance.reserved) {
            return Err("reserved licences cannot be transferred");
        }
        let before = self.lots_at(from, tag);
        self.holdings.take_over_any((from, to), tag, quantity, now_ms);
        self.tell_transfer((from, to), tag, &before);
        let some_in_use = balance.in_use.saturating_add(balance.reserved) > 0;
        let notice = (is_restricted && some_in_use).then_some(IN_USE);
        Ok(json!({ "transferred": quantity, "notice": notice }))
    }

    /// Moves or copies everything of one subscription.
    fn assign_subscription(
        &mut self,
        (from, to): (AccountNumber, AccountNumber),
        tag: &EntitlementTag,
        id: &str,
        copy: bool,
    ) -> Result<Value, &'static str> {
        let before = self.lots_at(from, tag);
        let is_of = |lot: &Lot| lot.subscription_id.as_deref() == Some(id);
        let (moved, stay): (Vec<Lot>, Vec<Lot>) = before.iter().cloned().partition(is_of);
        if moved.is_empty() {
            return Err("the virtual account has nothing of this subscription");
        }
        let there = self.lots_at(to, tag);
        if there.len() + moved.len() > LOTS_MAX {
            return Err("the other virtual account has no room for it");
        }
        for lot in &moved {
            if self.holdings.add_lot(to, tag, lot.clone()) != Ok(true) {
                return Err("the other virtual account cannot hold it");
            }
        }
        if !copy && let Ok(licence) = self.holdings.licence_mut(from, tag) {
            licence.lots = stay;
        }
        if copy {
            // More than was bought in all: CSSM hears of it as of any change from outside.
            self.settle_at_cssm(to, tag);
            self.tell_lots(to, tag, &there);
        } else {
            self.tell_transfer((from, to), tag, &before);
        }
        let quantity: u64 = moved.iter().map(|lot| u64::from(lot.quantity)).sum();
        Ok(json!({ "transferred": quantity, "notice": null }))
    }

    fn lots_at(&self, number: AccountNumber, tag: &EntitlementTag) -> Vec<Lot> {
        self.holdings.licence(number, tag).map(|licence| licence.lots.clone()).unwrap_or_default()
    }

    /// Tells both accounts what moved: what the first had and has no longer.
    pub(crate) fn tell_transfer(
        &mut self,
        (from, to): (AccountNumber, AccountNumber),
        tag: &EntitlementTag,
        before: &[Lot],
    ) {
        let after = self.lots_at(from, tag);
        let [old, new] = [from, to].map(|number| self.holdings.place(number));
        for lot in before {
            let left = after.iter().find(|of| of.is_same(lot)).map_or(0, |of| of.quantity);
            let moved = Lot { quantity: lot.quantity.saturating_sub(left), ..lot.clone() };
            if moved.quantity == 0 {
                continue;
            }
            let of = watch::licences(tag, &moved);
            self.tell(from, licence_text::transferred_from(old.pool(), new.pool(), of));
            self.tell(to, licence_text::transferred_to(old.pool(), new.pool(), of));
        }
        for number in [from, to] {
            self.note_duplicates(number, tag);
            self.note_shortages(number, tag);
        }
    }

    /// Moves an instance with what it uses and holds.
    fn transfer_instance(
        &mut self,
        udi: &Udi,
        (from, to): (AccountNumber, AccountNumber),
        now_ms: u64,
    ) -> Result<Value, &'static str> {
        let account = self.account_of(udi);
        if account != Some(from) {
            return Err("the product instance is not in the virtual account");
        }
        let restricted: Vec<String> =
            self.holdings.reserved(udi).iter().map(|(tag, _)| tag.as_str().to_owned()).collect();
        self.move_instance(udi, to, now_ms);
        let is_short = self.tell_moved(udi, (from, to));
        let notice = (!restricted.is_empty()).then_some(ASSIGNED);
        Ok(json!({
            "transferred": udi.to_string(),
            "notice": notice,
            "restricted_licenses": restricted,
            "warning": is_short.then_some(SHORTAGE),
        }))
    }

    /// The virtual account of an instance, of either era.
    fn account_of(&self, udi: &Udi) -> Option<AccountNumber> {
        let classic = self.classic.known(udi).map(|(_, of)| of.account);
        classic.or_else(|| self.holdings.number(self.instance(udi)?.account.as_ref()?))
    }

    /// Tells that an instance was moved; whether its new account is short of something it uses.
    pub(crate) fn tell_moved(
        &mut self,
        udi: &Udi,
        (from, to): (AccountNumber, AccountNumber),
    ) -> bool {
        let [old, new] = [from, to].map(|number| self.holdings.place(number));
        let named = self.named(udi);
        for topic in [Topic::ProductInstanceFailedToConnect, Topic::ProductInstanceFailedToRenew] {
            self.notices.clear(&old, topic, &named.udi);
        }
        self.tell(from, instance_text::transferred_from(old.pool(), new.pool(), &named));
        self.tell(to, instance_text::transferred_to(old.pool(), new.pool(), &named));
        let tags: Vec<EntitlementTag> = self.classic.known(udi).map_or_else(Vec::new, |(_, of)| {
            of.uses.iter().map(|used| EntitlementTag::clone(&used.tag)).collect()
        });
        let mut is_short = false;
        for tag in tags {
            self.note_shortages(from, &tag);
            self.note_shortages(to, &tag);
            let short = self.holdings.shortages(to, &tag, self.now_ms);
            is_short |= short.iter().any(|(known, count)| *known == tag && *count > 0);
        }
        is_short
    }
}

impl super::Holdings {
    /// Moves purchases of any kind, perpetual ones first.
    fn take_over_any(
        &mut self,
        between: (AccountNumber, AccountNumber),
        tag: &EntitlementTag,
        quantity: u32,
        now_ms: u64,
    ) {
        let perpetual = self.licence(between.0, tag).map_or(0, |licence| {
            let lots = licence.counting_lots(now_ms).filter(|lot| lot.ends_at_ms.is_none());
            lots.map(|lot| lot.quantity_at(now_ms)).sum::<u64>()
        });
        let first = quantity.min(u32::try_from(perpetual).unwrap_or(u32::MAX));
        self.take_over(between, tag, (Wanted::Perpetual, first), now_ms);
        self.take_over(between, tag, (Wanted::LongestTermFirst, quantity - first), now_ms);
    }
}
