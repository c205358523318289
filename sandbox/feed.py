"""/partnerhub/v1: what a partner's own systems know and Webex does not tell (FORMATS.md §4)."""

from collections.abc import Callable
from datetime import date, timedelta
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.calling import WEEK, Calling, had_calling, sunday_of
from sandbox.clock import moment
from sandbox.errors import BadRequest, NotFound, Unauthorized
from sandbox.faults import Limits, Per
from sandbox.partner import Customer, Partner, Subscription
from sandbox.records import calling_record, customer_record, subscription_record
from sandbox.resources import Json
from sandbox.rest import Page, answer, bearer_token, json_body, no_content, query_day
from sandbox.trials import Trials
from sandbox.world import World

WEEKS = 13
SUNDAY = 7


class Feed:
    """The feed. It accepts its own token and the administrator's."""

    def __init__(self, world: World, partner: Partner, calling: Calling, limits: Limits, token: str) -> None:
        self._world = world
        self._partner = partner
        self._calling = calling
        self._limits = limits
        self._token = token
        self._trials = Trials(partner, world.clock, world.seed)
        self._first_day = world.clock.today()

    def routes(self) -> list[Route]:
        """What is served here."""
        root = "/partnerhub/v1"
        return [
            Route(f"{root}/customers", self.customers),
            Route(f"{root}/subscriptions", self.subscriptions),
            Route(f"{root}/history", self.history),
            Route(f"{root}/calling/weeks", self.calling_weeks),
            Route(f"{root}/trials", self.start_trial, methods=["POST"]),
            Route(f"{root}/trials/{{trial}}", self.change_trial, methods=["PATCH"]),
            Route(f"{root}/trials/{{trial}}", self.cancel_trial, methods=["DELETE"]),
        ]

    async def customers(self, request: Request) -> Response:
        """Customers, all or those updated since."""
        page, updated_since = self._page(request), _updated_since(request)
        found = page.oldest_first(self._partner.customers, attrgetter("sequence"), updated_since)
        return page.answer({"items": [customer_record(customer) for customer in found]})

    async def subscriptions(self, request: Request) -> Response:
        """Subscriptions and trials, all or those updated since; of what is gone only the latter tell."""
        page, updated_since = self._page(request), _updated_since(request)
        incremental = "updated_since" in request.query_params
        found = page.oldest_first(
            self._partner.subscriptions,
            attrgetter("sequence"),
            lambda subscription: updated_since(subscription) and (incremental or not subscription.deleted),
        )
        return page.answer({"items": [self._record(subscription) for subscription in found]})

    async def history(self, request: Request) -> Response:
        """One row a week, product and subscription; `max` counts subscriptions. Default: the last 13 weeks."""
        page, today = self._page(request), self._world.clock.today()
        first = query_day(request, "from", today - timedelta(weeks=WEEKS))
        last = min(query_day(request, "to", today), today)
        # Every week's reading is taken on the weekday on which the sandbox began.
        first += timedelta(days=(self._first_day - first).days % 7)
        days = [first + timedelta(days=days) for days in range(0, (last - first).days + 1, 7)]
        found = page.oldest_first(
            self._partner.subscriptions, attrgetter("sequence"), lambda subscription: not subscription.deleted
        )
        return page.answer({"items": [row for subscription in found for row in _history(subscription, days)]})

    async def calling_weeks(self, request: Request) -> Response:
        """The Calling week that begins on `week`, a Sunday, by customer; default: the last complete one.

        A week that is not over has no records yet, as Partner Hub's data come on Sundays.
        """
        page, this_sunday = self._page(request), sunday_of(self._world.clock.today())
        start = query_day(request, "week", this_sunday - WEEK)
        if start.isoweekday() != SUNDAY:
            raise BadRequest("week must be a Sunday.")
        if start >= this_sunday:
            return answer({"items": []})
        found = page.oldest_first(
            self._partner.customers, attrgetter("sequence"), lambda customer: had_calling(customer, start)
        )
        weeks = [self._calling.week(customer, start) for customer in found]
        return page.answer({"items": [calling_record(week) for week in weeks if week]})

    async def start_trial(self, request: Request) -> Response:
        """Start a trial, once for each Idempotency-Key."""
        self._authorise(request)
        key = request.headers.get("idempotency-key", "")
        return answer(self._record(self._trials.start(await json_body(request), key)), 201)

    async def change_trial(self, request: Request) -> Response:
        """Move a trial's end, or change its products."""
        trial = self._trial(request)
        self._trials.change(trial, await json_body(request))
        return answer(self._record(trial))

    async def cancel_trial(self, request: Request) -> Response:
        """End a trial for good."""
        self._trials.cancel(self._trial(request))
        return no_content()

    def _authorise(self, request: Request) -> None:
        token = bearer_token(request)
        if token != self._token and not self._world.person_of_token(token).is_administrator:
            raise Unauthorized
        self._limits.take(Per.TOKEN, token)

    def _page(self, request: Request) -> Page:
        self._authorise(request)
        return Page(request, self._world.url, default=200, most=1000)

    def _trial(self, request: Request) -> Subscription:
        self._authorise(request)
        trial = self._partner.subscription(request.path_params["trial"])
        if not trial.is_trial:
            raise NotFound("Trial not found.")
        return trial

    def _record(self, subscription: Subscription) -> Json:
        return subscription_record(subscription, self._world.clock.today())


def _updated_since(request: Request) -> Callable[[Customer | Subscription], bool]:
    text = request.query_params.get("updated_since")
    if not text:
        return lambda _: True
    try:
        since = moment(text)
    except ValueError:
        raise BadRequest("updated_since must be an ISO 8601 time.") from None
    return lambda record: record.updated >= since


def _history(subscription: Subscription, days: list[date]) -> list[Json]:
    start = subscription.start or date.min
    return [
        {
            "day": day.isoformat(),
            "subscription_id": subscription.id,
            "product": line.product,
            "total": counts.total,
            "assigned": counts.assigned,
            "used_7d": counts.used_7d,
        }
        for line in subscription.lines
        for day in days
        if start <= day and (subscription.end is None or day <= subscription.end)
        for counts in [line.on(day)]
    ]
