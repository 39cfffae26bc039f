//! The control API of local accounts, CSSM's view of them, synchronization, transfers and notices.
//!
//! Assumed: all of it, as the rest of the control API.

use crate::admin::user_group as user_groups;
use crate::cssm::control as cssm;
use crate::holdings::control as holdings;
use crate::holdings::transfer_control as transfers;
use crate::local_account::control as local_accounts;
use crate::message::{ServerAnswer, ServerRequest};
use crate::notices::control as notices;
use crate::server::Core;
use crate::synchronization::control as synchronization;
use crate::synchronization::cslu_files;

/// The answer of one of these resources; none for others.
pub(crate) fn answer(
    core: &Core,
    resource: &str,
    request: &ServerRequest<'_>,
    query: Option<&str>,
) -> Option<ServerAnswer> {
    let body = request.body;
    let answer = match (resource, request.method) {
        ("alerts", "GET") => notices::alerts(core, query),
        ("alerts", "DELETE") => notices::dismiss(core, query),
        ("alerts", _) => ServerAnswer::method_not_allowed("GET, DELETE"),
        ("events", "GET") => notices::events(core, query),
        ("syslog", "GET") => notices::syslog(core, query),
        ("events", _) => ServerAnswer::method_not_allowed("GET"),
        ("syslog", "PUT") => notices::set_syslog_server(core, body),
        ("syslog", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("local-accounts", "GET") => local_accounts::accounts(core),
        ("local-accounts", "POST") => local_accounts::request(core, body),
        ("local-accounts", "PUT") => local_accounts::change(core, body),
        ("local-accounts", "DELETE") => local_accounts::delete(core, query),
        ("local-accounts", _) => ServerAnswer::method_not_allowed("GET, POST, PUT, DELETE"),
        ("local-virtual-accounts", "POST") => local_accounts::create_virtual_account(core, body),
        ("local-virtual-accounts", "PUT") => local_accounts::rename_virtual_account(core, body),
        ("local-virtual-accounts", "DELETE") => local_accounts::delete_virtual_account(core, query),
        ("local-virtual-accounts", _) => ServerAnswer::method_not_allowed("POST, PUT, DELETE"),
        ("registration-files", "POST") => local_accounts::registration_file(core, body),
        ("authorization-files", "POST") => local_accounts::upload_authorization(core, body),
        ("cssm-files", "POST") => synchronization::cssm_file(core, body),
        ("synchronization", "GET") => synchronization::settings(core),
        ("synchronization", "PUT") => synchronization::change_settings(core, body),
        ("synchronization", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("synchronization-files", "POST") => synchronization::request_file(core, body),
        ("synchronization-files", "PUT") => synchronization::upload(core, body),
        ("synchronization-files", _) => ServerAnswer::method_not_allowed("POST, PUT"),
        ("synchronize", "POST") => synchronization::synchronize(core, body),
        ("transfers", "POST") => transfers::transfer(core, body),
        ("hierarchies", "PUT") => holdings::set_hierarchy(core, body),
        ("hierarchies", _) => ServerAnswer::method_not_allowed("PUT"),
        ("cslu-files", "POST") => cslu_files::export(core, body),
        ("cslu-files", "PUT") => cslu_files::import(core, body),
        ("cslu-files", _) => ServerAnswer::method_not_allowed("POST, PUT"),
        (
            "registration-files"
            | "authorization-files"
            | "cssm-files"
            | "synchronize"
            | "transfers",
            _,
        ) => ServerAnswer::method_not_allowed("POST"),
        ("cssm-entitlements", "GET") => cssm::entitlements(core),
        ("cssm-entitlements", "PUT") => cssm::change_entitlement(core, body),
        ("cssm-entitlements", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("user-groups", "GET") => user_groups::groups(core),
        ("user-groups", "PUT") => user_groups::put(core, body),
        ("user-groups", "DELETE") => user_groups::remove(core, query),
        ("user-groups", _) => ServerAnswer::method_not_allowed("GET, PUT, DELETE"),
        ("on-prems", "GET") => cssm::on_prems(core),
        ("on-prems", "PUT") => cssm::rename(core, body),
        ("on-prems", "DELETE") => cssm::remove(core, query),
        ("on-prems", _) => ServerAnswer::method_not_allowed("GET, PUT, DELETE"),
        _ => return None,
    };
    Some(answer)
}
