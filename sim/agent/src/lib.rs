//! One Smart Agent as a sans-I/O state machine.
