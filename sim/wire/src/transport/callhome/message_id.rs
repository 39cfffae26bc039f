//! The id of a Call Home message: a number, a serial number and a time.
//!
//! Source: Cisco CSR 1000V Software Configuration Guide, "Call Home", message sample. Assumed: the
//! letter of an answer, and more than eight digits past the year 2106.

use std::fmt;
use std::str::FromStr;

use super::FORMAT;
use crate::Error;

/// `M8:9MST000C001:51AEAC68`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId {
    /// [`MessageId::REQUEST`] or [`MessageId::ANSWER`]; groups have `G`.
    pub letter: char,
    /// Counts the messages of the product instance.
    pub number: u64,
    /// Serial number of the product instance.
    pub serial_number: String,
    /// When it was made, seconds since the epoch.
    pub epoch_s: u64,
}

impl MessageId {
    /// Letter of a message to the backend (public).
    pub const REQUEST: char = 'M';
    /// Letter of an answer. Assumed.
    pub const ANSWER: char = 'R';
    /// Letter of a block group (public).
    pub const GROUP: char = 'G';
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { letter, number, serial_number, epoch_s } = self;
        write!(f, "{letter}{number}:{serial_number}:{epoch_s:08X}")
    }
}

impl FromStr for MessageId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let (front, time) = text.rsplit_once(':')?;
            let (number, serial_number) = front.split_once(':')?;
            let letter = number.chars().next().filter(char::is_ascii_uppercase)?;
            let digits = number[1..].bytes().all(|byte| byte.is_ascii_digit());
            let hex = time.len() >= 8 && time.bytes().all(|byte| byte.is_ascii_hexdigit());
            let epoch_s = u64::from_str_radix(time, 16).ok().filter(|_| hex)?;
            let number = number[1..].parse().ok().filter(|_| digits)?;
            Some(Self { letter, number, serial_number: serial_number.to_owned(), epoch_s })
        };
        let expected = "M<number>:<serial number>:<eight hex digits>";
        parse().ok_or_else(|| Error::malformed(FORMAT, "MessageId", text, expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_form_round_trips() {
        for text in ["M8:9MST000C001:51AEAC68", "R1:A:B:00000000", "G0::FFFFFFFFF"] {
            let id: MessageId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
        assert_eq!("M8:S:51AEAC68".parse::<MessageId>().unwrap().epoch_s, 1_370_401_896);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["", "M", "M1:S", "8:S:51AEAC68", "M+1:S:51AEAC68", "M1:S:51AEAC6", "Mé:S:0"] {
            assert!(text.parse::<MessageId>().is_err(), "{text}");
        }
        assert!("M1:S:+51AEAC68".parse::<MessageId>().is_err());
    }
}
