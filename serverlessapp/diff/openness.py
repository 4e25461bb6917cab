"""How open values are, and which names, values and types are about that at all."""

import re
from typing import Any

from serverlessapp.diff.grants import block
from serverlessapp.diff.statements import text
from serverlessapp.diff.words import ACCESS, GRANTS, is_about, vocabulary, words
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import ABSENT, is_scalar, scalar

# By the value that lets in the fewest and the one that lets in everybody (empty: there is none),
# the properties that have them. What is between both, or left out, has no order that holds for
# all types. Source: CloudFormation Template Reference, the properties' pages.
EXTREMES = {
    ("true", "false"): """
        AcceptanceRequired AllowAdminCreateUserOnly ApiKeyRequired AtRestEncryptionEnabled
        BlockPublicAcls BlockPublicPolicy DisableExecuteApiEndpoint Encrypted EnforceHTTPS
        IgnorePublicAcls RequireTLS RestrictPublicBuckets SSEEnabled SqsManagedSseEnabled
        StorageEncrypted TLSEnabled TransitEncryptionEnabled""",
    ("false", "true"): """
        AllowClassicFlow AllowExternalPrincipals AllowUnauthenticatedIdentities
        AssociatePublicIpAddress EndpointPublicAccess MapPublicIpOnLaunch Privileged
        PrivilegedMode PubliclyAccessible""",
    ("Disabled", "Enabled"): "AssignPublicIp DirectInternetAccess RootAccess",
    ("", "NONE"): "AuthorizationType",
    ("AWS_IAM", "NONE"): "AuthType",
    ("BucketOwnerEnforced", "ObjectWriter"): "ObjectOwnership",
    ("ON", "OFF"): "MfaConfiguration",
    ("PRIVATE", "GLOBAL"): "Visibility",
    ("Private", "PublicReadWrite"): "AccessControl",
    ("TLS", "PLAINTEXT"): "ClientBroker",
    ("disable", "enable"): "AutoAcceptSharedAttachments",
    ("https-only", "allow-all"): "ViewerProtocolPolicy",
    ("internal", "internet-facing"): "Scheme",
    ("required", "optional"): "HttpTokens",
}
ORDER = {name: extremes for extremes, names in EXTREMES.items() for name in names.split()}
# Whose open value is the default: who writes it where nothing was opens nothing.
OPEN_ANYWAY = ("SSEEnabled",)  # of DynamoDB, which then encrypts with a key of its own, and of DAX
# Values that say it themselves.
OPEN = ("0.0.0.0/0", "::/0", "anonymous", "public", "public_read")
# What constants are made of that say it, whatever their property is called.
TELLING = vocabulary("allow block deny internet private public vpc")
IDENTITY = re.compile(r"arn:([^:$]*|\$\{AWS::Partition\}):(iam|sts):")
OFF = ("0", "disabled", "false", "none")
# What lets everybody in that is left out. CloudFormation Template Reference, the types' pages.
DEFAULTS = {
    "AWS::ApiGatewayV2::Route": {"AuthorizationType": "NONE"},
    "AWS::ElasticLoadBalancing::LoadBalancer": {"Scheme": "internet-facing"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Scheme": "internet-facing"},
}
# Services that are about access and nothing else, and types of which all is, or is out of sight.
SERVICES = vocabulary(
    "Cognito FMS IAM IdentityStore KMS LakeFormation NetworkFirewall Organizations RAM "
    "RolesAnywhere SSO VerifiedPermissions WAF WAFRegional WAFv2"
)
TYPES = vocabulary(
    "AWS::AppSync::GraphQLSchema AWS::CloudFormation::Stack AWS::CloudFormation::StackSet "
    "AWS::CloudFront::KeyGroup AWS::IoT::CACertificate AWS::IoT::Certificate "
    "AWS::IoT::ProvisioningTemplate AWS::Route53Resolver::FirewallDomainList "
    "AWS::SQS::QueueInlinePolicy AWS::SQS::QueuePolicy"
)
# Of EC2, what decides which networks reach each other.
NETWORK = vocabulary(
    "address eip endpoint gateway interface mirror peering prefix route subnet vpc vpn"
)


def properties_of(resource: Resource) -> Any:
    """Return the properties of a resource, with what is open by default."""
    return {**DEFAULTS.get(resource.type, {}), **resource.properties}


def is_open(name: str, value: object) -> bool:
    """Tell whether a property has the value that lets everybody in."""
    return is_value(value, ORDER.get(name, ("", ""))[1])


def is_open_anyway(name: str, old: object, new: object) -> bool:
    """Tell whether what is written is what was so without it."""
    return old is ABSENT and name in OPEN_ANYWAY and is_open(name, new)


def is_closed(name: str, value: object) -> bool:
    """Tell whether a property has the value that lets in the fewest."""
    return is_value(value, ORDER.get(name, ("", ""))[0])


def is_value(value: object, expected: str) -> bool:
    """Tell whether a value is a certain one, whatever its case."""
    return bool(expected) and is_scalar(value) and scalar(value).lower() == expected.lower()


def is_access(resource_type: str, names: tuple[str, ...], *values: object) -> bool:
    """Tell whether values at a path are about access."""
    return (
        is_access_type(resource_type)
        or any(names_somebody(value) or bool(TELLING & constant(value)) for value in values)
        or any(name in ORDER or is_about(ACCESS, name) for name in names)
    )


def constant(value: object) -> frozenset[str]:
    """Return the words of a value that AWS defines, like ``VPC_LINK``; none of any other."""
    written = text(value)
    return words(written) if re.fullmatch("[A-Z_]+", written) else frozenset()


def names_somebody(value: object) -> bool:
    """Tell whether a value says who may do something, or from where: everybody, too."""
    written = text(value)
    is_addresses = "/" in written and block(written) is not None
    return written.lower() in OPEN or is_addresses or IDENTITY.match(written) is not None


def may_open(resource_type: str, names: tuple[str, ...], value: object, _: object = None) -> bool:
    """Tell whether a value that is new with its resource may let somebody in."""
    if is_access_type(resource_type) or names_somebody(value):
        return True
    return any(is_about(GRANTS, name) for name in names) and not any(
        is_value(value, word) for word in OFF
    )


def is_access_type(resource_type: str) -> bool:
    """Tell whether all properties of a type are about access."""
    _, service, kind, *_ = (*resource_type.split("::"), "", "")
    return (
        resource_type in TYPES
        or service in SERVICES
        or is_about(GRANTS, kind)
        or (service == "EC2" and bool(words(kind) & NETWORK))
    )
