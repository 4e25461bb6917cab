"""What actions hand on."""

import pytest

from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution


def test_references_are_replaced(execution: Execution) -> None:
    text = "#{Package.VERSION} #{variables.Color} #{codepipeline.PipelineExecutionId}"
    assert execution.text(text) == f"1.2.0 red {execution.id}"


@pytest.mark.parametrize("text", ["#{Package.DIGEST}", "#{Source.CommitId}"])
def test_a_reference_to_nothing_fails(text: str, execution: Execution) -> None:
    with pytest.raises(PipelineError, match="no action has produced"):
        execution.text(text)
