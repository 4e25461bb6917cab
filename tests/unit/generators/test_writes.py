"""No processor may write what starts it, or another, however a statement says it."""

from contextlib import nullcontext
from typing import Literal

import pytest
from awacs import s3 as s3_actions
from awacs.aws import Action, Allow, Deny, Statement
from troposphere import If, ImportValue, Join, NoValue, Split, Sub, s3

from generators.application import build
from generators.buckets import objects
from generators.extension import ExtensionError
from generators.retention import Retention
from generators.writes import refuse_loops
from serverlessapp.processors.definition import ProcessorError
from serverlessapp.processors.uploads import Uploads
from tests.fixture_lanes import lane

BUCKET = s3.Bucket("UploadBucket")
EVERYTHING = Uploads()
CSV = Uploads(folder="reports/", suffixes=(".csv", ".tsv"))
EVENTS = Uploads(source="eventbridge", folder="archive/")
NAMED = "arn:${AWS::Partition}:s3:::"
OWN = Sub("${UploadBucket.Arn}/")


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        (["s3:PutObject"], "${UploadBucket.Arn}/*"),
        (["s3:PutObject"], "${UploadBucket.Arn}/uploads/*"),
        (["s3:PutObject"], "${UploadBucket.Arn}/results*"),
        (["s3:PutObject"], "${UploadBucket.Arn}/result?/*"),
        (["s3:GetObject", "s3:ReplicateObject"], "${UploadBucket.Arn}/${UploadPrefix}*"),
        (["S3:put*"], "*"),
        (["s3:*Object"], "${UploadBucket.Arn}/up*"),
        (["s3:P?tObject"], "${UploadBucket.Arn}/*/reports/*"),
        (["*"], f"{NAMED}*"),
        (["s3:PutObject"], f"{NAMED}*/results/*"),
        (["s3:PutObject"], f"{NAMED}${{UploadBucket}}/up/reports/a.csv"),
        (["s3:PutObject"], f"{NAMED}serverlessapp-*/*.csv"),
        (["s3:PutObject"], "arn:aws:s3:::serverlessapp-prod-????????-*"),
        (["s3:PutObject"], f"{NAMED}${{AnotherBucket}}/*"),
        (["s3:PutObject"], "${UploadBucket.Arn}/${UploadPrefix}reports/${AWS::Region}/*"),
        (["s3:PutObject"], "${UploadBucket.Arn}/${!aws:userid}/*"),
        (["s3:PutObject"], "arn:aws:s3:eu-west-1:123456789012:accesspoint/point/object/*"),
        (["s3:PutObject"], "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/p*"),
        (["s3:PutObject"], "arn:aws:s3::123456789012:accesspoint/p.mrap/object/up/reports/a.csv"),
    ],
)
@pytest.mark.parametrize("lanes", [[EVERYTHING], [EVENTS, CSV]])
def test_a_processor_cannot_write_what_starts_any(
    actions: list[str], resource: str, lanes: list[Uploads]
) -> None:
    with pytest.raises(ExtensionError, match="WriteSomewhere allows writing"):
        refuse_loops([allowing(actions, Sub(resource))], BUCKET, lanes)


