"""A new processor's folder is one that works, beside whatever is there already."""

import importlib.util
import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from troposphere import kms, s3

from generators import command, extension
from generators.writes import refuse_loops
from serverlessapp.cli.main import main
from serverlessapp.processors.definition import FIRST, read, read_all
from serverlessapp.processors.uploads import refuse_overlaps
from serverlessapp.template.reading import load
from tests.fixture_lanes import LANES
from tests.lambda_code import loaded

PROCESSORS = Path("processors")
TO_DO = (
    *("python -m local process", "tox run -e processors", "python -m local demo"),
    *("tox run -e generate", "serverlessapp package"),
)


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a checkout without processors."""
    (tmp_path / "generators").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declare(name: str, uploads: str, handler: str = "main:process") -> None:
    (PROCESSORS / name / "samples").mkdir(parents=True)
    (PROCESSORS / name / "samples/a.txt").touch()
    (PROCESSORS / name / "processor.toml").write_text(f'handler = "{handler}"\n{uploads}')


def test_it_is_read_and_says_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "processor", "words"]) == 0
    (processor,) = read_all(PROCESSORS)
    assert (processor.name, processor.handler) == ("words", "main:process")
    assert (processor.uploads.source, processor.uploads.folder) == ("notification", "words/")
    assert processor.permissions is None
    out = capsys.readouterr().out
    assert all(f"\n  .venv/bin/{command}" in out for command in TO_DO)
    assert f"{processor.samples[0].parent}/" in out


def test_its_code_processes_its_sample() -> None:
    assert main(["new", "processor", "words"]) == 0
    (sample,) = read(PROCESSORS / "words").samples
    with loaded("file_processor") as index:
        spec = importlib.util.spec_from_file_location("main", PROCESSORS / "words/main.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        counted: dict[str, int] = {}

        def process(content: bytes) -> Any:
            context = SimpleNamespace(open=lambda: io.BytesIO(content), metric=counted.__setitem__)
            return module.process(None, context)

        assert process(sample.read_bytes()) == {"lines": 2}
        assert counted == {"Lines": 2}
        with pytest.raises(index.PermanentError):
            process(b"")
    test = (PROCESSORS / "words/tests/test_words.py").read_text()
    assert f"samples/{sample.name}" in test
    compile(test, "test_words.py", "exec")


def test_the_templates_have_its_lane_at_once(checkout: Path) -> None:
    shutil.copytree(LANES, PROCESSORS)
    assert main(["new", "processor", "words"]) == 0
    assert command.main(["--processors", str(PROCESSORS), "--output", "out"]) == 0
    template = load((checkout / "out/application.yaml").read_bytes())
    assert {"FileProcessor", "WordsFunction"} <= template["Resources"].keys()


@pytest.mark.parametrize(
    ("uploads", "source"),
    [
        ("", "eventbridge"),
        ("[uploads]\nsuffixes = ['.txt']", "eventbridge"),
        ("[uploads]\nfolder = 'in/'", "notification"),
        ("[uploads]\nsource = 'eventbridge'", "notification"),
    ],
)
def test_it_takes_nothing_away_from_another(uploads: str, source: str) -> None:
    declare("first", uploads)
    assert main(["new", "processor", "words"]) == 0
    refuse_overlaps(read_all(PROCESSORS))
    assert read(PROCESSORS / "words").uploads.source == source


def test_it_may_write_results_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "processor", "words", "--writes-results", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["processor"] == "words"
    assert {str(path) for path in PROCESSORS.rglob("*") if path.is_file()} == set(made["files"])
    grants = extension.grants_of(PROCESSORS / "words")
    bucket, key = s3.Bucket("UploadBucket"), kms.Key("EncryptionKey")
    assert refuse_loops(grants(bucket=bucket, key=key), bucket)


@pytest.mark.parametrize(
    ("name", "words"),
    [("Words", "not a valid"), (FIRST, "reserved"), ("taken", "already exists")],
)
def test_what_cannot_be_made_is_one_line(
    name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    declare("taken", "")
    assert main(["new", "processor", name]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert [path.name for path in PROCESSORS.iterdir()] == ["taken"]


def test_a_mistake_in_another_processor_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    declare("broken", "", handler="main")
    assert main(["new", "processor", "words"]) == 2
    assert "processors/broken/processor.toml:1: handler must be" in capsys.readouterr().err
    assert not (PROCESSORS / "words").exists()


def test_outside_a_checkout_it_says_so(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "generators").rmdir()
    assert main(["new", "processor", "words"]) == 2
    assert "not in a checkout" in capsys.readouterr().err


def test_what_another_branch_left_is_no_processor() -> None:
    (PROCESSORS / "words/__pycache__").mkdir(parents=True)
    (PROCESSORS / "words/__pycache__/main.cpython-313.pyc").touch()
    assert main(["new", "processor", "words"]) == 0
