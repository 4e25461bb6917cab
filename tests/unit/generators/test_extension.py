"""A processor's permissions get into a variant of the templates, and nowhere else."""

from pathlib import Path

import pytest

from generators import command
from serverlessapp.template.reading import load

ROOT = Path(__file__).resolve().parents[3]
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


@pytest.mark.parametrize("code", [None, "", "def", "import absent_module"])
def test_a_folder_without_grants_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str | None
) -> None:
    if code is not None:
        (tmp_path / "permissions.py").write_text(code)
    arguments = ["--output", str(tmp_path / "out"), "--processor", str(tmp_path)]
    assert command.main(arguments) == 2
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], actions: list[str], resource: str
) -> None:
    declare(tmp_path, actions, resource)
    assert command.main(["--output", str(tmp_path / "out"), "--processor", str(tmp_path)]) == 2
    assert "WriteSomewhere may write below UploadPrefix" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


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
    declare(tmp_path, actions, resource)
    assert command.main(["--output", str(tmp_path / "out"), "--processor", str(tmp_path)]) == 0


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
