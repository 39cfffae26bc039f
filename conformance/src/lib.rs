//! Requirement catalogue, checks and verdicts over a journal.
