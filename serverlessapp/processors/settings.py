"""What may be a setting: an environment variable of a function, readable by all who may look."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

NAME = re.compile(r"[A-Z][A-Z0-9_]+")  # Lambda wants two characters at least
# Bytes of all settings, names and values: Lambda takes 4 KB (AWS Lambda Developer Guide, "Lambda
# quotas"), of which the runtime's own variables need up to about 1,300.
SIZE = 2560
# What the runtime is told; ENVIRONMENT for packages that were made before 0.3.0.
RUNTIME = (
    *("BUCKET_NAME", "DEAD_LETTER_QUEUE_URL", "ENVIRONMENT", "FUNCTION_TIMEOUT", "LEDGER_TABLE"),
    *("PROCESSOR", "PROCESSOR_NAME", "SECRET_ARN", "STACK_NAME"),
)
# Reserved by Lambda, or read by Python and the SDK before the processor is (AWS Lambda Developer
# Guide, "Working with Lambda environment variables"; by prefix, since the lists grow).
RESERVED = re.compile(
    r"AWS_.*|LAMBDA_.*|LD_.*|PYTHON.*|BOTO_.*|PATH|TZ|LANG|LC_.*|HOME|TMPDIR"
    r"|(?:HTTPS?|ALL|NO)_PROXY|(?:REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(?:FILE|DIR)|OPENSSL_.*"
)
SECRET_NAME = re.compile(
    r"(?:.*_)?(?:PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?"
    r"|(?:API|PRIVATE|ACCESS)_?KEY)(?:_ARN)?"
)
ARN = re.compile(r"arn:aws:(?:secretsmanager:[^:]+:\d{12}:secret:|ssm:[^:]+:\d{12}:parameter/).+")
# An AWS access key (IAM User Guide, "Unique identifiers"), a private key (RFC 7468), a password in
# a URL, a reference that CloudFormation replaces by the secret, a token of GitHub's, of Slack's or
# of Stripe's, and a signed one (RFC 7519: each part is JSON in Base64, and begins with a brace).
SECRET_VALUE = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^/@:\s]*:[^/@\s]+@"
    r"|\{\{resolve:(?:secretsmanager|ssm-secure):"
    r"|\bgh[a-z]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}|\bxox[a-z]-\d|//hooks\.slack\.com/services/"
    r"|\b[rs]k_live_|\beyJ[\w-]+\.eyJ[\w-]+\."
)


def errors(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with settings: a name, and words about it."""
    for name, value in settings.items():
        if words := wrong(name, value):
            yield name, words
    size = sum(len(f"{name}{value}".encode(errors="replace")) for name, value in settings.items())
    if size > SIZE:
        words = f"the settings have {size} bytes, and the maximum is {SIZE}: put them into a file"
        yield list(settings)[-1], words


def wrong(name: str, value: Any) -> str:
    """Return what is wrong with a setting; empty if nothing is."""
    if not NAME.fullmatch(name):
        return f"{name} must be at least two capital letters, digits and _, such as MAX_ROWS"
    if name in RUNTIME or RESERVED.fullmatch(name):
        return f"{name} is reserved by Lambda or by the runtime: choose another name"
    if not isinstance(value, str):
        example = str(value).lower() if isinstance(value, int | float) else "text"
        return f'{name} must be a string, as all environment variables are: "{example}"'
    if not (value.isascii() and value.isprintable()):
        return (
            f"{name} must be printable ASCII, because CloudFormation may not preserve other "
            "characters; put them into a file next to the code"
        )
    if not is_secret(name, value):
        return ""
    if name.endswith("_ARN") and SECRET_NAME.fullmatch(name):
        return (
            f"{name} must be empty, or the ARN of a Secrets Manager secret or of a Systems "
            "Manager parameter"
        )
    return (
        f"{name} looks like a secret, and anyone who can view the function could read it: store it "
        f"in Secrets Manager, give its ARN, as in {name}_ARN, and allow reading it in "
        "permissions.py"
    )


def is_secret(name: str, value: str) -> bool:
    """Tell whether a setting seems to be a secret, and not only where to find it."""
    if SECRET_VALUE.search(value):
        return True
    is_address = ARN.fullmatch(value) or (not value and name.endswith("_ARN"))
    return bool(SECRET_NAME.fullmatch(name)) and not is_address
