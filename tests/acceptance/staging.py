"""The folder that taskcat gets to see, and nothing else of this project or this machine.

taskcat uploads everything below its project root, reads ``~/.taskcat.yml``, and lets a profile in
``~/.aws`` win over the credentials it is given.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.package import package

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ".taskcat.yml"
TEMPLATES = "templates/application*.yaml"
PROCESSOR = ROOT / "examples/words"
# As CodeKey in .taskcat.yml says. It need not change with the content: each run has new stacks.
PACKAGE = "packages/words.zip"
# For all tests: our plugin that makes taskcat's report work without a network.
GENERAL = "general: {prehooks: [{type: offline}]}\n"


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Where things are.

    Attributes:
        project: taskcat's project root.
        home: An empty home but for taskcat's general settings.
    """

    project: Path
    home: Path


@contextmanager
def stage(source: Path = ROOT) -> Iterator[Staged]:
    """Copy what taskcat needs, as far as it is there, into a folder that is gone afterwards.

    Args:
        source: Where the configuration and the templates are.
    """
    with tempfile.TemporaryDirectory(prefix="serverlessapp-taskcat-") as place:
        staged = Staged(project=Path(place, "project"), home=Path(place, "home"))
        staged.home.mkdir()
        (staged.home / CONFIG).write_text(GENERAL, encoding="utf-8")
        for path in (*source.glob(CONFIG), *source.glob(TEMPLATES)):
            target = staged.project / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        (staged.project / PACKAGE).parent.mkdir(parents=True)
        packaged = package.make(
            PROCESSOR, output=Path(place, "package"), platform="host", requirements=None, named=None
        )
        packaged.archive.path.rename(staged.project / PACKAGE)
        yield staged
