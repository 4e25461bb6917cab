"""Tables of the template's form and outputs: complete, and in the console's order."""

import pytest

from generators import tables
from generators.application import build
from generators.form import INTERFACE
from generators.retention import Retention
from tests.fixture_lanes import lane


def test_each_parameter_has_a_row_in_the_order_of_the_form() -> None:
    rows = [line.split(" | ") for line in tables.parameters().splitlines()[2:]]
    groups = tables.template()["Metadata"][INTERFACE]["ParameterGroups"]
    names = [name for group in groups for name in group["Parameters"]]
    assert [row[2] for row in rows] == [f"`{name}`" for name in names]
    assert set(names) == set(tables.template()["Parameters"])
    assert [row[0].strip("| *") for row in rows if "**" in row[0]] == [
        group["Label"]["default"] for group in groups
    ]


def test_a_row_says_default_meaning_and_constraint() -> None:
    text = tables.parameters()
    assert "| `FunctionMemory` | `256` | Memory of the function in MB." in text
    assert "| 128 to 10240 (MB) |" in text
    assert "| AwsManaged, CustomerManaged |" in text
    assert "| `AlarmEmail` | (empty) |" in text


def test_a_form_with_a_package_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    content = build(Retention.RETAINED, [lane("csv", settings={"CURRENCY": "EUR"})]).to_dict()
    monkeypatch.setattr(tables, "template", lambda: content)
    form = tables.parameters()
    assert "| `CsvCodeKey` | (required) |" in form
    assert "| `CsvCurrency` | `EUR` |" in form


def test_each_output_has_a_row() -> None:
    text = tables.outputs()
    for name in tables.template()["Outputs"]:
        assert f"| `{name}` |" in text


def test_a_bar_does_not_end_a_cell() -> None:
    assert tables.table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"
