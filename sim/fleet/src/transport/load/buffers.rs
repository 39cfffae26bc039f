//! Buffers lent to connections while bytes are on the move; a connection at rest holds none.

use std::cell::RefCell;

/// Holds any TLS record: 5 bytes of header, 16 KiB of content, 2 KiB of expansion.
const BUFFER_BYTES: usize = 18 * 1024 + 512;

/// A handshake message may span records; 64 KiB is rustls' own bound for one.
const GROWN_BYTES_MAX: usize = 128 * 1024;

/// More are freed: a burst shall not hold its memory for ever. About 1.2 MiB of each kind.
const SPARE_MAX: usize = 64;

/// Spare buffers of one shard.
#[derive(Default)]
pub(super) struct Buffers {
    reading: RefCell<Vec<Vec<u8>>>,
    writing: RefCell<Vec<Vec<u8>>>,
}

impl Buffers {
    /// An empty buffer to write into.
    pub(super) fn lend_writing(&self) -> Vec<u8> {
        self.writing.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes a buffer back, unless it grew past its kind.
    pub(super) fn return_writing(&self, mut buffer: Vec<u8>) {
        let mut spare = self.writing.borrow_mut();
        if buffer.capacity() <= BUFFER_BYTES && buffer.capacity() > 0 && spare.len() < SPARE_MAX {
            buffer.clear();
            spare.push(buffer);
        }
    }
}

/// Bytes received and not yet understood.
#[derive(Default)]
pub(super) struct Incoming {
    /// Without heap while nothing is pending; else its whole length is room to read into.
    bytes: Vec<u8>,
    filled: usize,
}

impl Incoming {
    /// What was received and not discarded.
    pub(super) fn filled(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.filled]
    }

    /// Room for more bytes; none when what is pending is longer than any message may be.
    pub(super) fn room(&mut self, buffers: &Buffers) -> Option<&mut [u8]> {
        if self.bytes.len() < BUFFER_BYTES {
            let spare = buffers.reading.borrow_mut().pop();
            let mut bytes = spare.unwrap_or_else(|| vec![0; BUFFER_BYTES]);
            bytes[..self.filled].copy_from_slice(&self.bytes[..self.filled]);
            self.bytes = bytes;
        } else if self.filled == self.bytes.len() {
            if self.filled >= GROWN_BYTES_MAX {
                return None;
            }
            self.bytes.resize(self.filled * 2, 0);
        }
        Some(&mut self.bytes[self.filled..])
    }

    /// Notes that `count` bytes were read into the room.
    pub(super) fn took(&mut self, count: usize) {
        self.filled += count;
    }

    /// Drops the first `count` bytes.
    pub(super) fn discard(&mut self, count: usize) {
        debug_assert!(count <= self.filled, "only received bytes are discarded");
        self.bytes.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    /// Gives the buffer back if nothing is pending.
    pub(super) fn settle(&mut self, buffers: &Buffers) {
        if self.filled > 0 || self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let mut spare = buffers.reading.borrow_mut();
        if bytes.len() == BUFFER_BYTES && spare.len() < SPARE_MAX {
            spare.push(bytes);
        }
    }

    /// Gives the buffer back whatever is pending; that is kept apart, in as few bytes as it has.
    pub(super) fn rest(&mut self, buffers: &Buffers) {
        let pending = self.bytes[..self.filled].to_vec();
        self.filled = 0;
        self.settle(buffers);
        self.filled = pending.len();
        self.bytes = pending;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_goes_back_when_nothing_is_pending() {
        let buffers = Buffers::default();
        let mut incoming = Incoming::default();
        incoming.room(&buffers).unwrap()[..3].copy_from_slice(b"abc");
        incoming.took(3);
        incoming.discard(1);
        incoming.settle(&buffers);
        assert!(buffers.reading.borrow().is_empty());
        incoming.rest(&buffers);
        assert_eq!((&*incoming.filled(), buffers.reading.borrow().len()), (&b"bc"[..], 1));
        assert!(incoming.room(&buffers).unwrap().len() > 1_000);
        assert_eq!((&*incoming.filled(), buffers.reading.borrow().len()), (&b"bc"[..], 0));
        incoming.discard(2);
        incoming.settle(&buffers);
        assert!(incoming.filled().is_empty() && incoming.bytes.capacity() == 0);
        assert_eq!(buffers.reading.borrow().len(), 1);
    }

    #[test]
    fn a_message_without_end_is_refused_room() {
        let (buffers, mut incoming) = (Buffers::default(), Incoming::default());
        while let Some(room) = incoming.room(&buffers) {
            let count = room.len();
            incoming.took(count);
            assert!(incoming.filled <= 2 * GROWN_BYTES_MAX);
        }
        let count = incoming.filled;
        incoming.discard(count);
        incoming.settle(&buffers);
        assert!(buffers.reading.borrow().is_empty(), "a grown buffer is freed");
    }

    #[test]
    fn spare_buffers_are_bounded() {
        let buffers = Buffers::default();
        for _ in 0..SPARE_MAX + 5 {
            buffers.return_writing(vec![1; 100]);
        }
        buffers.return_writing(vec![1; BUFFER_BYTES + 1]);
        assert_eq!(buffers.writing.borrow().len(), SPARE_MAX);
        assert!(buffers.lend_writing().is_empty());
    }
}
