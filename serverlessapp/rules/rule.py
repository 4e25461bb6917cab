"""What our rules for cfn-lint have in common: how they read a template, and what they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from serverlessapp.template import reading, structure
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.loops import written_out
from serverlessapp.template.parameters import defaults, referred
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

    def __init_subclass__(cls) -> None:
        """Take the docstring for the description, where there is no other."""
        super().__init_subclass__()
        if "description" not in vars(cls):
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
    """Return the template that cfn-lint has read, for each set of parameters it was given.

    Raises:
        TemplateError: The template cannot be understood.
    """
    sets = [each.parameters for each in cfn.context.parameter_sets or ()]
    return evaluated(Template(content=named(cfn.template)), sets)


def named(value: Any) -> Any:
    """Return what cfn-lint has read with texts for names: to it, an account's is a number."""
    if isinstance(value, dict):
        return {scalar(key): named(item) for key, item in value.items()}
    return [named(item) for item in value] if isinstance(value, list) else value


def evaluated(template: Template, sets: Sequence[Mapping[str, Any]]) -> list[Evaluation]:
    """Return a template for each set of parameters, without loops where it can be.

    Args:
        template: As it is written.
        sets: Values by name. A set stands for a stack, so what it leaves out has its default, as
            for cfn-lint. Without a set, every parameter is unknown.

    Raises:
        TemplateError: It cannot be understood, or a loop goes through what is not known.
    """
    reading.check(template.content)  # cfn-lint has read it, and has other limits
    structure.check(template)
    usual = defaults(template.section("Parameters"))
    made = []
    for values in [{**usual, **each} for each in sets] or [{}]:
        lists = {name: value for name, value in values.items() if isinstance(value, list)}
        texts = {name: scalar(value) for name, value in values.items() if name not in lists}
        given = referred(template.content, texts) | lists
        unrolled = written_out(Evaluation(template=template, given=given))
        made.append(Evaluation(template=unrolled, given=given))
    return made
