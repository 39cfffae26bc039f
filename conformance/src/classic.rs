//! The classic era as this crate reads it: registration, authorization, export control, conversion.
//!
//! - [`exchange`]: the two messages of an exchange, through every layer
//! - [`certificate`]: what a certificate says, and signatures by its key
//! - [`side`]: what one server knows of an instance; [`lesson`]: how an exchange moves that on
//! - [`book`]: what the run knows of accounts, tokens and licences as a whole
//! - [`doubts`]: reasons for which a server must not do what it was asked
//! - [`compliance`]: whether what is in use is covered by what was purchased; [`export_control`]:
//!   what is held and given out of an export-controlled licence
//! - [`view`]: ready-made questions for checks
//! - [`recorded`]: recorded answers made wrong

pub mod book;
pub mod certificate;
pub mod compliance;
pub mod doubts;
pub mod exchange;
pub mod export_control;
pub mod lesson;
pub mod recorded;
pub mod side;
pub mod view;

pub use doubts::ClassicDoubts;
pub use exchange::ClassicExchange;
pub use side::{ClassicHistory, ClassicSide, Standing};
pub use view::Classic;
