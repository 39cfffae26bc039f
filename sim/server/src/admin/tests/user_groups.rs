//! Users and their groups: what they may do by them, and what is told of both.

use serde_json::{Value, json};

use super::{ACCOUNT, Lab, ROOT, json_of, send};

fn control(lab: &Lab, method: &str, resource: &str, body: &Value) -> (u16, Value) {
    let path = format!("/muster/control/{resource}");
    let answer = send(&lab.server, method, &path, &[], &body.to_string());
    (answer.status, json_of(&answer))
}

/// Lets a user in, and signs in as that user.
fn user(lab: &Lab, name: &str, access: &Value) -> String {
    let new = json!({ "kind": "user", "id": name, "secret": "a password", "access": access });
    assert_eq!(control(lab, "PUT", "api-clients", &new).0, 200);
    let body = json!({ "grant_type": "password", "client_id": "system",
        "client_secret": "secret of system", "username": name, "password": "a password" });
    let answer = send(&lab.server, "POST", "/oauth/token", &[], &body.to_string());
    format!("Bearer {}", json_of(&answer)["access_token"].as_str().unwrap())
}

fn get(lab: &Lab, token: &str, path: &str) -> u16 {
    send(&lab.server, "GET", path, &[("authorization", token.to_owned())], "").status
}

/// The last texts that went to a syslog server.
fn told(lab: &Lab, count: usize) -> Vec<String> {
    let (_, lines) = control(lab, "GET", "syslog", &Value::Null);
    let lines = lines["syslog"].as_array().unwrap();
    let text = |line: &Value| line["text"].as_str().unwrap().to_owned();
    lines[lines.len() - count..].iter().map(text).collect()
}

#[test]
fn a_group_gives_its_members_a_role_and_every_change_is_told() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let none = json!({ "accounts": {} });
    let ada = user(&lab, "ada", &none);
    assert_eq!(told(&lab, 1), ["A new user \"ada\" was added."]);
    let tokens = format!("{ROOT}/virtual-accounts/Physics/tokens");
    assert_eq!(get(&lab, &ada, &tokens), 403);
    let group = |members: Value| {
        json!({ "local_account": ACCOUNT, "name": "Lab", "members": members, "owner": "ada",
            "roles": { "Physics": "user" } })
    };
    assert_eq!(control(&lab, "PUT", "user-groups", &group(json!(["ada", "bob"]))).0, 404);
    assert_eq!(control(&lab, "PUT", "user-groups", &group(json!(["ada"]))).0, 200);
    let expected =
        ["User group \"Lab\" was created.", "User \"ada\" was added to user group \"Lab\"."];
    assert_eq!(told(&lab, 2), expected);
    assert_eq!(get(&lab, &ada, &tokens), 200);
    assert_eq!(get(&lab, &ada, &format!("{ROOT}/virtual-accounts/Default/tokens")), 403);
    let owned_by_a_stranger = json!({ "local_account": ACCOUNT, "name": "Lab", "members": [],
        "owner": "ada" });
    assert_eq!(control(&lab, "PUT", "user-groups", &owned_by_a_stranger).0, 400);
    let empty = json!({ "local_account": ACCOUNT, "name": "Lab", "members": [] });
    assert_eq!(control(&lab, "PUT", "user-groups", &empty).0, 200);
    let expected =
        ["User group \"Lab\" was updated.", "User \"ada\" was removed from group \"Lab\"."];
    assert_eq!(told(&lab, 2), expected);
    assert_eq!(get(&lab, &ada, &tokens), 403);
    let which = "user-groups?local_account=Muster%20Test%20SA&name=Lab";
    assert_eq!(control(&lab, "DELETE", which, &Value::Null).0, 200);
    assert_eq!(told(&lab, 1), ["User group \"Lab\" was removed."]);
    assert_eq!(control(&lab, "DELETE", which, &Value::Null).0, 404);
}

#[test]
fn an_administrator_whose_virtual_account_is_deleted_has_the_role_no_more() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let role = json!({ "per_virtual_account": { "Physics": "administrator" } });
    let ada = user(&lab, "ada", &json!({ "accounts": { ACCOUNT: role } }));
    let assigned = "The user \"ada\" was assigned the role \"Virtual Account Administrator\".";
    assert_eq!(told(&lab, 1), [assigned]);
    let tokens = format!("{ROOT}/virtual-accounts/Physics/tokens");
    assert_eq!(get(&lab, &ada, &tokens), 200);
    let which = "local-virtual-accounts?local_account=Muster%20Test%20SA&name=Physics";
    assert_eq!(control(&lab, "DELETE", which, &Value::Null).0, 200);
    let removed = "User \"ada\" was removed as virtual account admin when \"Physics\" was deleted.";
    assert_eq!(told(&lab, 1), [removed]);
    lab.create_account("Physics");
    assert_eq!(get(&lab, &ada, &tokens), 403);
}

#[test]
fn a_role_goes_with_a_virtual_account_that_is_called_otherwise() {
    let lab = Lab::new();
    lab.create_account("Physics");
    let role = json!({ "per_virtual_account": { "Physics": "user" } });
    let ada = user(&lab, "ada", &json!({ "accounts": { ACCOUNT: role } }));
    let rename = json!({ "local_account": ACCOUNT, "name": "Physics", "new_name": "Optics" });
    assert_eq!(control(&lab, "PUT", "local-virtual-accounts", &rename).0, 200);
    lab.create_account("Physics");
    for (name, status) in [("Optics", 200), ("Physics", 403)] {
        let path = format!("{ROOT}/virtual-accounts/{name}/tokens");
        assert_eq!(get(&lab, &ada, &path), status, "{name}");
    }
}

#[test]
fn a_user_who_is_shut_out_leaves_every_group() {
    let lab = Lab::new();
    user(&lab, "ada", &json!({ "accounts": {} }));
    let group = json!({ "local_account": ACCOUNT, "name": "Lab", "members": ["ada"] });
    assert_eq!(control(&lab, "PUT", "user-groups", &group).0, 200);
    assert_eq!(control(&lab, "DELETE", "api-clients?user=ada", &Value::Null).0, 200);
    assert_eq!(told(&lab, 1), ["User \"ada\" was removed from group \"Lab\"."]);
    let (_, groups) = control(&lab, "GET", "user-groups", &Value::Null);
    assert_eq!(groups["user_groups"][0]["members"], json!([]));
}
