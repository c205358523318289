"""The tables of the three partner reports (PRODUCT.md §5): their columns, and a row for everything they are about."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.calling import WEEK, Calling, sunday_of
from sandbox.partner import Customer
from sandbox.sites import Device, Number, OwnerType, devices, locations, numbers
from sandbox.usage import Usage

Row = tuple[object, ...]

USAGE_COLUMNS = (
    "Customer Name", "Org ID", "Location", "Total Calls", "Total Call Legs", "Total Poor Quality Call Legs",
    "Call Minutes", "Call Minutes - Video", "Call Legs - Audio", "Call Legs - Video", "Call Legs - Desk Phone",
    "Call Legs - Room Device", "Call Legs - Other Devices", "Calls - Hunt Group Calls",
    "Calls - Auto Attendant Calls", "Call Queue - Total Calls", "Call Queue - Timed Out Calls",
    "Call Queue - Overflowed Calls", "Call Queue - Transferred Calls", "Call Queue - Abandoned Calls",
)  # fmt: skip
DEVICE_COLUMNS = (
    "External ID", "Customer", "Customer Org ID", "Location ID", "Location Name", "Product", "MAC", "Firmware",
    "Phone Number", "Extension", "User ID", "User UUID",
)  # fmt: skip
NUMBER_COLUMNS = (
    "External ID", "Customer", "Customer Org ID", "Location ID", "Location Name", "Country", "Phone Number",
    "Extension", "PSTN Connection", "Active", "User Type", "Number Type", "User ID", "User UUID",
)  # fmt: skip
PSTN = "Cisco Calling Plan"
_USER_TYPES = {
    OwnerType.PEOPLE: "People",
    OwnerType.AUTO_ATTENDANT: "Auto Attendant",
    OwnerType.CALL_QUEUE: "Call Queue",
    OwnerType.HUNT_GROUP: "Hunt Group",
}


@dataclass(frozen=True)
class Span:
    """From the first to the last day, both included."""

    first: date
    last: date


class Tables:
    """The tables of the synthetic partner."""

    def __init__(self, calling: Calling, seed: int) -> None:
        self._calling = calling
        self._seed = seed

    def usage(self, customers: Iterable[Customer], span: Span, today: date) -> Iterator[Row]:
        """What every location used in the span, as far as the days are over."""
        last = min(span.last, today - timedelta(days=1))
        for customer in customers:
            sites = locations(customer)
            first = sunday_of(span.first)
            starts = [first + WEEK * number for number in range((last - first).days // 7 + 1)]
            weeks = [week for start in starts if (week := self._calling.week(customer, start))]
            for site in sites if weeks else []:
                parts = (week.between(span.first, last, site.position, len(sites)) for week in weeks)
                yield (customer.name, customer.uuid, site.name, *_figures(sum(parts, Usage())))

    def devices(self, customers: Iterable[Customer], _span: Span, today: date) -> Iterator[Row]:
        """The devices there are today, whatever the span."""
        for customer in customers:
            for device in devices(customer, self._seed, today):
                yield _device(customer, device)

    def numbers(self, customers: Iterable[Customer], _span: Span, today: date) -> Iterator[Row]:
        """The numbers and extensions there are today, whatever the span."""
        for customer in customers:
            for number in numbers(customer, self._seed, today):
                yield _number(customer, number)


def csv_text(columns: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    """A CSV file in UTF-8 with a byte order mark, as Webex's reports have it (WEBEX.md §13)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _figures(usage: Usage) -> Row:
    return (
        usage.calls,
        usage.legs,
        usage.poor_legs,
        usage.minutes,
        usage.video_minutes,
        usage.legs - usage.video_legs,
        usage.video_legs,
        usage.desk_phone_legs,
        usage.room_device_legs,
        usage.other_legs,
        usage.hunt_group,
        usage.auto_attendant,
        usage.queue_calls,
        usage.timed_out,
        usage.overflowed,
        usage.transferred,
        usage.abandoned,
    )


def _place(customer: Customer, thing: Device | Number) -> Row:
    return (customer.external_id or "", customer.name, customer.uuid, thing.location.uuid, thing.location.name)


def _device(customer: Customer, device: Device) -> Row:
    number = device.number
    owner = number.owner if number else None
    return (
        *_place(customer, device),
        device.product,
        device.mac.replace(":", ""),
        device.firmware,
        number.phone_number if number else "",
        number.extension if number else "",
        owner.email if owner else "",
        owner.uuid if owner else "",
    )


def _number(customer: Customer, number: Number) -> Row:
    """PSTN Connection and Active are a number's, not an extension's; Number Type is that of an assigned number."""
    owner, is_number = number.owner, bool(number.phone_number)
    return (
        *_place(customer, number),
        customer.country or "US",
        number.phone_number,
        number.extension,
        PSTN if is_number else "",
        "Yes" if number.active else "No",
        _USER_TYPES[owner.type] if owner else "",
        ("Secondary" if number.secondary else "Primary") if owner and is_number else "",
        owner.email if owner else "",
        owner.uuid if owner else "",
    )
