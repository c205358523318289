"""A sandbox in a process of its own that can be away for a while: obeys `stop` and `start` on its standard input.

Its argument is the number of customers.
"""

import json
import sys

from sandbox.server import Sandbox


def main(customers: str) -> None:
    box = Sandbox(int(customers))
    box.start()
    facts = {"url": box.url, "bot_token": box.bot_token, "admin_token": box.admin_token, "feed_token": box.feed_token}
    tell(json.dumps({**facts, "people": box.people}))
    for command in sys.stdin:
        if command.strip() == "stop":
            box.stop()
        else:
            box.start()
        tell("done")


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
