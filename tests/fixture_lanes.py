"""Lanes for tests of the product, which must not depend on what is in ``processors/``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from generators.extension import Grants, no_grants
from generators.lanes import Lane
from serverlessapp.processors.definition import FIRST, Processor
from serverlessapp.processors.function import Function
from serverlessapp.processors.uploads import Uploads

LANES = Path(__file__).resolve().parent / "lanes"
# Of a team that has no receipts: a package for two suffixes in a folder, and one fed by a rule.
FORK = LANES.with_name("fork")


def lane(
    name: str = FIRST,
    *,
    handler: str = "",
    source: Literal["notification", "eventbridge"] = "notification",
    folder: str = "",
    suffixes: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    grants: Grants = no_grants,
    **function: Any,
) -> Lane:
    """Return a lane; what is left out is as in a ``processor.toml`` that leaves it out.

    ``receipts`` is the inline one, whose files are in tests/lanes. The handler is ``sign_receipt``
    or, for others, ``<name>:run`` by default.
    """
    processor = Processor(
        name=name,
        folder=LANES / name,
        handler=handler or ("index:sign_receipt" if name == FIRST else f"{name}:run"),
        uploads=Uploads(source=source, folder=folder, suffixes=tuple(suffixes)),
        function=Function(**function),
        settings=settings or {},
    )
    return Lane(processor=processor, grants=grants)
