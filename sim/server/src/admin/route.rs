//! The calls of both servers, as one table each: how they are reached, who answers, and what goes
//! in and out.
//!
//! Source: SSM On-Prem 7 User Guide, "Using Smart Software Manager On-Prem APIs", whose list the
//! order follows. Public: the methods that the guide leaves out, the paths of CSSM.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::answer::{Answered, Said, refused};
use super::call::Call;
use super::{
    alerts, cssm, instance_removal, instance_search, instance_transfer, instance_usage,
    license_transfer, licenses, local_accounts, subscriptions, tokens, virtual_accounts,
};
use crate::message::ServerAnswer;

/// How a type is described.
pub(super) type Described = fn(&mut SchemaGenerator) -> Schema;

/// One call.
pub(super) struct Route {
    /// What a document calls it.
    pub(super) id: &'static str,
    pub(super) method: &'static str,
    /// With names in braces.
    pub(super) path: &'static str,
    pub(super) summary: &'static str,
    pub(super) answer: fn(&Call<'_>) -> Answered,
    pub(super) request: Option<Described>,
    pub(super) response: Described,
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

macro_rules! routes {
    ($($id:literal, $method:literal, $path:literal, $summary:literal:
        $answer:path, $request:expr, $response:ty;)*) => {
        &[$(Route {
            id: $id,
            method: $method,
            path: $path,
            summary: $summary,
            answer: $answer,
            request: $request,
            response: of::<$response>,
        },)*]
    };
}

/// Below `/api/v1`.
pub(super) const ON_PREM: &[Route] = routes! {
    "createVirtualAccount", "POST", "/accounts/{account}/virtual-accounts",
        "Create a local virtual account":
        virtual_accounts::create, Some(of::<virtual_accounts::NewVirtualAccount>), Said;
    "listVirtualAccounts", "GET", "/accounts/{account}/virtual-accounts",
        "List local virtual accounts":
        virtual_accounts::list, None, virtual_accounts::VirtualAccounts;
    "deleteVirtualAccount", "POST", "/accounts/{account}/virtual-accounts/{virtualAccount}/delete",
        "Delete a local virtual account":
        virtual_accounts::delete, None, Said;
    "createToken", "POST", "/accounts/{account}/virtual-accounts/{virtualAccount}/tokens",
        "Create a registration token":
        tokens::create, Some(of::<tokens::NewToken>), tokens::CreatedToken;
    "listTokens", "GET", "/accounts/{account}/virtual-accounts/{virtualAccount}/tokens",
        "List active registration tokens":
        tokens::list, None, tokens::Tokens;
    "revokeTokens", "POST", "/accounts/{account}/virtual-accounts/{virtualAccount}/tokens/revoke",
        "Revoke registration tokens":
        tokens::revoke, Some(of::<tokens::TokensToRevoke>), tokens::RevokedTokens;
    "licenseUsage", "POST", "/accounts/{account}/licenses",
        "List licenses and their use":
        licenses::usage, Some(of::<licenses::ListRequest>), licenses::Licenses;
    "licenseSubscriptions", "POST", "/accounts/{account}/license-subscriptions",
        "List license subscriptions":
        subscriptions::list, Some(of::<subscriptions::SubscriptionsRequest>),
        subscriptions::Subscriptions;
    "transferLicenses", "POST",
        "/accounts/{account}/virtual-accounts/{virtualAccount}/licenses/transfer",
        "Transfer licenses to other virtual accounts":
        license_transfer::transfer, Some(of::<license_transfer::LicenseTransfers>),
        license_transfer::LicenseTransferStatus;
    "productInstanceUsage", "POST", "/accounts/{account}/devices",
        "List product instances and what they use":
        instance_usage::usage, Some(of::<licenses::ListRequest>), instance_usage::InstanceUsage;
    "searchProductInstances", "GET",
        "/accounts/{account}/virtual-accounts/{virtualAccount}/devices",
        "Search product instances of a virtual account":
        instance_search::search, None, instance_search::FoundInstances;
    "transferProductInstances", "POST",
        "/accounts/{account}/virtual-accounts/{virtualAccount}/devices/transfer",
        "Transfer product instances to other virtual accounts":
        instance_transfer::transfer, Some(of::<instance_transfer::InstanceTransfers>),
        instance_transfer::InstanceTransferStatus;
    "removeProductInstances", "POST",
        "/accounts/{account}/virtual-accounts/{virtualAccount}/devices/remove",
        "Remove product instances":
        instance_removal::remove, Some(of::<instance_removal::InstanceRemovals>),
        instance_removal::InstanceRemovalStatus;
    "listAlerts", "POST", "/accounts/{account}/alerts",
        "List alerts":
        alerts::list, Some(of::<alerts::AlertsRequest>), alerts::Alerts;
    "listLocalAccounts", "POST", "/upstream_satellites/accounts",
        "List local accounts":
        local_accounts::list, None, local_accounts::LocalAccounts;
};

/// Below `/services/api/smart-accounts-and-licensing`.
pub(super) const CSSM: &[Route] = routes! {
    "cssmSearchAccounts", "GET", "/v2/accounts/search",
        "List smart accounts and their virtual accounts":
        cssm::accounts::search, None, cssm::accounts::FoundAccounts;
    "cssmSearchAccountsV1", "GET", "/v1/accounts/search",
        "List smart accounts":
        cssm::accounts::search, None, cssm::accounts::FoundAccounts;
    "cssmListAccounts", "GET", "/v2/accounts",
        "List smart accounts and roles":
        cssm::accounts::roles, None, cssm::accounts::AccountsWithRoles;
    "cssmRequestAuthorization", "POST", "/v2/devices/authrequest",
        "Request, confirm or return authorization codes":
        cssm::authorization::request, Some(of::<cssm::authorization::AuthorizationOrder>),
        cssm::submission::Promised;
    "cssmReportUsage", "POST", "/v2/devices/reportusage",
        "Report usage":
        cssm::usage::report, Some(of::<cssm::usage::UsageOrder>), cssm::submission::Promised;
    "cssmPoll", "POST", "/v2/accounts/poll",
        "Poll for authorization codes or acknowledgements":
        cssm::poll::poll, Some(of::<cssm::poll::PollOrder>), cssm::poll::Polled;
    "cssmLicenseSummary", "POST", "/v3/licenses/summary",
        "Summarize licenses by their tags":
        cssm::summary::summary, Some(of::<cssm::summary::SummaryOrder>), cssm::summary::Summary;
    "cssmListVirtualAccounts", "GET", "/v1/accounts/{account}/virtual-accounts",
        "List virtual accounts":
        virtual_accounts::list, None, virtual_accounts::VirtualAccounts;
    "cssmListVirtualAccountsOfType", "GET", "/v1/accounts/{account}/{type}/virtual-accounts",
        "List virtual accounts of a type of account":
        virtual_accounts::list, None, virtual_accounts::VirtualAccounts;
    "cssmCreateVirtualAccount", "POST", "/v1/accounts/{account}/virtual-accounts",
        "Create a virtual account":
        virtual_accounts::create, Some(of::<virtual_accounts::NewVirtualAccount>), Said;
    "cssmCreateToken", "POST", "/v1/accounts/{account}/virtual-accounts/{virtualAccount}/tokens",
        "Create a registration token":
        tokens::create, Some(of::<tokens::NewToken>), tokens::CreatedToken;
    "cssmListTokens", "GET", "/v1/accounts/{account}/virtual-accounts/{virtualAccount}/tokens",
        "List active registration tokens":
        tokens::list, None, tokens::Tokens;
    "cssmRevokeTokens", "POST",
        "/v1/accounts/{account}/virtual-accounts/{virtualAccount}/tokens/revoke",
        "Revoke registration tokens":
        tokens::revoke, Some(of::<tokens::TokensToRevoke>), tokens::RevokedTokens;
    "cssmLicenseUsage", "POST", "/v1/accounts/{account}/licenses",
        "List licenses and their use":
        licenses::usage, Some(of::<licenses::ListRequest>), licenses::Licenses;
    "cssmTransferLicenses", "POST",
        "/v1/accounts/{account}/virtual-accounts/{virtualAccount}/licenses/transfer",
        "Transfer licenses to other virtual accounts":
        license_transfer::transfer, Some(of::<license_transfer::LicenseTransfers>),
        license_transfer::LicenseTransferStatus;
    "cssmProductInstanceUsage", "POST", "/v1/accounts/{account}/devices",
        "List product instances and what they use":
        instance_usage::usage, Some(of::<licenses::ListRequest>), instance_usage::InstanceUsage;
    "cssmRemoveProductInstances", "POST",
        "/v2/accounts/{account}/virtual-accounts/{virtualAccount}/devices/remove",
        "Remove product instances":
        instance_removal::remove, Some(of::<instance_removal::InstanceRemovals>),
        instance_removal::InstanceRemovalStatus;
};

/// The call of a method and a path, and what stands in its braces.
pub(super) fn find(
    routes: &'static [Route],
    method: &str,
    segments: &[String],
) -> Result<(&'static Route, Vec<String>), ServerAnswer> {
    let reached: Vec<_> =
        routes.iter().filter_map(|of| Some((of, captured(of.path, segments)?))).collect();
    let methods: Vec<&str> = reached.iter().map(|(route, _)| route.method).collect();
    let found = reached.into_iter().find(|(route, _)| route.method == method);
    found.ok_or_else(|| match &methods[..] {
        [] => refused(404, "Not Found"),
        methods => {
            let mut answer = refused(405, "Method Not Allowed");
            answer.headers.push(("allow".to_owned(), methods.join(", ")));
            answer
        }
    })
}

/// What stands in the braces of a path; none when it is another path.
fn captured(path: &str, segments: &[String]) -> Option<Vec<String>> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut names = Vec::new();
    for (part, segment) in parts.into_iter().zip(segments) {
        if part.starts_with('{') {
            names.push(segment.clone());
        } else if part != segment {
            return None;
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn segments(path: &str) -> Vec<String> {
        path.split('/').skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn every_call_is_found_by_its_own_path_and_no_two_are_the_same() {
        for routes in [ON_PREM, CSSM] {
            let ids: BTreeSet<_> = routes.iter().map(|route| route.id).collect();
            assert_eq!(ids.len(), routes.len());
            for route in routes {
                let (found, names) = find(routes, route.method, &segments(route.path)).unwrap();
                assert_eq!((found.id, names.len()), (route.id, route.path.matches('{').count()));
            }
        }
    }

    #[test]
    fn a_wrong_method_names_the_right_ones() {
        let path = segments("/accounts/A/virtual-accounts/V/tokens");
        let answer = find(ON_PREM, "DELETE", &path).err().unwrap();
        assert_eq!(answer.status, 405);
        assert!(answer.headers.contains(&("allow".to_owned(), "POST, GET".to_owned())));
        let nowhere = find(ON_PREM, "GET", &segments("/accounts/A/reserve-licenses"));
        assert_eq!(nowhere.err().unwrap().status, 404);
    }
}
