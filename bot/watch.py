"""What the service does by itself, on APScheduler's clock: read the sources, raise alerts, drop reports."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import WebexError
from bot.greeting import Greeter
from bot.parts import Parts
from bot.rooms import Rooms
from hub import calling, outlook, trend
from hub.calling import UsageFetcher
from hub.errors import HubError
from hub.sync import Pace, sync
from notifications.awaited import tell_awaited
from notifications.calling import raise_anomalies
from notifications.collect import WATCH
from notifications.deliver import Deliverer
from notifications.notices import Notices
from notifications.pipeline import Pipeline
from notifications.regular import Regular
from notifications.reminders import Reminders
from notifications.reports.kept import clear
from notifications.reports.running import run_due
from notifications.reports.runs import Runner
from storage.presence import Presence
from storage.tables import Source

log = structlog.get_logger()

REVIEW_SECONDS = 600
"""How often Webex is asked which rooms there are: one that is lost is noticed before something is to be said there."""
REPORTS_SECONDS = 20
"""How often due reports are looked for, at most."""

LOOK, REPORT, REVIEW = "look", "report", "review"
"""Duties, each of one process."""

PREPARING_SECONDS = 2
"""How often reports that Webex prepares are looked at, if one is due."""


USAGE_SECONDS = 5
"""How often it is looked whether a week's usage report is due, which is a look into the database."""


