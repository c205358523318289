"""Fifth stage: what a space was told already is not told again."""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import Session, col

from notifications.batch import Alert, Batch, Item
from storage.tables import Told


def dedup(session: Session, batch: Batch) -> Batch:
    """Leave out items whose key the space was told."""
    kept = (replace(alert, items=_news(session, alert)) for alert in batch)
    return tuple(alert for alert in kept if alert.items)


def _news(session: Session, alert: Alert) -> tuple[Item, ...]:
    keys = [item.key for item in alert.items]
    told = set(
        session.scalars(select(col(Told.key)).where(col(Told.room_id) == alert.reader.room_id, col(Told.key).in_(keys)))
    )
    return tuple(item for item in alert.items if item.key not in told)
