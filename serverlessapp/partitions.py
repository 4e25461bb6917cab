"""Which Region is in which partition of AWS; the templates support the standard one alone (ADR 24).

From the list that botocore carries, read as a file: importing botocore takes far longer.
"""

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

STANDARD = "aws"
CONSOLE = "console.aws.amazon.com"  # the one name that AWS offers no pseudo parameter for


@cache
def partitions() -> Mapping[str, str]:
    """Return the name of the partition by that of the Region: ``{"us-east-1": "aws", ...}``."""
    spec = importlib.util.find_spec("botocore")
    folder = Path(spec.origin).parent / "data"  # type: ignore[union-attr,arg-type]
    content = json.loads((folder / "partitions.json").read_text(encoding="utf-8"))
    return {
        region: partition["id"]
        for partition in content["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")  # stands for services without Regions
    }


def supported() -> tuple[str, ...]:
    """Return the Regions of the standard partition, sorted."""
    return tuple(sorted(name for name, where in partitions().items() if where == STANDARD))
