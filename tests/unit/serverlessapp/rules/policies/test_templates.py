"""The committed templates hold every rule of ours, and awacs lost nothing from them."""

from pathlib import Path

from serverlessapp.rules.policies import rules, templates
from tests.analyzers import acceptances, operators
from tests.analyzers.verdict import judge

ROOT = Path(__file__).resolve().parents[5]
TEMPLATES = templates.read(ROOT / "templates")


def test_every_template_is_read() -> None:
    assert {"application", "application-ephemeral"} <= {template.name for template in TEMPLATES}
    for template in TEMPLATES:
        assert list(templates.statements(template)), template.name


def test_no_rule_is_broken_without_a_reason() -> None:
    assert not judge(rules.findings(TEMPLATES), acceptances.collect()).unexplained


def test_no_acceptance_of_our_rules_is_needless() -> None:
    names = rules.FOR_STATEMENTS.keys() | rules.FOR_TEMPLATES.keys()
    ours = [acceptance for acceptance in acceptances.collect() if acceptance.rule in names]
    assert not judge(rules.findings(TEMPLATES), ours).needless


def test_awacs_loses_no_condition() -> None:
    assert operators.repeated() == []


def test_the_function_can_put_nothing_where_its_files_come_from() -> None:
    """Neither files into the upload bucket nor events into the ingest queue."""
    for template in TEMPLATES:
        if not template.name.startswith("application"):
            continue
        (prefix,) = (
            rule["Value"]
            for rule in notified(template)["Filter"]["S3Key"]["Rules"]
            if rule["Name"] == "prefix"
        )
        assert prefix == {"Ref": "UploadPrefix"}
        for statement in templates.statements(template):
            if statement.resource == "FileProcessorPolicy":
                assert "s3:PutObject" not in statement.actions
                if "sqs:SendMessage" in statement.actions:
                    assert statement.content["Resource"] == [
                        {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}
                    ]


def notified(template: templates.Template) -> templates.Content:
    """Return the only notification that any bucket sends."""
    (configuration,) = (
        queue
        for resource in template.resources.values()
        for notifications in [resource["Properties"].get("NotificationConfiguration", {})]
        for queue in notifications.get("QueueConfigurations", [])
    )
    return configuration  # type: ignore[no-any-return]


def test_logs_of_accesses_end_where_nothing_listens() -> None:
    for template in TEMPLATES:
        for resource in template.resources.values():
            logging = resource.get("Properties", {}).get("LoggingConfiguration", {})
            target = logging.get("DestinationBucketName")
            if isinstance(target, dict) and "Ref" in target:
                properties = template.resources[target["Ref"]]["Properties"]
                assert "NotificationConfiguration" not in properties
                assert "LoggingConfiguration" not in properties
