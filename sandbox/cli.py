"""`partnerbot sandbox`: only the local Webex, until it is interrupted."""

import gc
import json
import signal
import sys
import threading


def serve(port: int, customers: int, seed: int) -> None:
    """Serve on 127.0.0.1 and print one JSON line when ready; SystemExit(1) with one line on stderr if it cannot."""
    from sandbox.server import HOST, Sandbox

    box = Sandbox(customers=customers, seed=seed, port=port)
    # The world stays as long as the process: without this the collector walks all of it, again and again.
    gc.freeze()
    try:
        box.start()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "there is no such port"
        sys.stderr.write(f"The sandbox cannot listen on {HOST}:{port}: {reason}. Choose another --port.\n")
        raise SystemExit(1) from None
    finished = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: finished.set())
    ready = {
        "url": box.url,
        "bot_token": box.bot_token,
        "admin_token": box.admin_token,
        "feed_token": box.feed_token,
        "people": box.people,
        "rooms": box.rooms,
        "service_app": box.service_app,
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    finished.wait()
    box.stop()
