"""Which grants others cover: asked of every request over a small alphabet."""

import fnmatch
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverlessapp.diff.grants import ALLOW, DENY, Grant, Limit, added, covered
from serverlessapp.diff.statements import granted
from serverlessapp.template.policies import PolicyKind, Statement

Content = dict[str, Any]
WORDS = ["".join(letters) for length in (1, 2, 3) for letters in product("ab", repeat=length)]
CONTEXTS = [None, "a", "b", "c", "ab"]  # values of the only condition key; None where it is absent

patterns = st.lists(
    st.sampled_from(
        ["*", "a*", "*b", "?", "a?", "?b*", "ab", "a", "b", "bb*", "*a*", "aab", "*a*b*", "a*b?"]
    ),
    min_size=1,
    max_size=3,
)
conditions = st.one_of(
    st.none(),
    st.builds(
        lambda operator, values: {operator: {"k": values}},
        st.sampled_from(
            ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "ForAnyValue:StringEquals"]
        ),
        st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True),
    ),
    st.builds(
        lambda operator, values: {operator: {"k": values}},
        st.sampled_from(["StringLike", "StringNotLike", "StringLikeIfExists"]),
        st.lists(st.sampled_from(["a", "*", "?", "b*", "ab"]), min_size=1, max_size=2, unique=True),
    ),
    st.sampled_from([{"Null": {"k": "true"}}, {"Null": {"k": "false"}}]),
)


@st.composite
def statements(draw: st.DrawFn) -> Content:
    content: Content = {"Effect": draw(st.sampled_from([ALLOW, ALLOW, DENY]))}
    for element in ("Action", "Resource"):
        excludes = draw(st.integers(0, 4)) == 0
        content[f"{'Not' if excludes else ''}{element}"] = draw(patterns)
    if condition := draw(conditions):
        content["Condition"] = condition
    return content


policies = st.lists(statements(), max_size=3)


def grants(contents: list[Content]) -> list[Grant]:
    made = [Statement(place=(), kind=PolicyKind.IDENTITY, content=item) for item in contents]
    return [grant for item in made for grant in granted(item, ("itself",), ())]


def holds(operator: str, values: list[str], given_value: str | None) -> bool:
    """Amazon's "IAM JSON policy elements: Condition operators", for those used here."""
    match operator:
        case "StringNotEquals":
            return given_value not in values
        case "StringEqualsIfExists":
            return given_value is None or given_value in values
        case "StringNotLike":
            return given_value is None or not holds("StringLike", values, given_value)
        case "StringLike" | "StringLikeIfExists":
            if given_value is None:
                return operator.endswith("IfExists")
            return any(fnmatch.fnmatchcase(given_value, pattern) for pattern in values)
        case "Null":
            return (given_value is None) == ("true" in values)
    return given_value is not None and given_value in values


def applies(content: Content, action: str, resource: str, context: str | None) -> bool:
    for element, item in (("Action", action), ("Resource", resource)):
        excludes = f"Not{element}" in content
        named = content[f"Not{element}" if excludes else element]
        if any(fnmatch.fnmatchcase(item, pattern) for pattern in named) == excludes:
            return False
    return all(
        holds(operator, values if isinstance(values, list) else [values], context)
        for operator, keys in content.get("Condition", {}).items()
        for values in keys.values()
    )


def allowed(contents: list[Content]) -> set[tuple[str, str, str | None]]:
    return {
        request
        for request in product(WORDS, WORDS, CONTEXTS)
        if any(item["Effect"] == ALLOW and applies(item, *request) for item in contents)
        and not any(item["Effect"] == DENY and applies(item, *request) for item in contents)
    }


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[Content], list[Content]]:
    """Return a policy and what an edit of one statement makes of it."""
    old = draw(st.lists(statements(), min_size=1, max_size=2))
    index = draw(st.integers(0, len(old) - 1))
    fresh, other = dict(old[index]), draw(statements())
    match draw(st.sampled_from(["Action", "Resource", "Condition", "Condition", "all"])):
        case "all":
            fresh = other
        case "Condition":
            fresh.pop("Condition", None)
            fresh |= {"Condition": other["Condition"]} if "Condition" in other else {}
        case element:
            fresh.pop(element, None)
            fresh.pop(f"Not{element}", None)
            fresh |= {key: value for key, value in other.items() if key.endswith(element)}
    return old, [*old[:index], fresh, *old[index + 1 :]]


