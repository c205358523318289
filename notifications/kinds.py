"""What can be told: a customer enters or leaves a status, an end or a renewal comes near, and what else happens."""

from collections.abc import Mapping
from enum import StrEnum

from hub.statuses import Status


class Nearing(StrEnum):
    """A date of a subscription or trial comes near."""

    EXPIRY = "expiry"
    RENEWAL = "renewal"


class Trial(StrEnum):
    """What becomes of a trial."""

    STARTED = "trial_started"
    EXTENDED = "trial_extended"
    ENDED = "trial_ended"
    CONVERTED = "trial_converted"


class Calling(StrEnum):
    """What stands out in a customer's weekly calling figures; raised by whoever reads those."""

    CALLS_FELL = "calls_fell"
    POOR_LEGS = "poor_legs"
    ABANDONED = "abandoned_calls"


class Service(StrEnum):
    """What concerns no customer but the service itself, told to the space that asked for it.

    The rejected rows of an import are no event: in chat its answer names them, and those of a file taken in on the
    command line are told to the owner of the service (`notifications.rejections`).
    """

    REPORT_FAILED = "report_failed"
    DATA_STALE = "data_stale"


GREW = "overage_grew"
"""A customer's licences in overage grew by more than a tenth since that was last told."""

SELFTEST = "selftest"
"""An event of nothing, which `selftest` sends the whole way; no rule can ask for it."""

KINDS: tuple[str, ...] = (*Status, *Nearing, *Trial, GREW, *Calling, *Service)
"""Every kind of event."""

DAYS_BEFORE = (90, 60, 30, 14, 7, 1)
"""Days before an end or renewal whose crossing is an event, whatever rules say."""

DEFAULT_EVENTS: tuple[str, ...] = (
    Status.SUSPENDED,
    Status.EXPIRED,
    Status.OVERAGE,
    Status.SETUP,
    Status.INACTIVE,
    *Nearing,
    *Trial,
    GREW,
    *Calling,
    *Service,
)
"""What a new rule tells."""

DEFAULT_DAYS = (30, 7, 1)
"""Days before an end or renewal that a new rule tells."""


def default_thresholds() -> Mapping[str, list[int]]:
    """Return the days before an end and before a renewal that a new rule tells."""
    return {kind.value: list(DEFAULT_DAYS) for kind in Nearing}
