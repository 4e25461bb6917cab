"""The house somewhere else, where a test can change it as people do."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from serverlessapp.template.reading import load
from tests.fixture_lanes import LANES

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    *("docs", "examples", "functions", "generators", "local", "pictures", "pipeline"),
    *("requirements", "serverlessapp", "templates", "tests"),
)


class House:
    """A copy of the sources.

    Args:
        folder: Where it is made.
        processors: What it has in ``processors/``.
    """

    def __init__(self, folder: Path, processors: Path = LANES) -> None:
        self.folder = folder
        folder.mkdir()
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name)
        shutil.copytree(processors, folder / "processors")
        for path in ROOT.iterdir():
            # Not .git, which in a worktree is a file that leads to the repository itself.
            if path.is_file() and path.name != ".git":
                shutil.copy(path, folder)

    def run(self, *command: str, given: str = "", codes: tuple[int, ...] = (0,)) -> str:
        """Run a command in the house, and with its sources; it has to succeed."""
        # A hook of git's, that runs tests, tells its repository in variables; and git looks for one
        # in the folders above.
        variables = {name: os.environ[name] for name in os.environ if not name.startswith("GIT_")}
        programs = Path(sys.executable).parent
        program = sys.executable if command[0] == "python" else shutil.which(programs / command[0])
        done = subprocess.run(
            [program or command[0], *command[1:]],
            cwd=self.folder,
            env={
                **variables,
                "PYTHONPATH": str(self.folder),
                "GIT_CEILING_DIRECTORIES": str(self.folder.parent),
            },
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in codes, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def commands(self, name: str) -> list[str]:
        """Return the commands of one of tox's environments, without arguments."""
        tox = configparser.ConfigParser(interpolation=None)
        tox.read(self.folder / "tox.ini")
        lines = tox[f"testenv:{name}"]["commands"].replace("{posargs}", "").strip().splitlines()
        return [line.strip() for line in lines]

    def tox(self, name: str) -> None:
        """Run the commands of one of tox's environments."""
        for line in self.commands(name):
            self.run(*line.split())

    def template(self, name: str) -> dict[str, Any]:
        """Return a template as it was generated."""
        return load((self.folder / "templates" / f"{name}.yaml").read_bytes())
