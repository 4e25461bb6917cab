"""What the rules about pipelines have in common: they look at what a template delivers with."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from serverlessapp.rules.rule import Mistake, Rule, rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.pipeline.delivery import Delivery, deliveries
from serverlessapp.template.pipeline.elements import Action, Element, Pipeline, Project, StageRule
from serverlessapp.template.values import Unknown

USER_GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide"
CODEBUILD_GUIDE = "https://docs.aws.amazon.com/codebuild/latest/userguide"

Part = TypeVar("Part")


class PipelineRule(Rule):
    """A rule about pipelines and what they run, in any of the ways in which conditions turn out.

    cfn-lint is told by ``-x ID:source=DIR`` where the files are that a push contains; otherwise
    they are not looked at.
    """

    tags = ("resources", "codepipeline", "codebuild")
    parts: Any

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"source": {"default": "", "type": "string"}}
        self.configure()

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what is wrong with any part."""
        folder = self.config["source"]
        for delivery in deliveries(evaluation, Path(folder) if folder else None):
            for part in self.parts(delivery):
                yield from self.check(part)


def pipeline_rule(
    rule_id: str, source_url: str, parts: Callable[[Delivery], Iterable[Part]]
) -> Callable[[Callable[[Part], Iterator[Mistake]]], type[Rule]]:
    """Return what makes a rule of a function, which looks at each of these parts by itself."""
    return rule(rule_id, source_url, PipelineRule, parts=staticmethod(parts))


def whole(delivery: Delivery) -> list[Delivery]:
    """Return all of it, for a rule that compares parts."""
    return [delivery]


def pipelines(delivery: Delivery) -> Iterable[Pipeline]:
    """Return the pipelines."""
    return delivery.pipelines


def projects(delivery: Delivery) -> Iterable[Project]:
    """Return the projects."""
    return delivery.projects.values()


def is_known(*values: Any) -> bool:
    """Tell whether scalars are known."""
    return all(isinstance(value, str) for value in values)


def may_be(one: Any, other: Any) -> bool:
    """Tell whether two scalars can be the same."""
    return bool(one == other) or not is_known(one, other)


def with_arn(value: Any) -> Any:
    """Return a scalar, or what looks like it if it is an ARN that only a stack knows."""
    return "arn:aws:s3:::" if isinstance(value, Unknown) and value.attribute == "Arn" else value


def misfits(element: Action | StageRule, forms: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield values of a configuration that do not match the expressions for their keys."""
    for key, value in element.configuration.items():
        form, text = forms.get(key, ".*"), with_arn(value) or ""
        if is_known(text) and text and "#{" not in text and not re.fullmatch(form, text, re.DOTALL):
            yield Mistake(element.at("Configuration", key), f"{text!r} must match {form}")


def missing(element: Element, keys: Iterable[str], what: Any) -> Iterator[Mistake]:
    """Yield keys that the configuration of an action or a rule has to have, and has not."""
    for key in keys:
        if key not in element.raw.get("Configuration", {}):
            yield Mistake(element.at("Configuration"), f"{key} is missing: {what} requires it")
