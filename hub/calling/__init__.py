"""Webex Calling by customer and week: taken in from the feed, a CSV or the usage report, and what it says."""

from hub.calling.anomalies import Anomaly, Oddity, anomalies
from hub.calling.fetching import fetch
from hub.calling.figures import Endpoint, Feature, Week
from hub.calling.importing import CallingSummary, import_calling
from hub.calling.saving import Saved, keep
from hub.calling.totals import sum_up
from hub.calling.usage_fetching import UsageFetcher
from hub.calling.usage_report import merge_usage
from hub.calling.views import WEEKS, Shown, View, report_rows, view

__all__ = [
    "WEEKS",
    "Anomaly",
    "CallingSummary",
    "Endpoint",
    "Feature",
    "Oddity",
    "Saved",
    "Shown",
    "UsageFetcher",
    "View",
    "Week",
    "anomalies",
    "fetch",
    "import_calling",
    "keep",
    "merge_usage",
    "report_rows",
    "sum_up",
    "view",
]
