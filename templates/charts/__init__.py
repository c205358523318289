"""Charts as pictures: what a chart says is declared here, how it looks is one house style (docs/decisions)."""

from templates.charts.chart import Chart, Colour, Form, Panel, Series

__all__ = ["Chart", "Colour", "Form", "Panel", "Series", "picture", "warm_up"]


def picture(chart: Chart) -> bytes:
    """Return the chart as a PNG of at most 200 kB, for a screen of 360 points at twice the resolution.

    Safe to call from any thread; a chart that was drawn lately is not drawn again.
    """
    # Imported here: matplotlib costs most of a second that a start need not pay.
    from templates.charts.drawing import drawn

    return drawn(chart)


def warm_up() -> None:
    """Pay for the first chart beforehand: importing the library and reading its fonts."""
    series = (Series("–", (1, None), Colour.CALM),)
    picture(Chart(("1", "2"), (Panel("–", Form.STACKED, series), Panel("–", Form.LINES, series)), "en"))
