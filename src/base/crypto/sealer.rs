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
    /// Chunks gathered before they are written on: a megabyte.
    const CHUNKS: usize = 16;

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
