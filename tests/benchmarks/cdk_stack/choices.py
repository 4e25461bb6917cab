"""Conditions, rules, mappings and the form's layout: what follows from the parameters."""

from dataclasses import dataclass

from aws_cdk import CfnCondition, CfnMapping, CfnRule, CfnRuleAssertion, Fn, Stack

from tests.benchmarks.cdk_stack.form import TIMEOUTS, Form


@dataclass(frozen=True)
class Choices:
    """What the parameters decide."""

    own_key: CfnCondition
    has_email: CfnCondition
    has_boundary: CfnCondition
    has_package: CfnCondition
    timeouts: CfnMapping
    partitions: CfnMapping


def add_to(stack: Stack, form: Form) -> Choices:
    """Add what follows from the parameters."""
    is_default = {
        name: Fn.condition_equals(parameter, default)
        for name, parameter, default in (
            ("email", form.alarm_email, ""),
            ("boundary", form.boundary, ""),
            ("bucket", form.code_bucket, ""),
            ("key", form.code_key, ""),
            ("processor", form.processor, "index:sign_receipt"),
        )
    }
    given = {name: Fn.condition_not(empty) for name, empty in is_default.items()}
    for name, condition, wanted in (
        ("CodeBucketNeedsKey", "bucket", "key"),
        ("CodeKeyNeedsBucket", "key", "bucket"),
        ("OwnProcessorNeedsPackage", "processor", "bucket"),
    ):
        assertion = CfnRuleAssertion(assert_=given[wanted], assert_description=f"{wanted} lacks")
        CfnRule(stack, name, rule_condition=given[condition], assertions=[assertion])
    stack.template_options.metadata = {
        "AWS::CloudFormation::Interface": {"ParameterGroups": layout(form)}
    }
    return Choices(
        own_key=CfnCondition(
            stack,
            "CustomerManagedKey",
            expression=Fn.condition_equals(form.encryption, "CustomerManaged"),
        ),
        has_email=CfnCondition(stack, "HasAlarmEmail", expression=given["email"]),
        has_boundary=CfnCondition(stack, "HasPermissionsBoundary", expression=given["boundary"]),
        has_package=CfnCondition(
            stack,
            "HasCodePackage",
            expression=Fn.condition_and(given["bucket"], given["key"]),
        ),
        timeouts=CfnMapping(
            stack,
            "FunctionTimeouts",
            mapping={
                str(seconds): {"Visibility": seconds * 6, "Backlog": seconds * 24}
                for seconds in TIMEOUTS
            },
        ),
        partitions=CfnMapping(
            stack,
            "Partition",
            mapping={
                "aws": {"Console": "console.aws.amazon.com"},
                "aws-cn": {"Console": "console.amazonaws.cn"},
                "aws-us-gov": {"Console": "console.amazonaws-us-gov.com"},
            },
        ),
    )


def layout(form: Form) -> list[dict[str, object]]:
    """Return the parameters in the groups that the console shows."""
    groups = {
        "Environment": (form.environment, form.upload_prefix, form.alarm_email),
        "Processing": (
            *(form.processor, form.code_bucket, form.code_key),
            *(form.memory, form.timeout, form.concurrency),
        ),
        "Security and retention": (
            *(form.encryption, form.boundary),
            *(form.log_days, form.version_days),
        ),
    }
    return [
        {"Label": {"default": label}, "Parameters": [item.logical_id for item in parameters]}
        for label, parameters in groups.items()
    ]
