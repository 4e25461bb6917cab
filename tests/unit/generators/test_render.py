"""Stable bytes, in a stable order, small enough."""

from typing import Any

import pytest
from troposphere import Base64, GetAtt, If, Join, NoValue, Parameter, Ref, Sub, Tags, Template, sqs

from generators import render
from generators.render import TemplateTooLargeError
from serverlessapp.template.reading import load


def small() -> Template:
    template = Template()
    template.set_description("small")
    template.add_parameter(Parameter("Size", Type="String"))
    template.add_resource(sqs.Queue("Queue", DelaySeconds=1, VisibilityTimeout=2))
    return template


def test_sections_are_in_the_order_people_read() -> None:
    sections = list(load(render.render(small())))
    assert sections == ["Description", "Parameters", "Resources"]


def test_a_resource_is_written_as_people_write_it() -> None:
    template = small()
    queue = template.resources["Queue"]
    queue.QueueName = Sub("${AWS::StackName}-${Size}")
    queue.Tags = Tags(Notes="first\nsecond\n", Words="word " * 30 + "end", Arn=queue.get_att("Arn"))
    assert render.render(template).decode().partition("Resources:\n")[2].splitlines() == [
        "  Queue:",
        "    Type: AWS::SQS::Queue",
        "    Properties:",
        "      DelaySeconds: 1",
        "      VisibilityTimeout: 2",
        "      QueueName: !Sub ${AWS::StackName}-${Size}",
        "      Tags:",
        "      - Key: Arn",
        "        Value: !GetAtt Queue.Arn",
        "      - Key: Notes",
        "        Value: |",
        "          first",
        "          second",
        "      - Key: Words",
        "        Value: >-",
        "          " + ("word " * 19).strip(),
        "          " + "word " * 11 + "end",
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (If("A", Ref("Size"), NoValue), "!If [A, !Ref Size, !Ref 'AWS::NoValue']"),
        (Base64(Sub("${Size}")), "\n          Fn::Base64: !Sub ${Size}"),
        (Join("-", [Ref("Size"), "010"]), "!Join ['-', [!Ref Size, '010']]"),
        (GetAtt("Queue", Ref("Size")), "!GetAtt [Queue, !Ref Size]"),
        ("yes", "'yes'"),
        ("2012-10-17", "'2012-10-17'"),
        ("", "''"),
    ],
)
def test_a_value_is_written_as_people_write_it(value: Any, written: str) -> None:
    template = small()
    template.resources["Queue"].Tags = Tags(Value=value)
    assert (
        render.render(template)
        .decode()
        .endswith(f"        Value: {written}\n".replace(": \n", ":\n"))
    )
    assert load(render.render(template)) == template.to_dict()


def test_content_is_what_troposphere_built() -> None:
    assert load(render.render(small())) == small().to_dict()


def test_a_template_over_the_limit_is_refused_with_its_size() -> None:
    template = small()
    template.set_metadata({"Padding": "x" * render.MAXIMUM_BYTES})
    with pytest.raises(TemplateTooLargeError, match=r"has \d{3},\d{3} bytes"):
        render.render(template)


def test_a_section_without_a_place_is_refused() -> None:
    template = small()
    template.set_transform("AWS::LanguageExtensions")
    with pytest.raises(ValueError, match="Transform"):
        render.render(template)
