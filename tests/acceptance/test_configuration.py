"""``.taskcat.yml`` as taskcat reads it, what a run refuses of it, and what ours has."""

import os
from pathlib import Path

import pytest

from generators.command import templates
from pipeline.taskcat_tests import CONFIG, EXAMPLE, EXAMPLE_NAME, configuration, package_path
from serverlessapp.errors import OperatorError
from serverlessapp.package import processor
from serverlessapp.template.reading import load
from tests.acceptance.configuration import OVERRIDES, TaskcatTest, read, select
from tests.acceptance.taskcat import ROOT
from tests.fixture_lanes import lane

COMPLETE = "project: {name: x, regions: [us-west-2], template: t.yaml, parameters: {A: project}}\n"
PROGRAM = Path(os.environ["ACCEPTANCE_PROGRAMS"], "taskcat")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "t.yaml").touch()
    return tmp_path


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TaskcatTest]:
    """Return the tests for a house with the lane that needs no package, and one that does."""
    project = tmp_path_factory.mktemp("project")
    lanes = (lane(folder="plain/"), lane("csv", folder="reports/"))
    (project / "templates").mkdir()
    for name, content in templates(lanes).items():
        (project / "templates" / name).write_bytes(content)
    (project / CONFIG).write_bytes(configuration(lanes))
    return {test.name: test for test in read(project, PROGRAM)}


def test_a_projects_parameter_wins_over_a_tests_and_a_tests_region_over_a_projects(
    project: Path,
) -> None:
    tests = "tests: {a: {regions: [eu-west-1], parameters: {A: test, B: 1}}, b: {}}\n"
    (project / CONFIG).write_text(COMPLETE + tests)
    one, other = read(project, PROGRAM)
    assert (one.parameters, one.regions) == ({"A": "project", "B": "1"}, ("eu-west-1",))
    assert (other.parameters, other.regions) == ({"A": "project"}, ("us-west-2",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("{", "expected"),
        (f"{COMPLETE}tests: {{a: {{paramters: {{A: b}}}}}}", "paramters"),
        ("project: {name: x}\ntests: {a: {}}", "has no regions"),
        ("project: {name: x, regions: [us-east-1], template: ../t.yaml}\ntests: {a: {}}", "below"),
        (f"{COMPLETE}tests: {{a: {{role_name: r}}}}", "role_name"),
        (f"{COMPLETE}tests: {{a: {{stack_name: s}}}}", "stack_name"),
        (f"general: {{auth: {{default: p}}}}\n{COMPLETE}tests: {{a: {{}}}}", "auth"),
        (f"general: {{s3_bucket: b}}\n{COMPLETE}tests: {{a: {{}}}}", "s3_bucket"),
        (f"general: {{prehooks: [{{type: x}}]}}\n{COMPLETE}tests: {{a: {{}}}}", "prehooks"),
    ],
)
def test_what_makes_no_sense_or_a_run_cannot_keep_to_is_one_line(
    project: Path, content: str | None, words: str
) -> None:
    if content is not None:
        (project / CONFIG).write_text(content)
    with pytest.raises(OperatorError, match=words) as refused:
        read(project, PROGRAM)
    assert CONFIG in str(refused.value)
    assert "\n" not in str(refused.value)


def selected(**chosen: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    made = [
        TaskcatTest(name=name, template=Path("t.yaml"), regions=regions, parameters={})
        for name, regions in {"a": ("eu-west-1", "us-east-1"), "b": ("us-east-1",)}.items()
    ]
    asked = {"names": [], "regions": [], **chosen}
    return [(test.name, test.regions) for test in select(made, **asked)]


def test_some_tests_and_regions_can_be_chosen() -> None:
    assert selected() == [("a", ("eu-west-1", "us-east-1")), ("b", ("us-east-1",))]
    assert selected(names=["b"]) == [("b", ("us-east-1",))]
    assert selected(regions=["eu-west-1"]) == [("a", ("eu-west-1",))]
    assert selected(names=["a"], regions=["us-east-1"]) == [("a", ("us-east-1",))]
    for chosen in (
        {"names": ["c"]},
        {"regions": ["mars"]},
        {"names": ["b"], "regions": ["eu-west-1"]},
    ):
        with pytest.raises(OperatorError, match=r": (a, b|eu-west-1, us-east-1|us-east-1)$"):
            selected(**chosen)


def test_overrides_are_refused(project: Path) -> None:
    (project / CONFIG).write_text(f"{COMPLETE}tests: {{a: {{}}}}\n")
    (project / OVERRIDES).write_text("A: mine\n")
    with pytest.raises(OperatorError, match=OVERRIDES):
        read(project, PROGRAM)


def test_without_taskcat_it_says_what_to_do(project: Path) -> None:
    with pytest.raises(OperatorError, match="tox run -e taskcat"):
        read(project, project / "taskcat")


def test_every_variant_of_the_template_is_tested_in_three_regions(
    ours: dict[str, TaskcatTest],
) -> None:
    assert len(ours) >= 4
    for test in ours.values():
        assert test.regions == ("us-west-2", "us-east-1", "eu-west-1")
    assert ours["kept"].template.name == "application.yaml"
    assert ours["key"].parameters["Encryption"] == "CustomerManaged"
    assert ours["zipped"].parameters["CodeKey"].endswith(package_path(EXAMPLE_NAME))
    for test in ours.values():
        assert test.parameters["CsvCodeKey"].endswith("packages/csv.zip")


def test_parameters_exist_and_keep_to_their_constraints(ours: dict[str, TaskcatTest]) -> None:
    for test in ours.values():
        declared = load(test.template.read_bytes())["Parameters"]
        assert test.parameters.keys() <= declared.keys()
        suffix = test.parameters["EnvironmentSuffix"].replace("$[taskcat_test_name]", test.name)
        assert len(suffix) <= 12


def test_the_zipped_processor_is_the_one_that_is_packaged(ours: dict[str, TaskcatTest]) -> None:
    files = {"words.py": ROOT / EXAMPLE / "words.py"}
    assert ours["zipped"].parameters["Processor"] == processor.find(files)
