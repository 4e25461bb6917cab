"""Review: show in every Region of an environment what would change, and ask if it says so.

Apart from Deploy, which CodePipeline runs again to go back: a rejection rolls nothing back, and
going back asks nobody. So there is no reaction to a failure here.
"""

from collections.abc import Iterator

from troposphere import codepipeline

from pipeline import actions, names
from pipeline.actions import Actions, kind
from pipeline.stages.environment import Target


def stage(target: Target) -> codepipeline.Stages:
    return codepipeline.Stages(
        Name=f"Review{target.environment.title}",
        Actions=[*target.prepare(names.REVIEW), *explained(target)],
    )


def explained(target: Target) -> Iterator[Actions]:
    """Yield the action that says what the change sets do, and the question.

    To ask needs no role: it calls nothing. The text has at most 1,000 characters (CodePipeline User
    Guide, "Quotas"), of which the summary takes 900.
    """
    explain = target.step("Explain", 2)
    explain.Namespace = f"Explain{target.environment.title}"
    explain.OutputArtifacts = actions.outputs(target.plan)
    yield explain
    if target.environment.approval:
        yield Actions(
            Name="Approve",
            ActionTypeId=kind("Approval", "Manual"),
            RunOrder=3,
            Configuration={
                "CustomData": f"#{{{explain.Namespace}.SUMMARY}}",
                "ExternalEntityLink": f"#{{{explain.Namespace}.REPORT_URL}}",
            },
        )
