"""Shows that `dsse_check.py` accepts a good envelope and refuses every way of spoiling it."""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CHECK = pathlib.Path(__file__).resolve().parent.parent / "dsse_check.py"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
PAYLOAD = b'{"_type":"https://in-toto.io/Statement/v1"}'


def encode(content: bytes) -> str:
    """Standard base64 as text."""
    return base64.b64encode(content).decode()


class Envelope(unittest.TestCase):
    """One envelope under one key."""

    def setUp(self) -> None:
        key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signed = b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(PAYLOAD), PAYLOAD)
        self.signature = key.sign(signed)
        self.members = {
            "payload": encode(PAYLOAD),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": "owner", "sig": encode(self.signature)}],
        }

    def check(self, key: str) -> tuple:
        """Exit code and report for the envelope as it stands."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(self.members, file)
            file.flush()
            command = [sys.executable, str(CHECK), "--key", key, file.name]
            outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return outcome.returncode, json.loads(outcome.stdout) if outcome.stdout else None

    def test_accepts_hex_and_base64_keys(self) -> None:
        for key in (self.public.hex(), encode(self.public)):
            code, report = self.check(key)
            self.assertEqual(code, 0, report)
            self.assertEqual(base64.b64decode(report["payload"]), PAYLOAD)

    def test_accepts_a_signature_without_key_id(self) -> None:
        del self.members["signatures"][0]["keyid"]
        self.assertEqual(self.check(self.public.hex())[0], 0)

    def test_refuses_another_payload_type_signature_or_key(self) -> None:
        good = dict(self.members)
        flipped = bytes([self.signature[0] ^ 1]) + self.signature[1:]
        spoiled = (
            {"payload": encode(PAYLOAD + b" ")},
            {"payloadType": PAYLOAD_TYPE + "x"},
            {"signatures": [{"keyid": "owner", "sig": encode(flipped)}]},
            {"signatures": []},
        )
        for change in spoiled:
            self.members = {**good, **change}
            self.assertEqual(self.check(self.public.hex())[0], 1, change)
        self.members = good
        self.assertEqual(self.check(bytes(32).hex())[0], 1)

    def test_refuses_a_missing_member(self) -> None:
        del self.members["payloadType"]
        self.assertEqual(self.check(self.public.hex())[0], 1)

    def test_a_short_key_is_wrong_usage(self) -> None:
        self.assertEqual(self.check("abcd")[0], 2)


if __name__ == "__main__":
    unittest.main()
