"""What to do about a refusal that comes from AWS, or from what the machine knows about AWS."""

import re

SIGN_IN = "sign in again (aws login, aws sso login), or give --profile"
LATER = "try again later"
ENDPOINT = "check --endpoint-url, --region and the network"

# The first that matches counts. Exceptions of botocore by name; codes of services as in AWS
# Management Console Help, "Common Errors", Amazon S3 API Reference, "Error responses", and
# botocore.retries.standard, which has those of throttling.
EXCEPTIONS = {
    "NoRegionError": "give --region, or set AWS_DEFAULT_REGION",
    "InvalidRegionError": "give --region, such as eu-west-1",
    "ProfileNotFound": "list them with: aws configure list-profiles",
    "(NoCredentials|PartialCredentials|CredentialRetrieval|TokenRetrieval)Error": SIGN_IN,
    "SSO.*|UnauthorizedSSO.*|Login.*": SIGN_IN,
    "(ResponseParser|HTTPClient|SSL|.*Connection.*|.*Timeout)Error": ENDPOINT,
}
CODES = {
    "Expired.*|RequestExpired": SIGN_IN,
    "(InvalidClientToken|InvalidAccessKey)Id|UnrecognizedClient.*|MissingAuthentication.*": SIGN_IN,
    "SignatureDoesNotMatch|IncompleteSignature|RequestTimeTooSkewed": (
        "check the credentials and the clock of this machine"
    ),
    "AccessDenied.*|NotAuthorized|Unauthorized.*|403": "permission is missing: check --profile, "
    "or ask an administrator",
    ".*Throttl.*|SlowDown|TooManyRequests.*|.*LimitExceeded.*|.*ThroughputExceeded.*": (
        "AWS throttled the requests: try again later"
    ),
    "OptInRequired": "enable the Region or the service in the account",
    "ConditionalRequestConflict|Internal.*|ServiceUnavailable|5..": LATER,
}


def hint(error: Exception) -> str:
    """Return what to do about an error; empty where that is not known."""
    response = getattr(error, "response", None)  # other libraries' errors have one, too
    table, name = EXCEPTIONS, type(error).__name__
    if isinstance(response, dict):
        table, name = CODES, response["Error"]["Code"]
    return next((words for pattern, words in table.items() if re.fullmatch(pattern, name)), "")


def explained(error: Exception) -> str:
    """Return an error's words, and what to do where that is known, in one line."""
    return ": ".join(filter(None, (str(error).rstrip("."), hint(error))))
