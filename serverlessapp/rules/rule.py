"""What our rules for cfn-lint have in common: how they read a template, and what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from serverlessapp.template import structure
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.loops import written_out
from serverlessapp.template.parameters import referred
from serverlessapp.template.reading import Place, Template, TemplateError
from serverlessapp.template.values import scalar


@dataclass(frozen=True)
class Mistake:
    """What a rule has to say.

    Attributes:
        place: Where in the template; cfn-lint takes the nearest that has a line.
        message: What is wrong and what to change.
    """

    place: Place
    message: str


class Rule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no py.typed
    """A rule of ours, which looks at a whole template.

    A subclass has an ``id`` (``E``: AWS refuses it, or it cannot be meant; ``W``: a rule of the
    house; 92 and two digits about pipelines, 93 about policies), a ``shortdesc``, a ``source_url``
    and ``mistakes``. Its docstring is the ``description``. ``serverlessapp.rules`` finds it.

    A rule says nothing about a template that cannot be understood: cfn-lint says what is malformed.
    """

    tags: ClassVar[list[str]] = ["serverlessapp"]

    def __init_subclass__(cls) -> None:
        """Take the docstring for the description."""
        super().__init_subclass__()
        cls.description = " ".join((cls.__doc__ or "").split())

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what is wrong; an unknown value never is.

        Args:
            evaluation: The template with the parameters given to cfn-lint, without loops, or with
                nothing given. It is the same object for every rule, so that what is made of it
                can be cached.

        Raises:
            TemplateError: It cannot be understood.
        """
        raise NotImplementedError

    def match(self, cfn: Any) -> list[Any]:
        """Return what is wrong, once, whatever the number of sets of parameters it is wrong with.

        Args:
            cfn: What cfn-lint has read.
        """
        mistakes: dict[Mistake, None] = {}
        try:
            for evaluation in evaluations(cfn):
                mistakes |= dict.fromkeys(self.mistakes(evaluation))
        except TemplateError:
            return []
        return [RuleMatch(list(mistake.place), mistake.message) for mistake in mistakes]


@lru_cache(maxsize=1)
def evaluations(cfn: Any) -> list[Evaluation]:
    """Return the template for each set of parameters that cfn-lint was given.

    A set stands for a stack, so what it leaves out has its default, as for cfn-lint. Without a
    set, every parameter is unknown.

    Raises:
        TemplateError: The template cannot be understood.
    """
    template = Template(content=cfn.template)
    structure.check(template)
    defaults = {
        name: definition["Default"]
        for name, definition in template.section("Parameters").items()
        if "Default" in definition
    }
    sets = [{**defaults, **each.parameters} for each in cfn.context.parameter_sets or ()]
    return [evaluation(template, values) for values in sets or [{}]]


def evaluation(template: Template, values: dict[str, Any]) -> Evaluation:
    """Return a template, without loops where it can be, and what is known of a stack.

    Raises:
        TemplateError: A loop goes through what is not known.
    """
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    texts = {name: scalar(value) for name, value in values.items() if name not in lists}
    given = referred(template.content, texts) | lists
    unrolled = written_out(Evaluation(template=template, given=given))
    return Evaluation(template=unrolled, given=given)
