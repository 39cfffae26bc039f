//! Redundant applications: one licence per pair, at every moment.

use muster_wire::classic::proposed::entitlement::{Application, ApplicationPeer, ApplicationRole};

use super::*;
use ApplicationRole::{Active, Standby};

/// A use of one licence by application `id`, with peers given as instance, id and role.
fn redundant(
    id: &str,
    role: ApplicationRole,
    peers: &[(&Instance, &str, ApplicationRole)],
) -> UsedEntitlement {
    let peers = peers.iter().map(|(instance, id, role)| ApplicationPeer {
        name: "App".to_owned(),
        role: role.clone(),
        id: (*id).into(),
        product_instance_identifier: instance.identifier.clone().unwrap(),
        extra: Extra::new(),
    });
    let application = Application {
        name: "App".to_owned(),
        role,
        id: id.into(),
        peers: peers.collect(),
        extra: Extra::new(),
    };
    UsedEntitlement { application: Some(application), ..plain(&tag("ZBFW"), 2) }
}

fn declare(server: &Server, instance: &mut Instance, used: UsedEntitlement) {
    let data = instance.entitlement(vec![used]);
    authorization(&instance.ask(server, &data));
}

fn in_use(server: &Server) -> Value {
    match held(server, "Default", &tag("ZBFW"))["in_use"].clone() {
        Value::Null => json!(0),
        count => count,
    }
}

#[test]
fn an_active_and_its_standby_share_through_a_take_over_and_back() {
    let server = good_server();
    let [mut a, mut b] = [1, 2].map(|number| Instance::registered(&server, number));
    let seen = std::cell::RefCell::new(Vec::new());
    let step = |instance: &mut Instance, used| {
        declare(&server, instance, used);
        seen.borrow_mut().push(in_use(&server));
    };
    let (peer_a, peer_b) = (a.clone(), b.clone());
    step(&mut a, redundant("1", Active, &[(&peer_b, "2", Standby)]));
    step(&mut b, redundant("2", Standby, &[(&peer_a, "1", Active)]));
    // The active fails silently; the standby declares itself active without a peer.
    step(&mut b, redundant("2", Active, &[]));
    // The old active comes back as a standby.
    step(&mut a, redundant("1", Standby, &[(&peer_b, "2", Active)]));
    step(&mut b, redundant("2", Active, &[(&peer_a, "1", Standby)]));
    assert_eq!(*seen.borrow(), vec![json!(2); 5]);
    let uses = listed(&server, &a.udi).unwrap()["uses"].clone();
    assert_eq!((&uses[0]["count"], &uses[0]["counted"]), (&json!(2), &json!(0)));
}

#[test]
fn a_planned_swap_counts_once_at_every_moment() {
    let server = good_server();
    let [mut a, mut b] = [1, 2].map(|number| Instance::registered(&server, number));
    let (peer_a, peer_b) = (a.clone(), b.clone());
    declare(&server, &mut a, redundant("1", Active, &[(&peer_b, "2", Standby)]));
    declare(&server, &mut b, redundant("2", Standby, &[(&peer_a, "1", Active)]));
    declare(&server, &mut b, redundant("2", Active, &[(&peer_a, "1", Standby)]));
    assert_eq!(in_use(&server), 2);
    declare(&server, &mut a, redundant("1", Standby, &[(&peer_b, "2", Active)]));
    assert_eq!(in_use(&server), 2);
}

#[test]
fn two_actives_count_each() {
    let server = good_server();
    let [mut a, mut b] = [1, 2].map(|number| Instance::registered(&server, number));
    let (peer_a, peer_b) = (a.clone(), b.clone());
    declare(&server, &mut a, redundant("1", Active, &[(&peer_b, "2", Active)]));
    declare(&server, &mut b, redundant("2", Active, &[(&peer_a, "1", Active)]));
    assert_eq!(in_use(&server), 4);
    let data = a.using(&[]);
    authorization(&a.ask(&server, &data));
    assert_eq!(in_use(&server), 2);
}

#[test]
fn an_old_active_that_insists_counts_again() {
    let server = good_server();
    let [mut a, mut b] = [1, 2].map(|number| Instance::registered(&server, number));
    let (peer_a, peer_b) = (a.clone(), b.clone());
    declare(&server, &mut a, redundant("1", Active, &[(&peer_b, "2", Standby)]));
    declare(&server, &mut b, redundant("2", Standby, &[(&peer_a, "1", Active)]));
    declare(&server, &mut b, redundant("2", Active, &[]));
    declare(&server, &mut a, redundant("1", Active, &[(&peer_b, "2", Standby)]));
    assert_eq!(in_use(&server), 4);
}

#[test]
fn a_standby_alone_is_not_counted_and_takes_over_from_nobody_who_does_not_name_it() {
    let server = good_server();
    let [mut a, mut b] = [1, 2].map(|number| Instance::registered(&server, number));
    let peer_a = a.clone();
    declare(&server, &mut b, redundant("2", Standby, &[(&peer_a, "1", Active)]));
    assert_eq!(in_use(&server), 0);
    declare(&server, &mut a, redundant("1", Active, &[]));
    declare(&server, &mut b, redundant("2", Active, &[]));
    assert_eq!(in_use(&server), 4);
}

#[test]
fn malformed_applications_are_refused_and_change_nothing() {
    let server = good_server();
    let [mut a, b] = [1, 2].map(|number| Instance::registered(&server, number));
    declare(&server, &mut a, redundant("1", Active, &[(&b, "2", Standby)]));
    let own = a.clone();
    let other = || ApplicationRole::from("MAYBE");
    let twice = redundant("1", Active, &[]);
    for uses in [
        vec![redundant("", Active, &[])],
        vec![redundant("1\n", Active, &[])],
        vec![redundant(&"1".repeat(65), Active, &[])],
        vec![redundant("1", other(), &[])],
        vec![redundant("1", Active, &[(&b, "2", other())])],
        vec![redundant("1", Active, &[(&b, "", Standby)])],
        vec![redundant("1", Active, &[(&own, "2", Standby)])],
        vec![redundant("1", Active, &vec![(&b, "2", Standby); 17])],
        vec![twice.clone(), twice],
        (0..33).map(|number| redundant(&number.to_string(), Active, &[])).collect(),
    ] {
        let data = a.entitlement(uses);
        assert_eq!(code(&a.ask(&server, &data)), "LS_INVALID_REQUEST");
    }
    assert_eq!(in_use(&server), 2);
}
