"""Why a report could not be made, in words; and the event of a scheduled one, which no asker waits for."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from hub.errors import NotAllowed, Rejected, TokenRefused
from hub.partner_reports import Unusable
from hub.partner_reports.preparing import RangeTooLong
from hub.partner_reports.reading import Fault
from notifications.events import Raised, raise_events
from notifications.kinds import Service
from templates.catalogue import N_
from templates.texts import Texts

_FAULTS: Mapping[Fault, str] = {
    Fault.MISSING_COLUMNS: N_("The file that Webex sent lacks these columns: %(names)s."),
    Fault.TOO_LARGE: N_("The file that Webex sent is too large to be right."),
}


def why(error: Exception, texts: Texts) -> str:
    """Say what went wrong, as plain text."""
    match error:
        case Unusable():
            return texts(_FAULTS.get(error.fault, N_("The file that Webex sent cannot be read.")), names=error.detail)
        case RangeTooLong():
            return texts(
                N_("Webex makes it over at most %(days)s days; ask for a shorter range."), days=error.most_days
            )
        case Rejected():
            reason = "; ".join(error.problems.values())
            return texts(N_("Webex did not take what was asked for: %(reason)s"), reason=reason)
        case NotAllowed() | TokenRefused():
            return texts(
                N_(
                    "The bot's administrator access does not cover reports; its owner can check it with "
                    "`partnerbot doctor`."
                )
            )
        case _:
            return texts(N_("Webex did not finish it."))


def raise_failed(session: Session, cause: str, room_id: str, report: str, reason: str, now: datetime) -> None:
    """Raise the event that the scheduled report of a due time failed; its space is told with what else there is."""
    told = Raised(Service.REPORT_FAILED, cause, room_id=room_id, after={"facts": {report: reason}})
    raise_events(session, [told], now)
