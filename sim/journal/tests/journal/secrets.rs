//! No secret reaches the written bytes, in any spelling the codecs use.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_journal::{Entry, Event, ExchangeOutcome, FailureCause, Redactor};
use muster_wire::proposed::trust_request::{TrustRequest, TrustRequestEntry};
use muster_wire::{Artefact, Extra, Sudi, TrustId, Udi, artefact::to_smart_license};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sample::{answered, exchange, plain, written};

fn trust_request(token: &str) -> TrustRequest {
    let entries = vec![TrustRequestEntry {
        sudi: Sudi::from(&Udi::new("C9800-L-F-K9", "MST0000A001")),
        trust_id: TrustId(1),
        timestamp: 1_767_225_600_000,
        force: false,
        id_token: Some(token.to_owned()),
        public_key: "TVVTVEVS".to_owned(),
        extra: Extra::new(),
    }];
    let signed = serde_json::to_string(&entries).unwrap();
    TrustRequest { system_info: None, entries, signed, signature: "U0lHTg==".to_owned() }
}

fn trust_body(token: &str) -> Vec<u8> {
    let smart_license = to_smart_license(&trust_request(token).encode());
    serde_json::to_vec(&json!({"license_data": [{"smart_license": smart_license}]})).unwrap()
}

fn entry(event: Event) -> Entry {
    Entry { seq: 1, at_ms: 0, journey: None, instance: None, event }
}

/// The written lines, and everything their base64 strings decode to.
fn everything_written(event: Event, secrets: &[&str]) -> Vec<u8> {
    let redactor = Redactor::new(secrets.iter().map(|&secret| secret.to_owned()).collect());
    let text = plain(&written(&[entry(event)], redactor));
    let mut all = text.clone().into_bytes();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c))) {
        all.extend(STANDARD.decode(word).unwrap_or_default());
        all.push(b'\n');
    }
    all
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_header_names_no_secret() {
    let mut header = crate::sample::header();
    header.command = vec!["--target".to_owned(), "mst-secret-0001.toml".to_owned()];
    header.scenarios[0].file = "mst-secret-0001/day.yaml".to_owned();
    let header = Redactor::new(vec!["mst-secret-0001".to_owned()]).header(&header);
    assert_eq!(header.command, ["--target", "[redacted].toml"]);
    assert_eq!(header.scenarios[0].file, "[redacted]/day.yaml");
}

#[test]
fn a_redacted_trust_request_still_decodes() {
    let body = Redactor::default().body(&trust_body("mst-token-0001"));
    let body: Value = serde_json::from_slice(&body).unwrap();
    let text = body.pointer("/license_data/0/smart_license").unwrap().as_str().unwrap();
    let Artefact::TrustRequest(request) = Artefact::from_smart_license(text).unwrap() else {
        panic!("another artefact");
    };
    assert_eq!(request.entries[0].id_token.as_deref(), Some("[id token]"));
    let original = trust_request("mst-token-0001");
    assert_eq!(request.signature, original.signature);
    assert_ne!(request.signed, original.signed, "the signature covers what was replaced");
}

#[test]
fn credential_headers_are_masked_and_others_kept() {
    let mut exchange = exchange(b"{}", answered(b"{}"));
    exchange.request.headers = ["Authorization", "cookie", "x-auth-token", "x-trace"]
        .map(|name| (name.to_owned(), "mst-credential".to_owned()))
        .into();
    let text = plain(&written(&[entry(Event::Exchange(Box::new(exchange)))], Redactor::default()));
    assert_eq!(text.matches("[redacted]").count(), 3);
    assert!(text.contains(r#"["x-trace","mst-credential"]"#));
}

proptest! {
    #[test]
    fn an_id_token_is_masked_by_its_place(token in "[A-Za-z0-9%+/=]{16,60}") {
        let exchange = exchange(&trust_body(&token), answered(b"{}"));
        let all = everything_written(Event::Exchange(Box::new(exchange)), &[]);
        prop_assert!(!contains(&all, &token));
        prop_assert!(contains(&all, "[id token]"));
    }

    #[test]
    fn a_token_in_a_cut_request_is_masked(
        token in "[A-Za-z0-9]{32}",
        kept in 0_usize..700,
    ) {
        let mut body = trust_body(&token);
        body.truncate(kept);
        let exchange = exchange(&body, answered(b"{}"));
        let all = everything_written(Event::Exchange(Box::new(exchange)), &[&token]);
        // A cut may leave a few characters of the token, never a usable part.
        prop_assert!(!contains(&all, &token[..8]));
    }

    #[test]
    fn a_known_secret_is_masked_wherever_it_stands(
        secret in "[ -~]{12,40}",
        before in "[a-z<]{0,5}",
        after in "[a-z>]{0,5}",
    ) {
        let around = format!("{before}{secret}{after}");
        let json = json!({ "value": around }).to_string();
        let xml = muster_wire::xml::escape(&json);
        let content = muster_wire::xml::escape_content(&json);
        let bodies: [Vec<u8>; 7] = [
            around.clone().into_bytes(),
            json.clone().into_bytes(),
            json!({ "request": json }).to_string().into_bytes(),
            json!({ "smart_license": STANDARD.encode(&xml) }).to_string().into_bytes(),
            json!({ "smart_license": STANDARD.encode(&content) }).to_string().into_bytes(),
            [&[0xff, 0xfe], around.as_bytes()].concat(),
            STANDARD.encode(&around).into_bytes(),
        ];
        for body in bodies {
            let mut exchange = exchange(&body, answered(&body));
            exchange.request.headers.push(("x-note".to_owned(), around.clone()));
            exchange.url = format!("https://embedded.test/?q={around}");
            let all = everything_written(Event::Exchange(Box::new(exchange)), &[&secret]);
            let in_xml = muster_wire::xml::escape(&secret);
            let in_content = muster_wire::xml::escape_content(&secret);
            for spelling in [secret.clone(), json!(secret).to_string(), in_xml, in_content] {
                prop_assert!(!contains(&all, spelling.trim_matches('"')), "{}", spelling);
            }
        }
    }

    #[test]
    fn a_known_secret_is_masked_in_every_kind_of_text(secret in "[A-Za-z0-9]{12,40}") {
        let text = format!("<{secret}>");
        let failed = ExchangeOutcome::Failed { cause: FailureCause::Http, detail: text.clone() };
        for event in [
            Event::Syslog { text: text.clone() },
            Event::HookCalled {
                hook: "clock".to_owned(),
                arguments: json!({"a": [{"b": text}]}),
                failure: Some(text.clone()),
            },
            Event::StepFinished { step: 1, outcome: text.clone() },
            Event::Exchange(Box::new(exchange(b"", failed))),
        ] {
            prop_assert!(!contains(&everything_written(event, &[&secret]), &secret));
        }
    }

    #[test]
    fn redacting_twice_changes_nothing_more(secret in "[A-Za-z0-9]{12,40}", at in 0_usize..60) {
        let redactor = Redactor::new(vec![secret.clone()]);
        let mut body = trust_body("mst-token-0001");
        body.splice(at..at, STANDARD.encode(format!("~{secret}")).into_bytes());
        let once = redactor.body(&body);
        prop_assert_ne!(&once, &body);
        prop_assert_eq!(redactor.body(&once), once);
    }

    #[test]
    fn bytes_without_secrets_are_kept(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let redactor = Redactor::new(vec!["mst-secret-0001".to_owned()]);
        prop_assert_eq!(redactor.body(&body), body);
    }
}
