"""What schemathesis is told beside the OpenAPI document: names of things that are there, and what must not be said.

CHANCERY_THINGS holds JSON: `known`, for each path and each name in it the values to put there, `own_key`, the id of the caller's API key, and `secrets`, texts that no answer may
hold unless its request did; the caller's own log may also hold what earlier requests named. CHANCERY_SEEN names a file that gets a line `operation status` for each answer.
"""

import json
import os
import zlib

import schemathesis

THINGS = json.loads(os.environ["CHANCERY_THINGS"])
# What the caller's own log says again, since every refused attempt stands in it.
OWN_LOG = {"exportAudit", "showReceipt"}
# Secrets that some request named so far; a made-up request may name what its caller cannot know.
named = set()


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Puts the name of something that is there, the caller's or another's, in place of most names that were made up."""
    if context.operation is None or not path_parameters:
        return path_parameters
    known = THINGS["known"].get(context.operation.path, {})
    # Every name in a path is chosen by the same number, so that names that belong together stay together.
    choice = zlib.crc32(repr(sorted(path_parameters.items())).encode())
    if choice % 8 == 0:
        return path_parameters
    return {
        name: known[name][choice // 8 % len(known[name])] if name in known else value
        for name, value in path_parameters.items()
    }


@schemathesis.hook
def before_call(context, case, kwargs):
    """Ids that answers held are tried elsewhere, but a caller that revoked its own key would be done."""
    if case.path_parameters.get("id") == THINGS["own_key"]:
        case.path_parameters["id"] = THINGS["known"]["/api/v1/keys/{id}"]["id"][0]


@schemathesis.hook
def after_call(context, case, response):
    with open(os.environ["CHANCERY_SEEN"], "a", encoding="utf-8") as seen:
        seen.write(f"{case.operation.definition.raw['operationId']} {response.status_code}\n")


@schemathesis.check
def says_nothing_of_others(ctx, response, case):
    """No answer holds a secret of another party that its request did not name."""
    request = response.request
    asked = request.url + repr(dict(request.headers)) + repr(request.body)
    said = response.content.decode("utf-8", "replace") + repr(dict(response.headers))
    asked_for = {secret for secret in THINGS["secrets"] if secret in asked}
    named.update(asked_for)
    allowed = named if case.operation.definition.raw["operationId"] in OWN_LOG else asked_for
    for secret in set(THINGS["secrets"]) - allowed:
        assert secret not in said, f"the answer holds `{secret}`, which is another party's"
