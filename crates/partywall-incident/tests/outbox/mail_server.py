"""A mail server that prints each message as a line of JSON, and refuses every second one at first."""

import json
import sys
import time
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Handler:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        if self.count % 2 == 1:
            return "451 come again"
        message = message_from_bytes(envelope.content, policy=policy.default)
        print(json.dumps({
            "to": envelope.rcpt_tos, "subject": message["Subject"], "id": message["Message-ID"],
            "body": message.get_content(),
        }), flush=True)
        return "250 taken"


controller = Controller(Handler(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
time.sleep(600)
