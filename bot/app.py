"""The composition root: builds the service from its settings, starts its parts in order and stops them in reverse."""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import monotonic

import structlog
from sqlmodel import select

from bot.answering import Answering, Defaults
from bot.attached import Attachments
from bot.dispatch import Dispatcher
from bot.errors import TokenRefused, Unavailable, WebexError
from bot.greeting import Greeter
from bot.health import Health
from bot.intake import Intake
from bot.metrics import Figures, exposition
from bot.parked import Owners
from bot.parts import Parts, assemble
from bot.probes import Probes
from bot.rooms import Rooms
from bot.sender import Sender
from bot.settings import Misconfigured, Settings
from bot.spaces import Spaces
from bot.watch import Watch
from bot.webex import Person, Webex
from bot.webhook import Webhooks
from bot.websocket import Websocket
from hub.calling import UsageFetcher
from notifications.collect import WATCH
from notifications.deliver import WITHHELD, Deliverer
from notifications.jobs import Jobs
from notifications.notices import Notices
from notifications.outbox import Outgoing, enqueue
from notifications.pipeline import Pipeline
from notifications.render import Style
from notifications.reports.runs import Runner
from storage import Database
from storage.presence import SERVICE, WORKER, Heart, Presence
from storage.tables import Outbox, Source
from templates import charts
from templates.catalogue import N_
from templates.texts import Texts

log = structlog.get_logger()


