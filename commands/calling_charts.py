"""The charts of Webex Calling: eight weeks of a subject."""

from collections.abc import Callable, Sequence

from commands.calling_texts import ENDPOINTS, FEATURES
from hub.calling import Endpoint, Feature, Shown, View, Week
from templates.catalogue import N_
from templates.charts import Chart, Colour, Form, Panel, Series
from templates.texts import Texts

Value = Callable[[Week], float | None]

_OF_ENDPOINTS = {
    Endpoint.APP: Colour.STRONG,
    Endpoint.DESK_PHONE: Colour.GREEN,
    Endpoint.ROOM_DEVICE: Colour.OTHER,
    Endpoint.OTHER: Colour.AMBER,
}
_OF_FEATURES = {
    Feature.HUNT_GROUP: Colour.GREEN,
    Feature.AUTO_ATTENDANT: Colour.OTHER,
    Feature.CALL_QUEUE: Colour.STRONG,
}


def chart(shown: Shown, texts: Texts) -> Chart | None:
    """Declare the chart of a subject; None where nothing of it is known."""
    drawing = _Drawing(shown, texts)
    panels = [panel for panel in _PANELS[shown.view](drawing) if _is_known(panel)]
    if not panels:
        return None
    return Chart(tuple(texts.short_day(week.week) for week in shown.weeks), tuple(panels), texts.language)


def _is_known(panel: Panel) -> bool:
    return any(value is not None for series in panel.series for value in series.values)


class _Drawing:
    """Makes series of the weeks shown."""

    def __init__(self, shown: Shown, texts: Texts) -> None:
        self.shown = shown
        self.texts = texts

    def series(self, name: str, value: Value, colour: Colour) -> Series:
        """A series over the weeks."""
        return Series(self.texts(name), tuple(value(week) for week in self.shown.weeks), colour)

    def panel(self, title: str, form: Form, *series: Series, height: float = 1.0, percent: bool = False) -> Panel:
        """A panel over the weeks."""
        return Panel(self.texts(title), form, series, is_percentage=percent, height=height)


def _usage(draw: _Drawing) -> Sequence[Panel]:
    def users(name: str, flat: str, colour: Colour) -> Series:
        return draw.series(name, lambda week: week[f"users_by_calls_{flat}"], colour)

    return (
        draw.panel(
            N_("Users by calls in the week"),
            Form.STACKED,
            users(N_("more than 20"), "20", Colour.STRONG),
            users(N_("6 to 20"), "6_20", Colour.MEDIUM),
            users(N_("1 to 5"), "1_5", Colour.CALM),
            users(N_("no calls"), "0", Colour.FAINT),
            height=1.3,
        ),
        draw.panel(
            N_("Calls in the week"),
            Form.STACKED,
            draw.series(N_("calls"), lambda week: week["calls"], Colour.STRONG),
            height=0.6,
        ),
    )


def _quality(draw: _Drawing) -> Sequence[Panel]:
    return (
        draw.panel(
            N_("Poor call legs in the week"),
            Form.STACKED,
            draw.series(N_("poor legs"), lambda week: week["poor_legs"], Colour.ALARM),
            height=0.9,
        ),
        draw.panel(
            N_("Share of all call legs"),
            Form.LINES,
            draw.series(N_("poor"), lambda week: week.pct("poor"), Colour.ALARM),
            height=0.6,
            percent=True,
        ),
    )


def _endpoints(draw: _Drawing) -> Sequence[Panel]:
    texts, now = draw.texts, draw.shown.now
    rates = {kind: now.pct(f"poor_{kind}") for kind in Endpoint}
    highest = max((rate for rate in rates.values() if rate is not None), default=0)

    def row(kind: Endpoint) -> Series:
        note = texts(
            N_("%(poor)s of %(legs)s legs"),
            poor=texts.number(now[f"poor_{kind}_part"]),
            legs=texts.number(now[f"poor_{kind}_whole"]),
        )
        colour = Colour.ALARM if rates[kind] and rates[kind] == highest else Colour.MEDIUM
        name = texts(ENDPOINTS[kind])
        return Series(name[:1].upper() + name[1:], (rates[kind],), colour, note)

    return (
        draw.panel(N_("Poor legs by kind of endpoint"), Form.ROWS, *map(row, Endpoint), percent=True),
        draw.panel(
            N_("Poor legs over eight weeks"),
            Form.LINES,
            *(
                draw.series(ENDPOINTS[kind], lambda week, kind=kind: week.pct(f"poor_{kind}"), _OF_ENDPOINTS[kind])  # type: ignore[misc]
                for kind in Endpoint
            ),
            percent=True,
        ),
    )


def _features(draw: _Drawing) -> Sequence[Panel]:
    def row(kind: Feature) -> Series:
        name = draw.texts(FEATURES[kind])
        return Series(name[:1].upper() + name[1:], (draw.shown.now[f"queued_{kind}"],), _OF_FEATURES[kind])

    return (
        draw.panel(N_("Calls by feature"), Form.ROWS, *map(row, Feature)),
        draw.panel(
            N_("Calls by feature over eight weeks"),
            Form.LINES,
            *(
                draw.series(FEATURES[kind], lambda week, kind=kind: week[f"queued_{kind}"], _OF_FEATURES[kind])  # type: ignore[misc]
                for kind in Feature
            ),
        ),
    )


def _queues(draw: _Drawing) -> Sequence[Panel]:
    def other(week: Week) -> float | None:
        calls, answered, abandoned = week["queue_calls"], week["queue_answered"], week["queue_abandoned"]
        if calls is None or answered is None or abandoned is None:
            return None
        return max(0, calls - answered - abandoned)

    return (
        draw.panel(
            N_("Calls to queues"),
            Form.STACKED,
            draw.series(N_("answered"), lambda week: week["queue_answered"], Colour.STRONG),
            draw.series(N_("timed out or overflowed"), other, Colour.FAINT),
            draw.series(N_("abandoned"), lambda week: week["queue_abandoned"], Colour.ALARM),
        ),
        draw.panel(
            N_("Abandoned"),
            Form.LINES,
            draw.series(N_("of the calls"), lambda week: week.pct("abandoned"), Colour.ALARM),
            height=0.5,
            percent=True,
        ),
        draw.panel(
            N_("Average seconds"),
            Form.LINES,
            draw.series(N_("to an answer"), lambda week: week.mean("answer"), Colour.STRONG),
            draw.series(N_("until abandoning"), lambda week: week.mean("wait"), Colour.ALARM),
            height=0.7,
        ),
    )


_PANELS: dict[View, Callable[[_Drawing], Sequence[Panel]]] = {
    View.USAGE: _usage,
    View.QUALITY: _quality,
    View.ENDPOINTS: _endpoints,
    View.FEATURES: _features,
    View.QUEUES: _queues,
}
