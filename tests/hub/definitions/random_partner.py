"""Random partners, full of coincidences: equal names, days at the bounds, unknown and equal counts."""

from datetime import date, timedelta
from random import Random

from hub.scope import Scope
from tests.hub.definitions.oracle import moment
from tests.hub.definitions.partner import TODAY, Held, Org, Product

NAMES = ["Acme", "ACME", "Ácme", "Acme Corp", "100% Fit", "a_b", "-5", "Zeta"]
NAMES += ['O\'Brien "Q"', "back\\slash", "a/b", "株式会社"]
REGIONS = ["US", "CA", "EU", "UAE", "JP", None]
EMAILS = ["ana@partner.example", "bo@partner.example"]
TAGS = ["gold", "Gold", "legacy", "50%"]
PRODUCTS = ["Meetings", "Meetings", "Calling", "Calling", "Messaging", "Call on Webex", "Vidcast"]

PAST = [-400, -91, -90, -35, -30, -8, -7, -1, 0]
FUTURE = [0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 400]
COUNTS = [0, 1, 3, 5, 8, 10, 11, 16, 50, None]


def _day(random: Random, offsets: list[int]) -> date:
    return TODAY + timedelta(days=random.choice(offsets))


def _terms(random: Random) -> tuple[date | None, date | None]:
    """Mostly active; sometimes over, to come, unknown, or the wrong way round."""
    kind = random.random()
    start, end = _day(random, PAST), _day(random, FUTURE)
    if kind < 0.65:
        return start, end
    if kind < 0.75:
        return sorted((_day(random, PAST), _day(random, PAST)))[0], _day(random, PAST)
    if kind < 0.85:
        return _day(random, FUTURE), _day(random, FUTURE)
    return random.choice([(start, None), (None, end), (None, _day(random, PAST)), (None, None), (end, start)])


def _product(random: Random, name: str) -> Product:
    history = {
        TODAY - timedelta(days=ago): (random.choice(COUNTS), random.choice(COUNTS))
        for ago in random.sample([0, 1, 6, 7, 8, 13, 14], random.randrange(4))
    }
    total, assigned, used, used_3m = (random.choice(COUNTS) for _ in range(4))
    return Product(name, total, assigned, used, used_3m, history)


def _held(random: Random) -> Held:
    start, end = _terms(random)
    names = random.sample(PRODUCTS, random.choice([0, 1, 1, 2, 3]))
    return Held(
        start,
        end,
        type=random.choice(["subscription", "subscription", "subscription", "trial", "trial", None]),
        auto_renew=random.random() < 0.4,
        invoice=random.choice([None, "paid", "paid", "unpaid"]),
        setup=random.choice(["complete", "complete", "complete", "pending"]),
        tags=tuple(random.sample(TAGS, random.choice([0, 0, 1]))),
        products=[_product(random, name) for name in dict.fromkeys(names)],
    )


def _org(random: Random) -> Org:
    return Org(
        random.choice(NAMES),
        [_held(random) for _ in range(random.choice([0, 1, 1, 1, 2, 3]))],
        region=random.choice(REGIONS),
        managed_by=random.choice(["partner", "external", None]),
        last_admin_activity=random.choice([None, moment(_day(random, PAST)), moment(_day(random, FUTURE))]),
        tags=tuple(random.sample(TAGS, random.randrange(3))),
        assigned_to=tuple(random.sample(EMAILS, random.randrange(3))),
    )


def random_partner(random: Random) -> list[Org]:
    """Customers with ids in another order than they are listed."""
    found = [_org(random) for _ in range(random.choice([0, 1, 5, 15, 25, 35]))]
    for number, org in enumerate(random.sample(found, len(found))):
        org.org_id = f"00000000-0000-4000-8000-{number:012d}"
        for place, one in enumerate(org.held):
            one.id = f"{'Trial' if one.type == 'trial' else 'Sub'}{random.randrange(100)}-{number}-{place}"
    return found


def random_scope(random: Random) -> Scope:
    """Everybody as often as not."""
    if random.random() < 0.5:
        return Scope(TODAY)
    emails = frozenset(random.sample(EMAILS, random.choice([0, 1, 1, 2])))
    return Scope(TODAY, assigned_to=emails, region=random.choice(REGIONS))
