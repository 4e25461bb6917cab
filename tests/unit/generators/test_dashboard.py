"""The dashboard's graphs, as CloudWatch reads them."""

import json
from typing import Any

from generators.dashboard import GRAPHS, shortened

TemplateDict = dict[str, Any]


def spelled_out(metrics: list[list[str]]) -> list[list[str]]:
    """Resolve "." like CloudWatch: the value at the same place in the line above."""
    lines: list[list[str]] = []
    for line in metrics:
        lines.append([lines[-1][i] if value == "." else value for i, value in enumerate(line)])
    return lines


def test_each_graph_shows_its_lines(ephemeral: TemplateDict) -> None:
    body = ephemeral["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    shown = [
        {tuple(line) for line in spelled_out(widget["properties"]["metrics"])}
        for widget in json.loads(body)["widgets"]
    ]
    assert shown == [
        {(namespace, name, *dimension) for (namespace, *dimension), name in lines}
        for _, _, lines in GRAPHS
    ]


def test_only_what_the_line_above_has_is_left_out() -> None:
    lines = [["A", "x", "D", "1"], ["A", "y", "D", "1"], ["B", "y", "E", "2"]]
    assert shortened(lines) == [["A", "x", "D", "1"], [".", "y", ".", "."], ["B", ".", "E", "2"]]
