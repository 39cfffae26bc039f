//! What published clients do that the guide does not say.

use serde_json::{Value, json};

use super::{DEFAULT, Lab, ROOT, json_of, send};

#[test]
fn a_body_of_null_is_no_body() {
    let lab = Lab::new();
    let bearer = [lab.bearer("system")];
    for (method, path) in [
        ("GET", format!("{ROOT}/virtual-accounts")),
        ("GET", format!("{DEFAULT}/tokens")),
        ("POST", format!("{ROOT}/licenses")),
        ("POST", format!("{ROOT}/devices")),
        ("POST", format!("{ROOT}/alerts")),
        ("POST", "/api/v1/upstream_satellites/accounts".to_owned()),
    ] {
        assert_eq!(send(&lab.server, method, &path, &bearer, "null").status, 200, "{path}");
    }
}

#[test]
fn the_backend_prefix_reaches_the_same_calls() {
    let lab = Lab::new();
    let plain = lab.good("GET", &format!("{ROOT}/virtual-accounts"), &Value::Null);
    let prefixed = lab.good("GET", &format!("/backend{ROOT}/virtual-accounts"), &Value::Null);
    assert_eq!(plain, prefixed);
}

#[test]
fn no_answer_has_a_space_after_a_colon() {
    let lab = Lab::new();
    let bearer = [lab.bearer("system")];
    for call in ["licenses", "devices", "alerts", "license-subscriptions"] {
        let answer = send(&lab.server, "POST", &format!("{ROOT}/{call}"), &bearer, "");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains("\": ") && !text.contains('\n'), "{text}");
    }
}

#[test]
fn names_with_spaces_and_slashes_arrive_escaped() {
    let lab = Lab::new();
    for name in ["A B", "A/B", "Ä%+&"] {
        lab.create_account(name);
    }
    for escaped in ["A%20B", "A%2FB", "%C3%84%25%2B%26"] {
        let path = format!("{ROOT}/virtual-accounts/{escaped}/tokens");
        assert_eq!(lab.call("GET", &path, &Value::Null).0, 200, "{escaped}");
    }
}

#[test]
fn what_is_not_a_call_is_no_call() {
    let lab = Lab::new();
    for (method, path, status) in [
        ("GET", format!("{DEFAULT}/reserve-licenses"), 404),
        ("POST", format!("{DEFAULT}/reserve-licenses"), 404),
        ("POST", format!("{DEFAULT}/update-licenses"), 404),
        ("DELETE", format!("{DEFAULT}/tokens"), 405),
        ("GET", format!("{ROOT}/licenses"), 405),
    ] {
        assert_eq!(lab.call(method, &path, &Value::Null).0, status, "{method} {path}");
    }
    assert_eq!(send(&lab.server, "GET", "/accounts/A/virtual-accounts", &[], "").status, 404);
}

#[test]
fn any_body_gets_an_answer_in_json() {
    let lab = Lab::new();
    let bearer = [lab.bearer("system")];
    let deep = "[".repeat(100_000);
    let bodies = ["{", "[]", "1", "\u{0}", "{\"limit\":{}}", "{\"virtualAccounts\":5}", &deep];
    for route in crate::admin::route::ON_PREM.iter().chain(crate::admin::route::CSSM) {
        let on_prem = crate::admin::route::ON_PREM.iter().any(|of| of.id == route.id);
        let prefix = if on_prem { "/api/v1" } else { super::CSSM_ROOT };
        let path = format!("{prefix}{}", route.path)
            .replace("{account}", "Muster%20Test%20SA")
            .replace("{virtualAccount}", "Default")
            .replace("{type}", "customer");
        for body in bodies {
            let answer = send(&lab.server, route.method, &path, &bearer, body);
            assert!((200..500).contains(&answer.status), "{path} {body}: {answer:?}");
            json_of(&answer);
        }
    }
    let long = "x".repeat(1024 * 1024 + 1);
    let answer = send(&lab.server, "POST", &format!("{ROOT}/licenses"), &bearer, &long);
    assert_eq!(answer.status, 413);
    assert_eq!(json_of(&answer)["status"], json!("ERROR"));
}
