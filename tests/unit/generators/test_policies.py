"""What must hold for every policy in the templates."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.template.published import can_be_limited

TemplateDict = dict[str, Any]
Document = dict[str, Any]

FUNCTION_GRANTS = {
    "ReadUploads": ["s3:GetObjectVersion"],
    "SeeWhatIsGone": ["s3:ListBucket"],
    "ReadSecret": ["secretsmanager:GetSecretValue"],
    "WriteLedger": ["dynamodb:PutItem"],
    "ConsumeEvents": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    "ParkEvents": ["sqs:SendMessage"],
    "WriteLog": ["logs:CreateLogStream", "logs:PutLogEvents"],
}


UNLIMITED = {"FindStream", "SeeInterfaces", "SendTraces"}


def documents(template: TemplateDict) -> Iterator[tuple[str, Document]]:
    """Every policy document except trust policies, with its resource's logical ID."""
    for name, resource in template["Resources"].items():
        values = resource["Properties"]
        for key in ("PolicyDocument", "KeyPolicy"):
            if key in values:
                yield name, values[key]
        for policy in values.get("Policies", []):
            yield name, policy.get("Fn::If", [None, policy])[1]["PolicyDocument"]


def identity_documents(template: TemplateDict) -> Iterator[tuple[str, Document]]:
    for name, document in documents(template):
        if template["Resources"][name]["Type"].startswith("AWS::IAM::"):
            yield name, document


def statement(template: TemplateDict, resource: str, sid: str) -> dict[str, Any]:
    (document,) = [
        s
        for n, d in documents(template)
        if n == resource
        for s in d["Statement"]
        if s["Sid"] == sid
    ]
    return document  # type: ignore[no-any-return]


def test_every_document_has_a_version_and_named_statements(template: TemplateDict) -> None:
    for name, document in documents(template):
        assert document["Version"] == "2012-10-17", name
        sids = [s["Sid"] for s in document["Statement"]]
        assert len(sids) == len(set(sids)), name
        assert all(sid.isalnum() for sid in sids), name


def test_roles_grant_exact_actions_on_exact_resources(template: TemplateDict) -> None:
    for name, document in identity_documents(template):
        for granted in document["Statement"]:
            assert not [a for a in granted["Action"] if "*" in a], (name, granted["Sid"])
            if granted["Resource"] == ["*"]:  # IAM knows no resources of these
                assert granted["Sid"] in UNLIMITED, name
                assert granted["Effect"] == "Deny" or not any(
                    map(can_be_limited, granted["Action"])
                )
            else:
                assert granted["Effect"] == "Allow"
                assert "*" not in granted["Resource"], (name, granted["Sid"])


def test_the_function_may_do_this_and_nothing_else(template: TemplateDict) -> None:
    (document,) = [d for n, d in identity_documents(template) if n == "FileProcessorPolicy"]
    assert {s["Sid"]: s["Action"] for s in document["Statement"]} == FUNCTION_GRANTS


def test_the_function_reads_only_below_the_prefix(template: TemplateDict) -> None:
    read = statement(template, "FileProcessorPolicy", "ReadUploads")
    assert read["Resource"] == [{"Fn::Sub": "${UploadBucket.Arn}/${UploadPrefix}*"}]


def test_everything_with_a_resource_policy_refuses_plain_http(template: TemplateDict) -> None:
    types = ("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic")
    targets = {n for n, r in template["Resources"].items() if r["Type"] in types}
    refused = set()
    for name, document in documents(template):
        for denied in document["Statement"]:
            if denied["Effect"] != "Deny":
                continue
            assert denied["Principal"] == "*", name
            assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, name
            resources = template["Resources"][name]["Properties"]
            owners = resources.get("Queues") or resources.get("Topics") or [resources["Bucket"]]
            refused |= {owner["Ref"] for owner in owners}
    assert refused == targets


def test_services_act_only_for_this_account_and_this_bucket(template: TemplateDict) -> None:
    """Awacs keeps only the last of two entries of one operator: both conditions must be there."""
    for resource, sid in (
        ("IngestQueuePolicy", "AcceptUploadEvents"),
        ("AccessLogBucketPolicy", "AcceptAccessLogs"),
    ):
        condition = statement(template, resource, sid)["Condition"]
        source = condition["ArnEquals"]["aws:SourceArn"]["Fn::Sub"][0]
        assert source == "arn:${AWS::Partition}:s3:::serverlessapp-${EnvironmentSuffix}-${Guid}"
        assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_only_alarms_of_this_stack_may_publish(template: TemplateDict) -> None:
    accepted = statement(template, "AlarmTopicPolicy", "AcceptAlarms")
    source = accepted["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":alarm:${AWS::StackName}-*")


def test_the_key_is_used_through_the_stacks_services_only(template: TemplateDict) -> None:
    (document,) = [d for n, d in documents(template) if n == "EncryptionKey"]
    statements = {s["Sid"]: s for s in document["Statement"]}
    decrypting = {sid for sid, s in statements.items() if "kms:Decrypt" in s["Action"]}
    assert decrypting == {"UseThroughServices", "EncryptLog", "PublishAlarms"}
    own = statement(template, "FileProcessorKeyPolicy", "DecryptThroughServices")
    assert own["Resource"] == [{"Fn::GetAtt": ["EncryptionKey", "Arn"]}]
    for use in (own, statements["UseThroughServices"]):
        services = use["Condition"]["StringEquals"]["kms:ViaService"]
        assert [s["Fn::Sub"].split(".")[0] for s in services] == [
            "s3",
            "secretsmanager",
            "dynamodb",
        ]
    grant = statements["LetTableKeepUsingKey"]["Condition"]
    assert len(grant["StringEquals"]["kms:ViaService"]) == 1
    assert grant["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_the_policy_of_the_key_names_no_role(template: TemplateDict) -> None:
    """KMS refuses one that was made a moment ago, and keeps the ID of one that is gone."""
    (document,) = [d for n, d in documents(template) if n == "EncryptionKey"]
    account = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    named = [s["Principal"]["AWS"] for s in document["Statement"] if "AWS" in s["Principal"]]
    assert named
    assert all(principal == account for principal in named)


def test_roles_are_for_one_service_each(template: TemplateDict) -> None:
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            (trust,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            service = "pipes" if name == "CompletionEventPipeRole" else "lambda"
            assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}, name
            assert trust["Action"] == ["sts:AssumeRole"], name


def test_only_the_pipes_of_this_stack_take_their_role(template: TemplateDict) -> None:
    """Both conditions (confused deputy): by the names that the pipes have."""
    resources = template["Resources"]
    role = resources["CompletionEventPipeRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    pattern, parts = trust["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
    name, same = resources["CompletionEventPipe"]["Properties"]["Name"]["Fn::Sub"]
    assert (pattern.rpartition("/")[2], parts) == (name.replace("ingest", "*"), same)
