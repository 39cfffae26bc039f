//! What is due when: a hierarchical timer wheel over instance numbers.
