"""Whether a template shows a secret to people who may only look at the stack."""

import json
import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.policies.templates import Template

Found = Iterator[tuple[str, str]]  # logical ID and message

SECRET_NAME = re.compile(r"password|secret|token|credential|apikey", re.IGNORECASE)
# AWS CloudFormation User Guide, "Get values stored in other services using dynamic references".
DYNAMIC_SECRET = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")


def echoed_parameters(template: Template) -> Found:
    """A parameter that holds a secret is shown to everybody who may describe the stack."""
    for name, parameter in template.content.get("Parameters", {}).items():
        if SECRET_NAME.search(name) and not is_true(parameter.get("NoEcho")):
            yield name, "the parameter holds a secret, and has no NoEcho"


def shown_secrets(template: Template) -> Found:
    """Outputs, and what a function's configuration shows, hold no secret."""
    hidden = {
        name
        for name, parameter in template.content.get("Parameters", {}).items()
        if is_true(parameter.get("NoEcho"))
    }
    shown = {("", "Metadata"): template.content.get("Metadata", {})}
    shown |= {(name, "output"): item for name, item in template.content.get("Outputs", {}).items()}
    for name, resource in template.resources.items():
        properties = resource.get("Properties", {})
        shown[name, "Metadata"] = resource.get("Metadata", {})
        shown[name, "environment"] = properties.get("Environment", {})
    for (name, what), value in shown.items():
        text = json.dumps(value)
        if DYNAMIC_SECRET.search(text):
            yield name, f"the {what} resolves to a secret"
        for parameter in sorted(hidden):
            if f'"Ref": "{parameter}"' in text or f"${{{parameter}}}" in text:
                yield name, f"the {what} shows the parameter {parameter}, which is NoEcho"


def is_true(value: Any) -> bool:
    """Tell whether a template's value is true; JSON may have it as a string."""
    return str(value).lower() == "true"
