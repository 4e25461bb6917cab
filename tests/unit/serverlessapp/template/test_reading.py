"""YAML and JSON as CloudFormation reads them."""

import json
from typing import Any

import pytest

from serverlessapp.template.reading import Place, TemplateError, load, parse


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, !Ref B]", {"Fn::GetAtt": ["A", {"Ref": "B"}]}),
        ("!Sub '${A}-${B.Arn}'", {"Fn::Sub": "${A}-${B.Arn}"}),
        ("!If [A, !Ref B, 3]", {"Fn::If": ["A", {"Ref": "B"}, 3]}),
        ("{Fn::Base64: !Sub x}", {"Fn::Base64": {"Fn::Sub": "x"}}),
        ("!Sub 10", {"Fn::Sub": "10"}),
    ],
)
def test_short_forms_are_read_as_long_ones(written: str, value: Any) -> None:
    assert load(f"Key: {written}") == {"Key": value}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("true", True), ("False", False), ("null", None), ("", None)),
        *(("10", 10), ("-1", -1), ("0", 0), ("0.5", 0.5)),
        *(("'10'", "10"), ('"true"', "true"), ("|\n  a\n  b\n", "a\nb\n"), (">-\n  a\n  b", "a b")),
        # YAML 1.1, which CloudFormation reads, but for its timestamps.
        *(("yes", True), ("off", False), ("010", 8), ("1.10", 1.1), ("0x10", 16), ("1:30", 90)),
        *((text, text) for text in ("2010-09-09", "1e3", "089", ".inf")),
        ("!!int x", "x"),
    ],
)
def test_scalars_are_what_yaml_1_1_makes_of_them(written: str, value: Any) -> None:
    content = load(f"Key: {written}")["Key"]
    assert content == value
    assert type(content) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"Resources": {"A": {"Type": "T"}}}',
        "\ufeffResources:\r\n  A:\r\n    Type: T\r\n",
        "Resources: {A: {Type: T}}",
        b"\xef\xbb\xbf" + json.dumps({"Resources": {"A": {"Type": "T"}}}).encode(),
    ],
)
def test_form_mark_and_line_ends_do_not_matter(text: str | bytes) -> None:
    assert load(text) == {"Resources": {"A": {"Type": "T"}}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A: 1\nB: 2\nA: 3\n", "duplicate key A in line 3"),
        ('{"A": 1,\n "A": 2}', "duplicate key A in line 2"),
        ("A: [", "not valid YAML: .* in line"),
        ("A: 1\n\tB: 2", "not valid YAML: .* in line 2"),
        ("A: &a B\nC: *a", "alias in line 2"),
        ("A: 1\n---\nB: 2", "a second document begins in line 2"),
        ("A: \x01", "not valid YAML"),
        ('{"A": "\\ud800"}', "unpaired surrogate"),
        ('{"A": NaN}', "nan is not a number"),
        ("A: " + "x" * 2**20, "1,048,579 bytes"),
        ('{"A": 1,\n"B" 2}', "not valid JSON: .* line 2"),
        ("- " * 100_000 + "A", "nested more than"),
        ("? [A]\n: 1", "key in line 1 is not a string"),
        ("A: &a {B: 1}\nC: {<<: {}}", "merges keys in line 2"),
        ("- A", "must be an object"),
        ("", "must be an object"),
        (b"\xff\xfe", "not valid UTF-8"),
        ("[" * 300, "nested more than|not valid YAML"),
        ("A: " + "[" * 300 + "]" * 300, "nested more than"),
        ('{"A": ' + "[" * 100_000, "nested more than"),
    ],
)
def test_what_is_no_template_is_refused_in_words(text: str | bytes, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        load(text)


YAML = """\
Resources:
  A:
    Type: T
    Properties:
      B: !If
        - C
        - !Sub x
        - D: 1
"""
JSON = """\
{"Resources": {
\t"A": {
    "Type": "T",
    "Properties": {
      "B": {"Fn::If": [
        "C",
        {"Fn::Sub": "x"},
        {"D": 1}]}}}}}
"""
PROPERTY: Place = ("Resources", "A", "Properties", "B")


@pytest.mark.parametrize("text", [YAML, JSON, YAML.replace("\n", "\r\n")])
def test_every_place_has_its_line(text: str) -> None:
    template = parse(text)
    assert template.line(("Resources", "A", "Type")) == 3
    assert template.line(PROPERTY) == 5
    assert template.line((*PROPERTY, "Fn::If", 1)) == 7
    assert template.line((*PROPERTY, "Fn::If", 2, "D")) == 8
    assert template.line((*PROPERTY, "Fn::If", 2, "D", "more", 0)) == 8, "the nearest part around"
