"""What a property or a type is about, from the words of its name.

AWS has 1,850 types with 17,000 names of properties, and more each week. Their names are made of
few words, and these tell what the schemas do not: that something is about access, or about how
long data is kept. Whatever no rule judges is told by them.
"""

import re
from collections.abc import Sequence
from functools import cache

from serverlessapp.template import schemas

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Who may use a resource, and what it may use.
GRANTING = vocabulary(
    "access accessible acl allow allowed anonymous auth authentication authorization "
    "authorize authorized authorizer bypass cidr cors credential delegated egress "
    "entitlement exposed external federated federation grant grantee guest iam ingress "
    "internet invoke invoker member membership oauth oidc permission permit permitted "
    "policies policy principal privilege privileged public publicly role saml share shared "
    "sharing sso subscriber subscription trust trusted unauthenticated whitelist"
)
# What else keeps others out, or lets them in.
GUARDING = GRANTING | vocabulary(
    "account admin administrator assume audience authenticated boundary capabilities claim "
    "cognito consent delegation denied deny disallow encrypted encryption enforce "
    "enforcement firewall forbidden https identities identity inbound insecure isolation "
    "issuer jwks jwt kms login mfa mutual organization organizational outbound owner "
    "ownership password private protocol reader restrict restricted restriction scope secure "
    "security signer signing sse ssh ssl subnet tls unencrypted unprotected unsecured "
    "untrusted user visibility visible vpc waf website writer"
)
POLICY = frozenset(("policies", "policy"))
# Policies that say how something works.
WORKINGS = vocabulary(
    "autoscaling backup cache caching capacity creation deletion delivery deployment "
    "eviction expiration failover health lifecycle maintenance placement processing queue "
    "recovery redrive refresh renewal replace restart retention retry rollback rollout "
    "routing sampling scaling scheduler scheduling snapshot stickiness termination "
    "throttling tiering traffic update upgrade"
)
# How long data is kept, and what protects it.
LASTING = vocabulary(
    "archive az backup delete deletion destroy durability expiration expire expiry failover "
    "final letter lifecycle lock locked mutability preserve prevent protect protected "
    "protection recovery redrive redundancy replica replication retain retained retention "
    "snapshot terminate termination undelete versioned versioning worm "
    # of databases, by the names of their settings
    "appendonly binlog flush fsync synchronous"
)
# What is about neither, whatever else the name says.
HARMLESS = vocabulary("comment delay description health memory timeout wait")
# What users name as they like: programs, not AWS, know what it means.
FREE = frozenset(("EnvironmentVariables", "Variables"))
# Names whose words mislead.
NEITHER = vocabulary(
    "BackupWindow CopyTagsToBackups CopyTagsToSnapshot CopyTagsToSnapshots "
    "PreferredBackupWindow SnapshotWindow UserData VisibilityConfig"
)
# Names whose words do not tell.
ABOUT_ACCESS = vocabulary(
    "ApiKey APIKey ApiKeySourceType Body BodyS3Location ClientCertificateId DefinitionBody "
    "DefinitionUri Ec2InstanceProfileArn Ec2KeyName EnableExecuteCommand EnableHttpEndpoint "
    "FilterGroups Groups GroupSet InstanceProfileArn InstanceProfileName IntrospectionConfig "
    "IpcMode KeyName KeyPairName MetadataOptions MinimumProtocolVersion NetworkMode NfsExports "
    "PidMode ReadonlyRootFilesystem Scheme SourceDestCheck TruststoreUri User"
)
ABOUT_KEEPING = vocabulary(
    "AddOns BacktrackWindow DefaultTimeToLive DestinationConfig KinesisStreamSpecification "
    "PendingWindowInDays RegularColumns ServerProperties StreamSpecification TimeToLive "
    "TimeToLiveSpecification"
)

# What a name can be about: words, and names whose words do not tell.
GRANTS, ACCESS = (GRANTING, ABOUT_ACCESS), (GUARDING, ABOUT_ACCESS)
KEEPING = (LASTING, ABOUT_KEEPING)


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of a name in lower case, as they are and without an ``s``."""
    parts = [part.lower() for part in WORD.findall(name)]
    return frozenset((*parts, *(part.removesuffix("s") for part in parts)))


@cache
def is_about(topic: tuple[frozenset[str], frozenset[str]], name: str) -> bool:
    """Tell whether a name is about a topic, and has no word that makes it about something else."""
    terms, names = topic
    mentioned = words(name) & terms
    if name in names or not mentioned or name in NEITHER or words(name) & HARMLESS:
        return name in names
    return not (mentioned <= POLICY and words(name) & WORKINGS)


def is_harmless(resource_type: str, names: Sequence[str]) -> bool:
    """Tell whether the value at a path is a label, a description or a time to wait.

    Other properties with tags say what a resource applies to: a firewall, or backups.
    """
    return bool(names) and (
        any(name in FREE or name in NEITHER or name == "Tags" for name in names)
        or names[0] == labels(resource_type)
        or bool(words(names[-1]) & HARMLESS)
    )


@cache
def labels(resource_type: str) -> str:
    """Return the property with a resource's own tags; empty if it is not known.

    Source: resource type definition schema, ``tagging``.
    """
    if resource_type not in schemas.digests(schemas.REGION):
        return ""
    tagging = schemas.schema(resource_type).get("tagging") or {}
    return str(tagging.get("tagProperty", "")).removeprefix("/properties/")
