"""Third stage: what belongs together comes together, one alert for each kind of event."""

from collections import defaultdict
from dataclasses import replace

from notifications.batch import Alert, Batch, Item


def group(batch: Batch) -> Batch:
    """Split each reader's alert by kind: 40 customers that cross 30 days are one."""
    return tuple(split for alert in batch for split in _by_kind(alert))


def _by_kind(alert: Alert) -> list[Alert]:
    kinds: dict[tuple[str, bool, int | None], list[Item]] = defaultdict(list)
    for item in alert.items:
        kinds[item.event.kind, item.left, item.days_before].append(item)
    return [
        replace(alert, items=tuple(sorted(items, key=lambda item: (item.customer, item.key))))
        for items in kinds.values()
    ]
