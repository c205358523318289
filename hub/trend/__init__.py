"""Licence distribution by week: used, assigned but unused, available, and overage."""

from hub.trend.building import build, forget
from hub.trend.figures import WEEKS, Trend, TrendWeek, trend

__all__ = ["WEEKS", "Trend", "TrendWeek", "build", "forget", "trend"]
