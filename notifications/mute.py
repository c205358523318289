"""Fourth stage: a big fact mutes the small ones it explains."""

from dataclasses import replace

from hub.statuses import Status
from notifications.batch import Batch, Item

_EXPLAINS = {Status.SUSPENDED: {Status.OVERAGE, Status.INACTIVE}, Status.EXPIRED: {Status.OVERAGE, Status.INACTIVE}}


def mute(batch: Batch) -> Batch:
    """Leave out overage and inactivity that begin at a customer which is suspended or expired."""
    kept = (replace(alert, items=tuple(item for item in alert.items if not _explained(item))) for alert in batch)
    return tuple(alert for alert in kept if alert.items)


def _explained(item: Item) -> bool:
    return not item.left and any(
        item.event.kind in small for big, small in _EXPLAINS.items() if big in item.event.after.get("statuses", ())
    )
