//! Whether what was measured meets the scenario's gates.
