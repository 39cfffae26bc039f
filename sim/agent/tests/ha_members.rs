//! Pairs and stacks: every UDI is listed in requests, in reports and in what is shown.

use muster_agent::{Command, HaRole, Input, Platform, SmartAgent};
use muster_certs::{Seed, SigningMode};
use muster_wire::Artefact;

use crate::fake_server::{Bench, HOUR_MS, trust};

#[test]
fn a_pair_lists_both_udis_wherever_it_speaks_of_itself() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 2);
    bench.command(Command::SetMembers { count: 2 });
    bench.command(trust(false));
    bench.now_ms += HOUR_MS;
    let sent = bench.step(Input::Command(Command::Sync)).expect("usage is reported");
    let sent = bench.sealed(&sent);
    let roles: Vec<_> = sent.request.device_list.iter().map(|one| one.role.clone()).collect();
    assert_eq!(roles, [Some("Active".into()), Some("Standby".into())]);
    let identified: Vec<_> = sent
        .request
        .device_list
        .iter()
        .map(|one| one.product_instance_identifier.is_some())
        .collect();
    assert_eq!(identified, [true, false]);
    let Some(Artefact::Usage(file)) = sent.asked else { panic!("usage has a usage file") };
    let members = file.reports[0].payload().unwrap().meta.ha_udi;
    assert_eq!(members.len(), 2);
    assert_ne!(members[0].sudi, members[1].sudi);
    let view = bench.view();
    assert_eq!(view.ha_udis[0].udi, view.udi);
    assert_eq!(view.ha_udis[1].role, HaRole::Standby);
}

#[test]
fn only_as_many_join_as_the_product_takes() {
    for (platform, most) in [("c9800-l", 2), ("catalyst-9300", 8), ("c8000v", 1)] {
        assert_eq!(Platform::named(platform).unwrap().members_max(), most, "{platform}");
        let mut bench = Bench::new(platform);
        bench.command(Command::SetMembers { count: most });
        let all = if most == 1 { 0 } else { usize::from(most) };
        assert_eq!(bench.view().ha_udis.len(), all);
        bench.command(Command::SetMembers { count: most + 1 });
        assert_eq!(bench.view().ha_udis.len(), all, "{platform}: {most} are the most");
        bench.command(Command::SetMembers { count: 1 });
        assert_eq!(bench.view().ha_udis.len(), 0);
    }
}

#[test]
fn members_are_there_after_a_restart_of_the_run() {
    let mut bench = Bench::new("catalyst-9300");
    bench.command(Command::SetMembers { count: 3 });
    let mut bytes = Vec::new();
    bench.agent.save(&mut bytes);
    let (platform, mode) = (bench.agent.platform(), SigningMode::Deterministic);
    let restored = SmartAgent::restore(platform, &Seed::from_u64(7), 3, mode, &bytes).unwrap();
    assert_eq!(restored.view().ha_udis, bench.view().ha_udis);
    assert_eq!(restored.view().ha_udis.len(), 3);
}
