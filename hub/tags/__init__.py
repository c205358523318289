"""Tags of customers and subscriptions: changing one's, many's, and counting them."""

from hub.tags.bulk import BULK, Bulk, BulkOutcome, Candidate, Failure, parts_of, plan, put_on, was_done
from hub.tags.changes import (
    LONGEST,
    MOST,
    Author,
    Owner,
    Reason,
    TagChange,
    TagRefused,
    add,
    checked,
    remove,
    subscription_of,
)
from hub.tags.counting import TagCount, count_tags

__all__ = [
    "BULK",
    "LONGEST",
    "MOST",
    "Author",
    "Bulk",
    "BulkOutcome",
    "Candidate",
    "Failure",
    "Owner",
    "Reason",
    "TagChange",
    "TagCount",
    "TagRefused",
    "add",
    "checked",
    "count_tags",
    "parts_of",
    "plan",
    "put_on",
    "remove",
    "subscription_of",
    "was_done",
]
