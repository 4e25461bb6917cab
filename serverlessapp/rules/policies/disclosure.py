"""Whether a stack shows a secret to people who may only look at it.

cfn-lint itself finds those in metadata and outputs: W2010, E1051 and E1052.
"""

import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.rule import Mistake, Rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Place
from serverlessapp.template.values import Choice, Text, Unknown, scalar

# And not a word behind it: a secret's ARN, or a token's life time, is no secret.
SECRET_NAME = re.compile(r"(password|secret|token|credentials?|apikey)$", re.IGNORECASE)
TEXTS = ("String", "CommaDelimitedList", "List<String>")
# CloudFormation User Guide, "Get values stored in other services using dynamic references".
SECRET = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")


class NoEcho(Rule):
    """A parameter that holds a secret is shown to everybody who may describe the stack."""

    id = "W9312"
    shortdesc = "Parameters with secrets are not echoed"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds"

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield the parameters without it."""
        for name, definition in evaluation.template.section("Parameters").items():
            is_secret = SECRET_NAME.search(name) and definition.get("Type") in TEXTS
            if is_secret and "AllowedValues" not in definition and not is_hidden(definition):
                yield Mistake(("Parameters", name), f"everybody sees {name}: add NoEcho")


class NoDisclosure(Rule):
    """What a function's configuration shows holds no secret."""

    id = "W9313"
    shortdesc = "Environment variables hold no secrets"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-encryption"

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield the secrets that are shown."""
        parameters = evaluation.template.section("Parameters")
        # Whatever is given for them: with nothing given, they stay visible as such.
        for resource in Evaluation(template=evaluation.template).resources():
            properties = ("Resources", resource.title, "Properties")
            for place, part in in_environment(resource.properties, properties):
                if SECRET.search(str(part)):
                    yield Mistake(place, "it resolves to a secret: let the code read that itself")
                name = part.name if isinstance(part, Unknown) else ""
                if is_hidden(parameters.get(name, {})):
                    yield Mistake(place, f"it shows the parameter {name}, which is NoEcho")


def in_environment(value: Any, place: Place, inside: bool = False) -> Iterator[tuple[Place, Any]]:
    """Yield the scalars in environment variables, or their parts, and where they are."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from in_environment(item, (*place, key), inside or "Environment" in key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from in_environment(item, (*place, index), inside)
    elif isinstance(value, Choice):
        for item in (value.then, value.otherwise):
            yield from in_environment(item, place, inside)
    elif isinstance(value, Text):
        for part in value.parts:
            yield from in_environment(part, place, inside)
    elif inside:
        yield place, value


def is_hidden(definition: Any) -> bool:
    """Tell whether a parameter is not shown; JSON may have it as a text."""
    return scalar(definition.get("NoEcho", False)).lower() == "true"
