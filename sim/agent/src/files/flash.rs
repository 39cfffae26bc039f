//! The files on an instance while somebody fetches and brings them. Bounded.
//!
//! Source: the public YANG model (paths of 1 to 127 characters). Assumed: the names of the local
//! file systems, and that an instance of a fleet reaches no network path.

use std::collections::BTreeMap;

use muster_wire::limits;

/// Characters of a path (public).
pub(crate) const PATH_LENGTH_MAX: usize = 127;
/// Files kept at once.
const FILES_MAX: usize = 16;

/// File systems of an instance; all of them are one.
const LOCAL: [&str; 3] = ["bootflash:", "flash:", "usbflash0:"];

/// Files by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flash(BTreeMap<String, Vec<u8>>);

/// Why a file cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlashFault {
    /// Not the path of a local file.
    #[error("the path is not that of a local file of 1 to 127 characters")]
    Path,
    /// No room for another file, or for one so large.
    #[error("the flash is full")]
    Full,
}

impl Flash {
    /// Writes a file, in place of one with the same name.
    ///
    /// # Errors
    ///
    /// When the path is not local, or there is no room.
    pub fn write(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), FlashFault> {
        let name = local_name(path).ok_or(FlashFault::Path)?;
        let is_new = !self.0.contains_key(name);
        if bytes.len() > limits::ARTEFACT_BYTES_MAX || (is_new && self.0.len() >= FILES_MAX) {
            return Err(FlashFault::Full);
        }
        self.0.insert(name.to_owned(), bytes);
        Ok(())
    }

    /// A file that was written.
    pub fn read(&self, path: &str) -> Option<&[u8]> {
        self.0.get(local_name(path)?).map(Vec::as_slice)
    }

    /// Names of the files, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The name inside the file system, whichever of its names that is called by.
fn local_name(path: &str) -> Option<&str> {
    if !(1..=PATH_LENGTH_MAX).contains(&path.chars().count()) {
        return None;
    }
    let name = LOCAL.iter().find_map(|local| path.strip_prefix(local)).unwrap_or(path);
    let name = name.trim_start_matches('/');
    let is_plain = !name.is_empty()
        && !name.contains(':')
        && !name.chars().any(char::is_control)
        && name.split('/').all(|part| !part.is_empty() && part != "..");
    is_plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_every_name_of_its_place() {
        let mut flash = Flash::default();
        flash.write("bootflash:usage/all.txt", b"x".to_vec()).unwrap();
        for path in ["flash:usage/all.txt", "flash:/usage/all.txt", "usage/all.txt"] {
            assert_eq!(flash.read(path), Some(&b"x"[..]), "{path}");
        }
        assert_eq!(flash.names().collect::<Vec<_>>(), ["usage/all.txt"]);
    }

    #[test]
    fn other_paths_are_refused() {
        let long = "a".repeat(128);
        for path in ["", "/", "flash:", "a//b", "../a", "tftp://host/a", "a\n", &long] {
            assert_eq!(Flash::default().write(path, Vec::new()), Err(FlashFault::Path), "{path:?}");
        }
        assert!(Flash::default().write(&long[1..], Vec::new()).is_ok());
    }

    #[test]
    fn the_flash_is_bounded_but_can_be_written_over() {
        let mut flash = Flash::default();
        for number in 0..FILES_MAX {
            flash.write(&number.to_string(), Vec::new()).unwrap();
        }
        assert_eq!(flash.write("one more", Vec::new()), Err(FlashFault::Full));
        assert_eq!(flash.write("0", b"y".to_vec()), Ok(()));
        let large = vec![0; limits::ARTEFACT_BYTES_MAX + 1];
        assert_eq!(flash.write("0", large), Err(FlashFault::Full));
        assert_eq!(flash.read("0"), Some(&b"y"[..]));
    }
}
