"""Ways to get at parts of the pipeline's template, to break them."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from pipeline.regions import EXTRA, HOME
from tests.unit.pipeline.rendered import TEMPLATE

Json = dict[str, Any]
Mutation = Callable[[Json], object]

SOURCE = Path(__file__).resolve().parents[5]
PIPELINE = "Resources.Pipeline.Properties"
# One situation is enough to see them, and quicker.
EVERYTHING = {
    "AWS::Region": HOME,
    **{region.parameter: "true" for region in EXTRA},
    "RequireApproval": "true",
    "NotificationEmail": "",
}


def mutated(mutation: Mutation) -> Json:
    template = deepcopy(TEMPLATE)
    mutation(template)
    return template


def pipeline(template: Json) -> Json:
    found: Json = template["Resources"]["Pipeline"]["Properties"]
    return found


def stage(template: Json, name: str) -> Json:
    (found,) = [one for one in pipeline(template)["Stages"] if one["Name"] == name]
    assert isinstance(found, dict)
    return found


def unwrapped(item: Json) -> Json:
    """Return an action or rule that may be under a condition."""
    found: Json = item["Fn::If"][1] if "Fn::If" in item else item
    return found


def action(template: Json, stage_name: str, name: str) -> Json:
    actions = map(unwrapped, stage(template, stage_name)["Actions"])
    (found,) = [one for one in actions if one["Name"] == name]
    return found


def configuration(template: Json, stage_name: str, name: str) -> Json:
    found: Json = action(template, stage_name, name)["Configuration"]
    return found


def project(template: Json, title: str) -> Json:
    found: Json = template["Resources"][title]["Properties"]
    return found


def rule(template: Json, stage_name: str, when: str) -> Json:
    found: Json = stage(template, stage_name)[when]["Conditions"][0]["Rules"][0]
    return found


def rewrite(title: str, old: str, new: str) -> Mutation:
    """Return the mutation that changes a buildspec, and puts it inline."""

    def mutation(template: Json) -> None:
        source = project(template, title)["Source"]
        text = (SOURCE / source["BuildSpec"]).read_text(encoding="utf-8")
        assert old in text, old
        source["BuildSpec"] = text.replace(old, new)

    return mutation


def at(stage_name: str, action_name: str, *keys: str) -> str:
    """Return the path of something in an action."""
    path = f"{PIPELINE}.Stages[{stage_name}].Actions[{action_name}]"
    return ".".join((path, *keys))
