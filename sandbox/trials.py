"""Starting, changing and cancelling trials, as the feed offers it (FORMATS.md §4)."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import available_timezones

from sandbox.clock import Clock
from sandbox.errors import BadRequest, Conflict, Unreadable
from sandbox.partner import Counts, Customer, Line, ManagedBy, Partner, Subscription, SubscriptionType
from sandbox.regions import region_of
from sandbox.resources import Json
from sandbox.rest import only_known
from sandbox.synthetic import subscription_id

DURATIONS = (30, 60, 90)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
# Numbers of trials started here lie above those of the synthetic ones.
_FIRST_NUMBER = 10_000_000


class Trials:
    """What can be done to trials; a started one belongs to the customer of that name, or to a new one."""

    def __init__(self, partner: Partner, clock: Clock, seed: int) -> None:
        self._partner = partner
        self._clock = clock
        self._seed = seed
        self._started: dict[str, tuple[str, Subscription]] = {}

    def start(self, request: Json, key: str) -> Subscription:
        """Start a trial. The same key with the same request gives the trial it started the first time.

        BadRequest without a key or with a key of another request, Unreadable for bad fields, Conflict when the
        company has a trial already.
        """
        if not key:
            raise BadRequest("An Idempotency-Key header is required.")
        fingerprint = json.dumps(request, sort_keys=True)
        if key in self._started:
            known, trial = self._started[key]
            if known != fingerprint:
                raise BadRequest("The Idempotency-Key was used for another request.")
            return trial
        problems = _problems(request)
        if problems:
            raise Unreadable(problems)
        trial = self._start(request)
        self._started[key] = (fingerprint, trial)
        return trial

    def _start(self, request: Json) -> Subscription:
        today, now = self._clock.today(), self._clock.now()
        customer = self._customer_named(request["company"]) or self._new_customer(request)
        if any(one.is_trial and one.is_active(today) for one in customer.subscriptions):
            raise Conflict(f"{customer.name} has a trial already.")
        number = len(self._partner.subscriptions) + 1
        return self._partner.add_subscription(
            Subscription(
                id=subscription_id(SubscriptionType.TRIAL, self._seed, _FIRST_NUMBER + number),
                sequence=self._partner.subscriptions[-1].sequence + 1 if self._partner.subscriptions else 1,
                customer=customer,
                type=SubscriptionType.TRIAL,
                updated=now,
                start=today,
                end=today + timedelta(days=request["days"]),
                lines=[_line(product, today) for product in request["products"]],
            )
        )

    def _customer_named(self, company: str) -> Customer | None:
        name = company.strip().casefold()
        return next((one for one in self._partner.customers if one.name.casefold() == name), None)

    def _new_customer(self, request: Json) -> Customer:
        now = self._clock.now()
        return self._partner.add_customer(
            Customer(
                uuid=str(uuid4()),
                sequence=len(self._partner.customers) + 1,
                name=request["company"].strip(),
                created=now.date(),
                updated=now,
                region=region_of(request["country"]),
                country=request["country"],
                managed_by=ManagedBy.PARTNER,
            )
        )

    def change(self, trial: Subscription, request: Json) -> None:
        """A new end, other products, or both."""
        only_known(request, ["end_date", "products"])
        today = self._clock.today()
        problems = {}
        if "end_date" in request and (end := _date(request["end_date"])) is None:
            problems["end_date"] = "must be an ISO date"
        elif "end_date" in request and end and end < today:
            problems["end_date"] = "must not lie in the past"
        if "products" in request and (problem := _products_problem(request["products"])):
            problems["products"] = problem
        if problems or not request:
            raise Unreadable(problems or {"end_date": "end_date or products is required"})
        if "end_date" in request:
            trial.end = _date(request["end_date"])
        if "products" in request:
            trial.lines = [self._changed_line(trial, product) for product in request["products"]]
        trial.updated = self._clock.now()

    def _changed_line(self, trial: Subscription, product: Json) -> Line:
        today = self._clock.today()
        line = trial.line(product["product"])
        if line is None:
            return _line(product, today)
        line.tell(today, replace(line.on(today), total=product["total"]))
        return line

    def cancel(self, trial: Subscription) -> None:
        """End a trial for good."""
        trial.deleted = True
        trial.updated = self._clock.now()


def _line(product: Json, today: date) -> Line:
    total = product["total"]
    return Line(product["product"], [(today, Counts(total, 0, 0, 0))], max(total // 10, 1), max(total // 15, 1))


def _problems(request: Json) -> dict[str, str]:
    """What is wrong with a request for a trial, by field."""
    checks = {
        "company": (_is_text(request.get("company")), "is required"),
        "admin_email": (_matches(_EMAIL, request.get("admin_email")), "must be an e-mail address"),
        "vertical": (_is_text(request.get("vertical")), "is required"),
        "country": (_matches(_COUNTRY, request.get("country")), "must be an ISO 3166 code of two letters"),
        "days": (request.get("days") in DURATIONS, "must be 30, 60 or 90"),
        "notify_admin": (isinstance(request.get("notify_admin", False), bool), "must be true or false"),
    }
    problems = {name: reason for name, (fine, reason) in checks.items() if not fine}
    if problem := _products_problem(request.get("products")):
        problems["products"] = problem
    elif any(product["product"] == "Meetings" for product in request["products"]):
        if not _is_text(request.get("site_url")):
            problems["site_url"] = "is required with Meetings"
        if request.get("time_zone") not in available_timezones():
            problems["time_zone"] = "must be a time zone such as Europe/Madrid"
    return problems


def _products_problem(products: object) -> str | None:
    if not isinstance(products, list) or not products:
        return "must hold at least one product"
    names = [product.get("product") if isinstance(product, dict) else None for product in products]
    if not all(map(_is_text, names)) or len(set(names)) < len(names):
        return "must name each product once"
    if not all(type(product.get("total")) is int and product["total"] > 0 for product in products):
        return "must give each product a total above 0"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
