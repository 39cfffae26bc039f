//! Virtual accounts: created, listed, deleted.

use serde_json::{Value, json};

use super::{ACCOUNT, LICENCE, Lab, ROOT, message};

fn names(list: &Value) -> Vec<&str> {
    let rows = list["virtualAccounts"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[test]
fn an_account_is_created_listed_and_deleted_with_the_documented_words() {
    let lab = Lab::new();
    let path = format!("{ROOT}/virtual-accounts");
    let new = json!({ "name": "Test VA", "description": "Test VA Creation" });
    assert_eq!(
        lab.good("POST", &path, &new),
        json!({
            "status": "SUCCESS", "statusMessage": "Virtual Account 'Test VA' created successfully"
        })
    );
    let again = lab.call("POST", &path, &new);
    assert_eq!(again.0, 422);
    let in_use = "The specified name 'Test VA' for the virtual account is already in use.";
    assert_eq!(message(&again), in_use);
    let list = lab.good("GET", &path, &Value::Null);
    assert_eq!(names(&list), ["Default", "My VA", "Validated", "Test VA"]);
    let rows = &list["virtualAccounts"];
    assert_eq!((&rows[0]["isDefault"], &rows[3]["isDefault"]), (&json!("true"), &json!("false")));
    assert_eq!(rows[3]["description"], "Test VA Creation");
    let delete = format!("{path}/Test%20VA/delete");
    assert_eq!(
        lab.good("POST", &delete, &Value::Null),
        json!({
            "status": "SUCCESS", "statusMessage": "Virtual Account 'Test VA' deleted successfully"
        })
    );
    assert_eq!(names(&lab.good("GET", &path, &Value::Null)).len(), 3);
    let gone = lab.call("POST", &delete, &Value::Null);
    assert_eq!((gone.0, message(&gone)), (422, "Failed to find Virtual Account 'Test VA'."));
}

#[test]
fn an_account_with_something_in_it_stays() {
    let lab = Lab::new();
    lab.create_account("Physics");
    lab.hold("Physics", LICENCE, &json!([{ "kind": "perpetual", "quantity": 1 }]));
    for (name, why) in [("Physics", "it has licenses"), ("Default", "it is the default")] {
        let path = format!("{ROOT}/virtual-accounts/{name}/delete");
        let refused = lab.call("POST", &path, &Value::Null);
        assert!(refused.0 == 422 && message(&refused).contains(why), "{refused:?}");
    }
}

#[test]
fn tokens_of_a_deleted_account_register_nobody_and_its_roles_are_gone() {
    let lab = Lab::with(&["system", "pool-user"]);
    lab.create_account("Physics");
    let path = format!("{ROOT}/virtual-accounts/Physics");
    let created = lab.good("POST", &format!("{path}/tokens"), &json!({ "expiresAfterDays": 9 }));
    let token = created["tokenInfo"]["token"].as_str().unwrap().to_owned();
    lab.good("POST", &format!("{path}/delete"), &Value::Null);
    assert!(lab.server.0.store().classic.tokens.find(&token).is_none());
    lab.create_account("Physics");
    let list = lab.good("GET", &format!("{path}/tokens"), &Value::Null);
    assert_eq!(list["tokens"], json!([]));
}

#[test]
fn accounts_of_others_are_unknown_and_names_that_do_not_fit_are_refused() {
    let lab = Lab::new();
    let elsewhere =
        lab.call("POST", "/api/v1/accounts/X/virtual-accounts", &json!({ "name": "A" }));
    assert_eq!((elsewhere.0, message(&elsewhere)), (422, "Failed to find local Account 'X'."));
    let nobody = lab.call("GET", "/api/v1/accounts/X/virtual-accounts", &Value::Null);
    assert_eq!(nobody.0, 403);
    for name in [json!(""), json!("x".repeat(101)), json!("a\u{7}b"), Value::Null] {
        let (status, answer) =
            lab.call("POST", &format!("{ROOT}/virtual-accounts"), &json!({ "name": name }));
        assert_eq!(status, 422, "{answer}");
    }
    let accounts = lab.good("POST", "/api/v1/upstream_satellites/accounts", &Value::Null);
    assert_eq!(accounts["accounts"][0]["name"], ACCOUNT);
    assert_eq!(accounts["accounts"][0]["cssm_virtual_account_name"], "Default");
}
