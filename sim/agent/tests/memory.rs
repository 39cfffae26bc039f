//! What an idle agent costs; a fleet holds fifty thousand of them.

use muster_agent::{Command, SmartAgent};

use crate::fake_server::{Bench, trust};

#[test]
fn an_agent_itself_stays_within_its_budget() {
    let size = size_of::<SmartAgent>();
    println!("size_of::<SmartAgent>() = {size}");
    assert!(size <= 512, "{size}");
}

#[test]
fn an_idle_agent_with_a_report_stays_within_its_budget() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 2);
    bench.command(trust(false));
    assert!(bench.agent.is_trusted() && bench.agent.has_open_report());
    let whole = |agent: &SmartAgent| size_of::<SmartAgent>() + agent.heap_bytes();
    assert!(whole(&bench.agent) <= 416, "{}", whole(&bench.agent));
    // Two licences, and reports sent, deferred and acknowledged.
    bench.use_licenses(1, 1);
    bench.command(Command::Sync);
    // What was measured is held, its text is not.
    assert!(whole(&bench.agent) <= 1_280, "{}", whole(&bench.agent));
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(bench.agent.acknowledged(), 2);
    assert!(whole(&bench.agent) <= 704, "{}", whole(&bench.agent));
}

#[test]
fn an_agent_can_move_between_threads() {
    fn is_send<T: Send + Clone>() {}
    is_send::<SmartAgent>();
}
