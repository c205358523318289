"""Who lives in the sandbox and which rooms they share: one person for every partner role, and two without."""

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from sandbox.model import PartnerRole, Person, PersonKind

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Named:
    """Something whose UUID and token follow from the seed, so that a restarted sandbox knows the same ones."""

    key: str

    def uuid(self, seed: int) -> str:
        """Its UUID in the world of this seed."""
        return str(UUID(int=self._random(seed, "uuid").getrandbits(128), version=4))

    def token(self, seed: int) -> str:
        """Its access token in the world of this seed."""
        return f"{self.key.split('@')[0]}-{self._random(seed, 'token').getrandbits(128):032x}"

    def _random(self, seed: int, purpose: str) -> Random:
        return Random(f"{seed}/{purpose}/{self.key}")  # noqa: S311  (a synthetic world, repeatable by design)


@dataclass(frozen=True)
class Role:
    """One member of the cast."""

    name: str
    email: str
    roles: tuple[PartnerRole, ...] = ()
    kind: PersonKind = PersonKind.PERSON
    org: Named | None = None


PARTNER_ORG = Named("brightwater.example")
OUTSIDE_ORG = Named("acme.example")
FEED = Named("feed")
SERVICE_APP = Named("service-app")
CLIENT_SECRET = Named("client-secret")
REFRESH_TOKEN = Named("refresh-token")

ANA = Role("Ana Ferrer", "ana.ferrer@brightwater.example", (PartnerRole.FULL_ADMIN,))
BEN = Role("Ben Okafor", "ben.okafor@brightwater.example", (PartnerRole.ADMIN,))
CHLOE = Role("Chloé Martin", "chloe.martin@brightwater.example", (PartnerRole.READONLY_ADMIN,))
DIEGO = Role("Diego Ruiz", "diego.ruiz@brightwater.example", (PartnerRole.HELP_DESK,))
ELIF = Role("Elif Yılmaz", "elif.yilmaz@brightwater.example", (PartnerRole.HELP_DESK_ADVANCED,))
FRANK = Role("Frank Novak", "frank.novak@brightwater.example")
GINA = Role("Gina Rossi", "gina.rossi@acme.example", org=OUTSIDE_ORG)
BOT = Role("PartnerHub", "partnerhub@webex.bot", kind=PersonKind.BOT)
ADMINISTRATOR = Role(
    "Partner Hub Service", "partnerhub-service@appid.ciscospark.com", (PartnerRole.FULL_ADMIN,), PersonKind.SERVICE
)

EVERYBODY = (ANA, BEN, CHLOE, DIEGO, ELIF, FRANK, GINA, BOT, ADMINISTRATOR)

SPACES = (
    ("Renewals EMEA", (ANA, BEN, CHLOE, BOT)),
    ("Partner desk", (ANA, DIEGO, BOT)),
    ("Project Acme", (ANA, GINA, BOT)),
)


def enter(world: "World") -> None:
    """Put the cast and its spaces into an empty world."""
    people = {role.email: world.add_person(_person(role, world)) for role in EVERYBODY}
    for title, (creator, *others) in SPACES:
        members = [people[role.email] for role in others]
        world.create_room(people[creator.email], title, members, uuid=Named(title).uuid(world.seed))


def _person(role: Role, world: "World") -> Person:
    named = Named(role.email)
    return Person(
        uuid=named.uuid(world.seed),
        email=role.email,
        display_name=role.name,
        kind=role.kind,
        org=(role.org or PARTNER_ORG).uuid(world.seed),
        token=named.token(world.seed),
        created=world.clock.now(),
        roles=list(role.roles),
    )
