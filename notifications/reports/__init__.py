"""Reports: what there is, how one is written, when it is due, how it drops into a space."""

from notifications.reports.catalogue import REPORTS, Report, ReportQuery
from notifications.reports.writing import Shelf, WrittenReport, write

__all__ = ["REPORTS", "Report", "ReportQuery", "Shelf", "WrittenReport", "write"]
