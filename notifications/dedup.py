"""Fifth stage: what a space was told is not told again, nor what is out of date by the time it would be told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from hub.statuses import Status
from notifications.batch import Alert, Batch, Item, Reason, Verdict, keeping
from notifications.kinds import Nearing
from notifications.run import Run
from storage.tables import Fate

STAGE = "dedup"


def dedup(batch: Batch, run: Run) -> Batch:
    """Leave out items whose key the space was told, and of several about one thing all but the last."""
    alerts: dict[int, list[Item]] = {}
    verdicts: list[Verdict] = []
    places = {id(item): place for place, alert in enumerate(batch.alerts) for item in alert.items}
    for room_id, in_room in groupby(sorted(batch.alerts, key=_room), key=_room):
        own = list(in_room)
        reader = own[0].reader
        digest = {id(item) for alert in own if alert.digest for item in alert.items}
        items = [item for alert in own for item in alert.items]
        told = run.memory.told(room_id, {item.key for item in items})
        moved = run.memory.moved([item for item in items if item.decision is not None])
        fresh: dict[str, Item] = {}
        for item in items:
            if item.key in told or item.key in fresh:
                verdicts.append(Verdict(reader, item, Fate.KNOWN, STAGE, Reason.KNOWN))
            elif item.key in moved:
                verdicts.append(Verdict(reader, item, Fate.MUTED, STAGE, Reason.MOVED))
            else:
                fresh[item.key] = item
        outdated = dict(_outdated(list(fresh.values()), digest))
        for item in fresh.values():
            if id(item) in outdated:
                verdicts.append(Verdict(reader, item, Fate.MUTED, STAGE, outdated[id(item)]))
            else:
                alerts.setdefault(places[id(item)], []).append(item)
    return batch.after((keeping(batch.alerts[place], kept) for place, kept in sorted(alerts.items())), verdicts)


def _room(alert: Alert) -> str:
    return alert.reader.room_id


def _outdated(items: Sequence[Item], in_digest: set[int]) -> Iterable[tuple[int, Reason]]:
    things: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in items:
        event = item.event
        if event.kind in set(Nearing):
            things[event.kind, event.subscription_id, event.end_date].append(item)
        elif event.kind in set(Status) and not item.flaps:
            things[event.kind, event.org_id].append(item)
    for about in things.values():
        if about[0].days_before is not None:
            nearest = min(item.days_before or 0 for item in about)
            yield from ((id(item), Reason.NEARER) for item in about if item.days_before != nearest)
            continue
        in_order = sorted(about, key=lambda item: (item.event.at, item.event.id or 0))
        first, last = in_order[0], in_order[-1]
        # What began and ended while it waited is as if it had not been; a digest tells how it ended.
        if first.left != last.left and id(last) not in in_digest:
            yield from ((id(item), Reason.PASSED) for item in about)
        else:
            yield from ((id(item), Reason.NEWER) for item in about if item is not last)
