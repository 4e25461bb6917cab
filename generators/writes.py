"""Which objects a statement lets a processor write, and whether one of them starts a function."""

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from awacs.aws import Statement
from troposphere import Equals, Parameter, Ref, encode_to_dict, s3

from generators.extension import ExtensionError
from generators.globs import Pattern, glob, guid, meet, some_of
from generators.naming import UPLOAD_BUCKET
from generators.parameters import (
    CUSTOMER_MANAGED_KEY,
    HAS_ALARM_EMAIL,
    HAS_BOUNDARY,
    HAS_CODE_PACKAGE,
    HAS_SOURCE_ACCOUNT,
    HAS_SOURCE_KEY,
)
from serverlessapp.processors.uploads import RESULTS, Uploads
from serverlessapp.template.evaluation import VARIABLE, Evaluation
from serverlessapp.template.reading import Template, TemplateError
from serverlessapp.template.values import Unknown, alternatives, rendered

# What makes S3 announce a new object: copies and uploads in parts are put, too; to restore one is
# another event (Amazon S3 User Guide, "Supported event types" and "Required permissions for Amazon
# S3 API operations").
CREATES_OBJECTS = ("s3:PutObject", "s3:ReplicateObject")

# A stack like others: what only a stack knows is compared as if it was this one.
GUID = "00000000-0000-0000-0000-000000000000"
STACK = {
    "AWS::Partition": "aws",
    "AWS::StackId": f"arn:aws:cloudformation:eu-west-1:123456789012:stack/files/{GUID}",
    "EnvironmentSuffix": "dev",
}
ARN = "arn:aws:s3:::"
# It may be one of the upload bucket (Amazon S3 User Guide, "Configuring IAM policies for using
# access points").
ACCESS_POINT = re.compile(r"^arn:aws:s3:[^:]*:[^:]*:accesspoint/(?:[^/*?]*/object/)?")
NAME = UPLOAD_BUCKET.replace("${Suffix}", STACK["EnvironmentSuffix"]).replace("${Guid}", GUID)
# Each may hold, or not: both ways are looked at.
CONDITIONS = dict.fromkeys(
    (
        *(CUSTOMER_MANAGED_KEY, HAS_ALARM_EMAIL, HAS_BOUNDARY, HAS_CODE_PACKAGE),
        *(HAS_SOURCE_ACCOUNT, HAS_SOURCE_KEY),
    ),
    encode_to_dict(Equals(Ref("AnyParameter"), "")),
)
PREFIX = "\N{REPLACEMENT CHARACTER}"  # stands for UploadPrefix, and is in no pattern
PREFIX_CHARACTERS = f"{string.ascii_letters}{string.digits}_.=-/"  # as its parameter takes them
BELOW_ANY = (*some_of(PREFIX_CHARACTERS), *glob("/"))
OTHER_BUCKET = "must be a bucket name, and not of a bucket that a processor writes to"


def refuse_loops(
    statements: Sequence[Statement],
    bucket: s3.Bucket,
    uploads: Iterable[Uploads] = (Uploads(),),
    *,
    origin: str = "",
) -> Sequence[Statement]:
    """Return the statements if none lets the function write what starts it, or another.

    ``UploadPrefix`` may be any folders, but cannot begin with ``results/``. So what is written
    there never starts a function, nor what ends like nothing that a lane takes.

    Args:
        statements: What a processor may do.
        bucket: Where files come from.
        uploads: What each lane takes.
        origin: The file that allows it, for the message.

    Raises:
        ExtensionError: A statement allows more; the message names it.
    """
    uploads = tuple(uploads)
    for statement in statements:
        name = f"{origin}: {getattr(statement, 'Sid', 'a statement')}".removeprefix(": ")
        try:
            resources = list(objects_made(encode_to_dict(statement), bucket))
        except TemplateError as error:
            raise ExtensionError(f"{name}: {error}") from error
        for resource, lane in product(resources, uploads):
            if may_start(resource, lane):
                raise ExtensionError(
                    f"{name} allows writing to {shown(resource)}, which can be a file below "
                    f"UploadPrefix that a processor takes ({lane}): results there would start it "
                    f"again; allow only ${{{bucket.title}.Arn}}/{RESULTS}*"
                )
    return statements


