"""What a push does to the environments, by a pipeline on the emulator."""

from local.pipeline.record import PushRecord, Status

from .team import Team

STAGES = ["Source", "UpdatePipeline", "Build", "ReviewDev", "DeployDev", "ReviewProd", "DeployProd"]


def statuses(record: PushRecord) -> dict[str, str]:
    return {stage.name: stage.status.value for stage in record.last.stages}


def test_the_first_push_goes_through_every_stage(team: Team) -> None:
    record = team.push()
    assert record.succeeded, team.said.getvalue()
    assert statuses(record) == dict.fromkeys(STAGES, "Succeeded")
    assert (
        team.stack("dev")["StackStatus"] == team.stack("prod")["StackStatus"] == ("CREATE_COMPLETE")
    )
    assert team.stack("prod")["RoleARN"].endswith("role/deploy-serverlessapp-prod")
    assert record.last.variables["ExplainProd"] == {"SUMMARY": "explain of prod"}
    assert record.last.status is Status.SUCCEEDED
