"""The customer list and the customer page."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, ClassVar

from commands import customer_page
from commands.administrators import administrators_view
from commands.choose import the_customer
from commands.context import Context
from commands.customer_page import Tab
from commands.errors import NotFound
from commands.parameters import Everything, Order, Page, Parameter, Where
from commands.phrases import en, es
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Column, Layout, Paging, turned_to, without_page
from commands.words import Words, unquote
from hub import customers as hub_customers
from hub.access import Needs, may
from hub.customers import CustomerDetails, CustomerRow, MatchKind, State
from hub.filters import Filter
from hub.names import fold
from hub.statuses import Status
from templates.catalogue import N_
from templates.texts import UNKNOWN, Texts
from templates.vocabulary import label


@dataclass(frozen=True)
class Wanted:
    """The customer that is named and the tab, if one is; `whole` is both, should it all be a name."""

    name: str
    tab: Tab | None
    whole: str


class CustomerAndTabParameter(Parameter):
    """A customer, and after it the tab that is wanted."""

    usage = N_("CUSTOMER [subscriptions|trials|administrators|orders]")
    greedy = True
    NAMES: ClassVar = {
        **{tab.value: tab for tab in Tab},
        "resumen": Tab.OVERVIEW,
        "suscripciones": Tab.SUBSCRIPTIONS,
        "pruebas": Tab.TRIALS,
        "admins": Tab.ADMINISTRATORS,
        "administradores": Tab.ADMINISTRATORS,
        "pedidos": Tab.ORDERS,
    }

    def take(self, words: Words) -> Wanted | None:
        """Take all; quotes around the name keep a tab's word in it."""
        typed = words.take_all()
        if not typed:
            return None
        whole, tab = " ".join(typed), self.NAMES.get(fold(typed[-1]))
        if tab is None or len(typed) == 1:
            return Wanted(unquote(whole), None, unquote(whole))
        return Wanted(unquote(" ".join(typed[:-1])), tab, whole)


CustomerAndTab = Annotated[Wanted, CustomerAndTabParameter()]


def _labels(codes: tuple[str, ...], texts: Texts) -> str:
    return ", ".join(label(code, texts) for code in codes) or UNKNOWN


