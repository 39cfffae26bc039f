//! The admin REST API of an SSM On-Prem, and the REST calls of CSSM beside it.
//!
//! Source: SSM On-Prem 7 User Guide, "API Toolkit Widget" and "Using Smart Software Manager On-Prem
//! APIs". Public: which methods, paths and members published clients use, at both servers. Assumed:
//! that both servers show the same accounts here, because the embedded server is both; straight
//! quotation marks where the guide prints curly ones.
//!
//! - [`path`], [`route`]: which call a request is; [`call`]: what it comes with; [`answer`]: how it
//!   is said; [`liberal`]: what clients write differently
//! - [`oauth`] grants access tokens, [`console`] remembers them, [`credential`] keeps secrets,
//!   [`role`] says who may do what, [`access`] who calls
//! - [`scope`]: which virtual accounts a call is about; [`page`]: which part of a list
//! - one file per call: [`virtual_accounts`], [`tokens`], [`licenses`] with [`license_book`],
//!   [`subscriptions`], [`license_transfer`], [`instance_usage`] and [`instance_search`] over
//!   [`instance_list`], [`instance_transfer`], [`instance_removal`], [`alerts`],
//!   [`local_accounts`]
//! - [`cssm`]: the calls of CSSM; [`openapi`]: all of it as a document; [`control`]: the control
//!   API's clients and users, [`user_group`]: groups of the latter

mod access;
mod alerts;
mod answer;
mod calendar;
mod call;
pub(crate) mod console;
pub(crate) mod control;
mod credential;
mod cssm;
mod instance_list;
mod instance_removal;
mod instance_search;
mod instance_transfer;
mod instance_usage;
mod liberal;
mod license_book;
mod license_transfer;
mod licenses;
mod local_accounts;
mod oauth;
mod openapi;
mod page;
mod path;
pub(crate) mod role;
mod route;
mod scope;
mod subscriptions;
mod tokens;
pub(crate) mod user_group;
mod virtual_accounts;

#[cfg(test)]
mod tests;

use self::answer::refused;
use self::call::{Call, Query};
use self::path::Gate;
use self::route::Route;
use crate::local_account::account_state::AccountState;
use crate::message::{ServerAnswer, ServerRequest};
use crate::router::Role;
use crate::server::Core;

/// Bytes of a body. The largest documented one names ten licences; usage files are longer.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Answers a request to the admin listener; none when it is for another interface.
pub(crate) fn answer(core: &Core, request: &ServerRequest<'_>) -> Option<ServerAnswer> {
    let path = request.path_and_query;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = path::segments(path)?;
    let (gate, rest) = path::gate(&segments)?;
    if request.body.len() > BODY_BYTES_MAX {
        return Some(refused(413, "a body may have at most 1048576 bytes"));
    }
    let query = Query::new(query);
    Some(match gate {
        Gate::Token => oauth::answer(core, request, &query),
        Gate::OpenApi => openapi::answer(request.method),
        Gate::Calls(routes, role) => {
            let (route, names) = match route::find(routes, request.method, rest) {
                Ok(found) => found,
                Err(answer) => return Some(answer),
            };
            let now_ms = core.clock.now_ms();
            match access::caller(core, request.headers, now_ms) {
                Ok(_) if role == Role::OnPrem && is_closed(core, route, &names) => {
                    let account = &names[0];
                    refused(403, format!("Not Authorized to access local Account '{account}'"))
                }
                Ok(caller) => {
                    let (body, headers) = (request.body, request.headers);
                    let call = Call { core, caller, now_ms, names, query, body, headers, role };
                    (route.answer)(&call).unwrap_or_else(|refusal| refusal)
                }
                Err(answer) => answer,
            }
        }
    })
}

/// Whether the local account of a path is there and not open to anybody: one that is not registered
/// yet, or that was deactivated.
fn is_closed(core: &Core, route: &Route, names: &[String]) -> bool {
    let Some(name) = names.first().filter(|_| route.path.starts_with("/accounts/")) else {
        return false;
    };
    let store = core.store();
    let known = store.local_accounts.get(name);
    let is_open = |state| matches!(state, AccountState::Active | AccountState::Unsynchronized);
    known.is_some_and(|account| !is_open(account.state))
}
