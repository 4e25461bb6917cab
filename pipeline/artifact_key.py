"""The key of artifacts and code, which other accounts need: S3's own key stays in its account.

One key in several Regions, so that its ARN in each follows from the one that the form asks for.

Source: CodePipeline User Guide, "Create a pipeline in CodePipeline that uses resources from another
AWS account"; AWS KMS Developer Guide, "Multi-Region keys in AWS KMS".
"""

from awacs import kms as actions
from awacs.aws import Statement
from troposphere import Equals, GetAtt, If, Not, Parameter, Ref, Sub, Template, encode_to_dict, kms

from generators.context import CONSTRAINED, explained
from generators.encryption import ANY, PENDING_WINDOW, account, administer_key
from generators.policies import allow, document
from generators.retention import Retention
from pipeline import names
from pipeline.grants.reading import NAMED, by_environments
from pipeline.grants.storage import DECRYPT, ENCRYPT

IS_PRIMARY, HAS_BUCKETS = "IsPrimary", "HasBuckets"


def add_to(template: Template, *, primary: Parameter, accounts: list[str]) -> tuple[If, GetAtt]:
    """Add the key or, where the ARN of the primary is given, its replica.

    Roles of environments in the other ``accounts`` may decrypt.

    Returns:
        The ARN of whichever there is, and that of the replica.
    """
    template.add_condition(IS_PRIMARY, Equals(Ref(primary), ""))
    template.add_condition(HAS_BUCKETS, Not(Equals(Ref(primary), "")))
    policy = document(
        administer_key(), replicate_key(), use_key(), decrypt_from_other_accounts(accounts)
    )
    description = Sub("Encrypts artifacts and packages of ${PipelineStackName}")
    must = [
        "Must be kept as long as any artifact or package: without the key, they cannot be read.",
        "The key policy is the same in each Region; a replica has its own copy.",
    ]
    key = template.add_resource(
        kms.Key(
            "ArtifactKey",
            Metadata=explained(
                "Created before the pipeline, in the pipeline's Region. In a separate stack, "
                "because both the pipeline and the replicas refer to it.",
                mutable=CONSTRAINED,
                must=must,
                skip=NAMED,
            ),
            Condition=IS_PRIMARY,
            Description=description,
            MultiRegion=True,
            EnableKeyRotation=True,
            PendingWindowInDays=PENDING_WINDOW,
            KeyPolicy=policy,
            **Retention.RETAINED.key_policies,
        )
    )
    replica = template.add_resource(
        kms.ReplicaKey(
            "ArtifactKeyReplica",
            Metadata=explained(
                "Replica of the primary key: CodePipeline needs a key in each Region that it "
                "deploys to. It has the primary's key ID and rotates with it.",
                mutable=CONSTRAINED,
                must=must,
                skip=NAMED,
            ),
            Condition=HAS_BUCKETS,
            Description=description,
            PrimaryKeyArn=Ref(primary),
            PendingWindowInDays=PENDING_WINDOW,
            KeyPolicy=encode_to_dict(policy),  # its type takes no other, yet
            **Retention.RETAINED.key_policies,
        )
    )
    arn = replica.get_att("Arn")
    return If(IS_PRIMARY, key.get_att("Arn"), arn), arn


def replicate_key() -> Statement:
    """Let administrators make replicas.

    Source: AWS KMS Developer Guide, "Control access to multi-Region keys".
    """
    return allow(
        "ReplicateKey",
        [actions.ReplicateKey, actions.UpdatePrimaryRegion],
        ANY,
        principal=account(),
    )


def use_key() -> Statement:
    """Let the pipeline's roles encrypt and decrypt, where their own policies say so, too."""
    return allow(
        "UseKey",
        # administer_key has kms:DescribeKey.
        [each for each in ENCRYPT if each is not actions.DescribeKey],
        ANY,
        principal=account(),
    )


def decrypt_from_other_accounts(accounts: list[str]) -> Statement:
    """Let roles of environments in other accounts decrypt, where their own policies say so, too.

    Source: AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
    """
    return by_environments(
        "DecryptFromOtherAccounts",
        accounts,
        (names.REVIEW, names.DELIVER, names.DEPLOY),
        DECRYPT,
        ANY,
    )
