"""What a push does to the environments, by a pipeline on the emulator."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from generators.monitoring import WATCHED
from local.emulator import ACCOUNT, REGION
from local.pipeline import own_update
from local.pipeline.errors import PipelineError
from local.pipeline.record import PushRecord, Status
from pipeline import names
from pipeline.steps.watch import CRASHES, FAILED_FILES
from serverlessapp.template.pipeline.delivery import PIPELINE as PIPELINE_TYPE
from serverlessapp.template.pipeline.elements import Action

from .conftest import teams
from .team import APPLICATION, PIPELINE, Json, Team

STAGES = ["Source", "UpdatePipeline", "Build", "Test", "Publish"]
STAGES += ["ReviewDev", "DeployDev", "ReviewProd", "DeployProd"]
PROD = """\
[taskcat]
regions = ["us-west-2"]

[[environments]]
name = "prod"
approval = true
"""
OTHER = "eu-west-1"
TWO_REGIONS = f"""\
[pipeline]
account = "{ACCOUNT}"
region = "{REGION}"

{PROD}regions = ["{REGION}", "{OTHER}"]
"""


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Yield a team whose only environment is prod."""
    with teams(tmp_path_factory.mktemp("prod")) as make:
        yield make(PROD)


@pytest.fixture
def prod(launched: Team) -> Iterator[Team]:
    """Yield that team, once prod is delivered; afterwards, nothing is left to deliver."""
    if "DeployProd" not in launched.machine.delivered:
        assert launched.push().succeeded, launched.said.getvalue()
    yield launched
    launched.answer, launched.machine.before = lambda: True, lambda _: None
    for kind in WATCHED:
        launched.alarm(kind, "OK")
    launched.repository.git("reset", "--hard", launched.machine.delivered["DeployProd"].commit)


def at(stage: str, action: str, do: Callable[[], object]) -> Callable[[Action], None]:
    """Return what does something before an action, once."""
    left = [do]

    def before(each: Action) -> None:
        if (each.stage, each.name) == (stage, action) and left:
            left.pop()()

    return before


def statuses(record: PushRecord) -> dict[str, str]:
    return {stage.name: stage.status.value for stage in record.last.stages}


def another(prod: Team) -> str:
    """Return the memory that the function in prod has now, after another one was committed."""
    before = prod.memory()
    prod.repository.memory(256 if before != "256" else 512)
    return before


def test_the_first_push_goes_through_every_stage_in_the_role_of_each_action(team: Team) -> None:
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert statuses(record) == dict.fromkeys(STAGES, "Succeeded") | {"Publish": "Skipped"}
    assert {team.stack(name)["StackStatus"] for name in ("dev", "prod")} == {"CREATE_COMPLETE"}
    summary = record.last.variables["ExplainProd"]["SUMMARY"]
    assert summary.startswith("Version 1.0.0-dev of commit ")
    assert f"{REGION}: new stack" in summary
    acted = {decision.role for decision in team.emulator.decisions.since()}
    wanted = {f"{purpose}-serverlessapp-prod" for purpose in names.PURPOSES}
    assert wanted <= acted
    verifiers = [f"{names.verifier(name)}BuildRole" for name in ("dev", "prod")]
    for role in ("InspectBuildRole", *verifiers):
        assert any(name.startswith(f"serverlessapp-pipeline-{role}") for name in acted)


