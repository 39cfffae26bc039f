//! Access tokens and registration tokens.

use serde_json::{Value, json};

use super::{DEFAULT, Lab, json_of, message, send};
use crate::admin::role::ApiGrant;
use crate::handler::tests::START_MS;
use crate::{ClockSource, Server, ServerOptions};

fn server() -> Server {
    let options = ServerOptions {
        api_clients: vec![ApiGrant::everything("robot", "r&d=100%")],
        api_users: vec![ApiGrant::everything("ada", "Passw0rd!Passw0rd!")],
        ..ServerOptions::default()
    };
    Server::new(options, ClockSource::Manual { start_ms: START_MS }).unwrap()
}

#[test]
fn a_token_is_granted_for_json_a_form_a_query_and_basic_credentials() {
    let server = server();
    let json = r#"{"grant_type":"client_credentials","client_id":"robot",
        "client_secret":"r&d=100%"}"#;
    let form = "grant_type=client_credentials&client_id=robot&client_secret=r%26d%3D100%25";
    let basic = ("authorization", "Basic cm9ib3Q6ciZkPTEwMCU=".to_owned());
    for (path, headers, body) in [
        ("/oauth/token".to_owned(), vec![], json),
        ("/backend/oauth/token".to_owned(), vec![], json),
        ("/oauth/token".to_owned(), vec![], form),
        (format!("/oauth/token?{form}"), vec![], ""),
        (format!("/as/token.oauth2?{form}"), vec![], "null"),
        ("/oauth/token".to_owned(), vec![basic], "grant_type=client_credentials"),
    ] {
        let answer = send(&server, "POST", &path, &headers, body);
        let said = json_of(&answer);
        assert_eq!((answer.status, &said["token_type"]), (200, &json!("Bearer")), "{path}: {said}");
        assert_eq!(said["expires_in"], 3_600);
        let cached = answer.headers.iter().find(|(name, _)| name == "cache-control");
        assert_eq!(cached.unwrap().1, "no-store");
    }
}

#[test]
fn a_password_needs_a_client_a_user_and_both_their_secrets() {
    let server = server();
    let ask = |secret: &str, user: &str, password: &str| {
        let body = json!({ "grant_type": "password", "client_id": "robot",
            "client_secret": secret, "username": user, "password": password });
        let answer = send(&server, "POST", "/oauth/token", &[], &body.to_string());
        (answer.status, json_of(&answer)["error"].as_str().map(str::to_owned))
    };
    let good = ("r&d=100%", "Passw0rd!Passw0rd!");
    assert_eq!(ask(good.0, "ada", good.1), (200, None));
    assert_eq!(ask("wrong", "ada", good.1), (401, Some("invalid_client".to_owned())));
    assert_eq!(ask(good.0, "ada", "wrong"), (400, Some("invalid_grant".to_owned())));
    assert_eq!(ask(good.0, "bob", good.1), (400, Some("invalid_grant".to_owned())));
}

