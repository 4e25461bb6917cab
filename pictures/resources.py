"""The picture of all resources with AWS's icons, drawn by AWS-CloudFormation-Diagrams.

It needs graphviz, whose versions write different bytes for the same graph. So what was drawn is
noted beside the picture, and whether that is fresh can be told without graphviz. ADR 0018.
"""

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from pictures.references import Rendered, edges

PROGRAM = "aws-cfn-diagrams"


class DrawingError(Exception):
    """The picture could not be drawn; the message says why."""


def digest(template: Rendered) -> str:
    """Return what stands for the graph: resources, their types, and who refers to whom."""
    types = {name: resource["Type"] for name, resource in template["Resources"].items()}
    graph = json.dumps([sorted(types.items()), sorted(edges(template))])
    return hashlib.sha256(graph.encode()).hexdigest()


def draw(template: Path, programs: Path) -> bytes:
    """Return the picture of a template, a PNG.

    Args:
        template: The file.
        programs: Folder with ``aws-cfn-diagrams``.

    Raises:
        DrawingError: The program or graphviz is missing, or the program failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "resources.png")
        path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
        try:
            done = subprocess.run(
                [programs / PROGRAM, "--output", picture, template.resolve()],
                cwd=folder,
                env={**os.environ, "PATH": path},
                capture_output=True,
                encoding="utf-8",
                timeout=120,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DrawingError(f"{PROGRAM} cannot be run: {error}") from error
        if done.returncode or not picture.exists():
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise DrawingError(f"{PROGRAM} failed (is graphviz installed?): {' '.join(last)}")
        return picture.read_bytes()
