"""A fork without receipts: what a team does once its processors are there, and what judges that."""

from pathlib import Path

from tests.fixture_lanes import FORK
from tests.house import House

# Those that read the sources, and the gate of releases: a team changes neither.
TESTS = ("test_architecture.py", "serverlessapp/releases/test_released.py")


def test_one_command_makes_everything_fresh(tmp_path: Path) -> None:
    """Templates and pages, which the environment "templates" compares and lints."""
    house = House(tmp_path / "house", FORK)
    house.tox("generate")
    house.tox("templates")
    made = house.template("application")
    assert {"CsvFunction", "PdfUploadRule"} <= made["Resources"].keys()
    assert "FileProcessor" not in made["Resources"]
    assert "`CsvCurrency`" in (house.folder / "docs/reference.md").read_text(encoding="utf-8")
    tests = [f"tests/unit/{name}" for name in TESTS]
    house.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
