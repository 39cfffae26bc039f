//! What is held and what is given out of an export-controlled licence, as far as the run shows.

use muster_wire::EntitlementTag;

use super::side::Export;
use super::{Classic, ClassicSide, Standing};
use crate::history::Role;

/// What an account holds of a licence, as far as the asked server can know it.
#[must_use]
pub fn held(classic: &Classic<'_>, account: &str, tag: &EntitlementTag) -> Option<u64> {
    let holding = classic.book().holding(account, tag)?;
    let known = holding.synchronized || classic.role() == Role::Cssm;
    known.then_some(holding.purchased)
}

/// What others are known to be authorized to.
#[must_use]
pub fn authorized(classic: &Classic<'_>, account: &str, tag: &EntitlementTag) -> u64 {
    let others = classic.others(account).map(|(_, side)| side);
    let known =
        |side: &&ClassicSide| side.standing == Standing::Registered && side.account.is_some();
    let others = others.filter(known);
    let counts = others.filter_map(|side| side.exported.get(tag));
    counts.map(|count| u64::from(*count)).fold(0, u64::saturating_add)
}

/// Whether the account is known to have all of what is asked for, and the instance none of it yet.
#[must_use]
pub fn is_free(classic: &Classic<'_>, asked: &Export) -> bool {
    let side = classic.side();
    let Some(account) = side.account.as_ref().map(|account| account.virtual_account.as_str())
    else {
        return false;
    };
    let one = |(tag, count): (&EntitlementTag, &u32)| {
        let held = held(classic, account, tag)?;
        let free = held.checked_sub(authorized(classic, account, tag))?;
        (!side.exported.contains_key(tag) && u64::from(*count) <= free).then_some(())
    };
    !asked.counts.is_empty() && asked.counts.iter().all(|asked| one(asked).is_some())
}
