"""The three reports that Partner Hub offers, with the columns of its help text."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One of Partner Hub's reports."""

    name: str
    """As it is typed."""
    titles: tuple[str, ...]
    """What Webex may call its template; the first is Partner Hub's own name. Webex documents no list of them."""
    columns: tuple[str, ...]
    org_id: str
    """The column with the customer's organization."""
    customer: str
    """The column with the customer's name."""
    inventory: bool
    """It shows one point in time, so it has no range of dates."""


USAGE = Kind(
    "usage",
    ("Calling Detailed Usage", "Calling Detailed Usage Report", "Calling Usage", "Calling Usage Reports"),
    (
        "Customer Name",
        "Org ID",
        "Location",
        "Total Calls",
        "Total Call Legs",
        "Total Poor Quality Call Legs",
        "Call Minutes",
        "Call Minutes - Video",
        "Call Legs - Audio",
        "Call Legs - Video",
        "Call Legs - Desk Phone",
        "Call Legs - Room Device",
        "Call Legs - Other Devices",
        "Calls - Hunt Group Calls",
        "Calls - Auto Attendant Calls",
        "Call Queue - Total Calls",
        "Call Queue - Timed Out Calls",
        "Call Queue - Overflowed Calls",
        "Call Queue - Transferred Calls",
        "Call Queue - Abandoned Calls",
    ),
    org_id="Org ID",
    customer="Customer Name",
    inventory=False,
)
DEVICES = Kind(
    "devices",
    ("Devices", "Devices Report", "Device Report"),
    (
        "External ID",
        "Customer",
        "Customer Org ID",
        "Location ID",
        "Location Name",
        "Product",
        "MAC",
        "Firmware",
        "Phone Number",
        "Extension",
        "User ID",
        "User UUID",
    ),
    org_id="Customer Org ID",
    customer="Customer",
    inventory=True,
)
NUMBERS = Kind(
    "numbers",
    ("Phone Numbers", "Phone Numbers Report", "Phone Number Report"),
    (
        "External ID",
        "Customer",
        "Customer Org ID",
        "Location ID",
        "Location Name",
        "Country",
        "Phone Number",
        "Extension",
        "PSTN Connection",
        "Active",
        "User Type",
        "Number Type",
        "User ID",
        "User UUID",
    ),
    org_id="Customer Org ID",
    customer="Customer",
    inventory=True,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (USAGE, DEVICES, NUMBERS)}
