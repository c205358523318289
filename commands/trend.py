"""How licences were used over the last weeks."""

from collections.abc import Sequence
from dataclasses import asdict

from commands.context import Context
from commands.parameters import ChosenProducts, Everything, Where
from commands.phrases import en, es
from commands.pictures import attached
from commands.registry import command
from commands.reply import Reply
from commands.tables import Column, table
from hub.trend import Trend, TrendWeek
from hub.trend import trend as weekly_trend
from templates.catalogue import N_
from templates.charts import Chart, Colour, Form, Panel, Series
from templates.texts import Texts
from templates.vocabulary import label

_COLUMNS = (
    Column(N_("Week from"), lambda row, texts: texts.short_day(row.week), 3),
    Column(N_("Used"), lambda row, texts: texts.number(row.used), 3),
    Column(N_("Not used"), lambda row, texts: texts.number(row.assigned_unused), 3),
    Column(N_("Available"), lambda row, texts: texts.number(row.available), 3),
    Column(N_("Overage"), lambda row, texts: texts.number(row.overage), 3),
)


@command(
    "trend",
    aliases=["tendencia"],
    summary=N_("How licences were used over the last 13 weeks, as a chart"),
    phrases=[
        en("how (did|do|have) licences (develop|developed|change|changed)"),
        en("[show] [me] [the] (licence|license) [distribution] trend"),
        es("(como|cómo) (evolucionan|evolucionaron|han evolucionado) las licencias"),
        es("tendencia [de] [en] [la] [distribucion] [de] [las] licencias"),
    ],
    examples=["trend", "trend calling region:EU"],
)
def trend(ctx: Context, products: ChosenProducts = None, where: Where = Everything) -> Reply:
    """Sum used, assigned but unused, and available licences by week, and the overage beside them."""
    products = products or ctx.products
    with ctx.read() as session:
        found = weekly_trend(session, ctx.scope, products, where)
    rows = found.weeks
    known = [row for row in rows if row.total is not None or row.assigned is not None]
    texts = ctx.texts
    title = texts(N_("Licence distribution trend"))
    return Reply(
        "charted",
        view={
            "title": title,
            "subtitle": " · ".join(label(product, texts) for product in sorted(products)),
            "said": _said(found, texts) if known else [],
            "figures": _figures(rows[-1], texts) if known else [],
            "table": table(_COLUMNS, reversed(known), texts),
            "nothing": texts(N_("No licence counts of active subscriptions or trials are known.")),
            "why": [] if known else [texts(N_("Their dates come from a feed or an imported CSV: docs/import.md"))],
            "paging": None,
            "csv": f"report run {ctx.line}",
        },
        data=lambda: {"products": sorted(products), "used_pct": found.used_pct, "rows": [asdict(row) for row in rows]},
        files=(attached(ctx, _chart(rows, texts), title),) if known else (),
    )


def _figures(now: TrendWeek, texts: Texts) -> list[dict[str, str]]:
    return [
        {"title": texts(title), "value": texts.number(value)}
        for title, value in (
            (N_("used"), now.used),
            (N_("assigned, not used"), now.assigned_unused),
            (N_("available"), now.available),
            (N_("overage"), now.overage),
        )
    ]


def _said(found: Trend, texts: Texts) -> list[str]:
    """Say what stands out: the share in use, how it changed, and what is over the limit."""
    rows, now = found.weeks, found.weeks[-1]
    said = []
    if found.used_pct is not None:
        said.append(texts(N_("%(share)s of the licences bought are used."), share=texts.percent(found.used_pct)))
    first = next((row for row in rows[:-1] if row.used), None)
    if first and first.used and now.used is not None:
        change = round(100 * (now.used - first.used) / first.used)
        values = {"percent": texts.percent(abs(change)), "week": texts.short_day(first.week)}
        if change > 0:
            said.append(texts(N_("Use grew by %(percent)s since the week from %(week)s."), **values))
        elif change < 0:
            said.append(texts(N_("Use fell by %(percent)s since the week from %(week)s."), **values))
        else:
            said.append(texts(N_("Use is as it was in the week from %(week)s."), **values))
    if now.overage:
        said.append(
            texts.count("%(n)s licence is over its limit.", "%(n)s licences are over their limit.", now.overage)
        )
    return said


def _chart(rows: Sequence[TrendWeek], texts: Texts) -> Chart:
    def series(name: str, field: str, colour: Colour) -> Series:
        return Series(texts(name), tuple(getattr(row, field) for row in rows), colour)

    panels = [
        Panel(
            texts(N_("Licences by week")),
            Form.STACKED,
            (
                series(N_("used"), "used", Colour.STRONG),
                series(N_("assigned, not used"), "assigned_unused", Colour.CALM),
                series(N_("available"), "available", Colour.FAINT),
            ),
            height=1.25,
        ),
        Panel(
            texts(N_("Assigned beyond what was bought")),
            Form.STACKED,
            (series(N_("overage"), "overage", Colour.ALARM),),
            height=0.5,
        ),
    ]
    return Chart(tuple(texts.short_day(row.week) for row in rows), tuple(panels), texts.language)


COMMANDS = (trend,)
