"""Verifies a DSSE envelope with securesystemslib, given the Ed25519 public key that must have signed it.

    dsse_check.py --key HEX_OR_BASE64 ENVELOPE.json

Prints one JSON object, {"valid", "payload_type", "payload", "error"}, where `payload` is base64. Exits 0 when a signature of that
key verifies, 1 when none does or the envelope cannot be read, 2 on wrong usage.

The key id in an envelope is a hint for finding a key, never a reason to trust one: here the key is always the caller's.
Source: DSSE 1.0.2, protocol.md and envelope.md.
"""

import argparse
import base64
import binascii
import json
import sys

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

ED25519_KEY_BYTES = 32
# Stands in where an envelope leaves the optional key id out; securesystemslib wants one.
NO_KEY_ID = "unnamed"


def main() -> int:
    parser = argparse.ArgumentParser(description="verify a DSSE envelope with securesystemslib")
    parser.add_argument("--key", required=True, type=public_key, help="Ed25519 public key, 32 bytes in hex or base64")
    parser.add_argument("envelope", help="file that holds the envelope as JSON")
    arguments = parser.parse_args()
    try:
        envelope = read(arguments.envelope)
        envelope.verify(keys_for(envelope, arguments.key), threshold=1)
    except (VerificationError, ValueError, KeyError, TypeError, OSError) as error:
        print(json.dumps({"valid": False, "error": f"{type(error).__name__}: {error}"}))
        return 1
    payload = base64.b64encode(envelope.payload).decode()
    print(json.dumps({"valid": True, "payload_type": envelope.payload_type, "payload": payload}))
    return 0


def public_key(text: str) -> bytes:
    """Reads 32 bytes from hex or base64 (with or without padding, either alphabet)."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        try:
            plain = text.replace("-", "+").replace("_", "/").rstrip("=")
            key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except binascii.Error:
            key = b""
    if len(key) != ED25519_KEY_BYTES:
        raise argparse.ArgumentTypeError("must be 32 bytes in hex or base64")
    return key


def read(path: str) -> Envelope:
    """Parses the envelope; raises when a member is missing or not base64."""
    with open(path, encoding="utf-8") as file:
        members = json.load(file)
    for signature in members["signatures"]:
        signature.setdefault("keyid", NO_KEY_ID)
    return Envelope.from_dict(members)


def keys_for(envelope: Envelope, key: bytes) -> list:
    """Names the caller's key by every key id the envelope uses, since securesystemslib only tries keys of equal id."""
    value = {"public": key.hex()}
    return [SSlibKey(key_id, "ed25519", "ed25519", value) for key_id in envelope.signatures]


if __name__ == "__main__":
    sys.exit(main())
