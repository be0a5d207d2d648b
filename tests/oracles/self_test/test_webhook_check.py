"""webhook_check.py takes a good message and refuses every other."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
import unittest
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "webhook_check.py"
SECRET = b"s" * 32


def message(identity="msg_1", at=None, body='{"type": "x"}', secret=SECRET):
    at = str(int(time.time()) if at is None else at)
    mac = hmac.new(secret, f"{identity}.{at}.{body}".encode(), hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(mac).decode()
    headers = {"webhook-id": identity, "webhook-timestamp": at, "webhook-signature": signature}
    return {"headers": headers, "body": body}


def judged(*messages):
    order = {"secret": "whsec_" + base64.b64encode(SECRET).decode(), "messages": messages}
    program = subprocess.run([sys.executable, PROGRAM, json.dumps(order)], capture_output=True, text=True, check=True)
    return json.loads(program.stdout)


class WebhookCheck(unittest.TestCase):
    def test_a_good_message_is_taken(self):
        self.assertEqual(judged(message()), [{"type": "x"}])

    def test_every_other_is_refused(self):
        changed = dict(message(), body='{"type": "y"}')
        renamed = message()
        renamed["headers"]["webhook-id"] = "msg_2"
        stale = message(at=int(time.time()) - 3600)
        self.assertEqual(judged(changed, renamed, stale, message(secret=b"t" * 32)), [None] * 4)


if __name__ == "__main__":
    unittest.main()
