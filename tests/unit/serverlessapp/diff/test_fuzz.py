"""Whatever a template says, it is compared or refused in words.

More examples: ``FUZZ_EXAMPLES=10000 pytest tests/unit/serverlessapp/diff/test_fuzz.py``.
"""

import copy
import json
import os
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverlessapp.diff.comparison import compare
from serverlessapp.errors import OperatorError
from serverlessapp.template.reading import parse
from serverlessapp.template.structure import check

from .test_rewrites import CONTENTS

pytestmark = pytest.mark.once

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))
ODD: tuple[Any, ...] = (
    None, True, 0, -1.5, "", "x", "${", "${A.}", "{{resolve:ssm:x}}", [], {}, [[]], [None],
    {"Ref": 1}, {"Ref": "AWS::NoValue"}, {"Ref": "Nobody"}, {"Fn::GetAtt": "x"}, {"Fn::GetAtt": []},
    {"Fn::Sub": []}, {"Fn::Sub": ["${a}", {"a": {"Ref": "AWS::NoValue"}}]}, {"Fn::If": ["a", 1]},
    {"Fn::If": ["HasAlarmEmail", 1, {"Ref": "AWS::NoValue"}]}, {"Fn::Join": ["", {"Ref": "x"}]},
    {"Fn::Select": [9, []]}, {"Fn::FindInMap": ["Timeouts", "1", []]}, {"Fn::Equals": [1]},
    {"Fn::Not": []}, {"Condition": "x"}, {"Fn::Transform": []}, {"Fn::Transform": {"Name": ["x"]}},
    {"Fn::ForEach::x": ["N", ["a"], {"b${N}": 1}]}, {"Fn::ForEach::x": 1}, {"Fn::Cidr": ["x", 1]},
    {"Fn::ForEach::x": ["N", {"Ref": "P"}, {"b${N}": {"Type": "T"}}]}, {"Fn::Unheard": {"a": [1]}},
    {"Fn::ToJsonString": 1}, {"Fn::Split": [",", {"Ref": "x"}]}, {"Fn::Length": 1},
)  # fmt: skip
KEYS = ("Fn::Transform", "Fn::ForEach::x", "Ref", "Fn::If", "Condition", "Type", "Properties", "x")
TRANSFORMS = ("AWS::LanguageExtensions", ["AWS::LanguageExtensions", "Mine"], {"Name": "x"}, 1)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
sections = st.sampled_from(
    ["Resources", "Parameters", "Conditions", "Mappings", "Outputs", "Rules", "Transform", "Other"]
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return each container in a node, with each of its keys."""
    inner = list(node.items() if isinstance(node, dict) else enumerate(node))
    deeper = [item for _, item in inner if isinstance(item, dict | list)]
    return [(node, key) for key, _ in inner] + [p for item in deeper for p in places(item)]


def mutated(content: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return a template in which some places say something odd, or nothing."""
    content = copy.deepcopy(content)
    if random.random() < 0.5:
        content["Transform"] = random.choice(TRANSFORMS)
    for _ in range(random.randint(1, 4)):
        # At first a section, so that the largest is not all that changes.
        maps = [key for key, item in content.items() if isinstance(item, dict)]
        if not maps:
            break
        section = random.choice(maps)
        container, key = random.choice([*places(content[section]), (content, section)])
        match random.randint(0, 3):
            case 0:
                container.pop(key) if isinstance(container, dict) else container.clear()
            case 1 if isinstance(container, dict):
                container[random.choice(KEYS)] = container.pop(key)
            case 2 if isinstance(container, dict):
                container[random.choice(KEYS)] = copy.deepcopy(random.choice(ODD))
            case _:
                container[key] = copy.deepcopy(random.choice(ODD))
    return content


def compared(old: str, new: str, values: dict[str, str] | None) -> None:
    """Compare what can be compared; anything but words about what cannot is a failure."""
    try:
        before, after = (check(parse(text.encode())) for text in (old, new))
        compare("x", before, after, values)
        assert compare("x", before, before, values).findings == ()
    except OperatorError as error:
        assert str(error)


@given(st.sampled_from(sorted(CONTENTS)), st.integers(0, 2**32), st.sampled_from([None, {}]))
@settings(max_examples=EXAMPLES)
def test_mutated_templates(name: str, seed: int, values: dict[str, str] | None) -> None:
    random = Random(seed)
    content = CONTENTS[name]
    changed = mutated(content, random)
    other = mutated(content, random) if random.random() < 0.5 else content
    compared(json.dumps(changed), json.dumps(other), values)


@given(
    st.dictionaries(sections, st.dictionaries(st.text(max_size=3), anything, max_size=3)),
    st.dictionaries(sections, anything),
    st.sampled_from([None, {}]),
)
@settings(max_examples=EXAMPLES)
def test_anything(old: Any, new: Any, values: dict[str, str] | None) -> None:
    resources = {"A": {"Type": "AWS::S3::Bucket", "Properties": old.get("Metadata", {})}}
    old.setdefault("Resources", resources)
    compared(json.dumps(old), json.dumps({**old, **new}), values)
    compared(json.dumps({"Resources": resources, **new}), json.dumps(old), values)


@given(st.sampled_from(sorted(CONTENTS)), st.integers(0, 2**32))
@settings(max_examples=EXAMPLES // 10)
def test_damaged_text(name: str, seed: int) -> None:
    random = Random(seed)
    text = list(json.dumps(CONTENTS[name]))
    for _ in range(random.randint(1, 3)):
        text[random.randrange(len(text))] = random.choice('{}[]",:\0\t\n!&*|<\ud800é 1')
    damaged = "".join(text).encode("utf-8", "surrogatepass").decode(errors="replace")
    compared(damaged, damaged, None)
