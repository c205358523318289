"""How the parts of the running service are, as `status` tells it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import col, func, select

from bot.websocket import Websocket
from commands.health import Check
from storage import Database
from storage.tables import Outbox, OutboxState, Source
from templates.catalogue import N_
from templates.texts import Texts

SOURCES = {"webex": N_("Webex partner data"), "feed": N_("Feed"), "import": N_("Imported file")}
"""Names of the sources, by the code their rows have."""

LATE_AFTER = 10
"""Watch intervals after which data count as late."""


class Health:
    """Looks at the socket, the age of the data and what waits to be delivered."""

    def __init__(self, database: Database, socket: Websocket, watch_seconds: float) -> None:
        self._database = database
        self._socket = socket
        self._late = timedelta(seconds=max(LATE_AFTER * watch_seconds, 60))

    def __call__(self, now: datetime) -> Sequence[Check]:
        """Return a check for each part."""
        with self._database.read() as session:
            sources = list(session.scalars(select(Source).where(col(Source.name).in_(SOURCES))))
            waiting = session.scalars(
                select(func.count()).where(col(Outbox.state).in_([OutboxState.DUE, OutboxState.SENDING]))
            ).one()
            parked = session.scalars(select(func.count()).where(col(Outbox.state) == OutboxState.PARKED)).one()
        return [self._connection(), *(self._source(source, now) for source in sources), _delivery(waiting, parked)]

    def _connection(self) -> Check:
        socket = self._socket
        if socket.connected:
            return Check("socket", N_("Connection to Webex"), ok=True, state=partial(_since, socket.since))
        return Check("socket", N_("Connection to Webex"), ok=False, state=partial(_away, socket.since))

    def _source(self, source: Source, now: datetime) -> Check:
        is_fed = source.name != "import"
        late = is_fed and (source.read_at is None or now - source.read_at > self._late)
        return Check(
            source.name,
            SOURCES[source.name],
            ok=not late and source.error is None,
            state=lambda texts: _read(source, now, texts),
        )


def _since(moment: datetime, texts: Texts) -> str:
    return texts(N_("connected since %(moment)s"), moment=texts.moment(moment))


def _away(moment: datetime, texts: Texts) -> str:
    return texts(N_("away since %(moment)s; I keep trying"), moment=texts.moment(moment))


def _read(source: Source, now: datetime, texts: Texts) -> str:
    if source.read_at is None:
        return texts(N_("never read yet"))
    if source.error:
        return texts(N_("does not answer; the data are of %(moment)s"), moment=texts.moment(source.read_at))
    return texts(N_("read %(ago)s"), ago=texts.ago(now - source.read_at))


def _delivery(waiting: int, parked: int) -> Check:
    def state(texts: Texts) -> str:
        if parked:
            return texts.count("%(n)s message could not be sent", "%(n)s messages could not be sent", parked)
        return texts.count("%(n)s message waits", "%(n)s messages wait", waiting)

    return Check("outbox", N_("Messages to deliver"), ok=not parked, state=state)