_LAYOUT = Layout(
    Column(N_("Customer"), lambda row, _: row.customer),
    Column(N_("Next end"), lambda row, texts: texts.day(row.next_end)),
    (Column(N_("Status"), lambda row, texts: _labels(row.statuses, texts)),),
    (
        Column(N_("Products"), lambda row, texts: _labels(row.products, texts)),
        Column(N_("Region"), lambda row, texts: label(row.region, texts)),
        Column(N_("Tags"), lambda row, _: ", ".join(row.tags)),
    ),
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
        found = turned_to(
            page,
            lambda before: hub_customers.list_customers(
                session, ctx.scope, where, sort, limit=PAGE_SIZE, offset=before
            ),
        )
        undated = hub_customers.count_undated(session, ctx.scope)

    def whole() -> dict[str, Any]:
        with ctx.read() as session:
            everything = hub_customers.list_customers(session, ctx.scope, where, sort)
        return {"total_rows": everything.total_rows, "rows": [asdict(row) for row in everything.rows]}

    return Reply(
        "customers",
        view={
            "title": ctx.texts.count("%(n)s customer", "%(n)s customers", found.total_rows),
            "filter": str(where),
            "aside": ctx.texts(_LAYOUT.aside.title),
            "entries": [
                _LAYOUT.entry(row, ctx.texts, f"customer {row.org_id}", control_hub(ctx, row.org_id))
                for row in found.rows
            ],
            "paging": Paging(page, found.total_rows, line).view(),
            "undated": undated,
            "quick": _quick(where, ctx.texts),
            "csv": f"report run {line}" if may(ctx.person.roles, Needs.READ) else None,
        },
        data=whole,
    )


def _quick(where: Filter, texts: Texts) -> list[tuple[str, str]]:
    """Return the filters that are a press away: of the whole list the usual ones, else the way back to it."""
    if where != Everything:
        return [(texts(N_("All customers")), "customers"), (texts(N_("Saved filters")), "filters")]
    usual = (Status.SUSPENDED, Status.EXPIRED, Status.EXPIRING, Status.TRIAL)
    return [(label(status, texts), f"customers status:{status}") for status in usual]


@command(
    "customer",
    aliases=["cliente"],
    summary=N_("Everything about one customer: status, subscriptions, licences, trials, administrators"),
    phrases=[
        en("(show|open) [me] [the] customer {text}", "{text}"),
        en("tell me [everything|more] about {text}", "{text}"),
        es("(muestra|muestrame|abre|ver) [el|al] cliente {text}", "{text}"),
    ],
    examples=["customer Acme", "customer Acme subscriptions", "customer Acme administrators"],
)
def customer(ctx: Context, wanted: CustomerAndTab, page: Page = 1) -> Reply:
    """Show a tab of the page of the customer with this name, organization id or subscription id."""
    row, tab = _meant(ctx, wanted)
    with ctx.read() as session:
        details = hub_customers.details(session, ctx.scope, row.org_id)
    if details is None:
        raise NotFound(N_("I know no customer called “%(name)s”."), name=wanted.whole[:80])
    line = f"customer {row.org_id}"
    shown, paging = _tab(ctx, details, tab, page, f"{line} {tab}")
    return Reply(
        "customer",
        view={
            "customer": row.customer,
            "org_id": row.org_id,
            "statuses": [label(status, ctx.texts) for status in row.statuses],
            "urgent": bool({*row.statuses} & {Status.SUSPENDED, Status.EXPIRED, Status.OVERAGE}),
            "tab": tab,
            "tabs": [(ctx.texts(title), f"{line} {each}", each == tab) for each, title in customer_page.TABS.items()],
            "control_hub": control_hub(ctx, row.org_id),
            "may_change": may(ctx.person.roles, Needs.CHANGE),
            "tries": any(one.state in (State.ACTIVE, State.LATER) for one in details.trials),
            "paging": paging,
            **shown,
        },
        data=lambda: asdict(details),
    )


def control_hub(ctx: Context, org_id: str) -> str:
    """Return the address that opens a customer in Control Hub, by the pattern that is configured."""
    return ctx.services.control_hub.replace("{org_id}", org_id)


def _meant(ctx: Context, wanted: Wanted) -> tuple[CustomerRow, Tab]:
    """Tell a tab from the last word of a name: whom all of the words name exactly is meant."""
    if wanted.tab:
        with ctx.read() as session:
            match = hub_customers.find(session, ctx.scope, wanted.whole)
        if match.kind is MatchKind.EXACT and fold(match.rows[0].customer) == fold(wanted.whole):
            return match.rows[0], Tab.OVERVIEW
    tab = wanted.tab or Tab.OVERVIEW
    return the_customer(ctx, wanted.name, lambda candidate: f"customer {candidate.org_id} {tab}"), tab


def _tab(
    ctx: Context, details: CustomerDetails, tab: Tab, page: int, line: str
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return what a tab shows, and its pages where it has several."""
    match tab:
        case Tab.OVERVIEW:
            return customer_page.overview(details, ctx.texts), None
        case Tab.ADMINISTRATORS:
            return administrators_view(ctx, details), None
        case Tab.ORDERS:
            orders = customer_page.orders_of(details)
            paging = Paging(page, len(orders), line, customer_page.ORDERS_PAGE_SIZE)
            shown = [(of, customer_page.order(each, ctx.texts)) for of, each in paging.of(orders)]
            return {"orders": shown}, paging.view()
        case Tab.TRIALS | Tab.SUBSCRIPTIONS:
            held = details.trials if tab is Tab.TRIALS else details.subscriptions
            paging = Paging(page, len(held), line, customer_page.PAGE_SIZE)
            return {"held": [customer_page.held(one, ctx.texts) for one in paging.of(held)]}, paging.view()


COMMANDS = (customers, customer)
