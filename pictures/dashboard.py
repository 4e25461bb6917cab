"""The dashboard as a picture: what each widget shows, where CloudWatch puts it."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import Json
from serverlessapp.template.reading import Template

A_ROW = 4  # graphs: each has 6 of the 24 columns of CloudWatch's grid
SIDE = 240  # pixels of a graph
GAP = 6
LONG = 32  # letters that need a smaller font to fit into six columns
# CloudWatch's first colours of lines, in their order.
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")

Widget = Mapping[str, Any]


def body(template: Json) -> list[Widget]:
    """Return the widgets of the template's dashboard, names not yet put in."""
    content = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    text = Evaluation(template=Template(content=dict(template))).value(content)
    widgets: list[Widget] = json.loads(str(text))["widgets"]
    return widgets


def draw(widgets: list[Widget]) -> str:
    """Return the picture, an SVG: four graphs a row, where CloudWatch puts those without a place.

    Source: CloudWatch API Reference, "Dashboard body structure and syntax".
    """
    titles = ", ".join(widget["properties"]["title"] for widget in widgets)
    width, height = A_ROW * SIDE, -(-len(widgets) // A_ROW) * SIDE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'role="img" font-family="sans-serif" font-size="11">',
            f"<title>The dashboard: {escape(titles)}</title>",
            f'<rect width="{width}" height="{height}" fill="#eaeded"/>',
            *(line for number, widget in enumerate(widgets) for line in frame(number, widget)),
            "</svg>\n",
        ]
    )


def frame(number: int, widget: Widget) -> Iterator[str]:
    """Yield the lines of one widget: title, empty axes, and a legend that says what it plots."""
    graph = widget["properties"]
    left, top = number % A_ROW * SIDE + GAP, number // A_ROW * SIDE + GAP
    side = SIDE - 2 * GAP
    yield f'<g><rect x="{left}" y="{top}" width="{side}" height="{side}" fill="#fff" rx="2"/>'
    yield text(left + 8, top + 18, graph["title"], 'font-weight="bold" font-size="13"')
    yield text(left + 8, top + 34, f"{graph['stat']}, every 5 minutes", 'fill="#545b64"')
    bottom = top + side - 28 * len(graph["metrics"]) - 10
    for line in range(3):
        y = top + 46 + line * (bottom - top - 46) // 2
        yield f'<path d="M{left + 8} {y}H{left + side - 8}" stroke="#d5dbdb"/>'
    for line, (namespace, name, *dimensions) in enumerate(graph["metrics"]):
        y = bottom + 18 + 28 * line
        colour = COLOURS[line % len(COLOURS)]
        yield f'<rect x="{left + 8}" y="{y - 8}" width="9" height="9" fill="{colour}"/>'
        yield text(left + 22, y, name, f'font-size="{11 if len(name) < LONG else 9.5}"')
        values = ", ".join(value.strip("${}") for value in dimensions[1::2])
        yield text(left + 22, y + 12, f"{namespace}: {values}", 'fill="#545b64" font-size="10"')
    yield "</g>"


def text(x: int, y: int, content: str, style: str) -> str:
    """Return a line of text."""
    return f'<text x="{x}" y="{y}" {style}>{escape(content)}</text>'
