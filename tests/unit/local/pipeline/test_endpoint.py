"""What builds hear about their execution."""

from pathlib import Path

import boto3
import pytest

from local.pipeline.endpoint import serving
from local.pipeline.execution import Execution


def test_a_build_is_told_whether_its_execution_is_a_rollback(
    execution: Execution, tmp_path: Path
) -> None:
    rollback = Execution(folder=tmp_path / "execution-1", target=execution)
    executions = {each.id: each for each in (execution, rollback)}
    assert rollback.artifacts is execution.artifacts
    assert rollback.variables["codepipeline"]["PipelineExecutionId"] == rollback.id
    with serving(executions) as url:
        client = boto3.client(
            "codepipeline",
            endpoint_url=url,
            region_name="us-west-2",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        told = {
            each: client.get_pipeline_execution(pipelineName="p", pipelineExecutionId=each)
            for each in executions
        }
        with pytest.raises(client.exceptions.PipelineExecutionNotFoundException):
            client.get_pipeline_execution(pipelineName="p", pipelineExecutionId="none")
    types = {each: told[each]["pipelineExecution"]["executionType"] for each in told}
    assert types == {execution.id: "STANDARD", rollback.id: "ROLLBACK"}
    target = told[rollback.id]["pipelineExecution"]["rollbackMetadata"]
    assert target == {"rollbackTargetPipelineExecutionId": execution.id}
