"""The committed templates hold every rule of ours, but for what they skip with a reason."""

from pathlib import Path

from serverlessapp.rules.policies import rules, templates

ROOT = Path(__file__).resolve().parents[5]
TEMPLATES = templates.read(ROOT / "templates")


def test_every_template_is_read() -> None:
    assert {"application", "application-ephemeral"} <= {template.name for template in TEMPLATES}
    for template in TEMPLATES:
        assert list(templates.statements(template)), template.name


def test_no_rule_is_broken_without_a_reason() -> None:
    assert not list(rules.findings(TEMPLATES))


def test_nothing_is_skipped_that_no_rule_finds() -> None:
    for template in TEMPLATES:
        objected = {(finding.resource, finding.rule) for finding in rules.objections(template)}
        skipped = {
            (title, rule)
            for title, resource in template.resources.items()
            for rule in templates.skipped(resource)
        }
        assert skipped == objected, template.name


def test_each_skip_says_why() -> None:
    for template in TEMPLATES:
        for resource in template.resources.values():
            for skip in resource["Metadata"].get("serverlessapp", {}).get("skip", []):
                assert len(skip["comment"]) > 20, skip


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
