"""Combinations of parameters that cannot work, refused before anything is created."""

from collections.abc import Collection
from typing import Any

from troposphere import Equals, Not, Or, Ref, Template

from generators.form import given
from generators.options import SENDS_EVENTS
from generators.parameters import INLINE_PROCESSOR, ParameterRefs
from serverlessapp.partitions import partitions, supported
from serverlessapp.processors.definition import FIRST
from serverlessapp.template import schemas


def add_to(template: Template, *, parameters: ParameterRefs) -> None:
    """Add the rules. CloudFormation shows the description of the first that fails."""
    add_options_to(template, parameters)
    first = parameters.lanes.get(FIRST)
    if not first or not first.processor:
        return
    alone = len(parameters.lanes) == 1
    bucket, key = given(parameters.code_bucket), given(first.code_key)
    if alone:
        words = "CodeBucket is set and CodeKey is not: enter the key of the zip, or clear both."
        template.add_rule("CodeBucketNeedsKey", rule(bucket, key, words))
    words = "CodeKey is set and CodeBucket is not: enter the bucket of the zip, or clear both."
    template.add_rule("CodeKeyNeedsBucket", rule(key, bucket, words))
    template.add_rule(
        "OwnProcessorNeedsPackage",
        rule(
            Not(Equals(Ref(first.processor), INLINE_PROCESSOR)),
            bucket if alone else key,  # other lanes need the bucket anyway
            f"The inline code has only the processor {INLINE_PROCESSOR}: for another one, enter "
            "CodeBucket and CodeKey of a zip that contains it.",
        ),
    )


def add_options_to(template: Template, parameters: ParameterRefs) -> None:
    """Add the rules about options that need each other, or exclude what the form has besides."""
    options = parameters.options
    for kind, one, other in (
        ("Network", options.subnets, options.security_groups),
        ("Pollers", options.minimum_pollers, options.maximum_pollers),
    ):
        assertions = [
            asserted(
                Or(Not(given(here)), given(there)),
                f"{here.title} is set and {there.title} is not: enter both, or clear both.",
            )
            for here, there in ((one, other), (other, one))
        ]
        template.add_rule(f"{kind}NeedsBoth", {"Assertions": assertions})
    replaced = [form.concurrency for form in parameters.lanes.values()]
    template.add_rule(
        "PollersReplaceConcurrency",
        {
            "RuleCondition": given(options.minimum_pollers),
            "Assertions": [
                asserted(
                    Equals(Ref(limit), limit.Default),
                    f"MinimumPollers replaces {limit.title}: leave that at {limit.Default}, or "
                    "clear both pollers.",
                )
                for limit in replaced
            ],
        },
    )


def rule(condition: Any, assertion: Any, message: str) -> dict[str, Any]:
    """Return a rule: where the condition holds, so must the assertion, or the message is shown."""
    return {"RuleCondition": condition, "Assertions": [asserted(assertion, message)]}


def asserted(assertion: Any, message: str) -> dict[str, Any]:
    """Return what must hold, and the message that is shown if it does not."""
    return {"Assert": assertion, "AssertDescription": message}


def refuse_regions(template: Template, *, parameters: ParameterRefs) -> None:
    """Add a rule against Regions in which the resources, which are all there, cannot be made.

    What only completion events take is asked for when they are on.

    It compares the Region: that ``AWS::Partition`` works in a rule is documented nowhere. Regions
    that are not listed yet are let through.

    Source: CloudFormation Template Reference, "Rule functions"; which types a Region has, from the
    published schemas.
    """
    resources = template.resources.values()
    types, optional = (
        {
            str(item.resource_type)
            for item in resources
            if str(item.resource_type).startswith("AWS::")
            and (item.resource.get("Condition") == SENDS_EVENTS) is sends
        }
        for sends in (False, True)
    )
    known = sorted({*supported()} & {*schemas.regions()})
    missing, without_events = (
        {region: wanted - schemas.digests(region).keys() for region in known}
        for wanted in (types, optional - types)
    )
    names = " or ".join(sorted(set().union(*missing.values())))
    refused = {
        "This Region is not supported. Choose a Region of the standard partition (aws): China "
        "and GovCloud lack features that the stack needs, such as tags on event source mappings; "
        "isolated Regions and the European Sovereign Cloud were not checked.": (
            partitions().keys() - supported()
        ),
        f"This Region lacks {names}, which the stack needs: choose another Region.": {
            region for region in known if missing[region]
        },
    }
    assertions = [outside(regions, words) for words, regions in refused.items() if regions]
    template.add_rule("SupportedRegion", {"Assertions": assertions})
    regions = {region for region in known if without_events[region]}
    if regions:
        words = "This Region does not have EventBridge Pipes: choose another Region, or turn off "
        template.add_rule(
            "CompletionEventsNeedPipes",
            {
                "RuleCondition": Equals(Ref(parameters.options.completion_events), "On"),
                "Assertions": [outside(regions, f"{words}CompletionEvents.")],
            },
        )


def outside(regions: Collection[str], words: str) -> dict[str, Any]:
    """Return the assertion that the Region is none of these."""
    return asserted(Not({"Fn::Contains": [sorted(regions), Ref("AWS::Region")]}), words)
