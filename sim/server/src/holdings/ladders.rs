//! The licences of all accounts as records of their own: most requests touch one ladder of one
//! account.

use super::family::Licence;
use super::{AccountNumber, Book};
use crate::state::record::{Change, RecordError, decoded, encoded};
use crate::state::{Collection, KeptList};

/// The ladders in the accounts.
pub(super) struct Ladders<'a>(pub(super) &'a mut KeptList<Book>);

impl Collection for Ladders<'_> {
    fn track(&mut self) {
        self.0.iter_mut_unnoticed().for_each(|book| book.ladders.track());
    }

    fn all(&self, into: &mut dyn FnMut(Change)) {
        for (at, book) in self.0.iter().enumerate() {
            book.ladders.all(&mut |change| into(of_account(at, change)));
        }
    }

    /// Always false: whoever changes a ladder takes its account to do so, and that counts.
    fn has_changed(&self) -> bool {
        false
    }

    fn changes(&mut self, into: &mut dyn FnMut(Change)) {
        for (at, book) in self.0.iter_mut_unnoticed().enumerate() {
            if book.ladders.is_tracked() {
                book.ladders.changes(&mut |change| into(of_account(at, change)));
            } else {
                // An account that was made since.
                book.ladders.all(&mut |change| into(of_account(at, change)));
                book.ladders.track();
            }
        }
    }

    fn clear(&mut self) {
        self.0.iter_mut_unnoticed().for_each(|book| book.ladders.clear());
    }

    fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        let (AccountNumber(at), ladder): (AccountNumber, String) = decoded(key)?;
        let book = self.0.iter_mut_unnoticed().nth(at).ok_or(RecordError::Unplaced)?;
        let licences: Vec<Licence> = decoded(value)?;
        book.ladders.insert(ladder, licences);
        Ok(())
    }
}

/// The same change under a key that says whose ladder it is.
fn of_account(at: usize, change: Change) -> Change {
    let ladder: String = decoded(&change.key).expect("it was encoded a moment ago");
    Change { key: encoded(&(AccountNumber(at), ladder)), ..change }
}
