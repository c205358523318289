"""What can be told: a customer enters or leaves a status, an end or a renewal comes near."""

from enum import StrEnum

from hub.statuses import Status


class Nearing(StrEnum):
    """A date of a subscription or trial comes near."""

    EXPIRY = "expiry"
    RENEWAL = "renewal"


DAYS_BEFORE = (90, 60, 30, 14, 7, 1)
"""Days before an end or renewal whose crossing is an event."""

DEFAULT_EVENTS = (
    Status.SUSPENDED.value,
    Status.EXPIRED.value,
    Status.OVERAGE.value,
    Status.SETUP.value,
    Status.INACTIVE.value,
    Nearing.EXPIRY.value,
    Nearing.RENEWAL.value,
)
"""What a new rule tells."""

DEFAULT_THRESHOLDS = (30, 7, 1)
"""Days before an end or renewal that a new rule tells."""
