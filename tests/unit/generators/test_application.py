"""What must hold for the application templates, whatever their exact text."""

import copy
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from generators.cleanup import DELETED_WITH_STACK as TAG
from generators.context import KEY
from generators.monitoring import WATCHED
from generators.retention import Retention
from serverlessapp.releases.archive import RELEASES, Release, releases, template_name
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template, load
from tests.lambda_code import loaded

TemplateDict = dict[str, Any]

STATEFUL = {
    "UploadBucket",
    "AccessLogBucket",
    "IngestQueue",
    "DeadLetterQueue",
    "Secret",
    "Ledger",
    "EncryptionKey",
    "FileProcessorLogs",
}
PROTECTIONS = {
    "UploadBucketPolicy",
    "AccessLogBucketPolicy",
    "IngestQueuePolicy",
    "DeadLetterQueuePolicy",
}
CLEANUP = {
    "BucketEmptier",
    "BucketEmptierRole",
    "BucketEmptierLogs",
    "UploadBucketContents",
    "AccessLogBucketContents",
}
OUTPUTS = {
    "UploadBucketName",
    "UploadPrefix",
    "FunctionArn",
    "FunctionName",
    "SecretArn",
    "IngestQueueUrl",
    "DeadLetterQueueUrl",
    "LedgerTableName",
    "LogGroupName",
    "AlarmTopicArn",
    "DashboardUrl",
    "CodeDigest",
    "Lanes",
    "TemplateVersion",
}
PHYSICAL_NAME = re.compile(
    r"(Bucket|Queue|Table|Role|Function|LogGroup|Topic|Alarm|Dashboard)Name$|^Name$"
)


def of_type(template: TemplateDict, kind: str) -> dict[str, Any]:
    return {n: r for n, r in template["Resources"].items() if r["Type"] == kind}


def properties(template: TemplateDict, name: str) -> dict[str, Any]:
    return template["Resources"][name]["Properties"]  # type: ignore[no-any-return]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_stateful_logical_ids_are_public_api(retained: TemplateDict) -> None:
    resources = retained["Resources"].items()
    kept = {n for n, r in resources if r.get("DeletionPolicy", "Delete") != "Delete"}
    assert kept == STATEFUL | PROTECTIONS


def test_retained_data_outlives_the_stack_but_not_a_failed_creation(retained: TemplateDict) -> None:
    """But the key outlives also an update that fails after something came under it."""
    for name in STATEFUL | PROTECTIONS:
        resource = retained["Resources"][name]
        kept = "Retain" if name == "EncryptionKey" else "RetainExceptOnCreate"
        assert resource["DeletionPolicy"] == kept, name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_ephemeral_data_goes_with_the_stack(ephemeral: TemplateDict) -> None:
    for name in STATEFUL | {"BucketEmptierLogs"}:
        assert ephemeral["Resources"][name]["DeletionPolicy"] == "Delete", name
    for name in PROTECTIONS:
        assert "DeletionPolicy" not in ephemeral["Resources"][name], "Delete is the default"


def test_retained_ledger_is_protected_and_recoverable(retained: TemplateDict) -> None:
    ledger = properties(retained, "Ledger")
    assert ledger["DeletionProtectionEnabled"] is True
    assert ledger["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_templates_differ_in_nothing_but_retention(
    retained: TemplateDict, ephemeral: TemplateDict
) -> None:
    stripped = []
    for retention, original in ((Retention.RETAINED, retained), (Retention.EPHEMERAL, ephemeral)):
        template = copy.deepcopy(original)
        template["Metadata"][KEY]["must"].remove(retention.promise)
        for name in CLEANUP:
            template["Resources"].pop(name, None)
        for resource in template["Resources"].values():
            resource.pop("DeletionPolicy", None)
            resource.pop("UpdateReplacePolicy", None)
        for bucket in of_type(template, "AWS::S3::Bucket"):
            template["Resources"][f"{bucket}Policy"].pop("DependsOn", None)
            tags = properties(template, bucket)["Tags"]
            tags[:] = [tag for tag in tags if tag["Key"] != TAG]
        for name in ("DeletionProtectionEnabled", "PointInTimeRecoverySpecification"):
            del properties(template, "Ledger")[name]
        skipped = template["Resources"]["Ledger"]["Metadata"]["checkov"]["skip"]
        skipped[:] = [skip for skip in skipped if skip["id"] != "CKV_AWS_28"]  # recovery
        stripped.append(template)
    assert stripped[0] == stripped[1]


