"""``.taskcat.yml``: who wins, and that a run refuses what it cannot keep to.

That taskcat agrees is tested where taskcat is: tests/acceptance/test_configuration.py.
"""

from pathlib import Path

import pytest

from serverlessapp.errors import OperatorError
from tests.acceptance.configuration import CONFIG, OVERRIDES, read

COMPLETE = "project: {name: x, regions: [us-west-2], template: t.yaml, parameters: {A: project}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "t.yaml").touch()
    return tmp_path


def test_a_projects_parameter_wins_over_a_tests_and_a_tests_region_over_a_projects(
    project: Path,
) -> None:
    tests = "tests: {a: {regions: [eu-west-1], parameters: {A: test, B: 1}}, b: {}}\n"
    (project / CONFIG).write_text(COMPLETE + tests)
    one, other = read(project)
    assert (one.parameters, one.regions) == ({"A": "project", "B": "1"}, ("eu-west-1",))
    assert (other.parameters, other.regions) == ({"A": "project"}, ("us-west-2",))
    (project / CONFIG).write_text(f"{COMPLETE}{tests}general: {{parameters: {{A: general}}}}\n")
    assert {test.parameters["A"] for test in read(project)} == {"general"}


@pytest.mark.parametrize(
    "content",
    [
        *(None, "", "tests: {}\nfoo: {}", "{", "tests: [x]", "project: []", "tests: {a: }"),
        *("tests: {a: {}}", "general: {regions: [us-east-1]}\ntests: {a: {}}"),
        *("tests: {a: {regions: [us-east-1], template: ../t.yaml}}", "tests: {a: {template: 1}}"),
        *("tests: {a: {regions: us-east-1}}", "tests: {a: {parameters: {A: 1.5}}}"),
        *("project: {parameters: {A: [b]}}", "tests: {a: {parameters: {A: {us-east-1: b}}}}"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_a_mistake(
    project: Path, content: str | None
) -> None:
    if content is not None:
        (project / CONFIG).write_text(content)
    with pytest.raises(OperatorError, match=CONFIG):
        read(project)


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("project: {shorten_stack_name: false}", "shorten_stack_name"),
        ("project: {role_name: r}", "role_name"),
        ("project: {s3_bucket: b}", "s3_bucket"),
        ("project: {s3_regional_buckets: 1}", "s3_regional_buckets"),
        ("general: {auth: {default: p}}", "auth"),
        ("general: {prehooks: [{type: x}]}", "prehooks"),
        ("tests: {a: {stack_name: s}}", "stack_name"),
        ("tests: {a: {paramters: {A: b}}}", "paramters"),
    ],
)
def test_what_a_run_cannot_keep_to_is_refused_by_name(
    project: Path, setting: str, name: str
) -> None:
    (project / CONFIG).write_text(setting)
    with pytest.raises(OperatorError, match=rf"\b{name}\b"):
        read(project)


def test_overrides_are_refused(project: Path) -> None:
    (project / CONFIG).write_text(f"{COMPLETE}tests: {{a: {{}}}}\n")
    (project / OVERRIDES).write_text("A: mine\n")
    with pytest.raises(OperatorError, match=OVERRIDES):
        read(project)
