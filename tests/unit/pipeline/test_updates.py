"""What an update does is derived, and the form says it where one chooses."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from generators.editions import Edition
from pipeline import updates
from pipeline.templates import BUILDERS
from pipeline.updates import Effect
from serverlessapp.template.reading import Template, parse
from tests.generated import generated

# A new parameter needs a row: think of what neither template nor schema knows.
EFFECTS = {
    **dict.fromkeys(("AlarmEmail",), Effect.REPLACES),
    **dict.fromkeys(
        (
            *("CompletionEvents", "Encryption", "LogRetentionDays", "SourceKeyArn"),
            *("UploadPrefix", "VersionRetentionDays"),
        ),
        Effect.STRANDS,
    ),
    "LedgerWarmThroughput": Effect.ONE_WAY,
    **dict.fromkeys(("EnvironmentSuffix", "SourceBucket"), Effect.NEVER),
    **dict.fromkeys(
        (
            *("CodeBucket", "CodeKey", "FunctionMemory", "FunctionTimeout", "MaximumConcurrency"),
            *("MaximumPollers", "MinimumPollers", "PermissionsBoundaryArn", "Processor"),
            *("SourceAccount", "Tracing", "VpcSecurityGroupIds", "VpcSubnetIds"),
        ),
        Effect.IN_PLACE,
    ),
}
# What a description says of each effect, and of no other.
WORDS = {
    Effect.STRANDS: r"If (changed|lowered|turned off) later: ",
    Effect.ONE_WAY: "Cannot be undone",
    Effect.NEVER: "Cannot be changed later",
}


@pytest.fixture(scope="module")
def application() -> dict[str, updates.Update]:
    return updates.of_application()


def forms(*names: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the parameters of templates, by name."""
    for name in names:
        yield from parsed(name).entries("Parameters").items()


@cache
def parsed(name: str) -> Template:
    return parse(generated()[name])


def test_each_parameter_of_the_application_does_what_it_should(
    application: dict[str, updates.Update],
) -> None:
    assert {name: each.effect for name, each in application.items()} == EFFECTS


def test_a_list_says_only_what_is_not_known_without_it() -> None:
    derived = updates.updates(*(parsed(each.value) for each in Edition))
    assert updates.FOLLOWS.keys() <= derived.keys()
    for name, least in updates.WORSE.items():
        assert derived[name].effect < least
        assert name in updates.FOLLOWS
    for name, each in derived.items():
        assert each.effect <= Effect.REPLACES or name in updates.FOLLOWS, "say what follows"


def test_the_form_says_it_where_one_chooses(application: dict[str, updates.Update]) -> None:
    for name, form in forms(*(each.value for each in Edition)):
        assert said(form) == expected(application[name]), name


@pytest.mark.parametrize("name", BUILDERS)
def test_forms_of_the_delivery_say_it_too(name: str) -> None:
    effects = updates.updates(parsed(name))
    for parameter, form in forms(name):
        assert said(form) == expected(effects[parameter]), parameter


def said(form: dict[str, Any]) -> set[Effect]:
    return {effect for effect, words in WORDS.items() if re.search(words, form["Description"])}


def expected(update: updates.Update) -> set[Effect]:
    return {update.effect} & WORDS.keys()


SMALL = {
    "Parameters": {
        **{name: {"Type": "String"} for name in ("Name", "Mail", "Text", "Unused")},
        "Maybe": {"Type": "String", "Default": ""},
        "Days": {"Type": "Number", "MinValue": 1, "MaxValue": 7},
        "Kept": {"Type": "String", "AllowedValues": ["no", "yes"]},
    },
    "Conditions": {
        "HasTopic": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Maybe"}, ""]}]},
        "HasTable": {"Fn::Equals": [{"Ref": "Kept"}, "yes"]},
    },
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}},
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Condition": "HasTopic",
            "Properties": {"DisplayName": {"Ref": "Text"}},
        },
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": "arn", "Protocol": "email", "Endpoint": {"Ref": "Mail"}},
        },
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Condition": "HasTable", "Properties": {}},
    },
    "Outputs": {"Said": {"Value": {"Ref": "Unused"}}},
}


@pytest.mark.parametrize(
    ("name", "effect", "resources"),
    [
        ("Unused", Effect.NOTHING, ""),
        ("Text", Effect.IN_PLACE, "changes `Topic`"),
        ("Maybe", Effect.IN_PLACE, "adds or removes `Topic`"),
        ("Mail", Effect.REPLACES, "replaces `Subscription`"),
        ("Days", Effect.STRANDS, "changes `Log`"),
        ("Kept", Effect.STRANDS, "adds or removes `Table`"),
        ("Name", Effect.NEVER, "replaces `Bucket`"),
    ],
)
def test_it_is_derived_through_conditions_too(name: str, effect: Effect, resources: str) -> None:
    update = updates.updates(Template(content=SMALL))[name]
    assert (update.effect, update.resources) == (effect, resources)
