"""/v1/people and /v1/roles (WEBEX.md §12; messaging and admin API references)."""

from datetime import UTC, datetime, time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.errors import BadRequest, Forbidden, NotFound
from sandbox.ids import Kind, bare, webex_id
from sandbox.licenses import holdings
from sandbox.model import PartnerRole, Person, PersonKind
from sandbox.partner import Partner
from sandbox.resources import Json, person_json
from sandbox.rest import Page, answer, json_body
from sandbox.roles import INTERNAL_NAME, NAMES, PARTNER_ROLE
from sandbox.staff import Employee, employees, find_employee
from sandbox.world import World

MOST_IDS = 85
"""How many ids GET /people takes."""


class People:
    """Who there is: the sandbox's own people, and for administrators the people of the customers."""

    def __init__(self, world: World, partner: Partner, access: Access) -> None:
        self._world = world
        self._partner = partner
        self._access = access

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/people/me", self.me),
            Route("/v1/people", self.list_people),
            Route("/v1/people/{person}", self.get_person),
            Route("/v1/people/{person}", self.change_person, methods=["PUT"]),
            Route("/v1/roles", self.list_roles),
            Route("/v1/roles/{role:path}", self.get_role),
        ]

    async def me(self, request: Request) -> Response:
        """Whose token it is."""
        caller = self._access.caller(request)
        return answer(self._shown(caller, caller))

    async def get_person(self, request: Request) -> Response:
        """One person by id."""
        caller = self._access.caller(request)
        employee = self._employee(caller, bare(request.path_params["person"]))
        if employee is None:
            return answer(self._shown(self._access.person(request.path_params["person"]), caller))
        held = holdings(employee.customer, self._world.clock.today())
        licenses = [holding.shown["id"] for holding in held if employee.position in holding.positions]
        return answer(self._shown_employee(employee, caller) | {"licenses": licenses})

    async def list_people(self, request: Request) -> Response:
        """By e-mail, id or start of a name; everybody of an organization for administrators, by role too."""
        caller = self._access.caller(request)
        params = request.query_params
        page = Page(request, self._world.url, default=100, most=1000)
        ids = [bare(one) for one in params.get("id", "").split(",") if one]
        roles = {bare(one) for one in params.get("roles", "").split(",") if one}
        email, name = params.get("email"), params.get("displayName")
        if len(ids) > MOST_IDS:
            raise BadRequest(f"At most {MOST_IDS} ids can be asked about.")
        if not (ids or email or name or caller.is_administrator):
            raise BadRequest("Email or displayName should be specified.")
        if (roles or "orgId" in params) and not caller.is_administrator:
            raise Forbidden("Only administrators may name a role or an organization.")
        org = bare(params.get("orgId", caller.org))
        if org != caller.org and not (ids or email):
            return self._list_employees(page, caller, org, name or "", nobody=bool(roles))

        def wanted(person: Person) -> bool:
            if person.kind is PersonKind.SERVICE:
                return False
            if ids or email:
                return person.uuid in ids or person.email.casefold() == (email or "").casefold()
            if person.org != org or person.is_bot:
                return False
            if name and not person.display_name.casefold().startswith(name.casefold()):
                return False
            return not roles or any(INTERNAL_NAME[role] in roles for role in person.roles)

        numbered = list(enumerate(self._world.people.values(), start=1))
        people = page.oldest_first(numbered, lambda entry: entry[0], lambda entry: wanted(entry[1]))
        elsewhere = [found for who in (*ids, email or "") if (found := self._employee(caller, who))]
        items = [self._shown(person, caller) for _, person in people]
        return page.answer({"items": items + [self._shown_employee(employee, caller) for employee in elsewhere]})

    def _list_employees(self, page: Page, caller: Person, org: str, name: str, *, nobody: bool) -> Response:
        """The people of a customer; none of them has a role that anybody outside could ask about."""
        staff = employees(self._partner.customer(org), self._world.clock.today())
        found = page.oldest_first(
            staff,
            lambda employee: employee.position + 1,
            lambda employee: not nobody and employee.display_name.casefold().startswith(name.casefold()),
        )
        return page.answer({"items": [self._shown_employee(employee, caller) for employee in found]})

    async def change_person(self, request: Request) -> Response:
        """Change name and roles of one of the partner's own people; all details are expected, not only new ones."""
        caller = self._access.administrator(request)
        person = self._access.person(request.path_params["person"])
        if person.org != caller.org:
            raise Forbidden("Only people of the own organization can be changed.")
        body = await json_body(request)
        name = body.get("displayName")
        if not isinstance(name, str) or not name.strip():
            raise BadRequest("displayName is required.")
        if body.get("emails") not in (None, [person.email]):
            raise BadRequest("The sandbox's people keep their e-mail addresses.")
        roles = _role_names(body.get("roles", []))
        person.display_name = name
        person.roles = [PARTNER_ROLE[role] for role in roles if role in PARTNER_ROLE]
        person.other_roles = [role for role in roles if role not in PARTNER_ROLE]
        if PartnerRole.ADMIN not in person.roles:
            self._partner.unassign_all(person.uuid)
        return answer(self._shown(person, caller))

    async def list_roles(self, request: Request) -> Response:
        """Every administrator role there is."""
        self._access.administrator(request)
        return answer({"items": [_role(name) for name in NAMES]})

    async def get_role(self, request: Request) -> Response:
        """One role by id."""
        self._access.administrator(request)
        name = bare(request.path_params["role"])
        if name not in NAMES:
            raise NotFound("Role not found.")
        return answer(_role(name))

    def _employee(self, caller: Person, who: str) -> Employee | None:
        """Somebody of a customer, whom only administrators see."""
        return find_employee(self._partner, who, self._world.clock.today()) if caller.is_administrator else None

    def _shown(self, person: Person, viewer: Person) -> Json:
        return person_json(person, viewer, self._world.url)

    def _shown_employee(self, employee: Employee, viewer: Person) -> Json:
        """As everybody else, but without a picture."""
        customer = employee.customer
        created = datetime.combine(customer.created, time(), UTC)
        person = Person(
            employee.uuid, employee.email, employee.display_name, PersonKind.PERSON, customer.uuid, "", created
        )
        shown = self._shown(person, viewer)
        del shown["avatar"]
        return shown


def _role_names(given: Any) -> list[str]:
    """The internal names of role ids; an element may hold several with commas, as the reference's example has it."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise BadRequest("roles must be an array of role ids.")
    names = [bare(one) for element in given for one in element.split(",") if one]
    if unknown := [name for name in names if name not in NAMES]:
        raise BadRequest(f"There is no role {unknown[0]}.")
    return list(dict.fromkeys(names))


def _role(internal_name: str) -> Json:
    return {"id": webex_id(Kind.ROLE, internal_name), "name": NAMES[internal_name]}
