"""Partner administrators: who they are, and who is assigned to which customer."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from rapidfuzz import process

from commands.choose import the_customer
from commands.confirming import Confirmation, question
from commands.context import Context
from commands.errors import CommandError, NotFound, NotUnderstood
from commands.parameters import Parameter, TextParameter
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.words import Words
from hub import administrators as hub_administrators
from hub.access import Needs, Role, may
from hub.administrators import Administrator, Change
from hub.customers import CustomerRow
from hub.errors import Rejected
from hub.names import fold
from hub.webex import PartnerClient, PartnerPerson
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

_ROLES = {
    "full": Role.FULL,
    "completo": Role.FULL,
    "total": Role.FULL,
    "admin": Role.ADMIN,
    "administrator": Role.ADMIN,
    "administrador": Role.ADMIN,
    "read-only": Role.READ_ONLY,
    "readonly": Role.READ_ONLY,
    "solo lectura": Role.READ_ONLY,
    "help desk": Role.HELP_DESK,
    "helpdesk": Role.HELP_DESK,
    "mesa de ayuda": Role.HELP_DESK,
    "advanced help desk": Role.HELP_DESK_ADVANCED,
    "help desk advanced": Role.HELP_DESK_ADVANCED,
    "mesa de ayuda avanzada": Role.HELP_DESK_ADVANCED,
    **{role.value.replace("_", " "): role for role in Role},
    **{role.value: role for role in Role},
}
_TYPED_ROLES = ("full", "admin", "read-only", "help desk", "advanced help desk")

Perform = Callable[[PartnerClient, PartnerPerson, Change], bool]


class EmailParameter(Parameter):
    """The first word with an @."""

    usage = N_("EMAIL")

    def take(self, words: Words) -> str | None:
        """Take the address."""
        found = next((word for word in words if "@" in word), None)
        return words.take(found).strip("<>,;").lower() if found else None


class JoinedCustomerParameter(TextParameter):
    """`to CUSTOMER`; the little word may lack."""

    _JOINING = ("to", "from", "a", "al", "de", "del")

    def take(self, words: Words) -> str | None:
        """Take the customer's name."""
        first = next(iter(words), "")
        if len(words) > 1 and fold(first) in self._JOINING:
            words.take(first)
        return super().take(words)


Email = Annotated[str, EmailParameter()]
ToCustomer = Annotated[str, JoinedCustomerParameter(N_("to CUSTOMER"))]
FromCustomer = Annotated[str, JoinedCustomerParameter(N_("from CUSTOMER"))]
MaybeCustomer = Annotated[str, TextParameter(N_("[CUSTOMER]"))]
RoleName = Annotated[str, TextParameter(N_("ROLE"))]


@command(
    "admins",
    aliases=["administradores"],
    summary=N_("Partner administrators: everybody with a partner role, or who is assigned to a customer"),
    examples=["admins", "admins Acme"],
    phrases=[
        en("who (manages|administers|looks after|is assigned to) {text}", "{text}"),
        es("quien (administra|gestiona|lleva|esta asignado a) [a] {text}", "{text}"),
    ],
)
def admins(ctx: Context, name: MaybeCustomer = "") -> Reply:
    """List the people with partner roles, or those assigned to a customer."""
    if not name:
        return _partner_wide(ctx)
    row = the_customer(ctx, name, lambda candidate: f"admins {candidate.org_id}")
    return _of_customer(ctx, row)


@command(
    "admin assign",
    aliases=["admin asignar"],
    summary=N_("Assign a customer to a partner administrator"),
    examples=["admin assign ben@partner.example to Acme"],
    effects=True,
)
def admin_assign(ctx: Context, email: Email = "", name: ToCustomer = "", confirmation: Confirmation = None) -> Reply:
    """Give a customer to somebody with the role of partner administrator."""
    row, person = _customer_and_person(ctx, "admin assign", "to", email, name)
    if Role.ADMIN not in person.roles or person.roles & {Role.FULL, Role.READ_ONLY}:
        raise CommandError(
            N_("Only a partner administrator is assigned to customers; %(name)s is: %(roles)s."),
            hint=N_("Partner full and read-only administrators see all customers anyway."),
            name=person.display_name,
            roles=_roles(person.roles, ctx.texts),
        )
    return _reassign(ctx, row, person, confirmation, "admin assign", "to", N_("Assign this customer?"), N_("Assign"))


