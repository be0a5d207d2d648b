//! Opening: any range of a sealed blob, or all of it on several threads, into memory only.

use std::io::{self, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::{
    CHUNK_LENGTH, FileKey, NONCE_LENGTH, PayloadNonce, SealError, TAG_LENGTH, plain_length,
    seal::{ChunkCipher, SEALED_CHUNK_LENGTH, chunk_count},
};
use crate::values::ByteCount;

/// Bytes that can be read at any position, from several threads at once.
pub trait ReadAt: Sync {
    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// `UnexpectedEof` where there are fewer bytes, and those of the place they are kept in.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).ok();
        let bytes = start.and_then(|start| self.get(start..start.checked_add(buffer.len())?));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.as_slice().read_exact_at(buffer, offset)
    }
}

impl<S: ReadAt + ?Sized> ReadAt for &S {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        (**self).read_exact_at(buffer, offset)
    }
}

/// A sealed blob whose end has been authenticated; its chunks are authenticated as they are read.
pub struct Opener<S> {
    source: S,
    cipher: ChunkCipher,
    length: ByteCount,
}

impl<S: ReadAt> Opener<S> {
    /// Chunks a thread reads at a time when everything is opened: a megabyte.
    const CHUNKS_AT_A_TIME: usize = 16;

    /// Opens the `sealed` bytes of `source` and checks their last chunk, so that a blob cut short is refused before any
    /// of it is used.
    ///
    /// # Errors
    /// [`SealError::ImpossibleLength`], [`SealError::Tampered`] and [`SealError::Storage`].
    pub fn new(key: &FileKey, source: S, sealed: ByteCount) -> Result<Self, SealError> {
        let length = plain_length(sealed)?;
        let mut nonce = [0; NONCE_LENGTH];
        source.read_exact_at(&mut nonce, 0)?;
        let cipher = ChunkCipher::new(key, &PayloadNonce::from_bytes(nonce));
        let opener = Self { source, cipher, length };
        opener.open_chunk(chunk_count(length) - 1, &mut Chunk::new())?;
        Ok(opener)
    }

    /// Bytes of plaintext.
    #[must_use]
    pub const fn length(&self) -> ByteCount {
        self.length
    }

    /// Fills `plain` with the plaintext from `offset` on.
    ///
    /// # Errors
    /// [`SealError::OutOfRange`], [`SealError::Tampered`] and [`SealError::Storage`]; `plain` is then not to be used.
    pub fn read_exact_at(&self, plain: &mut [u8], offset: u64) -> Result<(), SealError> {
        let end = offset.saturating_add(plain.len() as u64);
        if end > self.length.0 {
            return Err(SealError::OutOfRange { start: offset, end, length: self.length.0 });
        }
        let mut chunk = Chunk::new();
        let (mut offset, mut plain) = (offset, plain);
        while !plain.is_empty() {
            let index = offset / CHUNK_LENGTH as u64;
            let whole = self.plain_in(index);
            let taken = if offset.is_multiple_of(CHUNK_LENGTH as u64) && whole <= plain.len() {
                self.open_into(index, &mut chunk.sealed, plain.split_at_mut(whole).0)?;
                whole
            } else {
                self.open_chunk(index, &mut chunk)?;
                chunk.plain_from(offset).read(plain)?
            };
            (offset, plain) = (offset + taken as u64, plain.split_at_mut(taken).1);
        }
        Ok(())
    }

