//! Whether what is in use of a licence is covered by what its account holds, as far as that can be
//! told without a doubt: from hooks that set what an account holds, and from the requests so far.
//!
//! Source: ACI Smart Licensing, Authorization Status table and "Out Of Compliance Message After
//! Smart Licensing Enabled"; SSM On-Prem 7 User Guide, "About Application Redundancy Support",
//! "Removing a Product Instance" and "Alert Actions".

use std::collections::BTreeMap;

use muster_wire::classic::proposed::entitlement::{
    ApplicationRole, AuthorizedEntitlement, UsedEntitlement,
};
use muster_wire::classic::{
    AnswerData, AuthorizationState, EnforcementMode, MessageType, RequestData,
};
use muster_wire::{EntitlementTag, ProductInstanceId};
use serde_json::Value;

use super::side::{ClassicSide, Standing, Used};
use super::view::Classic;
use crate::check::Judgement;
use crate::context::Context;
use crate::history::Role;
use crate::recorded_answer::RecordedAnswer;
use crate::treatment::Treatment;

const DAY_MS: u64 = 86_400_000;

/// A server releases what a silent instance uses after 90 days; the days around are left open.
const SILENT_MS: u64 = 91 * DAY_MS;
const HEARD_MS: u64 = 89 * DAY_MS;

/// The words that tell tiers of one licence apart, lowest first. Assumed: that the names of tags
/// differ in nothing else.
const TIERS: [&str; 3] = ["ESSENTIALS", "ADVANTAGE", "PREMIER"];

/// Whether a licence is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Whatever is counted, there are enough.
    Plain,
    /// There are enough when a higher tier stands in.
    HigherTier,
    /// There are enough when an active application and its standby are counted once.
    Shared,
    /// There are enough when a standby that took over is not counted beside the one it replaced.
    TakenOver,
    /// There are enough when instances that left or were removed are not counted.
    Freed,
    /// There are enough when instances that were silent for 90 days are not counted.
    Released,
    /// However it is counted, there are too few.
    Short,
}

/// What is in use of one licence, by how it is to be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct InUse {
    firm: u64,
    standby: u64,
    overtaken: u64,
    gone: u64,
    silent: u64,
    /// What may or may not be counted.
    loose: u64,
}

impl InUse {
    fn all(self) -> u64 {
        [self.standby, self.overtaken, self.gone, self.silent, self.loose]
            .into_iter()
            .fold(self.firm, u64::saturating_add)
    }
}

/// How an authorization request leaves its licences, of those whose number is known.
#[must_use]
pub fn covers(classic: &Classic<'_>) -> BTreeMap<EntitlementTag, Cover> {
    let Some(RequestData::Entitlement(request)) = classic.data() else { return BTreeMap::new() };
    let asked = request.entitlements.iter();
    asked.filter_map(|used| Some((used.tag.clone(), cover(classic, used)?))).collect()
}

/// Judges the answer about the licences that are covered in that way.
#[must_use]
pub fn expects(
    context: &Context<'_>,
    wanted: Cover,
    holds: impl Fn(&EnforcementMode) -> bool,
    expected: &str,
) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Entitlement)?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let Some(AnswerData::Entitlement(answer)) = classic.given() else { return None };
    let covers = covers(&classic);
    let is_short = answer.authorization_state == AuthorizationState::OutOfCompliance;
    let is_plain = |one: &AuthorizedEntitlement| covers.get(&one.tag) == Some(&Cover::Plain);
    if wanted == Cover::Plain && is_short && answer.entitlements.iter().all(is_plain) {
        return Some(Judgement::violates(expected, answer.authorization_state.as_str()));
    }
    let judged = answer.entitlements.iter().filter(|one| covers.get(&one.tag) == Some(&wanted));
    let mut judged = judged.peekable();
    judged.peek()?;
    Some(match judged.find(|one| !holds(&one.enforce_mode)) {
        None => Judgement::Conforms,
        Some(wrong) => {
            let name = wrong.display_name.as_deref().unwrap_or(wrong.tag.as_str());
            Judgement::violates(expected, format!("{} for {name}", wrong.enforce_mode))
        }
    })
}

