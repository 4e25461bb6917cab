"""What AWS's own validator of templates says: the package cloudformation-validate."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cloudformation_validate import RegoEngine

from serverlessapp.template.reading import Template

# It takes the defaults of parameters without the conditions that guard them; most are empty.
GUARDED = "'' does not match "
# What it says and we keep.
KEPT = {
    "W1030",  # for the same reason
    # It says of each property which replaces its resource that it does; Context says so too, and
    # tests/unit/generators/test_context.py checks that it does.
    "I9001",
}


def findings(template: Template) -> set[str]:
    """Return what the validator finds in a template."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.json"
        path.write_text(json.dumps(template.content), encoding="utf-8")
        found = engine().validate_template(str(path)).diagnostics
    return {
        f"{item.rule_id}: {item.message}"
        for item in found
        if item.rule_id not in KEPT and not item.message.startswith(GUARDED)
    }


@cache
def engine() -> RegoEngine:
    """Return the validator, made once."""
    return RegoEngine()
