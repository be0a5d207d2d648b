//! Sealing: plaintext in, an age v1 payload out, each byte copied once and encrypted where it lies.

use std::io::{self, Write};

use super::{
    CHUNK_LENGTH, FileKey, NONCE_LENGTH, PayloadNonce, TAG_LENGTH,
    seal::{ChunkCipher, SEALED_CHUNK_LENGTH},
};

/// Whether more plaintext follows a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// At least one byte follows; the buffer is full.
    Inner,
    /// This is the end.
    Last,
}

/// Room for some chunks, each with a gap for its tag, so that sealing moves no byte.
///
/// Fill, [`Sealer::seal`], write out, [`clear`](Self::clear), fill again.
pub struct ChunkBuffer {
    /// Whole slots of [`SEALED_CHUNK_LENGTH`].
    bytes: Vec<u8>,
    /// Plaintext bytes filled in.
    filled: usize,
}

impl ChunkBuffer {
    /// Room for `chunks` chunks (at least one).
    #[must_use]
    pub fn new(chunks: usize) -> Self {
        Self { bytes: vec![0; chunks.max(1).saturating_mul(SEALED_CHUNK_LENGTH)], filled: 0 }
    }

    /// Plaintext bytes that fit.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.bytes.len() / SEALED_CHUNK_LENGTH * CHUNK_LENGTH
    }

    /// Whether nothing more fits.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.filled == self.capacity()
    }

    /// Forgets the contents.
    pub const fn clear(&mut self) {
        self.filled = 0;
    }

    /// Copies in as much of `plain` as fits and returns the rest.
    pub fn fill<'plain>(&mut self, mut plain: &'plain [u8]) -> &'plain [u8] {
        while !plain.is_empty() && !self.is_full() {
            let room = self.room();
            let taken = room.len().min(plain.len());
            let (now, rest) = plain.split_at(taken);
            room.split_at_mut(taken).0.copy_from_slice(now);
            self.filled += taken;
            plain = rest;
        }
        plain
    }

    /// The plaintext filled in, a slice per chunk; meaningless once sealed.
    pub fn plain(&self) -> impl Iterator<Item = &[u8]> {
        let mut left = self.filled;
        self.bytes.chunks(SEALED_CHUNK_LENGTH).map_while(move |slot| {
            let here = left.min(CHUNK_LENGTH);
            left -= here;
            slot.get(..here).filter(|plain| !plain.is_empty())
        })
    }

    /// What is left of the slot being filled.
    fn room(&mut self) -> &mut [u8] {
        let slot = self.filled / CHUNK_LENGTH * SEALED_CHUNK_LENGTH;
        let (start, end) = (slot + self.filled % CHUNK_LENGTH, slot + CHUNK_LENGTH);
        self.bytes.get_mut(start..end).unwrap_or_default()
    }

    /// The chunks filled in; one empty chunk if nothing is.
    const fn chunk_count(&self) -> usize {
        match self.filled.div_ceil(CHUNK_LENGTH) {
            0 => 1,
            count => count,
        }
    }
}

/// Seals the buffers of one plaintext, in order.
pub struct Sealer {
    cipher: ChunkCipher,
    next_index: u64,
}

impl Sealer {
    /// Starts a payload; the caller writes `nonce` before the first sealed buffer.
    #[must_use]
    pub fn new(key: &FileKey, nonce: &PayloadNonce) -> Self {
        Self { cipher: ChunkCipher::new(key, nonce), next_index: 0 }
    }

    /// Seals what `buffer` holds, where it lies, and returns the sealed bytes.
    ///
    /// # Errors
    /// `InvalidInput` for an inner buffer that is not full: it would leave a short chunk in the middle.
    pub fn seal<'buffer>(&mut self, buffer: &'buffer mut ChunkBuffer, position: Position) -> io::Result<&'buffer [u8]> {
        if position == Position::Inner && !buffer.is_full() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "only the last buffer may be short"));
        }
        let (filled, chunks) = (buffer.filled, buffer.chunk_count());
        for (number, slot) in buffer.bytes.chunks_mut(SEALED_CHUNK_LENGTH).take(chunks).enumerate() {
            let plain = (filled - number * CHUNK_LENGTH).min(CHUNK_LENGTH);
            let last = position == Position::Last && number + 1 == chunks;
            self.seal_slot(slot, plain, last);
        }
        Ok(buffer.bytes.get(..filled + chunks * TAG_LENGTH).unwrap_or_default())
    }

    fn seal_slot(&mut self, slot: &mut [u8], plain: usize, last: bool) {
        if let Some((plain, gap)) = slot.split_at_mut_checked(plain)
            && let Some(tag) = gap.first_chunk_mut::<TAG_LENGTH>()
        {
            self.cipher.seal(self.next_index, last, plain, tag);
            self.next_index += 1;
        }
    }
}

/// Seals everything written to it and writes it on; [`finish`](Self::finish) must be called or the payload stays cut off.
pub struct SealingWriter<W> {
    sealer: Sealer,
    buffer: ChunkBuffer,
    output: W,
}