/// Makes an answer say that everything is in compliance, or that nothing is.
pub fn claim(answer: &mut RecordedAnswer<'_>, compliant: bool) {
    let (state, mode) = match compliant {
        true => (AuthorizationState::Authorized, EnforcementMode::InCompliance),
        false => (AuthorizationState::OutOfCompliance, EnforcementMode::OutOfCompliance),
    };
    answer.edit_given(|given| {
        let licences = given.get_mut("entitlements").and_then(Value::as_array_mut);
        for licence in licences.into_iter().flatten() {
            licence["enforce_mode"] = mode.as_str().into();
        }
        given["authorization_state"] = state.as_str().into();
    });
}

/// How one licence of a request is used.
pub(crate) fn used_by(entitlement: &UsedEntitlement, before: Option<&Used>) -> Used {
    let application = entitlement.application.as_ref();
    let stands_by = application.filter(|one| one.role == ApplicationRole::Standby);
    let active_peer = stands_by.and_then(|one| {
        let mut peers = one.peers.iter();
        peers.find(|peer| peer.role == ApplicationRole::Active)
    });
    let alone =
        application.is_some_and(|one| one.role == ApplicationRole::Active && one.peers.is_empty());
    let replaced = before
        .filter(|_| alone)
        .and_then(|used| used.behind.clone().or_else(|| used.replaced.clone()));
    Used {
        count: entitlement.count.into(),
        behind: active_peer.map(|peer| peer.product_instance_identifier.clone()),
        replaced,
        certain: true,
    }
}

fn cover(classic: &Classic<'_>, asked: &UsedEntitlement) -> Option<Cover> {
    let account = classic.side().account.as_ref()?.virtual_account.as_str();
    let purchased = purchased(classic, account, &asked.tag)?;
    let in_use = in_use(classic, account, asked);
    let without = |some: u64| in_use.all().saturating_sub(some) <= purchased;
    let lent = lent(classic, account, &asked.tag);
    Some(match in_use {
        _ if without(0) => Cover::Plain,
        _ if in_use.firm > purchased.saturating_add(lent.most) => Cover::Short,
        _ if without(lent.least) => Cover::HigherTier,
        InUse { standby: 1.., .. } if without(in_use.standby) => Cover::Shared,
        InUse { overtaken: 1.., .. } if without(in_use.overtaken) => Cover::TakenOver,
        InUse { gone: 1.., .. } if without(in_use.gone) => Cover::Freed,
        InUse { silent: 1.., .. } if without(in_use.silent) => Cover::Released,
        _ => return None,
    })
}

/// What the account holds, when the asked server knows it: an On-Prem has to synchronize first.
fn purchased(classic: &Classic<'_>, account: &str, tag: &EntitlementTag) -> Option<u64> {
    let holding = classic.book().holding(account, tag)?;
    let known = holding.synchronized || classic.role() == Role::Cssm;
    known.then_some(holding.purchased)
}

/// What is in use of a licence once the request is taken in.
fn in_use(classic: &Classic<'_>, account: &str, asked: &UsedEntitlement) -> InUse {
    let tag = &asked.tag;
    let own = used_by(asked, classic.side().used.get(tag));
    let mut sum = InUse::default();
    let others: Vec<_> = classic.others(account).collect();
    let active = |id: &ProductInstanceId| {
        others.iter().any(|(_, side)| {
            side.identifier.as_ref() == Some(id)
                && side.used.get(tag).is_some_and(|used| used.behind.is_none() && used.count > 0)
        })
    };
    let known = |id: &ProductInstanceId| {
        others.iter().any(|(_, side)| side.identifier.as_ref() == Some(id))
    };
    match (&own.behind, &own.replaced) {
        (Some(peer), _) if active(peer) => sum.standby += own.count,
        (None, Some(peer)) if known(peer) => sum.firm += own.count,
        (None, None) => sum.firm += own.count,
        _ => sum.loose += own.count,
    }
    for (role, side) in &others {
        let Some(used) = side.used.get(tag) else { continue };
        let behind_us = used.behind.is_some() && used.behind == classic.side().identifier;
        let place = match side.standing {
            _ if side.account.is_none() => &mut sum.loose,
            Standing::Removed | Standing::Left => &mut sum.gone,
            Standing::Registered if own.replaced.is_some() && own.replaced == side.identifier => {
                &mut sum.overtaken
            }
            Standing::Registered if is_silent(classic, side) => &mut sum.silent,
            Standing::Registered if behind_us || used.behind.as_ref().is_some_and(active) => {
                &mut sum.standby
            }
            Standing::Registered if is_firm(classic, *role, side, used) => &mut sum.firm,
            _ => &mut sum.loose,
        };
        *place = place.saturating_add(used.count);
    }
    sum
}

