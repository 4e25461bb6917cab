"""What limits the roles of the pipeline. ADR 0016."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from awacs import kms
from awacs.aws import Action, ConditionElement, Statement, StringLike
from troposphere import Ref, Sub, Template, iam, s3

from generators.context import CONSTRAINED, explained
from generators.policies import allow, document
from pipeline import names, places, stores
from pipeline.delivery import Delivery
from pipeline.derivation.limits import of_roles
from pipeline.derivation.names import PlannedStack
from pipeline.grants import access, changes, storage
from pipeline.parameters import ParameterRefs
from pipeline.projects import PIPELINE_ARN, own_code_buckets

TITLE = "PipelineBoundary"
# What the pipeline's roles take in an environment's account; CloudFormation takes the other.
TAKEN = (names.REVIEW, names.DELIVER, names.INSPECT, names.VERIFY)

Resources = Sequence[Any]


class UnlimitedServiceError(Exception):
    """A role uses a service for which nobody has said on what it may be used."""


def apply_to(
    template: Template,
    *,
    delivery: Delivery,
    parameters: ParameterRefs,
    store: s3.Bucket,
    releases: s3.Bucket,
) -> iam.ManagedPolicy:
    """Add the boundary, derived from what the roles do, and put every role within it."""
    limits = limits_by_service(delivery, parameters, store, releases)
    conditions: Mapping[str, ConditionElement] = {
        "cloudformation": changes.NO_IMPORT,
        "iam": access.TO_CLOUDFORMATION,
        **dict.fromkeys(access.CONNECTIONS, access.of_repository(parameters.repository_id)),
    }
    statements = []
    by_service = groupby(sorted(actions(template)), key=lambda name: name.partition(":")[0])
    for service, used in by_service:
        if service not in limits:
            raise UnlimitedServiceError(
                f"add {service} to boundary.py, with the roles that may use it"
            )
        condition = [conditions[service]] if service in conditions else []
        statements.append(limit(service, used, limits[service], *condition))
    boundary = iam.ManagedPolicy(
        TITLE,
        Metadata=explained(
            "Permissions boundary of the pipeline's roles. A commit can change this template and "
            "with it the permissions of the roles; the update role lets roles have only what "
            "this policy allows.",
            mutable=CONSTRAINED,
            must=[
                "Only a person can change it; the update role cannot. It changes for a new kind "
                "of action, the first environment in an account, a bucket of your own, or another "
                "repository.",
                "Every role of this template has it.",
                "It allows no more than the roles need: it is derived from them.",
            ],
        ),
        PolicyDocument=document(
            *statements,
            use_key_of_s3(),
            *storage.look_at_own_code(own_code_buckets(delivery)),
        ),
    )
    for resource in template.resources.values():
        if isinstance(resource, iam.Role):
            resource.PermissionsBoundary = boundary.ref()
    return template.add_resource(boundary)


def limit(
    service: str, used: Iterable[str], resources: Resources, *condition: ConditionElement
) -> Statement:
    """Allow what some role does with a service, and only there and so."""
    words = [word.capitalize() for word in service.split("-")]
    return allow(
        "Use" + "".join(words),
        [Action(*action.split(":")) for action in used],
        resources,
        *condition,
    )


def use_key_of_s3() -> Statement:
    """Do not keep roles from the key that S3 encrypts artifacts with.

    The key's own policy lets everybody in the account use it through S3, so no role is granted
    this; a boundary that is silent about it might take it away.
    """
    return allow(
        "UseKeyOfS3",
        [kms.Decrypt, kms.GenerateDataKey],
        [in_partition("kms:*:${AWS::AccountId}:key/*")],
        StringLike({"kms:ViaService": Sub("s3.*.${AWS::URLSuffix}")}),
    )


def limits_by_service(
    delivery: Delivery, parameters: ParameterRefs, store: s3.Bucket, releases: s3.Bucket
) -> Mapping[str, Resources]:
    """Return on what the roles can use each service.

    Not derived from what they use today: a commit may add roles, builds, reports and stacks of the
    delivery without a person, and those are known by their names alone. So are environments and
    Regions, in the accounts that have one.
    """
    here = "${AWS::Region}:${AWS::AccountId}"
    connection: Resources = [Ref(parameters.connection_arn)]
    buckets: Resources = list(
        chain.from_iterable(
            (bucket.get_att("Arn"), Sub(f"${{{bucket.title}.Arn}}/*"))
            for bucket in (store, releases)
        )
    )
    regional = (names.ARTIFACT_BUCKET, names.CODE_BUCKET)
    return {
        "cloudformation": [in_partition(f"cloudformation:{here}:stack/${{AWS::StackName}}/*")],
        "codebuild": [
            in_partition(f"codebuild:{here}:project/${{AWS::StackName}}-*"),
            in_partition(f"codebuild:{here}:report-group/${{AWS::StackName}}-*"),
        ],
        "codepipeline": [Sub(PIPELINE_ARN)],
        "codeconnections": connection,
        "codestar-connections": connection,
        "iam": [places.update_role()],
        "kms": [stores.key_arn("*")],
        "logs": [in_partition(f"logs:{here}:log-group:${{AWS::StackName}}-*")],
        "s3": [*buckets, *(Sub(stores.regional_arn(each, "*")) for each in regional)],
        "sts": [
            in_partition("iam::${AWS::AccountId}:role/${AWS::StackName}-*"),
            *(
                places.role(account, names.role(purpose, "*"))
                for account in places.environment_accounts(delivery)
                for purpose in TAKEN
            ),
            Sub(places.taskcat_role(delivery)),
        ],
    }


def in_partition(resource: str) -> Sub:
    """Return an ARN pattern from what comes after the partition."""
    return Sub(f"arn:${{AWS::Partition}}:{resource}")


def actions(template: Template) -> set[str]:
    """Return every action that a role of the template is granted."""
    stack = PlannedStack(template=template.to_dict(), name="${AWS::StackName}")
    return {action for each in of_roles(stack) for action, _ in each.listed("Action")}
