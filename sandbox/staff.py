"""The people of a customer: nobody is stored, everybody follows from the customer and a position."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from sandbox.licenses import WORKSPACE_PRODUCTS
from sandbox.names import FIRST_NAMES, LAST_NAMES
from sandbox.partner import Customer, Partner

_UUID = re.compile(r"([0-9a-f]{8})-5eed-4000-8000-([0-9a-f]{12})")
_EMAIL = re.compile(r"user(\d{1,9})@c(\d{1,9})\.example", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who works at a customer."""

    customer: Customer
    position: int

    @property
    def uuid(self) -> str:
        """It tells the customer and the position, so that somebody can be found without a list of all."""
        return f"{self.customer.sequence:08x}-5eed-4000-8000-{self.position:012x}"

    @property
    def first_name(self) -> str:
        """The given name."""
        return FIRST_NAMES[(self.position + 7 * self.customer.sequence) % len(FIRST_NAMES)]

    @property
    def last_name(self) -> str:
        """The family name."""
        return LAST_NAMES[
            (self.position // len(FIRST_NAMES) + 11 * self.position + self.customer.sequence) % len(LAST_NAMES)
        ]

    @property
    def display_name(self) -> str:
        """Both names."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """The address at the customer's domain; no two alike."""
        return f"user{self.position + 1}@c{self.customer.sequence}.example"


def headcount(customer: Customer, today: date, product: str | None = None) -> int:
    """How many people have a licence today, of one product or of the most widespread."""
    assigned: Counter[str] = Counter()
    for subscription in customer.subscriptions:
        if subscription.is_active(today):
            for line in subscription.lines:
                if product in (None, line.product) and line.product not in WORKSPACE_PRODUCTS:
                    assigned[line.product] += line.on(today).assigned or 0
    return max(assigned.values(), default=0)


def employees(customer: Customer, today: date) -> list[Employee]:
    """Everybody who has a licence today."""
    return [Employee(customer, position) for position in range(headcount(customer, today))]


def find_employee(partner: Partner, who: str, today: date) -> Employee | None:
    """Who has this UUID or e-mail, and a licence today."""
    if match := _UUID.fullmatch(who):
        sequence, position = int(match[1], 16), int(match[2], 16)
    elif match := _EMAIL.fullmatch(who):
        sequence, position = int(match[2]), int(match[1]) - 1
    else:
        return None
    if not (0 < sequence <= len(partner.customers) and position >= 0):
        return None
    customer = partner.customers[sequence - 1]
    return Employee(customer, position) if position < headcount(customer, today) else None