fn age_ms(classic: &Classic<'_>, side: &ClassicSide) -> u64 {
    classic.recorded().sent_at_ms.saturating_sub(side.last_contact_ms)
}

fn is_silent(classic: &Classic<'_>, side: &ClassicSide) -> bool {
    age_ms(classic, side) > SILENT_MS
}

fn is_firm(classic: &Classic<'_>, role: Role, side: &ClassicSide, used: &Used) -> bool {
    used.certain
        && used.behind.is_none()
        && role == classic.role()
        && age_ms(classic, side) < HEARD_MS
}

/// What higher tiers can lend.
struct Lent {
    least: u64,
    most: u64,
}

fn lent(classic: &Classic<'_>, account: &str, tag: &EntitlementTag) -> Lent {
    let mut lent = Lent { least: 0, most: 0 };
    for (higher, holding) in classic.book().holdings(account) {
        if !is_higher_tier(higher, tag) {
            continue;
        }
        let used = classic.others(account).map(|(_, side)| side).chain([classic.side()]);
        let used = used.filter_map(|side| side.used.get(higher)).map(|used| used.count);
        let used = used.fold(0, u64::saturating_add).max(asked_of(classic, higher));
        lent.most = lent.most.saturating_add(holding.purchased);
        if holding.synchronized || classic.role() == Role::Cssm {
            lent.least = lent.least.saturating_add(holding.purchased.saturating_sub(used));
        }
    }
    lent
}

/// What the request itself asks of a licence, beside what others use.
fn asked_of(classic: &Classic<'_>, tag: &EntitlementTag) -> u64 {
    let Some(RequestData::Entitlement(request)) = classic.data() else { return 0 };
    let counts = request.entitlements.iter().filter(|used| used.tag == *tag);
    counts.map(|used| u64::from(used.count)).fold(0, u64::saturating_add)
}

/// Whether two tags name tiers of one licence, the first the higher.
fn is_higher_tier(higher: &EntitlementTag, lower: &EntitlementTag) -> bool {
    let tier = |tag: &EntitlementTag| {
        let name = tag.as_str().split(',').next().unwrap_or_default().to_uppercase();
        let rank = TIERS.iter().position(|tier| name.contains(tier))?;
        Some((name.replacen(TIERS[rank], "", 1), rank))
    };
    match (tier(higher), tier(lower)) {
        (Some((one, above)), Some((other, below))) => one == other && above > below,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_of_one_licence_are_told_from_other_licences() {
        let tag =
            |name: &str| EntitlementTag::new(&format!("regid.2017-09.com.cisco.{name},1.0_0"));
        assert!(is_higher_tier(&tag("LEAF_ADVANTAGE"), &tag("LEAF_ESSENTIALS")));
        assert!(is_higher_tier(&tag("LEAF_PREMIER"), &tag("LEAF_ESSENTIALS")));
        assert!(!is_higher_tier(&tag("LEAF_ESSENTIALS"), &tag("LEAF_ADVANTAGE")));
        assert!(!is_higher_tier(&tag("SPINE_ADVANTAGE"), &tag("LEAF_ESSENTIALS")));
        assert!(!is_higher_tier(&tag("SPINE"), &tag("SPINE")));
    }
}
