"""Deploy: change the first Region of an environment, then the others, try and watch them.

With change sets of its own, since CodePipeline runs this stage alone to go back. Check refuses what
was not shown in Review.
"""

from collections.abc import Iterator

from troposphere import codepipeline

from pipeline import actions, names, places
from pipeline.actions import Actions
from pipeline.stages.environment import Target

CHECK, FIRST, OTHERS, VERIFY, WATCH = 2, 3, 4, 5, 6


def stage(target: Target) -> codepipeline.Stages:
    """Return the stage, which goes back to what was delivered before when an action fails.

    Watching is an action and no condition of the stage: of CloudWatchAlarm with a WaitTime, one
    page says that an alarm which is OK at first succeeds at once (CodePipeline User Guide,
    "CloudWatchAlarm").
    """
    return codepipeline.Stages(
        Name=f"Deploy{target.environment.title}",
        Actions=[
            *target.prepare(names.DELIVER),
            target.step("Check", CHECK, reads=(target.plan,)),
            *executed(target),
            target.step("Verify", VERIFY),
            target.step("Watch", WATCH),
        ],
        OnFailure=codepipeline.FailureConditions(Result="ROLLBACK"),
    )


def executed(target: Target) -> Iterator[Actions]:
    """Yield the actions that change the first Region and then, at the same time, the others."""
    for number, (region, title, _) in enumerate(target.places()):
        yield actions.execute_change_set(
            f"Execute{title}",
            role=places.role_arn(target.delivery, target.environment, names.DELIVER),
            stack_name=target.stack_name,
            change_set=names.CHANGE_SETS[names.DELIVER],
            run_order=OTHERS if number else FIRST,
            region=region,
        )
