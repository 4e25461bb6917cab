"""The dashboard as a picture: what each widget shows, where CloudWatch puts it."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from pictures.references import Rendered

COLUMNS = 24  # of CloudWatch's grid
DEFAULT = {"width": 6, "height": 6}
UNIT = 40  # pixels of a column and a row
GAP = 6
LONG = 32  # letters that need a smaller font to fit into six columns
# CloudWatch's first colours of lines, in their order.
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")

Widget = Mapping[str, Any]


class WidgetError(Exception):
    """A widget cannot be drawn; the message says which and why."""


def body(template: Rendered) -> list[Widget]:
    """Return the widgets of the template's dashboard, names not yet put in."""
    content = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    text = content["Fn::Sub"][0] if isinstance(content["Fn::Sub"], list) else content["Fn::Sub"]
    widgets: list[Widget] = json.loads(text)["widgets"]
    return widgets


def placed(widgets: list[Widget]) -> Iterator[tuple[int, int, int, int, Widget]]:
    """Yield x, y, width and height in grid units, and the widget.

    A widget without a place goes to the right of the one before, or begins a row.

    Source: CloudWatch API Reference, "Dashboard body structure and syntax".
    """
    x = y = row = 0
    for widget in widgets:
        width, height = (widget.get(name, size) for name, size in DEFAULT.items())
        if "x" in widget:
            x, y = widget["x"], widget["y"]
        elif x + width > COLUMNS:
            x, y, row = 0, y + row, 0
        if x + width > COLUMNS:
            raise WidgetError(f"{widget['properties']['title']}: right of column {COLUMNS}")
        yield x, y, width, height, widget
        x, row = x + width, max(row, height)


def written_out(metrics: list[list[Any]]) -> list[list[str]]:
    """Return the metrics with "." replaced by what it stands for in the line above.

    Raises:
        WidgetError: The first line has nothing above it.
    """
    full: list[list[str]] = []
    for metric in metrics:
        values = [value for value in metric if isinstance(value, str)]
        if "." in values and not full:
            raise WidgetError(f"{metric}: there is no line above")
        full.append([full[-1][i] if value == "." else value for i, value in enumerate(values)])
    return full


def draw(widgets: list[Widget]) -> str:
    """Return the picture, an SVG."""
    places = list(placed(widgets))
    height = max(y + h for _, y, _, h, _ in places) * UNIT
    titles = ", ".join(widget["properties"]["title"] for widget in widgets)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * UNIT} {height}" '
            'role="img" font-family="sans-serif" font-size="11">',
            f"<title>The dashboard: {escape(titles)}</title>",
            f'<rect width="{COLUMNS * UNIT}" height="{height}" fill="#eaeded"/>',
            *(line for place in places for line in frame(*place)),
            "</svg>\n",
        ]
    )


def frame(x: int, y: int, width: int, height: int, widget: Widget) -> Iterator[str]:
    """Yield the lines of one widget: title, empty axes, and a legend that says what it plots."""
    shown = widget["properties"]
    left, top = x * UNIT + GAP, y * UNIT + GAP
    wide, high = width * UNIT - 2 * GAP, height * UNIT - 2 * GAP
    yield f'<g><rect x="{left}" y="{top}" width="{wide}" height="{high}" fill="#fff" rx="2"/>'
    yield text(left + 8, top + 18, shown["title"], 'font-weight="bold" font-size="13"')
    yield text(left + 8, top + 34, f"{shown['stat']}, every 5 minutes", 'fill="#545b64"')
    metrics = written_out(shown["metrics"])
    bottom = top + high - 28 * len(metrics) - 10
    for line in range(3):
        at = top + 46 + line * (bottom - top - 46) // 2
        yield f'<path d="M{left + 8} {at}H{left + wide - 8}" stroke="#d5dbdb"/>'
    for number, (namespace, name, *dimensions) in enumerate(metrics):
        at = bottom + 18 + 28 * number
        colour = COLOURS[number % len(COLOURS)]
        yield f'<rect x="{left + 8}" y="{at - 8}" width="9" height="9" fill="{colour}"/>'
        yield text(left + 22, at, name, f'font-size="{11 if len(name) < LONG else 9.5}"')
        of = f"{namespace}: {', '.join(value.strip('${}') for value in dimensions[1::2])}"
        yield text(left + 22, at + 12, of, 'fill="#545b64" font-size="10"')
    yield "</g>"


def text(x: int, y: int, content: str, style: str = "") -> str:
    """Return a line of text."""
    return f'<text x="{x}" y="{y}" {style}>{escape(content)}</text>'.replace(" >", ">")
