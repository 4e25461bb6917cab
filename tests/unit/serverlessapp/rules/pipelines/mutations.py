"""Ways to get at parts of the pipeline's template, to break them."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from serverlessapp import rules
from serverlessapp.rules.pipelines.rule import PipelineRule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Place, Template
from tests.unit.pipeline.rendered import LARGE_PARSED

Json = dict[str, Any]
Mutation = Callable[[Json], object]

SOURCE = Path(__file__).resolve().parents[5]
PIPELINE = "Resources.Pipeline.Properties"
RULES = [
    rule()
    for rule in vars(rules).values()
    if isinstance(rule, type) and issubclass(rule, PipelineRule)
]


def found(template: Json, source: Path | None = SOURCE) -> list[tuple[str, Place, str]]:
    """Return what our rules find: each rule's ID, where, and what it says."""
    evaluation = Evaluation(template=Template(content=template))
    for rule in RULES:
        rule.configure({"source": str(source or "")})
    return [
        (rule.id, mistake.place, mistake.message)
        for rule in RULES
        for mistake in dict.fromkeys(rule.mistakes(evaluation))
    ]


def readable(template: Any, place: Place) -> str:
    """Return a place in words: items by their names, and branches of ``Fn::If`` left out."""
    words, node, steps = "", template, iter(place)
    for step in steps:
        node = node[step]
        if step == "Fn::If":
            node = node[next(steps)]
        elif isinstance(step, int):
            words += f"[{unwrapped(node).get('Name', step)}]"
        else:
            words += f".{step}"
    return words.removeprefix(".")


# What no stage of ours has.
QUIET = {
    "Name": "NoFunctionErrorsAlarm",
    "RuleTypeId": {"Category": "Rule", "Owner": "AWS", "Provider": "CloudWatchAlarm"},
    "Configuration": {"AlarmName": "x", "WaitTime": "10"},
}


def mutated(mutation: Mutation) -> Json:
    template = deepcopy(LARGE_PARSED.content)
    rules = [{**QUIET, "Name": f"{QUIET['Name']}{number or ''}"} for number in range(4)]
    condition = {"Result": "ROLLBACK", "Rules": deepcopy(rules)}
    stage(template, "DeployProd")["OnSuccess"] = {"Conditions": [condition]}
    mutation(template)
    return template


def pipeline(template: Json) -> Json:
    properties: Json = template["Resources"]["Pipeline"]["Properties"]
    return properties


def stage(template: Json, name: str) -> Json:
    (chosen,) = [item for item in pipeline(template)["Stages"] if item["Name"] == name]
    assert isinstance(chosen, dict)
    return chosen


def unwrapped(item: Json) -> Json:
    """Return an action or rule that may be under a condition."""
    content: Json = item["Fn::If"][1] if "Fn::If" in item else item
    return content


def action(template: Json, stage_name: str, name: str) -> Json:
    actions = map(unwrapped, stage(template, stage_name)["Actions"])
    (chosen,) = [item for item in actions if item["Name"] == name]
    return chosen


def configuration(template: Json, stage_name: str, name: str) -> Json:
    settings: Json = action(template, stage_name, name)["Configuration"]
    return settings


def project(template: Json, title: str) -> Json:
    properties: Json = template["Resources"][title]["Properties"]
    return properties


def rule(template: Json, stage_name: str, when: str) -> Json:
    first: Json = stage(template, stage_name)[when]["Conditions"][0]["Rules"][0]
    return first


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
