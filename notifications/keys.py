"""Identities of what happened and of what was told: ids and ISO dates, never texts."""

from datetime import date, datetime

from notifications.kinds import Nearing


def entered(org_id: str, status: str, since: datetime) -> str:
    """A customer took on a status."""
    return f"status:{org_id}:{status}:{since.isoformat()}"


def left(org_id: str, status: str, since: datetime) -> str:
    """A customer lost a status that it had since then."""
    return f"{entered(org_id, status, since)}:left"


def nearing(kind: Nearing, subscription_id: str, end_date: date, days_before: int) -> str:
    """A subscription or trial came so near an end; a moved end is another identity."""
    return f"{kind}:{subscription_id}:{end_date.isoformat()}:{days_before}"


def alert(target: str, first_event: str) -> str:
    """The message that tells a target of an event and what came together with it."""
    return f"alert:{target}:{first_event}"
