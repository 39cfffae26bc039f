//! Thousands of agents on real sockets, driven by scenarios.
