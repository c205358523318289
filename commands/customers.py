"""The customer list and the customer page."""

from dataclasses import asdict
from typing import Any

from commands.choose import the_customer
from commands.context import Context
from commands.parameters import CustomerName, Everything, Order, Page, Where
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Column, Paging, table, without_page
from hub import customers as hub_customers
from hub.access import Needs, may
from templates.catalogue import N_
from templates.texts import UNKNOWN, Texts
from templates.vocabulary import label


def _labels(codes: tuple[str, ...], texts: Texts) -> str:
    return ", ".join(label(code, texts) for code in codes) or UNKNOWN


_COLUMNS = (
    Column(N_("Customer"), lambda row, _: row.customer, 4),
    Column(N_("Status"), lambda row, texts: _labels(row.statuses, texts), 4),
    Column(N_("Products"), lambda row, texts: _labels(row.products, texts), 4),
    Column(N_("Next end"), lambda row, texts: texts.day(row.next_end), 3),
)


@command(
    "customers",
    aliases=["clientes"],
    summary=N_("Your customers, by filter"),
    phrases=[
        en("(which customers|who) (is|are) (suspended|paused)", "status:suspended"),
        en("(which customers|who) (is|are|has|have) (expired|ended)", "status:expired"),
        en("(which customers|who) (is|are) (inactive|not active)", "status:inactive"),
        en("(which customers are|who is) on [a] trial", "status:trial"),
        en("customers (tagged|with [the] tag) [with] {text}", 'tag:"{text}"'),
        en("(show|list) [me] [all] [of] [the|my|our] customers"),
        es("(que clientes|quienes|quien) (esta|estan) (suspendido|suspendidos)", "status:suspended"),
        es("(que clientes|quienes|quien) (esta|estan|ha|han) (vencido|vencidos|caducado|caducados)", "status:expired"),
        es("(que clientes|quienes|quien) (esta|estan) (inactivo|inactivos)", "status:inactive"),
        es("(que clientes|quienes|quien) (esta|estan) [en] (prueba|a prueba)", "status:trial"),
        es("clientes con [la] etiqueta {text}", 'tag:"{text}"'),
        es("(muestra|muestrame|lista) [todos] [los|mis|nuestros] clientes"),
    ],
    examples=["customers status:suspended", "customers expires<30 region:EU -tag:legacy sort:expires"],
)
def customers(ctx: Context, where: Where = Everything, sort: Order = None, page: Page = 1) -> Reply:
    """List customers, the most urgent first."""
    line = without_page(ctx.line)
    with ctx.read() as session:
        found = hub_customers.list_customers(
            session, ctx.scope, where, sort, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
        )

    def whole() -> dict[str, Any]:
        with ctx.read() as session:
            everything = hub_customers.list_customers(session, ctx.scope, where, sort)
        return {"total_rows": everything.total_rows, "rows": [asdict(row) for row in everything.rows]}

    return Reply(
        "customers",
        view={
            "title": ctx.texts.count("%(n)s customer", "%(n)s customers", found.total_rows),
            "table": table(_COLUMNS, found.rows, ctx.texts, opens=lambda row: f"customer {row.org_id}"),
            "paging": Paging(page, found.total_rows, line).view(),
            "csv": f"report run {line}" if may(ctx.person.roles, Needs.READ) else None,
        },
        data=whole,
    )


@command(
    "customer",
    aliases=["cliente"],
    summary=N_("Everything about one customer: status, subscriptions, licences, trials, administrators"),
    phrases=[
        en("(show|open) [me] [the] customer {text}", "{text}"),
        en("tell me [everything|more] about {text}", "{text}"),
        es("(muestra|muestrame|abre|ver) [el|al] cliente {text}", "{text}"),
    ],
    examples=["customer Acme"],
)
def customer(ctx: Context, name: CustomerName) -> Reply:
    """Show the page of the customer with this name, organization id or subscription id."""
    row = the_customer(ctx, name, lambda candidate: f"customer {candidate.org_id}")
    with ctx.read() as session:
        details = hub_customers.details(session, ctx.scope, row.org_id)
    return Reply(
        "customer",
        view={
            "customer": details,
            "statuses": [label(status, ctx.texts) for status in row.statuses],
            "control_hub": ctx.services.control_hub,
            "may_change": may(ctx.person.roles, Needs.CHANGE),
        },
        data=lambda: asdict(details) if details else {},
    )


COMMANDS = (customers, customer)
