"""The way from what happened to what is told: the stages, in their one order."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, delete, select

from hub.access import Needs
from hub.statuses import DEFAULTS, Thresholds
from notifications.audience import Audience
from notifications.batch import Alert, Batch, Item, Reader, Reason, Verdict, keeping
from notifications.cap import cap
from notifications.collect import collect
from notifications.dedup import dedup
from notifications.group import group
from notifications.mute import mute
from notifications.outbox import Outgoing
from notifications.record import record
from notifications.render import Style, render
from notifications.revive import current_statuses, revive
from notifications.route import covering, route, visible
from notifications.run import AT_ONCE, Pacing, Run
from notifications.snoozes import break_through
from notifications.stored import Stored
from notifications.thread import thread
from storage import Database
from storage.tables import Event, Fate, Rule, Space, Tick

Audiences = Callable[[str], Audience]
"""Tells who reads what is said in a room, or to a person (an e-mail)."""

STAGES: tuple[Callable[[Batch, Run], Batch], ...] = (group, mute, dedup, thread, cap)
"""What decides between routing and rendering. Each takes a batch and returns one, and knows nothing of the others."""

REPLAYED = timedelta(weeks=13)
"""How far back runs are remembered, for rules to be replayed."""


@dataclass(frozen=True)
class Pipeline:
    """collect → route → group → mute → dedup → cap → render → record; delivery looks at the outbox."""

    database: Database
    audiences: Audiences
    style: Style
    thresholds: Thresholds = DEFAULTS
    pacing: Pacing = AT_ONCE

    def run(self, at: datetime) -> list[Outgoing]:
        """Tell what happened since the last run, and what was held until now; returns the messages for the outbox.

        Outside calls (who is in a space) are made before the transaction that writes. When one fails, all stays as it
        was and the next run does it.
        """
        look = collect(self.database, at, self.thresholds)
        if look.org_ids:
            with self.database.write() as session:
                break_through(session, look.org_ids, at, self.thresholds)
        with self.database.read() as session:
            events = list(session.scalars(select(Event).where(col(Event.routed_at).is_(None)).order_by(col(Event.id))))
            held = Stored(session).held(at)
            rules = list(session.scalars(select(Rule).order_by(col(Rule.id))))
            spaces = {space.room_id: space for space in session.scalars(select(Space))}
        readers = self.readers({room_id: spaces[room_id] for room_id in _concerned(events, held, rules, spaces)})
        with self.database.read() as session:
            batch = self._decide(session, events, held, rules, readers, at) if events or held else Batch()
        told = render(batch.alerts, self.style, at)
        with self.database.write() as session:
            session.merge(Tick(at=at))
            session.exec(delete(Tick).where(col(Tick.at) < at - REPLAYED))
            return record(session, events, batch.verdicts, told, look.org_ids, at)

    def _decide(
        self,
        session: Session,
        events: Sequence[Event],
        held: Mapping[str, Sequence[Item]],
        rules: Sequence[Rule],
        readers: Mapping[str, Reader],
        at: datetime,
    ) -> Batch:
        memory = Stored(session)
        run = Run(at, {rule.id or 0: rule for rule in rules}, memory, self.style.zone, self.pacing)
        batch = route(events, rules, readers, covering(session, at.date()))
        statuses = current_statuses(events)
        batch = revive(batch, memory.explained(statuses), statuses, readers, at)
        waited = [held, memory.waiting({*held, *(alert.reader.room_id for alert in batch.alerts)}, at)]
        for items in waited:
            batch = joined(batch, items, readers)
        return through(shown(session, batch, at.date()), run)

    def readers(self, spaces: Mapping[str, Space]) -> dict[str, Reader]:
        """Return who reads what is said in each space: the space, or its owner where somebody there may not see it."""
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


def through(batch: Batch, run: Run) -> Batch:
    """Take a batch through the stages that decide."""
    for stage in STAGES:
        batch = stage(batch, run)
    return batch


def joined(batch: Batch, more: Mapping[str, Sequence[Item]], readers: Mapping[str, Reader]) -> Batch:
    """Return the batch with further items, by space; those of spaces where nobody reads stay where they are."""
    items: dict[str, list[Item]] = defaultdict(list)
    for room_id, held in more.items():
        if room_id in readers:
            items[room_id] += held
    for alert in batch.alerts:
        items[alert.reader.room_id] += alert.items
    return batch.after(Alert(readers[room_id], tuple(own)) for room_id, own in items.items())


def shown(session: Session, batch: Batch, today: date) -> Batch:
    """Leave out customers that not every reader may see: who reads may have changed while something was held."""
    alerts, verdicts = [], []
    for alert in batch.alerts:
        bounding = alert.reader.audience.assigned_to
        org_ids = {item.event.org_id for item in alert.items if item.event.org_id and item.decision is not None}
        seen = visible(session, bounding, org_ids, today) if bounding else org_ids
        hidden = org_ids - seen
        verdicts += [
            Verdict(alert.reader, item, Fate.MUTED, "route", Reason.WITHHELD)
            for item in alert.items
            if item.event.org_id in hidden
        ]
        alerts.append(keeping(alert, [item for item in alert.items if item.event.org_id not in hidden]))
    return batch.after(alerts, verdicts)


def _concerned(
    events: Iterable[Event], held: Collection[str], rules: Iterable[Rule], spaces: Collection[str]
) -> set[str]:
    """Return the spaces that may be told something: who reads there is asked of Webex."""
    kinds = {event.kind for event in events}
    asking = {rule.room_id for rule in rules if not rule.paused and kinds & set(rule.events)}
    asked = {event.room_id for event in events if event.room_id}
    return (asking | asked | set(held)) & set(spaces)
