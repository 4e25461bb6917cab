"""What each of the pipeline's own roles is for, as the pipeline and its builds do it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from local import stacks
from local.emulator import EmulatorSession
from local.pipeline import launched
from local.pipeline.launched import STACK as PIPELINE
from pipeline import names, pipeline_account
from pipeline.definition import build

from . import world
from .world import CODE, CODE_KEY, DELIVERY, A, C, World

SELF_UPDATE = "self-update"
UPDATE_ROLE = world.arn(A, names.UPDATE_ROLE.format(pipeline=PIPELINE))
# The template is generated anew for each world, so these are known before there is one.
ROLES = sorted(
    title
    for title, resource in build(world.LANES, DELIVERY).to_dict()["Resources"].items()
    if resource["Type"] == "AWS::IAM::Role"
)


def read(w: World, session: EmulatorSession, *artifacts: str) -> None:
    """Read artifacts, by their versions too, and ask for their key."""
    s3 = session.client("s3")
    for name in artifacts:
        version = s3.get_object(**w.stored(name))["VersionId"]
        s3.get_object(**w.stored(name), VersionId=version)
    session.client("kms").describe_key(KeyId=w.key)


def write(w: World, session: EmulatorSession, name: str) -> None:
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": w.key}
    session.client("s3").put_object(**w.stored(name), Body=b"artifact", **encrypted)


def with_acl(w: World, session: EmulatorSession, name: str) -> None:
    with suppress(session.client("s3").exceptions.ClientError):  # the bucket takes none
        session.client("s3").put_object_acl(**w.stored(name), ACL="bucket-owner-full-control")


def look(w: World, session: EmulatorSession) -> None:
    s3, bucket = session.client("s3"), w.made["ArtifactBucket"]
    s3.get_bucket_acl(Bucket=bucket)
    s3.get_bucket_location(Bucket=bucket)


def building(
    *artifacts: str,
    then: Callable[[World, EmulatorSession], object] = lambda *_: None,
) -> Callable[[World, EmulatorSession], None]:
    """Return what a build does, that has artifacts, and then something of its own."""

    def work(w: World, session: EmulatorSession) -> None:
        read(w, session, "Source", *artifacts)
        look(w, session)
        then(w, session)

    return work


def package(w: World, session: EmulatorSession) -> None:
    write(w, session, "Package")
    s3 = session.client("s3")
    s3.head_object(Bucket=CODE, Key=CODE_KEY)
    with suppress(s3.exceptions.ClientError):  # it is there
        s3.put_object(Bucket=CODE, Key=CODE_KEY, Body=b"", IfNoneMatch="*")


def publish(w: World, session: EmulatorSession) -> None:
    release = {"Bucket": w.made["ReleaseBucket"], "Key": "serverlessapp/1.0.0/application.yaml"}
    session.client("s3").put_object(**release, Body=b"", IfNoneMatch="*")
    session.client("s3").get_object(**release)


def taking(
    purpose: str, environments: Iterable[str] = world.ENVIRONMENTS
) -> Callable[[World, EmulatorSession], None]:
    """Return what takes the roles for a purpose in some environments; by default, in all."""

    def work(_: World, session: EmulatorSession) -> None:
        for environment in environments:
            session.assuming(world.in_env(purpose, environment), "step")

    return work


def inspect(w: World, session: EmulatorSession) -> None:
    write(w, session, "Plan0")
    taking(names.INSPECT)(w, session)


def carry(w: World, session: EmulatorSession) -> None:
    read(w, session, "Source", "Package", "Plan0")
    write(w, session, "Package")
    look(w, session)
    s3 = session.client("s3")
    s3.get_bucket_versioning(Bucket=w.made["ArtifactBucket"])
    with_acl(w, session, "Package")
    for purpose in (names.REVIEW, names.DELIVER):
        taking(purpose)(w, session)
    for role in acting():
        session.assuming(world.arn(A, w.made[role]), "action")


def acting() -> Iterator[str]:
    """Yield the roles that the pipeline takes in its own account."""
    mine = pipeline_account.PIPELINE_ROLE
    yield from (role for role in ROLES if role != mine and not role.endswith("BuildRole"))


def source(w: World, session: EmulatorSession) -> None:
    write(w, session, "Source")
    session.client("kms").describe_key(KeyId=w.key)
    with_acl(w, session, "Source")


@cache
def changed() -> dict[str, Any]:
    """Return the pipeline's template with something harmless changed."""
    content = dict(launched.held(build(world.LANES, DELIVERY).to_dict()))
    content["Resources"]["BuildLogs"]["Properties"]["RetentionInDays"] = 60
    return content


def prepare(
    w: World, session: EmulatorSession, content: dict[str, Any] | None = None, **options: str
) -> stacks.Plan | None:
    return stacks.plan(
        session.client("cloudformation"),
        stack=PIPELINE,
        template=content or changed(),
        parameters=world.form(w.key),
        name=SELF_UPDATE,
        capabilities=launched.CAPABILITIES,
        **{"RoleARN": UPDATE_ROLE, **options},
    )


def prepare_update(w: World, session: EmulatorSession) -> None:
    read(w, session, "Source")
    client = session.client("cloudformation")
    prepare(w, session)
    client.delete_change_set(StackName=PIPELINE, ChangeSetName=SELF_UPDATE)
    assert prepare(w, session)


def update(w: World, content: dict[str, Any]) -> str:
    """Update the pipeline with a template that a push made; return in which words that fails."""
    session, execute = (w.pipelines(f"{each}UpdateRole") for each in ("Prepare", "Execute"))
    client = session.client("cloudformation")
    with suppress(client.exceptions.ClientError):  # there is none
        client.delete_change_set(StackName=PIPELINE, ChangeSetName=SELF_UPDATE)
    planned = prepare(w, session, content)
    assert planned, "there was nothing to change"
    reasons: list[str] = []
    try:
        events = stacks.execute(execute.client("cloudformation"), planned)
        reasons.extend(event.reason for event in events)
    except stacks.StackError as error:
        return "\n".join([*reasons, str(error)])
    return ""


def execute_update(_: World, session: EmulatorSession) -> None:
    planned = stacks.Plan(stack=PIPELINE, name=SELF_UPDATE, changes=())
    client = session.client("cloudformation")
    client.describe_change_set(StackName=PIPELINE, ChangeSetName=SELF_UPDATE)
    list(stacks.execute(client, planned))


def running(title: str) -> Callable[[World, EmulatorSession], None]:
    """Return what runs a build."""

    def work(w: World, session: EmulatorSession) -> None:
        session.client("codebuild").start_build(projectName=w.made[title])

    return work


WORK: dict[str, Callable[[World, EmulatorSession], object]] = {
    "UnitTestsBuildRole": building(),
    "PackageBuildRole": building(then=package),
    "TaskcatBuildRole": building(
        then=lambda _, session: session.assuming(world.arn(C, names.TASKCAT_ROLE), "tests"),
    ),
    "PublishBuildRole": building("Package", then=publish),
    "InspectBuildRole": building("Package", "Plan0", then=inspect),
    **{
        world.taking(names.VERIFY, each): building("Package", then=taking(names.VERIFY, [each]))
        for each in world.ENVIRONMENTS
    },
    "PipelineRole": carry,
    "SourceRole": source,
    "PrepareUpdateRole": prepare_update,
    "ExecuteUpdateRole": execute_update,
    **{
        f"Run{title}Role": running(title)
        for title in (
            *("Package", "UnitTests", "Taskcat", "Publish", "Inspect"),
            *map(names.verifier, world.ENVIRONMENTS),
        )
    },
}
