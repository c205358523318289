"""/v1/locations, /v1/telephony/config/numbers and /v1/devices of a customer (calling API reference)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.clock import stamp
from sandbox.errors import BadRequest, Forbidden
from sandbox.ids import Kind, bare, webex_id
from sandbox.partner import Partner
from sandbox.resources import Json
from sandbox.rest import Page, answer, one_of, whole_number
from sandbox.sites import Device, Location, Number, OwnerType, devices, locations, numbers
from sandbox.world import World

T = TypeVar("T")
Wanted = Callable[[T], bool]


class Inventory:
    """What belongs to Webex Calling. The partner's own organization has none of it."""

    def __init__(self, world: World, partner: Partner, access: Access) -> None:
        self._world = world
        self._partner = partner
        self._access = access

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/locations", self.list_locations),
            Route("/v1/telephony/config/numbers", self.list_numbers),
            Route("/v1/devices", self.list_devices),
        ]

    async def list_locations(self, request: Request) -> Response:
        """The locations of `orgId`, by part of the name or by id."""
        customer = self._access.managed(request, self._partner)
        name, wanted_id = request.query_params.get("name", "").casefold(), request.query_params.get("id")
        page = Page(request, self._world.url, default=500, most=1000)
        found = _cut(
            page,
            locations(customer) if customer else [],
            lambda site: name in site.name.casefold() and (wanted_id is None or bare(wanted_id) == site.uuid),
        )
        return page.answer({"items": [_location(site) for site in found]})

    async def list_numbers(self, request: Request) -> Response:
        """The numbers and extensions of `orgId`; `details` counts all of them, whatever the filters."""
        customer = self._access.managed(request, self._partner)
        params = request.query_params
        filters = _number_filters(params)
        page, start = Page(request, self._world.url, default=2000, most=2000), _start(params)
        owned = numbers(customer, self._world.seed, self._world.clock.today()) if customer else []
        matching = [number for number in owned if all(wanted(number) for wanted in filters)]
        shown: Json = {"phoneNumbers": [_number(number) for number in _cut(page, matching, skipped=start)]}
        if _flag(params, "details"):
            shown["count"] = _counts(owned)
        return page.answer(shown)

    async def list_devices(self, request: Request) -> Response:
        """The devices of `orgId`; without administrator scopes only the caller's own, of which there are none."""
        if not self._access.caller(request).is_administrator:
            if "orgId" in request.query_params:
                raise Forbidden("Only administrators may name an organization.")
            return answer({"items": []})
        customer = self._access.managed(request, self._partner)
        params = request.query_params
        page, start = Page(request, self._world.url, default=1000, most=1000), _start(params)
        owned = devices(customer, self._world.seed, self._world.clock.today()) if customer else []
        matching = [shown for device in owned if _matches(shown := _device(device), params)]
        return page.answer({"items": _cut(page, matching, skipped=start)})


def _start(params: QueryParams) -> int:
    return whole_number(params, "start", 0, 0, 2**31)


def _cut(page: Page, items: Sequence[T], wanted: Wanted[T] = lambda _: True, skipped: int = 0) -> list[T]:
    """The page of things that have no number of their own but their place."""
    numbered = list(enumerate(items, start=1))[skipped:]
    found = page.oldest_first(numbered, lambda entry: entry[0], lambda entry: wanted(entry[1]))
    return [item for _, item in found]


def _flag(params: QueryParams, name: str) -> bool | None:
    text = params.get(name)
    if text is None:
        return None
    if text not in ("true", "false"):
        raise BadRequest(f"{name} must be true or false.")
    return text == "true"


# fmt: off
_OWNER_TYPES = (
    *OwnerType, "PLACE", "PAGING_GROUP", "VOICE_MESSAGING", "BROADWORKS_ANYWHERE", "CONTACT_CENTER_LINK",
    "ROUTE_LIST", "VOICEMAIL_GROUP", "VIRTUAL_LINE",
)
# fmt: on
_NOBODYS = ("tollFreeNumbers", "restrictedNonGeoNumbers", "serviceNumber", "reservedNumber", "elinEnabled")
"""What no number here is."""


def _number_filters(params: QueryParams) -> list[Wanted[Number]]:
    """One function for each filter that is given; BadRequest for a value that is none of the documented."""
    available, assigned = _flag(params, "available"), _flag(params, "assigned")
    kind = one_of(params, "numberType", ("NUMBER", "EXTENSION"))
    if kind == "EXTENSION" and (available is not None or assigned is not None):
        raise BadRequest("numberType EXTENSION cannot be used along with available or assigned.")
    owner_type = one_of(params, "ownerType", _OWNER_TYPES)
    phone_type = one_of(params, "phoneNumberType", ("PRIMARY", "ALTERNATE", "FAX", "DNIS", "Default"))
    state = one_of(params, "state", ("ACTIVE", "INACTIVE", "Default"))
    unowned = [name for name in _NOBODYS if _flag(params, name)]
    owner_name, owner_id = params.get("ownerName", "").casefold(), bare(params.get("ownerId", ""))
    tests: dict[str, tuple[object, Wanted[Number]]] = {
        "available": (available is not None, lambda one: bool(one.phone_number and not one.owner) == available),
        "assigned": (assigned is not None, lambda one: bool(one.owner) == assigned),
        "numberType": (kind, lambda one: bool(one.phone_number) == (kind == "NUMBER")),
        "ownerType": (owner_type, lambda one: one.owner is not None and one.owner.type == owner_type),
        "phoneNumberType": (phone_type, lambda one: bool(one.phone_number) and _phone_type(one) == phone_type),
        "state": (state, lambda one: bool(one.phone_number) and _state(one) == state),
        "nobody's": (unowned, lambda _: False),
        "ownerName": (owner_name, lambda one: owner_name in _owner_name(one).casefold()),
        "ownerId": (owner_id, lambda one: one.owner is not None and one.owner.uuid == owner_id),
    }
    if "locationId" in params:
        site = bare(params["locationId"])
        tests["locationId"] = (True, lambda one: one.location.uuid == site)
    if "phoneNumber" in params:
        tests["phoneNumber"] = (True, lambda one: params["phoneNumber"] in one.phone_number)
    if "extension" in params:
        tests["extension"] = (True, lambda one: one.extension == params["extension"])
    return [test for given, test in tests.values() if given]


