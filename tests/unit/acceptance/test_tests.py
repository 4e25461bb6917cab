"""The tests in .taskcat.yml: ours, and such that cannot be used."""

from pathlib import Path

import pytest

from serverlessapp.package import processor
from serverlessapp.template.reading import load
from tests.acceptance import tests
from tests.acceptance.staging import CONFIG, PACKAGE, ROOT

OURS = {test.name: test for test in tests.read(ROOT)}


def test_every_variant_of_the_template_is_tested_in_three_regions() -> None:
    assert len(OURS) >= 4
    for test in OURS.values():
        assert test.regions == ("us-west-2", "us-east-1", "eu-west-1")
    assert OURS["kept"].template.name == "application.yaml"
    assert OURS["key"].parameters["Encryption"] == "CustomerManaged"
    assert OURS["zipped"].parameters["CodeKey"].endswith(PACKAGE)


def test_parameters_exist_and_keep_to_their_constraints() -> None:
    for test in OURS.values():
        declared = load(test.template.read_bytes())["Parameters"]
        assert test.parameters.keys() <= declared.keys()
        suffix = test.parameters["EnvironmentSuffix"].replace("$[taskcat_test_name]", test.name)
        assert len(suffix) <= 12


def test_the_zipped_processor_is_the_one_that_is_packaged() -> None:
    files = {"words.py": ROOT / "examples/words/words.py"}
    assert OURS["zipped"].parameters["Processor"] == processor.find(files)


@pytest.mark.parametrize(
    "content", [None, "", "tests: {}", "project: {regions: [a]}\ntests: [x]", "{", "project: {}\n"]
)
def test_what_cannot_be_used_is_said(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / CONFIG).write_text(content)
    with pytest.raises(tests.ConfigError, match="cannot be used"):
        tests.read(tmp_path)
