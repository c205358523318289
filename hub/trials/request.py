"""What is asked for when a trial is to start, checked field by field."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self
from zoneinfo import available_timezones

from hub.errors import Rejected
from hub.http import Json

DURATIONS = (30, 60, 90)
"""Days a trial can be started for."""
MOST_LICENCES = 100_000
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_SITE = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")


class Problem(StrEnum):
    """What is wrong with a field."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    EMAIL = "email"
    COUNTRY = "country"
    DAYS = "days"
    COUNT = "count"
    NO_PRODUCT = "no_product"
    SITE = "site"
    ZONE = "zone"


@dataclass(frozen=True)
class TrialRequest:
    """A trial to be started; `products` are (name, licences)."""

    company: str
    admin_email: str
    vertical: str
    country: str
    """ISO 3166 alpha-2; it determines the region."""
    products: tuple[tuple[str, int], ...]
    days: int
    site_url: str | None
    time_zone: str | None
    notify_admin: bool

    @classmethod
    def read(
        cls,
        *,
        company: str,
        admin_email: str,
        vertical: str,
        country: str,
        products: Mapping[str, str],
        days: str,
        site_url: str,
        time_zone: str,
        notify_admin: bool,
    ) -> Self:
        """Read what was typed into a form; a product without a number, or with 0, is not wanted.

        Raises:
            Rejected: with a `Problem` for each wrong field; a product's field is `products.NAME`.
        """
        problems: dict[str, str] = {}
        company, admin_email = " ".join(company.split()), admin_email.strip()
        if not company:
            problems["company"] = Problem.REQUIRED
        elif len(company) > 256:
            problems["company"] = Problem.TOO_LONG
        if not _EMAIL.fullmatch(admin_email):
            problems["admin_email"] = Problem.EMAIL
        if not vertical.strip():
            problems["vertical"] = Problem.REQUIRED
        if not _COUNTRY.fullmatch(country.strip().upper()):
            problems["country"] = Problem.COUNTRY
        wanted = read_counts(products, problems)
        if days.strip() not in map(str, DURATIONS):
            problems["days"] = Problem.DAYS
        with_meetings = "Meetings" in wanted
        site, zone = site_url.strip().lower().removeprefix("https://").rstrip("/"), time_zone.strip()
        if with_meetings and not _SITE.fullmatch(site):
            problems["site_url"] = Problem.SITE
        if with_meetings and zone not in available_timezones():
            problems["time_zone"] = Problem.ZONE
        if problems:
            raise Rejected(problems)
        return cls(
            company,
            admin_email,
            vertical.strip(),
            country.strip().upper(),
            tuple(wanted.items()),
            int(days),
            site if with_meetings else None,
            zone if with_meetings else None,
            notify_admin,
        )

    def as_json(self) -> Json:
        """Return the body the feed takes."""
        return asdict(self) | {
            "products": [{"product": product, "total": total} for product, total in self.products],
        }


def read_counts(products: Mapping[str, str], problems: dict[str, str]) -> dict[str, int]:
    """Read how many licences of each product are wanted, adding to `problems` what is wrong: `products.NAME`."""
    wanted = {}
    for product, typed in products.items():
        number = typed.strip()
        if not number or number == "0":
            continue
        if not number.isdecimal() or int(number) > MOST_LICENCES:
            problems[f"products.{product}"] = Problem.COUNT
        else:
            wanted[product] = int(number)
    if not wanted and not any(field.startswith("products.") for field in problems):
        problems["products"] = Problem.NO_PRODUCT
    return wanted
