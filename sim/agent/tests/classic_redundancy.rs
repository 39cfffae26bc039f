//! Application redundancy: pairs, fail-over, and the old active that comes back.

use muster_agent::ClassicCommand;
use muster_agent::classic::{RedundancyPeer, RedundantApplication};
use muster_wire::ProductInstanceId;
use muster_wire::classic::proposed::entitlement::ApplicationRole::{self, Active, Standby};

use crate::classic_server::ClassicBench;

const CUBE: &str = "CUBE_T_RED";

fn application(role: ApplicationRole, peer_role: Option<ApplicationRole>) -> ClassicCommand {
    let peers = peer_role.map(|role| RedundancyPeer {
        name: "AppB".into(),
        id: "2".into(),
        role,
        product_instance_identifier: ProductInstanceId::new("250cafe6-0000-4000-8000-00000000beef"),
    });
    let peers = peers.into_iter().collect();
    let application = RedundantApplication { name: "AppA".into(), id: "1".into(), role, peers };
    ClassicCommand::SetApplication { feature: CUBE.into(), application }
}

fn part(bench: &ClassicBench) -> &'static str {
    let licenses = bench.view().licenses;
    let cube = licenses.iter().find(|license| license.feature == CUBE);
    cube.and_then(|license| license.application.as_ref()).map_or("single", |part| part.state)
}

fn told(bench: &ClassicBench) -> (u32, Option<String>) {
    let (_, count, role) = bench.server.reported.last().unwrap();
    (*count, role.clone())
}

fn with_cube() -> ClassicBench {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(ClassicCommand::Use { feature: CUBE.into(), count: 2 });
    bench
}

#[test]
fn an_active_with_a_standby_says_so_at_once() {
    let mut bench = with_cube();
    assert_eq!(told(&bench), (2, None));
    bench.command(application(Active, Some(Standby)));
    assert_eq!(part(&bench), "active_with_standby");
    assert_eq!(told(&bench), (2, Some("ACTIVE".to_owned())));
    bench.command(ClassicCommand::RemovePeers { feature: CUBE.into() });
    assert_eq!(part(&bench), "active_alone");
    bench.command(ClassicCommand::ClearApplication { feature: CUBE.into() });
    assert_eq!((part(&bench), told(&bench)), ("single", (2, None)));
}

#[test]
fn two_actives_each_count_their_own() {
    let mut bench = with_cube();
    bench.command(application(Active, Some(Active)));
    assert_eq!(
        (part(&bench), told(&bench)),
        ("active_with_active", (2, Some("ACTIVE".to_owned())))
    );
}

#[test]
fn a_standby_takes_over_by_declaring_itself_active_without_a_peer() {
    let mut bench = with_cube();
    bench.command(application(Standby, Some(Active)));
    assert_eq!((part(&bench), told(&bench)), ("standby", (2, Some("STANDBY".to_owned()))));
    bench.command(application(Active, Some(Standby)));
    bench.command(ClassicCommand::TakeOver { feature: CUBE.into() });
    assert_eq!((part(&bench), told(&bench)), ("active_alone", (2, Some("ACTIVE".to_owned()))));
    let sent: Vec<_> = bench.view().licenses;
    assert!(
        sent.iter().all(|one| one.application.as_ref().is_none_or(|part| part.peers.is_empty()))
    );
    bench.command(ClassicCommand::TakeOver { feature: CUBE.into() });
    assert_eq!(
        bench.refusals(),
        ["a standby declares itself active without a peer first", "the application is not standby",]
    );
}

#[test]
fn the_old_active_comes_back_as_standby_of_the_new_one() {
    let mut bench = with_cube();
    bench.command(application(Active, Some(Standby)));
    bench.command(application(Standby, Some(Active)));
    assert_eq!((part(&bench), told(&bench)), ("standby", (2, Some("STANDBY".to_owned()))));
    bench.command(application(Active, None));
    assert_eq!(part(&bench), "active_alone", "the same command declares it active again");
}

#[test]
fn misuse_is_refused_in_the_words_of_the_agent_errors() {
    let mut bench = with_cube();
    bench.command(ClassicCommand::RemovePeers { feature: CUBE.into() });
    bench.command(application(Standby, None));
    bench.command(application(Active, None));
    bench.command(ClassicCommand::RemovePeers { feature: CUBE.into() });
    assert_eq!(
        bench.refusals(),
        [
            "no redundant application uses the licence",
            "attributes of the redundant application are missing",
            "there is no such redundancy peer to remove",
        ]
    );
}

#[test]
fn a_standby_without_use_of_its_own_is_reported_with_none() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(application(Standby, Some(Active)));
    assert_eq!(told(&bench), (0, Some("STANDBY".to_owned())));
}
