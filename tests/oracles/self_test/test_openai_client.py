"""Shows what `openai_client.py` reports for good answers and each refusal, against a stub on a loopback port."""

import base64
import http.server
import json
import pathlib
import struct
import subprocess
import sys
import threading
import unittest

CLIENT = pathlib.Path(__file__).resolve().parent.parent / "openai_client.py"
VECTOR = [0.25, -1.0, 3.5]
LICENCE = '<https://registry.example/licences/1>; rel="license"'
REFUSALS = {
    "refused/licence": (403, "use_not_permitted", {"Link": LICENCE}),
    "refused/key": (401, "invalid_api_key", {}),
    "refused/unknown": (404, "model_not_found", {}),
    "refused/budget": (429, "project_spend_limit_exceeded", {"x-should-retry": "false"}),
    "refused/rate": (429, "rate_limit_exceeded", {"retry-after-ms": "1"}),
}


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers embeddings with a fixed vector and models named `refused/…` with their refusal."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if body["model"] in REFUSALS:
            return self.refuse(*REFUSALS[body["model"]])
        inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
        vector = VECTOR
        if body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{len(VECTOR)}f", *VECTOR)).decode()
        data = [{"object": "embedding", "index": i, "embedding": vector} for i in reversed(range(len(inputs)))]
        usage = {"prompt_tokens": 4, "total_tokens": 4}
        return self.answer(200, {"object": "list", "data": data, "model": body["model"], "usage": usage}, {})

    def do_GET(self) -> None:
        model = {"id": "acme/minilm", "object": "model", "created": 0, "owned_by": "acme"}
        self.answer(200, {"object": "list", "data": [model]}, {})

    def refuse(self, status: int, code: str, headers: dict) -> None:
        """An OpenAI error object."""
        error = {"message": f"refused: {code}", "type": "policy_refusal", "code": code, "param": "purpose"}
        self.answer(status, {"error": error}, headers)

    def answer(self, status: int, body: dict, headers: dict) -> None:
        """Sends one JSON answer."""
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments) -> None:
        """Keeps the test's output quiet."""


class Client(unittest.TestCase):
    """The stock client against the stub."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.shutdown()
        cls.server.server_close()

    def carry_out(self, *calls) -> list:
        """The results of these calls."""
        order = {"base_url": f"http://127.0.0.1:{self.server.server_port}/v1", "api_key": "key", "calls": calls}
        command = [sys.executable, str(CLIENT)]
        outcome = subprocess.run(
            command, input=json.dumps(order), capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        return json.loads(outcome.stdout)["results"]

    def test_encodings_agree_and_batches_come_in_order(self) -> None:
        call = {"do": "embed", "model": "acme/minilm", "input": ["one", "two"]}
        results = self.carry_out(call, {**call, "encoding_format": "float"}, {**call, "input": "one"})
        self.assertEqual([result["vectors"] for result in results], [[VECTOR] * 2, [VECTOR] * 2, [VECTOR]])
        self.assertEqual([result["requests"] for result in results], [1, 1, 1])

    def test_lists_models(self) -> None:
        self.assertEqual(self.carry_out({"do": "models"})[0]["models"], ["acme/minilm"])

    def test_each_refusal_has_its_class_and_code(self) -> None:
        results = self.carry_out(*({"do": "embed", "model": name, "input": "one"} for name in REFUSALS))
        classes = [result["error"] for result in results]
        expected = ["PermissionDeniedError", "AuthenticationError", "NotFoundError", "RateLimitError", "RateLimitError"]
        self.assertEqual(classes, expected)
        self.assertEqual([result["code"] for result in results], [code for _, code, _ in REFUSALS.values()])
        self.assertEqual(results[0]["headers"]["link"], LICENCE)

    def test_retries_show_and_can_be_forbidden(self) -> None:
        names = ("refused/budget", "refused/rate")
        results = self.carry_out(*({"do": "embed", "model": name, "input": "one"} for name in names))
        self.assertEqual([result["requests"] for result in results], [1, 3])


if __name__ == "__main__":
    unittest.main()
