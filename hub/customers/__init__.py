"""The partner's customers: the list, finding one, and everything about one."""

from hub.customers.dates import count_undated
from hub.customers.details import CustomerDetails, ProductCounts, State, SubscriptionDetails, details
from hub.customers.finding import Match, MatchKind, find
from hub.customers.listing import CustomerPage, CustomerRow, list_customers
from hub.customers.sort import Sort, SortField

__all__ = [
    "CustomerDetails",
    "CustomerPage",
    "CustomerRow",
    "Match",
    "MatchKind",
    "ProductCounts",
    "Sort",
    "SortField",
    "State",
    "SubscriptionDetails",
    "count_undated",
    "details",
    "find",
    "list_customers",
]
