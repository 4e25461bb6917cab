"""What cannot be run as AWS would run it is refused, by name."""

from copy import deepcopy
from typing import Any

import pytest

from local.pipeline.accounts import home_of
from local.pipeline.support import refusals
from serverlessapp.template.pipeline.delivery import Delivery
from tests.unit.pipeline.rendered import LARGE, TEMPLATE
from tests.unit.serverlessapp.rules.pipelines import mutations
from tests.unit.serverlessapp.rules.pipelines.mutations import (
    Mutation,
    action,
    configuration,
    pipeline,
    project,
    rewrite,
    rule,
    stage,
)

from .conftest import launched


def refused(mutation: Mutation) -> list[str]:
    template = mutations.mutated(mutation)
    return list(refusals(launched(template, home_of(LARGE)).delivery))


def provider(name: str) -> Mutation:
    def mutation(template: dict[str, Any]) -> None:
        action(template, "Test", "Taskcat")["ActionTypeId"]["Provider"] = name

    return mutation


CASES: dict[str, tuple[Mutation, str]] = {
    "a provider": (provider("DeviceFarm"), "Test.Taskcat: actions of DeviceFarm"),
    "a mode": (
        lambda t: configuration(t, "DeployProd", "Execute").update(ActionMode="CREATE_UPDATE"),
        "DeployProd.Execute: ActionMode CREATE_UPDATE",
    ),
    "a function of CodePipeline": (
        lambda t: configuration(t, "ReviewProd", "Prepare").update(
            ParameterOverrides='{"A":{"Fn::GetParam":["Package","x.json","A"]}}'
        ),
        "ReviewProd.Prepare: Fn::GetParam in ParameterOverrides",
    ),
    "a clone": (
        lambda t: configuration(t, "Source", "Source").update(
            OutputArtifactFormat="CODEBUILD_CLONE_REF"
        ),
        "Source.Source: OutputArtifactFormat CODEBUILD_CLONE_REF",
    ),
    "a rule": (
        lambda t: rule(t, "Publish", "BeforeEntry")["RuleTypeId"].update(Provider="LambdaInvoke"),
        "rule ARelease: LambdaInvoke",
    ),
    "conditions on failure": (
        lambda t: stage(t, "DeployProd")["OnFailure"].update(
            Conditions=stage(t, "Publish")["BeforeEntry"]["Conditions"]
        ),
        "DeployProd: conditions on failure",
    ),
    "an update that does not start over": (
        lambda t: pipeline(t).pop("RestartExecutionOnUpdate"),
        "a pipeline without RestartExecutionOnUpdate",
    ),
    "privileged mode": (
        lambda t: project(t, "Taskcat")["Environment"].update(PrivilegedMode=True),
        "Test.Taskcat: privileged mode",
    ),
    "a value of another stack": (
        lambda t: configuration(t, "ReviewProd", "Approve").update(
            CustomData={"Fn::ImportValue": "x"}
        ),
        "serverlessapp-pipeline-delivery: depends on values that only AWS knows",
    ),
    "a secret variable": (
        lambda t: project(t, "Publish")["Environment"]["EnvironmentVariables"].append(
            {"Name": "TOKEN", "Value": "x", "Type": "SECRETS_MANAGER"}
        ),
        "Publish.Publish: variable TOKEN from SECRETS_MANAGER",
    ),
    "a secret of the buildspec": (
        rewrite("UnitTests", "phases:", "env: {secrets-manager: {A: b}}\nphases:"),
        "Build.UnitTests: inline: env.secrets-manager",
    ),
    "another user": (
        rewrite("Taskcat", "phases:", "run-as: root\nphases:"),
        "Test.Taskcat: inline: run-as",
    ),
    "a phase that goes on": (
        rewrite("Taskcat", "  build:", "  build:\n    on-failure: CONTINUE"),
        "Test.Taskcat: inline: phases.build.on-failure CONTINUE",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused(case: str) -> None:
    mutation, words = CASES[case]
    assert words in refused(mutation)


def test_our_pipeline_is_not(delivery: Delivery) -> None:
    assert list(refusals(delivery)) == []


def test_two_pipelines_are_one_too_many() -> None:
    def mutation(template: dict[str, Any]) -> None:
        template["Resources"]["Second"] = deepcopy(TEMPLATE["Resources"]["Pipeline"])

    assert "the template has 2 pipelines, and must have one" in refused(mutation)
