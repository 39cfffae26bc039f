//! License transfers through the API.

use serde_json::{Value, json};

use super::{DEFAULT, LICENCE, Lab, message};

fn entry(kind: &str, quantity: u32, target: &str) -> Value {
    json!({ "license": "MUSTER_LAB", "licenseType": kind, "quantity": quantity,
        "targetVirtualAccount": target })
}

fn lab() -> Lab {
    let lab = Lab::new();
    lab.create_account("Physics");
    lab.hold("Default", LICENCE, &json!([{ "kind": "perpetual", "quantity": 50 }]));
    lab
}

fn send(lab: &Lab, entries: &[Value]) -> (u16, Value) {
    lab.call("POST", &format!("{DEFAULT}/licenses/transfer"), &json!({ "licenses": entries }))
}

#[test]
fn licences_move_all_some_or_none_with_the_documented_words() {
    let lab = lab();
    let all = send(&lab, &[entry("PERPETUAL", 20, "Physics")]);
    assert_eq!((all.0, message(&all)), (200, "1 licenses transferred successfully."));
    assert_eq!(
        all.1["licensesTransferStatus"][0],
        json!({ "status": "SUCCESS", "statusMessage":
        "20 'MUSTER_LAB' licenses successfully transferred from Virtual Account 'Default' to \
         Virtual Account 'Physics'." })
    );
    let missing = json!({ "license": "CSR 1KV", "licenseType": "TERM", "quantity": 1,
        "targetVirtualAccount": "Physics" });
    let some = send(&lab, &[entry("PERPETUAL", 10, "Physics"), missing]);
    assert_eq!((some.0, &some.1["status"]), (200, &json!("WARNING")));
    let texts: Vec<_> = some.1["licensesTransferStatus"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| of["statusMessage"].as_str().unwrap())
        .collect();
    assert_eq!(
        texts,
        [
            "10 'MUSTER_LAB' licenses were transferred to Virtual Account 'Physics' from Virtual \
         Account 'Default'.",
            "Failed to find CSR 1KV license in Virtual Account Default.",
        ]
    );
    for (one, text) in [
        (
            entry("PERPETUAL", 21, "Physics"),
            "Quantity to transfer is greater than the available \
            quantity for license 'MUSTER_LAB' license in Virtual Account 'Default'.",
        ),
        (
            entry("TERM", 1, "Physics"),
            "Quantity to transfer is greater than the available \
            quantity for license 'MUSTER_LAB' license in Virtual Account 'Default'.",
        ),
        (entry("DEMO", 1, "Physics"), "Invalid licenseType or precedence value."),
        (entry("PERPETUAL", 1, "Botany"), "Failed to find Virtual Account 'Botany'."),
        (entry("PERPETUAL", 0, "Physics"), "Invalid quantity value."),
    ] {
        let none = send(&lab, &[one]);
        assert_eq!((none.0, message(&none)), (422, "All licenses failed to transfer."));
        assert_eq!(none.1["licensesTransferStatus"][0]["statusMessage"], text);
    }
}

#[test]
fn an_order_that_means_nothing_and_too_many_requests_are_refused() {
    let lab = lab();
    let mut one = entry("TERM", 1, "Physics");
    one["precedence"] = json!("SHORTEST");
    assert_eq!(send(&lab, &[one]).0, 422);
    let many = vec![entry("PERPETUAL", 1, "Physics"); 11];
    let refused = send(&lab, &many);
    assert!(refused.0 == 422 && message(&refused).contains("maximum of 10"), "{refused:?}");
    assert_eq!(send(&lab, &[]).0, 422);
}

#[test]
fn licences_in_use_stay_and_a_short_account_gives_nothing_away() {
    let lab = lab();
    {
        let mut store = lab.server.0.store();
        let number = store.holdings.named("Default").unwrap();
        store.holdings.add_use(number, &muster_wire::EntitlementTag::new(LICENCE), 45).unwrap();
    }
    assert_eq!(send(&lab, &[entry("PERPETUAL", 6, "Physics")]).0, 422);
    assert_eq!(send(&lab, &[entry("PERPETUAL", 5, "Physics")]).0, 200);
    assert_eq!(send(&lab, &[entry("PERPETUAL", 1, "Physics")]).0, 422);
}
