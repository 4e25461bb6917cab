"""The flow as graphviz draws it: for places that do not show Mermaid, such as the offline page."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping

from pictures.flow import Step
from pictures.mermaid import node
from serverlessapp.template.parameters import Json

# Fill of a box, by the kind of resource in it.
COLOURS: Mapping[str, str] = {
    "AWS::S3::Bucket": "#e4f2e0",
    "AWS::DynamoDB::Table": "#e0e6f7",
    "AWS::SQS::Queue": "#fbe3ee",
    "AWS::Lambda::Function": "#fdebd8",
    "AWS::CloudWatch::Alarm": "#f6f6f6",
}
STYLE = (
    "rankdir=LR nodesep=0.35 ranksep=0.7",
    'node [shape=box style="filled,rounded" fillcolor=white fontname="sans-serif" fontsize=12]',
    'edge [fontname="sans-serif" fontsize=10 color="#555555"]',
)


class DrawingError(Exception):
    """A picture could not be drawn; the message says why."""


def source(template: Json, steps: list[Step]) -> str:
    """Return the picture in graphviz's language. Dashed is what parameters turn on."""
    return "\n".join(["digraph flow {", *STYLE, *lines(template, steps), "}"])


def lines(template: Json, steps: list[Step]) -> Iterator[str]:
    """Yield the lines of the picture."""
    for name in dict.fromkeys(name for step in steps for name in (step.source, step.target)):
        kind = template["Resources"].get(node(name), {}).get("Type", "")
        label = json.dumps(name.replace(" ", "\n"))
        yield f'{node(name)} [label={label} fillcolor="{COLOURS.get(kind, "white")}"]'
    for step in steps:
        style = " style=dashed" if step.condition else ""
        label = json.dumps(step.label.replace(", ", "\n"))
        yield f"{node(step.source)} -> {node(step.target)} [label={label}{style}]"


def draw(text: str) -> bytes:
    """Return the picture, an SVG.

    Raises:
        DrawingError: There is no ``dot``, or it failed.
    """
    program = shutil.which("dot")
    if not program:
        raise DrawingError("there is no dot: apt-get install graphviz")
    done = subprocess.run([program, "-Tsvg"], input=text.encode(), capture_output=True, timeout=60)
    if done.returncode:
        raise DrawingError(f"dot failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
