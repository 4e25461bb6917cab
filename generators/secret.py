"""The secret that receipts are signed with."""

import json
from dataclasses import dataclass

from troposphere import If, NoValue, Template, kms, secretsmanager

from generators.context import CONSTRAINED, FREE, explained
from generators.parameters import CUSTOMER_MANAGED_KEY
from generators.retention import Retention

EXCLUDED_CHARACTERS = " %+~`#$&*()|[]{}:;<>?!'/\"\\"
PASSWORD_LENGTH = 32  # characters of 70: about 196 bits


@dataclass(frozen=True, kw_only=True)
class SecretRefs:
    """What later generators need from the secret."""

    secret: secretsmanager.Secret


def add_to(template: Template, *, key: kms.Key, retention: Retention) -> SecretRefs:
    secret = template.add_resource(
        secretsmanager.Secret(
            "Secret",
            Metadata=explained(
                "Signs ledger entries, so that changes to them are detected. Secrets Manager "
                "generates the password, so nobody has to know it; it has no characters that "
                "break shells, URLs, connection strings or JSON.",
                mutable=CONSTRAINED,
                must=[
                    "Changing GenerateSecretString generates a new password. Entries are "
                    "verified with the secret version that signed them: verify all entries "
                    "before such a change, and before every second rotation.",
                    'The function reads the field "password".',
                ],
                mutability={"Description": FREE, "Tags": FREE},
            ),
            Description="Signs ledger entries (field: password)",
            GenerateSecretString=secretsmanager.GenerateSecretString(
                SecretStringTemplate=json.dumps({"username": "admin"}),
                GenerateStringKey="password",
                PasswordLength=PASSWORD_LENGTH,
                ExcludeCharacters=EXCLUDED_CHARACTERS,
                IncludeSpace=False,
            ),
            # Otherwise Secrets Manager's own, which it makes with the first secret. Its alias would
            # have to exist. docs/operations.md: how to see that a key is off after a switch.
            KmsKeyId=If(CUSTOMER_MANAGED_KEY, key.get_att("Arn"), NoValue),
            **retention.policies,
        )
    )
    return SecretRefs(secret=secret)
