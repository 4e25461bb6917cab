"""Every template that is committed: read back, it is what was generated."""

from collections.abc import Callable

import pytest
import yaml
from troposphere import Template

from generators.editions import Edition
from generators.render import MAXIMUM_BYTES, render
from pipeline.templates import BUILDERS
from serverlessapp.template.reading import load

ALL: dict[str, Callable[[], Template]] = {
    **{kind.value: kind.build for kind in Edition},
    **BUILDERS,
}


@pytest.mark.parametrize("name", ALL)
def test_read_back_it_is_what_was_generated(name: str) -> None:
    rendered = render(ALL[name]())
    assert load(rendered) == ALL[name]().to_dict()
    assert len(rendered) < MAXIMUM_BYTES
    assert b"\r" not in rendered
    assert b"\t" not in rendered
    events = list(yaml.parse(rendered, Loader=yaml.CSafeLoader))
    assert not [event for event in events if getattr(event, "anchor", None)]
