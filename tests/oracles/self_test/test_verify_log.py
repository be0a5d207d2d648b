"""Shows that `verify_log` accepts a good log and proof and refuses every single-byte change to them."""

import functools
import http.server
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

from log_fixture import Log, base64_text

VERIFY_LOG = os.environ["CHANCERY_VERIFY_LOG"]
SIZE = 300
# Roots of the trees over `entry-0`, `entry-1`, …, computed beforehand by another program.
KNOWN_ROOTS = {
    1: "QHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=",
    3: "pkvybgkSj2/i/m+LLYyAHhZrV8BHp82bK4Ceepai8cs=",
    255: "RdqfN0dI4Xo3L3HABCKxLiv5aELx9hxXQP5JTkvs/w8=",
    256: "+F9OrTQIBxC00egIMBVDqquBqgTeuIWZNQ3Cak8vWN4=",
    257: "kYsc7GTzF8duPPVcBTaEHAOe/wZ3LruIKM58F2Aotaw=",
    1000: "0D1jt3KvmQGYF+4+AYKG02omFhvbW/6CKOksAqvpEV0=",
}


def run(*arguments) -> subprocess.CompletedProcess:
    """Runs the oracle and keeps what it says."""
    command = [VERIFY_LOG, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a line for each request."""

    def log_message(self, *_arguments) -> None:
        """Keeps the test's output quiet."""


class Whole(unittest.TestCase):
    """A whole log, read from its files."""

    def setUp(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.log = Log(SIZE)
        self.log.write(self.folder)

    def verify(self, *extra, vkey=None) -> subprocess.CompletedProcess:
        """Verifies the folder under the log's own key unless told otherwise."""
        return run("log", "-log", self.folder, "-vkey", vkey or self.log.vkey, *extra)

    def test_accepts_a_good_log(self) -> None:
        outcome = self.verify("-proofs", 50)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertIn("size 300", outcome.stdout)

    def test_reads_over_http(self) -> None:
        handler = functools.partial(Quiet, directory=str(self.folder))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/"
            good = run("log", "-log", address, "-vkey", self.log.vkey)
            (self.folder / "tile" / "entries" / "000").unlink()
            bad = run("log", "-log", address, "-vkey", self.log.vkey)
            server.shutdown()
        self.assertEqual((good.returncode, bad.returncode), (0, 1), good.stderr)
        self.assertIn("404", bad.stderr)

    def test_accepts_known_roots_as_older_trees(self) -> None:
        for size in (1, 3, 255, 256, 257):
            outcome = self.verify("-older-size", size, "-older-root", KNOWN_ROOTS[size])
            self.assertEqual(outcome.returncode, 0, outcome.stderr)

    def test_refuses_a_wrong_or_larger_older_tree(self) -> None:
        for size, root in ((256, KNOWN_ROOTS[257]), (1000, KNOWN_ROOTS[1000])):
            outcome = self.verify("-older-size", size, "-older-root", root)
            self.assertEqual(outcome.returncode, 1, outcome.stdout)
            self.assertIn("consistency", outcome.stderr)

    def test_refuses_another_key(self) -> None:
        other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        self.assertEqual(self.verify(vkey=other).returncode, 1)

    def test_refuses_a_flipped_byte_in_any_file(self) -> None:
        for file in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            content = file.read_bytes()
            for position in (0, len(content) // 2, len(content) - 1):
                with self.subTest(file=file.relative_to(self.folder), position=position):
                    changed = bytearray(content)
                    changed[position] ^= 0x01
                    file.write_bytes(changed)
                    self.assertEqual(self.verify().returncode, 1)
            file.write_bytes(content)

    def test_names_the_first_bad_entry(self) -> None:
        bundle = self.folder / "tile" / "entries" / "000"
        bundle.write_bytes(bundle.read_bytes().replace(b"entry-17", b"entry-1x"))
        self.assertIn("entry 17 ", self.verify().stderr)

    def test_refuses_a_missing_partial_tile(self) -> None:
        (self.folder / "tile" / "1" / "000.p" / "1").unlink()
        self.assertEqual(self.verify().returncode, 1)

    def test_accepts_sizes_round_a_full_tile(self) -> None:
        for size in (0, 1, 255, 256, 257):
            with self.subTest(size=size), tempfile.TemporaryDirectory() as folder:
                log = Log(size)
                log.write(pathlib.Path(folder))
                outcome = run("log", "-log", folder, "-vkey", log.vkey)
                self.assertEqual(outcome.returncode, 0, outcome.stderr)
                if size in KNOWN_ROOTS:
                    self.assertEqual(base64_text(log.root(size)), KNOWN_ROOTS[size])


class Proof(unittest.TestCase):
    """One receipt."""

    def setUp(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.log = Log(SIZE)

    def verify(self, proof: bytes, entry: bytes) -> int:
        """Exit code of the oracle for these bytes."""
        files = [pathlib.Path(self.temporary.name) / name for name in ("receipt.tlog-proof", "entry")]
        for file, content in zip(files, (proof, entry)):
            file.write_bytes(content)
        return run("proof", "-proof", files[0], "-entry", files[1], "-vkey", self.log.vkey).returncode

    def test_accepts_good_proofs(self) -> None:
        for index in (0, 1, 17, 255, 256, 299):
            self.assertEqual(self.verify(self.log.proof(index), self.log.entries[index]), 0, index)

    def test_refuses_another_entry(self) -> None:
        self.assertEqual(self.verify(self.log.proof(17), self.log.entries[18]), 1)

    def test_refuses_every_flipped_byte(self) -> None:
        proof = self.log.proof(17)
        # Go reads the note's signature leniently: two bits of the character before its padding stand for nothing.
        spare = len(proof) - len(b"X=\n")
        for position in set(range(len(proof))) - {spare}:
            changed = bytearray(proof)
            changed[position] ^= 0x01
            self.assertEqual(self.verify(bytes(changed), self.log.entries[17]), 1, f"byte {position}")

    def test_accepts_an_extra_line(self) -> None:
        proof = self.log.proof(3).replace(b"index", b"extra aGVsbG8=\nindex", 1)
        self.assertEqual(self.verify(proof, self.log.entries[3]), 0)


if __name__ == "__main__":
    unittest.main()
