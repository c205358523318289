"""Where a customer calls from: locations, phone numbers and extensions, devices. All follow from the customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid5

from sandbox.calling import PRODUCT, habits
from sandbox.partner import Customer
from sandbox.staff import Employee, headcount

MOST_PEOPLE = 48
"""So many people of a customer have a number or an extension; without a bound the largest would have thousands."""
NUMBERS_OF_A_CUSTOMER = 64
LARGE = (50, 250, 1000)
"""Licences from which on a customer has one more location."""
PHONES = ("Cisco 9841", "Cisco 9861", "Cisco 8851", "Cisco 6861")
ROOMS = ("Cisco Room Bar", "Cisco Board Pro 55", "Cisco Desk Pro")
PHONE_FIRMWARE, ROOM_FIRMWARE = "PhoneOS 3.3.1.0001", "RoomOS 11.28.1.3 e0c6c8a1f2b"


class City(NamedTuple):
    """A city with coordinates in degrees."""

    name: str
    latitude: float
    longitude: float


class Country(NamedTuple):
    """Where numbers begin with `dial`."""

    dial: str
    time_zone: str
    language: str
    cities: tuple[City, ...]


_NOWHERE = Country(
    "1", "America/Chicago", "en_us", (City("Head Office", 41.88, -87.63), City("Branch", 39.74, -104.99))
)
COUNTRIES = {
    "US": Country("1", "America/Chicago", "en_us", (City("Denver", 39.74, -104.99), City("Austin", 30.27, -97.74))),
    "CA": Country("1", "America/Toronto", "en_ca", (City("Toronto", 43.65, -79.38), City("Ottawa", 45.42, -75.7))),
    "DE": Country("49", "Europe/Berlin", "de_de", (City("Berlin", 52.52, 13.4), City("München", 48.14, 11.58))),
    "FR": Country("33", "Europe/Paris", "fr_fr", (City("Lyon", 45.76, 4.84), City("Nantes", 47.22, -1.55))),
    "ES": Country("34", "Europe/Madrid", "es_es", (City("Málaga", 36.72, -4.42), City("Bilbao", 43.26, -2.93))),
    "IT": Country("39", "Europe/Rome", "it_it", (City("Torino", 45.07, 7.69), City("Bari", 41.12, 16.87))),
    "NL": Country("31", "Europe/Amsterdam", "nl_nl", (City("Utrecht", 52.09, 5.12), City("Delft", 52.01, 4.36))),
    "PL": Country("48", "Europe/Warsaw", "pl_pl", (City("Kraków", 50.06, 19.94), City("Łódź", 51.76, 19.46))),
    "SE": Country("46", "Europe/Stockholm", "sv_se", (City("Göteborg", 57.71, 11.97), City("Malmö", 55.6, 13.0))),
    "AE": Country("971", "Asia/Dubai", "en_us", (City("Dubai", 25.2, 55.27), City("Sharjah", 25.35, 55.42))),
}


class OwnerType(StrEnum):
    """What a number belongs to, as GET /telephony/config/numbers names it."""

    PEOPLE = "PEOPLE"
    AUTO_ATTENDANT = "AUTO_ATTENDANT"
    CALL_QUEUE = "CALL_QUEUE"
    HUNT_GROUP = "HUNT_GROUP"


@dataclass(frozen=True, slots=True)
class Location:
    """A site of a customer."""

    customer: Customer
    position: int

    @property
    def uuid(self) -> str:
        """Its name in ids."""
        return _uuid(self.customer, f"location/{self.position}")

    @property
    def country(self) -> Country:
        """Its country's habits; some that has none where the customer's country is unknown."""
        return COUNTRIES.get(self.customer.country or "", _NOWHERE)

    @property
    def city(self) -> City:
        """Where it lies."""
        return self.country.cities[self.position % len(self.country.cities)]

    @property
    def name(self) -> str:
        """The city, with a number where there is a second site in it."""
        round_of_cities = self.position // len(self.country.cities)
        return f"{self.city.name} {round_of_cities + 1}" if round_of_cities else self.city.name


@dataclass(frozen=True, slots=True)
class Owner:
    """A person, with a position in the staff, or a function that has a number."""

    type: OwnerType
    uuid: str
    first_name: str
    last_name: str
    email: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number or, without one, an extension. `secondary`: its owner has another one besides."""

    location: Location
    phone_number: str = ""
    extension: str = ""
    owner: Owner | None = None
    secondary: bool = False
    active: bool = True
    main: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A desk phone of a person, or a room device that belongs to a workspace."""

    location: Location
    uuid: str
    product: str
    mac: str
    name: str
    number: Number | None = None

    @property
    def is_phone(self) -> bool:
        """Whether somebody has it on the desk."""
        return self.number is not None

    @property
    def firmware(self) -> str:
        """What runs on it."""
        return PHONE_FIRMWARE if self.is_phone else ROOM_FIRMWARE


def locations(customer: Customer) -> list[Location]:
    """The sites of a customer that has or had Webex Calling; the more licences, the more sites."""
    totals = [
        line.anchors[0][1].total or 0
        for subscription in customer.subscriptions
        for line in subscription.lines
        if line.product == PRODUCT
    ]
    sites = 1 + sum(sum(totals) >= large for large in LARGE) if totals else 0
    return [Location(customer, position) for position in range(sites)]


def numbers(customer: Customer, seed: int, today: date) -> list[Number]:
    """Every number and extension, by location."""
    people = min(headcount(customer, today, PRODUCT), MOST_PEOPLE)
    if not people:
        return []
    sites, numbered = locations(customer), _Numbering(customer)
    found = []
    for site in sites:
        staff = [Employee(customer, position) for position in range(site.position, people, len(sites))]
        if site.position == 0:
            found += [
                Number(site, numbered.next(site), owner=owner, main=not place)
                for place, owner in enumerate(_functions(customer, seed))
            ]
        found += [number for employee in staff for number in _numbers_of(employee, site, numbered)]
        found += [Number(site, numbered.next(site), active=spare == 0) for spare in range(2)]
    return found


def devices(customer: Customer, seed: int, today: date) -> list[Device]:
    """Every desk phone and room device, by location; each third person has a phone."""
    found = [
        _device(number.location, f"phone/{number.owner.uuid}", PHONES, number)
        for number in numbers(customer, seed, today)
        if number.owner and number.owner.position is not None
        if number.owner.position % 3 == 0 and not number.secondary
    ]
    if found and habits(seed, customer.uuid).room_device:
        found += [_device(site, f"room/{site.position}", ROOMS, None) for site in locations(customer)]
    return found


class _Numbering:
    """Hands out numbers that no other customer has."""

    def __init__(self, customer: Customer) -> None:
        self._next = customer.sequence * NUMBERS_OF_A_CUSTOMER

    def next(self, site: Location) -> str:
        """The next one, in E.164."""
        self._next += 1
        return f"+{site.country.dial}555{self._next % 10**7:07d}"


def _functions(customer: Customer, seed: int) -> Iterator[Owner]:
    known = habits(seed, customer.uuid)
    for share, kind, name in (
        (known.auto_attendant, OwnerType.AUTO_ATTENDANT, "Reception"),
        (known.queue, OwnerType.CALL_QUEUE, "Service Desk"),
        (known.hunt_group, OwnerType.HUNT_GROUP, "Sales"),
    ):
        if share:
            yield Owner(kind, _uuid(customer, kind), name, "")


def _numbers_of(employee: Employee, site: Location, numbered: _Numbering) -> Iterator[Number]:
    """A number or, for every fourth, only an extension; some have a second number, a few do not use theirs."""
    position = employee.position
    owner = Owner(OwnerType.PEOPLE, employee.uuid, employee.first_name, employee.last_name, employee.email, position)
    if position % 4 == 3:
        yield Number(site, extension=str(1000 + position), owner=owner)
        return
    yield Number(site, numbered.next(site), owner=owner, active=position % 20 != 18)
    if position % 16 == 9:
        yield Number(site, numbered.next(site), owner=owner, secondary=True)


def _device(site: Location, key: str, products: tuple[str, ...], number: Number | None) -> Device:
    uuid = _uuid(site.customer, key)
    digest = sha256(uuid.encode()).digest()
    mac = "00:5E:5D:" + ":".join(f"{byte:02X}" for byte in digest[:3])
    product = products[digest[3] % len(products)]
    owner = number.owner if number else None
    name = f"{owner.first_name} {owner.last_name}" if owner else f"{site.name} meeting room"
    return Device(site, uuid, product, mac, name, number)


def _uuid(customer: Customer, key: str) -> str:
    return str(uuid5(UUID(customer.uuid), key))