    /// Opens everything, on up to `threads` threads.
    ///
    /// # Errors
    /// [`SealError::Tampered`]; [`SealError::Storage`], also when there is not memory enough for all of it.
    pub fn read_all(&self, threads: usize) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let too_long = || io::Error::from(io::ErrorKind::OutOfMemory);
        let length = usize::try_from(self.length.0).map_err(|_| too_long())?;
        let mut plain = Zeroizing::new(Vec::new());
        plain.try_reserve_exact(length).map_err(|_| too_long())?;
        plain.resize(length, 0);
        let chunks = plain.len().div_ceil(CHUNK_LENGTH);
        let share = chunks.div_ceil(threads.max(1)).max(1);
        std::thread::scope(|scope| {
            let parts = plain.chunks_mut(share * CHUNK_LENGTH).enumerate();
            let running: Vec<_> =
                parts.map(|(n, part)| scope.spawn(move || self.open_part((n * share) as u64, part))).collect();
            running.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
        })?;
        Ok(plain)
    }

    /// A reader of the plaintext from its start.
    pub fn cursor(&self) -> PlainCursor<'_, S> {
        PlainCursor { opener: Held::Lent(self), chunk: Chunk::new(), position: 0 }
    }

    /// The same, keeping the blob open for as long as it is read.
    pub fn into_cursor(self) -> PlainCursor<'static, S>
    where
        S: 'static,
    {
        PlainCursor { opener: Held::Owned(Box::new(self)), chunk: Chunk::new(), position: 0 }
    }

    /// Opens the chunks from `first` on straight into `part`, several per read.
    fn open_part(&self, first: u64, part: &mut [u8]) -> Result<(), SealError> {
        let mut sealed = vec![0; Self::CHUNKS_AT_A_TIME * SEALED_CHUNK_LENGTH];
        let mut index = first;
        for group in part.chunks_mut(Self::CHUNKS_AT_A_TIME * CHUNK_LENGTH) {
            let tags = group.len().div_ceil(CHUNK_LENGTH) * TAG_LENGTH;
            sealed.truncate(group.len() + tags);
            self.source.read_exact_at(&mut sealed, chunk_offset(index))?;
            for (sealed, plain) in sealed.chunks(SEALED_CHUNK_LENGTH).zip(group.chunks_mut(CHUNK_LENGTH)) {
                self.cipher.open(index, self.is_last(index), sealed, plain)?;
                index += 1;
            }
        }
        Ok(())
    }

    fn open_chunk(&self, index: u64, chunk: &mut Chunk) -> Result<(), SealError> {
        if chunk.index == Some(index) {
            return Ok(());
        }
        chunk.index = None;
        chunk.plain.resize(self.plain_in(index), 0);
        self.open_into(index, &mut chunk.sealed, &mut chunk.plain)?;
        chunk.index = Some(index);
        Ok(())
    }

    /// Opens chunk `index` into `plain`, which has its length; `sealed` is only room to read into.
    fn open_into(&self, index: u64, sealed: &mut Vec<u8>, plain: &mut [u8]) -> Result<(), SealError> {
        sealed.resize(plain.len() + TAG_LENGTH, 0);
        self.source.read_exact_at(sealed, chunk_offset(index))?;
        self.cipher.open(index, self.is_last(index), sealed, plain)
    }

    /// Bytes of plaintext in chunk `index`.
    fn plain_in(&self, index: u64) -> usize {
        let left = self.length.0.saturating_sub(index.saturating_mul(CHUNK_LENGTH as u64));
        usize::try_from(left).unwrap_or(CHUNK_LENGTH).min(CHUNK_LENGTH)
    }

    const fn is_last(&self, index: u64) -> bool {
        index + 1 == chunk_count(self.length)
    }
}

/// A position in the plaintext of an [`Opener`]; reading opens a chunk at a time.
pub struct PlainCursor<'opener, S> {
    opener: Held<'opener, S>,
    chunk: Chunk,
    position: u64,
}

/// What a cursor reads from.
enum Held<'opener, S> {
    Lent(&'opener Opener<S>),
    Owned(Box<Opener<S>>),
}

impl<S> Held<'_, S> {
    fn get(&self) -> &Opener<S> {
        match self {
            Self::Lent(opener) => opener,
            Self::Owned(opener) => opener,
        }
    }
}

