"""Fourth stage: what is not said now. Each decision tells who or what muted it, and until when.

A big fact mutes the small ones it explains; silences mute what people wanted muted; a status that flaps is told once,
as flapping; quiet hours put off the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.statuses import Status
from notifications import keys
from notifications.batch import Alert, Batch, Item, Reason, Verdict, keeping
from notifications.kinds import GREW, Trial
from notifications.run import NOW, Identity, Run, Thing, quiet_until
from storage.tables import Fate

STAGE = "mute"

EXPLAINS: Mapping[str, frozenset[str]] = {
    Status.SUSPENDED: frozenset({Status.OVERAGE, Status.INACTIVE, GREW}),
    Status.EXPIRED: frozenset({Status.OVERAGE, Status.INACTIVE, GREW}),
}
"""A customer that carries the first is not told to enter these."""
_ENDS_WITH_ALL = frozenset({Status.OVERAGE, Status.EXPIRING, Status.TRIAL, Status.SUBSCRIPTION})
"""Statuses that a customer leaves because it expires."""

FLAPS_FROM = 4
"""So many changes of a status within a day are flapping."""
CALM = timedelta(days=1)
"""A status that has not changed for so long does not flap any more."""


def mute(batch: Batch, run: Run) -> Batch:
    """Leave out what is explained, silenced or flaps, and put off what falls into quiet hours."""
    alerts: list[Alert] = []
    verdicts: list[Verdict] = []
    begun = _begun(batch)
    changes = run.memory.changes(
        {
            (item.event.org_id, item.event.kind)
            for alert in batch.alerts
            for item in alert.items
            if item.event.org_id and item.event.kind in set(Status)
        },
        run.at - 3 * CALM,
    )
    silenced = _silenced(batch, run)
    snoozed = _snoozed(batch, run)
    for alert in batch.alerts:
        kept = []
        for item in alert.items:
            facts = begun.get((alert.reader.room_id, item.event.org_id or ""), set())
            verdict = (
                _explained(alert, item, facts)
                or _silence(alert, item, silenced)
                or _snooze(alert, item, snoozed)
                or _flaps(alert, item, changes, run)
                or _quiet(alert, item, run)
            )
            if verdict:
                verdicts.append(verdict)
            else:
                kept.append(_as_flapping(item, changes))
        alerts.extend(_by_topic(alert, kept))
    return batch.after(alerts, verdicts)


def _by_topic(alert: Alert, items: Sequence[Item]) -> Iterable[Alert]:
    """What became flapping here is told apart from what did not; a digest stays one."""
    if alert.digest or len({item.topic for item in items}) < 2:
        return [keeping(alert, items)]
    return [keeping(alert, [item for item in items if bool(item.flaps) is flaps]) for flaps in (False, True)]


def _begun(batch: Batch) -> Mapping[Thing, set[str]]:
    """Return, by space and customer, the big facts that the batch itself tells to have begun and not ended."""
    found: dict[Thing, set[str]] = {}
    told = ((alert.reader.room_id, item) for alert in batch.alerts for item in alert.items)
    big = [(room_id, item) for room_id, item in told if item.event.kind in EXPLAINS]
    for room_id, item in sorted(big, key=lambda pair: (pair[1].event.at, pair[1].event.id or 0)):
        facts = found.setdefault((room_id, item.event.org_id or ""), set())
        (facts.discard if item.left else facts.add)(item.event.kind)
    return found


def _explained(alert: Alert, item: Item, begun: set[str]) -> Verdict | None:
    kind = item.event.kind
    if not item.left and item.held_for is not Reason.EXPLAINED:
        facts = begun.union(item.event.after.get("statuses", ()))
        by = next((big for big, small in EXPLAINS.items() if big in facts and kind in small), None)
        if by:
            # Growth is of the moment; a status may still hold when what explains it is over.
            fate = Fate.MUTED if kind == GREW else Fate.EXPLAINED
            return Verdict(alert.reader, item, fate, STAGE, Reason.EXPLAINED, detail={"by": by})
    if Status.EXPIRED in begun and ((item.left and kind in _ENDS_WITH_ALL) or kind == Trial.ENDED):
        detail = {"by": Status.EXPIRED.value}
        return Verdict(alert.reader, item, Fate.MUTED, STAGE, Reason.EXPLAINED, detail=detail)
    return None


_Silences = Mapping[str, Sequence[tuple[int, datetime, Sequence[str], set[str]]]]


def _silenced(batch: Batch, run: Run) -> _Silences:
    return {
        room_id: [
            (silence.id or 0, silence.until, silence.kinds, about)
            for silence, about in run.memory.silences(room_id, ids, run.at)
        ]
        for room_id, ids in _customers(batch).items()
    }


def _customers(batch: Batch) -> Mapping[str, set[str]]:
    """Return the customers that there is news of, by space."""
    found: dict[str, set[str]] = {}
    for alert in batch.alerts:
        found.setdefault(alert.reader.room_id, set()).update(
            item.event.org_id for item in alert.items if item.event.org_id
        )
    return found


def _silence(alert: Alert, item: Item, silenced: _Silences) -> Verdict | None:
    holding = [
        (until, number)
        for number, until, kinds, about in silenced[alert.reader.room_id]
        if item.event.org_id in about and (not kinds or item.event.kind in kinds)
    ]
    if not holding:
        return None
    until, number = max(holding)
    return Verdict(alert.reader, item, Fate.HELD, STAGE, Reason.SILENCED, until, {"silence": number})


_Snoozes = Mapping[str, Mapping[Identity, tuple[int, datetime]]]


def _snoozed(batch: Batch, run: Run) -> _Snoozes:
    return {room_id: run.memory.snoozed(room_id, ids, run.at) for room_id, ids in _customers(batch).items()}


def _snooze(alert: Alert, item: Item, snoozed: _Snoozes) -> Verdict | None:
    """Leave out what an alert that is put off tells already: it comes back by itself when the snooze ends."""
    event = item.event
    kind = Status.OVERAGE if event.kind == GREW else event.kind
    about = (event.org_id or "", str(kind), event.subscription_id if event.end_date else None, event.end_date)
    found = snoozed[alert.reader.room_id].get(about)
    if found is None or item.left:
        return None
    return Verdict(alert.reader, item, Fate.MUTED, STAGE, Reason.SNOOZED, detail={"alert": found[0]})


def _flaps(alert: Alert, item: Item, changes: Mapping[Thing, Sequence[datetime]], run: Run) -> Verdict | None:
    """Hold what flaps, but for the change that made it flap, until it is calm; then only the last change counts."""
    times = _times(item, changes)
    if item.held_for is Reason.FLAPPING and any(at > item.event.at for at in times):
        return Verdict(alert.reader, item, Fate.MUTED, STAGE, Reason.NEWER)
    calm_at = item.event.at + CALM
    if _is_flapping(times, item.event.at) and not _begins_to_flap(times, item.event.at) and run.at < calm_at:
        return Verdict(alert.reader, item, Fate.HELD, STAGE, Reason.FLAPPING, calm_at)
    return None


def _as_flapping(item: Item, changes: Mapping[Thing, Sequence[datetime]]) -> Item:
    times = _times(item, changes)
    if not item.event.org_id or not _begins_to_flap(times, item.event.at):
        return item
    within = _within(times, item.event.at)
    key = keys.flapping(item.event.org_id, item.event.kind, item.event.at)
    return replace(item, key=key, flaps=len(within))


def _times(item: Item, changes: Mapping[Thing, Sequence[datetime]]) -> Sequence[datetime]:
    return changes.get((item.event.org_id or "", item.event.kind), ())


def _within(times: Sequence[datetime], at: datetime) -> Sequence[datetime]:
    return [each for each in times if at - CALM < each <= at]


def _is_flapping(times: Sequence[datetime], at: datetime) -> bool:
    return len(_within(times, at)) >= FLAPS_FROM


def _begins_to_flap(times: Sequence[datetime], at: datetime) -> bool:
    """Whether this change is the one that makes it flap: the change before it did not."""
    before = [each for each in times if each < at]
    return _is_flapping(times, at) and not (before and _is_flapping(times, before[-1]))


def _quiet(alert: Alert, item: Item, run: Run) -> Verdict | None:
    """Put off what every rule that asks for it at once wants put off; digests come at the time they were given."""
    if alert.digest:
        return None
    zone = run.zone_of(alert.reader)
    ends = [quiet_until(rule, zone, run.at) for rule in run.rules_of(item) if rule.every == NOW]
    quiet = [end for end in ends if end]
    if not quiet or len(quiet) < len(ends):
        return None
    return Verdict(alert.reader, item, Fate.HELD, STAGE, Reason.QUIET, min(quiet))
