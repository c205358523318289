"""Starting, extending, changing and cancelling trials through the port that does it: the feed's client.

Each is done once for each order, however often it is given: what an order did is kept as a `Deed`, written in the
transaction that brings the change into the database, notes it in the audit trail and tells whoever is to know.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from json import dumps
from typing import Any, Protocol

from sqlalchemy import and_, select
from sqlmodel import Session

from hub import days
from hub.audit import CUSTOMER, SUBSCRIPTION
from hub.bulk import delete_rows, upsert_rows
from hub.errors import NotFound, Unavailable
from hub.feed import read_subscription
from hub.http import Json
from hub.merging import merge
from hub.names import fold
from hub.readings import CustomerReading, Readings
from hub.scope import Scope
from hub.tables import customer, subscription, touched
from hub.trials.listing import Trial, state_of
from hub.trials.request import TrialRequest
from storage import Database
from storage.tables import Audit, Customer, Deed

EXTENSION_DAYS = 30
"""From today to the new end of an extended trial, as in Partner Hub."""
LONGEST: Mapping[str, int] = {"Devices": 120}
"""Days from start to end that a trial with a product may last at most, where there is a limit."""
ALL = "all"
"""Names the limit of every trial."""
STARTED, EXTENDED, CHANGED, CANCELLED = "trial start", "trial extend", "trial change", "trial cancel"
"""What the audit trail calls them."""


class Trials(Protocol):
    """The port through which trials are started and changed."""

    def start_trial(self, request: Json, key: str) -> Json:
        """Start a trial once for each key, and return its subscription record."""

    def change_trial(self, trial_id: str, change: Json, key: str) -> Json:
        """Give a trial another end or other products, and return its subscription record."""

    def cancel_trial(self, trial_id: str, key: str) -> None:
        """End a trial for good."""


class Refusal(StrEnum):
    """Why a trial cannot be extended."""

    SHORTENS = "shortens"
    """It ends on the new day already, or later."""
    TOO_LONG = "too_long"


class TrialRefused(Exception):
    """A change that cannot be; `end` is the end it would get, `most_days` and `product` the limit that forbids it."""

    def __init__(self, refusal: Refusal, end: date, most_days: int | None = None, product: str | None = None) -> None:
        super().__init__(f"{refusal}: {end}")
        self.refusal = refusal
        self.end = end
        self.most_days = most_days
        self.product = product


@dataclass(frozen=True)
class Order:
    """Who wants something done, when and where, and the identity of that wish: it is fulfilled once."""

    key: str
    who: str
    now: datetime
    room_id: str | None = None
    told: Callable[[Session], None] = lambda _session: None
    """Runs in the transaction of the change, once: what tells others of it."""


@dataclass(frozen=True)
class StartedTrial:
    """A trial that was started."""

    subscription_id: str
    org_id: str
    end_date: date | None


def start(database: Database, port: Trials, request: TrialRequest, order: Order) -> StartedTrial:
    """Start a trial and take it into the database at once, so that the next question knows it.

    Raises:
        Conflict: the company has a trial.
        Rejected: the port finds fields wrong.
        SourceError: it did not answer.
    """
    done = _done(database, order)
    if done is not None:
        return _started(done)
    asked = request.as_json()
    # Of a form that is sent again with other words, a port may hold its first key against it.
    key = f"{order.key}:{sha256(dumps(asked, sort_keys=True).encode()).hexdigest()[:16]}"
    told, readings = _read(port.start_trial(asked, key))
    target = f"{SUBSCRIPTION}{told.subscription_id}"
    end = told.end_date
    started = StartedTrial(told.subscription_id, told.org_id, end if isinstance(end, date) else None)
    outcome = {**asdict(started), "end_date": started.end_date.isoformat() if started.end_date else None}
    with database.write() as session:
        if not _note(session, order, STARTED, target, {}, asked, outcome):
            return _started(session.get_one(Deed, order.key).outcome)
        # What a form says of a customer that is known counts less than what its sources told.
        if session.get(Customer, told.org_id) is None:
            new = CustomerReading(told.org_id, request.company, country=request.country)
            readings = Readings([new], readings.subscriptions, readings.licences)
        merge(session, readings, order.now, order.now.date())
    return started


def was_done(database: Database, order: Order) -> bool:
    """Whether an order was carried out before."""
    return _done(database, order) is not None


def has_trial(session: Session, scope: Scope, company: str) -> bool:
    """Whether a customer of this name, of those that may be seen, has a trial that has not ended."""
    found = (
        select(subscription.c.subscription_id)
        .join_from(subscription, customer, customer.c.org_id == subscription.c.org_id)
        .where(
            and_(
                scope.customers(),
                customer.c.name_folded == fold(company),
                days.is_trial(),
                subscription.c.end_date >= scope.today,
            )
        )
        .limit(1)
    )
    return session.connection().execute(found).first() is not None


def extended_end(trial: Trial, today: date, longest: Mapping[str, int] = LONGEST) -> date:
    """Return the end that an extended trial gets: a number of days from today, as in Partner Hub.

    Raises:
        TrialRefused: that would not be later than its end now, or make it longer than it may be.
    """
    end = today + timedelta(days=EXTENSION_DAYS)
    if end <= trial.end_date:
        raise TrialRefused(Refusal.SHORTENS, end)
    limits = {name: most for name, most in longest.items() if name == ALL or name in trial.products}
    if trial.start_date and limits:
        product = min(limits, key=lambda name: limits[name])
        if (end - trial.start_date).days > limits[product]:
            raise TrialRefused(Refusal.TOO_LONG, end, limits[product], None if product == ALL else product)
    return end


def move_end(database: Database, port: Trials, trial: Trial, end: date, order: Order) -> bool:
    """Give a trial another end; False when this order was carried out before.

    Raises:
        Rejected: the port does not want that end.
        SourceError: it did not do it.
    """
    before, after = {"end_date": trial.end_date.isoformat()}, {"end_date": end.isoformat()}
    return _change(database, port, trial, EXTENDED, after, before, after, order)


def set_products(database: Database, port: Trials, trial: Trial, products: Mapping[str, int], order: Order) -> bool:
    """Give a trial exactly these licences, by product; False when this order was carried out before.

    Raises:
        Rejected: the port does not want these.
        SourceError: it did not do it.
    """
    before = state_of(trial, {"products": None})
    wanted = {"products": [{"product": product, "total": total} for product, total in products.items()]}
    return _change(database, port, trial, CHANGED, wanted, before, {"products": dict(products)}, order)


def cancel(database: Database, port: Trials, trial: Trial, order: Order) -> bool:
    """End a trial for good; False when this order was carried out before.

    Raises:
        SourceError: the port did not do it.
    """
    if _done(database, order) is not None:
        return False
    # One that is gone is what was wanted.
    with suppress(NotFound):
        port.cancel_trial(trial.subscription_id, order.key)
    before = {
        "trial": trial.subscription_id,
        "end_date": trial.end_date.isoformat(),
        "products": {each.product: each.total for each in trial.counts},
    }
    with database.write() as session:
        if not _note(session, order, CANCELLED, f"{CUSTOMER}{trial.org_id}", before, {}, {}):
            return False
        delete_rows(session, subscription.c.subscription_id, [trial.subscription_id])
        upsert_rows(session, touched, [{"org_id": trial.org_id}], replace=False)
    return True


def _change(
    database: Database,
    port: Trials,
    trial: Trial,
    what: str,
    wanted: Json,
    before: Json,
    after: Json,
    order: Order,
) -> bool:
    if _done(database, order) is not None:
        return False
    _, readings = _read(port.change_trial(trial.subscription_id, wanted, order.key))
    with database.write() as session:
        if not _note(session, order, what, f"{SUBSCRIPTION}{trial.subscription_id}", before, after, {}):
            return False
        merge(session, readings, order.now, order.now.date())
    return True


def _read(record: Json) -> tuple[Any, Readings]:
    try:
        told, licences = read_subscription(record)
    except ValueError as error:
        raise Unavailable("The feed", "the trial it tells of cannot be read") from error
    return told, Readings([], [told], licences)


def _done(database: Database, order: Order) -> dict[str, Any] | None:
    with database.read() as session:
        deed = session.get(Deed, order.key)
        return deed.outcome if deed else None


def _note(session: Session, order: Order, what: str, target: str, before: Json, after: Json, outcome: Json) -> bool:
    """Write down that an order is carried out, unless it was meanwhile."""
    if session.get(Deed, order.key) is not None:
        return False
    session.add(Deed(key=order.key, at=order.now, who=order.who, outcome=outcome))
    session.add(
        Audit(at=order.now, who=order.who, what=what, target=target, before=before, after=after, room_id=order.room_id)
    )
    order.told(session)
    return True


def _started(outcome: Mapping[str, Any]) -> StartedTrial:
    end = outcome["end_date"]
    return StartedTrial(outcome["subscription_id"], outcome["org_id"], date.fromisoformat(end) if end else None)
