"""The way from what happened to what is told: the stages, in their one order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from hub.access import Needs
from hub.statuses import DEFAULTS, Thresholds
from notifications.audience import Audience
from notifications.batch import Batch, Reader
from notifications.collect import collect
from notifications.dedup import dedup
from notifications.group import group
from notifications.mute import mute
from notifications.outbox import Outgoing
from notifications.record import record
from notifications.render import Style, render
from notifications.route import route
from storage import Database
from storage.tables import Event, Rule, Space

Audiences = Callable[[str], Audience]
"""Tells who reads what is said in a room, or to a person (an e-mail)."""


@dataclass(frozen=True)
class Pipeline:
    """collect → route → group → mute → dedup → render → record; delivery looks at the outbox."""

    database: Database
    audiences: Audiences
    style: Style
    thresholds: Thresholds = DEFAULTS

    def run(self, at: datetime) -> list[Outgoing]:
        """Tell what happened since the last run; returns the messages put into the outbox.

        Outside calls (who is in a space) are made before the transaction that writes. When one fails, all stays as it
        was and the next run does it.
        """
        collect(self.database, at, self.thresholds)
        with self.database.read() as session:
            events = list(session.scalars(select(Event).where(col(Event.routed_at).is_(None)).order_by(col(Event.id))))
            rules = list(session.scalars(select(Rule)))
            spaces = {space.room_id: space for space in session.scalars(select(Space))}
        if not events:
            return []
        readers = self._readers({rule.room_id: spaces[rule.room_id] for rule in rules})
        with self.database.read() as session:
            batch = self._stages(session, events, rules, readers, at)
        told = render(batch, self.style, at)
        with self.database.write() as session:
            return record(session, events, told, at)

    def _stages(
        self,
        session: Session,
        events: list[Event],
        rules: list[Rule],
        readers: Mapping[str, Reader],
        at: datetime,
    ) -> Batch:
        batch = route(session, events, rules, readers, at.date())
        for stage in (group, mute):
            batch = stage(batch)
        return dedup(session, batch)

    def _readers(self, spaces: Mapping[str, Space]) -> dict[str, Reader]:
        found = {}
        for room_id, space in spaces.items():
            reader = Reader(room_id, room_id, self.audiences(room_id), space.language, space.time_zone)
            if reader.audience.excluded(Needs.READ):
                if space.owner_email is None:
                    continue
                alone = self.audiences(space.owner_email)
                if alone.excluded(Needs.READ):
                    continue
                reader = replace(reader, target=space.owner_email, audience=alone)
            found[room_id] = reader
        return found
