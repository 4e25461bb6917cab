"""A function's role, sizes and environment variables are such as Lambda takes.

AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role", and
"Using Lambda environment variables", which has the reserved names and the limit; "Lambda quotas",
whose limits the schema has only for managed instances, where they are higher.
"""

import json
from collections.abc import Iterator

from ministack.services import iam

from local.validation.resources import Properties, refuses
from serverlessapp.template import schemas

LIMIT = 4096  # bytes, of all names and values together
# Of memory and /tmp in MB, of the time-out in seconds.
LARGEST = {"MemorySize": 10240, "EphemeralStorage": 10240, "Timeout": 900}
RESERVED = "extensions/aws_lambda_function/environment_variable_keys.json"


@refuses("AWS::Lambda::Function")
def role(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a role that does not exist; whether it trusts Lambda, ``local.enforcement`` asks."""
    if properties["Role"].rpartition("/")[2] not in iam._roles:
        yield "The role defined for the function cannot be assumed by Lambda."


@refuses("AWS::Lambda::Function")
def sizes(_: str, properties: Properties) -> Iterator[str]:
    """Refuse more than a function has that runs on no managed instance."""
    if "CapacityProviderConfig" in properties:
        return
    for name, limit in LARGEST.items():
        value = properties.get(name, 0)
        if int(value["Size"] if isinstance(value, dict) else value) > limit:
            yield f"{name}: Member must have value less than or equal to {limit}"


@refuses("AWS::Lambda::Function")
def environment(_: str, properties: Properties) -> Iterator[str]:
    """Refuse reserved names, and more than 4 KB."""
    variables = properties.get("Environment", {}).get("Variables", {})
    reserved = schemas.read(RESERVED)["propertyNames"]["not"]["enum"]
    failed = "Lambda was unable to configure your environment variables because the environment"
    if wrong := sorted(variables.keys() & set(reserved)):
        yield (
            f"{failed} variables you have provided contains reserved keys that are currently not "
            f"supported for modification. Reserved keys used in this request: {', '.join(wrong)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LIMIT:
        yield f"{failed} variables you have provided exceeded the 4KB limit."