class Watch:
    """Runs its jobs in threads of its own; a job that is late runs once, never beside itself.

    Where several processes share a database, each job is one's duty: the others look whether that one still lives.
    Where there are workers, it is one of theirs.
    """

    def __init__(
        self,
        parts: Parts,
        pipeline: Pipeline,
        deliverer: Deliverer,
        rooms: Rooms,
        runner: Runner | None,
        usage: UsageFetcher | None,
        notices: Notices,
        greeter: Greeter,
        presence: Presence,
        clock: Callable[[], datetime],
        seconds: float,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._parts = parts
        self._pipeline = pipeline
        self._reminders = Reminders(pipeline)
        self._regular = Regular(pipeline)
        self._deliverer = deliverer
        self._rooms = rooms
        self._greeter = greeter
        self._runner = runner
        self._usage = usage
        self._notices = notices
        self._presence = presence
        self._clock = clock
        self._seconds = seconds
        self._now = now
        self._looked = now()
        self._ending = threading.Event()
        self._idle = threading.Condition()
        self._running = 0
        self._pace = Pace(parts.settings.webex_calls_per_minute)
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin: the first look is at once."""
        now = datetime.now(UTC)
        self._every(self._seconds, LOOK, self._look, now)
        every = min(self._seconds, REPORTS_SECONDS)
        self._every(every, REPORT, self._report, now + timedelta(seconds=every))
        if self._runner:
            self._every(PREPARING_SECONDS, "prepare", self._prepare, now + timedelta(seconds=PREPARING_SECONDS))
        self._every(REVIEW_SECONDS, REVIEW, self._review, now)
        if self._usage:
            self._every(USAGE_SECONDS, "usage", self._ask_for_usage, now + timedelta(seconds=USAGE_SECONDS))
        self._scheduler.start()

    def end(self) -> None:
        """Begin nothing more, at once; what is under way goes on to the end of its step."""
        self._ending.set()
        self._scheduler.shutdown(wait=False)

    def has_ended(self, wait_seconds: float) -> bool:
        """Wait a little for what is under way; False when it takes longer."""
        with self._idle:
            return self._idle.wait_for(lambda: self._running == 0, wait_seconds)

    def lag_seconds(self) -> float:
        """Return how late the scheduler is with the next look at the sources."""
        return max(0.0, self._now() - self._looked - self._seconds)

    def hurry(self) -> None:
        """The bot came into a room or out of one, or a room has another id: look at once."""
        for duty in (LOOK, REVIEW):
            self._scheduler.modify_job(duty, next_run_time=datetime.now(UTC))

    def _every(self, seconds: float, duty: str, job: Callable[[], None], first: datetime) -> None:
        self._scheduler.add_job(self._on_duty(duty, job), "interval", id=duty, seconds=seconds, next_run_time=first)

    def _look(self) -> None:
        self._guarded("greetings", self._greet)
        self._guarded("sync", self._sync)
        self._guarded("alerts", self._tell)
        self._guarded("awaited trials", self._tell_awaited)
        # Weeks are large and in no hurry: they delay no alert.
        self._guarded("calling", self._fetch_calling)
        self._guarded("weeks", self._sum_weeks)
        self._guarded("calling weeks", self._judge_calling)
        self._guarded("notices", self._tell_of_the_service)

    def _greet(self) -> None:
        if self._greeter.look():
            self._deliverer.wake()

    def _sync(self) -> None:
        parts = self._parts
        if parts.partner or parts.feed:
            share = parts.settings.removal_share
            read = sync(parts.database, parts.partner, parts.feed, self._clock, pace=self._pace, share=share)
            for name, reason in read.failures.items():
                log.warning("a source failed", action="sync", source=name, reason=reason)
        # Here rather than at the first answer, who would have to wait for it.
        outlook.keep(parts.database, self._clock().date(), parts.settings.thresholds)

    def _sum_weeks(self) -> None:
        trend.build(self._parts.database, self._clock().date())
        calling.sum_up(self._parts.database)

    def _fetch_calling(self) -> None:
        if self._parts.feed:
            kept = self._parts.settings.calling_weeks
            calling.fetch(self._parts.database, self._parts.feed, self._clock, kept_weeks=kept)

    def _judge_calling(self) -> None:
        raise_anomalies(self._parts.database, self._clock())

    def _tell(self) -> None:
        with self._parts.database.read() as session:
            is_first = session.get(Source, WATCH) is None
        told = len(self._pipeline.run(self._clock()))
        told += self._reminders.look(self._clock()) + self._regular.look(self._clock())
        if is_first:
            told += self._notices.begin(self._clock())
        if told:
            self._deliverer.wake()

    def _tell_of_the_service(self) -> None:
        if self._notices.look(self._clock()):
            self._deliverer.wake()

    def _tell_awaited(self) -> None:
        if tell_awaited(self._parts.database, self._pipeline.audiences, self._pipeline.style, self._clock()):
            self._deliverer.wake()

    def _report(self) -> None:
        self._guarded("reports", self._drop_reports)

    def _drop_reports(self) -> None:
        if run_due(self._parts.database, self._pipeline.audiences, self._pipeline.style, self._clock()):
            self._deliverer.wake()

    def _review(self) -> None:
        self._guarded("rooms", self._look_for_rooms)
        self._guarded("old files", self._clear_files)

    def _look_for_rooms(self) -> None:
        for room_id in self._rooms.review():
            self._deliverer.check(room_id)

    def _prepare(self) -> None:
        self._guarded("partner reports", self._take_reports_further)

    def _take_reports_further(self) -> None:
        if self._runner and self._runner.advance(self._clock()):
            self._deliverer.wake()

    def _on_duty(self, duty: str, job: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            if duty == LOOK:
                # Also where another replica has the duty: it is this process's scheduler that is looked at.
                self._looked = self._now()
            try:
                is_ours = self._presence.holds(duty, leave_to_workers=True)
            except SQLAlchemyError as error:
                log.warning("put off", action=duty, reason=type(error).__name__)
            else:
                if is_ours:
                    job()

        return run

    def _ask_for_usage(self) -> None:
        self._guarded("usage report", self._take_usage_further)

    def _take_usage_further(self) -> None:
        if self._usage and self._usage.advance(self._clock()):
            calling.sum_up(self._parts.database)

    def _clear_files(self) -> None:
        settings = self._parts.settings
        clear(self._parts.database, settings.files, settings.report_days, self._clock())

    def _guarded(self, what: str, job: Callable[[], None]) -> None:
        with self._idle:
            if self._ending.is_set():
                return
            self._running += 1
        try:
            job()
        except (HubError, WebexError) as error:
            # Expected while Webex or the feed is away: all stays as it was, and the next run does it.
            log.warning("put off", action=what, reason=type(error).__name__)
        except Exception:
            # A fault in one run must not end the service; the next may go better.
            log.exception("a job failed", action=what)
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()
