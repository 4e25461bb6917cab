"""``python -m local.pipeline.shellcheck``: ShellCheck on the commands of all buildspecs, and CI's.

A buildspec's commands share one shell, so they are looked at as one script: of sh, unless it names
another (CodeBuild User Guide, "Build specification reference", ``env/shell``).
"""

import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from serverlessapp.template.pipeline.buildspec import find

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = (ROOT / ".ci" / "run",)
BUILDSPECS = "pipeline/buildspecs/*.yml"


def scripts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each script."""
    for path in sorted(root.glob(BUILDSPECS)):
        if spec := find(str(path.relative_to(root)), root):
            shell = str(spec.section("env").get("shell", "sh")).rpartition("/")[2]
            yield spec.place, "\n".join([f"#!/bin/{shell}", *spec.commands(), ""])
    for path in SCRIPTS:
        if path.exists():  # a fork may have none
            yield path.name, path.read_text(encoding="utf-8")


def main(root: Path = ROOT) -> int:
    """Print what is found, and return 1 if that is anything."""
    failed = 0
    program = Path(sysconfig.get_path("scripts")) / "shellcheck"
    for name, text in scripts(root):
        # Not SC2154, "nothing assigns it": CodeBuild and the project do, and E9207 looks at that.
        command = [str(program), "--color=never", "--exclude=SC2154", "-"]
        done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
        if done.returncode:
            print(f"{name}, its commands as one script:\n{done.stdout}{done.stderr}")
            failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
