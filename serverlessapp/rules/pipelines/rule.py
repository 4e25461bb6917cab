"""What the rules about pipelines have in common: they look at what a template delivers with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from serverlessapp.rules.rule import Mistake, Rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.pipeline.delivery import Delivery, deliveries

USER_GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide"
CODEBUILD_GUIDE = "https://docs.aws.amazon.com/codebuild/latest/userguide"


class PipelineRule(Rule):
    """A rule about pipelines and what they run.

    A subclass has ``check`` instead of ``mistakes``. cfn-lint is told by ``-x ID:source=DIR`` where
    the files are that a push contains; otherwise they are not looked at.
    """

    tags = ("resources", "codepipeline", "codebuild")

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"source": {"default": "", "type": "string"}}
        self.configure()

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what is wrong in any of the ways in which conditions turn out."""
        folder = self.config["source"]
        for delivery in deliveries(evaluation, Path(folder) if folder else None):
            yield from self.check(delivery)

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what is wrong when conditions turn out in one way."""
        raise NotImplementedError


def is_known(*values: Any) -> bool:
    """Tell whether scalars are known."""
    return all(isinstance(value, str) for value in values)


def may_be(one: Any, other: Any) -> bool:
    """Tell whether two scalars can be the same."""
    return bool(one == other) or not is_known(one, other)
