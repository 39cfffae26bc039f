//! The rules of this repository that the compiler does not know: who may depend on whom, the
//! shape and the names of files, what may not stand below the fleet, orphans, prose and links.
//! Each rule is a pure function from text to complaints, and each is tested on a text that
//! breaks it. Exceptions stand in one file, each with its reason.

mod checks;
mod complaint;
mod dependencies;
mod determinism;
mod exceptions;
mod folders;
mod links;
mod manifest;
mod names;
mod orphans;
mod prose;
mod repository;
mod shape;
mod source;
