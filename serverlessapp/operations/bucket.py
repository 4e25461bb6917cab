"""``bucket``: whether files can come from a bucket that is there already, and what is missing."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from serverlessapp.clients import S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.processors.uploads import PREFIX, PREFIX_WORDS
from serverlessapp.report import Report

WILDCARD_RULES = 30  # of a bus (Amazon EventBridge User Guide, "Amazon EventBridge quotas")
TURN_ON = (
    "aws s3api get-bucket-notification-configuration --bucket {bucket} > notifications.json; add "
    '"EventBridgeConfiguration": {{}} to what is in it (docs/existing-bucket.md); '
    "aws s3api put-bucket-notification-configuration --bucket {bucket} "
    "--notification-configuration file://notifications.json"
)


class State(StrEnum):
    """How good it is."""

    FINE = "fine"
    NOTE = "note"
    MISSING = "missing"
    UNKNOWN = "cannot be read"


@dataclass(frozen=True, kw_only=True)
class BucketCheck:
    """What was looked at, how it is, and what to do about it."""

    what: str
    state: State
    says: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class BucketChecks:
    """Looks at a bucket, and changes nothing."""

    bucket: str
    prefix: str
    client: Callable[[str], Any]  # of the Region in which the stack would be
    wildcards: int  # how many rules with wildcards the stack would have
    parameters: dict[str, str] = field(default_factory=dict)  # to fill in the stack's form with

    def all(self) -> Iterator[BucketCheck]:
        """Yield the checks.

        Raises:
            OperatorError: There is no such bucket.
        """
        s3: S3Client = self.client("s3")
        try:
            region = s3.head_bucket(Bucket=self.bucket).get("BucketRegion", "")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
                raise OperatorError(f"bucket {self.bucket} does not exist") from error
            raise
        self.parameters.update(SourceBucket=self.bucket, UploadPrefix=self.prefix)
        checks: Mapping[str, Callable[[S3Client], tuple[State, str, str]]] = {
            "Region": lambda _: self.region(region),
            "account": self.account,
            "EventBridge": self.eventbridge,
            "versions": self.versions,
            "encryption": self.encryption,
            "ownership": self.ownership,
            "prefix": self.below,
            "rules": self.rules,
        }
        for what, look in checks.items():
            try:
                state, says, advice = look(s3)
            except ClientError as error:
                state, says = State.UNKNOWN, error.response["Error"]["Message"]
                advice = "ask the bucket owner to run this, or to grant read access"
            yield BucketCheck(what=what, state=state, says=says, advice=advice)

    def region(self, region: str) -> tuple[State, str, str]:
        """S3 announces files on the bus of the bucket's own Region."""
        here = self.client("s3").meta.region_name
        if region in ("", here):
            return State.FINE, here, ""
        return State.MISSING, region, f"launch the stack in {region}, not in {here} (--region)"

    def account(self, s3: S3Client) -> tuple[State, str, str]:
        """S3 announces files on the bus of the bucket's own account."""
        mine = self.client("sts").get_caller_identity()["Account"]
        try:
            s3.head_bucket(Bucket=self.bucket, ExpectedBucketOwner=mine)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("403", "AccessDenied"):
                raise
            advice = "set SourceAccount; its owner must forward events (docs/existing-bucket.md)"
            return State.NOTE, f"not {mine}", advice
        return State.FINE, mine, ""

    def eventbridge(self, s3: S3Client) -> tuple[State, str, str]:
        """Without it, no file is announced.

        The configuration is put as a whole (Amazon S3 API Reference,
        "PutBucketNotificationConfiguration"), so nothing here does it for the owner.
        """
        told = s3.get_bucket_notification_configuration(Bucket=self.bucket)
        if "EventBridgeConfiguration" in told:
            return State.FINE, "on", ""
        return State.MISSING, "off", TURN_ON.format(bucket=self.bucket)

    def versions(self, s3: S3Client) -> tuple[State, str, str]:
        """With them, exactly what was announced is read."""
        if s3.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled":
            return State.FINE, "on", ""
        advice = "a file that is overwritten or deleted soon after the upload may not be processed"
        return State.NOTE, "off", f"{advice}: enable versioning to prevent that"

    def encryption(self, s3: S3Client) -> tuple[State, str, str]:
        """A key of somebody's own has to be given to the stack.

        AWS's opens to its own account alone (Amazon S3 User Guide, "Using server-side encryption
        with AWS KMS keys (SSE-KMS)").
        """
        answer = s3.get_bucket_encryption(Bucket=self.bucket)
        (rule, *_) = answer["ServerSideEncryptionConfiguration"]["Rules"]
        default = rule["ApplyServerSideEncryptionByDefault"]
        name = default.get("KMSMasterKeyID", "")
        key: Any = {"KeyManager": "AWS"}
        if name:
            key = self.client("kms").describe_key(KeyId=name)["KeyMetadata"]
        if key["KeyManager"] == "AWS":
            says = name or default["SSEAlgorithm"]
            if says == "AES256" or self.account(s3)[0] is State.FINE:
                return State.FINE, says, ""
            return State.MISSING, says, "AWS's own key opens to no other account: use another one"
        self.parameters["SourceKeyArn"] = key["Arn"]
        if not key["Enabled"]:
            return State.MISSING, f"{key['Arn']} is {key['KeyState']}", "enable the key"
        advice = "for files encrypted with another key, enter that key instead"
        return State.FINE, key["Arn"], advice

    def ownership(self, s3: S3Client) -> tuple[State, str, str]:
        """With ACLs, what another account put there may be closed to the bucket's owner."""
        try:
            answer = s3.get_bucket_ownership_controls(Bucket=self.bucket)
            (rule,) = answer["OwnershipControls"]["Rules"]
            mode = rule["ObjectOwnership"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "OwnershipControlsNotFoundError":
                raise
            mode = "ObjectWriter"
        if mode == "BucketOwnerEnforced":
            return State.FINE, mode, ""
        advice = "files uploaded by other accounts may be unreadable: disable ACLs"
        return State.NOTE, mode, advice

    def below(self, s3: S3Client) -> tuple[State, str, str]:
        """Files that are there already were announced to nobody."""
        if not re.fullmatch(PREFIX, self.prefix):
            return State.MISSING, self.prefix or "empty", PREFIX_WORDS
        answer = s3.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, MaxKeys=1)
        if answer.get("KeyCount"):
            return State.NOTE, f"files below {self.prefix}", "run reconcile to process them"
        return State.FINE, f"nothing below {self.prefix}", ""

    def rules(self, _: S3Client) -> tuple[State, str, str]:
        """A lane with suffixes takes one of the few rules that may have wildcards."""
        if not self.wildcards:
            return State.FINE, "no wildcards needed", ""
        pages = self.client("events").get_paginator("list_rules").paginate()
        patterns = [rule.get("EventPattern", "") for page in pages for rule in page["Rules"]]
        there = sum('"wildcard"' in pattern for pattern in patterns)
        says = f"{there} of {WILDCARD_RULES} with wildcards are used, {self.wildcards} more needed"
        if there + self.wildcards <= WILDCARD_RULES:
            return State.FINE, says, ""
        return State.MISSING, says, "give processors folders instead of suffixes"


def run(report: Report, checks: BucketChecks) -> int:
    """Show how a bucket is; 1 if something is missing, or could not be seen."""
    made = list(checks.all())
    report.table(
        ("what", "state", "is", "to do"), [(c.what, c.state, c.says, c.advice) for c in made]
    )
    for name, value in checks.parameters.items():
        report.say(f"{name}: {value}")
    report.document(
        {
            "bucket": checks.bucket,
            "checks": [asdict(each) for each in made],
            "parameters": checks.parameters,
        }
    )
    return int(any(each.state in (State.MISSING, State.UNKNOWN) for each in made))
