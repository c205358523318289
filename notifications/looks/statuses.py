"""Statuses that customers took on or lost."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from hub import evidence
from notifications import keys
from notifications.looks.looking import Looking
from storage.tables import Event, Standing


def status_changes(look: Looking) -> Iterable[Event]:
    """Yield an event for each status that a customer entered or left, and remember what it carries now."""
    known: dict[str, dict[str, Standing]] = defaultdict(dict)
    for standing in look.session.scalars(select(Standing).where(col(Standing.org_id).in_(look.org_ids))):
        known[standing.org_id][standing.status] = standing
    entering = [
        (org_id, status)
        for org_id in look.org_ids
        for status in look.statuses.get(org_id, ())
        if status not in known[org_id]
    ]
    seen = evidence.of(look.session, entering, look.today, look.thresholds)
    for org_id, status in entering:
        look.session.add(Standing(org_id=org_id, status=status, since=look.at))
        yield Event(
            key=keys.entered(org_id, status, look.at),
            kind=status,
            at=look.at,
            org_id=org_id,
            before={"statuses": sorted(known[org_id])},
            after={"statuses": list(look.statuses[org_id]), "evidence": seen.get((org_id, status), [])},
        )
    for org_id in look.org_ids:
        for was, standing in known[org_id].items():
            if was not in look.statuses.get(org_id, ()):
                look.session.delete(standing)
                yield Event(
                    key=keys.left(org_id, was, standing.since),
                    kind=was,
                    at=look.at,
                    org_id=org_id,
                    before={"statuses": sorted(known[org_id]), "since": standing.since.isoformat()},
                    after={"statuses": list(look.statuses.get(org_id, ())), "left": True},
                )
