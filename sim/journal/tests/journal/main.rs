//! The journal as a whole: written, read back, damaged, and searched for secrets.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail loudly")]

mod damage;
mod format;
mod parts;
mod sample;
mod secrets;
