"""Between dedup and cap: a recovery is told where the alert was that it ends, in the thread of its first message."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from notifications.batch import Alert, Batch, Item, keeping
from notifications.run import Run, Thing


def thread(batch: Batch, run: Run) -> Batch:
    """Split off recoveries by the message that told what is over; digests stay whole."""
    return batch.after(part for alert in batch.alerts for part in _parts(alert, run))


def _parts(alert: Alert, run: Run) -> Iterable[Alert]:
    over = {_thing(item) for item in alert.items if _is_recovery(item)}
    causes: Mapping[Thing, str] = {} if alert.digest or not over else run.memory.threads(alert.reader, over)
    by_thread: dict[str | None, list[Item]] = defaultdict(list)
    for item in alert.items:
        by_thread[causes.get(_thing(item)) if _is_recovery(item) else None].append(item)
    return [replace(keeping(alert, items), thread=cause) for cause, items in by_thread.items()]


def _is_recovery(item: Item) -> bool:
    return item.left and not item.flaps


def _thing(item: Item) -> Thing:
    return item.event.org_id or "", item.event.kind