def test_the_first_deployment_of_a_region_fails(found: Callable[[str], Team]) -> None:
    """The stack is deleted by a person; the Region before it has nothing left to change."""
    team = found(TWO_REGIONS)
    with ExitStack() as forbidding:
        role = team.forbidden(f"{names.DEPLOY}-serverlessapp-prod")
        hook = at("DeployProd", "ExecuteEuWest1", lambda: forbidding.enter_context(role))
        team.machine.before = hook
        record = team.push()
    message = record.last.stages[-1].message
    assert "ExecuteEuWest1: " in message
    assert "is not authorized to perform" in message
    assert "nothing to roll back to" in team.said.getvalue()
    assert team.stack("prod")["StackStatus"] == "CREATE_COMPLETE"
    assert team.stack("prod", region=OTHER)["StackStatus"] == "ROLLBACK_COMPLETE"
    # What the console calls "Retry failed actions": its change set was used up.
    assert team.retry(record, "DeployProd", only_failed=True).status is Status.FAILED
    again = team.retry(record, "DeployProd", only_failed=False)
    assert "failed, ROLLBACK_COMPLETE: delete it" in again.message
    client = team.emulator.session(OTHER).client("cloudformation")
    client.delete_stack(StackName="serverlessapp-prod")
    again = team.retry(record, "DeployProd", only_failed=False)
    assert again.status is Status.SUCCEEDED, again.message
    log = team.log("DeployProd.Check")
    assert f"{REGION}: nothing left to change" in log
    assert f"{OTHER}: what was reviewed" in log


def test_a_role_without_its_permissions_is_red(prod: Team) -> None:
    another(prod)
    with prod.forbidden(f"{names.REVIEW}-serverlessapp-prod"):
        record = prod.push()
    assert not record.succeeded
    assert re.search("Prepare: .*(CreateChangeSet|cannot read)", record.last.stages[-1].message)


