"""Who changed what, and taking back one's own last change."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from sqlmodel import Session, select

from commands.choose import the_customer
from commands.context import Context
from commands.errors import CommandError, NotAllowed, NotFound
from commands.parameters import NumberParameter, Page, TextParameter
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Paging, turned_to, without_page
from commands.undoing import REVERSALS, take_back
from hub import audit as hub_audit
from hub.access import may
from hub.administrators import CONFIRMATION
from hub.audit import Change, Reader
from hub.names import fold
from storage.tables import Audit, Person
from templates.catalogue import N_
from templates.texts import UNKNOWN, Texts
from templates.vocabulary import label

_OWN = ("me", "mine", "yo", "mio", "mis")

_FIELDS = {
    "tags": N_("tags"),
    "filter": N_("filter"),
    "language": N_("language"),
    "time_zone": N_("time zone"),
    "region": N_("region"),
    "products": N_("products"),
    "open_to_colleagues": N_("open to colleagues"),
    "state": N_("state"),
    "report": N_("report"),
    "every": N_("how often"),
    "rules": N_("rules"),
    "owner": N_("owner"),
    "roles": N_("roles"),
    "administrators": N_("administrators"),
    "company": N_("company"),
    "admin_email": N_("administrator"),
    "vertical": N_("vertical"),
    "country": N_("country"),
    "days": N_("days"),
    "end_date": N_("end"),
    "alerts": N_("alerts"),
    "until": N_("until"),
    "reason": N_("reason"),
    "person": N_("person"),
}
"""Fields that changes name; another stands for itself."""

CustomerOrPerson = Annotated[str, TextParameter(N_("[CUSTOMER|PERSON]"))]
ChangeNumber = Annotated[int | None, NumberParameter()]


@command(
    "audit",
    aliases=["auditoría"],
    summary=N_("Who changed what, when: of everything, one customer or one person"),
    examples=["audit", "audit Acme", "audit ana@partner.example", "audit me"],
    phrases=[
        en("who (changed|touched|edited) {text}", "{text}"),
        en("what did I change", "me"),
        es("quien (cambio|modifico|toco) [a] {text}", "{text}"),
        es("que he cambiado", "me"),
    ],
)
def audit(ctx: Context, of: CustomerOrPerson = "", page: Page = 1) -> Reply:
    """List changes, the newest first."""
    org_id, who = _meant(ctx, of) if of else (None, None)
    reader = Reader(ctx.person.email, ctx.space.room_id or None, one_to_one=ctx.space.kind == "direct")
    paging_line = without_page(ctx.line)
    with ctx.read() as session:
        found = turned_to(
            page,
            lambda before: hub_audit.changes(
                session, ctx.scope, reader, org_id=org_id, who=who, limit=PAGE_SIZE, offset=before
            ),
        )

    def whole() -> dict[str, Any]:
        with ctx.read() as session:
            everything = hub_audit.changes(session, ctx.scope, reader, org_id=org_id, who=who)
        return {"total_rows": everything.total_rows, "rows": [_data(each) for each in everything.rows]}

    return Reply(
        "audit",
        view={
            "changes": [_view(each, ctx.texts) for each in found.rows],
            "paging": Paging(page, found.total_rows, paging_line).view(),
            "may_undo": any(each.who == ctx.person.email for each in found.rows),
        },
        data=whole,
        regional=False,
    )


@command(
    "undo",
    aliases=["deshacer"],
    summary=N_("Take back the last change you made"),
    examples=["undo", "undo 17"],
    phrases=[
        en("undo (that|it|this|[my] [the] last change)"),
        es("(deshaz|deshacer) (eso|esto|lo ultimo|el ultimo cambio)"),
    ],
    effects=True,
)
def undo(ctx: Context, number: ChangeNumber = None) -> Reply:
    """Take back a change of one's own: the last, or the one with this number; doing it twice changes nothing."""
    with ctx.read() as session:
        change = _own(session, ctx, number)
        customer = hub_audit.name_of(session, ctx.scope, change.id or 0)
    if hub_audit.is_about_a_customer(change.target) and customer is None:
        raise NotAllowed(
            N_("Change %(number)s is about a customer that may not be shown here."),
            hint=N_("Look at it one-to-one with: audit me"),
            number=change.id,
        )
    was_undone = not _take_back(ctx, change)
    after = Change(
        change.id or 0, change.at, change.who, change.what, change.target, None, customer, change.after, change.before
    )
    return Reply(
        "undo",
        view={"was_undone": was_undone, "change": _view(after, ctx.texts)},
        data=lambda: {"undone": change.id, "what": change.what, "customer": customer, "already": was_undone},
    )


