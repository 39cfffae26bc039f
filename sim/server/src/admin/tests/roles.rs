//! Every call times every kind of caller: who is let through, and in which words the others are
//! not.

use serde_json::{Value, json};

use super::{CALLERS, DEFAULT, Lab, ROOT, message, send};

/// A call that changes nothing for whoever is let through.
fn harmless(operation: &str) -> (&'static str, String, Value) {
    let none = Value::Null;
    match operation {
        "createVirtualAccount" => {
            ("POST", format!("{ROOT}/virtual-accounts"), json!({ "name": "" }))
        }
        "listVirtualAccounts" => ("GET", format!("{ROOT}/virtual-accounts"), none),
        "deleteVirtualAccount" => ("POST", format!("{DEFAULT}/delete"), none),
        "createToken" => ("POST", format!("{DEFAULT}/tokens"), json!({ "expiresAfterDays": 0 })),
        "listTokens" => ("GET", format!("{DEFAULT}/tokens"), none),
        "revokeTokens" => ("POST", format!("{DEFAULT}/tokens/revoke"), json!({ "tokens": [] })),
        "licenseUsage" => ("POST", format!("{ROOT}/licenses"), none),
        "licenseSubscriptions" => ("POST", format!("{ROOT}/license-subscriptions"), none),
        "transferLicenses" => ("POST", format!("{DEFAULT}/licenses/transfer"), none),
        "productInstanceUsage" => ("POST", format!("{ROOT}/devices"), none),
        "searchProductInstances" => ("GET", format!("{DEFAULT}/devices"), none),
        "transferProductInstances" => ("POST", format!("{DEFAULT}/devices/transfer"), none),
        "removeProductInstances" => ("POST", format!("{DEFAULT}/devices/remove"), none),
        "listAlerts" => ("POST", format!("{ROOT}/alerts"), none),
        "listLocalAccounts" => ("POST", "/api/v1/upstream_satellites/accounts".to_owned(), none),
        other => panic!("no harmless call of {other}"),
    }
}

/// Who is let through: system, administrator, user, administrator and user of one virtual account,
/// and somebody of another account.
fn allowed(operation: &str) -> [bool; 6] {
    match operation {
        "createVirtualAccount" | "deleteVirtualAccount" => [true, true, false, false, false, false],
        "removeProductInstances" => [true, true, false, true, false, false],
        "listLocalAccounts" => [true; 6],
        _ => [true, true, true, true, true, false],
    }
}

fn denied(operation: &str) -> &'static str {
    match operation {
        "createVirtualAccount" | "deleteVirtualAccount" => {
            "Not Authorized to access local Virtual Accounts in local Account"
        }
        "listVirtualAccounts" => {
            "Not Authorized to create local Virtual Accounts within local Account 'Muster Test SA'"
        }
        "createToken" => "Not Authorized to create tokens for Virtual Account 'Default'.",
        "listTokens" => "Not Authorized to view the Tokens",
        "revokeTokens" => "Not Authorized to revoke tokens for Virtual Account 'Default'.",
        "licenseUsage" => "Not Authorized to access licenses for specified local Virtual Accounts",
        "licenseSubscriptions" => {
            "Not Authorized to access license subscriptions for local Account Muster Test SA"
        }
        "productInstanceUsage" => {
            "Not Authorized to access devices for specified local Virtual Accounts"
        }
        "listAlerts" => "Not Authorized to access alerts for local Account 'Muster Test SA'",
        _ => "Not Authorized to access Virtual Account 'Default'.",
    }
}

#[test]
fn every_call_lets_the_documented_roles_through_and_nobody_else() {
    let lab = Lab::with(&CALLERS);
    for route in crate::admin::route::ON_PREM {
        let (method, path, body) = harmless(route.id);
        for (caller, allowed) in CALLERS.into_iter().zip(allowed(route.id)) {
            let answer = lab.call_as(caller, method, &path, &body);
            let (id, status) = (route.id, answer.0);
            assert_eq!(status != 403, allowed, "{id} {caller}: {answer:?}");
            if !allowed {
                assert_eq!(message(&answer), denied(id), "{id} {caller}");
            }
        }
    }
}

