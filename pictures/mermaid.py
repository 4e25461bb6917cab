"""The flow in Mermaid, which code hosts show."""

from collections.abc import Iterator, Mapping

from pictures.flow import Step
from serverlessapp.template.parameters import Json

# What a box looks like, by the kind of resource in it.
SHAPES: Mapping[str, tuple[str, str]] = {
    "AWS::S3::Bucket": ("[(", ")]"),
    "AWS::DynamoDB::Table": ("[(", ")]"),
    "AWS::SQS::Queue": ("[[", "]]"),
    "AWS::Lambda::Function": ("{{", "}}"),
    "AWS::SNS::Topic": (">", "]"),
}
PLAIN = ("[", "]")


def draw(template: Json, steps: list[Step]) -> str:
    """Return the picture. Dashed is what parameters turn on."""
    return "\n".join(["```mermaid", "flowchart LR", *lines(template, steps), "```"])


def lines(template: Json, steps: list[Step]) -> Iterator[str]:
    """Yield the lines of the picture."""
    names = dict.fromkeys(name for step in steps for name in (step.source, step.target))
    for name in names:
        kind = template["Resources"].get(node(name), {}).get("Type", "")
        begin, end = SHAPES.get(kind, PLAIN)
        yield f'  {node(name)}{begin}"{label(name, kind)}"{end}'
    for step in steps:
        arrow = "-.->" if step.condition else "-->"
        yield f'  {node(step.source)} {arrow}|"{step.label}"| {node(step.target)}'


def node(name: str) -> str:
    """Return a box's name in the picture: the first, of several in one box."""
    return name.partition(" ")[0]


def label(name: str, kind: str) -> str:
    """Return what a box says: what is in it, and what that is."""
    service = kind.removeprefix("AWS::").replace("::", " ")
    return name.replace(" ", "<br>") + (f"<br><small>{service}</small>" if service else "")
