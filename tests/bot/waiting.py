"""Waiting for what other threads and processes do."""

import threading
from collections.abc import Callable

_pause = threading.Event()


def wait_until(happened: Callable[[], object], seconds: float = 10.0) -> None:
    """Return as soon as it happened; fails when it did not in time."""
    for _ in range(int(seconds / 0.02)):
        if happened():
            return
        _pause.wait(0.02)
    raise AssertionError(f"did not happen within {seconds:g} s")
