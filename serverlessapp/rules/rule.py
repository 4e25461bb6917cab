"""What our rules for cfn-lint have in common: how they read a template, and what they say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from inspect import cleandoc
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
    """What a rule has to say."""

    place: Place  # in the template; cfn-lint takes the nearest that has a line
    message: str  # what is wrong, and what to change


class Rule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no py.typed
    """A rule of ours, which looks at a whole template; ``rule`` makes one of a function.

    It says nothing about a template that cannot be understood: cfn-lint says what is malformed.
    """

    check: Any

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what is wrong; an unknown value never is.

        The evaluation has the parameters given to cfn-lint, and no loops. It is the same object for
        every rule, so that what is made of it can be cached.

        Raises:
            TemplateError: It cannot be understood.
        """
        yield from self.check(evaluation)

    def match(self, cfn: Any) -> list[Any]:
        """Return what is wrong, once, with however many sets of parameters it is wrong."""
        mistakes: dict[Mistake, None] = {}
        try:
            for evaluation in evaluations(cfn):
                mistakes |= dict.fromkeys(self.mistakes(evaluation))
        except TemplateError:
            return []
        return [RuleMatch(list(mistake.place), mistake.message) for mistake in mistakes]


def rule(
    rule_id: str, source_url: str, kind: type[Rule] = Rule, **attributes: Any
) -> Callable[[Callable[[Any], Iterator[Any]]], type[Rule]]:
    """Return what makes a rule of a function; ``serverlessapp.rules`` finds it.

    The first line of the function's docstring says what holds where nothing is wrong, the rest why.

    Args:
        rule_id: ``E``: AWS refuses it, or it cannot be meant; ``W``: a rule of the house; then 92
            and two digits about pipelines, 93 about policies.
        source_url: The page of AWS's that says so.
        kind: Says of what the function yields mistakes.
        attributes: More that this kind takes.
    """

    def made(check: Callable[[Any], Iterator[Any]]) -> type[Rule]:
        text = cleandoc(check.__doc__ or "")
        contents = {
            "id": rule_id,
            "source_url": source_url,
            "shortdesc": text.partition("\n")[0].rstrip("."),
            "description": " ".join(text.split()),
            "check": staticmethod(check),
            "__module__": check.__module__,
            **attributes,
        }
        return type(check.__name__, (kind,), contents)

    return made


@lru_cache(maxsize=1)
def evaluations(cfn: Any) -> list[Evaluation]:
    """Return the template that cfn-lint has read, for each set of parameters it was given."""
    sets = [each.parameters for each in cfn.context.parameter_sets or ()]
    return evaluated(Template(content=named(cfn.template)), sets)


def named(value: Any) -> Any:
    """Return what cfn-lint has read with texts for names: to it, an account's is a number."""
    if isinstance(value, dict):
        return {scalar(key): named(item) for key, item in value.items()}
    return [named(item) for item in value] if isinstance(value, list) else value


def evaluated(template: Template, sets: Sequence[Mapping[str, Any]]) -> list[Evaluation]:
    """Return a template for each set of parameters, without loops where it can be.

    A set stands for a stack, so what it leaves out has its default, as for cfn-lint. Without a set,
    every parameter is unknown.

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