def test_retained_template_has_no_helper_function(retained: TemplateDict) -> None:
    assert set(of_type(retained, "AWS::Lambda::Function")) == {"FileProcessor"}
    assert not [r for r in retained["Resources"].values() if r["Type"].startswith("Custom::")]


def test_needs_no_macro_and_no_named_iam(template: TemplateDict) -> None:
    assert "Transform" not in template
    for name, resource in template["Resources"].items():
        assert "RoleName" not in resource.get("Properties", {}), name
        assert resource["Type"] not in ("AWS::IAM::ManagedPolicy", "AWS::IAM::User")


def test_only_what_breaks_a_circle_has_a_physical_name(template: TemplateDict) -> None:
    own = {
        "AWS::IAM::Policy": {"PolicyName"},
        "Custom::BucketContents": {"BucketName"},
        "AWS::Logs::QueryDefinition": {"Name"},  # what people read; it need not be unique
    }
    named = {
        name
        for name, resource in template["Resources"].items()
        for key in resource["Properties"]
        if PHYSICAL_NAME.search(key)
        and key not in own.get(resource["Type"], set())
        # Refers to a function, and names nothing.
        and not (resource["Type"].endswith("EventSourceMapping") and key == "FunctionName")
        and not (resource["Type"].endswith("Alarm") and key == "MetricName")
    }
    # Two alarms have the stack's name in theirs: a pipeline has to know them beforehand.
    assert named == {"UploadBucket", "IngestQueue", "CompletionEventPipe", *WATCHED}
    for name in WATCHED:
        assert properties(template, name)["AlarmName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


@pytest.mark.parametrize(
    ("resource", "key", "limit"),
    [("UploadBucket", "BucketName", 63), ("IngestQueue", "QueueName", 80)],
)
def test_derived_names_fit(template: TemplateDict, resource: str, key: str, limit: int) -> None:
    pattern, variables = properties(template, resource)[key]["Fn::Sub"]
    assert variables == {"Guid": {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}}
    suffix, guid = "a" * 12, "0a1b2c3d-0000-1111-8222-123456789012"
    name = pattern.replace("${EnvironmentSuffix}", suffix).replace("${Guid}", guid)
    assert "$" not in name
    assert len(name) <= limit


def test_a_notification_waits_for_the_policy_of_its_queue(template: TemplateDict) -> None:
    """AWS refuses the bucket otherwise: "Unable to validate the destination configurations"."""
    policies = of_type(template, "AWS::SQS::QueuePolicy")
    conditional = 0
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        notifications = bucket["Properties"].get("NotificationConfiguration", {})
        for configuration in notifications.get("QueueConfigurations", []):
            queue = configuration["Queue"]["Fn::GetAtt"][0]
            guards = [p for p, v in policies.items() if {"Ref": queue} in v["Properties"]["Queues"]]
            assert set(guards) & set(bucket["DependsOn"]), (name, queue)
            conditional += 1
    assert conditional == 1


def test_only_uploads_are_announced(template: TemplateDict) -> None:
    configuration = properties(template, "UploadBucket")["NotificationConfiguration"]
    (queue,) = configuration["QueueConfigurations"]
    assert queue["Event"] == "s3:ObjectCreated:*"
    (rule,) = queue["Filter"]["S3Key"]["Rules"]
    assert rule["Name"] == "prefix"
    stack = Evaluation(template=Template(content=template), given={"UploadPrefix": "dt=1/in/"})
    assert stack.value(rule["Value"]) == "dt%3D1/in/", "S3 compares with encoded keys"


def test_buckets_are_private_versioned_encrypted_and_without_acls(template: TemplateDict) -> None:
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        values = bucket["Properties"]
        assert set(values["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert len(values["PublicAccessBlockConfiguration"]) == 4, name
        assert values["VersioningConfiguration"] == {"Status": "Enabled"}, name
        assert values["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }
        assert values["BucketEncryption"], name
        assert "AccessControl" not in values, name


def test_access_logs_do_not_log_themselves(template: TemplateDict) -> None:
    assert "LoggingConfiguration" not in properties(template, "AccessLogBucket")
    logging = properties(template, "UploadBucket")["LoggingConfiguration"]
    assert logging["DestinationBucketName"] == {"Ref": "AccessLogBucket"}


def test_queues_are_encrypted_and_keep_messages_for_two_weeks(template: TemplateDict) -> None:
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True, name
        assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def test_one_delivery_and_two_retries_then_the_dead_letter_queue(template: TemplateDict) -> None:
    assert properties(template, "IngestQueue")["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]},
        "maxReceiveCount": 3,
    }
    allowed = properties(template, "DeadLetterQueue")["RedriveAllowPolicy"]
    name = properties(template, "IngestQueue")["QueueName"]["Fn::Sub"][0]
    assert allowed["redrivePermission"] == "byQueue"
    assert allowed["sourceQueueArns"][0]["Fn::Sub"][0].endswith(f":{name}")


def test_no_other_queue_of_the_account_can_park_messages_in_any(template: TemplateDict) -> None:
    """By default, any may (Amazon SQS API Reference, "SetQueueAttributes", RedriveAllowPolicy)."""
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        allowed = queue["Properties"]["RedriveAllowPolicy"]["redrivePermission"]
        assert allowed == ("byQueue" if name.endswith("DeadLetterQueue") else "denyAll"), name


def test_visibility_is_six_times_the_timeout(template: TemplateDict) -> None:
    offered = template["Parameters"]["FunctionTimeout"]["AllowedValues"]
    mapping = template["Mappings"]["Timeouts"]
    assert set(mapping) == set(offered)
    for seconds, row in mapping.items():
        assert int(row["Visibility"]) == 6 * int(seconds)
    assert properties(template, "IngestQueue")["VisibilityTimeout"] == {
        "Fn::FindInMap": ["Timeouts", {"Ref": "FunctionTimeout"}, "Visibility"]
    }


def test_secret_makes_up_its_own_password(template: TemplateDict) -> None:
    generated = properties(template, "Secret")["GenerateSecretString"]
    assert generated["SecretStringTemplate"] == '{"username": "admin"}'
    assert generated["GenerateStringKey"] == "password"
    assert generated["PasswordLength"] == 32
    assert generated["IncludeSpace"] is False
    assert set(" %+~`#$&*()|[]{}:;<>?!'/\"\\") == set(generated["ExcludeCharacters"])


def test_function_is_as_described(template: TemplateDict) -> None:
    function = properties(template, "FileProcessor")
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["LoggingConfig"] == {
        "LogGroup": {"Ref": "FileProcessorLogs"},
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
    }
    variables = function["Environment"]["Variables"]
    assert variables["FUNCTION_TIMEOUT"] == function["Timeout"] == {"Ref": "FunctionTimeout"}
    assert template["Resources"]["FileProcessor"]["DependsOn"] == ["FileProcessorPolicy"]
    mapping = properties(template, "IngestMapping")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 10


def test_no_level_hides_metrics(ephemeral: TemplateDict) -> None:
    """AWS Lambda Developer Guide, "Log-level filtering": EMF lines are INFO."""
    for name in of_type(ephemeral, "AWS::Lambda::Function"):
        logging = properties(ephemeral, name)["LoggingConfig"]
        levels = {logging["ApplicationLogLevel"], logging["SystemLogLevel"]}
        assert levels == {"INFO"}, f"{name}: nor may a parameter decide"


def test_code_is_inline_or_a_package(template: TemplateDict) -> None:
    condition, package, inline = properties(template, "FileProcessor")["Code"]["Fn::If"]
    assert condition == "HasCodePackage"
    assert package == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
    assert "def handler(event: Any, context: Any)" in inline["ZipFile"]


def test_output_and_tags_say_which_code_runs(ephemeral: TemplateDict) -> None:
    inline = {
        "FileProcessor": properties(ephemeral, "FileProcessor")["Code"]["Fn::If"][2]["ZipFile"],
        "BucketEmptier": properties(ephemeral, "BucketEmptier")["Code"]["ZipFile"],
    }
    assert set(inline) == set(of_type(ephemeral, "AWS::Lambda::Function"))
    digests = {
        name: hashlib.sha256(code.encode()).hexdigest()[:16] for name, code in inline.items()
    }
    processor = {"Fn::If": ["HasCodePackage", {"Ref": "CodeKey"}, digests["FileProcessor"]]}
    shown = {"FileProcessor": processor, "BucketEmptier": digests["BucketEmptier"]}
    for name, value in shown.items():
        assert {"Key": "CodeDigest", "Value": value} in properties(ephemeral, name)["Tags"]
    assert ephemeral["Outputs"]["CodeDigest"]["Value"] == processor


def test_every_alarm_acts_and_says_what_to_do(template: TemplateDict) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    metrics = {
        (a["Properties"]["MetricName"], a["Properties"].get("Statistic", "p99"))
        for a in alarms.values()
    }
    assert metrics == {
        ("Errors", "Sum"),
        ("Duration", "Average"),
        ("Duration", "p99"),
        ("Throttles", "Sum"),
        ("ApproximateAgeOfOldestMessage", "Maximum"),
        ("ApproximateNumberOfMessagesVisible", "Maximum"),
        ("ProcessingErrors", "Sum"),
        ("AccessDenied", "Sum"),
        ("ExecutionFailed", "Sum"),
    }
    for name, alarm in alarms.items():
        values = alarm["Properties"]
        assert values["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
        assert values["TreatMissingData"] == "notBreaching", name
        assert len(values["AlarmDescription"]) > 60, name


def test_errors_alarm_is_the_references(template: TemplateDict) -> None:
    alarm = properties(template, "FunctionErrorsAlarm")
    assert (alarm["Threshold"], alarm["Period"], alarm["EvaluationPeriods"]) == (1, 300, 1)
    slow = properties(template, "FunctionDurationAlarm")
    _, _, name = slow["Threshold"]["Fn::FindInMap"]
    default = template["Parameters"]["FunctionTimeout"]["Default"]
    assert template["Mappings"]["Timeouts"][default][name] == "30000"
    assert slow["EvaluationPeriods"] == 2


@pytest.mark.parametrize("alarm", ["FunctionDurationAlarm", "FunctionDurationP99Alarm"])
def test_slow_batches_are_noticed_before_any_timeout(template: TemplateDict, alarm: str) -> None:
    """What is late is reported before the timeout, so no batch lasts as long as that."""
    mapping, timeout, name = properties(template, alarm)["Threshold"]["Fn::FindInMap"]
    assert timeout == {"Ref": "FunctionTimeout"}
    for seconds, values in template["Mappings"][mapping].items():
        assert int(values[name]) < int(seconds) * 1000 - 1500


def test_one_log_retention_for_all(template: TemplateDict) -> None:
    for name, group in of_type(template, "AWS::Logs::LogGroup").items():
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_old_versions_of_files_are_kept_as_long_as_asked(template: TemplateDict) -> None:
    rules = properties(template, "UploadBucket")["LifecycleConfiguration"]["Rules"]
    (days,) = (
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in rules
        if "NoncurrentVersionExpiration" in rule
    )
    assert days == {"Ref": "VersionRetentionDays"}


def test_customer_key_encrypts_files_ledger_secret_log_and_topic(template: TemplateDict) -> None:
    users = {
        name
        for name, resource in template["Resources"].items()
        if ["EncryptionKey", "Arn"] in list(attributes(resource))
    }
    encrypted = {"UploadBucket", "Ledger", "Secret", "FileProcessorLogs", "AlarmTopic"}
    assert users == encrypted | {"FileProcessorKeyPolicy", "CompletionEventPipeRole"}
    for name in ("EncryptionKey", "FileProcessorKeyPolicy"):
        assert template["Resources"][name]["Condition"] == "CustomerManagedKey"
    assert properties(template, "EncryptionKey")["EnableKeyRotation"] is True


def test_the_ledger_can_be_given_back_to_a_key_of_aws(template: TemplateDict) -> None:
    """CloudFormation fails where the property goes, also when it rolls back."""
    _, _, otherwise = properties(template, "Ledger")["SSESpecification"]["Fn::If"]
    assert otherwise == {"SSEEnabled": False}


def attributes(value: Any) -> Iterator[list[str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Fn::GetAtt":
                yield item
            yield from attributes(item)
    elif isinstance(value, list):
        for item in value:
            yield from attributes(item)


def test_every_role_accepts_the_boundary(template: TemplateDict) -> None:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        boundary = role["Properties"]["PermissionsBoundary"]["Fn::If"]
        assert boundary[:2] == ["HasPermissionsBoundary", {"Ref": "PermissionsBoundaryArn"}], name


def test_outputs_are_exported_under_the_stacks_name(template: TemplateDict) -> None:
    """But not what a release or a lane changes: while a stack imports it, nobody could update."""
    assert set(template["Outputs"]) == OUTPUTS
    for name, output in template["Outputs"].items():
        assert output["Description"], name
        if name in ("CodeDigest", "Lanes", "TemplateVersion"):
            assert "Export" not in output
        else:
            assert output["Export"] == {"Name": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}


def test_no_resource_assumes_a_partition(template: TemplateDict) -> None:
    assert not [text for text in strings(template["Resources"]) if "arn:aws:" in text]
    assert not [
        text
        for text in strings(template["Resources"])
        if "amazonaws.com" in text
        and not re.fullmatch(r"[a-z0-9.]+\.amazonaws\.com", text)
        and "ZipFile" not in text
    ]


def test_custom_resources_time_out_after_their_function(ephemeral: TemplateDict) -> None:
    timeout = properties(ephemeral, "BucketEmptier")["Timeout"]
    contents = of_type(ephemeral, "Custom::BucketContents")
    emptied = {resource["Properties"]["BucketName"]["Ref"] for resource in contents.values()}
    assert emptied == set(of_type(ephemeral, "AWS::S3::Bucket"))
    for resource in contents.values():
        assert timeout < resource["Properties"]["ServiceTimeout"] <= 3600


def test_log_bucket_is_emptied_when_no_more_logs_can_arrive(ephemeral: TemplateDict) -> None:
    """Deletion runs against the dependencies."""
    upload_bucket = ephemeral["Resources"]["UploadBucket"]
    assert "AccessLogBucketPolicy" in upload_bucket["DependsOn"]
    policy = ephemeral["Resources"]["AccessLogBucketPolicy"]
    assert policy["DependsOn"] == ["AccessLogBucketContents"]


def test_the_emptier_deletes_what_is_tagged_in_the_throw_away_template_alone(
    retained: TemplateDict, ephemeral: TemplateDict
) -> None:
    with loaded("bucket_emptier") as index:
        tag = {"Key": index.TAG, "Value": "true"}
    for name in of_type(ephemeral, "AWS::S3::Bucket"):
        assert tag in properties(ephemeral, name)["Tags"]
        assert tag not in properties(retained, name)["Tags"]


@pytest.mark.parametrize("release", releases(RELEASES), ids=lambda release: str(release.version))
def test_no_update_reaches_the_custom_resources(ephemeral: TemplateDict, release: Release) -> None:
    """Not on the way back either: earlier emptiers answer it with another ID, and then empty."""
    kinds = {template_name(file): data for file, data in release.templates().items()}
    earlier = load(kinds[Retention.EPHEMERAL.value])
    contents = of_type(ephemeral, "Custom::BucketContents")
    assert contents.keys() == of_type(earlier, "Custom::BucketContents").keys()
    for name in contents:
        assert properties(ephemeral, name) == properties(earlier, name)


def test_no_name_stands_for_two_things(template: TemplateDict) -> None:
    """CloudFormation allows a parameter and a mapping of one name; people and other tools trip."""
    sections = ("Parameters", "Mappings", "Conditions", "Resources")
    names = [name for section in sections for name in template[section]]
    assert sorted(names) == sorted(set(names))


def test_two_stacks_share_no_metric(template: TemplateDict) -> None:
    """Also two of one environment: what the function writes is what alarms and dashboard read."""
    variables = properties(template, "FileProcessor")["Environment"]["Variables"]
    assert variables["STACK_NAME"] == {"Ref": "AWS::StackName"}
    dimensions = [
        {"Name": "StackName", "Value": variables["STACK_NAME"]},
        {"Name": "Processor", "Value": variables["PROCESSOR_NAME"]},
    ]
    own = [
        alarm["Properties"]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["Namespace"] == "ServerlessApp/Lambda"
    ]
    assert own
    assert all(alarm["Dimensions"] == dimensions for alarm in own)


def test_packages_made_before_0_3_0_find_their_variables(template: TemplateDict) -> None:
    variables = properties(template, "FileProcessor")["Environment"]["Variables"]
    assert variables["ENVIRONMENT"] == {"Ref": "EnvironmentSuffix"}