@pytest.mark.parametrize(
    ("actions", "resource", "lanes"),
    [
        (["s3:PutObject"], Join("", [OWN, "results/*"]), [EVERYTHING]),
        (["s3:*"], objects(BUCKET, "results/"), [EVERYTHING]),
        (["s3:PutObject"], objects(BUCKET, "results/${UploadPrefix}"), [EVERYTHING]),
        (["s3:GetObject*", "s3:RestoreObject"], objects(BUCKET), [EVERYTHING]),
        (["s3:PutObject"], Sub(f"{NAMED}elsewhere/*"), [EVERYTHING]),
        (
            ["s3:PutObject"],
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/point/object/results/*",
            [EVERYTHING],
        ),
        (["s3:PutObject"], Sub(f"{NAMED}serverlessapp-old-cafe/*"), [EVERYTHING]),
        (["s3:PutObject"], Sub("${UploadBucket.Arn}/a b/*"), [EVERYTHING]),
        # No lane takes these, whatever UploadPrefix is.
        (["s3:PutObject"], Sub("${UploadBucket.Arn}/*.json"), [CSV]),
        (["s3:PutObject"], Sub("${UploadBucket.Arn}/*.CSV"), [CSV]),
        (["s3:PutObject"], Sub("${UploadBucket.Arn}/${UploadPrefix}done/*"), [CSV, EVENTS]),
        (["s3:PutObject"], If("CustomerManagedKey", objects(BUCKET, "results/"), NoValue), [CSV]),
    ],
)
def test_a_processor_may_write_what_no_lane_takes(
    actions: list[str], resource: object, lanes: list[Uploads]
) -> None:
    statements = [allowing(actions, resource)]
    assert refuse_loops(statements, BUCKET, lanes) is statements


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ({"Action": [s3_actions.PutObject], "NotResource": [objects(BUCKET)]}, True),
        ({"NotAction": [s3_actions.GetObject], "Resource": ["*"]}, True),
        ({"NotAction": [s3_actions.Action("Put*")], "Resource": ["*"]}, True),
        ({"NotAction": [s3_actions.Action("*")], "Resource": ["*"]}, False),
        ({"NotAction": [Action("s3", "*Object")], "Resource": ["*"]}, False),
    ],
)
def test_everything_but_something_is_compared_too(
    statement: dict[str, list[object]], refused: bool
) -> None:
    statements = [Statement(Effect=Allow, **statement)]
    with pytest.raises(ExtensionError) if refused else nullcontext():
        refuse_loops(statements, BUCKET)


@pytest.mark.parametrize(
    "resources",
    [
        If("CustomerManagedKey", ["*"], [objects(BUCKET, "results/")]),
        [If("CustomerManagedKey", [objects(BUCKET, "results/"), objects(BUCKET)], NoValue)],
        Split(",", Sub("${UploadBucket.Arn}/results/*,${UploadBucket.Arn}/*")),
        Split(",", ImportValue("Places")),
    ],
)
def test_a_list_that_depends_on_something_is_looked_into(resources: object) -> None:
    statements = [Statement(Effect=Allow, Action=[s3_actions.PutObject], Resource=resources)]
    with pytest.raises(ExtensionError, match="allows writing"):
        refuse_loops(statements, BUCKET)


@pytest.mark.parametrize("actions", [{}, {"Action": [s3_actions.GetObject], "NotAction": []}])
def test_a_statement_says_either_what_it_allows_or_what_not(actions: dict[str, object]) -> None:
    with pytest.raises(ExtensionError, match="either Action or NotAction"):
        refuse_loops([Statement(Effect=Allow, Resource=["*"], **actions)], BUCKET)


def test_what_is_denied_or_not_understood() -> None:
    denied = Statement(Effect=Deny, Action=[s3_actions.PutObject], Resource=["*"])
    refuse_loops([denied], BUCKET)
    with pytest.raises(ExtensionError, match="condition Unheard does not exist"):
        refuse_loops([allowing(["s3:PutObject"], If("Unheard", "*", "*"))], BUCKET)


def allowing(actions: list[str], resource: object) -> Statement:
    named = [Action(*action.split(":")) for action in actions]
    return Statement(Sid="WriteSomewhere", Effect=Allow, Action=named, Resource=[resource])


@pytest.mark.parametrize("source", ["notification", "eventbridge"])
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_all_lanes_of_the_template_are_looked_at(
    source: Literal["notification", "eventbridge"], name: str
) -> None:
    def grants(**_: object) -> list[Statement]:
        return [allowing(["s3:PutObject"], objects(BUCKET, f"${{UploadPrefix}}{name}/"))]

    lanes = [
        lane("csv", source=source, folder="csv/", grants=grants),
        lane("tsv", source=source, folder="tsv/"),
    ]
    with pytest.raises(ExtensionError, match=rf"csv: WriteSomewhere .*\({name}/\*\)"):
        build(Retention.RETAINED, lanes)


def test_a_template_in_which_uploads_overlap_is_not_made() -> None:
    lanes = [lane("csv", folder="in/"), lane("tsv", folder="in/", suffixes=[".tsv"])]
    with pytest.raises(ProcessorError, match="eventbridge"):
        build(Retention.RETAINED, lanes)
