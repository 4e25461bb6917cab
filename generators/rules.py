"""Combinations of parameters that cannot work, refused before anything is created."""

from typing import Any

from troposphere import Equals, Not, Or, Ref, Template

from generators.form import given
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
            Not(Equals(Ref(first.processor), INLINE_PROCESSOR)),
            bucket if alone else key,  # other lanes need the bucket anyway
            f"The code in the template has only the processor {INLINE_PROCESSOR}: for another "
            "one, give CodeBucket and CodeKey of a zip that contains it.",
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
            {
                "Assert": Or(Not(given(here)), given(there)),
                "AssertDescription": f"{here.title} is set and {there.title} is not: give both, "
                "or clear both.",
            }
            for here, there in ((one, other), (other, one))
        ]
        template.add_rule(f"{kind}NeedsBoth", {"Assertions": assertions})
    for form in parameters.lanes.values():
        limit = form.concurrency
        template.add_rule(
            f"{limit.title}ExcludesPollers",
            rule(
                given(options.minimum_pollers),
                Equals(Ref(limit), limit.Default),
                f"Provisioned pollers take the place of {limit.title}, of which AWS takes no "
                f"other: leave it at {limit.Default}, or clear MinimumPollers and MaximumPollers.",
            ),
        )


def rule(condition: Any, assertion: Any, message: str) -> dict[str, Any]:
    """Return a rule: where the condition holds, so must the assertion, or the message is shown."""
    return {
        "RuleCondition": condition,
        "Assertions": [{"Assert": assertion, "AssertDescription": message}],
    }


def refuse_regions(template: Template) -> None:
    """Add a rule against Regions in which the resources, which are all there, cannot be made.

    It compares the Region: that ``AWS::Partition`` works in a rule is documented nowhere. Regions
    that are not listed yet are let through.

    Source: CloudFormation Template Reference, "Rule functions"; which types a Region has, from the
    published schemas.
    """
    types = {str(item.resource_type) for item in template.resources.values()}
    types = {name for name in types if name.startswith("AWS::")}
    known = sorted({*supported()} & {*schemas.regions()})
    missing = {region: types - schemas.digests(region).keys() for region in known}
    names = " or ".join(sorted(set().union(*missing.values())))
    refused = {
        "This Region is not supported: China and GovCloud lack what the stack needs, such as tags "
        "of event source mappings, and what the European Sovereign Cloud and isolated Regions lack "
        "is not known. Choose a Region of the standard partition.": (
            partitions().keys() - supported()
        ),
        f"This Region has no {names}, of which the stack is made: choose another one.": {
            region for region in known if missing[region]
        },
    }
    assertions = [
        {
            "Assert": Not({"Fn::Contains": [sorted(regions), Ref("AWS::Region")]}),
            "AssertDescription": words,
        }
        for words, regions in refused.items()
        if regions
    ]
    template.add_rule("SupportedRegion", {"Assertions": assertions})