def _own(session: Session, ctx: Context, number: int | None) -> Audit:
    if number is None:
        found = hub_audit.last_of(session, ctx.person.email)
        if found is None:
            raise NotFound(N_("You changed nothing that could be taken back."), hint=N_("audit shows all changes."))
        return found
    row = session.get(Audit, number)
    if row is None or row.who != ctx.person.email or row.what == hub_audit.UNDO:
        raise NotFound(
            N_("Change %(number)s is none of yours."),
            hint=N_("Everybody takes back their own changes: audit me"),
            suggestions=["audit me"],
            number=number,
        )
    return row


def _take_back(ctx: Context, change: Audit) -> bool:
    """Take a change back; False when it was taken back already."""
    reversal = REVERSALS.get(change.what)
    if reversal is None:
        raise CommandError(
            N_("Your last change, “%(what)s”, cannot be taken back."),
            hint=N_("audit me shows your changes with their numbers; undo NUMBER takes back another."),
            suggestions=["audit me"],
            what=change.what,
        )
    if not may(ctx.person.roles, reversal.needs):
        raise NotAllowed(N_("Your partner role does not cover “%(command)s”."), command=change.what)
    return take_back(ctx, change, reversal)


def _meant(ctx: Context, typed: str) -> tuple[str | None, str | None]:
    """Tell whether a customer (its org id) or a person (the e-mail) is meant."""
    if fold(typed) in _OWN:
        return None, ctx.person.email
    if "@" in typed:
        return None, typed.lower()
    with ctx.read() as session:
        people = {fold(person.display_name): person.email for person in session.scalars(select(Person))}
    if fold(typed) in people:
        return None, people[fold(typed)]
    return the_customer(ctx, typed, lambda row: f"audit {row.org_id}").org_id, None


def _data(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "at": change.at,
        "who": change.who,
        "what": change.what,
        "target": change.target,
        "customer": change.customer,
        "before": change.before,
        "after": change.after,
    }


def _view(change: Change, texts: Texts) -> dict[str, Any]:
    return {
        "id": change.id,
        "at": change.at,
        "who": change.who,
        "what": change.what,
        "target": change.customer or "",
        "fields": [
            {
                "name": texts(_FIELDS[name]) if name in _FIELDS else name,
                "before": _said(name, change.before.get(name), texts),
                "after": _said(name, change.after.get(name), texts),
            }
            for name in dict.fromkeys([*change.before, *change.after])
            if name not in _OWN_FIELDS and change.before.get(name) != change.after.get(name)
        ],
    }


_OWN_FIELDS = (hub_audit.UNDOES, hub_audit.PART_OF, CONFIRMATION, "records")
"""Fields of a change that are for the program."""


def _said(name: str, value: Any, texts: Texts) -> str:
    """Say a field's value; of rules what they tell of whom, not when they were made."""
    if name != "rules" or not value:
        return _value(value, texts)
    return ", ".join(
        " ".join(
            filter(None, [f"#{rule['id']}:", ", ".join(label(kind, texts) for kind in rule["events"]), rule["filter"]])
        )
        for rule in value
    )


def _value(value: Any, texts: Texts) -> str:
    """Say a value of a change in words."""
    match value:
        case None | [] | "":
            return UNKNOWN
        case bool():
            return texts("yes") if value else texts("no")
        case Mapping():
            return " ".join(_value(each, texts) for each in value.values() if each not in (None, ""))
        case str():
            return value
        case Sequence():
            return ", ".join(_value(each, texts) for each in value)
        case _:
            return str(value)


COMMANDS = (audit, undo)
