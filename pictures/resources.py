"""The picture of all resources with AWS's icons, drawn by AWS-CloudFormation-Diagrams."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from pictures.dot import DrawingError
from serverlessapp.template.references import references
from serverlessapp.template.values import Json

PROGRAM = "aws-cfn-diagrams"


def source(template: Json) -> str:
    """Return what the picture shows: resources, their types, and who refers to whom."""
    types = {name: resource["Type"] for name, resource in template["Resources"].items()}
    return json.dumps([sorted(types.items()), sorted(edges(template))])


def edges(template: Json) -> set[tuple[str, str]]:
    """Return who refers to whom among the resources, in properties or by ``DependsOn``."""
    resources = template["Resources"]
    pairs = set()
    for name, resource in resources.items():
        waits_for = resource.get("DependsOn", [])
        targets = {waits_for} if isinstance(waits_for, str) else set(waits_for)
        targets.update(target for target, _ in references(resource.get("Properties", {})))
        pairs |= {(name, target) for target in targets & resources.keys() if target != name}
    return pairs


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
