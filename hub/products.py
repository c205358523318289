"""Names of products, as the customer CSV spells them."""

MEETINGS = frozenset({"Meetings"})
CALLING = frozenset({"Calling"})
BOTH = MEETINGS | CALLING
"""The products that indicators and sections look at; Webex Calling excludes Call on Webex."""

KNOWN = (
    "Meetings",
    "Calling",
    "Messaging",
    "Real-Time Translations",
    "Call on Webex",
    "Contact Center",
    "Devices",
)
"""Products with a name of their own; a source may tell any other."""
