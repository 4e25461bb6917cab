"""Findings about access that no statement of a policy says.

A table judges what has an order; whatever else is about access, by its name or its type, is said
to be beyond judgement: never safe.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from serverlessapp.diff.differences import PropertyChange, differences, is_policy
from serverlessapp.diff.grants import ALLOW
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.diff.permissions import (
    ATTACHED,
    BOUNDARY,
    HOLDERS,
    INVOCATION,
    POWERS,
    PUBLIC_ACCESS_BLOCK,
    grants_of,
)
from serverlessapp.diff.security_groups import DIRECTIONS, GROUP, RULES
from serverlessapp.diff.words import concerns_access, grants, is_harmless, vocabulary, words
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import ABSENT, is_known, is_scalar, scalar

# The value of a property that lets in the fewest, and the one that lets in everybody; empty where
# there is none. What is between them, or left out, has no order that holds for all types. Source:
# CloudFormation Template Reference, the types that are named.
ORDER = {
    "AcceptanceRequired": ("true", "false"),  # AWS::EC2::VPCEndpointService
    "AccessControl": ("Private", "PublicReadWrite"),  # AWS::S3::Bucket
    "AllowAdminCreateUserOnly": ("true", "false"),  # AWS::Cognito::UserPool
    "AllowClassicFlow": ("false", "true"),  # AWS::Cognito::IdentityPool
    "AllowExternalPrincipals": ("false", "true"),  # AWS::RAM::ResourceShare
    "AllowUnauthenticatedIdentities": ("false", "true"),  # AWS::Cognito::IdentityPool
    "ApiKeyRequired": ("true", "false"),  # AWS::ApiGateway::Method
    "AssignPublicIp": ("DISABLED", "ENABLED"),  # AWS::ECS::Service
    "AssociatePublicIpAddress": ("false", "true"),  # AWS::EC2::Instance
    "AtRestEncryptionEnabled": ("true", "false"),  # AWS::ElastiCache::ReplicationGroup
    "AuthType": ("AWS_IAM", "NONE"),  # AWS::Lambda::Url
    "AuthorizationType": ("", "NONE"),  # AWS::ApiGateway::Method, AWS::ApiGatewayV2::Route
    "AutoAcceptSharedAttachments": ("disable", "enable"),  # AWS::EC2::TransitGateway
    "BlockPublicAcls": ("true", "false"),  # AWS::S3::Bucket
    "BlockPublicPolicy": ("true", "false"),
    "ClientBroker": ("TLS", "PLAINTEXT"),  # AWS::MSK::Cluster
    "DirectInternetAccess": ("Disabled", "Enabled"),  # AWS::SageMaker::NotebookInstance
    "DisableExecuteApiEndpoint": ("true", "false"),  # AWS::ApiGateway::RestApi
    "Encrypted": ("true", "false"),  # AWS::EC2::Volume, AWS::EFS::FileSystem
    "EndpointPublicAccess": ("false", "true"),  # AWS::EKS::Cluster
    "EnforceHTTPS": ("true", "false"),  # AWS::OpenSearchService::Domain
    "HttpTokens": ("required", "optional"),  # AWS::EC2::LaunchTemplate
    "IgnorePublicAcls": ("true", "false"),
    "MapPublicIpOnLaunch": ("false", "true"),  # AWS::EC2::Subnet
    "MfaConfiguration": ("ON", "OFF"),  # AWS::Cognito::UserPool
    "ObjectOwnership": ("BucketOwnerEnforced", "ObjectWriter"),  # AWS::S3::Bucket
    "Privileged": ("false", "true"),  # AWS::ECS::TaskDefinition
    "PrivilegedMode": ("false", "true"),  # AWS::CodeBuild::Project
    "ProjectVisibility": ("PRIVATE", "PUBLIC_READ"),
    "PubliclyAccessible": ("false", "true"),  # AWS::RDS::DBInstance, AWS::Redshift::Cluster ...
    "RestrictPublicBuckets": ("true", "false"),
    "RootAccess": ("Disabled", "Enabled"),  # AWS::SageMaker::NotebookInstance
    "SSEEnabled": ("true", "false"),  # AWS::DynamoDB::Table
    "Scheme": ("internal", "internet-facing"),  # AWS::ElasticLoadBalancingV2::LoadBalancer
    "SqsManagedSseEnabled": ("true", "false"),  # AWS::SQS::Queue
    "StorageEncrypted": ("true", "false"),  # AWS::RDS::DBInstance
    "TransitEncryptionEnabled": ("true", "false"),  # AWS::ElastiCache::ReplicationGroup
    "ViewerProtocolPolicy": ("https-only", "allow-all"),  # AWS::CloudFront::Distribution
    "Visibility": ("PRIVATE", "GLOBAL"),  # AWS::AppSync::GraphQLApi
}
# Services that are about access and nothing else, and types of which all is, or is out of sight.
SERVICES = vocabulary(
    "Cognito FMS IAM IdentityStore KMS LakeFormation NetworkFirewall Organizations RAM "
    "RolesAnywhere SSO VerifiedPermissions WAF WAFRegional WAFv2"
)
TYPES = vocabulary(
    "AWS::CloudFormation::Stack AWS::CloudFormation::StackSet AWS::IoT::CACertificate "
    "AWS::IoT::Certificate"
)
# Of EC2, what decides which networks reach each other.
NETWORK = vocabulary("address eip endpoint gateway interface peering prefix route subnet vpc vpn")
OFF = ("0", "disabled", "false", "none")
# Values that say it themselves.
OPEN = ("0.0.0.0/0", "::/0", "anonymous", "public", "public_read")
# What lets everybody in that is left out. CloudFormation Template Reference, the types' pages.
DEFAULTS = {
    "AWS::ApiGatewayV2::Route": {"AuthorizationType": "NONE"},
    "AWS::ElasticLoadBalancing::LoadBalancer": {"Scheme": "internet-facing"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Scheme": "internet-facing"},
}


class Exposure(Enum):
    """What a change does to access."""

    WIDER = "access widened"
    NARROWER = "access narrowed"
    UNCLEAR = "access changed"


def findings(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what is opened and what is closed, and what no rule judges."""
    for title, resource in new.items():
        before = old.get(title)
        verdicts: list[tuple[Exposure, PropertyChange]] = []
        if before and before.type == resource.type:
            verdicts += changed(before, resource)
        if not before or before.exists not in (True, resource.exists):  # new, at least to some
            verdicts += added(resource)
        for exposure, risk in ((Exposure.WIDER, Risk.REVIEW), (Exposure.NARROWER, Risk.SAFE)):
            for verdict, change in verdicts:
                if verdict is exposure:
                    yield Finding(risk, Bump.MINOR, title, exposure.value, str(change))
        unclear = [change.place for verdict, change in verdicts if verdict is Exposure.UNCLEAR]
        if unclear:
            places = ", ".join(dict.fromkeys(unclear))
            text = f"{places}: whether that opens or closes something, look yourself"
            yield Finding(Risk.REVIEW, Bump.MINOR, title, Exposure.UNCLEAR.value, text)