def _phone_type(number: Number) -> str:
    return "ALTERNATE" if number.secondary else "PRIMARY"


def _state(number: Number) -> str:
    return "ACTIVE" if number.active else "INACTIVE"


def _owner_name(number: Number) -> str:
    return f"{number.owner.first_name} {number.owner.last_name}" if number.owner else ""


def _number(number: Number) -> Json:
    site = number.location
    shown: Json = {"phoneNumber": number.phone_number} if number.phone_number else {"extension": number.extension}
    shown |= {
        "state": _state(number),
        "phoneNumberType": _phone_type(number),
        "mainNumber": number.main,
        "includedTelephonyTypes": "PSTN_NUMBER",
        "tollFreeNumber": False,
        "isServiceNumber": False,
        "location": {"id": webex_id(Kind.LOCATION, site.uuid), "name": site.name},
    }
    if owner := number.owner:
        kind = Kind.PEOPLE if owner.type is OwnerType.PEOPLE else Kind(owner.type)
        names = {"firstName": owner.first_name, "lastName": owner.last_name or "."}
        shown["owner"] = {"id": webex_id(kind, owner.uuid), "type": owner.type} | names
    return shown


def _counts(owned: list[Number]) -> Json:
    numbered = [one for one in owned if one.phone_number]
    return {
        "assigned": sum(one.owner is not None for one in numbered),
        "unAssigned": sum(one.owner is None for one in numbered),
        "inActive": sum(not one.active for one in numbered),
        "extensionOnly": len(owned) - len(numbered),
        "tollFreeNumbers": 0,
        "total": len(owned),
        "mobileNumber": 0,
        "serviceNumber": 0,
        "reservedNumber": 0,
        "elin": 0,
    }


def _location(site: Location) -> Json:
    """As the reference's example has it; its schema is another resource's (WEBEX.md §16)."""
    return {
        "id": webex_id(Kind.LOCATION, site.uuid),
        "name": site.name,
        "orgId": webex_id(Kind.ORGANIZATION, site.customer.uuid),
        "address": {
            "address1": f"{site.customer.sequence} Main Street",
            "city": site.city.name,
            "postalCode": f"{10_000 + site.customer.sequence % 90_000}",
            "country": site.customer.country or "US",
        },
        "timeZone": site.country.time_zone,
        "preferredLanguage": site.country.language,
        "latitude": f"{site.city.latitude:.6f}",
        "longitude": f"{site.city.longitude:.6f}",
    }


def _device(device: Device) -> Json:
    customer, number = device.location.customer, device.number
    digest = sha256(device.mac.encode()).hexdigest()
    created = stamp(datetime.combine(customer.created, time(9), UTC))
    address = f"{device.uuid[:8]}@c{customer.sequence}.rooms.example"
    owner = number.owner if number else None
    belongs = {"personId": webex_id(Kind.PEOPLE, owner.uuid)} if owner else {}
    return belongs | {
        "id": webex_id(Kind.DEVICE, device.uuid),
        "displayName": device.name,
        "placeId": webex_id(Kind.PLACE, device.uuid),
        "workspaceId": webex_id(Kind.PLACE, device.uuid),
        "orgId": webex_id(Kind.ORGANIZATION, customer.uuid),
        "capabilities": ["xapi"],
        "permissions": ["xapi:readonly"],
        "connectionStatus": "disconnected" if int(digest[:2], 16) % 10 == 0 else "connected",
        "product": device.product,
        "type": "phone" if device.is_phone else "roomdesk",
        "tags": [],
        "ip": f"10.{int(digest[:2], 16)}.{int(digest[2:4], 16)}.{int(digest[4:6], 16)}",
        "activeInterface": "wired",
        "mac": device.mac,
        "primarySipUrl": address,
        "sipUrls": [address],
        "serial": f"FOC{digest[:8].upper()}",
        "software": device.firmware,
        "upgradeChannel": "stable",
        "created": created,
        "locationId": webex_id(Kind.LOCATION, device.location.uuid),
        "workspaceLocationId": webex_id(Kind.LOCATION, device.location.uuid),
        "errorCodes": [],
        "firstSeen": created,
        "managedBy": "CISCO",
        "devicePlatform": "cisco",
        "plannedMaintenance": "off",
    }


_BY_ID = ("personId", "workspaceId", "locationId", "workspaceLocationId")
_BY_VALUE = (
    *("displayName", "connectionStatus", "product", "type", "serial", "software", "upgradeChannel", "mac"),
    "devicePlatform",
)
_BY_MEMBER = {"tag": "tags", "errorCode": "errorCodes", "capability": "capabilities", "permission": "permissions"}


def _matches(shown: Json, params: QueryParams) -> bool:
    """Whether a device is as every filter wants it."""
    if any(name in params and bare(params[name]) != bare(shown.get(name, "")) for name in _BY_ID):
        return False
    if any(name in params and params[name].casefold() != shown[name].casefold() for name in _BY_VALUE):
        return False
    if params.get("plannedMaintenance", "off") != "off":
        return False
    wanted = {name: set(params[name].split(",")) for name in _BY_MEMBER if name in params}
    return all(values <= set(shown[_BY_MEMBER[name]]) for name, values in wanted.items())
