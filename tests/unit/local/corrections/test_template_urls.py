"""CloudFormation reads templates from both kinds of URLs."""

import inspect

import pytest
from ministack.services.cloudformation import helpers

from local.corrections import template_urls


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://b.s3.us-east-1.amazonaws.com/k/t.json", "/b/k/t.json"),
        ("https://b.c.s3.amazonaws.com/k", "/b.c/k"),
        ("https://b.s3-eu-west-1.amazonaws.com/k", "/b/k"),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/k", "/b/k"),
        ("https://s3.amazonaws.com/b/k", "/b/k"),
        ("http://127.0.0.1:4566/b/k", "/b/k"),
    ],
)
def test_urls(url: str, path: str) -> None:
    def resolve(parameters: dict[str, list[str]], *keys: str) -> list[str]:
        assert keys == ("TemplateBody", "TemplateURL", "Template")
        return parameters["TemplateURL"]

    parameters = {"TemplateURL": [url], "StackName": ["s"]}
    keys = ("TemplateBody", "TemplateURL", "Template")
    (read,) = template_urls.document(resolve, parameters, *keys)
    assert read.partition("://")[2].partition("/")[2] == path[1:]


def test_a_request_with_a_body_is_left_alone() -> None:
    parameters = {"TemplateBody": ["{}"]}
    keys = ("TemplateBody", "TemplateURL", "Template")
    assert template_urls.document(lambda given, *_: given, parameters, *keys) == parameters


def test_ministack_still_needs_the_path_style() -> None:
    """When this fails, ministack reads virtual-hosted URLs: take the correction out."""
    source = inspect.getsource(helpers._resolve_document)
    assert 'path = parsed.path.lstrip("/")' in source
    assert "netloc" not in source
