//! What the API was told outlives the process, when there is a state file.

use serde_json::{Value, json};

use super::{DEFAULT, ROOT, json_of, send};
use crate::admin::role::ApiGrant;
use crate::state::tests::{after_a_kill, options, server_in};
use crate::{Server, ServerOptions};

#[test]
fn clients_tokens_accounts_and_polls_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let api_clients = vec![ApiGrant::everything("robot", "a secret")];
    let server = server_in(folder.path(), ServerOptions { api_clients, ..options() }).unwrap();
    let body = "grant_type=client_credentials&client_id=robot&client_secret=a+secret";
    let granted = json_of(&send(&server, "POST", "/oauth/token", &[], body));
    let token = format!("Bearer {}", granted["access_token"].as_str().unwrap());
    let call = |server: &Server, method: &str, path: &str, body: &str| {
        let answer = send(server, method, path, &[("authorization", token.clone())], body);
        (answer.status, json_of(&answer))
    };
    call(&server, "POST", &format!("{ROOT}/virtual-accounts"), r#"{"name":"Physics"}"#);
    call(&server, "POST", &format!("{DEFAULT}/tokens"), r#"{"expiresAfterDays":5}"#);
    let sudi = json!({ "udi_pid": "C8000V", "udi_serial_number": "MST1" });
    let keys = json!([{ "entitlement": super::LICENCE, "count": 1 }]);
    let order = json!({ "data": { "licenses": [{ "sudi": sudi, "keys": keys }] } });
    let cssm = |path: &str| format!("{}{path}", super::CSSM_ROOT);
    let (_, promised) = call(&server, "POST", &cssm("/v2/devices/authrequest"), &order.to_string());
    let tokens = call(&server, "GET", &format!("{DEFAULT}/tokens"), "").1;
    // Nobody is named this time: who was let in stays so.
    let (server, _) = after_a_kill(&server, folder.path());
    assert_eq!(call(&server, "GET", &format!("{DEFAULT}/tokens"), ""), (200, tokens));
    let list = call(&server, "GET", &format!("{ROOT}/virtual-accounts"), "").1;
    let names = list["virtualAccounts"].as_array().unwrap().iter();
    assert!(names.map(|row| &row["name"]).any(|name| name == "Physics"), "{list}");
    let poll = json!({ "data": { "poll_id": promised["poll_id"] } }).to_string();
    let (_, polled) = call(&server, "POST", &cssm("/v2/accounts/poll"), &poll);
    assert_eq!((&polled["status"], &polled["nonce"]), (&json!("COMPLETE"), &Value::Null));
}
