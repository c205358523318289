"""Reading one cell of the customer CSV. Every function takes a cell that is not empty and raises `BadCell`."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache, partial
from importlib.resources import files

from hub import products, regions
from hub.importing.problems import BadCell, Reason
from hub.names import fold

LARGEST_COUNT = 2**31 - 1
"""What the database's integers hold."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WEBEX_ID = re.compile(rf"ciscospark://[^/]+/ORGANIZATION/({_UUID.pattern})", re.IGNORECASE)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASHED_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_TIME_OF_DAY = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?( ?Z|[+-][0-9]{2}(:?[0-9]{2})?)?")
_COUNT = re.compile(r"[0-9]+")
_SHORT_CODE = re.compile(r"\w{2,8}")
_PRODUCTS = {fold(name): name for name in products.KNOWN} | {fold(f"Webex {name}"): name for name in products.KNOWN}


def text(cell: str) -> str:
    """Any text, without the white space around it."""
    return cell.strip()


def name(cell: str) -> str:
    """A customer's name, exactly as it is given."""
    return cell


def uuid(cell: str) -> str:
    """An organization's UUID, or its Webex id (unpadded base64 of a ciscospark URI); returns the UUID in lower case."""
    given = cell.strip()
    if _UUID.fullmatch(given):
        return given.lower()
    try:
        uri = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise BadCell(Reason.UUID) from None
    match = _WEBEX_ID.fullmatch(uri)
    if not match:
        raise BadCell(Reason.UUID)
    return match[1].lower()


def region(cell: str) -> str:
    """A region's short code; known ones in any spelling, others as they are given."""
    code = regions.canonical(cell)
    if not _SHORT_CODE.fullmatch(code):
        raise BadCell(Reason.SHORT_CODE)
    return code


def country(cell: str) -> str:
    """An ISO 3166 alpha-2 code, returned in capitals."""
    code = cell.strip().upper()
    if code not in countries():
        raise BadCell(Reason.COUNTRY)
    return code


@cache
def countries() -> frozenset[str]:
    """Return the codes of ISO 3166, as the time zone database lists them."""
    table = (files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


def product(cell: str) -> str:
    """A product's name: known ones in any case, with or without "Webex"; others as they are given."""
    return _PRODUCTS.get(fold(cell), cell.strip())


def count(cell: str) -> int:
    """A whole number of at least 0."""
    given = cell.strip()
    if not _COUNT.fullmatch(given):
        raise BadCell(Reason.COUNT)
    if len(given) > 12 or int(given) > LARGEST_COUNT:
        raise BadCell(Reason.TOO_LARGE, limit=LARGEST_COUNT)
    return int(given)


def day(cell: str, *, dayfirst: bool) -> date:
    """2026-11-22, or 22/11/2026; 03/04/2026 only with `dayfirst`, for otherwise it would be a guess."""
    given = cell.strip()
    try:
        if match := _ISO_DATE.fullmatch(given):
            return date(*map(int, match.groups()))
        if match := _SLASHED_DATE.fullmatch(given):
            first, second, year = map(int, match.groups())
            if not dayfirst and first != second and first <= 12 and 1 <= second <= 12 and first:
                raise BadCell(
                    Reason.AMBIGUOUS_DATE,
                    day_first=date(year, second, first).isoformat(),
                    month_first=date(year, first, second).isoformat(),
                )
            return date(year, second, first)
    except ValueError:
        pass
    raise BadCell(Reason.DATE)


def moment(cell: str, *, dayfirst: bool) -> datetime:
    """A date (midnight, UTC), or a date and a time after "T" or a space; UTC unless it names an offset."""
    given = cell.strip()
    date_part, separator, time_part = given.replace("T", " ", 1).partition(" ")
    on = day(date_part, dayfirst=dayfirst)
    if not separator:
        return datetime.combine(on, time.min, UTC)
    if not _TIME_OF_DAY.fullmatch(time_part):
        raise BadCell(Reason.TIME)
    try:
        at = datetime.combine(on, time.fromisoformat(time_part.replace(" ", "").replace(",", ".")))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadCell(Reason.TIME) from None


def choice(cell: str, choices: Mapping[str, object], shown: str) -> object:
    """One of a few words, without case and accents."""
    found = choices.get(fold(cell))
    if found is None:
        raise BadCell(Reason.CHOICE, choices=shown)
    return found


def _one_of(shown: str, **more: object) -> Callable[[str], object]:
    words = {fold(word): word for word in shown.split(", ")}
    return partial(choice, choices={**words, **more}, shown=shown)


managed_by = _one_of("partner, external")
kind = _one_of("subscription, trial", suscripcion="subscription", prueba="trial")
invoice = _one_of("paid, unpaid")
setup = _one_of("complete, pending")
yes_or_no = partial(
    choice,
    choices={"yes": True, "true": True, "1": True, "si": True, "no": False, "false": False, "0": False},
    shown="yes, no",
)
