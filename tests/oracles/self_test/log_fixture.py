"""Writes a small C2SP tlog-tiles log with nothing but hashlib and an Ed25519 key, for the oracle's own tests.

The tree is RFC 6962 section 2.1 written out as its recursion, so that it shares no idea with any tile-based implementation.
"""

import base64
import hashlib
import pathlib
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "log.example/self-test"
TILE_WIDTH = 256
ED25519_NOTE_TYPE = b"\x01"


class Log:
    """A log of the entries `entry-0`, `entry-1`, … under a fixed key."""

    def __init__(self, size: int) -> None:
        self.entries = [f"entry-{index}".encode() for index in range(size)]
        self.leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in self.entries]
        self.key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"self-test").digest())
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = hashlib.sha256(ORIGIN.encode() + b"\n" + ED25519_NOTE_TYPE + public).digest()[:4]
        self.vkey = f"{ORIGIN}+{self.key_id.hex()}+{base64_text(ED25519_NOTE_TYPE + public)}"

    def root(self, size: int) -> bytes:
        """The Merkle tree hash of the first `size` entries."""
        return tree_hash(self.leaves[:size])

    def checkpoint(self) -> bytes:
        """The signed note over origin, size and root."""
        text = f"{ORIGIN}\n{len(self.entries)}\n{base64_text(self.root(len(self.entries)))}\n"
        signature = base64_text(self.key_id + self.key.sign(text.encode()))
        return f"{text}\n\N{EM DASH} {ORIGIN} {signature}\n".encode()

    def proof(self, index: int) -> bytes:
        """The tlog-proof of one entry."""
        hashes = "".join(base64_text(sibling) + "\n" for sibling in path(index, self.leaves))
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n".encode() + self.checkpoint()

    def write(self, folder: pathlib.Path) -> None:
        """Lays out checkpoint, bundles and every hash tile."""
        put(folder / "checkpoint", self.checkpoint())
        bundle = [struct.pack(">H", len(entry)) + entry for entry in self.entries]
        write_tiles(folder / "tile" / "entries", bundle)
        level, hashes = 0, self.leaves
        while hashes:
            write_tiles(folder / "tile" / str(level), hashes)
            full = len(hashes) // TILE_WIDTH
            hashes = [tree_hash(hashes[i * TILE_WIDTH : (i + 1) * TILE_WIDTH]) for i in range(full)]
            level += 1


def tree_hash(hashes: list) -> bytes:
    """RFC 6962 section 2.1, over hashes of leaves (or of complete subtrees of one height)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = split_point(len(hashes))
    return hashlib.sha256(b"\x01" + tree_hash(hashes[:split]) + tree_hash(hashes[split:])).digest()


def path(index: int, leaves: list) -> list:
    """RFC 6962 section 2.1.1: the siblings from the leaf up."""
    if len(leaves) == 1:
        return []
    split = split_point(len(leaves))
    if index < split:
        return path(index, leaves[:split]) + [tree_hash(leaves[split:])]
    return path(index - split, leaves[split:]) + [tree_hash(leaves[:split])]


def split_point(count: int) -> int:
    """The largest power of two strictly smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def write_tiles(folder: pathlib.Path, pieces: list) -> None:
    """Writes pieces 256 a file; a last file that is not full carries its width in its name."""
    for first in range(0, len(pieces), TILE_WIDTH):
        tile = pieces[first : first + TILE_WIDTH]
        name = f"{first // TILE_WIDTH:03}"
        put(folder / (name if len(tile) == TILE_WIDTH else f"{name}.p/{len(tile)}"), b"".join(tile))


def put(file: pathlib.Path, content: bytes) -> None:
    """Writes a file and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def base64_text(content: bytes) -> str:
    """Standard base64 as text."""
    return base64.b64encode(content).decode()
