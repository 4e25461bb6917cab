"""The generated parts of pages say what the templates say."""

import re
from pathlib import Path

import pytest
from typer.main import get_group

from pipeline import costs, overview
from pipeline.command import main
from pipeline.definition import build
from pipeline.derivation import table
from pipeline.outline import outline, stages
from pipeline.page import PAGES, PARTS
from pipeline.steps.settings import WATCH_MINUTES
from serverlessapp.capacity.costs import prices
from serverlessapp.cli import main as _all_commands  # noqa: F401  it adds them
from serverlessapp.cli.app import app

from .derived import DEPLOY
from .rendered import LARGE, all_actions, pipeline


def test_every_part_is_on_a_page() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in PARTS:
        assert f"<!-- generated: {name} -->" in texts


def test_every_command_is_on_the_page_of_commands() -> None:
    page = next(page for page in PAGES if page.stem == "commands").read_text(encoding="utf-8")
    commands = get_group(app).commands
    shown = re.findall(r"^## `serverlessapp (\w+)`$", page, re.MULTILINE)
    assert shown == sorted(name for name, command in commands.items() if not command.hidden)


def test_the_table_has_every_grant_with_its_purpose() -> None:
    rows = [line.split(" | ") for line in table.grants().splitlines()[2:]]
    assert len(rows) == sum(len(statement["Action"]) for statement in DEPLOY.statements)
    assert not [row for row in rows if not row[3].strip(" |")]
    assert [
        operation
        for *_, action, purpose in rows
        if action == "`iam:PassRole`"
        for operation in purpose.rstrip(" |").split("; ")
    ] == 2 * ["create, update Lambda::Function", "create, update Pipes::Pipe"]


def test_the_table_has_every_stage_and_action() -> None:
    rows = overview.stage_table()
    for stage in pipeline()["Stages"]:
        (row,) = (row for row in rows.splitlines() if f"| **{stage['Name']}** |" in row)
        for action in stage["Actions"]:
            assert re.search(rf"\b{action['Name']}\b", row)


def test_the_table_shows_what_waits_for_what() -> None:
    rows = overview.stage_table()
    assert "Prepare → Execute" in rows
    assert "Explain → Approve |  |" in rows
    assert "Package + " in rows, "at the same time as the unit tests"
    assert "SKIP if it is not a release" in rows
    assert re.search(r"\*\*DeployProd\*\* .* ROLLBACK on failure", rows)


def test_the_table_has_as_many_builds_as_there_can_be_at_the_same_time() -> None:
    # One push in each stage; the builds of a stage run one after the other, but for those of Build.
    rows = overview.build_table().splitlines()[2:]
    assert rows == [
        "| `ARM_CONTAINER` | `BUILD_GENERAL1_SMALL` | 2 |",  # UnitTests, Taskcat
        "| `ARM_LAMBDA_CONTAINER` | `BUILD_LAMBDA_2GB` | 5 |",  # Publish, and two per environment
        "| `ARM_LAMBDA_CONTAINER` | `BUILD_LAMBDA_4GB` | 1 |",  # Package
    ]


def test_a_delivery_to_other_accounts_is_shown_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.outline.build", lambda: build(delivery=LARGE))
    outline.cache_clear()
    try:
        assert "| **ReviewStage** | Prepare + PrepareUsEast1" in overview.stage_table()
        assert "| ReviewStage |" in costs.table()
    finally:
        outline.cache_clear()


def test_costs_count_what_is_paid() -> None:
    paid = sum(map(costs.paid, stages(outline())))
    actions = all_actions()
    manual = sum(each["ActionTypeId"]["Provider"] == "Manual" for each in actions)
    watches = sum(each["Name"] == "Watch" for each in actions)
    assert watches == 2
    assert paid == len(actions) - manual + watches * (WATCH_MINUTES - 1)


def test_costs_are_actions_times_the_price() -> None:
    dearer = {"prices": {costs.ACTION_MINUTE: {"price": 1}}}
    count = sum(map(costs.paid, stages(outline())))
    assert f"${count}.000" in costs.table(dearer)


def test_prices_have_a_date_and_a_source() -> None:
    content = prices()["pipeline"]
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
    assert "lacks the markers" in capsys.readouterr().err
    page.write_text("<!-- generated: stagse -->\n<!-- end -->\n", encoding="utf-8")
    assert main(["docs"]) == 2
    assert "unknown part stagse" in capsys.readouterr().err
    page.unlink()
    assert main(["docs"]) == 2
