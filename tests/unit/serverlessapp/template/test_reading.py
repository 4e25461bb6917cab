"""YAML and JSON as CloudFormation reads them."""

import json
from typing import Any

import pytest

from serverlessapp.template.reading import TemplateError, load


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
        # What YAML 1.1 makes of these depends on who reads them.
        *((text, text) for text in ("yes", "off", "010", "1.10", "1_000", "12:30:45", "0x10")),
        *((text, text) for text in ("2010-09-09", "1e3", ".5")),
    ],
)
def test_scalars_are_what_json_would_make_of_them_or_text(written: str, value: Any) -> None:
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
        ("A: 1\nB: 2\nA: 3\n", "key A is there twice, again in line 3"),
        ('{"A": 1, "A": 2}', "key A is there twice"),
        ("A: [", "not YAML: .* in line"),
        ("A: 1\n\tB: 2", "not YAML: .* in line 2"),
        ("A: *missing", "not YAML: .* in line 1"),
        ('{"A": 1,\n"B" 2}', "not JSON: .* line 2"),
        ("? [A]\n: 1", "key in line 1 is no text"),
        ("A: &a {B: 1}\nC: {<<: *a}", "merges keys in line 2"),
        ("- A", "is an object"),
        ("", "is an object"),
        (b"\xff\xfe", "not UTF-8"),
        ("[" * 300, "nested more than|not YAML"),
        ("A: " + "[" * 300 + "]" * 300, "nested more than"),
        ('{"A": ' + "[" * 100_000, "nested more than"),
    ],
)
def test_what_is_no_template_is_refused_in_words(text: str | bytes, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        load(text)
