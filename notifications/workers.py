"""Threads that do jobs, now or a while later."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Workers:
    """A fixed number of daemon threads; jobs are taken in the order in which they are due.

    Unlike in the pools of `concurrent.futures`, a job that waits holds no thread, a fault in a job is logged, and a
    thread that hangs in a request does not keep the process from ending.
    """

    def __init__(self, size: int, name: str) -> None:
        self._due = threading.Condition()
        self._jobs: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._stopping = False
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(size)]

    def start(self) -> None:
        """Begin; jobs submitted before have waited for this."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: Callable[[], object], after_seconds: float = 0.0) -> None:
        """Do a job as soon as a thread is free or, if asked, that much later; after `stop`, never.

        With a negative number it goes before what was submitted in that many seconds.
        """
        with self._due:
            if not self._stopping:
                heapq.heappush(self._jobs, (time.monotonic() + after_seconds, next(self._numbers), job))
                self._due.notify()

    def stop(self, wait_seconds: float = 2.0) -> None:
        """Begin no more jobs and wait a little for those under way; what still waits is forgotten."""
        with self._due:
            self._stopping = True
            self._jobs.clear()
            self._due.notify_all()
        until = time.monotonic() + wait_seconds
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while job := self._next():
            try:
                job()
            except Exception:
                # A fault in one job must not end the thread, nor stay unseen.
                log.exception("a job failed", action="job")

    def _next(self) -> Callable[[], object] | None:
        with self._due:
            while not self._stopping:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._jobs)[2]
                self._due.wait(wait)
            return None
