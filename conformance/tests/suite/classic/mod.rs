//! Hand-made journals of the classic era.

pub(crate) mod journal;
mod lab;
mod pki;
mod tests;
