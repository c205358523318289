"""Webex's partner reports: asked for, waited for, fetched, unpacked and read (Webex API reference, Partner Reports)."""

from hub.partner_reports.client import PartnerReports, Progress, Template
from hub.partner_reports.kinds import DEVICES, KINDS, NUMBERS, USAGE, Kind
from hub.partner_reports.reading import Unusable, read_rows

__all__ = [
    "DEVICES",
    "KINDS",
    "NUMBERS",
    "USAGE",
    "Kind",
    "PartnerReports",
    "Progress",
    "Template",
    "Unusable",
    "read_rows",
]
