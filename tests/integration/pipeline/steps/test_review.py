"""What is executed is what somebody looked at: explain, and check after it."""

import json
from typing import Any

import pytest

from local.stacks import StackError

from .conftest import FIRST, OTHER, REGION, SECOND, THIRD, Delivered, Json


def another_key(template: Json) -> None:
    ledger = template["Resources"]["Ledger"]["Properties"]
    text = json.dumps(ledger).replace("object_key", "another_key")
    template["Resources"]["Ledger"]["Properties"] = json.loads(text)


def another_description(template: Json) -> None:
    alarm = template["Resources"]["FunctionErrorsAlarm"]["Properties"]
    alarm["AlarmDescription"] = "Look at it."


def without_a_resource(template: Json) -> None:
    del template["Resources"]["BacklogAlarm"]


# Explain


def test_a_new_stack_in_each_region(delivered: Delivered) -> None:
    delivered.package()
    code, out = delivered.review()
    assert code == 0
    assert f"serverlessapp-prod in {OTHER}: new stack, " in out
    assert "Add Ledger (AWS::DynamoDB::Table)" in out
    assert f"{REGION}, {OTHER}: new stack" in delivered.answers["SUMMARY"]
    assert delivered.check()[0] == 0


def test_nothing_changes(delivered: Delivered) -> None:
    delivered.package()
    delivered.deploy()
    code, out = delivered.review()
    assert (code, out.count("nothing changes")) == (0, 2)
    code, out = delivered.check()
    assert (code, out.count("nothing left to change")) == (0, 2)


def test_codepipeline_may_leave_no_change_set_where_nothing_changes(delivered: Delivered) -> None:
    delivered.package()
    delivered.deploy()
    assert delivered.step("explain")[0] == 0
    delivered.package(another_description)
    code, out = delivered.step("explain")
    assert code == 2
    assert "change set review" in out


def test_a_safe_change(delivered: Delivered) -> None:
    delivered.package()
    delivered.deploy()
    delivered.package(another_description)
    code, out = delivered.review()
    assert code == 0
    assert "Modify FunctionErrorsAlarm (AWS::CloudWatch::Alarm)" in out
    assert f"{REGION}, {OTHER}: safe, 1 change." in delivered.answers["SUMMARY"]
    code, out = delivered.check()
    assert code == 0, out


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [({}, 1), ({"approval": True}, 0), ({"template": "ephemeral"}, 0)],
    ids=["nobody is asked", "somebody is", "a throw-away environment"],
)
def test_a_replaced_ledger(delivered: Delivered, keys: dict[str, Any], wanted: int) -> None:
    delivered.toml(**keys)
    delivered.package()
    delivered.deploy()
    delivered.package(another_key)
    code, out = delivered.review()
    assert code == wanted, out
    assert "data at risk" in delivered.answers["SUMMARY"]
    assert "replaced Ledger" in delivered.answers["SUMMARY"]
    assert ("refused: data at risk" in out) is bool(wanted)


def test_a_parameter(delivered: Delivered) -> None:
    delivered.package(LogRetentionDays="30")
    delivered.deploy()
    delivered.package(LogRetentionDays="7")
    code, out = delivered.review()
    assert code == 1, out  # logs are kept for less time
    assert "FileProcessorLogs" in out


def test_a_secret_is_told_to_nobody(delivered: Delivered) -> None:
    def with_secret(template: Json) -> None:
        template["Parameters"]["Token"] = {"Type": "String", "NoEcho": True}
        template["Resources"]["FunctionErrorsAlarm"]["Properties"]["AlarmDescription"] = {
            "Ref": "Token"
        }

    delivered.package(with_secret, Token="secret-one")
    delivered.deploy()
    delivered.package(with_secret, Token="secret-two")
    code, out = delivered.review()
    assert code == 0, out
    plan = delivered.folder.joinpath("plan/plan.json").read_text()
    assert "secret-" not in out + plan + delivered.answers["SUMMARY"]
    assert "Token" not in json.loads(plan)["regions"][REGION]["wanted"]["parameters"]


