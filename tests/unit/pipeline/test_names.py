"""What the pipeline's stack may be called, so that no role reaches what is not for it."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import pytest

from pipeline import names
from pipeline.templates import BUILDERS
from serverlessapp.template.parameters import accepts

TEMPLATES: dict[str, dict[str, Any]] = {name: build().to_dict() for name, build in BUILDERS.items()}
FORMS = {
    name: content["Parameters"]["PipelineStackName"]
    for name, content in TEMPLATES.items()
    if "PipelineStackName" in content["Parameters"]
}


def fixed() -> Iterator[str]:
    """Yield the names of roles and policies that templates give, and what environments are."""
    for content in TEMPLATES.values():
        for resource in content["Resources"].values():
            for key in ("RoleName", "ManagedPolicyName"):
                if name := resource["Properties"].get(key):
                    text = str(name["Fn::Sub"] if isinstance(name, dict) else name)
                    text = text.replace("${PipelineStackName}", "p")
                    yield text.replace("${EnvironmentSuffix}", "prod")
    yield from ("serverlessapp-prod-FileProcessorRole-0f", "serverlessapp-tcat-a", "tcat-a")


def beginnings() -> set[str]:
    """Return each name with which one of those begins, up to a hyphen."""
    parts = (name.split("-")[:-1] for name in fixed())
    return {each for words in parts for each in accumulate(words, "{}-{}".format)}


def test_there_is_something_to_keep_apart() -> None:
    assert {*names.PURPOSES, "boundary", "github", "taskcat", "update"} <= beginnings()
    assert {"deploy-role", "pipeline-region", "taskcat-role", "update-role"} <= FORMS.keys()


@pytest.mark.parametrize("form", FORMS)
def test_no_name_reaches_roles_of_others(form: str) -> None:
    for name in beginnings():
        assert not accepts(FORMS[form], name), name
    for name in ("serverlessapp-pipeline-x", "serverlessapp-x", "deploy-x", "Pipeline", "p" * 25):
        assert not accepts(FORMS[form], name), name
    for name in (names.PIPELINE, "pipeline", "our-pipeline", "deployments", "p" * 24):
        assert accepts(FORMS[form], name), name
