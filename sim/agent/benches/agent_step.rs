//! One signed report-and-poll cycle of one agent.
fn main() {}
