"""How the parts of the running service are, as `status` tells it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import col, func, select

from commands.health import Check
from hub.sync import grace, oldest_licences
from hub.tokens import RenewedTokens
from notifications.sources import NAMES
from storage import Database
from storage.tables import Halt, Held, HeldState, Outbox, OutboxState, Source
from templates.catalogue import N_
from templates.texts import Texts


class Line(Protocol):
    """The way in from Webex: whether it is there, and since when that is so."""

    connected: bool
    since: datetime


class Health:
    """Looks at the way in from Webex, the age of the data and what waits to be delivered."""

    def __init__(
        self, database: Database, line: Line | None, access: RenewedTokens | None, watch_seconds: float
    ) -> None:
        self._database = database
        self._line = line
        self._access = access
        self._watch_seconds = watch_seconds

    def __call__(self, now: datetime) -> Sequence[Check]:
        """Return a check for each part."""
        with self._database.read() as session:
            sources = {row.name: row for row in session.scalars(select(Source).where(col(Source.name).in_(NAMES)))}
            oldest = oldest_licences(session)
            waiting = session.scalars(
                select(func.count()).where(col(Outbox.state).in_([OutboxState.DUE, OutboxState.SENDING]))
            ).one()
            parked = session.scalars(select(func.count()).where(col(Outbox.state) == OutboxState.PARKED)).one()
            held = session.scalars(select(func.count()).where(col(Held.state) == HeldState.OPEN)).one()
            halted = session.scalars(select(func.count()).select_from(Halt)).one()
        return [
            *self._connection(),
            *self._expiring_access(),
            *(self._source(sources[name], now, oldest) for name in NAMES if name in sources),
            *([_held(held)] if held else []),
            _delivery(waiting, parked, halted),
        ]

    def _connection(self) -> Sequence[Check]:
        line = self._line
        if line is None:
            return ()
        state = partial(_since if line.connected else _away, line.since)
        return (Check("socket", N_("Connection to Webex"), ok=line.connected, state=state),)

    def _expiring_access(self) -> Sequence[Check]:
        ends = self._access.ends_soon() if self._access else None
        if ends is None:
            return ()
        return (Check("access", N_("Access to Webex as administrator"), ok=False, state=partial(_ends, ends)),)

    def _source(self, source: Source, now: datetime, oldest: datetime | None) -> Check:
        is_fed = source.name != "import"
        age = grace(source.name, self._watch_seconds)
        late = is_fed and (source.read_at is None or now - source.read_at > age)
        return Check(
            source.name,
            NAMES[source.name],
            ok=not late and source.error is None,
            state=lambda texts: _read(source, now, oldest if source.name == "licences" else None, texts),
        )


def _since(moment: datetime, texts: Texts) -> str:
    return texts(N_("connected since %(moment)s"), moment=texts.moment(moment))


def _away(moment: datetime, texts: Texts) -> str:
    return texts(N_("away since %(moment)s; I keep trying"), moment=texts.moment(moment))


def _ends(moment: datetime, texts: Texts) -> str:
    return texts(
        N_("ends on %(day)s; give the app a new refresh token and set PARTNERBOT_REFRESH_TOKEN"),
        day=texts.day(moment.date()),
    )


def _read(source: Source, now: datetime, oldest: datetime | None, texts: Texts) -> str:
    said = [_when(source, now, texts)]
    if oldest and source.read_at and oldest < source.read_at:
        said.append(texts(N_("the oldest %(ago)s"), ago=texts.ago(now - oldest)))
    if source.left_out:
        left_out = texts.count(
            "%(n)s record cannot be read: %(first)s",
            "%(n)s records cannot be read, among them: %(first)s",
            len(source.left_out),
            first=source.left_out[0],
        )
        said.append(left_out)
    return "; ".join(said)


def _when(source: Source, now: datetime, texts: Texts) -> str:
    if source.error:
        moment = texts.moment(source.read_at) if source.read_at else texts(N_("never"))
        return texts(
            N_("does not answer as it should (%(reason)s); last read: %(moment)s"), reason=source.error, moment=moment
        )
    if source.read_at is None:
        return texts(N_("never read yet"))
    return texts(N_("read %(ago)s"), ago=texts.ago(now - source.read_at))


def _held(held: int) -> Check:
    def state(texts: Texts) -> str:
        return texts.count("%(n)s waits for a person: changes", "%(n)s wait for a person: changes", held)

    return Check("held", N_("Changes that look like a mistake"), ok=False, state=state)


def _delivery(waiting: int, parked: int, halted: int) -> Check:
    def state(texts: Texts) -> str:
        said = [texts.count("%(n)s message waits", "%(n)s messages wait", waiting)]
        if parked:
            said.append(texts.count("%(n)s message could not be sent", "%(n)s messages could not be sent", parked))
        if halted:
            said.append(texts.count("%(n)s space cannot be reached", "%(n)s spaces cannot be reached", halted))
        return "; ".join(said)

    return Check("outbox", N_("Messages to deliver"), ok=not parked and not halted, state=state)
