"""Stable bytes, in a stable order, small enough."""

import json

import pytest
from troposphere import Parameter, Template, sqs

from generators import render
from generators.render import TemplateTooLargeError


def small() -> Template:
    template = Template()
    template.set_description("small")
    template.add_parameter(Parameter("Size", Type="String"))
    template.add_resource(sqs.Queue("Queue", DelaySeconds=1, VisibilityTimeout=2))
    return template


def test_sections_are_in_the_order_people_read() -> None:
    sections = list(json.loads(render.render(small())))
    assert sections == ["Description", "Parameters", "Resources"]


def test_each_property_of_a_resource_has_its_line() -> None:
    assert render.render(small()).decode().splitlines() == [
        "{",
        '"Description":"small",',
        '"Parameters":{',
        '"Size":{"Type":"String"}',
        "},",
        '"Resources":{',
        '"Queue":{',
        '"Properties":{',
        '"DelaySeconds":1,',
        '"VisibilityTimeout":2',
        "},",
        '"Type":"AWS::SQS::Queue"',
        "}",
        "}",
        "}",
    ]


def test_content_is_what_troposphere_built() -> None:
    assert json.loads(render.render(small())) == small().to_dict()


def test_a_template_over_the_limit_is_refused_with_its_size() -> None:
    template = small()
    template.set_metadata({"Padding": "x" * render.MAXIMUM_BYTES})
    with pytest.raises(TemplateTooLargeError, match=r"has 51\d\d\d bytes"):
        render.render(template)


def test_a_section_without_a_place_is_refused() -> None:
    template = small()
    template.set_transform("AWS::LanguageExtensions")
    with pytest.raises(ValueError, match="Transform"):
        render.render(template)
