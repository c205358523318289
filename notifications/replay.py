"""What a rule would have sent: recorded events go through the same stages again, at the recorded times of the runs."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from notifications.audience import Audience
from notifications.batch import Alert, Batch, Item, Reader, Reason, Verdict
from notifications.cap import messages_of
from notifications.pipeline import REPLAYED, joined, through
from notifications.revive import current_statuses, revive
from notifications.route import covering, route
from notifications.run import Identity, Pacing, Run, Thing
from notifications.stored import RELEASES, Stored
from storage.tables import Customer, Decision, Event, Fate, Rule, Silence, Tick


@dataclass(frozen=True)
class Replay:
    """What a rule would have sent; cards and their CSVs are messages of their own."""

    messages: int
    days: float
    """How long the recorded history is."""

    @property
    def a_week(self) -> float | None:
        """Messages a week; None while less than a day is recorded."""
        return round(self.messages * 7 / self.days, 1) if self.days >= 1 else None


def replay(session: Session, rule: Rule, audience: Audience, zone: str, pacing: Pacing, now: datetime) -> Replay:
    """Send what happened in the recorded history through one rule, as if it were the only one of its space.

    Whom it covers is what was decided then, where it decided; before it was made or changed, what its filter says now.
    Silences hold as they did. Acknowledged and snoozed alerts count as if they were not.
    """
    since = now - REPLAYED
    ticks = list(session.scalars(select(col(Tick.at)).where(col(Tick.at) >= since).order_by(col(Tick.at))))
    if not ticks:
        return Replay(0, 0)
    past = _Past(session, rule, Reader(rule.room_id, rule.room_id, audience, zone=zone), ticks)
    run = Run(ticks[0], {rule.id or 0: rule}, past, zone, pacing)
    messages = sum(past.step(tick, run) for tick in past.busy())
    return Replay(messages, round((now - ticks[0]) / timedelta(days=1), 2))


class _Past:
    """The history of one space under one rule; what it remembers is what it would have sent."""

    def __init__(self, session: Session, rule: Rule, reader: Reader, ticks: Sequence[datetime]) -> None:
        self._stored = Stored(session)
        self._reader = reader
        self._rule = rule
        self._covered = covering(session, ticks[-1].date())
        self._ticks = ticks
        self._told: set[str] = set()
        self._sent: list[datetime] = []
        self._waiting: dict[int, Verdict] = {}
        self._explained: dict[int, Verdict] = {}
        events = select(Event).where(col(Event.at) >= ticks[0], col(Event.routed_at).is_not(None))
        self._events: dict[datetime, list[Event]] = defaultdict(list)
        self._changes: dict[Thing, list[datetime]] = defaultdict(list)
        for event in session.scalars(events.order_by(col(Event.id))):
            self._events[event.routed_at or event.at].append(event)
            if event.org_id:
                self._changes[event.org_id, event.kind].append(event.at)
        decided = select(Decision, col(Customer.name)).outerjoin(Customer, col(Customer.org_id) == col(Decision.org_id))
        self._decided = {
            decision.event_id: (decision, name or "")
            for decision, name in session.execute(decided.where(col(Decision.room_id) == rule.room_id)).all()
        }
        self._begins = rule.changed_at or rule.created_at

    def busy(self) -> Iterable[datetime]:
        """The runs in which something happened or was due."""
        for tick in self._ticks:
            if tick in self._events or any((each.due_at or tick) <= tick for each in self._waiting.values()):
                yield tick

    def step(self, tick: datetime, run: Run) -> int:
        """Do what a run did; returns how many messages it would have sent."""
        events = self._events.get(tick, [])
        readers = {self._rule.room_id: self._reader}
        batch = self._routed(events, readers)
        statuses = current_statuses(events)
        explained = [each.item for each in self._explained.values() if each.item.event.org_id in statuses]
        at_work = Run(tick, run.rules, self, run.zone, run.pacing)
        batch = revive(batch, {self._rule.room_id: explained} if explained else {}, statuses, readers, tick)
        due = {number: each for number, each in self._waiting.items() if (each.due_at or tick) <= tick}
        if due or batch.alerts:
            due |= {number: each for number, each in self._waiting.items() if each.reason is Reason.TOGETHER}
        batch = joined(batch, {self._rule.room_id: [self._again(each) for each in due.values()]}, readers)
        batch = through(batch, at_work)
        return self._remember(batch, tick)

    def told(self, room_id: str, keys: Collection[str]) -> set[str]:
        return self._told & set(keys)

    def sent(self, target: str, since: datetime) -> Sequence[datetime]:
        return [at for at in self._sent if at > since]

    def changes(self, things: Collection[Thing], since: datetime) -> Mapping[Thing, Sequence[datetime]]:
        return {thing: self._changes[thing][bisect_left(self._changes[thing], since) :] for thing in things}

    def silences(self, room_id: str, org_ids: Collection[str], at: datetime) -> Sequence[tuple[Silence, set[str]]]:
        return self._stored.silences(room_id, org_ids, at)

    def snoozed(self, room_id: str, org_ids: Collection[str], at: datetime) -> Mapping[Identity, tuple[int, datetime]]:
        return {}

    def threads(self, reader: Reader, things: Collection[Thing]) -> Mapping[Thing, str]:
        return {}

    def moved(self, items: Collection[Item]) -> set[str]:
        return {
            item.key
            for item in items
            if (known := self._decided.get(item.event.id or 0)) and known[0].reason == Reason.MOVED
        }

    def _routed(self, events: Sequence[Event], readers: Mapping[str, Reader]) -> Batch:
        items, others = [], []
        for event in events:
            known = self._decided.get(event.id or 0)
            if event.at < self._begins:
                others.append(event)
            elif known and self._rule.id in known[0].rules:
                if known[0].rules == [self._rule.id]:
                    items.append(_item(event, *known))
                else:
                    others.append(event)
        batch = route(others, [self._rule.model_copy(update={"paused": False})], readers, self._covered)
        return joined(batch, {self._rule.room_id: items} if items else {}, readers)

    def _again(self, verdict: Verdict) -> Item:
        item = verdict.item
        released = verdict.due_at if verdict.reason in RELEASES else item.released
        return Item(
            item.event,
            item.customer,
            item.key,
            item.rules,
            item.days_before,
            item.event.id,
            verdict.reason,
            released,
        )

    def _remember(self, batch: Batch, tick: datetime) -> int:
        for verdict in batch.verdicts:
            number = verdict.item.event.id or 0
            self._waiting.pop(number, None)
            self._explained.pop(number, None)
            if verdict.fate is Fate.HELD:
                self._waiting[number] = verdict
            elif verdict.fate is Fate.EXPLAINED:
                self._explained[number] = Verdict(
                    verdict.reader, self._again(verdict), verdict.fate, verdict.stage, verdict.reason
                )
        return sum(self._tell(alert, tick) for alert in batch.alerts)

    def _tell(self, alert: Alert, tick: datetime) -> int:
        for item in alert.items:
            self._told.add(item.key)
            self._waiting.pop(item.event.id or 0, None)
            self._explained.pop(item.event.id or 0, None)
        count = messages_of(alert)
        self._sent += [tick] * count
        return count


def _item(event: Event, decision: Decision, name: str) -> Item:
    key = event.key if decision.days_before is None else decision.key
    return Item(event, name, key, tuple(decision.rules), decision.days_before)
