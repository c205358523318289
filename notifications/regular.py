"""What spaces hear by themselves of their own alerts: how noisy the week was, and once a month what is silenced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, func, select

from hub.access import Needs
from notifications import noise, silences
from notifications.batch import Reader
from notifications.outbox import Message, Outgoing, Priority, enqueue
from notifications.pipeline import Pipeline
from notifications.schedules import Cadence, Every
from storage.tables import Customer, Outbox, Rule, Space
from templates import render
from templates.catalogue import N_
from templates.texts import Texts

AT = time(9)
"""In the space's zone: on Mondays, and on the first of the month."""
LATE = timedelta(days=2)
"""What is later than this, after a long rest, is left out."""
SHOWN = 20
"""Silences that the monthly list names."""


@dataclass(frozen=True)
class Regular:
    """Looks which spaces are due to hear of their week or of their silences."""

    pipeline: Pipeline

    def look(self, at: datetime) -> int:
        """Tell what is due; returns how many messages that makes."""
        with self.pipeline.database.read() as session:
            due = {space.room_id: space for space in self._spaces(session) if any(self._due(session, space, at))}
        readers = self.pipeline.readers(due)
        made = 0
        for room_id, reader in readers.items():
            with self.pipeline.database.write() as session:
                messages = [
                    message
                    for every, moment in self._due(session, due[room_id], at)
                    if (message := self._message(session, reader, every, moment, at))
                ]
                made += len(enqueue(session, messages, at))
        return made

    def _spaces(self, session: Session) -> Iterator[Space]:
        yield from session.scalars(select(Space).where(col(Space.room_id).in_(select(Rule.room_id))))

    def _due(self, session: Session, space: Space, at: datetime) -> Iterator[tuple[Every, datetime]]:
        """Yield what is due and not told: the week's report, the month's list."""
        begun = session.scalars(select(func.min(Rule.created_at)).where(Rule.room_id == space.room_id)).one()
        zone = space.time_zone or self.pipeline.style.zone
        for every in (Every.WEEKLY, Every.MONTHLY):
            moment = Cadence(every, AT, zone, 1).next_after(at - LATE)
            known = select(Outbox.id).where(Outbox.cause == _cause(every, space.room_id, moment))
            if begun < moment <= at and session.scalars(known).first() is None:
                yield every, moment

    def _message(
        self, session: Session, reader: Reader, every: Every, moment: datetime, at: datetime
    ) -> Outgoing | None:
        texts = Texts(reader.language or self.pipeline.style.language, reader.zone or self.pipeline.style.zone)
        if every is Every.WEEKLY:
            found = noise.of(session, reader.room_id, moment)
            if not found.messages:
                return None
            view, template = noise.view(found, texts), "noise"
        else:
            rows = self._silences(session, reader, at, texts)
            if not rows:
                return None
            view, template = {"rows": rows, "outcome": "silences", "paging": _paging(len(rows))}, "silences"
        said = Message(render.markdown(template, texts, **view), render.card(template, texts, **view))
        return Outgoing(
            _cause(every, reader.room_id, moment),
            reader.target,
            said,
            Priority.DIGEST,
            audience=reader.audience.for_record(Needs.READ),
        )

    def _silences(self, session: Session, reader: Reader, at: datetime, texts: Texts) -> list[dict[str, object]]:
        found = silences.holding(session, reader.room_id, at)[:SHOWN]
        wanted = select(col(Customer.org_id), col(Customer.name)).where(
            col(Customer.org_id).in_([each.org_id for each in found if each.org_id])
        )
        hidden = bool(reader.audience.assigned_to)
        names = {} if hidden else {row.org_id: row.name for row in session.execute(wanted)}
        return [
            {
                "id": each.id,
                "about": names.get(each.org_id or "", "") or each.where or texts(N_("a customer not shown here")),
                "until": each.until,
                "by": each.created_by,
                "reason": each.reason,
            }
            for each in found
        ]


def _cause(every: Every, room_id: str, moment: datetime) -> str:
    kind = "noise" if every is Every.WEEKLY else "silences"
    return f"{kind}:{room_id}:{moment.isoformat()}"


def _paging(rows: int) -> dict[str, object]:
    return {"first": 1, "last": rows, "total": rows, "previous": None, "next": None}
