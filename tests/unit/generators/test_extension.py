"""A processor's permissions get into the policy of its function, and nowhere else."""

from pathlib import Path

import pytest

from generators import command, extension
from generators.application import build
from generators.extension import ExtensionError
from generators.lanes import load
from generators.retention import Retention
from serverlessapp.template.reading import load as read
from tests.fixture_lanes import lane

ROOT = Path(__file__).resolve().parents[3]
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


@pytest.mark.parametrize("code", ["", "def", "import absent_module"])
def test_permissions_without_grants_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    root = processor(tmp_path)
    (root / "csv/permissions.py").write_text(code)
    assert command.main(["--output", str(tmp_path / "out"), "--processors", str(root)]) == 2
    assert "permissions.py" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        (["PutObject"], "objects(bucket)"),
        (["PutObject"], "objects(bucket, 'uploads/')"),
        (["PutObject"], "objects(bucket, 'results')"),
        (["GetObject", "ReplicateObject"], "objects(bucket, '${UploadPrefix}')"),
        (["*"], "bucket.get_att('Arn')"),
        (["Put*"], "'*'"),
        (["PutObject"], "Sub('arn:${AWS::Partition}:s3:::*/results/*')"),
    ],
)
def test_a_processor_cannot_get_to_where_its_own_files_come_from(
    tmp_path: Path, actions: list[str], resource: str
) -> None:
    declare(processor(tmp_path) / "csv", actions, resource)
    with pytest.raises(ExtensionError, match="WriteSomewhere may write below UploadPrefix"):
        build(Retention.RETAINED, load(tmp_path))


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        (["PutObject"], "Join('', [bucket.get_att('Arn'), '/results/*'])"),
        (["PutObject"], "objects(bucket, 'results/')"),
        (["PutObject"], "objects(bucket, 'results/small/')"),
        (["GetObjectTagging"], "objects(bucket)"),
        (["PutObject"], "Sub('arn:${AWS::Partition}:s3:::elsewhere/*')"),
    ],
)
def test_a_processor_may_write_results_and_elsewhere(
    tmp_path: Path, actions: list[str], resource: str
) -> None:
    declare(processor(tmp_path) / "csv", actions, resource)
    build(Retention.RETAINED, load(tmp_path))


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
