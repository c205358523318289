"""A sandbox in a process of its own that can be away for a while: obeys `stop` and `start` on its standard input."""

import json
import sys

from sandbox.server import Sandbox


def main() -> None:
    box = Sandbox(customers=5)
    box.start()
    tell(json.dumps({"url": box.url, "bot_token": box.bot_token, "people": box.people}))
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
    main()
