//! Local virtual accounts and their custom tags.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::classic::tests::good_server;

fn create(server: &Server, name: &str) -> (u16, Value) {
    let order = json!({ "local_account": "Lab", "name": name });
    try_control(server, "POST", "local-virtual-accounts", &order.to_string())
}

fn names(account: &Value) -> Vec<&str> {
    let pools = account["virtual_accounts"].as_array().unwrap();
    pools.iter().map(|pool| pool["name"].as_str().unwrap()).collect()
}

#[test]
fn names_are_used_once_in_an_account_and_the_default_one_can_be_renamed() {
    let server = good_server();
    active(&server, "Lab");
    active(&server, "Plant");
    assert_eq!(create(&server, "East").0, 200);
    assert_eq!(create(&server, "East").0, 409);
    assert_eq!(create(&server, "Default").0, 409);
    let rename = json!({ "local_account": "Lab", "name": "Default", "new_name": "Main" });
    let account = control(&server, "PUT", "local-virtual-accounts", &rename);
    assert_eq!(names(&account), ["Main", "East"]);
    assert_eq!(account["virtual_accounts"][0]["is_default"], true);
    assert_eq!(names(&super::account(&server, "Plant")), ["Default"]);
    registered_in(&server, 1, "Lab", "Main");
    assert!(
        events(&server)
            .contains(&"The Virtual Account \"Default\" was renamed to \"Main\"".to_owned())
    );
}

#[test]
fn an_account_of_the_options_keeps_its_name() {
    let server = good_server();
    let rename =
        json!({ "local_account": "Muster Test SA", "name": "Default", "new_name": "Main" });
    let answer = try_control(&server, "PUT", "local-virtual-accounts", &rename.to_string());
    assert_eq!(answer.0, 409);
}

#[test]
fn the_default_one_and_one_in_use_are_not_deleted() {
    let server = good_server();
    active(&server, "Lab");
    create(&server, "East");
    let delete = |name: &str| {
        let resource = format!("local-virtual-accounts?local_account=Lab&name={name}");
        try_control(&server, "DELETE", &resource, "").0
    };
    assert_eq!(delete("Default"), 409);
    let instance = registered_in(&server, 1, "Lab", "East");
    assert_eq!(delete("East"), 409);
    let udi = instance.udi.to_string().replace(',', "%2C");
    control(&server, "DELETE", &format!("registrations?udi={udi}"), &json!({}));
    assert_eq!(delete("East"), 200);
    assert_eq!(delete("East"), 409);
}

#[test]
fn tags_have_one_value_or_several_and_required_ones_are_everywhere() {
    let server = good_server();
    active(&server, "Lab");
    create(&server, "East");
    let tagged = |tag: &Value| json!({ "custom_tags": { "Place": tag } });
    let all = json!({ "Default": ["Rome"], "East": ["Oslo"] });
    let one = json!({ "values": ["Rome", "Oslo"], "required": true, "assigned": all });
    assert_eq!(change(&server, "Lab", &tagged(&one))["custom_tags"]["Place"]["required"], true);
    let two = json!({ "Default": ["Rome", "Oslo"], "East": ["Oslo"] });
    let lacking = json!({ "Default": ["Rome"] });
    for (values, required, assigned) in [
        (json!(["Rome", "Oslo"]), true, &two),
        (json!(["Rome"]), true, &lacking),
        (json!(["Rome"]), false, &json!({ "Default": ["Paris"] })),
        (json!(["Rome"]), false, &json!({ "Nowhere": ["Rome"] })),
        (json!(["a,b"]), false, &json!({})),
        (json!([]), false, &json!({})),
    ] {
        let tag = json!({ "values": values, "required": required, "assigned": assigned });
        assert_eq!(refused(&server, "Lab", &tagged(&tag)).0, 400, "{tag}");
    }
    let several = json!({ "values": ["Rome", "Oslo"], "multiple": true, "assigned": two });
    change(&server, "Lab", &tagged(&several));
    change(&server, "Lab", &tagged(&one));
    assert_eq!(create(&server, "West").0, 400);
    let order = json!({ "local_account": "Lab", "name": "West", "tags": { "Place": ["Rome"] } });
    let account = control(&server, "POST", "local-virtual-accounts", &order);
    assert_eq!(account["custom_tags"]["Place"]["assigned"]["West"], json!(["Rome"]));
}

#[test]
fn a_thousand_virtual_accounts_are_the_limit() {
    let server = good_server();
    active(&server, "Lab");
    let (mut made, mut last) = (0, Ok(()));
    for number in 0..1_000 {
        let name = format!("VA {number}");
        last = server.0.create_virtual_account("Lab", (&name, ""), BTreeMap::new());
        made += usize::from(last.is_ok());
    }
    // Three of the options and the account's default one are there already.
    assert_eq!(made, 996);
    assert_eq!(last.unwrap_err().status(), 409);
}