STOP_SECONDS = 9.0
"""What stopping may take: whoever asks for it often kills after ten."""
SOCKET_SECONDS = 2.0
"""What closing the websocket may take of it."""
STUCK_SECONDS = 900.0
"""So late, the scheduler does not come back by itself."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Way(StrEnum):
    """How messages come in."""

    WEBSOCKET = "websocket"
    WEBHOOKS = "webhooks"
    NONE = "none"
    """They do not: the process is a worker, and hears of work by jobs."""


class Service:
    """The running bot.

    Raises:
        Misconfigured: there is no token or, for webhooks, no address or secret.
        OSError: the port for webhooks cannot be had.
        DatabaseUnusable: the database cannot be opened.
        TokenRefused: Webex does not accept the token.
        Unavailable: Webex cannot be reached.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = _utc_now, way: Way = Way.WEBSOCKET) -> None:
        if settings.token is None:
            raise Misconfigured("WEBEX_ACCESS_TOKEN: the bot's access token is missing")
        self.clock = clock
        self._webex = Webex(settings.token.get_secret_value(), settings.webex_url, connections=settings.workers * 2)
        me = _introduced(self._webex)
        self.parts: Parts = assemble(
            settings,
            clock,
            health=lambda now: self._health(now),
            audiences=lambda target: spaces.audience(target),
            wake=lambda: self._deliverer.wake(),
        )
        kind = SERVICE if way is not Way.NONE else WORKER
        lease = timedelta(seconds=settings.lease_seconds)
        self._presence = Presence(self.parts.database, clock, kind, lease)
        self._heart = Heart(self._presence, self._take_over, _not_renewed)
        spaces = Spaces(self.parts.database, self._webex, self.parts.people, clock)
        rooms = Rooms(self.parts.database, self._webex)
        self._deliverer = Deliverer(
            self.parts.database,
            Sender(self._webex, rooms),
            clock,
            gate=lambda row: _may_leave(row, spaces),
            told=Owners(
                self.parts.database, rooms, Texts(settings.language, settings.time_zone), clock, settings.owner
            ),
            mark=lambda _row: Texts(settings.language)(N_("(possibly repeated)")),
            orphan=lambda _row: Texts(settings.language)(N_("(The message that this follows was deleted.)")),
            halt_after=settings.halt_after,
            threads=settings.senders,
            presence=self._presence,
        )
        answering = Answering(
            Dispatcher(self.parts.registry, self.parts.services, clock),
            self.parts.people,
            spaces,
            clock,
            own_name=me.display_name,
            defaults=Defaults(settings.language, settings.time_zone),
            tell=self._tell,
            attachments=Attachments(self._webex),
            edit=self._edit_told,
        )
        self._intake = Intake(
            self.parts.database,
            self._webex,
            answering,
            self._deliverer,
            clock,
            workers=settings.workers,
            presence=self._presence,
        )
        self._line = self._way_in(settings, way)
        self._health = Health(
            self.parts.database,
            None if isinstance(self._line, Jobs) else self._line,
            self.parts.access,
            settings.watch_seconds,
        )
        pipeline = Pipeline(
            self.parts.database,
            spaces.audience,
            Style(
                settings.language,
                settings.time_zone,
                settings.files,
                settings.report_byte_order_mark,
                int(settings.report_megabytes * 1_000_000),
            ),
            settings.thresholds,
            settings.pacing,
        )
        texts = Texts(settings.language, settings.time_zone)
        notices = Notices(
            self.parts.database,
            spaces.audience,
            texts,
            settings.watch_seconds,
            settings.owner,
            settings.thresholds,
            access_ends=self.parts.access.ends_soon if self.parts.access else lambda: None,
        )
        greeter = Greeter(self.parts.database, self._webex, texts, me.display_name, clock)
        runner, usage = self._runner(pipeline), self._usage()
        self._watch = Watch(
            self.parts,
            pipeline,
            self._deliverer,
            rooms,
            runner,
            usage,
            notices,
            greeter,
            self._presence,
            clock,
            settings.watch_seconds,
        )
        self._probes = self._offered(settings)
        self._stopping = False
        self.has_drained = True
        """Whether everything that was under way came to its end before the service did."""
        self._thread: threading.Thread | None = None
        self.failure: TokenRefused | None = None

    def start(self) -> None:
        """Answer, watch and deliver, in threads of its own.

        Raises:
            DatabaseUnusable: another process has the SQLite file in its hands.
        """
        self._presence.join()
        self._heart.start()
        if self._probes:
            self._probes.start()
        self._deliverer.start()
        self._intake.start()
        self._thread = threading.Thread(target=self._listen, name="line", daemon=True)
        self._thread.start()
        self._watch.start()
        threading.Thread(target=charts.warm_up, name="charts", daemon=True).start()
        log.info("started", action="start")

    def has_looked(self) -> bool:
        """Whether customers have been read and looked at for the first time: changes from then on are told."""
        with self.parts.database.read() as session:
            return session.get(Source, WATCH) is not None

    def stop(self) -> None:
        """Take nothing more in, finish what is under way, and give everything back; within `STOP_SECONDS`.

        What takes longer is cut off, as by a killed process: the next start, or another replica, takes it up.
        """
        until = monotonic() + STOP_SECONDS
        self._stopping = True
        self._watch.end()
        self._line.stop()
        if self._thread:
            self._thread.join(SOCKET_SECONDS)
        self._intake.stop()
        self._deliverer.stop()
        self.has_drained = self._watch.has_ended(until - monotonic())
        self._heart.stop()
        self._presence.leave()
        if self._probes:
            self._probes.stop()
        if self.has_drained:
            self._webex.close()
            self.parts.close()
        log.info("stopped", action="stop", drained=self.has_drained)

    def run_until_stopped(self) -> None:
        """Run until the process is asked to end.

        Raises:
            TokenRefused: Webex does not accept the token any more.
        """
        self._asked_to_end = threading.Event()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, lambda *_: self._asked_to_end.set())
        self.start()
        while self._thread and self._thread.is_alive() and not self._asked_to_end.wait(0.5):
            pass
        self.stop()
        if self.failure:
            raise self.failure

    def _way_in(self, settings: Settings, way: Way) -> Websocket | Webhooks | Jobs:
        if way is Way.WEBSOCKET:
            return Websocket(self._webex, self._intake, self.clock)
        if way is Way.NONE:
            if self.parts.database.is_sqlite:
                raise Misconfigured("PARTNERBOT_DATABASE_URL: workers need PostgreSQL (docs/scaling.md)")
            return Jobs(self.parts.database, self._deliverer.soon, settings.senders)
        if settings.webhook_url is None or settings.webhook_secret is None:
            raise Misconfigured("PARTNERBOT_WEBHOOK_URL, PARTNERBOT_WEBHOOK_SECRET: webhooks need both")
        return Webhooks(
            self._webex,
            self._intake,
            self._presence,
            self.clock,
            url=settings.webhook_url,
            secret=settings.webhook_secret.get_secret_value(),
            host=settings.webhook_host,
            port=settings.webhook_port,
            rooms_changed=lambda: self._watch.hurry(),
        )

    def _offered(self, settings: Settings) -> Probes | None:
        """The HTTP server for whoever looks after the service, where one is wanted."""
        if settings.http_port is None:
            return None
        database = self.parts.database
        figures = Figures(database, self.clock, self._is_connected, self._watch.lag_seconds)
        alive = {
            "listening": lambda: self._thread is not None and self._thread.is_alive(),
            "scheduler": lambda: self._watch.lag_seconds() < STUCK_SECONDS,
        }
        ready = {
            "database": lambda: _answers(database),
            "webex": self._is_connected,
            "running": lambda: not self._stopping,
        }
        try:
            return Probes(settings.http_host, settings.http_port, alive, ready, lambda: exposition(figures))
        except OSError as error:
            where = f"{settings.http_host}:{settings.http_port}"
            raise Misconfigured(f"PARTNERBOT_HTTP_PORT: {where} cannot be had ({error.strerror})") from error

    def _is_connected(self) -> bool:
        """Whether messages come in; a worker takes none."""
        return isinstance(self._line, Jobs) or self._line.connected

    @property
    def http_port(self) -> int | None:
        """Where `/healthz`, `/readyz` and `/metrics` are."""
        return self._probes.port if self._probes else None

    def _runner(self, pipeline: Pipeline) -> Runner | None:
        """What takes partner reports further, where there is access to them."""
        partner, services = self.parts.partner, self.parts.services
        if partner is None:
            return None
        return Runner(
            self.parts.database, partner.reports, pipeline.audiences, pipeline.style, self._edit, services.region_code
        )

    def _usage(self) -> UsageFetcher | None:
        """What asks Webex for the weeks of the usage report."""
        partner, settings = self.parts.partner, self.parts.settings
        if partner is None:
            return None
        code = self.parts.services.region_code
        return UsageFetcher(self.parts.database, partner.reports, settings.files, code, settings.calling_weeks)

    def _edit(self, room_id: str, message_id: str, markdown: str) -> None:
        """Change what a message says, if that is possible: it tells progress, nothing that must arrive."""
        with suppress(WebexError):
            self._webex.edit(room_id, message_id, markdown)

    def _take_over(self) -> None:
        self._intake.take_over()
        self._deliverer.take_over()

    def _edit_told(self, cause: str, room_id: str, markdown: str) -> None:
        """Change what a message says that was told, once it is there."""
        with self.parts.database.read() as session:
            told = session.scalars(select(Outbox).where(Outbox.cause == cause)).first()
        if told and told.message_id:
            self._edit(room_id, told.message_id, markdown)

    def _tell(self, message: Outgoing) -> None:
        with self.parts.database.write() as session:
            enqueue(session, [message], self.clock())
        self._deliverer.wake()

    def _listen(self) -> None:
        try:
            self._line.run()
        except TokenRefused as error:
            self.failure = error


def _not_renewed(error: Exception) -> None:
    log.warning("the lease is not renewed", action="lease", error=type(error).__name__)


def _answers(database: Database) -> bool:
    with database.read() as session:
        return session.scalar(select(1)) == 1


def _introduced(webex: Webex) -> Person:
    """The bot's own account; the first call, so what is wrong with the way to Webex shows here."""
    try:
        return webex.me()
    except TokenRefused:
        raise
    except Unavailable as error:
        where = f"Webex cannot be reached at {webex.base_url} ({error})"
        raise Unavailable(f"{where}: check the network and PARTNERBOT_WEBEX_URL", maybe_sent=False) from error


def _may_leave(row: Outbox, spaces: Spaces) -> bool | str:
    """Whether everybody who would read a message with customer data may see them, now that it leaves."""
    return row.audience is None or spaces.audience(row.target).covers(row.audience) or WITHHELD
