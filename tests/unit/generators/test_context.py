"""Each template says why it is as it is: at every resource, and once in the sources."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generators import command as application
from generators.context import CONSTRAINED, FREE, KEY, NEVER, REVIEWED, explained
from pipeline import templates as delivery
from serverlessapp.diff.data import STATEFUL
from serverlessapp.template.reading import load
from serverlessapp.template.schemas import schema

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES: dict[str, Json] = {
    name: load(content)
    for name, content in {**application.templates(), **delivery.templates()}.items()
}
RESOURCES = [
    pytest.param(resource, id=f"{name.removesuffix('.yaml')}-{title}")
    for name, template in TEMPLATES.items()
    for title, resource in template["Resources"].items()
]
each_template = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
each_resource = pytest.mark.parametrize("resource", RESOURCES)


def context(item: Json) -> Json:
    return item["Metadata"][KEY]  # type: ignore[no-any-return]


@each_template
def test_a_template_says_how_it_works_and_what_holds_for_all_of_it(template: Json) -> None:
    assert len(context(template)["arch"]) > 80
    assert context(template)["must"]
    for reference in context(template).get("ref", []):
        assert (ROOT / reference["at"]).exists(), reference


@each_resource
def test_a_resource_says_why_and_how_it_may_change(resource: Json) -> None:
    why = context(resource)["why"]
    assert 40 <= len(why) <= 500
    assert why.endswith(".")
    assert context(resource)["mutable"] in (NEVER, CONSTRAINED, REVIEWED, FREE)
    for shown in ("AlarmDescription", "Description"):
        assert str(resource["Properties"].get(shown, "(none)")) not in why


@each_template
def test_no_two_resources_are_there_for_the_same_reason(template: Json) -> None:
    reasons = Counter(context(resource)["why"] for resource in template["Resources"].values())
    assert max(reasons.values()) == 1, reasons.most_common(1)


@each_resource
def test_only_properties_that_are_set_and_differ_from_the_rest_are_listed(resource: Json) -> None:
    about = context(resource)
    for name, level in about.get("mutability", {}).items():
        assert name in resource["Properties"]
        assert level != about["mutable"], name


@each_resource
def test_what_would_replace_data_is_not_free_to_change(resource: Json) -> None:
    if resource["Type"] not in STATEFUL:
        return
    published, about = schema(resource["Type"]), context(resource)
    pointers = (
        *(published.get("createOnlyProperties") or ()),
        *(published.get("conditionalCreateOnlyProperties") or ()),
    )
    for name in {pointer.split("/")[2] for pointer in pointers} & resource["Properties"].keys():
        level = about.get("mutability", {}).get(name, about["mutable"])
        assert level in (NEVER, CONSTRAINED), name


@pytest.mark.parametrize("name", ["application.yaml", "application-ephemeral.yaml"])
def test_what_has_the_environment_in_its_name_never_changes(name: str) -> None:
    template = TEMPLATES[name]
    assert any("EnvironmentSuffix" in rule for rule in context(template)["must"])
    pipe = ("CompletionEventPipe", "Name")
    named = {
        (title, key)
        for title, resource in template["Resources"].items()
        for key, value in resource["Properties"].items()
        if key.endswith("Name") and "EnvironmentSuffix" in str(value)
    }
    assert named == {("UploadBucket", "BucketName"), ("IngestQueue", "QueueName"), pipe}
    for title, key in named:
        assert context(template["Resources"][title])["mutability"][key] == NEVER


def test_no_sentence_stands_in_a_comment_or_docstring_as_well() -> None:
    """What stands twice is changed once."""
    prose = {
        path: words(" ".join(texts(path)))
        for package in ("generators", "pipeline")
        for path in sorted((ROOT / package).rglob("*.py"))
    }
    reasons = {sentence for template in TEMPLATES.values() for sentence in sentences(template)}
    assert len(reasons) > 150
    twice = [
        (path.name, sentence)
        for path, text in prose.items()
        for sentence in reasons
        if sentence in text
    ]
    assert not twice


def texts(path: Path) -> Iterator[str]:
    """Yield the docstrings and comments of a module."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# ")


def sentences(template: Json) -> Iterator[str]:
    """Yield what a template says why, sentence by sentence; the shortest ones say too little."""
    for item in (template, *template["Resources"].values()):
        about = context(item)
        for text in (about.get("why", ""), about.get("arch", ""), *about.get("must", [])):
            for sentence in re.split(r"[.:;] ", text):
                if len(sentence) > 25:
                    yield words(sentence)


def words(text: str) -> str:
    return " ".join(re.findall(r"[\w'/]+", text.lower()))


def test_each_reason_to_skip_a_finding_is_where_its_analyzer_looks() -> None:
    metadata = explained("why", mutable=FREE, skip={"CKV_AWS_1": "one", "W9310": "two"})
    assert metadata["checkov"] == {"skip": [{"id": "CKV_AWS_1", "comment": "one"}]}
    assert metadata["cfn-lint"] == {
        "config": {"ignore_checks": ["W9310"]},
        "reasons": {"W9310": "two"},
    }
    assert metadata[KEY] == {"why": "why", "mutable": FREE}
