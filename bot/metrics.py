"""Figures that are looked up when somebody asks for them: what waits, how old the data are, how late the clock is."""

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import col, func, select

from hub.measures import REGISTRY
from storage import Database
from storage.tables import Halt, Inbox, InboxState, Outbox, OutboxState, Source

_WAITING = (OutboxState.DUE, OutboxState.SENDING)


class Figures(Collector):
    """Reads the database once a scrape."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], connected: Callable[[], bool], lag: Callable[[], float]
    ) -> None:
        self._database = database
        self._clock = clock
        self._connected = connected
        self._lag = lag

    def collect(self) -> Iterable[Metric]:
        """Yield each figure."""
        now = self._clock()
        with self._database.read() as session:
            states = dict(session.execute(select(Outbox.state, func.count()).group_by(col(Outbox.state))).all())
            oldest = session.scalar(
                select(func.min(col(Outbox.not_before))).where(
                    col(Outbox.state).in_(_WAITING), col(Outbox.not_before) <= now
                )
            )
            unanswered = session.scalar(
                select(func.count()).where(col(Inbox.state).in_([InboxState.NEW, InboxState.RUNNING]))
            )
            sources = session.execute(select(Source.name, Source.read_at)).all()
            halted = session.scalar(select(func.count()).select_from(Halt))
        yield _gauge(
            "partnerbot_outbox_waiting", "Messages to be delivered.", sum(states.get(each, 0) for each in _WAITING)
        )
        yield _gauge(
            "partnerbot_outbox_oldest_seconds",
            "How long the longest waiting message has been due.",
            (now - oldest).total_seconds() if oldest else 0,
        )
        yield _gauge("partnerbot_outbox_parked", "Messages refused for good.", states.get(OutboxState.PARKED, 0))
        yield _gauge("partnerbot_spaces_halted", "Spaces that nothing reaches.", halted or 0)
        yield _gauge("partnerbot_inbox_waiting", "Messages and clicks not answered yet.", unanswered or 0)
        ages = GaugeMetricFamily("partnerbot_data_age_seconds", "Since a source was last read well.", labels=["source"])
        for name, read_at in sources:
            if read_at is not None:
                ages.add_metric([name], (now - read_at).total_seconds())
        yield ages
        yield _gauge("partnerbot_connected", "1 while there is a connection to Webex.", int(self._connected()))
        yield _gauge("partnerbot_scheduler_lag_seconds", "How late the next look at the sources is.", self._lag())


def exposition(figures: Figures) -> bytes:
    """Return all figures in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(figures)
    return generate_latest(REGISTRY) + generate_latest(registry)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
