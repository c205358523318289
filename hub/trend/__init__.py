"""Licence distribution by week: used, assigned but unused, available, and overage."""

from hub.trend.building import build, forget
from hub.trend.figures import WEEKS, TrendWeek, trend

__all__ = ["WEEKS", "TrendWeek", "build", "forget", "trend"]
