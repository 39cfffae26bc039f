//! Short codes that people carry between a product instance and the account: groups of six
//! characters, of an alphabet without look-alikes.
//!
//! Source: a public script for offline reservation shows one return code; agent errors name the
//! alphabet (base58). Assumed: that a confirmation code has the same form.

use crate::Error;
use crate::newtype::text_newtype;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Characters between two hyphens; the last group may be shorter.
const GROUP: usize = 6;

/// Longest code that is taken for one; the public sample has 24 characters in four groups.
const LENGTH_MAX: usize = 80;

text_newtype! {
    /// Proves that an instance gave its licences back: `remove_code` of a request.
    ReturnCode
}

text_newtype! {
    /// Proves that an instance installed a code over an older one: `confirm_code` of a request.
    ConfirmationCode
}

impl ReturnCode {
    /// The code that `bytes` spell, one character per byte; 24 make one as the sample's.
    pub fn spelled(bytes: &[u8]) -> Self {
        Self::from(spell(bytes))
    }

    /// Checks the form.
    pub fn check(&self) -> Result<(), Error> {
        check("return code", self.as_str())
    }
}

impl ConfirmationCode {
    /// The code that `bytes` spell, one character per byte.
    pub fn spelled(bytes: &[u8]) -> Self {
        Self::from(spell(bytes))
    }

    /// Checks the form.
    pub fn check(&self) -> Result<(), Error> {
        check("confirmation code", self.as_str())
    }
}

fn spell(bytes: &[u8]) -> String {
    let mut code = String::with_capacity(bytes.len() + bytes.len() / GROUP);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
    }
    code
}

fn check(format: &'static str, text: &str) -> Result<(), Error> {
    let wrong = || Error::malformed(format, "text", text, "groups of six base58 characters");
    if text.len() > LENGTH_MAX {
        return Err(wrong());
    }
    let groups: Vec<_> = text.split('-').collect();
    let (last, whole) = groups.split_last().ok_or_else(wrong)?;
    let fits = (1..=GROUP).contains(&last.len()) && whole.iter().all(|part| part.len() == GROUP);
    let spelled = groups.concat().bytes().all(|byte| ALPHABET.contains(&byte));
    if fits && spelled { Ok(()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelled_code_has_the_form() {
        let code = ReturnCode::spelled(&[7; 24]);
        assert_eq!(code.as_str(), "888888-888888-888888-888888");
        assert_eq!(code.check(), Ok(()));
        let bytes: Vec<u8> = (0..=255).collect();
        for chunk in bytes.chunks(20) {
            assert_eq!(ConfirmationCode::spelled(chunk).check(), Ok(()));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "-", "12345O", "123456-", "12345-123456", "1234567", "123456-12345é"] {
            assert!(ReturnCode::new(text).check().is_err(), "{text:?}");
        }
        assert!(ReturnCode::new(&"123456-".repeat(20)).check().is_err());
    }
}
