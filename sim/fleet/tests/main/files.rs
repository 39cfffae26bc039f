//! Files of instances on their way to an account and back, over the target's hook `upload`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_fleet::transport::{Call, Reply};
use muster_fleet::virtual_run::Peer;
use muster_wire::Artefact;
use muster_wire::bundle::Bundle;
use serde_json::{Value, json};

use crate::bench::{PROFILE, Played, plan, play_plan};
use crate::scripted_peer::answered;

/// An account that answers every file with the same bytes, and remembers what it was brought.
struct Account {
    answer: Vec<u8>,
    brought: Vec<Vec<u8>>,
}

impl Account {
    fn answering(answer: Vec<u8>) -> Self {
        Self { answer, brought: Vec::new() }
    }
}

impl Peer for Account {
    fn exchange(&mut self, call: &Call) -> Reply {
        assert_eq!(&*call.endpoint, "hook", "no request leaves an instance");
        let order: Value = serde_json::from_slice(&call.body).unwrap();
        self.brought.push(STANDARD.decode(order["file"].as_str().unwrap()).unwrap());
        Reply { result: answered(200, &self.answer), tls: None, elapsed_us: 0 }
    }

    fn set_clock(&mut self, _: u64) {}
}

fn played(steps: &str, account: &mut Account) -> Played {
    let hook =
        "[hooks.upload]\nurl = \"http://127.0.0.1:9/upload\"\nbody = '{\"file\": \"{file}\"}'";
    let profile = format!("{PROFILE}{hook}\n");
    let off = "  - transport: 'off'\n  - { on: spare, transport: 'off' }\n";
    let played = play_plan(&plan(&format!("{off}{steps}"), &profile, 1), account, &|| false);
    played.assert_sound();
    played
}

fn answer(bytes: &[u8]) -> Vec<u8> {
    json!({ "file": STANDARD.encode(bytes) }).to_string().into_bytes()
}

#[test]
fn what_an_instance_writes_is_carried_and_the_answer_is_read() {
    let steps = "  - save: { trust: request, file: request.xml }
  - upload: { file: request.xml, answer: code.xml }
  - import: code.xml
    expect: { failure: refused }
  - advance: 1h
  - save: { usage: all, file: usage.xml }
  - { on: spare, save: { days: 7, file: spare.xml } }
  - upload: { files: [usage.xml, spare.xml], answer: answers }
  - assert: agent.trust_state == 'requested' && agent.reports.exists(one, one.handed_out)
";
    let mut account = Account::answering(answer(b"<nothing/>"));
    let played = played(steps, &mut account);
    insta::assert_snapshot!(played.outline());
    let first = Artefact::decode(&account.brought[0]).unwrap();
    assert!(matches!(first, Artefact::TrustRequest(_)), "{first:?}");
    let bundle = Bundle::decode(&account.brought[1]).unwrap();
    let files = bundle.archives[0].files.iter().map(|file| file.artefact().unwrap());
    assert_eq!(files.filter(|file| matches!(file, Artefact::Usage(_))).count(), 2);
}

#[test]
fn a_bundle_without_anything_for_an_instance_is_refused_by_it() {
    let empty = Bundle::default().encode(0).unwrap();
    let steps = "  - save: { trust: request, file: request.xml }
  - upload: { file: request.xml, answer: answers }
  - import: answers
    expect: { failure: refused }
";
    let played = played(steps, &mut Account::answering(answer(&empty)));
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
}

#[test]
fn a_file_nobody_wrote_is_an_unmet_expectation_and_an_answer_that_is_none_ends_the_journey() {
    let steps = "  - slac: { return: all, file: return.xml }
    expect: { failure: refused }
  - upload: { file: return.xml, answer: answer.xml }
  - save: { trust: request, file: request.xml }
  - upload: { file: request.xml, answer: answer.xml }
";
    let played = played(steps, &mut Account::answering(b"good bye".to_vec()));
    let outline = played.outline();
    assert!(outline.contains("not sent: no step wrote the file `return.xml`"), "{outline}");
    let told = format!("{:?}", played.outcomes());
    assert!(told.contains("hook `upload`: its answer is no"), "{told}");
}