def test_it_starts_while_its_own_stack_is_still_created(
    prod: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, busy = own_update.prepare, ["Stack is in CREATE_IN_PROGRESS state"]

    def prepared(*arguments: Any) -> Any:
        if busy:
            raise PipelineError(busy.pop())
        return prepare(*arguments)

    monkeypatch.setattr(own_update, "prepare", prepared)
    (_, update) = prod.push("UpdatePipeline").last.stages
    assert update.status is Status.SUCCEEDED
    assert [(each.name, each.status.value) for each in update.actions] == [
        ("Prepare", "Failed"),
        ("Prepare", "Succeeded"),
        ("Execute", "Succeeded"),
    ]


# A release that is bad, and one that only looks so


def test_a_release_whose_entries_are_not_true_rolls_back_and_the_next_one_goes_through(
    prod: Team,
) -> None:
    before, first = another(prod), prod.machine.delivered["DeployProd"]
    prod.repository.edit(APPLICATION, signs_nothing)
    record = prod.push()
    deployed = record.last.stage("DeployProd")
    assert "Verify: phase build failed" in deployed.message, prod.said.getvalue()
    assert deployed.rolled_back_to == first.id, prod.said.getvalue()
    assert prod.memory() == before
    assert "the previous deployment" in prod.log("DeployProd.Check")
    prod.repository.revert()
    record = prod.push()
    assert record.succeeded, prod.said.getvalue()
    assert prod.memory() != before


def test_a_release_that_crashes_rolls_back(prod: Team) -> None:
    before, first = another(prod), prod.machine.delivered["DeployProd"]
    prod.machine.before = at("DeployProd", "Watch", lambda: prod.alarm(CRASHES, "ALARM"))
    deployed = prod.push().last.stage("DeployProd")
    assert "Watch: phase build failed" in deployed.message, prod.said.getvalue()
    assert deployed.rolled_back_to == first.id, prod.said.getvalue()
    assert prod.memory() == before
    assert ": ignored" in prod.log("DeployProd.Watch"), "it was on before going back"


def test_one_bad_file_of_a_customer_does_not(prod: Team) -> None:
    before = another(prod)
    prod.machine.before = at("DeployProd", "Watch", lambda: prod.alarm(FAILED_FILES, "ALARM"))
    assert prod.push().succeeded, prod.said.getvalue()
    assert prod.memory() != before
    assert "files fail" in prod.log("DeployProd.Watch")


def test_a_person_goes_back_to_an_earlier_execution_and_forward_again(prod: Team) -> None:
    earlier = prod.push()
    before = another(prod)
    later = prod.push()
    assert later.succeeded, prod.said.getvalue()
    after = prod.memory()
    assert after != before
    for record, memory in ((earlier, before), (later, after)):
        back = prod.go_back(record, "DeployProd")
        assert back.status is Status.SUCCEEDED, back.message
        assert prod.memory() == memory


# Between review and deployment


@pytest.mark.parametrize("answer", ["no", "none in time"])
def test_a_review_without_approval_is_no_rollback(answer: str, prod: Team) -> None:
    """CodePipeline fails an action that it has no answer to, as one that was rejected."""
    before, count = another(prod), len(prod.executions)

    def told() -> bool:
        if answer == "no":
            return False
        raise PipelineError("rejected: it has expired")

    prod.answer = told
    record = prod.push()
    review = record.last.stages[-1]
    assert (review.name, review.status) == ("ReviewProd", Status.FAILED)
    assert "Approve: rejected" in review.message
    assert not review.rolled_back_to
    assert prod.memory() == before
    assert len(prod.executions) == count + 1, "no execution more"


def test_what_a_person_changes_meanwhile_is_not_overwritten_by_what_was_reviewed(
    prod: Team,
) -> None:
    """The stage fails before it executes anything; then it goes back to what was delivered."""
    before, first = another(prod), prod.machine.delivered["DeployProd"]

    def meanwhile() -> bool:
        prod.by_hand(1024)
        return True

    prod.answer = meanwhile
    deployed = prod.push().last.stage("DeployProd")
    assert [each.name for each in deployed.actions[:2]] == ["Prepare", "Check"]
    assert "Check: phase build failed" in deployed.message
    (check, *_) = [each for each in deployed.actions if each.name == "Check"]
    assert "the stack was changed since the review: parameter FunctionMemory" in "\n".join(
        check.log
    )
    assert deployed.rolled_back_to == first.id
    assert prod.memory() == before


# The pipeline changes itself


def without_watch(template: Json) -> None:
    pipeline = template["Resources"]["Pipeline"]
    assert pipeline["Type"] == PIPELINE_TYPE
    stages = pipeline["Properties"]["Stages"]
    stages[-1]["Actions"] = [each for each in stages[-1]["Actions"] if each["Name"] != "Watch"]


def kept_longer(template: Json) -> None:
    rules = template["Resources"]["ArtifactBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (expiry,) = (rule for rule in rules if "ExpirationInDays" in rule)
    expiry["ExpirationInDays"] += 1


def test_an_update_that_its_role_may_not_make_leaves_the_pipeline(prod: Team) -> None:
    """A person updates the role's stack, and retries; the pipeline's stack keeps its role."""
    prod.repository.edit(PIPELINE, kept_longer)
    before = prod.machine.launched
    with prod.forbidden(names.UPDATE_ROLE.format(pipeline="serverlessapp-pipeline")):
        record = prod.push("UpdatePipeline")
    assert "is not authorized to perform" in record.last.stages[-1].message
    assert prod.machine.launched is before
    again = prod.retry(record, "UpdatePipeline", only_failed=False)
    assert again.status is Status.SUCCEEDED, again.message


# The last one: afterwards, the pipeline is another.
def test_a_change_of_the_pipeline_cancels_what_waits_for_approval(prod: Team) -> None:
    another(prod)
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
    assert waited.last.stages[-1].message == "the pipeline has changed in the meantime"
    record = prod.push()
    assert record.succeeded, prod.said.getvalue()
    assert "Watch" not in [action.name for action in record.last.stage("DeployProd").actions]


def signs_nothing(template: Json) -> None:
    """Let the function sign with another password than the secret's."""
    code = template["Resources"]["FileProcessor"]["Properties"]["Code"]["Fn::If"][2]
    signing = 'secret.values["password"].encode(), statement'
    assert signing in code["ZipFile"]
    code["ZipFile"] = code["ZipFile"].replace(signing, 'b"guessed", statement')
