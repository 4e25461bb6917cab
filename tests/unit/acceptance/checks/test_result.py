"""A result comes back as it was written, and JUnit counts failures."""

from pathlib import Path
from xml.etree import ElementTree

from tests.acceptance.checks.result import Check, Result
from tests.acceptance.checks.subject import Resource

FAILED = Result(
    test="default",
    region="eu-west-1",
    stack="tCaT-default-123456",
    created=True,
    checks=[Check(name="receipts", seconds=2.5)],
    failure='größer <than> "it" should & be',
    resources=[Resource(logical_id="UploadBucket", type="AWS::S3::Bucket", name="b")],
    seconds=3.25,
)


def test_comes_back(tmp_path: Path) -> None:
    FAILED.write(tmp_path)
    assert Result.read(tmp_path / "default.eu-west-1.json") == FAILED


def test_junit_has_a_case_for_each_check_and_the_failure_in_words(tmp_path: Path) -> None:
    FAILED.write(tmp_path)
    (suite,) = ElementTree.parse(tmp_path / "default.eu-west-1.xml").getroot()  # noqa: S314 (our own)
    assert suite.attrib == {
        "name": "default eu-west-1",
        "tests": "2",
        "failures": "1",
        "time": "3.25",
    }
    held, failed = suite
    assert (held.get("name"), held.get("time"), list(held)) == ("receipts", "2.50", [])
    assert failed[0].get("message") == FAILED.failure