def test_a_stack_that_can_only_be_deleted_is_told_with_the_command(delivered: Delivered) -> None:
    delivered.package(CodeBucket="nobody-has-it", CodeKey="gone.zip")
    delivered.prepare("deploy")
    with pytest.raises(StackError, match="ROLLBACK_"):
        delivered.execute(REGION)
    code, out = delivered.step("explain")
    assert code == 2
    assert f"delete-stack --stack-name serverlessapp-prod --region {REGION}" in out


# Check


def test_a_stack_that_somebody_changed_since(delivered: Delivered) -> None:
    delivered.package(LogRetentionDays="30")
    delivered.deploy()
    delivered.package(another_description, LogRetentionDays="30")
    assert delivered.review()[0] == 0
    delivered.by_hand(OTHER, LogRetentionDays="90")
    code, out = delivered.check()
    assert code == 1
    assert (
        f"{OTHER}: refused: the stack was changed since the review: parameter LogRetentionDays"
        in out
    )
    assert f"{REGION}: what was reviewed" in out


def test_another_package(delivered: Delivered) -> None:
    delivered.package()
    delivered.deploy()
    delivered.package(another_description)
    delivered.review()
    delivered.package(without_a_resource)
    code, out = delivered.check()
    assert code == 1
    assert "refused: differs from what was reviewed: another template" in out
    assert "refused: would now also Remove BacklogAlarm" in out


def test_a_change_set_that_somebody_made_of_something_else(delivered: Delivered) -> None:
    delivered.package(another_description)
    delivered.deploy()
    delivered.package()
    delivered.review()
    delivered.package(without_a_resource)
    delivered.prepare("deploy")
    delivered.package()
    code, out = delivered.step("check")
    assert code == 2
    assert "differs from the package: another template" in out


def test_the_plan_of_another_execution(delivered: Delivered) -> None:
    delivered.package()
    delivered.review(SECOND)
    code, out = delivered.check(FIRST)
    assert code == 1
    assert f"the plan belongs to another execution, {SECOND}" in out


def test_a_stage_that_is_tried_again_after_one_region_was_done(delivered: Delivered) -> None:
    delivered.package()
    delivered.deploy()
    delivered.package(another_description)
    delivered.review()
    delivered.prepare("deploy")
    delivered.execute(REGION)
    code, out = delivered.check()
    assert code == 0, out
    assert f"{REGION}: nothing left to change" in out
    assert f"{OTHER}: what was reviewed" in out


# Going back


@pytest.fixture(params=["of its own", "of its target"])
def rollback(request: pytest.FixtureRequest, delivered: Delivered) -> str:
    """Return the execution's ID that a build of a rollback has; no page says whose it is."""
    delivered.executions[THIRD] = {
        "executionType": "ROLLBACK",
        "rollbackMetadata": {"rollbackTargetPipelineExecutionId": FIRST},
    }
    delivered.executions[FIRST] = {"status": "Succeeded"}
    return THIRD if request.param == "of its own" else FIRST


def go_on(delivered: Delivered, before: Any, after: Any) -> None:
    """Review and deliver one package, and another after it; then the first's artifacts return."""
    for change in (before, after):
        delivered.package(change)
        if change is before:
            delivered.review(FIRST)
        delivered.deploy()
    delivered.package(before)


def test_a_rollback_goes_back_to_what_its_target_wanted(
    delivered: Delivered, rollback: str
) -> None:
    go_on(delivered, lambda _: None, another_description)
    code, out = delivered.check(rollback)
    assert code == 0, out
    assert out.count("the previous deployment") == 2
    assert FIRST in delivered.answers["SUMMARY"]


def test_a_rollback_goes_back_to_nothing_else(delivered: Delivered, rollback: str) -> None:
    go_on(delivered, lambda _: None, another_description)
    delivered.package(without_a_resource)
    code, out = delivered.check(rollback)
    assert code == 1
    assert "differs from what was deployed before: another template" in out


def test_a_rollback_does_not_put_data_at_risk(delivered: Delivered, rollback: str) -> None:
    go_on(delivered, lambda _: None, another_key)
    code, out = delivered.check(rollback)
    assert code == 1
    assert "rolling back puts data at risk: " in out
    assert "replaced Ledger" in out
