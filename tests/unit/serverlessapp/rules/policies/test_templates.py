"""The templates hold every rule about policies, or say why they do not."""

from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import statements
from serverlessapp.template.reading import Template, parse
from serverlessapp.template.values import Kind, Unknown
from tests.fixture_lanes import FORK
from tests.generated import generated

from .samples import objected

PRODUCT = {name: parse(content) for name, content in generated().items()}
TEMPLATES = {
    **PRODUCT,
    **{f"fork's {name}": parse(content) for name, content in generated(FORK).items()},
}
APPLICATIONS = [template for name, template in PRODUCT.items() if name.startswith("application")]


def ignored(template: Template) -> dict[tuple[str, str], str]:
    """Return what resources tell cfn-lint to ignore: logical ID, rule, and the reason."""
    found: dict[tuple[str, str], str] = {}
    for title, resource in template.section("Resources").items():
        metadata = resource["Metadata"].get("cfn-lint", {})
        for rule in metadata.get("config", {}).get("ignore_checks", []):
            found[title, rule] = metadata["reasons"][rule]
    return found


def test_every_template_is_read() -> None:
    assert {"application", "application-ephemeral", "pipeline"} <= TEMPLATES.keys()
    assert sum(len(ignored(template)) for template in TEMPLATES.values()) > 5


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_rules_find_what_is_ignored_and_nothing_else_is_ignored(template: Template) -> None:
    assert objected(template.content) == ignored(template).keys()


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_each_that_is_ignored_has_a_reason(template: Template) -> None:
    for reason in ignored(template).values():
        assert len(reason) > 20, reason


@pytest.mark.parametrize("template", APPLICATIONS)
def test_the_function_can_put_nothing_where_its_files_come_from(template: Template) -> None:
    """Neither files into the upload bucket nor events into the ingest queue."""
    resources = {resource.title: resource for resource in Evaluation(template=template).resources()}
    granted = list(statements(resources["FileProcessorPolicy"]))
    assert granted
    for statement in granted:
        actions = [action for action, _ in statement.listed("Action")]
        assert "s3:PutObject" not in actions
        if "sqs:SendMessage" in actions:
            dead_letters = Unknown(Kind.ATTRIBUTE, "DeadLetterQueue", "Arn")
            assert [resource for resource, _ in statement.listed("Resource")] == [dead_letters]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_logs_of_accesses_end_where_nothing_listens(template: Template) -> None:
    resources: dict[str, Any] = template.section("Resources")
    for resource in resources.values():
        logging = resource.get("Properties", {}).get("LoggingConfiguration", {})
        target = logging.get("DestinationBucketName")
        if isinstance(target, dict) and "Ref" in target:
            properties = resources[target["Ref"]]["Properties"]
            assert "NotificationConfiguration" not in properties
            assert "LoggingConfiguration" not in properties
