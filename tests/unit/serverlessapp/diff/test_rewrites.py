"""A template that is only written differently changes nothing."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from serverlessapp.diff.comparison import compare
from serverlessapp.releases.archive import RELEASES, TEMPLATES
from serverlessapp.template.reading import Template, parse

from . import rewrites
from .test_invariants import templates as made_up

pytestmark = pytest.mark.once

OURS = [*TEMPLATES.glob("*.yaml"), *RELEASES.glob("*/*.template.json"), *RELEASES.glob("*/*.yaml")]
CONTENTS = {str(path): parse(path.read_bytes()).content for path in sorted(OURS)}

ours = st.sampled_from(sorted(CONTENTS))
several = st.lists(st.sampled_from(rewrites.ALL), min_size=1, max_size=4, unique=True)


def findings(before: Template, after: Template, *values: Any) -> tuple[Any, ...]:
    return compare("x", before, after, *values).findings


@given(template=ours | made_up, chosen=several, seed=st.integers(0, 10**6))
@settings(max_examples=100)
def test_rewritten_in_several_ways(
    template: str | dict[str, Any], chosen: list[rewrites.Rewrite], seed: int
) -> None:
    content = CONTENTS[template] if isinstance(template, str) else template
    random, changed = Random(seed), content
    for rewrite in chosen:
        changed = rewrite(changed, random)
    old, new = Template(content=content), Template(content=changed)
    assert findings(old, new) == ()
    assert findings(old, new, {}) == ()


@pytest.mark.parametrize("rewrite", rewrites.ALL, ids=lambda rewrite: rewrite.__name__)
def test_each_rewrite_rewrites_something(rewrite: rewrites.Rewrite) -> None:
    """Or it would prove nothing."""
    changed = [json.dumps(rewrite(content, Random(1))) for content in CONTENTS.values()]
    assert changed != list(map(json.dumps, CONTENTS.values()))


@pytest.mark.parametrize("path", OURS, ids=str)
def test_in_yaml_and_in_json(path: Path) -> None:
    read = parse(path.read_bytes())
    for text in (
        json.dumps(read.content),
        json.dumps(read.content, indent="\t"),
        yaml.safe_dump(read.content, sort_keys=False),
        yaml.safe_dump(read.content, default_flow_style=True),
        yaml.safe_dump(read.content, default_style='"'),
        f"\ufeff# comment\n{yaml.safe_dump(read.content)}".replace("\n", "\r\n"),
    ):
        assert findings(read, parse(text)) == ()