@command(
    "admin unassign",
    aliases=["admin desasignar"],
    summary=N_("Take a customer from a partner administrator"),
    examples=["admin unassign ben@partner.example from Acme"],
    effects=True,
)
def admin_unassign(
    ctx: Context, email: Email = "", name: FromCustomer = "", confirmation: Confirmation = None
) -> Reply:
    """Take a customer from somebody; their role stays."""
    row, person = _customer_and_person(ctx, "admin unassign", "from", email, name)
    return _reassign(
        ctx, row, person, confirmation, "admin unassign", "from", N_("Unassign this customer?"), N_("Unassign")
    )


@command(
    "admin grant",
    aliases=["admin conceder"],
    summary=N_("Give somebody of your organization a partner role"),
    examples=["admin grant ben@partner.example admin", "admin grant eva@partner.example help desk"],
    effects=True,
)
def admin_grant(ctx: Context, email: Email, name: RoleName, confirmation: Confirmation = None) -> Reply:
    """Give a role beside those somebody has."""
    role, person = _role(name), _person(ctx, email)
    return _change_roles(
        ctx,
        person,
        person.roles | {role},
        confirmation,
        f"admin grant {person.email} {role}",
        "admin grant",
        N_("Give this partner role?"),
        N_("Give the role"),
    )


@command(
    "admin revoke",
    aliases=["admin revocar"],
    summary=N_("Take all partner roles from somebody of your organization"),
    examples=["admin revoke ben@partner.example"],
    effects=True,
)
def admin_revoke(ctx: Context, email: Email, confirmation: Confirmation = None) -> Reply:
    """Take every partner role, and with them every customer; never one's own."""
    person = _person(ctx, email)
    if person.email == ctx.person.email:
        raise CommandError(
            N_("You cannot take your own partner roles."), hint=N_("Another partner full administrator can.")
        )
    return _change_roles(
        ctx,
        person,
        frozenset(),
        confirmation,
        f"admin revoke {person.email}",
        "admin revoke",
        N_("Take all partner roles? They lose access to Partner Hub and all their customers."),
        N_("Take all roles"),
    )


def _partner_wide(ctx: Context) -> Reply:
    found = hub_administrators.partner_wide(ctx.services.database, ctx.services.partner)
    # How many customers others have is told only to who sees all customers.
    counted = found if not ctx.scope.assigned_to else [_uncounted(each) for each in found]
    everything = {Role.FULL, Role.READ_ONLY}
    wide = [each for each in counted if everything & set(each.roles)]
    others = [each for each in counted if not everything & set(each.roles)]
    return Reply(
        "administrators",
        view={
            "groups": [
                (ctx.texts(title), [_view(each, ctx.texts) for each in of_title])
                for title, of_title in [
                    (N_("They see every customer"), wide),
                    (N_("They see the customers assigned to them, or look customers up"), others),
                ]
                if of_title
            ],
            "from_webex": ctx.services.partner is not None,
            "may_change": may(ctx.person.roles, Needs.FULL),
        },
        data=lambda: {"rows": [asdict(each) for each in counted]},
        bounded=False,
    )


def administrators_view(ctx: Context, row: CustomerRow) -> dict[str, Any]:
    """Return what a card shows of the administrators assigned to a customer.

    Raises:
        SourceError: Webex does not tell.
    """
    return _of(ctx, hub_administrators.of_customer(ctx.services.database, ctx.services.partner, row.org_id))


def _of(ctx: Context, found: Sequence[Administrator]) -> dict[str, Any]:
    return {
        "administrators": [_view(each, ctx.texts) for each in found],
        "may_assign": may(ctx.person.roles, Needs.FULL) and ctx.services.partner is not None,
    }


def _of_customer(ctx: Context, row: CustomerRow) -> Reply:
    found = hub_administrators.of_customer(ctx.services.database, ctx.services.partner, row.org_id)
    return Reply(
        "customer_administrators",
        view={"customer": row.customer, "org_id": row.org_id, **_of(ctx, found)},
        data=lambda: {
            "customer": row.customer,
            "org_id": row.org_id,
            "rows": [{"email": each.email, "name": each.name, "roles": list(each.roles)} for each in found],
        },
    )


def _reassign(
    ctx: Context,
    row: CustomerRow,
    person: PartnerPerson,
    confirmation: str | None,
    what: str,
    joining: str,
    text: str,
    button: str,
) -> Reply:
    if not confirmation:
        facts = [(ctx.texts(N_("Customer")), row.customer), (ctx.texts(N_("Administrator")), _called(person))]
        line = f"{what} {person.email} {joining} {row.org_id}"
        return question(ctx, line, ctx.texts(text), facts, ctx.texts(button))
    perform = hub_administrators.assign if what == "admin assign" else hub_administrators.unassign
    _carry_out(
        ctx, confirmation, lambda partner, change: perform(ctx.services.database, partner, person, row.org_id, change)
    )
    return _of_customer(ctx, row)


