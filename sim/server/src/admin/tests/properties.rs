//! Whatever is sent, something is answered.

use proptest::prelude::*;
use serde_json::Value;

use super::{CSSM_ROOT, Lab, ROOT, send};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(ROOT.to_owned()),
        Just(CSSM_ROOT.to_owned()),
        Just("/oauth/token".to_owned()),
        "[ -~]{0,40}",
        "(/[a-z%0-9{}.]{0,12}){0,12}",
    ]
}

fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        r#"\{"(limit|offset|tokens|licenses|data|severity)":(-?[0-9]{1,25}|null|\[\]|"x"|\{\})\}"#,
        r#"\{"data":\{"(licenses|reports|tags|poll_id)":(\[\{\}\]|\[5\]|[0-9]{1,22}|"-1")\}\}"#,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_request_breaks_the_server(
        method in prop_oneof![Just("GET"), Just("POST"), Just("PUT"), Just("\u{e9}")],
        path in text(),
        more in text(),
        query in "[ -~]{0,30}",
        bodies in prop::collection::vec(body(), 4),
    ) {
        let lab = Lab::new();
        for body in bodies {
            let path = format!("{path}{more}?{query}");
            let answer = send(&lab.server, method, &path, &[lab.bearer("system")], &body);
            prop_assert!((200..500).contains(&answer.status), "{path}: {answer:?}");
        }
        for route in crate::admin::route::ON_PREM {
            let path = format!("/api/v1{}", route.path);
            let answer = send(&lab.server, route.method, &path, &[lab.bearer("system")], &more);
            prop_assert!(serde_json::from_slice::<Value>(&answer.body).is_ok(), "{answer:?}");
        }
    }
}
