"""The words for closed sets of values (statuses, roles, states …), by the code the data use."""

from templates.catalogue import N_
from templates.texts import UNKNOWN, Texts

_LABELS = {
    # statuses
    "suspended": N_("suspended"),
    "expired": N_("expired"),
    "overage": N_("licence overage"),
    "expiring": N_("expiring soon"),
    "setup": N_("ready to set up"),
    "inactive": N_("no recent activity"),
    "trial": N_("trial"),
    "subscription": N_("subscription"),
    # invoice and set-up
    "paid": N_("paid"),
    "unpaid": N_("unpaid"),
    "complete": N_("complete"),
    "pending": N_("pending"),
    # who manages a customer
    "partner": N_("partner"),
    "external": N_("external administrator"),
    # partner roles
    "partner_full_admin": N_("partner full administrator"),
    "partner_admin": N_("partner administrator"),
    "partner_readonly_admin": N_("partner read-only administrator"),
    "help_desk": N_("help desk"),
    "help_desk_advanced": N_("advanced help desk"),
    # what rules tell beside statuses
    "expiry": N_("an end comes near"),
    "renewal": N_("a renewal comes near"),
    "trial_started": N_("a trial started"),
    "trial_extended": N_("a trial was extended"),
    "trial_ended": N_("a trial ended"),
    "trial_converted": N_("a trial became a subscription"),
    "overage_grew": N_("overage grows"),
    "calls_fell": N_("calls fall"),
    "poor_legs": N_("calls are of poor quality"),
    "abandoned_calls": N_("queue calls are abandoned"),
    "report_failed": N_("a scheduled report fails"),
    "data_stale": N_("data are out of date"),
    # how often
    "daily": N_("daily"),
    "weekdays": N_("Monday to Friday"),
    "weekly": N_("weekly"),
    "monthly": N_("monthly"),
    "active": N_("active"),
    "paused": N_("paused"),
    "cancelled": N_("cancelled"),
}


_REGIONS = {
    "US": N_("United States"),
    "CA": N_("Canada"),
    "EU": N_("European Union"),
    "UAE": N_("United Arab Emirates"),
}


def region_name(code: str, texts: Texts) -> str:
    """Name a region; one that only its source knows stands for itself."""
    return texts(_REGIONS[code]) if code in _REGIONS else code


def label(code: str | None, texts: Texts) -> str:
    """Say a code in the reader's words; one without a label (a product, a region) stands for itself."""
    if code is None:
        return UNKNOWN
    return texts(_LABELS[code]) if code in _LABELS else code
