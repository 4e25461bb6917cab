"""Combinations of parameters that cannot work, refused before anything is created."""

from typing import Any

from troposphere import Equals, Not, Ref, Template

from generators.parameters import INLINE_PROCESSOR, ParameterRefs, given


def add_to(template: Template, *, parameters: ParameterRefs) -> None:
    """Add the rules. CloudFormation shows the description of the first that fails."""
    bucket, key = given(parameters.code_bucket), given(parameters.code_key)
    template.add_rule(
        "CodeBucketNeedsKey",
        rule(
            bucket,
            key,
            "CodeBucket is set and CodeKey is not: give the key of the zip too, or clear both.",
        ),
    )
    template.add_rule(
        "CodeKeyNeedsBucket",
        rule(
            key,
            bucket,
            "CodeKey is set and CodeBucket is not: give the bucket of the zip too, or clear both.",
        ),
    )
    template.add_rule(
        "OwnProcessorNeedsPackage",
        rule(
            Not(Equals(Ref(parameters.processor), INLINE_PROCESSOR)),
            bucket,
            f"The code in the template has only the processor {INLINE_PROCESSOR}: for another "
            "one, give CodeBucket and CodeKey of a zip that contains it.",
        ),
    )


def rule(condition: Any, assertion: Any, message: str) -> dict[str, Any]:
    """Return a rule: where the condition holds, so must the assertion, or the message is shown."""
    return {
        "RuleCondition": condition,
        "Assertions": [{"Assert": assertion, "AssertDescription": message}],
    }
