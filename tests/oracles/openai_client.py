"""Drives the stock `openai` client against a server and prints what it returned or raised.

    openai_client.py '{"base_url": …, "api_key": …, "calls": […]}'        (or the same object on standard input)

Each call is one of

    {"do": "embed", "model": …, "input": … , "encoding_format": "float" | "base64", "headers": {…}}
    {"do": "models"}
    {"do": "model", "model": …}

with `encoding_format` and `headers` optional. Prints one JSON object, {"results": […]}, a result for every call, in order:

    {"ok": true, "requests": 1, "headers": {…}, "model": …, "vectors": [[…]], "usage": {…}}
    {"ok": true, "requests": 1, "headers": {…}, "models": […]}
    {"ok": false, "requests": 1, "headers": {…}, "error": "PermissionDeniedError", "status": 403,
     "code": …, "type": …, "param": …, "message": …, "body": …}

`requests` counts what went over the wire, so a retry shows; header names are in lower case. Exits 0 whenever every call ended in an
answer or an API error: judging them is the caller's business. The client keeps its defaults (two retries, base64 on the wire).
"""

import json
import sys

import openai


class Wire:
    """Counts the requests that the client really sends."""

    def __init__(self) -> None:
        self.requests = 0

    def sent(self, _request) -> None:
        self.requests += 1


def main() -> int:
    order = json.loads(sys.argv[1] if len(sys.argv) > 1 else sys.stdin.read())
    wire = Wire()
    client = openai.OpenAI(
        base_url=order["base_url"],
        api_key=order["api_key"],
        http_client=openai.DefaultHttpxClient(event_hooks={"request": [wire.sent]}, trust_env=False),
    )
    print(json.dumps({"results": [carry_out(client, wire, call) for call in order["calls"]]}))
    return 0


def carry_out(client: openai.OpenAI, wire: Wire, call: dict) -> dict:
    """Makes one call and describes how it ended."""
    wire.requests = 0
    try:
        outcome = {"ok": True, **CALLS[call["do"]](client, call)}
    except openai.APIStatusError as error:
        outcome = status_error(error)
    except openai.APIError as error:
        outcome = {"ok": False, "error": type(error).__name__, "message": str(error), "headers": {}}
    return {**outcome, "requests": wire.requests}


def embed(client: openai.OpenAI, call: dict) -> dict:
    """Asks for embeddings; without `encoding_format` the client asks for base64 and decodes it itself."""
    optional = {}
    if "encoding_format" in call:
        optional["encoding_format"] = call["encoding_format"]
    raw = client.embeddings.with_raw_response.create(
        model=call["model"], input=call["input"], extra_headers=call.get("headers"), **optional
    )
    answer = raw.parse()
    ordered = sorted(answer.data, key=lambda item: item.index)
    return {
        "headers": lower(raw.headers),
        "model": answer.model,
        "vectors": [item.embedding for item in ordered],
        "usage": answer.usage.model_dump(),
    }


def models(client: openai.OpenAI, _call: dict) -> dict:
    """Lists the models that the key may see."""
    raw = client.models.with_raw_response.list()
    return {"headers": lower(raw.headers), "models": [model.id for model in raw.parse().data]}


def model(client: openai.OpenAI, call: dict) -> dict:
    """Looks one model up by its id."""
    raw = client.models.with_raw_response.retrieve(call["model"])
    return {"headers": lower(raw.headers), "models": [raw.parse().id]}


CALLS = {"embed": embed, "models": models, "model": model}


def status_error(error: openai.APIStatusError) -> dict:
    """What a developer who catches the exception can read from it."""
    return {
        "ok": False,
        "error": type(error).__name__,
        "status": error.status_code,
        "code": error.code,
        "type": error.type,
        "param": error.param,
        "message": error.message,
        "body": error.body,
        "headers": lower(error.response.headers),
    }


def lower(headers) -> dict:
    """Header names in lower case, so that the caller need not guess."""
    return {name.lower(): value for name, value in headers.items()}


if __name__ == "__main__":
    sys.exit(main())
