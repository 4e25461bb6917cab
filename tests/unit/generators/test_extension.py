"""A processor's permissions get into a variant of the templates, and nowhere else."""

import json
from pathlib import Path

import pytest

from generators import command

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples/thumbnails"


def test_only_the_policy_differs(tmp_path: Path) -> None:
    assert command.main(["--output", str(tmp_path), "--processor", str(EXAMPLE)]) == 0
    for path in command.TEMPLATES.glob("application*.template.json"):
        generic, variant = (
            json.loads((at / path.name).read_text()) for at in (path.parent, tmp_path)
        )
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