def _change_roles(
    ctx: Context,
    person: PartnerPerson,
    roles: frozenset[str],
    confirmation: str | None,
    line: str,
    what: str,
    text: str,
    button: str,
) -> Reply:
    if not confirmation:
        if roles == person.roles:
            raise CommandError(
                N_("Nothing would change: %(person)s has %(roles)s."),
                suggestions=["admins"],
                person=_called(person),
                roles=lambda texts: _roles(person.roles, texts),
            )
        facts = [
            (ctx.texts(N_("Person")), _called(person)),
            (ctx.texts(N_("Roles now")), _roles(person.roles, ctx.texts)),
            (ctx.texts(N_("Roles then")), _roles(roles, ctx.texts)),
        ]
        return question(ctx, line, ctx.texts(text), facts, ctx.texts(button))
    _carry_out(
        ctx,
        confirmation,
        lambda partner, change: hub_administrators.set_roles(
            ctx.services.database, partner, person, roles, change, what
        ),
    )
    return _partner_wide(ctx)


def _carry_out(ctx: Context, confirmation: str, perform: Callable[[PartnerClient, Change], bool]) -> None:
    change = Change(ctx.person.email, ctx.now, ctx.space.room_id or None, confirmation)
    try:
        perform(_partner(ctx), change)
    except Rejected as error:
        raise CommandError(
            N_("Webex refused: %(reason)s"), hint=N_("Nothing was changed."), reason="; ".join(error.problems.values())
        ) from error


def _customer_and_person(
    ctx: Context, what: str, joining: str, email: str, name: str
) -> tuple[CustomerRow, PartnerPerson]:
    """Find both; a card's field may say the person."""
    email = email or ctx.inputs.get("email", "").strip().lower()
    if "@" not in email or not name:
        raise NotUnderstood(
            N_("Say who and which customer."),
            hint=N_("For example: %(example)s"),
            example=f"{what} ben@partner.example {joining} Acme",
        )
    row = the_customer(ctx, name, lambda candidate: f"{what} {email} {joining} {candidate.org_id}")
    return row, _person(ctx, email)


def _person(ctx: Context, email: str) -> PartnerPerson:
    partner = _partner(ctx)
    found = partner.person(email)
    if found is None or found.org_id != partner.org_id:
        raise NotFound(
            N_("Nobody of your organization has the address %(email)s."),
            hint=N_("Partner roles are for people of your own organization; add them in Control Hub first."),
            email=email[:80],
        )
    return found


def _partner(ctx: Context) -> PartnerClient:
    if ctx.services.partner is None:
        raise CommandError(
            N_("I have no administrator's token, so administrators are changed in Partner Hub."),
            hint=N_("%(address)s opens it. With PARTNERBOT_ADMIN_TOKEN I can do it."),
            address=ctx.services.control_hub,
        )
    return ctx.services.partner


def _role(typed: str) -> Role:
    name = fold(typed)
    if name not in _ROLES:
        nearest = process.extractOne(name, list(_ROLES))
        raise NotUnderstood(
            N_("There is no partner role “%(role)s”."),
            hint=N_("Did you mean %(nearest)s? Roles: %(roles)s"),
            role=typed[:80],
            nearest=nearest[0],
            roles=", ".join(_TYPED_ROLES),
        )
    return _ROLES[name]


def _called(person: PartnerPerson) -> str:
    return f"{person.display_name} · {person.email}"


def _roles(roles: Sequence[str] | frozenset[str], texts: Texts) -> str:
    held = [label(role, texts) for role in Role if role in roles]
    return ", ".join(held) or texts(N_("no partner role"))


def _uncounted(each: Administrator) -> Administrator:
    return Administrator(each.email, each.name, each.roles)


def _view(each: Administrator, texts: Texts) -> dict[str, Any]:
    counted = "" if each.customers is None else texts.count("%(n)s customer", "%(n)s customers", each.customers)
    return {
        "email": each.email,
        "name": each.name,
        "about": " · ".join(filter(None, [_roles(each.roles, texts), counted])),
    }


COMMANDS = (admins, admin_assign, admin_unassign, admin_grant, admin_revoke)
