"""What steps are told, and what they say in few words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generators.editions import Edition
from pipeline.delivery import Environment
from pipeline.steps import command
from pipeline.steps.explain import LENGTH, summary
from pipeline.steps.plan import DeliveryPlan, RegionPlan, StackState
from pipeline.steps.prepared import PreparedChange
from pipeline.steps.session import StackPlace
from pipeline.steps.settings import StepSettings
from pipeline.steps.verify import name_of
from pipeline.steps.watch import CRASHES, FAILED_FILES, WatchedStack, fires
from serverlessapp.diff.model import Comparison, Difference, dangerous, doubtful
from serverlessapp.errors import OperatorError
from serverlessapp.processors.definition import Processor
from serverlessapp.processors.uploads import Uploads

STATE = StackState(template="0" * 64, parameters={})
BUILD = "arn:aws:codebuild:eu-west-1:111122223333:build/team-inspect:0f1e2d3c-0000"


@pytest.fixture
def settings(tmp_path: Path) -> StepSettings:
    (tmp_path / "VERSION").write_text("1.2.0\n")
    return StepSettings(
        environment=Environment(name="prod", template=Edition.RETAINED),
        execution="e",
        pipeline="p",
        package=tmp_path,
        plan=tmp_path,
        output=tmp_path,
        commit="0123456789abcdef0123456789abcdef01234567",
    )


def change(region: str, findings: int) -> PreparedChange:
    found = [dangerous(f"Ledger{number}", "replaced", "its key") for number in range(findings)]
    comparison = Comparison(template="application", findings=(*found, doubtful("R", "odd", "why")))
    return PreparedChange(
        region=region,
        stack="serverlessapp-prod",
        plan=RegionPlan(base=STATE, wanted=STATE, changes=("Modify Ledger (T)",)),
        executes=True,
        difference=Difference(before="a", after="b", comparisons=(comparison,)),
    )


@pytest.mark.parametrize("findings", [0, 1, 17, 500])
def test_a_summary_fits_into_an_approval_and_ends_with_a_word(
    settings: StepSettings, findings: int
) -> None:
    every = [change(region, findings) for region in ("us-west-2", "eu-west-1")]
    whole = summary(replace(settings, commit=""), every[:1])
    text = summary(settings, every)
    assert len(text) <= LENGTH
    assert text.startswith("Version 1.2.0 of commit 0123456789ab. us-west-2, eu-west-1: ")
    assert text.count("replaced Ledger0 (its key)") == min(findings, 1), "once for all Regions"
    assert all(each == "" or each in whole + text for each in text.split(" "))
    assert ("... more in the report" in text) is (findings > 17)
    assert "\n" not in text


def test_the_report_is_the_page_of_the_build(settings: StepSettings) -> None:
    assert replace(settings, build_arn=BUILD).report_url == (
        "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111122223333/projects/"
        "team-inspect/build/team-inspect%3A0f1e2d3c-0000/?region=eu-west-1"
    )


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    regions = {"us-west-2": RegionPlan(base=None, wanted=STATE, changes=("Add A (T)",))}
    plan = DeliveryPlan(environment="prod", execution="e", regions=regions)
    plan.write(tmp_path)
    assert DeliveryPlan.read(tmp_path) == plan


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"environment": "prod"}'])
def test_what_is_no_plan_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "plan.json").write_text(content)
    with pytest.raises(OperatorError, match="run the Review stage again"):
        DeliveryPlan.read(tmp_path)


def test_an_alarm_that_was_on_before_counts_when_it_went_on_again(settings: StepSettings) -> None:
    """Also when CloudWatch only evaluated it again, which is a time of its own."""
    began = datetime(2026, 11, 26, 8, tzinfo=UTC)
    place = StackPlace(region="us-west-2", stack="s", client=lambda _: None)
    stack = WatchedStack(place=place, began=began, alarms={"a": CRASHES, "b": FAILED_FILES})
    hour = timedelta(hours=1)

    def alarm(name: str, state: str, since: datetime) -> dict[str, object]:
        times = {"StateTransitionedTimestamp": since, "StateUpdatedTimestamp": began + 2 * hour}
        return {"AlarmName": name, "StateValue": state, **times}

    assert not fires(settings, stack, alarm("a", "ALARM", began - hour))
    assert not fires(settings, stack, alarm("a", "OK", began + hour))
    assert fires(settings, stack, alarm("a", "ALARM", began + hour))
    assert not fires(settings, stack, alarm("b", "ALARM", began + hour))


def test_a_sample_gets_to_its_processor_by_a_name_of_this_execution(tmp_path: Path) -> None:
    sample = tmp_path / "csv/samples/below/orders.csv"
    sample.parent.mkdir(parents=True)
    sample.touch()
    processor = Processor(
        name="csv",
        folder=tmp_path / "csv",
        handler="a:b",
        uploads=Uploads(folder="reports/", suffixes=(".csv",)),
    )
    name = name_of(processor, "e-1")
    assert name == "reports/pipeline/e-1/below/orders.csv"
    assert processor.uploads.take(name)


@pytest.mark.parametrize(
    ("variable", "arguments", "words"),
    [
        ("soon", ["watch", "--environment", "prod"], "WATCH_MINUTES=soon: "),
        ("-1", ["watch", "--environment", "prod"], "WATCH_MINUTES=-1: "),
        ("10", ["watch", "--environment", "qa"], "delivery.toml has no environment qa; it has dev"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    variable: str,
    arguments: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("WATCH_MINUTES", variable)
    code = command.main([*arguments, "--execution", "e", "--output", str(tmp_path)])
    told = capsys.readouterr()
    assert code == 2
    assert words in told.err
    assert told.err.count("\n") == 1


def test_ctrl_c_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupted(settings: StepSettings) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(command.STEPS, "watch", interrupted)
    options = ["--environment", "prod", "--execution", "e", "--output", str(tmp_path)]
    assert command.main(["watch", *options]) == 130
    assert capsys.readouterr().err == "interrupted\n"