impl<S: ReadAt> Read for PlainCursor<'_, S> {
    fn read(&mut self, plain: &mut [u8]) -> io::Result<usize> {
        let opener = self.opener.get();
        if self.position >= opener.length.0 {
            return Ok(0);
        }
        opener.open_chunk(self.position / CHUNK_LENGTH as u64, &mut self.chunk).map_err(into_io)?;
        let taken = self.chunk.plain_from(self.position).read(plain)?;
        self.position += taken as u64;
        Ok(taken)
    }
}

impl<S: ReadAt> Seek for PlainCursor<'_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.opener.get().length.0.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// One opened chunk, kept so that short reads do not open it again; wiped when dropped.
struct Chunk {
    index: Option<u64>,
    sealed: Vec<u8>,
    plain: zeroize::Zeroizing<Vec<u8>>,
}

impl Chunk {
    fn new() -> Self {
        Self { index: None, sealed: Vec::new(), plain: zeroize::Zeroizing::new(Vec::new()) }
    }

    /// The plaintext from `offset` (of the whole blob) to the end of this chunk.
    fn plain_from(&self, offset: u64) -> &[u8] {
        let start = usize::try_from(offset % CHUNK_LENGTH as u64).unwrap_or(CHUNK_LENGTH);
        self.plain.get(start..).unwrap_or_default()
    }
}

const fn chunk_offset(index: u64) -> u64 {
    index.saturating_mul(SEALED_CHUNK_LENGTH as u64).saturating_add(NONCE_LENGTH as u64)
}

