"""The house style: one column as wide as a phone, words beside what they name, no legend, few lines.

The ground is solid and light, so that a picture reads the same in a dark client. DejaVu Sans, which comes with
matplotlib, has glyphs for all languages of the catalogue and is the same on every machine.
"""

import io
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import matplotlib
from babel.numbers import format_compact_decimal, format_decimal
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from templates.charts.chart import Chart, Colour, Form, Panel, Series

WIDTH_INCHES, DPI = 3.6, 200
"""720 pixels: 360 points at twice the resolution; a point of type is 1.4 points on that screen."""
PANEL_INCHES, TITLE_INCHES, FOOT_INCHES, ROW_INCHES = 1.55, 0.34, 0.30, 0.46
LEFT, RIGHT = 0.125, 0.675
"""Where columns begin and end, as parts of the width; their names stand to the right."""
GROUND, INK, QUIET, LINE = "#fcfcfd", "#1d2430", "#5b6573", "#dfe3e8"
DARK = {Colour.FAINT: "#5b6573", Colour.CALM: "#33749f", Colour.MEDIUM: "#2a70a8"}
"""Text in a light colour would be pale: it takes a darker one of the same hue."""
SMALL, NORMAL, LARGE = 7.6, 8.2, 9.4
KEPT = 64
"""Charts kept drawn: the figures of a week stay the same for a week."""

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "text.color": INK,
    # A dollar sign is a dollar sign.
    "text.parse_math": False,
    "axes.unicode_minus": True,
}

_drawing = Lock()
"""matplotlib's settings and caches belong to the process; drawing is bound to one core anyway."""


@lru_cache(maxsize=KEPT)
def drawn(chart: Chart) -> bytes:
    """Draw a chart as a PNG."""
    with _drawing, matplotlib.rc_context(STYLE):
        heights = [_height(panel) for panel in chart.panels]
        total = sum(heights)
        figure = Figure(figsize=(WIDTH_INCHES, total), dpi=DPI, facecolor=GROUND)
        top = total
        for panel, height in zip(chart.panels, heights, strict=True):
            _draw(figure, panel, chart, top, height, total)
            top -= height
        out = io.BytesIO()
        FigureCanvasAgg(figure)
        figure.savefig(out, format="png", dpi=DPI, facecolor=GROUND, metadata={"Software": None})
        return out.getvalue()


def _height(panel: Panel) -> float:
    lines = _title(panel).count("\n")
    frame = TITLE_INCHES + lines * 0.15 + FOOT_INCHES
    if panel.form is Form.ROWS:
        return frame - FOOT_INCHES + 0.12 + ROW_INCHES * len(panel.series)
    return frame + PANEL_INCHES * panel.height


def _title(panel: Panel) -> str:
    return textwrap.fill(panel.title, 46)


def _draw(figure: Figure, panel: Panel, chart: Chart, top: float, height: float, total: float) -> None:
    title = _title(panel)
    head = TITLE_INCHES + title.count("\n") * 0.15
    figure.text(0.03, (top - 0.09) / total, title, fontsize=LARGE, fontweight="bold", va="top")
    if panel.form is Form.ROWS:
        axes = figure.add_axes((0.03, (top - height + 0.1) / total, 0.94, (height - head - 0.12) / total))
        _rows(axes, panel, chart.language)
        return
    axes = figure.add_axes(
        (LEFT, (top - height + FOOT_INCHES) / total, RIGHT - LEFT, (height - head - FOOT_INCHES) / total)
    )
    _frame(axes, panel, chart)
    named = _stacked(axes, panel) if panel.form is Form.STACKED else _lines(axes, panel)
    _name(axes, height - head - FOOT_INCHES, named, panel, chart.language)


def _frame(axes: Axes, panel: Panel, chart: Chart) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.set_facecolor(GROUND)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=LINE, linewidth=0.7)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=QUIET)
    axes.tick_params(axis="x", pad=4)
    axes.tick_params(axis="y", pad=2)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=not panel.is_percentage, min_n_ticks=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _compact(value, panel, chart.language)))
    last = len(chart.weeks) - 1
    axes.set_xlim(-0.6, last + 0.6)
    step = max(1, round(last / 3))
    ticks = list(range(last, -1, -step))
    axes.set_xticks(ticks, [chart.weeks[place] for place in ticks])
    axes.set_ylim(0, _top(panel))


def _top(panel: Panel) -> float:
    """The end of the scale: a little above what is shown, so that nothing touches the title."""
    if panel.form is Form.STACKED:
        columns = zip(*(series.values for series in panel.series), strict=True)
        highest = max((sum(value or 0 for value in column) for column in columns), default=0)
    else:
        highest = max((value for series in panel.series for value in series.values if value is not None), default=0)
    return highest * 1.08 or 1


