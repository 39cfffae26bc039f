//! License transfer: bought licences move from one virtual account to others.
//!
//! Source: SSM On-Prem 7 User Guide, "License Transfers". Assumed: the name of the list of results;
//! that the count in the message is one of requests; the two texts for a request that succeeded
//! belong to the two statuses they are printed with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Said, Status, good, refused, together};
use super::call::Call;
use super::liberal::Whole;
use crate::holdings::AccountNumber;
use crate::holdings::transfer::{NotMoved, Wanted};
use crate::message::ServerAnswer;
use crate::router::Role;
use crate::store::Store;

/// Requests of one call (documented).
const REQUESTS_MAX: usize = 10;

/// The same at CSSM: a published client sends 998.
const REQUESTS_MAX_AT_CSSM: usize = 1_000;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct LicenseTransfers {
    /// At most ten.
    licenses: Option<Vec<LicenseTransfer>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LicenseTransfer {
    /// The licence's name.
    license: Option<String>,
    /// `PERPETUAL` or `TERM`.
    license_type: Option<String>,
    /// `LONGEST_TERM_FIRST`, which is the default, or `LONGEST_TERM_LAST`.
    precedence: Option<String>,
    quantity: Option<Whole>,
    target_virtual_account: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LicenseTransferStatus {
    status: Status,
    status_message: String,
    licenses_transfer_status: Vec<Said>,
}

/// What became of one request.
enum Outcome {
    Moved,
    NoAccess,
    Refused(String),
}

pub(super) fn transfer(call: &Call<'_>) -> Answered {
    let wanted: LicenseTransfers = call.read()?;
    let wanted = wanted.licenses.unwrap_or_default();
    let source = call.virtual_account();
    let mut store = call.core.store();
    store.settle(call.now_ms);
    let not_authorized = || format!("Not Authorized to access Virtual Account '{source}'.");
    let from = call.found(&store, not_authorized)?;
    let most = if call.role == Role::Cssm { REQUESTS_MAX_AT_CSSM } else { REQUESTS_MAX };
    if wanted.len() > most {
        let what = format!("A maximum of {most} licenses can be transferred in a request.");
        return Err(refused(422, what));
    }
    let outcomes: Vec<_> = wanted.iter().map(|one| moved(call, &mut store, from, one)).collect();
    let is_access = |outcome: &Outcome| matches!(outcome, Outcome::NoAccess);
    let only_access = !outcomes.is_empty() && outcomes.iter().all(is_access);
    let all_moved = outcomes.iter().all(|outcome| matches!(outcome, Outcome::Moved));
    let said = wanted.iter().zip(outcomes).map(|(one, outcome)| {
        let target = one.target_virtual_account.as_deref().unwrap_or_default();
        match outcome {
            Outcome::Moved => Said::success(one.success(source, all_moved)),
            Outcome::NoAccess if only_access => Said::error(format!(
                "Not Authorized to access local Virtual Accounts '{source}' or '{target}'."
            )),
            Outcome::NoAccess => Said::error(format!("You do not have access to '{target}'.")),
            Outcome::Refused(why) => Said::error(why),
        }
    });
    Ok(answered(said.collect(), only_access))
}

fn answered(said: Vec<Said>, only_access: bool) -> ServerAnswer {
    let status = together(&said);
    let count = said.iter().filter(|said| said.is_success()).count();
    let (http_status, status_message) = match status {
        Status::Error if only_access => (403, "All licenses failed to transfer.".to_owned()),
        Status::Error => (422, "All licenses failed to transfer.".to_owned()),
        _ => (200, format!("{count} licenses transferred successfully.")),
    };
    let answer = LicenseTransferStatus { status, status_message, licenses_transfer_status: said };
    ServerAnswer { status: http_status, ..good(&answer) }
}

fn moved(
    call: &Call<'_>,
    store: &mut Store,
    from: AccountNumber,
    one: &LicenseTransfer,
) -> Outcome {
    let source = call.virtual_account();
    let target = one.target_virtual_account.as_deref().unwrap_or_default();
    let to = store.holdings.found(call.account(), target);
    if call.caller.role(call.account(), target).is_none() {
        return Outcome::NoAccess;
    }
    let Some(to) = to else {
        return Outcome::Refused(format!("Failed to find Virtual Account '{target}'."));
    };
    let quantity = one.quantity.and_then(Whole::as_u32).filter(|quantity| *quantity > 0);
    let (Some(wanted), Some(quantity)) = (one.wanted(), quantity) else {
        return Outcome::Refused(match quantity {
            Some(_) => "Invalid licenseType or precedence value.".to_owned(),
            None => "Invalid quantity value.".to_owned(),
        });
    };
    let license = one.license.as_deref().unwrap_or_default();
    store.holdings.list_published(from);
    let Some(tag) = store.holdings.tag_named(from, license) else {
        let what = format!("Failed to find {license} license in Virtual Account {source}.");
        return Outcome::Refused(what);
    };
    let what = (wanted, quantity);
    let before = store.holdings.licence(from, &tag).map_or_else(Vec::new, |of| of.lots.clone());
    match store.holdings.move_licences((from, to), &tag, what, call.now_ms) {
        Ok(()) => {
            store.tell_transfer((from, to), &tag, &before);
            Outcome::Moved
        }
        Err(NotMoved::NoSuchLicence) => Outcome::Refused(format!(
            "Failed to find {license} license in Virtual Account {source}."
        )),
        Err(NotMoved::TooMany) => Outcome::Refused(format!(
            "Quantity to transfer is greater than the available quantity for license '{license}' \
             license in Virtual Account '{source}'."
        )),
        Err(NotMoved::Full) => Outcome::Refused(format!(
            "Virtual Account '{target}' cannot hold more licenses of this kind."
        )),
    }
}

impl LicenseTransfer {
    fn wanted(&self) -> Option<Wanted> {
        let term = match self.precedence.as_deref() {
            None | Some("LONGEST_TERM_FIRST") => Wanted::LongestTermFirst,
            Some("LONGEST_TERM_LAST") => Wanted::LongestTermLast,
            Some(_) => return None,
        };
        match self.license_type.as_deref() {
            Some("PERPETUAL") => Some(Wanted::Perpetual),
            Some("TERM") => Some(term),
            _ => None,
        }
    }

    fn success(&self, source: &str, all_moved: bool) -> String {
        let license = self.license.as_deref().unwrap_or_default();
        let target = self.target_virtual_account.as_deref().unwrap_or_default();
        let quantity = self.quantity.and_then(Whole::as_u32).unwrap_or_default();
        if all_moved {
            return format!(
                "{quantity} '{license}' licenses successfully transferred from Virtual Account \
                 '{source}' to Virtual Account '{target}'."
            );
        }
        format!(
            "{quantity} '{license}' licenses were transferred to Virtual Account '{target}' from \
             Virtual Account '{source}'."
        )
    }
}
