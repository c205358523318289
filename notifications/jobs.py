"""Jobs for workers, over Procrastinate on PostgreSQL: a job says only that a space is to be looked at.

The row in the outbox is the truth: a job that is lost is found by a sweep, one too many finds nothing to do.
"""

import asyncio
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from sqlmodel import Session

from storage import Database
from storage.job_schema import SCHEMA
from storage.presence import has_workers

if TYPE_CHECKING:
    from procrastinate import App

log = structlog.get_logger()

QUEUE = "delivery"
DELIVER = "deliver"
TRY_AGAIN_SECONDS = 2.0
STALLED_SECONDS = 30
"""So long without a sign of life, and a worker's jobs are given up: they hold the locks of their spaces."""

_SEE_JOBS = text("SELECT set_config('search_path', current_setting('search_path') || ', procrastinate', true)")


def enqueue_looks(session: Session, targets: Collection[str], now: datetime) -> None:
    """Have a worker look at spaces once the caller's transaction is committed; nothing where no worker lives."""
    connection = session.connection()
    if not targets or connection.dialect.name != "postgresql":
        return
    if not has_workers(connection, now):
        return
    # Imported here: it takes a tenth of a second, which a service without workers need not pay.
    from procrastinate import App, SyncPsycopgConnector
    from procrastinate.jobs import DEFAULT_PRIORITY, Job

    connection.execute(_SEE_JOBS)
    jobs = [
        Job(
            id=None,
            queue=QUEUE,
            lock=f"space:{target}",
            queueing_lock=None,
            task_name=DELIVER,
            priority=DEFAULT_PRIORITY,
            task_kwargs={"target": target},
        )
        for target in targets
    ]
    app = App(connector=SyncPsycopgConnector())
    app.job_manager.batch_defer_jobs(jobs=jobs, connection=connection.connection.driver_connection)


class Jobs:
    """Does jobs until `stop`, so many at once."""

    def __init__(self, database: Database, deliver: Callable[[str], "Future[None]"], at_once: int) -> None:
        self._url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._deliver = deliver
        self._at_once = at_once
        self._ending = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Do jobs until `stop`; whatever fails is tried again."""
        with suppress(asyncio.CancelledError):
            asyncio.run(self._work())

    def stop(self) -> None:
        """Have `run` end; from any thread, also before it began."""
        self._ending.set()
        loop, task = self._loop, self._task
        if loop and task:
            with suppress(RuntimeError):  # it is closed already
                loop.call_soon_threadsafe(task.cancel)

    async def _work(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        while not self._ending.is_set():
            try:
                await self._work_once()
            except Exception as error:
                # The database may be away; a sweep delivers what is due as soon as it is back.
                log.warning("no jobs are done", action="jobs", error=type(error).__name__)
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _work_once(self) -> None:
        app = self._app()
        async with app.open_async():
            freeing = asyncio.create_task(_free_stalled(app))
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._at_once,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    shutdown_graceful_timeout=2,
                )
            finally:
                freeing.cancel()

    def _app(self) -> "App":
        from procrastinate import App, PsycopgConnector

        app = App(
            connector=PsycopgConnector(
                conninfo=self._url, kwargs={"options": f"-c search_path={SCHEMA}"}, min_size=1, max_size=4
            )
        )

        @app.task(name=DELIVER, queue=QUEUE)
        async def deliver(target: str) -> None:
            await asyncio.wrap_future(self._deliver(target))

        return app


async def _free_stalled(app: "App") -> None:
    """Give up the jobs of workers that are gone: others look at these spaces by themselves."""
    from procrastinate.jobs import Status

    manager: Any = app.job_manager
    while True:
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
        await asyncio.sleep(STALLED_SECONDS / 3)
