//! An archive of plain files.
//!
//! Source: POSIX.1-1988, "ustar Interchange Format". Extended headers are passed over: the names in
//! a bundle are short.

use crate::Error;

const FORMAT: &str = "tar archive";
const BLOCK: usize = 512;

/// Name, at its place in the header.
const NAME: std::ops::Range<usize> = 0..100;
const MODE: std::ops::Range<usize> = 100..108;
const OWNER: std::ops::Range<usize> = 108..116;
const GROUP: std::ops::Range<usize> = 116..124;
const SIZE: std::ops::Range<usize> = 124..136;
const TIME: std::ops::Range<usize> = 136..148;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: std::ops::Range<usize> = 257..265;
const PREFIX: std::ops::Range<usize> = 345..500;

/// An archive of `files`, each a name of at most 100 bytes and its content.
pub(super) fn encode(files: &[(&str, &[u8])], time: u64) -> Result<Vec<u8>, Error> {
    let room = files.iter().map(|(_, bytes)| BLOCK + bytes.len().next_multiple_of(BLOCK));
    let mut out = Vec::with_capacity(room.sum::<usize>() + 2 * BLOCK);
    for (name, bytes) in files {
        out.extend(header(name, bytes.len(), time)?);
        out.extend(*bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

fn header(name: &str, length: usize, time: u64) -> Result<[u8; BLOCK], Error> {
    let mut header = [0; BLOCK];
    let wrong = || Error::malformed(FORMAT, "name", name, "1 to 100 bytes");
    let room = header[NAME].get_mut(..name.len()).filter(|_| !name.is_empty());
    room.ok_or_else(wrong)?.copy_from_slice(name.as_bytes());
    header[MODE].copy_from_slice(b"0000644\0");
    header[OWNER].copy_from_slice(b"0000000\0");
    header[GROUP].copy_from_slice(b"0000000\0");
    // Eleven octal digits: 8 GiB, and the year 2242.
    let time = time.min(0o77_777_777_777);
    header[SIZE].copy_from_slice(format!("{length:011o}\0").as_bytes());
    header[TIME].copy_from_slice(format!("{time:011o}\0").as_bytes());
    header[KIND] = b'0';
    header[MAGIC].copy_from_slice(b"ustar\x0000");
    let sum = checksum(&header);
    header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}

/// The plain files of an archive, in order.
pub(super) fn decode(archive: &[u8]) -> Result<Vec<(String, &[u8])>, Error> {
    let mut files = Vec::new();
    let mut rest = archive;
    while let Some((header, after)) = rest.split_first_chunk::<BLOCK>() {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(files);
        }
        let length = checked_length(header)?;
        let cut = Error::Missing { format: FORMAT, part: "end of a file" };
        let content = after.get(..length).ok_or(cut)?;
        if matches!(header[KIND], b'0' | 0) {
            files.push((name(header)?, content));
        }
        // The last file of some archives is not filled up.
        rest = after.get(length.next_multiple_of(BLOCK)..).unwrap_or_default();
    }
    Err(Error::Missing { format: FORMAT, part: "end of archive" })
}

/// Length of the content, once the header is known to be one.
fn checked_length(header: &[u8; BLOCK]) -> Result<usize, Error> {
    let wrong = |part| Error::malformed(FORMAT, part, "something else", "octal digits that fit");
    if octal(&header[CHECKSUM]) != Some(checksum(header)) {
        return Err(wrong("checksum"));
    }
    let length = octal(&header[SIZE]).and_then(|length| usize::try_from(length).ok());
    length.ok_or(wrong("size"))
}

fn name(header: &[u8; BLOCK]) -> Result<String, Error> {
    let text = |field: std::ops::Range<usize>| {
        let offset = field.start;
        let bytes = header[field].split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|error| Error::NotText {
            format: FORMAT,
            offset: offset + error.valid_up_to(),
        })
    };
    let name = text(NAME)?.trim_start_matches("./");
    match text(PREFIX)? {
        "" => Ok(name.to_owned()),
        prefix => Ok(format!("{prefix}/{name}")),
    }
}

/// A number in octal digits, with blanks before and a blank or zero after it.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches(|c: char| c == ' ' || c == '\0');
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    u64::from_str_radix(digits, 8).ok()
}

/// Sum of the header's bytes, the checksum itself counted as blanks.
fn checksum(header: &[u8; BLOCK]) -> u64 {
    let counted = header.iter().enumerate().map(|(at, byte)| match CHECKSUM.contains(&at) {
        true => u64::from(b' '),
        false => u64::from(*byte),
    });
    counted.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_round_trip_whatever_their_length() {
        let long = vec![7; 2 * BLOCK];
        let files = [("a", &b"x"[..]), ("empty", b""), ("long.txt", &long)];
        let archive = encode(&files, u64::MAX).unwrap();
        assert_eq!(archive.len() % BLOCK, 0);
        let read = decode(&archive).unwrap();
        let read: Vec<_> = read.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        assert_eq!(read, files);
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        for name in [String::new(), "n".repeat(101)] {
            assert!(encode(&[(&name, b"")], 0).is_err());
        }
        assert!(encode(&[(&"n".repeat(100), b"")], 0).is_ok());
    }

    #[test]
    fn folders_and_extended_headers_are_passed_over() {
        let mut archive = encode(&[("folder/", b""), ("./a", b"x")], 0).unwrap();
        archive[KIND] = b'5';
        let mut header: [u8; BLOCK] = *archive.first_chunk().unwrap();
        let sum = checksum(&header);
        header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive[..BLOCK].copy_from_slice(&header);
        assert_eq!(decode(&archive).unwrap(), [("a".to_owned(), &b"x"[..])]);
    }

    #[test]
    fn a_size_past_the_end_is_refused() {
        let mut archive = encode(&[("a", b"x")], 0).unwrap();
        archive[SIZE].copy_from_slice(b"77777777777\0");
        let mut header: [u8; BLOCK] = *archive.first_chunk().unwrap();
        let sum = checksum(&header);
        header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive[..BLOCK].copy_from_slice(&header);
        assert_eq!(decode(&archive).unwrap_err().to_string(), "tar archive has no end of a file");
    }
}