impl<W: Write> SealingWriter<W> {
    /// Chunks gathered before they are written on: what stays in a processor's own cache between copying and encrypting.
    const CHUNKS: usize = 4;

    /// Writes the nonce and takes plaintext from here on.
    ///
    /// # Errors
    /// Those of `output`.
    pub fn start(key: &FileKey, nonce: &PayloadNonce, mut output: W) -> io::Result<Self> {
        output.write_all(nonce.as_bytes())?;
        Ok(Self { sealer: Sealer::new(key, nonce), buffer: ChunkBuffer::new(Self::CHUNKS), output })
    }

    /// Seals the last chunk and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.write_all(self.sealer.seal(&mut self.buffer, Position::Last)?)?;
        self.output.flush()?;
        Ok(self.output)
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, plain: &[u8]) -> io::Result<usize> {
        // INVARIANT: a full buffer is kept until a byte follows, because only then it is known not to be the last.
        if self.buffer.is_full() && !plain.is_empty() {
            self.output.write_all(self.sealer.seal(&mut self.buffer, Position::Inner)?)?;
            self.buffer.clear();
        }
        Ok(plain.len() - self.buffer.fill(plain).len())
    }

    /// Does nothing: a chunk is written when it is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seals bytes that are in memory anyway.
///
/// # Errors
/// None in practice: writing to memory does not fail.
pub fn seal_bytes(key: &FileKey, nonce: &PayloadNonce, plain: &[u8]) -> io::Result<Vec<u8>> {
    let sealed = Vec::with_capacity(plain.len() + plain.len() / CHUNK_LENGTH * TAG_LENGTH + TAG_LENGTH + NONCE_LENGTH);
    let mut writer = SealingWriter::start(key, nonce, sealed)?;
    writer.write_all(plain)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};

    use super::*;
    use crate::values::Counting;

    fn key_and_nonce() -> (FileKey, PayloadNonce) {
        let entropy = Counting::default();
        (FileKey::generate(&entropy), PayloadNonce::generate(&entropy))
    }

    #[test]
    fn short_buffers_in_the_middle_are_refused() {
        let (key, nonce) = key_and_nonce();
        let mut buffer = ChunkBuffer::new(2);
        assert_eq!(buffer.fill(&[1; CHUNK_LENGTH]), b"");
        let refused = Sealer::new(&key, &nonce).seal(&mut buffer, Position::Inner).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn buffers_give_back_what_was_filled_in() {
        let mut buffer = ChunkBuffer::new(2);
        let plain: Vec<u8> = (0..2 * CHUNK_LENGTH + 5).map(|index| (index % 251) as u8).collect();
        let (first, rest) = plain.split_at(1000);
        assert_eq!(buffer.fill(first), b"");
        assert_eq!(buffer.plain().collect::<Vec<_>>(), [first]);
        assert_eq!(buffer.fill(rest), &plain[2 * CHUNK_LENGTH..]);
        assert!(buffer.is_full() && buffer.plain().flatten().eq(&plain[..2 * CHUNK_LENGTH]));
        buffer.clear();
        assert_eq!(buffer.plain().count(), 0);
    }

    /// Nanoseconds this thread has been running, whatever else the machine does.
    fn running_time() -> u64 {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn gigabytes_per_second(bytes: usize, mut work: impl FnMut()) -> f64 {
        let timed = |work: &mut dyn FnMut()| {
            let start = running_time();
            work();
            bytes as f64 / (running_time() - start) as f64
        };
        (0..15).map(|_| timed(&mut work)).fold(0.0, f64::max)
    }

    /// Run optimised: sealing with its one copy against the bare cipher, per second of processor time.
    #[test]
    #[ignore = "measures; run optimised with --ignored"]
    fn measure_sealing_against_the_bare_cipher() {
        let (key, nonce) = key_and_nonce();
        let mut plain = vec![7; 64 << 20];
        let bare = ChaCha20Poly1305::new(&[7; 32].into());
        let cipher = gigabytes_per_second(plain.len(), || {
            for chunk in plain.chunks_mut(CHUNK_LENGTH) {
                bare.encrypt_inout_detached(&[0; 12].into(), &[], chunk.into()).unwrap();
            }
        });
        let sealing = gigabytes_per_second(plain.len(), || {
            let mut writer = SealingWriter::start(&key, &nonce, io::sink()).unwrap();
            writer.write_all(&plain).unwrap();
            writer.finish().unwrap();
        });
        let sealed = seal_bytes(&key, &nonce, &plain).unwrap();
        let opener = super::super::Opener::new(&key, &sealed, crate::values::ByteCount(sealed.len() as u64)).unwrap();
        let mut opened = vec![0; 1 << 20];
        let opening = gigabytes_per_second(plain.len(), || {
            (0..64).for_each(|part| opener.read_exact_at(&mut opened, part << 20).unwrap());
        });
        eprintln!("bare cipher {cipher:.2} GB/s, sealing {sealing:.2} GB/s, reading ranges {opening:.2} GB/s");
        eprintln!("ratio of sealing {:.2}, of reading {:.2}", sealing / cipher, opening / cipher);
    }
}
