"""The indicators of Partner Hub and the sections behind them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from commands.context import Context
from commands.files import csv_file
from commands.parameters import AsFile, ChosenProducts, Days, Everything, Page, Products, Where
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Column, Layout, Paging, without_page
from hub import indicators, sections
from hub.customers import count_undated
from hub.filters import Filter
from hub.products import BOTH
from hub.sections import Section
from templates.catalogue import N_
from templates.texts import Texts
from templates.vocabulary import label

# Pieces of phrases.
_WHO = "(who|what|which customers|what customers|customers (that|which|who)|which (subscriptions|trials))"
_EXPIRE = "(expire|expires|end|ends|will (expire|end)|[is|are] (expiring|ending))"
_RENEW = "(renew|renews|will renew|[is|are] renewing)"
_NEXT = "[in|within|over] [the|this] [next|coming] {days}"
_LAST = "[[in|of] [the] [last|past] {days}]"
_QUIEN = "(quien|quienes|que clientes|cuales|clientes que|que (suscripciones|pruebas)|que)"
_VENCE = "(vence|vencen|caduca|caducan|expira|expiran|va a vencer|van a vencer)"
_RENUEVA = "[se] (renueva|renuevan|van a renovar)"
_EN = "[en|dentro de|durante] [el|la|los|las|este|esta] [proximo|proxima|proximos|proximas] {days}"
_ULTIMOS = "[[en|de] [el|la|los|las] [ultimo|ultima|ultimos|ultimas] {days}]"


def _used_assigned_available(row: Any, texts: Texts) -> str:
    return " / ".join(texts.number(count) for count in (row.used, row.assigned, row.available))


def _change(value: int | None, texts: Texts) -> str:
    return f"+{texts.number(value)}" if value and value > 0 else texts.number(value)


_CUSTOMER = Column(N_("Customer"), lambda row, _: row.customer)
_WHICH = (
    Column(N_("Product"), lambda row, texts: label(row.product, texts)),
    Column(N_("Subscription ID"), lambda row, _: row.subscription_id),
)
_COUNTS = Column(N_("Used / assigned / available"), _used_assigned_available)
_TOTAL = Column(N_("Total"), lambda row, texts: texts.number(row.total))
_USED_3M = Column(N_("Used in the last 3 months"), lambda row, texts: texts.number(row.used_3m))
_ASSIGNED = Column(
    N_("Assigned"), lambda row, texts: f"{texts.number(row.assigned)} ({texts.percent(row.assigned_pct)})"
)
_ASSIGNED_CHANGE = Column(
    N_("Weekly change of assigned"), lambda row, texts: _change(row.assigned_weekly_change, texts)
)


def _days(row: Any, texts: Texts) -> str:
    return texts.count("%(n)s day", "%(n)s days", row.days_left)


def _months(count: int, texts: Texts) -> str:
    return texts.count("%(n)s month", "%(n)s months", count)


def _layout(aside: Column, *figures: Column) -> Layout:
    return Layout(_CUSTOMER, aside, _WHICH, figures)


@dataclass(frozen=True)
class _Figure:
    title: str
    field: str
    is_percentage: bool = False

    def view(self, kpis: Any, texts: Texts) -> dict[str, str]:
        value = getattr(kpis, self.field)
        return {
            "title": texts(self.title),
            "value": texts.percent(value) if self.is_percentage else texts.number(value),
        }


_CUSTOMERS = _Figure(N_("customers"), "customers")
_ASSIGNED_PCT = _Figure(N_("assigned"), "assigned_pct", is_percentage=True)
_USED_PCT = _Figure(N_("used in the last 7 days"), "used_pct", is_percentage=True)


def _reply(
    ctx: Context,
    find: Callable[[Session, frozenset[str]], Section[Any, Any]],
    page: int,
    products: frozenset[str] | None,
    where: Filter,
    *,
    title: str,
    nothing: str,
    figures: Sequence[_Figure],
    layout: Layout,
) -> Reply:
    """One page of a section; its data are all of it."""
    line = without_page(ctx.line)
    products = products or ctx.products
    with ctx.read() as session:
        section = find(session, products)
        paging = Paging(page, section.total_rows, line)
        rows = section.rows(limit=PAGE_SIZE, offset=paging.offset)
        undated = count_undated(session, ctx.scope)

    def whole() -> dict[str, Any]:
        with ctx.read() as session:
            section = find(session, products)
            return {"kpis": asdict(section.kpis), "rows": [asdict(row) for row in section.rows()]}

    return Reply(
        "section",
        view={
            "title": title,
            "only": None if products == BOTH else ", ".join(label(product, ctx.texts) for product in sorted(products)),
            "filter": str(where),
            "figures": [figure.view(section.kpis, ctx.texts) for figure in figures],
            "aside": ctx.texts(layout.aside.title),
            "entries": [layout.entry(row, ctx.texts, f"customer {row.org_id}") for row in rows],
            "nothing": ctx.texts(nothing),
            "undated": undated,
            "paging": paging.view(),
            "csv": f"report run {line}",
        },
        data=whole,
    )


@command(
    "kpis",
    aliases=["indicadores"],
    summary=N_("The five indicators: customers, nearing expiration and renewal, low assignment, over limit"),
    phrases=[
        en("how many customers [(do we have|have we got|are there|have I|do I have)]"),
        es("cuantos clientes [(tenemos|hay|tengo)]"),
    ],
    examples=["kpis", "kpis 30 calling"],
)
def kpis(ctx: Context, within: Days = 90, products: Products = BOTH, as_file: AsFile = False) -> Reply:
    """Count customers by the five indicators; each opens its section."""
    with ctx.read() as session:
        found = indicators.kpis(session, ctx.scope, within, products)
        undated = count_undated(session, ctx.scope)
    only = "" if products == BOTH else f" {next(iter(products)).lower()}"
    days = ctx.texts.count("within %(n)s day", "within %(n)s days", within)
    shown = [
        {
            "title": " · ".join(filter(None, [ctx.texts(title), period])),
            "button": ctx.texts(title),
            "value": value,
            "opens": f"{opens}{only}" if opens != "customers" else opens,
        }
        for title, value, opens, period in [
            (N_("Total customers"), found.total_customers, "customers", None),
            (N_("Nearing expiration"), found.nearing_expiration, f"expiring {within}", days),
            (N_("Nearing renewal"), found.nearing_renewal, f"renewing {within}", days),
            (N_("Low licence assignment"), found.low_assignment, "low", None),
            (N_("Over the licence limit"), found.over_limit, "overage", None),
        ]
    ]
    header = [ctx.texts(N_("Indicator")), ctx.texts(N_("Customers"))]
    rows = ([each["title"], each["value"]] for each in shown)
    file = csv_file(ctx, ctx.texts(N_("Indicators")), header, rows) if as_file else None
    return Reply(
        "kpis",
        view={
            "indicators": shown,
            "csv": f"{ctx.line} csv",
            "products": [label(product, ctx.texts) for product in sorted(products)],
            "undated": undated,
        },
        data=lambda: asdict(found),
        card=not as_file,
        files=(file,) if file else (),
    )


@command(
    "recent",
    aliases=["recientes"],
    summary=N_("Subscriptions and trials added lately"),
    phrases=[
        en(f"(new customers|who is new|which customers are new) {_LAST}", "{days}"),
        en(f"{_WHO} (was|were) added [recently] {_LAST}", "{days}"),
        es(f"(clientes nuevos|nuevos clientes|que clientes son nuevos) {_ULTIMOS}", "{days}"),
    ],
    examples=["recent", "recent 30 region:EU"],
)
def recent(
    ctx: Context, within: Days = 90, products: ChosenProducts = None, where: Where = Everything, page: Page = 1
) -> Reply:
    """List active subscriptions and trials that started within the last `within` days, newest first."""
    return _reply(
        ctx,
        lambda session, shown: sections.recent(session, ctx.scope, within, shown, where),
        page,
        products,
        where,
        title=ctx.texts.count("Added in the last %(n)s day", "Added in the last %(n)s days", within),
        nothing=N_("Nothing was added in this time."),
        figures=[
            _Figure(N_("new customers"), "new_customers"),
            _Figure(N_("licences"), "total_licenses"),
        ],
        layout=_layout(
            Column(N_("Since added"), lambda row, texts: texts.count("%(n)s day", "%(n)s days", row.days_since_added)),
            _TOTAL,
            _COUNTS,
            _ASSIGNED_CHANGE,
            Column(N_("Weekly change of used"), lambda row, texts: _change(row.used_weekly_change, texts)),
        ),
    )


@command(
    "expiring",
    aliases=["vencen"],
    summary=N_("Subscriptions that will not renew by themselves, and trials, that end soon"),
    phrases=[
        en(f"({_WHO}|customers) {_EXPIRE} {_NEXT}", "{days}"),
        en(f"{_WHO} {_EXPIRE} [soon]"),
        es(f"{_QUIEN} {_VENCE} {_EN}", "{days}"),
        es(f"{_QUIEN} {_VENCE} [pronto]"),
    ],
    examples=["expiring 30", "expiring 60 calling region:EU"],
)
def expiring(
    ctx: Context, within: Days = 90, products: ChosenProducts = None, where: Where = Everything, page: Page = 1
) -> Reply:
    """List active subscriptions and trials that end within `within` days, soonest first."""
    return _reply(
        ctx,
        lambda session, shown: sections.expiring(session, ctx.scope, within, shown, where),
        page,
        products,
        where,
        title=ctx.texts.count("About to expire within %(n)s day", "About to expire within %(n)s days", within),
        nothing=N_("Nothing expires in this time."),
        figures=[_CUSTOMERS, _ASSIGNED_PCT, _USED_PCT],
        layout=_layout(Column(N_("To the end"), _days), _TOTAL, _COUNTS, _USED_3M),
    )


@command(
    "renewing",
    aliases=["renuevan"],
    summary=N_("Subscriptions that renew by themselves soon"),
    phrases=[
        en(f"({_WHO}|customers) {_RENEW} {_NEXT}", "{days}"),
        en(f"{_WHO} {_RENEW} [soon]"),
        es(f"{_QUIEN} {_RENUEVA} {_EN}", "{days}"),
        es(f"{_QUIEN} {_RENUEVA} [pronto]"),
    ],
    examples=["renewing 30", "renewing 90 meetings"],
)
def renewing(
    ctx: Context, within: Days = 90, products: ChosenProducts = None, where: Where = Everything, page: Page = 1
) -> Reply:
    """List active subscriptions set to renew within `within` days, soonest first."""
    return _reply(
        ctx,
        lambda session, shown: sections.renewing(session, ctx.scope, within, shown, where),
        page,
        products,
        where,
        title=ctx.texts.count("About to renew within %(n)s day", "About to renew within %(n)s days", within),
        nothing=N_("Nothing renews in this time."),
        figures=[_CUSTOMERS, _ASSIGNED_PCT, _USED_PCT],
        layout=_layout(Column(N_("To the renewal"), _days), _TOTAL, _COUNTS, _USED_3M),
    )


@command(
    "low",
    aliases=["baja asignación"],
    summary=N_("Subscriptions whose licences are hardly assigned, compared with your other customers"),
    phrases=[
        en(f"{_WHO} (has|have|with) low [licence|license] assignment"),
        en(f"{_WHO} (has not|have not|hasn't|haven't) assigned (many|[all] [of] their) (licences|licenses)"),
        es(f"{_QUIEN} (tiene|tienen|con) (baja asignacion|pocas licencias asignadas) [de licencias]"),
        es("clientes con (baja asignacion|pocas licencias asignadas) [de licencias]"),
    ],
    examples=["low", "low calling region:EU"],
)
def low(ctx: Context, products: ChosenProducts = None, where: Where = Everything, page: Page = 1) -> Reply:
    """List active subscriptions and trials with low licence assignment, lowest first."""
    return _reply(
        ctx,
        lambda session, shown: sections.low(session, ctx.scope, shown, where),
        page,
        products,
        where,
        title=ctx.texts(N_("Low licence assignment")),
        nothing=N_("No subscription stands out as hardly assigned."),
        figures=[
            _CUSTOMERS,
            _ASSIGNED_PCT,
            _Figure(N_("used of assigned"), "used_of_assigned_pct", is_percentage=True),
            _Figure(N_("unassigned licences"), "unassigned"),
        ],
        layout=_layout(
            Column(N_("Since added"), lambda row, texts: _months(row.months_since_added, texts)),
            _ASSIGNED,
            _TOTAL,
            _COUNTS,
            _ASSIGNED_CHANGE,
        ),
    )


@command(
    "overage",
    aliases=["exceso"],
    summary=N_("Subscriptions with more licences assigned than bought"),
    phrases=[
        en(f"{_WHO} (is|are) (over|above) (the|their|its) [licence|license] limit"),
        en(f"{_WHO} (use|uses) more (licences|licenses) than (they|it) bought"),
        es(f"{_QUIEN} (supera|superan|excede|exceden) (el|su) limite [de licencias]"),
        es("clientes (con exceso|que superan el limite) [de licencias]"),
    ],
    examples=["overage", "overage meetings"],
)
def overage(ctx: Context, products: ChosenProducts = None, where: Where = Everything, page: Page = 1) -> Reply:
    """List active subscriptions and trials over their licence limit, largest excess first."""
    return _reply(
        ctx,
        lambda session, shown: sections.overage(session, ctx.scope, shown, where),
        page,
        products,
        where,
        title=ctx.texts(N_("Over the licence limit")),
        nothing=N_("No customer is over its licence limit."),
        figures=[
            _CUSTOMERS,
            _Figure(N_("licences in overage"), "licenses_in_overage"),
            _Figure(N_("average overage"), "average_overage"),
        ],
        layout=_layout(
            Column(N_("To the end"), lambda row, texts: _months(row.months_left, texts)),
            Column(N_("Renews by itself"), lambda row, texts: texts("yes") if row.auto_renew else texts("no")),
            _TOTAL,
            _ASSIGNED,
            Column(N_("Used"), lambda row, texts: f"{texts.number(row.used)} ({texts.percent(row.used_pct)})"),
        ),
    )


COMMANDS = (kpis, recent, expiring, renewing, low, overage)