def _stacked(axes: Axes, panel: Panel) -> list[tuple[float, Series, float]]:
    """Draw columns; returns where each series' name belongs."""
    floor = [0.0] * len(panel.series[0].values)
    named = []
    for series in panel.series:
        heights = [value or 0 for value in series.values]
        axes.bar(
            range(len(heights)),
            heights,
            bottom=floor,
            width=0.82,
            color=series.colour.value,
            edgecolor=GROUND,
            linewidth=0.6,
        )
        last = series.values[-1]
        if last is not None:
            named.append((floor[-1] + last / 2, series, last))
        floor = [below + height for below, height in zip(floor, heights, strict=True)]
    return named


def _lines(axes: Axes, panel: Panel) -> list[tuple[float, Series, float]]:
    named = []
    for series in panel.series:
        values = [float("nan") if value is None else value for value in series.values]
        axes.plot(
            range(len(values)),
            values,
            color=series.colour.value,
            linewidth=2,
            marker="o",
            markersize=3.2,
            clip_on=False,
        )
        last = series.values[-1]
        if last is not None:
            named.append((last, series, last))
    return named


def _name(axes: Axes, inches: float, named: Sequence[tuple[float, Series, float]], panel: Panel, language: str) -> None:
    """Write names and newest values beside the last column of axes so high, moved apart where they would touch."""
    high = axes.get_ylim()[1]
    labels = [
        (place / high, textwrap.fill(series.name, 17), series, value)
        for place, series, value in sorted(named, key=lambda each: each[0])
    ]
    needs = [(0.135 * (text.count("\n") + 2) + 0.03) / inches for _, text, _, _ in labels]
    for middle, need, (_, text, series, value) in zip(
        _apart([each[0] for each in labels], needs), needs, labels, strict=True
    ):
        colour = DARK.get(series.colour, series.colour.value)
        top = middle + need / 2
        _beside(axes, top, _exact(value, panel, language), colour, NORMAL + 0.4, "bold")
        _beside(axes, top - 0.145 / inches, text, colour, NORMAL - 0.2, "normal")


def _beside(axes: Axes, top: float, text: str, colour: str, size: float, weight: str) -> None:
    axes.annotate(
        text,
        (1, top),
        xycoords="axes fraction",
        xytext=(5, 0),
        textcoords="offset points",
        fontsize=size,
        fontweight=weight,
        color=colour,
        va="top",
        linespacing=1.1,
        annotation_clip=False,
    )


def _apart(places: Sequence[float], needs: Sequence[float]) -> list[float]:
    """Move places (0–1, ascending) so far apart as their texts need, and back below the top."""
    found: list[float] = []
    floor = -0.08
    for place, need in zip(places, needs, strict=True):
        middle = max(place, floor + need / 2)
        found.append(middle)
        floor = middle + need / 2
    ceiling = 1.05
    for index in range(len(found) - 1, -1, -1):
        found[index] = min(found[index], ceiling - needs[index] / 2)
        ceiling = found[index] - needs[index] / 2
    return found


def _rows(axes: Axes, panel: Panel, language: str) -> None:
    axes.set_axis_off()
    count = len(panel.series)
    axes.set_ylim(count, 0)
    highest = max((series.values[0] or 0 for series in panel.series), default=0) or 1
    axes.set_xlim(0, 1)
    for place, series in enumerate(panel.series):
        value = series.values[0]
        axes.text(0, place + 0.08, series.name, fontsize=NORMAL, va="top", color=INK)
        said = _exact(value, panel, language) if value is not None else "—"
        axes.text(1, place + 0.08, series.note, fontsize=SMALL, va="top", ha="right", color=QUIET)
        length = (value or 0) / highest * 0.78
        axes.barh(place + 0.68, length, height=0.36, left=0, color=series.colour.value)
        axes.text(
            length + 0.012,
            place + 0.68,
            said,
            fontsize=LARGE,
            fontweight="bold",
            va="center",
            color=DARK.get(series.colour, series.colour.value),
        )


def _compact(value: float, panel: Panel, language: str) -> str:
    if panel.is_percentage:
        return f"{format_decimal(value, '#,##0.#', locale=language)} %"
    return str(format_compact_decimal(value, locale=language, fraction_digits=1 if value % 1000 else 0))


def _exact(value: float, panel: Panel, language: str) -> str:
    if panel.is_percentage:
        return f"{format_decimal(value, '#,##0.#', locale=language)} %"
    return format_decimal(value, "#,##0.#", locale=language)
