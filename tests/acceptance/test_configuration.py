"""``.taskcat.yml`` as we read it, and as taskcat does."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from serverlessapp.errors import OperatorError
from tests.acceptance.configuration import CONFIG, NEEDED, TaskcatTest, read
from tests.acceptance.taskcat import ROOT

PROJECT = "name: x, regions: [us-west-2, eu-west-1], template: a.yaml"
A_PROJECT = f"project: {{{PROJECT}}}\n"
WITH_A = f"project: {{{PROJECT}, parameters: {{A: project, B: 1}}}}\n"
# Whose setting counts.
READ = {
    "both": f"{WITH_A}tests: {{a: {{parameters: {{A: test, C: test}}}}, b: {{}}}}",
    "regions": f"{A_PROJECT}tests: {{a: {{regions: [us-east-1]}}, b: {{regions: []}}}}",
    "template": f"{A_PROJECT}tests: {{a: {{template: b.yaml}}, b: {{}}}}",
    "nothing around": "project: {name: x}\ntests: {a: {regions: [us-east-1], template: b.yaml}}",
    "general": f"general: {{parameters: {{A: general}}, regions: [us-east-1]}}\n{WITH_A}"
    "tests: {a: {parameters: {A: test}}}",
    "general alone": "general: {regions: [us-east-1], parameters: {A: general}}\n"
    "project: {name: x, template: a.yaml}\ntests: {a: {parameters: {B: test}}}",
    "scalars": f"{A_PROJECT}tests: {{a: {{parameters: {{A: yes, B: 010, C: '1.10', D: ''}}}}}}",
    "names": f"{A_PROJECT}tests: {{a: {{parameters: {{A: '$[taskcat_test_name]-x'}}}}}}",
    "tags": f"{A_PROJECT}tests: {{a: {{tags: {{A: b}}}}}}",
    "no tests": A_PROJECT,
    "ours": (ROOT / CONFIG).read_text(encoding="utf-8"),
}
# What taskcat does not take either.
REFUSED = {
    "unknown": f"{A_PROJECT}tests: {{a: {{paramters: {{A: b}}}}}}",
    "section": f"{A_PROJECT}test: {{a: {{}}}}",
    "a text": f"{A_PROJECT}tests: {{a: {{regions: us-east-1}}}}",
    "a float": f"{A_PROJECT}tests: {{a: {{parameters: {{A: 1.10}}}}}}",
    "a date": f"{A_PROJECT}tests: {{a: {{parameters: {{A: 2026-11-01}}}}}}",
    "by Region": f"{A_PROJECT}tests: {{a: {{parameters: {{A: {{us-east-1: b}}}}}}}}",
    "nothing": f"{A_PROJECT}tests: {{a: }}",
    "no parameters": f"{A_PROJECT}tests: {{a: {{parameters: }}}}",
    "not YAML": "{",
}
# For taskcat's own Python: a folder to what is read there, as taskcat reads it in a run.
THEIRS = """
import json, logging, sys
from pathlib import Path
from taskcat._config import Config
logging.disable()
seen = {}
for folder in map(Path, sys.argv[2:]):
    try:
        config = Config.create(
            project_root=folder, project_config_path=folder / ".taskcat.yml",
            global_config_path=folder / "no", overrides_path=folder / "no",
            env_vars=json.loads(sys.argv[1]),
        ).config
        seen[folder.name] = [
            [name, test.template, test.regions, test.parameters]
            for name, test in config.tests.items()
        ]
    except Exception as error:
        seen[folder.name] = type(error).__name__
print(json.dumps(seen))
"""


def folder_of(folder: Path, content: str) -> Path:
    (folder / "templates").mkdir(parents=True)
    for name in ("a", "b", "templates/application", "templates/application-ephemeral"):
        (folder / f"{name}.yaml").touch()
    (folder / CONFIG).write_text(content)
    return folder


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("projects")
    return {name: folder_of(place / name, text) for name, text in {**READ, **REFUSED}.items()}


@pytest.fixture(scope="module")
def theirs(projects: dict[str, Path]) -> dict[str, object]:
    python = Path(os.environ["ACCEPTANCE_PROGRAMS"], "python")
    variables = {f"TASKCAT_PROJECT_{name.upper()}": str(value) for name, value in NEEDED.items()}
    command = [str(python), "-W", "ignore", "-c", THEIRS, json.dumps(variables)]
    done = subprocess.run(
        [*command, *map(str, projects.values())], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, object] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize("name", READ)
def test_it_is_read_alike(name: str, projects: dict[str, Path], theirs: dict[str, object]) -> None:
    def plain(test: TaskcatTest) -> list[object]:
        template = test.template.relative_to(projects[name])
        return [test.name, str(template), [*test.regions], test.parameters]

    assert [plain(test) for test in read(projects[name])] == theirs[name]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_alike(
    name: str, projects: dict[str, Path], theirs: dict[str, object]
) -> None:
    assert str(theirs[name]).endswith("Error")
    with pytest.raises(OperatorError):
        read(projects[name])
