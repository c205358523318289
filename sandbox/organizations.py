"""/v1/organizations, /v1/licenses and partner administrators (admin API reference; WEBEX.md §13)."""

from base64 import b64encode
from datetime import UTC, datetime, time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.clock import stamp
from sandbox.errors import BadRequest, NotFound
from sandbox.ids import Kind, bare, webex_id
from sandbox.licenses import find_holding, holdings
from sandbox.model import PartnerRole, Person
from sandbox.partner import Customer, Partner
from sandbox.resources import Json
from sandbox.rest import answer, link_to_next, no_content, whole_number
from sandbox.roles import INTERNAL_NAME
from sandbox.staff import Employee
from sandbox.world import World

USERS_AT_ONCE = 300
"""The largest page of a licence's users (GET /licenses/{licenseId})."""


class Organizations:
    """The partner's customers as Webex shows them. Administrators' tokens only."""

    def __init__(self, world: World, partner: Partner, access: Access) -> None:
        self._world = world
        self._partner = partner
        self._access = access

    def routes(self) -> list[Route]:
        """What is served here."""
        admin = "/v1/partner/organizations/{org}/partnerAdmin/{person}"
        return [
            Route("/v1/organizations", self.list_organizations),
            Route("/v1/organizations/{org}", self.get_organization),
            Route("/v1/licenses", self.list_licenses),
            Route("/v1/licenses/{license:path}", self.get_license),
            Route("/v1/partner/organizations", self.managed_by),
            Route("/v1/partner/organizations/partnerAdmin/{person}", self.revoke, methods=["DELETE"]),
            Route("/v1/partner/organizations/{org}/partnerAdmins", self.list_admins),
            Route(f"{admin}/assign", self.assign, methods=["POST"]),
            Route(f"{admin}/unassign", self.unassign, methods=["DELETE"]),
        ]

    async def list_organizations(self, request: Request) -> Response:
        """Every customer; never paged."""
        self._access.administrator(request)
        return answer({"items": [_organization(customer) for customer in self._partner.customers]})

    async def get_organization(self, request: Request) -> Response:
        """One customer."""
        return answer(_organization(self._customer(request)))

    async def list_licenses(self, request: Request) -> Response:
        """The licences of `orgId`; the partner's own organization has none here."""
        customer = self._access.managed(request, self._partner)
        today = self._world.clock.today()
        return answer({"items": [holding.shown for holding in holdings(customer, today)] if customer else []})

    async def get_license(self, request: Request) -> Response:
        """One licence; with `includeAssignedTo=user` who has it, `limit` people a page."""
        self._access.administrator(request)
        params, license_id = request.query_params, bare(request.path_params["license"])
        today = self._world.clock.today()
        holding = find_holding(self._partner.customer(license_id.partition(":")[0]), license_id, today)
        if holding is None:
            raise NotFound("License not found.")
        if "includeAssignedTo" not in params:
            return answer(holding.shown)
        if params["includeAssignedTo"] != "user":
            raise BadRequest("includeAssignedTo must be user.")
        limit = whole_number(params, "limit", USERS_AT_ONCE, 1, USERS_AT_ONCE)
        start = whole_number(params, "next", 0, 0, 2**31)
        positions = holding.positions[start : start + limit]
        users = [_license_user(Employee(holding.customer, position)) for position in positions]
        response = answer(holding.shown | {"users": users})
        if start + limit < len(holding.positions):
            link_to_next(response, request, self._world.url, next=start + limit)
        return response

    async def managed_by(self, request: Request) -> Response:
        """The customers assigned to a partner administrator."""
        self._access.administrator(request)
        person = self._partner_admin(request.query_params.get("managedBy", ""))
        role = b64encode(INTERNAL_NAME[PartnerRole.ADMIN].encode()).decode()
        orgs = [customer.uuid for customer in self._partner.customers if person.uuid in customer.admins]
        return answer({"items": [{"orgId": webex_id(Kind.ORGANIZATION, org), "role": role} for org in orgs]})

    async def list_admins(self, request: Request) -> Response:
        """The partner administrators assigned to a customer."""
        customer = self._customer(request)
        people = [self._world.people[uuid] for uuid in sorted(customer.admins)]
        return answer({"items": [_admin(person) for person in people]})

    async def assign(self, request: Request) -> Response:
        """Give a customer to a partner administrator; doing it twice is fine."""
        customer = self._customer(request)
        customer.admins.add(self._partner_admin(request.path_params["person"]).uuid)
        return answer({})

    async def unassign(self, request: Request) -> Response:
        """Take a customer from a partner administrator, whose role stays."""
        customer = self._customer(request)
        customer.admins.discard(self._partner_admin(request.path_params["person"]).uuid)
        return answer({})

    async def revoke(self, request: Request) -> Response:
        """Take all partner roles, and so all customers, from a person."""
        self._access.administrator(request)
        person = self._access.person(request.path_params["person"])
        person.roles.clear()
        self._partner.unassign_all(person.uuid)
        return no_content()

    def _customer(self, request: Request) -> Customer:
        self._access.administrator(request)
        return self._partner.customer(bare(request.path_params["org"]))

    def _partner_admin(self, person_id: str) -> Person:
        person = self._access.person(person_id)
        if PartnerRole.FULL_ADMIN in person.roles or PartnerRole.READONLY_ADMIN in person.roles:
            raise BadRequest("The user already has access to all customers managed by their partner organization.")
        if PartnerRole.ADMIN not in person.roles:
            raise BadRequest("The user does not have the Partner Administrator role.")
        return person


def _organization(customer: Customer) -> Json:
    return {
        "id": webex_id(Kind.ORGANIZATION, customer.uuid),
        "displayName": customer.name,
        "created": stamp(datetime.combine(customer.created, time(), UTC)),
    }


def _license_user(employee: Employee) -> Json:
    return {
        "id": webex_id(Kind.PEOPLE, employee.uuid),
        "type": "INTERNAL",
        "displayName": employee.display_name,
        "email": employee.email,
    }


def _admin(person: Person) -> Json:
    first, _, last = person.display_name.partition(" ")
    return {
        "id": webex_id(Kind.PEOPLE, person.uuid),
        "displayName": person.display_name,
        "firstName": first,
        "lastName": last,
        "emails": [person.email],
        "roleInCustomerOrg": "id_full_admin",
    }
