"""The sections of Partner Hub's indicators: Meetings and Calling rows of active subscriptions and trials."""

from hub.sections.ending import EndingKpis, EndingRow, expiring, renewing
from hub.sections.low import LowKpis, LowRow, low
from hub.sections.overage import OverageKpis, OverageRow, overage
from hub.sections.recent import RecentKpis, RecentRow, recent
from hub.sections.section import Section

__all__ = [
    "EndingKpis",
    "EndingRow",
    "LowKpis",
    "LowRow",
    "OverageKpis",
    "OverageRow",
    "RecentKpis",
    "RecentRow",
    "Section",
    "expiring",
    "low",
    "overage",
    "recent",
    "renewing",
]
