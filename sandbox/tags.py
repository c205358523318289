"""/v1/partner/tags: words on customers and on subscriptions (admin API reference; WEBEX.md §13)."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.errors import BadRequest, NotFound
from sandbox.ids import Kind, bare, webex_id
from sandbox.partner import Customer, Partner, Subscription, Tag
from sandbox.resources import Json
from sandbox.rest import Page, answer, json_body
from sandbox.world import World

TAG_LIMIT = 5
TAG_LENGTH = 25


class Tags:
    """Answers are bare arrays, not `{items}`; assigning replaces all tags."""

    def __init__(self, world: World, partner: Partner, access: Access) -> None:
        self._world = world
        self._partner = partner
        self._access = access

    def routes(self) -> list[Route]:
        """What is served here."""
        organization = "/v1/partner/tags/organizations/{org}"
        subscription = f"{organization}/subscriptions/{{subscription}}"
        return [
            Route("/v1/partner/tags", self.list_tags),
            Route("/v1/partner/tags/organizations", self.find_organizations),
            Route("/v1/partner/tags/subscriptions", self.find_subscriptions),
            Route(organization, self.get_organization),
            Route(f"{organization}/assignTags", self.assign_to_organization, methods=["POST"]),
            Route(subscription, self.get_subscription),
            Route(f"{subscription}/assignTags", self.assign_to_subscription, methods=["POST"]),
        ]

    async def list_tags(self, request: Request) -> Response:
        """Every tag in use on organizations or on subscriptions; one lasts as long as somebody has it."""
        self._access.administrator(request)
        owners: Iterable[Customer | Subscription]
        match request.query_params.get("type", "ORGANIZATION"):
            case "ORGANIZATION":
                owners = self._partner.customers
            case "SUBSCRIPTION":
                owners = self._partner.subscriptions
            case _:
                raise BadRequest("type must be ORGANIZATION or SUBSCRIPTION.")
        return answer(_shown({tag.name: tag for owner in owners for tag in owner.tags}.values()))

    async def find_organizations(self, request: Request) -> Response:
        """The customers with any of the tags."""
        page, wanted = self._search(request)
        found = page.oldest_first(self._partner.customers, _sequence, lambda customer: _has_any(customer.tags, wanted))
        return page.answer([_of_customer(customer) for customer in found])

    async def find_subscriptions(self, request: Request) -> Response:
        """The subscriptions with any of the tags."""
        page, wanted = self._search(request)
        found = page.oldest_first(
            self._partner.subscriptions,
            _sequence,
            lambda subscription: not subscription.deleted and _has_any(subscription.tags, wanted),
        )
        return page.answer([_of_subscription(subscription) for subscription in found])

    async def get_organization(self, request: Request) -> Response:
        """The tags of a customer."""
        return answer(_of_customer(self._customer(request)))

    async def assign_to_organization(self, request: Request) -> Response:
        """Replace the tags of a customer."""
        customer = self._customer(request)
        customer.tags = _read(await json_body(request))
        return answer(_shown(customer.tags))

    async def get_subscription(self, request: Request) -> Response:
        """The tags of a subscription."""
        return answer(_of_subscription(self._subscription(request)))

    async def assign_to_subscription(self, request: Request) -> Response:
        """Replace the tags of a subscription."""
        subscription = self._subscription(request)
        subscription.tags = _read(await json_body(request))
        return answer(_shown(subscription.tags))

    def _search(self, request: Request) -> tuple[Page, set[str]]:
        self._access.administrator(request)
        wanted = {name for name in request.query_params.get("tags", "").split(",") if name}
        if not wanted:
            raise BadRequest("tags is required.")
        return Page(request, self._world.url, default=100, most=100), wanted

    def _customer(self, request: Request) -> Customer:
        self._access.administrator(request)
        return self._partner.customer(bare(request.path_params["org"]))

    def _subscription(self, request: Request) -> Subscription:
        customer = self._customer(request)
        subscription = self._partner.subscription(request.path_params["subscription"])
        if subscription.customer is not customer:
            raise NotFound("Subscription not found.")
        return subscription


def _sequence(owner: Customer | Subscription) -> int:
    return owner.sequence


def _has_any(tags: list[Tag], wanted: set[str]) -> bool:
    return any(tag.name in wanted for tag in tags)


def _read(body: Json) -> list[Tag]:
    given = body.get("tags")
    if not isinstance(given, list):
        raise BadRequest("tags must be an array.")
    tags: dict[str, Tag] = {}
    for entry in given:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not 0 < len(name) <= TAG_LENGTH:
            raise BadRequest(f"The name of a tag has 1 to {TAG_LENGTH} characters.")
        tags[name] = Tag(name, str(entry.get("description") or ""))
    if len(tags) > TAG_LIMIT:
        raise BadRequest(f"At most {TAG_LIMIT} tags can be assigned.")
    return list(tags.values())


def _shown(tags: Iterable[Tag]) -> list[Json]:
    return [{"name": tag.name, "description": tag.description} for tag in tags]


def _of_customer(customer: Customer) -> Json:
    return {
        "orgName": customer.name,
        "orgId": webex_id(Kind.ORGANIZATION, customer.uuid),
        "tags": [tag.name for tag in customer.tags],
    }


def _of_subscription(subscription: Subscription) -> Json:
    return _of_customer(subscription.customer) | {
        "tags": [tag.name for tag in subscription.tags],
        "subscriptionId": subscription.id,
        "trial": str(subscription.is_trial).lower(),
    }
