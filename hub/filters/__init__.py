"""The language in which customers are chosen: `status:trial,expired product:calling expires<30 -tag:legacy acme`."""

from hub.filters.errors import FilterError, Reason
from hub.filters.filter import Filter
from hub.filters.parser import parse

__all__ = ["Filter", "FilterError", "Reason", "parse"]
