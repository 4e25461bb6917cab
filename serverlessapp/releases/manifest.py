"""What a release contains, for people and for tools."""

import json
from collections.abc import Mapping
from typing import Any

from serverlessapp.releases.archive import digest, parsed


def manifest(
    version: str, date: str, templates: Mapping[str, bytes], *, upgrades_from: str
) -> bytes:
    """Return the manifest of a release, whose templates are given by file name.

    ``upgrades_from`` is the oldest version from which a stack can be updated to this one
    without losing what it holds; this version when there is no older one.
    """
    content = {
        "version": version,
        "date": date,
        "upgrades_from": upgrades_from,
        "templates": {
            name: {
                "sha256": digest(data),
                "bytes": len(data),
                "functions": functions(parsed(name, data).content),
            }
            for name, data in sorted(templates.items())
        },
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def functions(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of each function's inline code by logical ID."""
    return {
        logical_id: digest(code.encode())
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
        for code in inline_code(resource.get("Properties", {}).get("Code"))
    }


def inline_code(value: Any) -> list[str]:
    """Return what is under ``ZipFile``, in whichever branch it is."""
    if isinstance(value, list):
        return [code for item in value for code in inline_code(item)]
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("ZipFile"), str):
        return [value["ZipFile"]]
    return [code for item in value.values() for code in inline_code(item)]
