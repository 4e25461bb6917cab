"""What every stage hands to the composer."""

from dataclasses import dataclass

from troposphere import codepipeline, iam


@dataclass(frozen=True, kw_only=True)
class StageRefs:
    """A stage, and the roles that the pipeline's own role has to assume for it."""

    stage: codepipeline.Stages
    roles: tuple[iam.Role, ...]


def retry(mode: str) -> codepipeline.FailureConditions:
    """Return what makes a stage try again, once: ``FAILED_ACTIONS`` or ``ALL_ACTIONS``.

    Where a change set is executed, only the second: it is used up.
    """
    return codepipeline.FailureConditions(
        Result="RETRY", RetryConfiguration=codepipeline.RetryConfiguration(RetryMode=mode)
    )
