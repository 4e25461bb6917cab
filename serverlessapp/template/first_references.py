"""Which resources and parameters a value refers to."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.template.first_evaluation import VARIABLE

Reference = tuple[str, str]  # name, and the attribute, empty for Ref


def references(value: Any) -> Iterator[Reference]:
    """Yield what is named by ``Ref``, ``Fn::GetAtt`` and ``Fn::Sub``, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, argument in value.items():
        if key == "Ref":
            yield argument, ""
        elif key == "Fn::GetAtt":
            parts = argument.split(".", 1) if isinstance(argument, str) else argument
            yield parts[0], parts[1] if isinstance(parts[1], str) else "?"
        elif key == "Fn::Sub":
            text, given = argument if isinstance(argument, list) else (argument, {})
            for name in VARIABLE.findall(text):
                if name not in given:
                    resource, _, attribute = name.partition(".")
                    yield resource, attribute
            yield from references(list(given.values()))
        else:
            yield from references(argument)
