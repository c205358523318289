"""/v1/people and /v1/roles (WEBEX.md §12; messaging and admin API references)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.access import Access
from sandbox.errors import BadRequest, Forbidden, NotFound
from sandbox.ids import Kind, bare, webex_id
from sandbox.model import Person, PersonKind
from sandbox.resources import Json, person_json
from sandbox.rest import Page, answer
from sandbox.roles import INTERNAL_NAME, NAMES
from sandbox.world import World


class People:
    """Who there is."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/v1/people/me", self.me),
            Route("/v1/people", self.list_people),
            Route("/v1/people/{person}", self.get_person),
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
        return answer(self._shown(self._access.person(request.path_params["person"]), caller))

    async def list_people(self, request: Request) -> Response:
        """By e-mail, id or start of a name; everybody of the own organization for administrators, by role too."""
        caller = self._access.caller(request)
        params = request.query_params
        page = Page(request, self._world.url, default=100, most=1000)
        ids = [bare(one) for one in params.get("id", "").split(",") if one]
        roles = {bare(one) for one in params.get("roles", "").split(",") if one}
        email, name = params.get("email"), params.get("displayName")
        if not (ids or email or name or caller.is_administrator):
            raise BadRequest("Email or displayName should be specified.")
        if roles and not caller.is_administrator:
            raise Forbidden("Only administrators may filter by role.")
        org = bare(params["orgId"]) if "orgId" in params else caller.org

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
        return page.answer({"items": [self._shown(person, caller) for _, person in people]})

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

    def _shown(self, person: Person, viewer: Person) -> Json:
        return person_json(person, viewer, self._world.url)


def _role(internal_name: str) -> Json:
    return {"id": webex_id(Kind.ROLE, internal_name), "name": NAMES[internal_name]}