def keep_apart(
    source: Parameter,
    statements: Sequence[Statement],
    bucket: s3.Bucket,
    uploads: Sequence[Uploads],
) -> None:
    """Let a bucket that is there already be none in which a processor may write what starts one."""
    for statement in statements:
        for resource in objects_made(encode_to_dict(statement), bucket):
            name, slash, key = resource.removeprefix(ARN).partition("/")
            pattern = glob(key if slash else "*")
            if name == NAME or key.startswith(RESULTS):
                continue
            if any(meet(pattern, files) for lane in uploads for files in taken(lane, BELOW_ANY)):
                name = name.replace(".", "[.]").replace("*", ".*").replace("?", ".")
                source.AllowedPattern = f"^(?!{name}$){source.AllowedPattern.removeprefix('^')}"
                source.ConstraintDescription = OTHER_BUCKET


def objects_made(content: dict[str, Any], bucket: s3.Bucket) -> Iterator[str]:
    """Yield the patterns of the ARNs of objects that a statement allows to make.

    For ``NotResource`` that is everything. Conditions are not looked at.

    Raises:
        TemplateError: A resource is written in a way that nobody understands, or it is not said
            what is allowed.
    """
    if ("Action" in content) is ("NotAction" in content):
        raise TemplateError("a statement has either Action or NotAction")
    if content["Effect"] != "Allow" or not creates_objects(content):
        return
    stack = Evaluation(
        template=Template(content={"Conditions": CONDITIONS}),
        given={**STACK, str(bucket.title): NAME, f"{bucket.title}.Arn": ARN + NAME},
    )
    for text in texts(stack.value(content.get("Resource", "*"))):
        yield VARIABLE.sub("*", text)  # variables of IAM


def texts(value: Any) -> Iterator[str]:
    """Yield each text in a list of resources, which an ``Fn::If`` may give, or a part of it."""
    for alternative, _ in alternatives(value):
        if isinstance(alternative, list):
            for item in alternative:
                yield from texts(item)
        else:
            yield from rendered(alternative, known)


def creates_objects(content: dict[str, Any]) -> bool:
    """Tell whether a statement is about an action that makes objects, wildcards included."""
    is_listed = "Action" in content
    patterns = [glob(each.lower()) for each in content["Action" if is_listed else "NotAction"]]
    return any(
        any(meet(glob(action.lower()), pattern) for pattern in patterns) is is_listed
        for action in CREATES_OBJECTS
    )


def known(unknown: Unknown) -> list[str]:
    """Return what stands for a value that only a stack knows."""
    return [PREFIX if unknown.name == "UploadPrefix" else "*"]


def shown(resource: str) -> str:
    """Return a pattern as it may have been written."""
    text = resource.replace(PREFIX, "${UploadPrefix}")
    return text.replace(NAME, UPLOAD_BUCKET)


def may_start(resource: str, uploads: Uploads) -> bool:
    """Tell whether a file that a lane takes can match the pattern of an ARN."""
    objects = f"{ARN}{NAME}/"
    resource = ACCESS_POINT.sub(objects, resource)
    if resource.startswith(objects + RESULTS):
        return False
    below = resource.removeprefix(objects + PREFIX)
    is_below = below != resource
    pattern = glob((below if is_below else resource).replace(PREFIX, "*"))
    return any(meet(pattern, files) for files in taken(uploads, () if is_below else any_prefix()))


def taken(uploads: Uploads, start: Pattern) -> Iterator[Pattern]:
    """Yield the patterns of what a lane takes, after one of what comes before its folder."""
    for suffix in uploads.suffixes or ("",):
        yield start + glob(f"{uploads.folder}*{suffix}")


def any_prefix() -> Pattern:
    """Return the pattern of the ARNs of all folders that ``UploadPrefix`` may be, in any stack."""
    start, _, end = UPLOAD_BUCKET.partition("${Suffix}")
    dash, _, rest = end.partition("${Guid}")
    suffix = some_of(f"{string.ascii_lowercase}{string.digits}-")
    bucket = (*glob(ARN + start), *suffix, *glob(dash), *guid(), *glob(rest))
    return (*bucket, *glob("/"), *BELOW_ANY)
