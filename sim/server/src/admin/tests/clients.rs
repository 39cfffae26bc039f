//! Clients and users that come and go through the control API.

use serde_json::{Value, json};

use super::{DEFAULT, Lab, ROOT, json_of, send};
use crate::handler::tests::START_MS;

fn control(lab: &Lab, method: &str, query: &str, body: &Value) -> (u16, Value) {
    let path = format!("/muster/control/api-clients{query}");
    let answer = send(&lab.server, method, &path, &[], &body.to_string());
    (answer.status, json_of(&answer))
}

/// An access token as the value of a header.
fn token(lab: &Lab, id: &str, secret: &str) -> Option<String> {
    let body = json!({ "grant_type": "client_credentials", "client_id": id,
        "client_secret": secret });
    let answer = json_of(&send(&lab.server, "POST", "/oauth/token", &[], &body.to_string()));
    answer["access_token"].as_str().map(|token| format!("Bearer {token}"))
}

fn get(lab: &Lab, token: &str, path: &str) -> u16 {
    send(&lab.server, "GET", path, &[("authorization", token.to_owned())], "").status
}

#[test]
fn a_client_is_let_in_with_a_role_and_shut_out_again() {
    let lab = Lab::new();
    let access = json!({ "accounts": { "Muster Test SA":
        { "per_virtual_account": { "Default": "user" } } } });
    let new = json!({ "id": "robot", "access": access });
    let (status, made) = control(&lab, "PUT", "", &new);
    assert_eq!(status, 200, "{made}");
    let bearer = token(&lab, "robot", made["secret"].as_str().unwrap()).unwrap();
    assert_eq!(get(&lab, &bearer, &format!("{DEFAULT}/tokens")), 200);
    assert_eq!(get(&lab, &bearer, &format!("{ROOT}/virtual-accounts/My%20VA/tokens")), 403);
    let (_, list) = control(&lab, "GET", "", &json!({}));
    let rows = list["api_clients"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == "robot").unwrap();
    assert_eq!((&row["access"], &row["is_locked"]), (&access, &json!(false)));
    assert!(!list.to_string().contains(made["secret"].as_str().unwrap()));
    assert_eq!(control(&lab, "DELETE", "?client=robot", &json!({})).0, 200);
    assert_eq!(get(&lab, &bearer, &format!("{DEFAULT}/tokens")), 403);
    assert_eq!(control(&lab, "DELETE", "?client=robot", &json!({})).0, 404);
}

#[test]
fn another_secret_ends_what_was_opened_with_the_first() {
    let lab = Lab::new();
    let grant = |secret: &str| json!({ "id": "robot", "secret": secret, "access": "system" });
    control(&lab, "PUT", "", &grant("first"));
    let bearer = token(&lab, "robot", "first").unwrap();
    control(&lab, "PUT", "", &grant("second"));
    assert_eq!(get(&lab, &bearer, &format!("{DEFAULT}/tokens")), 403);
    assert!(token(&lab, "robot", "first").is_none());
    assert!(token(&lab, "robot", "second").is_some());
}

#[test]
fn a_grant_ends_on_its_expiration_date_with_its_tokens() {
    let lab = Lab::new();
    let end = START_MS + 60_000;
    let grant = json!({ "id": "robot", "secret": "s", "access": "system", "expires_at_ms": end });
    control(&lab, "PUT", "", &grant);
    let bearer = token(&lab, "robot", "s").unwrap();
    assert_eq!(get(&lab, &bearer, &format!("{DEFAULT}/tokens")), 200);
    lab.server.set_clock_ms(end);
    assert_eq!(get(&lab, &bearer, &format!("{DEFAULT}/tokens")), 403);
    assert!(token(&lab, "robot", "s").is_none());
}

#[test]
fn what_is_no_client_is_told_why() {
    let lab = Lab::new();
    for body in [
        json!({ "id": "", "access": "system" }),
        json!({ "id": "x", "secret": "", "access": "system" }),
        json!({ "id": "x" }),
        json!({ "id": "x", "access": "everything" }),
        json!({ "kind": "robot", "id": "x", "access": "system" }),
    ] {
        assert_eq!(control(&lab, "PUT", "", &body).0, 400, "{body}");
    }
    assert_eq!(control(&lab, "DELETE", "", &json!({})).0, 400);
    let path = "/muster/control/api-clients";
    assert_eq!(send(&lab.server, "PATCH", path, &[], "").status, 405);
}
