//! Requirement catalogue, checks and verdicts over a journal.
//!
//! - [`requirement`], [`catalogue`]: the documented obligations
//! - [`check`], [`checks`]: what a check is, and all of them
//! - [`judge`]: the engine that lets them look at a journal, entry by entry
//! - [`judged`]: the engine in front of a journal that holds failures only
//! - [`context`], [`message`], [`treatment`], [`doubts`], [`history`], [`fleet_facts`],
//!   [`licensing_path`], [`occasion`], [`reported`], [`signature`], [`signers`]: what a check is
//!   given to look at
//! - [`classic`]: the same for the classic era
//! - [`verdict`], [`finding`], [`evidence`], [`results`]: what a run comes to
//! - [`expectation`], [`coverage`], [`mod@explain`]: known deviations, lost checks, and the ledger
//! - [`recorded_answer`]: answers made wrong, to show what each check catches

pub mod catalogue;
pub mod check;
pub mod checks;
pub mod classic;
pub mod context;
pub mod coverage;
pub mod doubts;
mod error;
pub mod evidence;
pub mod expectation;
pub mod explain;
pub mod finding;
pub mod fleet_facts;
pub mod history;
pub mod judge;
pub mod judged;
pub mod licensing_path;
pub mod message;
pub mod occasion;
pub mod recorded_answer;
pub mod reported;
pub mod requirement;
pub mod results;
pub mod signature;
pub mod signers;
pub mod treatment;
pub mod verdict;

pub use catalogue::Catalogue;
pub use check::{Check, JudgeFn, Judgement, Listed};
pub use error::Error;
pub use expectation::Expectations;
pub use explain::{Explanation, explain};
pub use finding::{Evidence, Finding};
pub use judge::Judge;
pub use judged::Judged;
pub use requirement::{Level, Provenance, Requirement, RequirementId};
pub use results::{Outcome, Results};
pub use verdict::Verdict;
