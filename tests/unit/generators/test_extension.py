"""A processor's permissions get into a variant of the templates, and nowhere else."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from awacs import s3 as s3_actions
from awacs.aws import Action, Allow, Deny, Statement
from troposphere import If, Join, NoValue, Sub, kms, s3

from generators import command, extension
from generators.buckets import objects
from serverlessapp.processors.uploads import Uploads
from serverlessapp.template.reading import load

ROOT = Path(__file__).resolve().parents[3]
BUCKET, KEY = s3.Bucket("UploadBucket"), kms.Key("EncryptionKey")
EXAMPLE = ROOT / "examples/thumbnails"


def test_only_the_policy_differs(tmp_path: Path) -> None:
    assert command.main(["--output", str(tmp_path), "--processor", str(EXAMPLE)]) == 0
    for path in command.TEMPLATES.glob("application*.yaml"):
        generic, variant = (load((at / path.name).read_bytes()) for at in (path.parent, tmp_path))
        policy = variant["Resources"]["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
        added = [policy["Statement"].pop()["Sid"] for _ in range(2)]
        assert added == ["EncryptResults", "PutResults"]
        assert variant == generic


def test_committed_templates_stay_generic() -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(["--processor", str(EXAMPLE)])
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (None, None, "does not exist"),
        ("", None, "there is no function grants"),
        ("grants = 1", None, "there is no function grants"),
        ("x = 1\ndef", 2, "SyntaxError"),
        ("x = 1\nimport absent_module", 2, "absent_module"),
        ("x = 1\ndef grants(bucket):\n    return []", 2, "grants(*, bucket, key)"),
        ("def grants(*, bucket, key):\n    return bucket.absent", 2, "absent"),
        ("def grants(*, bucket, key):\n    raise ValueError('a\\nb')", 2, "ValueError: a b"),
        ("def grants(*, bucket, key):\n    pass", 1, "list of awacs statements"),
        ("def grants(*, bucket, key):\n    return ['s3:PutObject']", 1, "awacs statements"),
    ],
)
def test_a_mistake_in_permissions_is_named_with_its_line(
    tmp_path: Path, code: str | None, line: int | None, words: str
) -> None:
    if code is not None:
        (tmp_path / "permissions.py").write_text(code)
    with pytest.raises(extension.ExtensionError) as caught:
        extension.grants_of(tmp_path)(bucket=BUCKET, key=KEY)
    place = f"{tmp_path / 'permissions.py'}" + (f":{line}" if line else "")
    assert re.match(rf"{re.escape(place)}:? ", str(caught.value))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


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
    ],
)
@pytest.mark.parametrize("lanes", [[EVERYTHING], [EVENTS, CSV]])
def test_a_processor_cannot_write_what_starts_any(
    actions: list[str], resource: str, lanes: list[Uploads]
) -> None:
    with pytest.raises(extension.ExtensionError, match="WriteSomewhere may write"):
        extension.refuse_loops([allowing(actions, Sub(resource))], BUCKET, lanes)


@pytest.mark.parametrize(
    ("actions", "resource", "lanes"),
    [
        (["s3:PutObject"], Join("", [OWN, "results/*"]), [EVERYTHING]),
        (["s3:*"], objects(BUCKET, "results/"), [EVERYTHING]),
        (["s3:PutObject"], objects(BUCKET, "results/${UploadPrefix}"), [EVERYTHING]),
        (["s3:GetObject*", "s3:RestoreObject"], objects(BUCKET), [EVERYTHING]),
        (["s3:PutObject"], Sub(f"{NAMED}elsewhere/*"), [EVERYTHING]),
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
    assert extension.refuse_loops(statements, BUCKET, lanes) is statements


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
    with pytest.raises(extension.ExtensionError) if refused else nullcontext():
        extension.refuse_loops(statements, BUCKET)


def test_what_is_denied_or_not_understood() -> None:
    denied = Statement(Effect=Deny, Action=[s3_actions.PutObject], Resource=["*"])
    extension.refuse_loops([denied], BUCKET)
    with pytest.raises(extension.ExtensionError, match="there is no condition Unheard"):
        extension.refuse_loops([allowing(["s3:PutObject"], If("Unheard", "*", "*"))], BUCKET)


def allowing(actions: list[str], resource: object) -> Statement:
    named = [Action(*action.split(":")) for action in actions]
    return Statement(Sid="WriteSomewhere", Effect=Allow, Action=named, Resource=[resource])
