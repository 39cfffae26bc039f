//! One gzip member around an archive.
//!
//! Source: RFC 1952, "GZIP file format specification".

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::Error;

const FORMAT: &str = "gzip";

/// Magic, deflate, no flags, no time, no level, an unknown operating system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// Checksum and length.
const TRAILER: usize = 8;
/// Usual level: the time for more buys little.
const LEVEL: u8 = 6;

const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// `content` compressed; the same content gives the same bytes.
pub(super) fn encode(content: &[u8]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    out.extend(compress_to_vec(content, LEVEL));
    out.extend(checksum(content).to_le_bytes());
    out.extend(length(content).to_le_bytes());
    out
}

/// The content, at most `limit` bytes of it.
pub(super) fn decode(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let wrong = |part, expected| Error::malformed(FORMAT, part, "something else", expected);
    let Some((body, trailer)) = bytes.split_last_chunk::<TRAILER>() else {
        return Err(Error::Missing { format: FORMAT, part: "trailer" });
    };
    let body = after_header(body).ok_or(wrong("header", "a gzip header with deflate"))?;
    let content = decompress_to_vec_with_limit(body, limit).map_err(|error| {
        if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput {
            let found = format!("over {limit} bytes");
            Error::malformed(FORMAT, "content", &found, "what is left of the limit")
        } else {
            wrong("content", "a deflate stream")
        }
    })?;
    let (sum, size) = trailer.split_at(TRAILER / 2);
    if sum != checksum(&content).to_le_bytes() || size != length(&content).to_le_bytes() {
        return Err(wrong("trailer", "checksum and length of the content"));
    }
    Ok(content)
}

/// What follows the header, with all of its optional parts.
fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = bytes.split_first_chunk::<10>()?;
    let flags = header[3];
    if header[..3] != HEADER[..3] || flags & 0xe0 != 0 {
        return None;
    }
    if flags & HAS_EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for part in [HAS_NAME, HAS_COMMENT] {
        if flags & part != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// Modulo 2 to the 32nd, as the format wants it.
fn length(content: &[u8]) -> u32 {
    u32::try_from(content.len() & 0xffff_ffff).expect("32 bits are left")
}

const CHECKSUMS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut sum, mut bit) = (byte as u32, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

/// CRC-32 of the content.
fn checksum(content: &[u8]) -> u32 {
    !content
        .iter()
        .fold(!0, |sum: u32, byte| CHECKSUMS[usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn a_header_with_all_its_parts_is_read() {
        let plain = encode(b"content");
        let mut full = vec![0x1f, 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3];
        full.extend([2, 0, 9, 9]);
        full.extend(b"name\0comment\0\x01\x02");
        full.extend(&plain[10..]);
        assert_eq!(decode(&full, 7).unwrap(), b"content");
        assert!(decode(&full, 6).is_err());
        for end in 0..full.len() {
            assert!(decode(&full[..end], 7).is_err(), "{end}");
        }
    }

    #[test]
    fn what_another_writer_wrote_is_read() {
        let bytes = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x2d, 0x2d, 0x2e,
            0x49, 0x2d, 0x02, 0x00, 0x94, 0x92, 0x69, 0xb8, 0x06, 0x00, 0x00, 0x00,
        ];
        assert_eq!(decode(&bytes, 100).unwrap(), b"muster");
    }
}
