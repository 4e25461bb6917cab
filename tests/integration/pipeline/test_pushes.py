"""What a push does to the environments, by a pipeline on the emulator."""

from collections.abc import Callable

import pytest

from local.emulator import ACCOUNT, REGION
from local.pipeline.record import PushRecord, Status
from serverlessapp.template.pipeline.delivery import PIPELINE as PIPELINE_TYPE

from .team import PIPELINE, Json, Team

STAGES = ["Source", "UpdatePipeline", "Build", "Test", "Publish"]
STAGES += ["ReviewDev", "DeployDev", "ReviewProd", "DeployProd"]
PROD = """\
[taskcat]
regions = ["us-west-2"]

[[environments]]
name = "prod"
approval = true
"""
ELSEWHERE = f"""\
[pipeline]
account = "{ACCOUNT}"
region = "us-west-2"

{PROD}account = "222222222222"
"""


@pytest.fixture
def prod(found: Callable[[str], Team]) -> Team:
    """Return a team whose only environment is prod."""
    return found(PROD)


def statuses(record: PushRecord) -> dict[str, str]:
    return {stage.name: stage.status.value for stage in record.last.stages}


def test_the_first_push_goes_through_every_stage_in_the_role_of_each_action(team: Team) -> None:
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert statuses(record) == dict.fromkeys(STAGES, "Succeeded") | {"Publish": "Skipped"}
    assert {team.stack(name)["StackStatus"] for name in ("dev", "prod")} == {"CREATE_COMPLETE"}
    assert record.last.variables["ExplainProd"]["SUMMARY"] == "explain of prod"
    acted = {decision.role for decision in team.emulator.decisions.since()}
    wanted = {f"{role}-serverlessapp-prod" for role in ("review", "deliver", "deploy")}
    assert wanted <= acted
    assert any(name.startswith("serverlessapp-pipeline-InspectBuildRole") for name in acted)


def test_an_environment_of_another_account_is_deployed_there(found: Callable[[str], Team]) -> None:
    team = found(ELSEWHERE)
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    stack = team.stack("prod", "222222222222")
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert ":222222222222:" in stack["StackId"]


@pytest.mark.parametrize(
    ("role", "policy", "words"),
    [
        (
            "review-serverlessapp-prod",
            "Review",
            "Prepare: .*CreateChangeSet|Prepare: .*cannot read",
        ),
        ("deploy-serverlessapp-prod", "", "Execute: .*is not authorized to perform"),
    ],
)
def test_a_role_without_its_permissions_is_red(
    role: str, policy: str, words: str, prod: Team
) -> None:
    iam = prod.emulator.session().client("iam")
    names = [policy] if policy else iam.list_role_policies(RoleName=role)["PolicyNames"]
    for name in names:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=attached["PolicyArn"])
    record = prod.push()
    assert not record.succeeded
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(record.last.stages[-1].message)


def test_bad_releases_roll_back_and_the_next_good_one_goes_through(prod: Team) -> None:
    first = prod.push()
    assert first.succeeded, prod.said.getvalue()
    for step in ("verify", "watch"):
        prod.repository.memory(512 if step == "verify" else 1024)
        prod.repository.commit({f"checks/{step}.sh": "exit 1\n"})
        record = prod.push()
        assert "DeployProd" in statuses(record), prod.said.getvalue()
        deployed = record.last.stage("DeployProd")
        assert f"{step.capitalize()}: phase build failed" in deployed.message
        assert deployed.rolled_back_to == first.last.id, prod.said.getvalue()
        assert prod.memory() == "256"
        prod.repository.commit({f"checks/{step}.sh": "true\n"})
    ids = {execution.id: execution.target for execution in prod.executions.values()}
    assert [target.id for target in ids.values() if target] == [first.last.id] * 2
    record = prod.push()
    assert record.succeeded, prod.said.getvalue()
    assert prod.memory() == "1024"


def test_a_rejection_is_no_rollback(prod: Team) -> None:
    prod.push()
    prod.repository.memory(512)
    prod.answer = lambda: False
    record = prod.push()
    review = record.last.stages[-1]
    assert (review.name, review.status) == ("ReviewProd", Status.FAILED)
    assert "Approve: rejected" in review.message
    assert not review.rolled_back_to
    assert prod.memory() == "256"
    assert len(prod.executions) == 2, "no execution more"


def test_a_first_deployment_that_fails_is_deleted_by_a_person(prod: Team) -> None:
    gone = {"CodeBucket": "nobodys", "CodeKey": "receipts/abc.zip"}
    prod.repository.edit(
        f"configurations/prod.{REGION}.json", lambda each: each["Parameters"].update(gone)
    )
    record = prod.push()
    assert "there is no s3://nobodys/receipts/abc.zip" in record.last.stages[-1].message
    prod.repository.revert()
    iam = prod.emulator.session().client("iam")
    role = "deploy-serverlessapp-prod"
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    for each in attached:
        iam.detach_role_policy(RoleName=role, PolicyArn=each["PolicyArn"])
    assert not prod.push().succeeded
    assert prod.stack("prod")["StackStatus"].startswith("ROLLBACK")
    for each in attached:
        iam.attach_role_policy(RoleName=role, PolicyArn=each["PolicyArn"])
    record = prod.push()
    assert "was never made, ROLLBACK_COMPLETE: delete it" in record.last.stages[-1].message
    client = prod.emulator.session().client("cloudformation")
    client.delete_stack(StackName="serverlessapp-prod")
    assert prod.push().succeeded, prod.said.getvalue()


# The pipeline changes itself


def without_watch(template: Json) -> None:
    pipeline = template["Resources"]["Pipeline"]
    assert pipeline["Type"] == PIPELINE_TYPE
    stages = pipeline["Properties"]["Stages"]
    stages[-1]["Actions"] = [each for each in stages[-1]["Actions"] if each["Name"] != "Watch"]


def test_a_change_of_the_pipeline_cancels_what_waits_for_approval(prod: Team) -> None:
    later: list[PushRecord] = []

    def meanwhile() -> bool:
        if not later:
            prod.repository.edit(PIPELINE, without_watch)
            later.append(prod.push("UpdatePipeline"))
        return True

    prod.answer = meanwhile
    waited = prod.push()
    assert [each.status for each in later[0].executions] == [Status.STOPPED, Status.SUCCEEDED]
    assert waited.last.status is Status.CANCELLED
    assert waited.last.stages[-1].message == "the pipeline has changed meanwhile"
    record = prod.push()
    assert record.succeeded, prod.said.getvalue()
    names = [action.name for action in record.last.stage("DeployProd").actions]
    assert "Watch" not in names


def test_a_stage_is_retried_from_its_first_action(prod: Team) -> None:
    prod.repository.commit({"checks/verify.sh": "exit 1\n"})
    record = prod.push()
    assert not record.succeeded
    retry = prod.retry(record, "DeployProd", only_failed=True)
    assert "Verify" in retry.message, "the same build fails again"
    again = prod.retry(record, "DeployProd", only_failed=False)
    done = {action.name: action.status for action in again.actions[-4:]}
    assert done["Prepare"] is done["Execute"] is Status.SUCCEEDED
