"""What a bigger fact explained comes back when that one has ended: then it is news, if it still holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.statuses import Status
from notifications.batch import Alert, Batch, Item, Reader, Reason, Verdict
from notifications.mute import EXPLAINS
from storage.tables import Event, Fate

STAGE = "route"


def current_statuses(events: Sequence[Event]) -> Mapping[str, frozenset[str]]:
    """Return what customers carry by the last of these events that says so."""
    told = (event for event in events if event.org_id and event.kind in set(Status))
    return {
        str(event.org_id): frozenset(event.after.get("statuses", ()))
        for event in sorted(told, key=lambda event: (event.at, event.id or 0))
    }


def revive(
    batch: Batch,
    explained: Mapping[str, Sequence[Item]],
    statuses: Mapping[str, frozenset[str]],
    readers: Mapping[str, Reader],
    at: datetime,
) -> Batch:
    """Put back, by space, what was explained and is no more; what ended meanwhile is not told at all."""
    alerts = {alert.reader.room_id: alert for alert in batch.alerts}
    verdicts: list[Verdict] = []
    for room_id, items in explained.items():
        reader = readers.get(room_id)
        if reader is None:
            continue
        alert = alerts.get(room_id, Alert(reader, ()))
        own = list(alert.items)
        for item in items:
            carried = statuses.get(item.event.org_id or "", frozenset())
            if item.event.kind not in carried:
                over = [each for each in own if each.left and _same_thing(each, item)]
                verdicts += [Verdict(reader, each, Fate.MUTED, STAGE, Reason.PASSED) for each in (item, *over)]
                own = [each for each in own if each not in over]
            elif not any(big in carried and item.event.kind in small for big, small in EXPLAINS.items()):
                own.append(replace(item, released=at))
        alerts[room_id] = replace(alert, items=tuple(own))
    return batch.after(alerts.values(), verdicts)


def _same_thing(one: Item, other: Item) -> bool:
    return (one.event.org_id, one.event.kind) == (other.event.org_id, other.event.kind)
