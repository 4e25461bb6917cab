"""The dashboard's graphs, as CloudWatch reads them."""

import json
from typing import Any

from generators.dashboard import GRAPHS, NAME

TemplateDict = dict[str, Any]


def test_each_graph_shows_its_lines(ephemeral: TemplateDict) -> None:
    named = {NAME: "receipts"}
    body = ephemeral["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    shown = [
        {tuple(line) for line in widget["properties"]["metrics"]}
        for widget in json.loads(body)["widgets"]
    ]
    assert shown == [
        {
            (namespace, name, *dimensions, named.get(last, f"${{{last}}}"))
            for (namespace, *dimensions, last), name in lines
        }
        for _, _, lines in GRAPHS
    ]
