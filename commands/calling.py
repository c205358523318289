"""Webex Calling by week: usage, quality, endpoints, features, queues; of everybody or of one customer."""

from dataclasses import asdict
from typing import Annotated, Any

from commands.calling_charts import chart
from commands.calling_texts import duration, figures, missing, signed, stands_out, week_data
from commands.choose import the_customer
from commands.context import Context
from commands.parameters import Page, TextParameter
from commands.phrases import en, es
from commands.pictures import attached
from commands.registry import command
from commands.reply import Reply
from commands.tables import PAGE_SIZE, Column, Layout, Paging, without_page
from hub.calling import View, view
from templates.catalogue import N_
from templates.texts import Texts

Name = Annotated[str, TextParameter(N_("[CUSTOMER]"))]

TITLES = {
    View.USAGE: N_("Calling usage"),
    View.QUALITY: N_("Call quality"),
    View.ENDPOINTS: N_("Call quality by endpoint"),
    View.FEATURES: N_("Calls by feature"),
    View.QUEUES: N_("Call queues"),
}


def _count(title: str, field: str) -> Column:
    return Column(title, lambda row, texts: texts.number(getattr(row, field)))


def _rate(title: str, kind: str) -> Column:
    def value(row: Any, texts: Texts) -> str:
        rate, poor = getattr(row, f"{kind}_poor_pct"), getattr(row, f"{kind}_poor_legs")
        return f"{texts.percent(rate)} ({texts.number(poor)})"

    return Column(title, value)


def _titled(column: Column) -> Column:
    """A column that names itself."""
    return Column(column.title, lambda row, texts: f"{texts(column.title)}: {column.value(row, texts)}")


def _calls_change(row: Any, texts: Texts) -> str:
    change = signed(row.calls_change, texts.number(row.calls_change))
    if row.calls_change_pct is None:
        return change
    return f"{change} ({signed(row.calls_change_pct, texts.percent(row.calls_change_pct))})"


def _queue_change(row: Any, texts: Texts) -> str:
    return signed(row.call_queue_change, texts.number(row.call_queue_change))


def _poor(row: Any, texts: Texts) -> str:
    return f"{texts.number(row.poor_legs)} ({texts.percent(row.poor_pct)})"


def _points(row: Any, texts: Texts) -> str:
    if row.poor_pct_change is None:
        return texts.number(None)
    return texts(N_("%(points)s points"), points=signed(row.poor_pct_change, texts.number(row.poor_pct_change)))


_CUSTOMER = Column(N_("Customer"), lambda row, _: row.customer)
_WEEK = Column(N_("Week from"), lambda row, texts: texts.day(row.week))
_ABANDONED = Column(
    N_("Abandoned"), lambda row, texts: f"{texts.number(row.abandoned)} ({texts.percent(row.abandoned_pct)})"
)

_COLUMNS: dict[View, tuple[Column, ...]] = {
    View.USAGE: (
        _count(N_("Calls"), "calls"),
        Column(N_("Weekly change"), _calls_change),
        _count(N_("Minutes"), "minutes"),
        _count(N_("Active users"), "active_users"),
    ),
    View.QUALITY: (
        Column(N_("Poor legs"), _poor),
        _count(N_("Call legs"), "legs"),
        Column(N_("Weekly change"), _points),
    ),
    View.ENDPOINTS: (
        _rate(N_("Room devices"), "room_device"),
        _rate(N_("Webex app"), "app"),
        _rate(N_("Desk phones"), "desk_phone"),
        _rate(N_("Third-party devices"), "other"),
    ),
    View.FEATURES: (
        _count(N_("Call queues"), "call_queue"),
        Column(N_("Weekly change"), _queue_change),
        _count(N_("Hunt groups"), "hunt_group"),
        _count(N_("Auto attendants"), "auto_attendant"),
    ),
    View.QUEUES: (
        _ABANDONED,
        _count(N_("Calls"), "calls"),
        Column(N_("Time to answer"), lambda row, texts: duration(row.time_to_answer, texts)),
        Column(N_("Wait before abandoning"), lambda row, texts: duration(row.wait_before_abandoning, texts)),
        _count(N_("Timed out"), "timed_out"),
        _count(N_("Overflowed"), "overflowed"),
        _count(N_("Transferred"), "transferred"),
    ),
}
"""What a row shows; the first stands beside its name."""


