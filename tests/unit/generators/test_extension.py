"""A processor's permissions get into the policy of its function, and nowhere else."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from awacs import s3 as s3_actions
from awacs.aws import Action, Allow, Deny, Statement
from troposphere import If, Join, NoValue, Sub, kms, s3

from generators import command, extension
from generators.application import build
from generators.buckets import objects
from generators.lanes import load
from generators.retention import Retention
from serverlessapp.errors import ProcessorError
from serverlessapp.processors.uploads import Uploads
from serverlessapp.template.reading import load as read
from tests.fixture_lanes import lane

ROOT = Path(__file__).resolve().parents[3]
BUCKET, KEY = s3.Bucket("UploadBucket"), kms.Key("EncryptionKey")
EXAMPLE = ROOT / "examples/thumbnails"


@pytest.mark.parametrize("retention", Retention)
def test_only_the_policy_differs(retention: Retention) -> None:
    grants = extension.grants_of(EXAMPLE)
    generic, variant = (
        build(retention, [each]).to_dict() for each in (lane(), lane(grants=grants))
    )
    policy = variant["Resources"]["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
    assert [policy["Statement"].pop()["Sid"] for _ in range(2)] == ["EncryptResults", "PutResults"]
    assert variant == generic


PERMISSIONS = """\
from awacs import s3
from awacs.aws import Allow, Statement
from generators.buckets import objects
from troposphere import Sub

def grants(*, bucket, key):
    return [Statement(Sid="Write", Effect=Allow, Action=[s3.PutObject], Resource=[RESOURCE])]
"""


def processor(root: Path, name: str, resource: str = "", uploads: str = "") -> None:
    """Write a processor, which may write somewhere, into a folder of processors."""
    (root / name / "samples").mkdir(parents=True)
    (root / name / "samples/a.csv").write_text("1")
    (root / name / "run.py").write_text("def run(file, context): return None")
    (root / name / "processor.toml").write_text(f'handler = "run:run"\n[uploads]\n{uploads}')
    if resource:
        permissions = PERMISSIONS.replace("RESOURCE", resource)
        (root / name / "permissions.py").write_text(permissions)


def test_a_lane_has_the_permissions_beside_its_code(tmp_path: Path) -> None:
    processor(tmp_path / "in", "csv", "objects(bucket, 'results/')")
    arguments = ["--output", str(tmp_path / "out"), "--processors", str(tmp_path / "in")]
    assert command.main(arguments) == 0
    template = read((tmp_path / "out/application.yaml").read_bytes())
    policy = template["Resources"]["CsvFileProcessorPolicy"]["Properties"]["PolicyDocument"]
    assert policy["Statement"][-1]["Sid"] == "Write"


def test_a_lane_cannot_start_another(tmp_path: Path) -> None:
    processor(
        tmp_path, "csv", "Sub('${UploadBucket.Arn}/*/done/*.json')", uploads="suffixes = ['.csv']"
    )
    build(Retention.RETAINED, load(tmp_path))
    processor(tmp_path, "pdf", uploads="folder = 'done/'\nsource = 'eventbridge'")
    with pytest.raises(extension.ExtensionError, match="Write may write"):
        build(Retention.RETAINED, load(tmp_path))


def test_lanes_that_overlap_are_refused(tmp_path: Path) -> None:
    for name in ("csv", "pdf"):
        processor(tmp_path, name)
    with pytest.raises(ProcessorError, match="S3 announces a file to one queue only"):
        build(Retention.RETAINED, load(tmp_path))


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
        (["s3:PutObject"], Sub(f"{NAMED}serverlessapp-archive/*"), [EVERYTHING]),
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