def changed(before: Resource, after: Resource) -> Iterator[tuple[Exposure, PropertyChange]]:
    """Yield what changes about access to a resource."""
    for change in differences(properties_of(before), properties_of(after)):
        if is_judged(after.type, change) or is_harmless(change.names):
            continue
        names = change.names or ("",)
        closed, opened = ORDER.get(names[-1], ("", ""))
        if is_value(change.new, opened):
            yield Exposure.WIDER, change
        elif is_value(change.new, closed) or is_value(change.old, opened):
            yield Exposure.NARROWER, change
        elif is_access_type(after.type) or says_open(change.new) or any(map(is_access, names)):
            yield Exposure.UNCLEAR, change


def added(resource: Resource) -> Iterator[tuple[Exposure, PropertyChange]]:
    """Yield what a new resource opens, unless its grants say so already."""
    has_grants = any(grant.effect == ALLOW for grant in grants_of(resource))
    for change in differences(ABSENT, properties_of(resource)):
        names = change.names or ("",)
        closed, opened = ORDER.get(names[-1], ("", ""))
        if is_value(change.new, opened):
            yield Exposure.WIDER, change
        elif not (
            has_grants
            or is_judged(resource.type, change)
            or is_harmless(names)
            or is_value(change.new, closed)
        ):
            is_on = not any(is_value(change.new, value) for value in OFF)
            is_about_access = is_on and any(map(grants, names))
            if is_access_type(resource.type) or says_open(change.new) or is_about_access:
                yield Exposure.UNCLEAR, change


def properties_of(resource: Resource) -> Any:
    """Return the properties of a resource, with what is open by default."""
    properties = resource.properties
    if not isinstance(properties, dict):
        return properties
    return {**DEFAULTS.get(resource.type, {}), **properties}


def is_access(name: str) -> bool:
    """Tell whether a property is about access."""
    return name in ORDER or concerns_access(name)


def says_open(value: object) -> bool:
    """Tell whether a value means everybody, whatever the property is called."""
    return any(is_value(value, word) for word in OPEN)


def is_value(value: object, expected: str) -> bool:
    """Tell whether a value is a certain one, whatever its case."""
    return bool(expected) and is_scalar(value) and scalar(value).lower() == expected.lower()


def is_access_type(resource_type: str) -> bool:
    """Tell whether all properties of a type are about access."""
    _, service, kind, *_ = (*resource_type.split("::"), "", "")
    return (
        resource_type in TYPES
        or service in SERVICES
        or grants(kind)
        or (service == "EC2" and bool(words(kind) & NETWORK))
    )


def is_judged(resource_type: str, change: PropertyChange) -> bool:
    """Tell whether grants or the rules of security groups say what a change does."""
    if not change.names:
        return False
    first, last = change.names[0], change.names[-1]
    is_identity = resource_type.startswith(("AWS::IAM::", "AWS::SSO::"))
    return (
        resource_type in (INVOCATION, *RULES)
        or first in (*POWERS, BOUNDARY)
        or (resource_type == GROUP and first in (f"SecurityGroup{name}" for name in DIRECTIONS))
        or (resource_type in ATTACHED and first in HOLDERS)
        or (first == PUBLIC_ACCESS_BLOCK and is_known(change.old) and is_known(change.new))
        or (is_identity and change.new is ABSENT and is_policy(change.old))
        or (is_identity and (first, last) == ("Policies", "PolicyName"))
    )