#[test]
fn what_is_no_request_for_a_token_is_told_why() {
    let server = server();
    for (body, status, error) in [
        ("", 400, "invalid_request"),
        ("{", 400, "invalid_request"),
        ("\u{fffd}=", 400, "invalid_request"),
        (r#"{"grant_type":"client_credentials"}"#, 400, "invalid_request"),
        ("grant_type=implicit&client_id=a&client_secret=b", 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&client_id=a&client_secret=b", 401, "invalid_client"),
    ] {
        let answer = send(&server, "POST", "/oauth/token", &[], body);
        let said = json_of(&answer);
        assert_eq!((answer.status, &said["error"]), (status, &json!(error)), "{body}");
    }
    assert_eq!(send(&server, "GET", "/oauth/token", &[], "").status, 405);
    let closed =
        Server::new(ServerOptions::default(), ClockSource::Manual { start_ms: 0 }).unwrap();
    let body = "grant_type=client_credentials&client_id=a&client_secret=b";
    let answer = send(&closed, "POST", "/oauth/token", &[], body);
    assert_eq!((answer.status, json_of(&answer)["error"].clone()), (403, json!("access_denied")));
}

#[test]
fn a_client_that_guesses_is_locked_for_a_while() {
    let server = server();
    let ask = |secret: &str| {
        let body = format!("grant_type=client_credentials&client_id=robot&client_secret={secret}");
        send(&server, "POST", "/oauth/token", &[], &body).status
    };
    let good = "r%26d%3D100%25";
    for _ in 0..5 {
        assert_eq!(ask("wrong"), 401);
    }
    assert_eq!(ask(good), 401);
    server.advance_clock(30 * 60_000);
    assert_eq!(ask(good), 200);
}

#[test]
fn an_access_token_ends_after_an_hour() {
    let lab = Lab::new();
    let path = format!("{DEFAULT}/tokens");
    lab.good("GET", &path, &Value::Null);
    lab.server.advance_clock(3_599_999);
    lab.good("GET", &path, &Value::Null);
    lab.server.advance_clock(1);
    let refused = lab.call("GET", &path, &Value::Null);
    assert_eq!((refused.0, message(&refused)), (403, "Access Restricted"));
}

#[test]
fn a_registration_token_is_created_listed_and_ends() {
    let lab = Lab::new();
    let path = format!("{DEFAULT}/tokens");
    let before = lab.good("GET", &path, &Value::Null)["tokens"].as_array().unwrap().len();
    let new =
        json!({ "expiresAfterDays": "100", "description": "a lab", "exportControlled": "Allowed" });
    let created = lab.good("POST", &path, &new);
    assert_eq!(created["statusMessage"], "A valid, active token was generated.");
    let info = &created["tokenInfo"];
    assert_eq!(
        (&info["description"], &info["exportControlled"]),
        (&json!("a lab"), &json!("Allowed"))
    );
    assert_eq!(
        (&info["createdBy"], &info["expirationDate"]),
        (&json!("system"), &json!("2026-09-05T20:26:40Z"))
    );
    let list = lab.good("GET", &path, &Value::Null);
    assert_eq!(list["statusMessage"], "Successfully read active tokens.");
    let rows = list["tokens"].as_array().unwrap();
    assert_eq!(rows.len(), before + 1);
    let row = rows.iter().find(|row| row["token"] == info["token"]).unwrap();
    assert_eq!((&row["exportControl"], row.get("exportControlled")), (&json!("Allowed"), None));
    lab.server.set_clock_ms(START_MS + 100 * 86_400_000);
    let lab_tokens = lab.server.0.store().classic.tokens.listed().count();
    assert!(lab_tokens > before);
}

#[test]
fn days_and_export_control_that_mean_nothing_are_refused() {
    let lab = Lab::new();
    let path = format!("{DEFAULT}/tokens");
    for body in [
        json!({ "expiresAfterDays": 0 }),
        json!({ "expiresAfterDays": 366 }),
        json!({ "expiresAfterDays": "soon" }),
        json!({}),
        json!({ "expiresAfterDays": 5, "exportControlled": "Perhaps" }),
        json!({ "expiresAfterDays": 5, "description": "x".repeat(501) }),
    ] {
        let refused = lab.call("POST", &path, &body);
        assert_eq!((refused.0, refused.1["status"].as_str()), (422, Some("ERROR")), "{body}");
    }
    assert_eq!(lab.call("POST", &path, &json!([1])).0, 400);
}

#[test]
fn while_the_export_flag_is_off_no_token_is_allowed() {
    let lab = Lab::new();
    let body = json!({ "virtual_account": "Default", "export_allowed": false }).to_string();
    assert_eq!(send(&lab.server, "PUT", "/muster/control/accounts", &[], &body).status, 200);
    let new = json!({ "expiresAfterDays": 5, "exportControlled": "Allowed" });
    let created = lab.good("POST", &format!("{DEFAULT}/tokens"), &new);
    assert_eq!(created["tokenInfo"]["exportControlled"], "Not Allowed");
}

#[test]
fn tokens_are_revoked_all_some_or_none() {
    let lab = Lab::new();
    let (path, revoke) = (format!("{DEFAULT}/tokens"), format!("{DEFAULT}/tokens/revoke"));
    let tokens: Vec<Value> = (0..3)
        .map(|_| {
            lab.good("POST", &path, &json!({ "expiresAfterDays": 5 }))["tokenInfo"]["token"].clone()
        })
        .collect();
    let all = lab.good("POST", &revoke, &json!({ "tokens": tokens[..2] }));
    assert_eq!(
        (&all["status"], &all["statusMessage"]),
        (&json!("SUCCESS"), &json!("2 tokens revoked successfully"))
    );
    let some = lab.good("POST", &revoke, &json!({ "tokens": tokens[1..] }));
    assert_eq!(
        (&some["status"], &some["statusMessage"]),
        (&json!("WARNING"), &json!("1 tokens successfully revoked."))
    );
    let statuses = some["tokensRevokeStatus"].as_array().unwrap();
    let words: Vec<_> = statuses.iter().map(|of| of["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["ERROR", "SUCCESS"]);
    assert!(statuses[0]["statusMessage"].as_str().unwrap().ends_with("has already been revoked."));
    let none = lab.call("POST", &revoke, &json!({ "tokens": ["x"] }));
    assert_eq!((none.0, message(&none)), (422, "Token(s) could not be revoked."));
    assert_eq!(none.1["tokensRevokeStatus"][0]["statusMessage"], "Failed to find token x");
    let many = lab.call("POST", &revoke, &json!({ "tokens": vec!["x"; 11] }));
    assert!(many.0 == 422 && message(&many).contains("maximum of 10"), "{many:?}");
}

#[test]
fn a_token_is_revoked_only_where_it_belongs() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let created = lab.good("POST", &format!("{DEFAULT}/tokens"), &json!({ "expiresAfterDays": 5 }));
    let body = json!({ "tokens": [created["tokenInfo"]["token"]] });
    let elsewhere = DEFAULT.replace("Default", "Physics");
    assert_eq!(lab.call("POST", &format!("{elsewhere}/tokens/revoke"), &body).0, 422);
    assert_eq!(lab.call("POST", &format!("{DEFAULT}/tokens/revoke"), &body).0, 200);
}