/// A call of CSSM that changes nothing for whoever is let through.
fn harmless_at_cssm(operation: &str) -> (&'static str, String, Value) {
    let none = Value::Null;
    let account = "/v1/accounts/Muster%20Test%20SA";
    let pool = format!("{account}/virtual-accounts/Default");
    let exchange = json!({ "data": { "timestamp": 1, "nonce": "n" } });
    let (method, path, body) = match operation {
        "cssmSearchAccounts" => ("GET", "/v2/accounts/search".to_owned(), none),
        "cssmSearchAccountsV1" => ("GET", "/v1/accounts/search".to_owned(), none),
        "cssmListAccounts" => ("GET", "/v2/accounts".to_owned(), none),
        "cssmRequestAuthorization" => ("POST", "/v2/devices/authrequest".to_owned(), exchange),
        "cssmReportUsage" => ("POST", "/v2/devices/reportusage".to_owned(), exchange),
        "cssmPoll" => ("POST", "/v2/accounts/poll".to_owned(), exchange),
        "cssmLicenseSummary" => ("POST", "/v3/licenses/summary".to_owned(), exchange),
        "cssmListVirtualAccounts" => ("GET", format!("{account}/virtual-accounts"), none),
        "cssmListVirtualAccountsOfType" => {
            ("GET", format!("{account}/customer/virtual-accounts"), none)
        }
        "cssmCreateVirtualAccount" => {
            ("POST", format!("{account}/virtual-accounts"), json!({ "name": "" }))
        }
        "cssmCreateToken" => ("POST", format!("{pool}/tokens"), json!({ "expiresAfterDays": 0 })),
        "cssmListTokens" => ("GET", format!("{pool}/tokens"), none),
        "cssmRevokeTokens" => ("POST", format!("{pool}/tokens/revoke"), json!({ "tokens": [] })),
        "cssmLicenseUsage" => ("POST", format!("{account}/licenses"), none),
        "cssmTransferLicenses" => ("POST", format!("{pool}/licenses/transfer"), none),
        "cssmProductInstanceUsage" => ("POST", format!("{account}/devices"), none),
        "cssmRemoveProductInstances" => {
            ("POST", format!("{}/devices/remove", pool.replace("/v1/", "/v2/")), none)
        }
        other => panic!("no harmless call of {other}"),
    };
    (method, format!("{}{path}", super::CSSM_ROOT), body)
}

/// As [`allowed`]. Who asks for accounts sees those that are its own, and who polls gets what it
/// asked for itself.
fn allowed_at_cssm(operation: &str) -> [bool; 6] {
    match operation {
        "cssmSearchAccounts" | "cssmSearchAccountsV1" | "cssmListAccounts" | "cssmPoll" => {
            [true; 6]
        }
        "cssmCreateVirtualAccount" => [true, true, false, false, false, false],
        "cssmRemoveProductInstances" => [true, true, false, true, false, false],
        _ => [true, true, true, true, true, false],
    }
}

#[test]
fn every_call_of_cssm_lets_the_same_roles_through() {
    let lab = Lab::with(&CALLERS);
    for route in crate::admin::route::CSSM {
        let (method, path, body) = harmless_at_cssm(route.id);
        for (caller, allowed) in CALLERS.into_iter().zip(allowed_at_cssm(route.id)) {
            let (status, answer) = lab.call_as(caller, method, &path, &body);
            let id = route.id;
            assert_eq!(status != 403, allowed, "{id} {caller}: {status} {answer}");
            let is_stranger = caller == "stranger";
            assert!(!is_stranger || !answer.to_string().contains("Default\""), "{id}: {answer}");
        }
    }
}