fn into_io(error: SealError) -> io::Error {
    match error {
        SealError::Storage(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

fn panicked() -> SealError {
    SealError::Storage(io::Error::other("a thread that opened chunks panicked"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{seal_bytes, sealed_length},
        *,
    };
    use crate::values::Counting;

    const FIVE_CHUNKS: usize = 4 * CHUNK_LENGTH + 1000;

    fn sealed(length: usize) -> (FileKey, Vec<u8>, Vec<u8>) {
        let entropy = Counting::default();
        let plain: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
        let key = FileKey::generate(&entropy);
        let sealed = seal_bytes(&key, &PayloadNonce::generate(&entropy), &plain).unwrap();
        (key, plain, sealed)
    }

    fn open(key: &FileKey, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        Opener::new(key, sealed, ByteCount(sealed.len() as u64))?.read_all(2)
    }

    #[test]
    fn every_length_around_the_edges_round_trips() {
        let edges = [0, 1, CHUNK_LENGTH, 2 * CHUNK_LENGTH, 16 * CHUNK_LENGTH, 17 * CHUNK_LENGTH, 33 * CHUNK_LENGTH];
        for length in edges.into_iter().flat_map(|edge| edge.saturating_sub(1)..=edge + 1) {
            let (key, plain, sealed) = sealed(length);
            assert_eq!(ByteCount(sealed.len() as u64), sealed_length(ByteCount(length as u64)));
            let opener = Opener::new(&key, &sealed, ByteCount(sealed.len() as u64)).unwrap();
            for threads in [0, 1, 2, 7] {
                assert!(*opener.read_all(threads).unwrap() == plain, "{length} bytes on {threads} threads");
            }
            let mut read = Vec::new();
            opener.cursor().read_to_end(&mut read).unwrap();
            assert!(read == plain, "{length} bytes by cursor");
        }
    }

    #[test]
    fn every_manipulation_is_noticed() {
        let (key, _, sealed) = sealed(FIVE_CHUNKS);
        let chunk =
            |index: usize| NONCE_LENGTH + index * SEALED_CHUNK_LENGTH..NONCE_LENGTH + (index + 1) * SEALED_CHUNK_LENGTH;
        let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut copy = sealed.clone();
            edit(&mut copy);
            copy
        };
        let swap = |bytes: &mut Vec<u8>| {
            let (one, other) = (bytes[chunk(0)].to_vec(), bytes[chunk(1)].to_vec());
            bytes[chunk(0)].copy_from_slice(&other);
            bytes[chunk(1)].copy_from_slice(&one);
        };
        let repeat = |bytes: &mut Vec<u8>| {
            let one = bytes[chunk(1)].to_vec();
            bytes.splice(chunk(1).start..chunk(1).start, one);
        };
        for (what, bytes) in [
            ("swapped", edited(&swap)),
            ("repeated", edited(&repeat)),
            ("middle dropped", edited(&|bytes| drop(bytes.drain(chunk(2))))),
            ("first dropped", edited(&|bytes| drop(bytes.drain(chunk(0))))),
            ("last dropped", edited(&|bytes| bytes.truncate(chunk(3).end))),
            ("last two dropped", edited(&|bytes| bytes.truncate(chunk(2).end))),
            ("cut by one", edited(&|bytes| bytes.truncate(bytes.len() - 1))),
            ("one appended", edited(&|bytes| bytes.push(0))),
            ("empty chunk appended", edited(&|bytes| bytes.extend([0; TAG_LENGTH]))),
            ("itself appended", edited(&|bytes| bytes.extend_from_within(NONCE_LENGTH..))),
            ("emptied", Vec::new()),
            ("nonce alone", edited(&|bytes| bytes.truncate(NONCE_LENGTH))),
        ] {
            assert!(open(&key, &bytes).is_err(), "{what}");
        }
        for position in [0, NONCE_LENGTH, chunk(0).end - 1, chunk(3).start + 5, sealed.len() - 1] {
            assert!(open(&key, &edited(&|bytes| bytes[position] ^= 0x80)).is_err(), "flipped at {position}");
        }
        assert!(open(&FileKey::generate(&Counting::default()), &sealed).is_ok(), "the same repeatable key");
        assert!(open(&FileKey::copy_from(&[7; 16]).unwrap(), &sealed).is_err(), "another key");
    }

    #[test]
    fn cut_blob_is_refused_before_any_of_it_is_read() {
        let (key, _, sealed) = sealed(FIVE_CHUNKS);
        let cut = &sealed[..NONCE_LENGTH + 2 * SEALED_CHUNK_LENGTH];
        let refused = Opener::new(&key, cut, ByteCount(cut.len() as u64)).err();
        assert!(matches!(refused, Some(SealError::Tampered { index: 1 })), "{refused:?}");
    }

    #[test]
    fn damage_is_named_and_the_rest_stays_readable() {
        let (key, plain, mut sealed) = sealed(FIVE_CHUNKS);
        sealed[NONCE_LENGTH + 2 * SEALED_CHUNK_LENGTH] ^= 1;
        let opener = Opener::new(&key, &sealed, ByteCount(sealed.len() as u64)).unwrap();
        assert!(matches!(opener.read_all(1), Err(SealError::Tampered { index: 2 })));
        let mut read = vec![0; 100];
        opener.read_exact_at(&mut read, CHUNK_LENGTH as u64).unwrap();
        assert_eq!(read, plain[CHUNK_LENGTH..CHUNK_LENGTH + 100]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn ranges_are_the_plaintext(start in 0..FIVE_CHUNKS + 10, length in 0..FIVE_CHUNKS) {
            let (key, plain, sealed) = sealed(FIVE_CHUNKS);
            let opener = Opener::new(&key, &sealed, ByteCount(sealed.len() as u64)).unwrap();
            let mut read = vec![0; length];
            let result = opener.read_exact_at(&mut read, start as u64);
            match plain.get(start..start + length) {
                Some(expected) => prop_assert!(result.is_ok() && read == expected),
                None => prop_assert!(matches!(result, Err(SealError::OutOfRange { .. })), "refused otherwise"),
            }
            let mut cursor = opener.cursor();
            cursor.seek(SeekFrom::Start(start as u64)).unwrap();
            let mut tail = Vec::new();
            cursor.read_to_end(&mut tail).unwrap();
            prop_assert!(tail == plain.get(start..).unwrap_or_default());
        }
    }
}
