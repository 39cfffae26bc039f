//! What an idle agent costs; a fleet holds fifty thousand of them.

use muster_agent::SmartAgent;

#[test]
fn an_agent_itself_stays_within_its_budget() {
    let size = size_of::<SmartAgent>();
    println!("size_of::<SmartAgent>() = {size}");
    assert!(size <= 512, "{size}");
}

#[test]
fn an_agent_can_move_between_threads() {
    fn is_send<T: Send + Clone>() {}
    is_send::<SmartAgent>();
}
