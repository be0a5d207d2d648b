"""Judges messages to webhooks with the library of Standard Webhooks.

One argument: {"secret", "messages": [{"headers", "body"}, …]}. Prints a list: what each message says, or null where the
library refuses it.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def judged(webhook, message):
    try:
        return webhook.verify(message["body"], message["headers"])
    except WebhookVerificationError:
        return None


order = json.loads(sys.argv[1])
webhook = Webhook(order["secret"])
print(json.dumps([judged(webhook, message) for message in order["messages"]]))
