"""AWS would take every resource of every stack that the templates can make, as far as is known."""

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import parse
from serverlessapp.template.situations import situations
from tests.oracles import apis, calls, checks, exercised, models, oracle, quotas
from tests.oracles.stacks import Possible
from tests.oracles.templates import TEMPLATES, possible
from tests.oracles.texts import extremes

everywhere = pytest.mark.parametrize("name", TEMPLATES)


@everywhere
def test_aws_refuses_nothing(name: str) -> None:
    assert set(oracle.refusals(possible(name))) == set()
    assert not models.UNREADABLE, "patterns of the models that nobody here reads"


@everywhere
def test_each_situation_is_reached(name: str) -> None:
    expected = situations(Evaluation(template=TEMPLATES[name]))
    assert set(possible(name).by_situation) == {tuple(each.items()) for each in expected}


@everywhere
def test_each_value_at_a_limit_is_in_a_stack_that_may_be(name: str) -> None:
    ways = possible(name)
    stacks = ways.stacks()
    for parameter, values in ways.limits.items():
        assert {stack[parameter] for stack in stacks} == set(values), parameter
    assert all(ways.is_let(stack) for stack in stacks)


def test_nothing_is_written_down_in_vain() -> None:
    """Each line of the tables is for what a template has."""
    used = set()
    for template in TEMPLATES.values():
        for resource in Evaluation(template=template).resources():
            used.add((resource.type, ""))
            for key, value in resource.properties.items():
                used.add((resource.type, key))
                below = value if isinstance(value, dict) else {}
                used |= {(resource.type, f"{key}.{name}") for name in below}
    written = {(kind, target) for kind, api in apis.APIS.items() for target in ("", *api.targets)}
    assert written <= used
    places = exercised.places()
    assert quotas.PATTERNS.keys() <= places
    assert {f"{operation}.{member}" for operation, member, _ in quotas.LENGTHS} <= places
    assert checks.CHECKS.keys() <= {".".join(place.split(".")[:2]) for place in places}
    assert set(calls.RENAMED) == set(apis.MEMBERS)


@pytest.mark.parametrize(
    ("pattern", "longest", "expected"),
    [
        ("^(|[a-c]{2,3})$", 10, ["", "ab", "abc"]),
        ("^[a-b]+/$", 5, ["a/", "abab/"]),
        ("^([a-b]+/)+$", 6, ["a/", "ababa/"]),
        ("^x(one|three)$", 10, ["xone", "xthree"]),
        ("^[^ -}]$", 10, ["~"]),
        ("^(?!ab)[a-b]{2}$", 10, []),
    ],
)
def test_texts_are_the_shortest_and_the_longest(
    pattern: str, longest: int, expected: list[str]
) -> None:
    assert extremes(pattern, longest) == expected


def test_a_type_without_a_line_is_named() -> None:
    template = parse("Resources: {A: {Type: AWS::Made::Up}}")
    with pytest.raises(LookupError, match="AWS::Made::Up has no line"):
        list(oracle.refusals(Possible(template)))