@given(edited())
@settings(max_examples=100)
def test_what_is_newly_allowed_is_never_missed(edit: tuple[list[Content], list[Content]]) -> None:
    for old, new in (edit, edit[::-1]):
        before, after = grants(old), grants(new)
        if not added(before, after, ALLOW) and not added(after, before, DENY):
            assert allowed(new) <= allowed(old)


@given(policies)
@settings(max_examples=50)
def test_the_same_in_another_order_or_in_pieces_adds_nothing(contents: list[Content]) -> None:
    pieces = [
        {**item, "Action": action} for item in contents for action in item.get("Action", [])
    ] + [item for item in contents if "Action" not in item]
    for effect in (ALLOW, DENY):
        assert not added(grants(contents), grants(pieces[::-1]), effect)


def test_only_what_is_new_is_told() -> None:
    old = Grant(effect=ALLOW, source="s", actions=("s3:Get*",), resources=("a/*", "b"))
    new = Grant(
        effect=ALLOW, source="s", actions=("S3:GetObject", "s3:Put"), resources=("a/x", "c")
    )
    parts = {(part.actions, part.resources) for part in added([old], [new], ALLOW)}
    assert parts == {(("S3:GetObject",), ("c",)), (("s3:Put",), ("a/x", "c"))}


@pytest.mark.parametrize(
    ("pattern", "item", "expected"),
    [
        ("a?", "ab", True),
        ("a?", "a*", False),
        ("a?", "a", False),
        ("*", "all but x", True),
        ("all but *", "all but x", False),
        ("all but x", "all but x, y", True),
        ("all but x, y", "all but x", False),
        ("all but ab", "all but a*", True),
        ("${B.Arn}/*", "${B.Arn}/in/*", True),
        ("?????", "${B}x", False),  # a hole can be anything
        ("a*b*c", "a*c", False),
        ("a.c", "abc", False),
    ],
)
def test_patterns(pattern: str, item: str, expected: bool) -> None:
    assert bool(covered((item,), (pattern,))) == expected


def test_a_pattern_with_many_stars_takes_no_time() -> None:
    """Backtracking through these would take longer than anybody lives."""
    assert not covered(("a" * 5000 + "c",), ("*a" * 500 + "b",))


def test_a_large_policy_is_compared_in_few_steps() -> None:
    """100 actions on 100 resources, of which one is new; grant by grant that is 10^8 steps."""

    def policy(count: int) -> list[Content]:
        actions = [f"s3:Act{number:03}*" for number in range(count)]
        resources = [f"arn:aws:s3:::bucket-{number:03}/*" for number in range(100)]
        return [{"Effect": ALLOW, "Action": actions, "Resource": resources}]

    (part,) = added(grants(policy(100)), grants(policy(101)), ALLOW)
    assert (part.actions, len(part.resources)) == (("s3:Act100*",), 100)


@pytest.mark.parametrize(
    ("operator", "loose", "strict"),
    [
        ("NumericLessThan", "10", "9"),
        ("NumericGreaterThanEqualsIfExists", "3", "5"),
        ("IpAddress", "10.0.0.0/8", "10.1.0.0/16"),
        ("NotIpAddress", "10.1.0.0/16", "10.0.0.0/8"),
        ("ForAllValues:StringLike", "a*", "ab*"),
        ("ArnLike", "arn:aws:sns:*:1:*", "arn:aws:sns:eu-west-1:1:x"),
    ],
)
def test_a_stricter_condition_widens_nothing(operator: str, loose: str, strict: str) -> None:
    def policy(value: str) -> list[Grant]:
        condition = {operator: {"k": [value]}}
        return grants([{"Effect": ALLOW, "Action": "a", "Resource": "*", "Condition": condition}])

    assert not added(policy(loose), policy(strict), ALLOW)
    assert added(policy(strict), policy(loose), ALLOW)


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ({"StringLike": {"k": "a*"}}, {"StringEquals": {"k": "ab"}}),
        ({"StringEqualsIfExists": {"k": "a"}}, {"StringEquals": {"k": "a"}}),
    ],
)
def test_a_stricter_operator_widens_nothing(loose: Content, strict: Content) -> None:
    def policy(condition: Content) -> list[Grant]:
        return grants([{"Effect": ALLOW, "Action": "a", "Resource": "*", "Condition": condition}])

    assert not added(policy(loose), policy(strict), ALLOW)
    assert added(policy(strict), policy(loose), ALLOW)


def test_a_star_in_an_arn_does_not_reach_into_its_next_part() -> None:
    short, whole = (
        Limit(operator="ArnLike", key="k", values=frozenset([text]))
        for text in ("arn:aws:sns:*", "arn:aws:sns:eu-west-1:1:x")
    )
    assert not short.covers(whole)
