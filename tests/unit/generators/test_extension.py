"""A processor's permissions get into the policy of its function, and nowhere else."""

import re
from pathlib import Path

import pytest
from troposphere import kms, s3

from generators import command, extension
from generators.application import build
from generators.retention import Retention
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


def test_a_lane_has_the_permissions_beside_its_code(tmp_path: Path) -> None:
    root = processor(tmp_path)
    declare(root / "csv", ["GetObjectTagging"], "objects(bucket)")
    assert command.main(["--output", str(tmp_path / "out"), "--processors", str(root)]) == 0
    template = read((tmp_path / "out/application.yaml").read_bytes())
    policy = template["Resources"]["CsvFileProcessorPolicy"]["Properties"]["PolicyDocument"]
    assert policy["Statement"][-1]["Sid"] == "WriteSomewhere"


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (None, None, "does not exist"),
        ("", None, "define a function grants"),
        ("grants = 1", None, "define a function grants"),
        ("x = 1\ndef", 2, "SyntaxError"),
        ("x = 1\nimport absent_module", 2, "absent_module"),
        ("x = 1\ndef grants(bucket):\n    return []", 2, "grants(*, bucket, key)"),
        ("def grants(*, bucket, key):\n    return bucket.absent", 2, "absent"),
        ("def grants(*, bucket, key):\n    raise ValueError('a\\nb')", 2, "ValueError: a b"),
        ("def grants(*, bucket, key):\n    pass", 1, "list of awacs statements"),
        ("def grants(*, bucket, key):\n    return ['s3:PutObject']", 1, "awacs statements"),
        ("x = 1\nraise SystemExit('a')", 2, "SystemExit: a"),
        ("def grants(*, bucket, key):\n    raise SystemExit", 2, "SystemExit"),
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


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ("one(Sid='my-sid')", "the Sid my-sid must be letters and digits"),
        ("one(Sid='')", "must be letters and digits"),
        ("one(), one()", "2 statements have the Sid A"),
        ("one(Resource=['results/*'])", "A has the Resource 'results/*'"),
        ("one(Resource=[5])", "it must be an ARN, or *"),
        ("one(Resource=None)", "A has no Resource"),
        ("one(Principal=Principal('*'))", "A has a Principal"),
    ],
)
def test_what_iam_would_refuse_is_named_with_its_line(
    tmp_path: Path, statements: str, words: str
) -> None:
    declare_statements(tmp_path, statements)
    with pytest.raises(extension.ExtensionError) as caught:
        extension.grants_of(tmp_path)(bucket=BUCKET, key=KEY)
    assert str(caught.value).startswith(f"{tmp_path / 'permissions.py'}:8: ")
    assert words in str(caught.value)


def test_what_iam_takes(tmp_path: Path) -> None:
    declare_statements(
        tmp_path,
        "one(), one(Sid=None), one(Sid=None), one(Sid='B', Resource=['*']), "
        "one(Sid='C', Resource=[bucket.get_att('Arn')]), "
        "one(Sid='D', NotResource=['arn:aws:s3:::a'], Resource=None)",
    )
    assert len(extension.grants_of(tmp_path)(bucket=BUCKET, key=KEY)) == 6


def test_no_statement_is_named_as_one_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = processor(tmp_path)
    declare_statements(root / "csv", "one(Sid='ReadUploads')")
    assert command.main(["--output", str(tmp_path / "out"), "--processors", str(root)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"{root / 'csv/permissions.py'}: ")
    assert "ReadUploads" in err


def test_a_mistake_in_permissions_ends_the_command_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = processor(tmp_path)
    (root / "csv/permissions.py").write_text("def grants(*, bucket, key):\n    return 1 / 0\n")
    assert command.main(["--output", str(tmp_path / "out"), "--processors", str(root)]) == 2
    err = capsys.readouterr().err
    assert "permissions.py:2: ZeroDivisionError" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def processor(root: Path) -> Path:
    """Write a processor csv, and return the folder of processors."""
    (root / "csv/samples").mkdir(parents=True)
    (root / "csv/samples/one.csv").write_text("1")
    (root / "csv/one.py").write_text("def run(file, context): return None")
    (root / "csv/processor.toml").write_text('handler = "one:run"')
    return root


def declare(folder: Path, actions: list[str], resource: str) -> None:
    """Write a permissions.py that allows actions of S3 on a resource, an expression."""
    named = ", ".join(f"s3_actions.Action({action!r})" for action in actions)
    (folder / "permissions.py").write_text(
        "from awacs import s3 as s3_actions\n"
        "from awacs.aws import Allow, Statement\n"
        "from troposphere import Join, Sub\n"
        "from generators.buckets import objects\n\n"
        "def grants(*, bucket, key):\n"
        f"    return [Statement(Sid='WriteSomewhere', Effect=Allow, Action=[{named}],\n"
        f"        Resource=[{resource}])]\n"
    )


def declare_statements(folder: Path, statements: str) -> None:
    """Write a permissions.py that returns statements: ``one()``, changed by its arguments."""
    (folder / "permissions.py").write_text(
        "from awacs.aws import Action, Allow, Principal, Statement\n\n"
        "def one(**changes):\n"
        "    said = {'Sid': 'A', 'Effect': Allow, 'Action': [Action('s3', 'GetObjectTagging')],\n"
        "        'Resource': ['arn:aws:s3:::a/*'], **changes}\n"
        "    return Statement(**{name: it for name, it in said.items() if it is not None})\n"
        "\n"
        "def grants(*, bucket, key):\n"
        f"    return [{statements}]\n"
    )
