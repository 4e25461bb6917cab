"""The wheel alone, in an empty folder, as whoever installs it has it: ``tox run -e wheel``."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).parent / "serverlessapp"
# Not the checkout's, which pytest sees as well.
(INSTALLED,) = metadata.distributions(name="serverlessapp", path=[sysconfig.get_path("purelib")])
TEMPLATES = ROOT / "templates"
RUNTIME = ROOT / "functions/file_processor/index.py"
COMMANDS = (
    *("diff", "validate", "new", "package", "capacity", "links", "publish", "bucket"),
    *("parked", "redrive", "discard", "empty", "reconcile", "reprocess", "verify", "receipt"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder, outside the checkout."""
    assert not tmp_path.is_relative_to(ROOT)
    return tmp_path


def run(folder: Path, *arguments: str | Path, program: Path = PROGRAM) -> tuple[int, str, str]:
    """Run the command with nothing of the checkout, and no account."""
    done = subprocess.run(
        [str(part) for part in (program, *arguments)],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_EC2_METADATA_DISABLED": "true",
            "UV_OFFLINE": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_nothing_but_the_tool_is_installed() -> None:
    """Which is everything that is below serverlessapp/, and the runtime."""
    files = [PurePosixPath(file) for file in INSTALLED.files or []]
    here = {file.parts[0].partition("-")[0] for file in files if file.parts[0] != ".."}
    assert here == {"serverlessapp"}, "this is no wheel; run: tox run -e wheel"
    sources = (ROOT / "serverlessapp").rglob("*.py")
    own = {path.relative_to(ROOT).as_posix() for path in sources}
    installed = {str(file) for file in files if file.suffix == ".py"}
    assert installed == own | {"serverlessapp/runtime/index.py"}


def test_every_command_helps(folder: Path) -> None:
    code, out, err = run(folder, "--help")
    assert (code, err) == (0, "")
    listed = out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert {line.split()[0] for line in listed} == set(COMMANDS)
    for name in COMMANDS:
        code, out, err = run(folder, name, "--help")
        assert (code, err) == (0, ""), name
        assert out.startswith(f"Usage: serverlessapp {name} ")


def test_it_knows_its_version(folder: Path) -> None:
    assert run(folder, "--version")[1] == f"serverlessapp {INSTALLED.version}\n"


def test_templates_are_compared(folder: Path) -> None:
    for release in ("0.1.0", "0.2.0"):
        source = TEMPLATES / "releases" / release / "application.template.json"
        shutil.copy(source, folder / f"{release}.json")
    code, out, err = run(folder, "diff", "0.1.0.json", "0.2.0.json")
    assert (code, err) == (3, "")
    assert "VersionRetentionDays" in out
    parameter = ("--parameter", "EnvironmentSuffix=prod", "--json")
    code, out, _ = run(folder, "diff", "0.1.0.json", "0.1.0.json", *parameter)
    assert (code, json.loads(out)["risk"]) == (4, "data"), "the bucket gets another name"


def test_a_template_is_validated(folder: Path) -> None:
    shutil.copy(TEMPLATES / "pipeline-region.yaml", folder / "region.yaml")
    assert run(folder, "validate", "region.yaml")[0] == 0
    template = (TEMPLATES / "pipeline.yaml").read_text()
    assert "ExecutionMode: QUEUED" in template
    (folder / "pipeline.yaml").write_text(template.replace("Mode: QUEUED", "Mode: PARALLEL"))
    code, out, _ = run(folder, "validate", "pipeline.yaml", "--json")
    assert code == 1
    assert any("PARALLEL" in finding["message"] for finding in json.loads(out)["findings"])


def test_cfn_lint_runs_our_rules(folder: Path) -> None:
    bad = ROOT / "tests/unit/serverlessapp/rules/fixtures/bad/W9309.yaml"
    shutil.copy(bad, folder / "bad.yaml")
    arguments = ("--append-rules", "serverlessapp.rules", "--format", "parseable", "--", "bad.yaml")
    code, out, err = run(folder, *arguments, program=PROGRAM.with_name("cfn-lint"))
    assert (code, err) == (4, "")  # a warning
    assert [line.split(":")[5] for line in out.splitlines()] == ["W9309"]
    assert run(folder, "validate", "bad.yaml")[0] == 0


def test_a_processor_is_packaged_with_the_runtime(folder: Path) -> None:
    shutil.copytree(ROOT / "examples/words", folder / "words")
    (folder / "words/requirements.txt").write_text("# nothing, but uv is asked\n")
    code, out, err = run(folder, "package", "words", "--output", "dist", "--json")
    assert (code, err) == (0, "")
    (packaged,) = json.loads(out)["packages"]
    with zipfile.ZipFile(folder / packaged["path"]) as package:
        assert package.namelist() == ["index.py", "words.py"]
        assert package.read("index.py") == RUNTIME.read_bytes()


def test_a_processor_is_made(folder: Path) -> None:
    code, out, err = run(folder, "new", "processor", "words")
    assert (code, out) == (2, "")
    assert err.startswith("error: not in a checkout")
    (folder / "generators").mkdir()
    code, out, err = run(folder, "new", "processor", "words", "--json")
    assert (code, err) == (0, "")
    assert all((folder / path).is_file() for path in json.loads(out)["files"])


def test_quotas_and_prices_are_there(folder: Path) -> None:
    code, out, err = run(folder, "capacity", "--seconds", "2", "--files", "1e6", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["bursts"][0]["dollars"]["Lambda"] > 0


def test_links_are_made(folder: Path) -> None:
    arguments = ("--template-url", "https://b.s3.amazonaws.com/t", "--region", "eu-west-1")
    code, out, err = run(folder, "links", *arguments, "--parameter", "AlarmEmail=a@b.org")
    assert (code, err) == (0, "")
    assert "param_AlarmEmail=a%40b.org" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "stack:files"),
        ("publish", "--bucket", "b", "--version", "1.2.0", "--yes", "release"),
        ("parked", "--stack", "files"),
        ("redrive", "--stack", "files", "--all"),
        ("discard", "--stack", "files", "--all"),
        ("empty", "--stack", "files"),
        ("reconcile", "--stack", "files"),
        ("verify", "--stack", "files"),
        ("bucket", "company-files"),
    ],
)
def test_without_credentials_it_says_so_in_one_line(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    shutil.copytree(TEMPLATES / "releases/0.2.0", folder / "release")
    code, out, err = run(folder, *arguments, "--region", "eu-west-1")
    advice = "sign in again (aws login, aws sso login), or give --profile"
    assert (code, out, err) == (2, "", f"error: Unable to locate credentials: {advice}\n")


def test_outside_a_checkout_there_are_no_releases(folder: Path) -> None:
    for arguments in (("diff",), ("diff", "0.2.0"), ("links", "--bucket", "b", "--bucket-region")):
        code, _, err = run(folder, *arguments, *(["eu-west-1"] if "links" in arguments else []))
        assert code == 2
        assert err.startswith("error: no releases here")
        assert err.count("\n") == 1
