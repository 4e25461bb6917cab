"""The generated parts of pages say what the templates say."""

import json
import re
from pathlib import Path

import pytest
from troposphere import If, NoValue, Parameter, Template, codepipeline

from pipeline import costs, picture
from pipeline.actions import Actions, kind
from pipeline.command import main
from pipeline.definition import build
from pipeline.derivation import table
from pipeline.outline import outline, stages
from pipeline.page import PAGES, PARTS
from pipeline.parameters import ACROSS_REGIONS
from pipeline.regions import EXTRA

from .derived import DEPLOY
from .rendered import ALL_REGIONS, all_actions, pipeline


def test_every_part_is_on_a_page() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in PARTS:
        assert f"<!-- generated: {name} -->" in texts


def test_the_table_has_every_grant_with_its_purpose() -> None:
    rows = [line.split(" | ") for line in table.grants().splitlines()[2:]]
    assert len(rows) == sum(len(statement["Action"]) for statement in DEPLOY.statements)
    assert not [row for row in rows if not row[3].strip(" |")]
    assert [
        operation
        for *_, action, purpose in rows
        if action == "`iam:PassRole`"
        for operation in purpose.partition(" Lambda")[0].split(", ")
    ] == ["create", "update"]


def test_the_picture_has_every_stage_and_action() -> None:
    mermaid = picture.draw()
    for stage in pipeline(ALL_REGIONS)["Stages"]:
        assert f"<b>{stage['Name']}</b>" in mermaid
        for action in stage["Actions"]:
            assert f'{stage["Name"]}_{action["Name"]}["' in mermaid


def test_a_stage_that_parameters_turn_on_is_drawn_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def larger() -> Template:
        template = build()
        template.add_parameter(Parameter("FunctionArn", Type="String", AllowedPattern="arn:.+"))
        ask = Actions(Name="Ask", ActionTypeId=kind("Invoke", "Lambda"), RunOrder=1)
        stage = codepipeline.Stages(Name="Hold", Actions=[ask])
        template.resources["Pipeline"].Stages.append(If(ACROSS_REGIONS, stage, NoValue))
        return template

    monkeypatch.setattr("pipeline.outline.build", larger)
    outline.cache_clear()
    try:
        assert "Production --> Hold" in picture.draw()
        assert "| Hold | Ask | 0 | 1 |" in costs.table()
    finally:
        outline.cache_clear()


def test_the_picture_shows_what_waits_for_what() -> None:
    mermaid = picture.draw()
    assert "UpdatePipeline_Prepare --> UpdatePipeline_Execute" in mermaid
    assert "Production_Approve --> Production_Deploy" in mermaid
    assert "Source --> UpdatePipeline" in mermaid
    assert "Build_Package -->" not in mermaid, "at the same time as the unit tests"


def test_the_picture_shows_what_is_optional_and_what_happens_otherwise() -> None:
    mermaid = picture.draw()
    optional = re.findall(r"(\w+)\[.*:::optional", mermaid)
    assert sorted(optional) == [
        "Production_Approve",
        *sorted(
            f"Production_{verb}{region.title}" for verb in ("Deploy", "Prepare") for region in EXTRA
        ),
    ]
    assert "SKIP if it is not a release" in mermaid
    assert "ROLLBACK when an alarm goes off" in mermaid


def test_costs_count_what_is_paid() -> None:
    for regions, parameters in (((), {}), (EXTRA, ALL_REGIONS)):
        paid = sum(map(costs.paid, stages(outline(regions))))
        providers = [action["ActionTypeId"]["Provider"] for action in all_actions(parameters)]
        assert paid == len(providers) - providers.count("Manual")


def test_costs_are_actions_times_the_price() -> None:
    prices = {"prices": {costs.ACTION_MINUTE: {"price": 1}}}
    count = sum(map(costs.paid, stages(outline(()))))
    assert f"${count}.000" in costs.table(prices)


def test_prices_have_a_date_and_a_source() -> None:
    content = json.loads(costs.PRICES.read_text(encoding="utf-8"))["pipeline"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", content["read"])
    used = {f"codebuild.{project.compute}" for project in outline().projects.values()}
    assert content["prices"].keys() == used | {costs.ACTION_MINUTE}
    for price in content["prices"].values():
        assert price["source"].startswith("https://aws.amazon.com/")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only page that the command knows."""
    path = tmp_path / "page.md"
    monkeypatch.setattr("pipeline.page.PAGES", [path])
    return path


def test_the_command_writes_and_checks(page: Path) -> None:
    page.write_text(
        "# Mine\n<!-- generated: stages -->\nstale words\n<!-- end -->\n\n"
        "<!-- generated: cost -->\n<!-- end -->\nend\n",
        encoding="utf-8",
    )
    assert main(["docs", "--check"]) == 1
    assert "stale words" in page.read_text(encoding="utf-8"), "a check writes nothing"
    assert main(["docs"]) == 0
    assert main(["docs", "--check"]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Mine\n")
    assert text.endswith("\nend\n")
    assert "stale words" not in text


def test_a_page_without_places_is_refused(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page.write_text("# Mine\n", encoding="utf-8")
    assert main(["docs"]) == 2
    assert "has no part" in capsys.readouterr().err
    page.write_text("<!-- generated: stagse -->\n<!-- end -->\n", encoding="utf-8")
    assert main(["docs"]) == 2
    assert "nothing writes the part stagse" in capsys.readouterr().err
    page.unlink()
    assert main(["docs"]) == 2
