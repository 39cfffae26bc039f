//! What an idle agent of the classic era costs.

use muster_agent::{ClassicAgent, ClassicCommand};

use crate::classic_server::ClassicBench;

fn whole(agent: &ClassicAgent) -> usize {
    size_of::<ClassicAgent>() + agent.heap_bytes()
}

#[test]
fn an_idle_registered_agent_stays_within_its_budget() {
    for platform in ["apic", "csr1000v"] {
        let bench = ClassicBench::registered(platform);
        let (size, bytes) = (size_of::<ClassicAgent>(), whole(&bench.agent));
        println!("{platform}: {size} B and {} B of heap", bytes - size);
        assert!(bench.agent.is_registered() && !bench.agent.in_flight());
        assert!(bytes <= 1536, "{platform}: {bytes}");
    }
}

#[test]
fn an_agent_with_every_licence_in_use_stays_within_its_budget() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.server.export_allowed = true;
    bench.command(crate::classic_server::register(false));
    for at in 0..bench.agent.platform().licenses.len() {
        bench.use_licenses(at, 3);
    }
    bench.up = false;
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.view().licenses.len(), 5);
    assert!(whole(&bench.agent) <= 1536, "{}", whole(&bench.agent));
}

#[test]
fn an_agent_can_move_between_threads() {
    fn is_send<T: Send + Clone>() {}
    is_send::<ClassicAgent>();
}
