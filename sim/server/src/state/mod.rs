//! What a restart must know: the records of the store, and the file they are kept in.
//!
//! A server that is given a file writes every record that changed, in groups, before it answers
//! for the change. **To make a new collection of the store last:**
//!
//! 1. say [`Kept`] where you would say `BTreeMap`, [`KeptIndex`] for records that every request
//!    looks up, [`KeptList`] for a list that only grows, or [`Single`] for one value;
//! 2. derive `Serialize` and `Deserialize` for what is in it;
//! 3. add its field to [`collections`] under the struct, with a name of its own. A struct whose
//!    fields are not all listed there does not compile;
//! 4. bring what follows from it, an index or a timer, up to date in `Store::rebuild`.
//!
//! A member added to a record later needs `#[serde(default)]`; any other change of a record needs
//! a new [`file::FORMAT`].
//!
//! - [`kept`], [`kept_index`], [`kept_list`], [`single`]: collections that remember what changed;
//!   [`record`]: their bytes; [`once`], [`public_key`]: members that need some help
//! - [`file`]: the SQLite file; [`writer`]: the thread that writes to it, and who waits for it;
//!   [`fault`]: why a file cannot be used; [`snapshot`]: everything at one moment

pub(crate) mod fault;
pub(crate) mod file;
pub(crate) mod kept;
pub(crate) mod kept_index;
pub(crate) mod kept_list;
pub(crate) mod once;
pub(crate) mod public_key;
pub(crate) mod record;
pub(crate) mod single;
pub(crate) mod snapshot;
pub(crate) mod writer;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use kept::Kept;
pub(crate) use kept_index::KeptIndex;
pub(crate) use kept_list::KeptList;
pub(crate) use record::Records;
pub(crate) use single::Single;

use self::record::{Change, RecordError};

/// Records of one kind, as the file sees them.
pub(crate) trait Collection {
    /// Begins to remember what changes.
    fn track(&mut self);

    /// Shows every record.
    fn all(&self, into: &mut dyn FnMut(Change));

    /// Whether something changed since it was last handed over.
    fn has_changed(&self) -> bool;

    /// Hands over what changed.
    fn changes(&mut self, into: &mut dyn FnMut(Change));

    /// Whether it goes back when everything goes back to a snapshot.
    fn goes_back(&self) -> bool {
        true
    }

    /// Forgets everything, before other records take its place.
    fn clear(&mut self);

    /// Takes a record as it was handed over.
    fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError>;
}

/// Whatever has collections; [`collections`] implements it.
pub(crate) trait Keeps {
    /// Shows each collection under its name in the file.
    fn each_collection(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Collection));
}

/// Names the collections of a struct. Under `inner` stand fields that have collections of their
/// own, under `not_kept` those that follow from the options or from other records.
macro_rules! collections {
    ($owner:ident {
        kept { $($field:ident => $name:literal,)* }
        inner { $($inner:ident),* }
        not_kept { $($other:ident),* }
    }) => {
        impl $crate::state::Keeps for $owner {
            fn each_collection(
                &mut self,
                visit: &mut dyn FnMut(&'static str, &mut dyn $crate::state::Collection),
            ) {
                // Without `..`: a field nobody thought of is an error here.
                let Self { $($field,)* $($inner,)* $($other: _,)* } = self;
                $(visit($name, $field);)*
                $($crate::state::Keeps::each_collection($inner, visit);)*
            }
        }
    };
}
pub(crate) use collections;