def _reply(ctx: Context, subject: View, name: str, page: int) -> Reply:
    """One page of a subject with its chart, which comes with the first page alone; its data are all of it."""
    texts, line = ctx.texts, without_page(ctx.line)
    one = the_customer(ctx, name, lambda each: f"calling {subject} {each.org_id}") if name else None
    org_id = one.org_id if one else None
    with ctx.read() as session:
        shown = view(session, ctx.scope, subject, org_id)
        paging = Paging(page, shown.total_rows, line)
        rows = shown.by_week() if one else shown.rows(PAGE_SIZE, paging.offset)

    def whole() -> dict[str, Any]:
        with ctx.read() as session:
            shown = view(session, ctx.scope, subject, org_id)
            return {
                "week": shown.week,
                "customer": one.customer if one else None,
                "customers": shown.total_rows,
                "kpis": week_data(subject, shown.now),
                "weeks": [{"week": week.week, **week_data(subject, week)} for week in shown.weeks],
                "rows": [asdict(row) for row in (shown.by_week() if one else shown.rows())],
            }

    aside, second, third, *others = _COLUMNS[subject]
    layout = Layout(_WEEK if one else _CUSTOMER, aside, (_titled(second), _titled(third)), others)
    drawn = chart(shown, texts) if page == 1 and shown.is_known else None
    title = texts(TITLES[subject])
    return Reply(
        "charted",
        view={
            "title": title,
            "subtitle": " · ".join(
                filter(
                    None, [one.customer if one else None, texts(N_("week from %(week)s"), week=texts.day(shown.week))]
                )
            ),
            "said": stands_out(shown, texts, one_customer=one is not None),
            "figures": figures(shown, texts) if shown.is_known else [],
            "aside": texts(aside.title),
            "entries": [layout.entry(row, texts, f"customer {row.org_id}") for row in rows],
            "nothing": texts(_nothing(subject, is_known=shown.is_known)),
            "why": missing(shown, texts),
            "paging": None if one else paging.view(),
            "csv": None if one else f"report run calling {subject}",
        },
        data=whole,
        files=(attached(ctx, drawn, title),) if drawn else (),
    )


def _nothing(subject: View, *, is_known: bool) -> str:
    if is_known and subject in (View.FEATURES, View.QUEUES):
        return N_("No queue of a customer was called in this week.")
    return N_(
        "No figures of Webex Calling are in. They come from a feed, a CSV or Webex's usage report: docs/calling.md"
    )


@command(
    "calling usage",
    aliases=["llamadas uso"],
    summary=N_("Calls, minutes and users of Webex Calling, week by week"),
    phrases=[
        en("how much (is|was) webex calling used"),
        es("(cuanto|cuánto) se usa webex calling"),
    ],
    examples=["calling usage", "calling usage Acme"],
)
def usage(ctx: Context, name: Name = "", page: Page = 1) -> Reply:
    """Show how much people call."""
    return _reply(ctx, View.USAGE, name, page)


@command(
    "calling quality",
    aliases=["llamadas calidad"],
    summary=N_("Poor call legs, week by week"),
    phrases=[
        en("(who|which customers) (has|have) (bad|poor) (call quality|calls)"),
        es("que clientes tienen (mala calidad de llamada|llamadas de mala calidad)"),
    ],
    examples=["calling quality", "calling quality Acme"],
)
def quality(ctx: Context, name: Name = "", page: Page = 1) -> Reply:
    """Show how many call legs are poor."""
    return _reply(ctx, View.QUALITY, name, page)


@command(
    "calling endpoints",
    aliases=["llamadas dispositivos"],
    summary=N_("Poor call legs by kind of endpoint"),
    examples=["calling endpoints", "calling endpoints Acme"],
)
def endpoints(ctx: Context, name: Name = "", page: Page = 1) -> Reply:
    """Show on which kinds of endpoint call legs are poor."""
    return _reply(ctx, View.ENDPOINTS, name, page)


@command(
    "calling features",
    aliases=["llamadas funciones"],
    summary=N_("Calls by feature, of customers with call queues"),
    examples=["calling features", "calling features Acme"],
)
def features(ctx: Context, name: Name = "", page: Page = 1) -> Reply:
    """Show by which features calls come in."""
    return _reply(ctx, View.FEATURES, name, page)


@command(
    "calling queues",
    aliases=["llamadas colas"],
    summary=N_("Waiting and abandoned calls in queues"),
    examples=["calling queues", "calling queues Acme"],
)
def queues(ctx: Context, name: Name = "", page: Page = 1) -> Reply:
    """Show how long callers wait, and how many give up."""
    return _reply(ctx, View.QUEUES, name, page)


COMMANDS = (usage, quality, endpoints, features, queues)
