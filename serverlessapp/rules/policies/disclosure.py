"""Whether a stack shows a secret to people who may only look at it.

cfn-lint itself finds those in metadata and outputs: W2010, E1051 and E1052.
"""

import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.rule import Mistake, rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import is_secret
from serverlessapp.template.reading import Place
from serverlessapp.template.values import Text, Unknown, alternatives

PRACTICES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
# And not a word behind it: a secret's ARN, or a token's life time, is no secret.
SECRET_NAME = re.compile(r"(password|secret|token|credentials?|apikey)$", re.IGNORECASE)
TEXTS = ("String", "CommaDelimitedList", "List<String>")
# CloudFormation User Guide, "Get values stored in other services using dynamic references".
SECRET = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")


@rule("W9312", f"{PRACTICES}.html#creds")
def no_echo(evaluation: Evaluation) -> Iterator[Mistake]:
    """Parameters with secrets have NoEcho.

    A parameter that holds a secret is shown to everybody who may describe the stack.
    """
    for name, definition in evaluation.template.section("Parameters").items():
        holds_secret = SECRET_NAME.search(name) and definition.get("Type") in TEXTS
        if holds_secret and "AllowedValues" not in definition and not is_secret(definition):
            yield Mistake(("Parameters", name), f"{name} is visible to everybody: add NoEcho")


@rule("W9313", f"{LAMBDA}#configuration-envvars-encryption")
def no_disclosure(evaluation: Evaluation) -> Iterator[Mistake]:
    """Environment variables hold no secrets.

    Everybody sees them who may look at a function's configuration.
    """
    parameters = evaluation.template.section("Parameters")
    # Whatever is given for them: with nothing given, they stay visible as such.
    for resource in Evaluation(template=evaluation.template).resources():
        properties = ("Resources", resource.title, "Properties")
        for place, part in in_environment(resource.properties, properties):
            if SECRET.search(str(part)):
                yield Mistake(place, "it resolves to a secret: let the code read the secret itself")
            name = part.name if isinstance(part, Unknown) else ""
            if is_secret(parameters.get(name, {})):
                yield Mistake(place, f"it exposes the parameter {name}, which has NoEcho")


def in_environment(value: Any, place: Place, inside: bool = False) -> Iterator[tuple[Place, Any]]:
    """Yield the scalars in environment variables, or their parts, and where they are."""
    for alternative, _ in alternatives(value):
        if isinstance(alternative, dict):
            for key, item in alternative.items():
                yield from in_environment(item, (*place, key), inside or "Environment" in key)
        elif isinstance(alternative, list):
            for index, item in enumerate(alternative):
                yield from in_environment(item, (*place, index), inside)
        elif isinstance(alternative, Text):
            for part in alternative.parts:
                yield from in_environment(part, place, inside)
        elif inside:
            yield place, alternative
