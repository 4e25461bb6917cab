"""What a push does to production, by the generated pipeline on the emulator."""

from typing import Any

from local.pipeline.record import PushRecord, Status

from .team import APPLICATION, PIPELINE, PRODUCTION, REGIONS, STACK, Json, Team

STAGES = ["Source", "UpdatePipeline", "Build", "Test", "Publish", "Production"]


def statuses(record: PushRecord) -> dict[str, str]:
    return {stage.name: stage.status.value for stage in record.last.stages}


def changes(record: PushRecord) -> dict[str, list[str]]:
    """Return what each Region's change set of production changes."""
    return {
        action.region: [f"{one.action} {one.logical_id}" for one in action.changes]
        for action in record.last.stage("Production").actions
        if action.name.startswith("Prepare")
    }


def test_the_first_push_goes_through_every_stage_into_three_regions(team: Team) -> None:
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert list(statuses(record)) == STAGES
    assert statuses(record) == dict.fromkeys(STAGES, "Succeeded") | {"Publish": "Skipped"}
    assert {status for status, _ in team.production().values()} == {"CREATE_COMPLETE"}
    tests = {action.name: action.tests for s in record.last.stages for action in s.actions}
    assert tests["UnitTests"] == tests["Taskcat"] == 2
    assert record.last.variables["Package"] == {"VERSION": "1.0.0-dev"}


def test_a_release_is_published(team: Team) -> None:
    team.repository.commit({"VERSION": "1.0.0\n"})
    record = team.push("Build", "Publish")
    wanted = dict.fromkeys(["Source", "Build", "Publish"], "Succeeded")
    assert statuses(record) == wanted, team.said.getvalue()


def test_a_push_that_changes_the_handler_updates_one_resource(team: Team) -> None:
    team.push()
    team.repository.commit({"note.txt": "nothing that is delivered\n"})
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert changes(record) == {region: [] for region in REGIONS}
    team.repository.change_handler()
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert changes(record) == {region: ["Modify FileProcessor"] for region in REGIONS}
    assert {status for status, _ in team.production().values()} == {"UPDATE_COMPLETE"}


def no_longer_a_number(environment: Json) -> None:
    environment["Parameters"]["LogRetentionDays"] = "soon"


def impossible(template: Json) -> None:
    template["Resources"]["Impossible"] = {"Type": "AWS::CodePipeline::Webhook"}


BROKEN: dict[str, tuple[Any, str, str]] = {
    "lint": ({"checks/lint.sh": "exit 1\n"}, "Build", "Package: phase build failed"),
    "unit": ({"checks/unit.sh": "exit 1\n"}, "Build", "UnitTests: phase build failed"),
    "taskcat": ({"checks/taskcat.sh": "exit 1\n"}, "Test", "Taskcat: phase build failed"),
    "a variable": ({"VERSION": ""}, "Build", "VERSION is exported and empty"),
    "a parameter": ((PRODUCTION, no_longer_a_number), "Production", "LogRetentionDays='soon'"),
    "a deployment": ((APPLICATION, impossible), "Production", "AWS::CodePipeline::Webhook"),
}


def test_a_broken_push_stops_and_leaves_production_as_it_was(team: Team) -> None:
    team.push()
    before = {region: template for region, (_, template) in team.production().items()}
    team.repository.change_handler()
    for broken, (change, stage, words) in BROKEN.items():
        team.repository.edit(*change) if isinstance(change, tuple) else team.repository.commit(
            change
        )
        record = team.push()
        assert not record.succeeded, broken
        assert list(statuses(record)) == STAGES[: STAGES.index(stage) + 1], broken
        assert statuses(record)[stage] == "Failed"
        assert words in record.last.stages[-1].message, team.said.getvalue()
        after = team.production()
        assert {region: template for region, (_, template) in after.items()} == before, broken
        assert all(status.endswith("_COMPLETE") for status, _ in after.values()), broken
        team.repository.revert()


def test_an_alarm_takes_production_back_to_what_it_was(team: Team) -> None:
    first = team.push()
    before = {region: template for region, (_, template) in team.production().items()}
    cloudwatch = team.emulator.session("eu-west-1").client("cloudwatch")
    cloudwatch.set_alarm_state(
        AlarmName=f"{STACK}-ProcessingErrorsAlarm", StateValue="ALARM", StateReason="test"
    )
    team.repository.change_handler()
    record = team.push()
    assert not record.succeeded
    production = record.last.stage("Production")
    assert f"{STACK}-ProcessingErrorsAlarm in eu-west-1 is ALARM" in production.message
    assert production.rolled_back_to == first.last.id
    assert {region: template for region, (_, template) in team.production().items()} == before


def test_what_is_rejected_is_not_deployed(team: Team) -> None:
    team.push()
    before = team.production()
    team.repository.change_handler()
    team.answers = [False]
    record = team.push()
    assert not record.succeeded
    assert "Approve: rejected" in record.last.stage("Production").message
    assert team.production() == before


def test_a_build_that_fails_once_is_tried_again(team: Team) -> None:
    marker = team.work / "tried"
    team.repository.commit(
        {"checks/unit.sh": f"test -e '{marker}' || {{ touch '{marker}'; exit 1; }}\n"}
    )
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    tried = [(one.name, one.status) for one in record.last.stage("Build").actions]
    assert tried.count(("UnitTests", Status.FAILED)) == 1
    assert tried.count(("UnitTests", Status.SUCCEEDED)) == 1
    assert tried.count(("Package", Status.SUCCEEDED)) == 1, "only what failed"


# The pipeline changes itself


def without_test_stage(template: Json) -> None:
    stages = template["Resources"]["Pipeline"]["Properties"]["Stages"]
    stages[:] = [stage for stage in stages if stage["Name"] != "Test"]


def without_artifact_store(template: Json) -> None:
    stores = template["Resources"]["Pipeline"]["Properties"]["ArtifactStores"]
    stores["Fn::If"][1].pop()


def test_a_commit_that_changes_the_pipeline_takes_effect_in_the_same_push(team: Team) -> None:
    team.repository.edit(PIPELINE, without_test_stage)
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert [one.status for one in record.executions] == [Status.STOPPED, Status.SUCCEEDED]
    assert [s.name for s in record.executions[0].stages] == ["Source", "UpdatePipeline"]
    assert list(statuses(record)) == [name for name in STAGES if name != "Test"]
    again = team.push("UpdatePipeline")
    assert len(again.executions) == 1, "it has come to rest"
    assert again.last.stage("UpdatePipeline").actions[0].changes == ()


def test_a_broken_pipeline_is_refused_and_can_be_repaired(team: Team) -> None:
    before = team.machine.launched
    team.repository.edit(PIPELINE, without_artifact_store)
    record = team.push()
    assert list(statuses(record)) == ["Source", "UpdatePipeline"]
    assert "there is no artifact store in eu-west-1" in record.last.stages[-1].message
    assert team.machine.launched == before
    team.repository.revert()
    assert team.push("UpdatePipeline").succeeded, team.said.getvalue()


def test_after_an_update_there_is_nothing_to_roll_back_to(team: Team) -> None:
    team.push()
    team.repository.edit(PIPELINE, without_test_stage)
    team.repository.edit(PRODUCTION, no_longer_a_number)
    record = team.push()
    assert record.last.stage("Production").rolled_back_to == ""
    assert "nothing to roll back to" in team.said.getvalue()
