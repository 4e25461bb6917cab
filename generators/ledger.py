"""The ledger: one row per file, with the receipt of its newest version."""

from dataclasses import dataclass

from awacs import dynamodb as dynamodb_actions
from troposphere import If, NoValue, Ref, Template, dynamodb, encode_to_dict, kms

from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.options import HAS_WARM_THROUGHPUT, SENDS_EVENTS, OptionRefs
from generators.parameters import CUSTOMER_MANAGED_KEY
from generators.policies import deny_insecure_transport, document
from generators.retention import Retention

KEY_ATTRIBUTE = "object_key"
EXPIRY_ATTRIBUTE = "expires_at"  # the runtime sets it, LEDGER_DAYS ahead


@dataclass(frozen=True, kw_only=True)
class LedgerRefs:
    """What later generators need from the ledger."""

    table: dynamodb.Table


def add_to(
    template: Template, lane: Lane, *, options: OptionRefs, key: kms.Key, retention: Retention
) -> LedgerRefs:
    """Add a lane's table.

    The stream comes and goes without a new table: "Update requires: No interruption" (AWS
    CloudFormation Template Reference, "AWS::DynamoDB::Table StreamSpecification").
    """
    skip = {"CKV_AWS_119": "encrypted with the stack's KMS key if Encryption is CustomerManaged"}
    if not retention.keeps_data:
        skip["CKV_AWS_28"] = "a development stack has nothing to recover"
    table = template.add_resource(
        dynamodb.Table(
            lane.logical_id("Ledger"),
            Metadata=explained(
                "Stores a signed entry for each processed file: which version was processed, and "
                "the result. One item for each object key, so duplicate and late events change "
                "nothing. On-demand capacity follows the uploads and costs nothing when idle.",
                mutable=REVIEWED,
                must=[
                    "The key schema must not change: a table with another schema is a new, empty "
                    "table.",
                    "The runtime writes the TTL attribute; with another name, nothing expires.",
                    "Warm throughput cannot be lowered: DynamoDB refuses a lower value.",
                ],
                mutability={
                    "AttributeDefinitions": NEVER,
                    "KeySchema": NEVER,
                    "SSESpecification": CONSTRAINED,
                    "WarmThroughput": CONSTRAINED,
                    "TimeToLiveSpecification": CONSTRAINED,
                },
                skip=skip,
            ),
            AttributeDefinitions=[
                dynamodb.AttributeDefinition(AttributeName=KEY_ATTRIBUTE, AttributeType="S")
            ],
            KeySchema=[dynamodb.KeySchema(AttributeName=KEY_ATTRIBUTE, KeyType="HASH")],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification=If(
                SENDS_EVENTS, dynamodb.StreamSpecification(StreamViewType="NEW_IMAGE"), NoValue
            ),
            # Amazon DynamoDB Developer Guide, "Understanding DynamoDB warm throughput".
            WarmThroughput=If(
                HAS_WARM_THROUGHPUT,
                dynamodb.WarmThroughput(WriteUnitsPerSecond=Ref(options.warm_throughput)),
                NoValue,
            ),
            TimeToLiveSpecification=dynamodb.TimeToLiveSpecification(
                AttributeName=EXPIRY_ATTRIBUTE, Enabled=True
            ),
            PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                PointInTimeRecoveryEnabled=retention.keeps_data
            ),
            DeletionProtectionEnabled=retention.keeps_data,
            # "*": the table that carries the policy, which cannot name itself.
            ResourcePolicy=dynamodb.ResourcePolicy(
                PolicyDocument=encode_to_dict(  # troposphere takes no awacs object here
                    document(deny_insecure_transport(dynamodb_actions.Action("*"), "*"))
                )
            ),
            # False: DynamoDB uses a key that AWS owns. Not NoValue: CloudFormation could not take
            # the property away (cloudformation-coverage-roadmap, issue 1070).
            SSESpecification=If(
                CUSTOMER_MANAGED_KEY,
                dynamodb.SSESpecification(
                    SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=key.get_att("Arn")
                ),
                dynamodb.SSESpecification(SSEEnabled=False),
            ),
            **retention.policies,
        )
    )
    return LedgerRefs(table=table)
