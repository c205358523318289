"""Identities of what happened and of what was told: ids and ISO dates, never texts."""

from datetime import date, datetime

from notifications.kinds import GREW, Nearing


def entered(org_id: str, status: str, since: datetime) -> str:
    """A customer took on a status."""
    return f"status:{org_id}:{status}:{since.isoformat()}"


def left(org_id: str, status: str, since: datetime) -> str:
    """A customer lost a status that it had since then."""
    return f"{entered(org_id, status, since)}:left"


def flapping(org_id: str, status: str, since: datetime) -> str:
    """A customer takes on and loses a status again and again, since then."""
    return f"flapping:{org_id}:{status}:{since.isoformat()}"


def nearing(kind: Nearing, subscription_id: str, end_date: date, days_before: int) -> str:
    """A subscription or trial came so near an end; a moved end is another identity."""
    return f"{kind}:{subscription_id}:{end_date.isoformat()}:{days_before}"


def trial(kind: str, subscription_id: str, end_date: date) -> str:
    """Something became of a trial that ends on a day."""
    return f"{kind}:{subscription_id}:{end_date.isoformat()}"


def grew(subscription_id: str, product: str, at: datetime) -> str:
    """The overage of a product grew."""
    return f"{GREW}:{subscription_id}:{product}:{at.isoformat()}"


def raised(kind: str, identity: str) -> str:
    """Something that was noticed elsewhere."""
    return f"{kind}:{identity}"


def alert(room_id: str, first_event: str) -> str:
    """The message that tells a space of an event and what came together with it."""
    return f"alert:{room_id}:{first_event}"


def digest(room_id: str, rule: int, until: datetime, first_event: str) -> str:
    """The digest of a rule that reaches until then, and begins with an event."""
    return f"digest:{room_id}:{rule}:{until.isoformat()}:{first_event}"


def answer(request_id: str, part: int = 0) -> str:
    """One of the messages that answer a message or click, the first being 0."""
    return f"answer:{request_id}:{part}"
