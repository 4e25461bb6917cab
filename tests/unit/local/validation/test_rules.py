"""Rules match as documented, and few of a bus have wildcards."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import eventbridge

from local.validation import rules

RULE = "AWS::Events::Rule"
KEYS = ("in/a.csv", "in/b.CSV", "in/c/d.csv", "in/*.csv", "out/a.csv", "in/a.json")
WILD: dict[str, Any] = {"detail": {"object": {"key": [{"wildcard": "in/*.csv"}]}}}


@pytest.fixture(autouse=True)
def bus() -> Iterator[None]:
    eventbridge._ensure_default_bus()
    yield
    eventbridge._rules.clear()


def put(name: str, pattern: Any) -> Any:
    """Answer PutRule as the emulator does."""
    text = json.dumps(pattern)
    return rules.put(eventbridge._put_rule, {"Name": name, "EventPattern": text})


# Amazon EventBridge User Guide, "Comparison operators": a list is an OR, case counts, a wildcard
# takes slashes as well, and a backslash makes a star a star.
@pytest.mark.parametrize(
    ("matches", "taken"),
    [
        (["in/a.csv"], {"in/a.csv"}),
        ([{"prefix": "out/"}], {"out/a.csv"}),
        ([{"suffix": ".csv"}], {"in/a.csv", "in/c/d.csv", "in/*.csv", "out/a.csv"}),
        ([{"suffix": ".CSV"}, {"prefix": "out/"}], {"in/b.CSV", "out/a.csv"}),
        ([{"wildcard": "in/*.csv"}], {"in/a.csv", "in/c/d.csv", "in/*.csv"}),
        ([{"wildcard": r"in/\*.csv"}], {"in/*.csv"}),
        ([{"wildcard": "in/*/*.csv"}], {"in/c/d.csv"}),
    ],
)
def test_a_pattern_matches_as_documented(matches: list[Any], taken: set[str]) -> None:
    pattern = json.dumps({"source": ["aws.s3"], "detail": {"object": {"key": matches}}})
    events = {key: json.dumps({"object": {"key": key}}) for key in KEYS}
    matched = {
        key
        for key, detail in events.items()
        if eventbridge._matches_pattern(pattern, {"Source": "aws.s3", "Detail": detail})
    }
    assert matched == taken


def test_a_bus_has_thirty_rules_with_wildcards() -> None:
    for number in range(rules.WITH_WILDCARDS):
        assert put(f"r{number}", WILD)[0] == 200
    status, _, answer = put("more", WILD)
    assert (status, json.loads(answer)["__type"]) == (400, "LimitExceededException")
    assert list(rules.pattern(RULE, {"Name": "more", "EventPattern": WILD}))
    # One of them may change, others need none, and other buses have their own.
    assert put("r0", WILD)[0] == 200
    assert put("plain", {"source": ["aws.s3"]})[0] == 200
    other = {"Name": "more", "EventPattern": WILD, "EventBusName": "other"}
    assert not list(rules.pattern(RULE, other))


def test_ministack_still_has_more() -> None:
    """When this fails, ministack has learned it: take the check out."""
    for number in range(rules.WITH_WILDCARDS + 1):
        request = {"Name": f"r{number}", "EventPattern": json.dumps(WILD)}
        assert eventbridge._put_rule(request)[0] == 200
