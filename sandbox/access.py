"""Who calls, whether they may, and how often."""

from starlette.requests import Request

from sandbox.errors import BadRequest, Forbidden
from sandbox.faults import Limits, Per
from sandbox.ids import bare
from sandbox.model import PartnerRole, Person, Room
from sandbox.partner import Customer, Partner
from sandbox.rest import bearer_token
from sandbox.world import World


class Access:
    """Turns a request into the person who sent it, counting against the rate limits."""

    def __init__(self, world: World, limits: Limits) -> None:
        self._world = world
        self._limits = limits

    def caller(self, request: Request) -> Person:
        """Who calls; Unauthorized without a known token, TooMany above the token's limit."""
        person = self._world.person_of_token(bearer_token(request))
        self._limits.take(Per.TOKEN, person.uuid)
        return person

    def administrator(self, request: Request) -> Person:
        """Who calls, when the token has administrator scopes; Forbidden otherwise."""
        person = self.caller(request)
        if not person.is_administrator:
            raise Forbidden("The caller's token lacks the scopes of an administrator.")
        return person

    def managed(self, request: Request, partner: Partner) -> Customer | None:
        """The customer of an administrator's `orgId`; None for the caller's own organization, the default."""
        caller = self.administrator(request)
        org = bare(request.query_params.get("orgId", caller.org))
        return None if org == caller.org else partner.customer(org)

    def partner_reader(self, request: Request) -> Person:
        """Who calls, when it is an administrator's token of somebody who reads all customers; Forbidden otherwise."""
        person = self.administrator(request)
        if not {PartnerRole.FULL_ADMIN, PartnerRole.READONLY_ADMIN} & set(person.roles):
            raise Forbidden("The caller must be a partner full administrator or a partner read-only administrator.")
        return person

    def person(self, person_id: object, email: object = None) -> Person:
        """Somebody named in a request, by Webex id or UUID, or by e-mail; NotFound when there is no such person."""
        if isinstance(person_id, str):
            return self._world.person(bare(person_id))
        if isinstance(email, str):
            return self._world.person_of_email(email)
        raise BadRequest("A person's id or e-mail is required.")

    def room(self, person: Person, uuid: str) -> Room:
        """A room the caller is in, counting against the room's limit."""
        room = self._world.room_for(person, uuid)
        self._limits.take(Per.ROOM, room.uuid)
        return room
