"""/sandbox/customers and /sandbox/subscriptions: making something happen to a customer (FORMATS.md §3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import moment
from sandbox.errors import BadRequest
from sandbox.ids import Kind, bare, webex_id
from sandbox.partner import Customer, Invoice, ManagedBy, Partner, Setup, Subscription
from sandbox.records import customer_record, subscription_record
from sandbox.resources import Json
from sandbox.rest import Page, answer, json_body, only_known
from sandbox.world import World

COUNTS = ("total", "assigned", "used_7d", "used_3m")

Reader = Callable[[Any], Any]


class Changes:
    """Looking for customers and changing them."""

    def __init__(self, world: World, partner: Partner) -> None:
        self._world = world
        self._partner = partner

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/sandbox/customers", self.customers),
            Route("/sandbox/customers/{org}", self.change_customer, methods=["PATCH"]),
            Route("/sandbox/subscriptions/{subscription}", self.change_subscription, methods=["PATCH"]),
        ]

    async def customers(self, request: Request) -> Response:
        """Customers whose name or id holds `q`, with their subscriptions."""
        words = request.query_params.get("q", "").casefold()
        page = Page(request, self._world.url, default=50, most=1000)
        found = page.oldest_first(
            self._partner.customers,
            attrgetter("sequence"),
            lambda customer: words in customer.name.casefold() or words == customer.uuid,
        )
        return page.answer({"items": [self._shown(customer) for customer in found]})

    async def change_customer(self, request: Request) -> Response:
        """Change fields of a customer; null makes one unknown."""
        customer = self._partner.customer(bare(request.path_params["org"]))
        changes = _read(await json_body(request), CUSTOMER_FIELDS)
        for name, value in changes.items():
            setattr(customer, name, value)
        customer.updated = self._world.clock.now()
        return answer(self._shown(customer))

    async def change_subscription(self, request: Request) -> Response:
        """Change fields and counts of a subscription or trial."""
        subscription = self._partner.subscription(request.path_params["subscription"])
        body = await json_body(request)
        products = _read_products(subscription, body.pop("products", {}))
        changes = _read(body, SUBSCRIPTION_FIELDS)
        if subscription.is_trial and (changes.get("invoice") or changes.get("auto_renew")):
            raise BadRequest("A trial has no invoice and never renews.")
        today = self._world.clock.today()
        for name, value in changes.items():
            setattr(subscription, _ATTRIBUTES.get(name, name), value)
        for product, counts in products.items():
            line = subscription.line(product)
            if line:
                line.tell(today, replace(line.on(today), **counts))
        subscription.updated = self._world.clock.now()
        return answer(subscription_record(subscription, today))

    def _shown(self, customer: Customer) -> Json:
        today = self._world.clock.today()
        subscriptions = [subscription_record(one, today) for one in customer.subscriptions if not one.deleted]
        return customer_record(customer) | {
            "id": webex_id(Kind.ORGANIZATION, customer.uuid),
            "tags": [tag.name for tag in customer.tags],
            "subscription_ids": [subscription["subscription_id"] for subscription in subscriptions],
            "subscriptions": subscriptions,
        }


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("an ISO date") from None


def _time(value: Any) -> datetime:
    try:
        return moment(value)
    except (TypeError, ValueError):
        raise ValueError("an ISO date or time") from None


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a whole number from 0")
    return value


def _one_of(choices: type[Invoice | Setup | ManagedBy]) -> Reader:
    def read(value: Any) -> Invoice | Setup | ManagedBy:
        try:
            return choices(value)
        except ValueError:
            raise ValueError(" or ".join(choices)) from None

    return read


def _or_null(reader: Reader) -> Reader:
    return lambda value: None if value is None else reader(value)


CUSTOMER_FIELDS: dict[str, Reader] = {
    "name": _text,
    "region": _or_null(_text),
    "country": _or_null(_text),
    "managed_by": _or_null(_one_of(ManagedBy)),
    "created": _day,
    "last_admin_activity": _or_null(_time),
    "external_id": _or_null(_text),
}
SUBSCRIPTION_FIELDS: dict[str, Reader] = {
    "invoice": _or_null(_one_of(Invoice)),
    "setup": _one_of(Setup),
    "auto_renew": _flag,
    "start_date": _or_null(_day),
    "end_date": _or_null(_day),
}
_ATTRIBUTES = {"start_date": "start", "end_date": "end"}


def _read(body: Json, fields: dict[str, Reader]) -> dict[str, Any]:
    """The body's values, each read as its field demands; BadRequest names what is wrong."""
    only_known(body, fields)
    values = {}
    for name, value in body.items():
        try:
            values[name] = fields[name](value)
        except ValueError as error:
            raise BadRequest(f"{name} must be {error}.") from None
    return values


def _read_products(subscription: Subscription, products: Any) -> dict[str, dict[str, int | None]]:
    if not isinstance(products, dict):
        raise BadRequest("products must be an object of counts by product.")
    for product, counts in products.items():
        if subscription.line(product) is None:
            raise BadRequest(f"{subscription.id} has no product {product}.")
        if not isinstance(counts, dict):
            raise BadRequest(f"{product} must be an object of counts.")
    return {product: _read(counts, dict.fromkeys(COUNTS, _or_null(_count))) for product, counts in products.items()}