#[test]
fn nobody_polls_for_what_somebody_else_asked_for() {
    let lab = Lab::with(&["system", "user"]);
    let order = json!({ "data": { "timestamp": 1, "nonce": "n", "licenses": [{
        "sudi": { "udi_pid": "C8000V", "udi_serial_number": "MST1" },
        "keys": [{ "entitlement": super::LICENCE, "count": "1" }] }] } });
    let at = |call: &str| format!("{}{call}", super::CSSM_ROOT);
    let promised = lab.good("POST", &at("/v2/devices/authrequest"), &order);
    let poll = json!({ "data": { "timestamp": 1, "nonce": "p", "poll_id": promised["poll_id"],
        "action": "authorizations" } });
    let other = lab.call_as("user", "POST", &at("/v2/accounts/poll"), &poll);
    assert_ne!(other.1["status"], "COMPLETE", "{other:?}");
    assert_eq!(lab.good("POST", &at("/v2/accounts/poll"), &poll)["status"], "COMPLETE");
}

#[test]
fn without_a_bearer_token_every_call_of_both_servers_is_restricted() {
    let lab = Lab::new();
    let basic = ("authorization", "Basic cm9ib3Q6c2VjcmV0".to_owned());
    let made_up = ("authorization", "Bearer made-up".to_owned());
    for (root, routes) in [
        ("/api/v1", crate::admin::route::ON_PREM),
        ("/backend/api/v1", crate::admin::route::ON_PREM),
        (super::CSSM_ROOT, crate::admin::route::CSSM),
    ] {
        for route in routes {
            let path = format!("{root}{}", route.path).replace(['{', '}'], "");
            for headers in [vec![], vec![basic.clone()], vec![made_up.clone()]] {
                let answer = send(&lab.server, route.method, &path, &headers, "");
                assert_eq!(answer.status, 403, "{} {path}", route.method);
                assert!(String::from_utf8_lossy(&answer.body).contains("Access Restricted"));
            }
        }
    }
}

#[test]
fn a_role_in_one_virtual_account_shows_that_one_alone() {
    let lab = Lab::with(&["system", "pool-user"]);
    lab.create_account("Physics");
    let path = format!("{ROOT}/virtual-accounts");
    let (_, list) = lab.call_as("pool-user", "GET", &path, &Value::Null);
    assert_eq!(list["virtualAccounts"].as_array().unwrap().len(), 1);
    let body = json!({ "virtualAccounts": ["Physics"] });
    for (call, text) in [
        ("licenses", "licenses for specified local Virtual Accounts"),
        ("license-subscriptions", "license subscriptions for specified local Virtual Accounts"),
        ("alerts", "alerts for specified local Virtual Accounts"),
    ] {
        let answer = lab.call_as("pool-user", "POST", &format!("{ROOT}/{call}"), &body);
        let expected = format!("Not Authorized to access {text}");
        assert_eq!((answer.0, message(&answer)), (403, expected.as_str()));
    }
    let both = json!({ "virtualAccounts": ["Default", "Physics"] });
    let (status, answer) = lab.call_as("pool-user", "POST", &format!("{ROOT}/licenses"), &both);
    let said = "The requested virtual account 'Physics' doesn't belong to the account \
                'Muster Test SA'. Hence returning the response for eligible local Virtual Accounts.";
    assert_eq!((status, answer["statusMessage"].as_str().unwrap()), (200, said));
}

#[test]
fn transfers_need_a_role_at_both_ends() {
    let lab = Lab::with(&["system", "pool-user"]);
    lab.create_account("Physics");
    let entry = json!({ "license": "Router HSEC", "licenseType": "PERPETUAL", "quantity": 1,
        "targetVirtualAccount": "Physics" });
    let path = format!("{DEFAULT}/licenses/transfer");
    let answer = lab.call_as("pool-user", "POST", &path, &json!({ "licenses": [entry] }));
    assert_eq!((answer.0, message(&answer)), (403, "All licenses failed to transfer."));
    let why = "Not Authorized to access local Virtual Accounts 'Default' or 'Physics'.";
    assert_eq!(answer.1["licensesTransferStatus"][0]["statusMessage"], why);
}
