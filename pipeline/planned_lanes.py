"""The lanes for which roles are derived: those that there are, and one that may come."""

from collections.abc import Sequence
from pathlib import Path

from generators.lanes import Lane, load
from serverlessapp.processors.definition import Processor
from serverlessapp.processors.uploads import Uploads

# Has every kind of resource that a lane can have, so that the first of its sort needs no other
# roles: a package and a rule, and it reads all files. What announces files otherwise, a property of
# the bucket, takes no permission that this one does not. Its name is too long for a processor's.
LATER = Lane(
    processor=Processor(
        name="whateverlanemaycome",
        folder=Path("processors"),
        handler="whatever:may_come",
        uploads=Uploads(source="eventbridge"),
    )
)


def planned(lanes: Sequence[Lane] | None = None) -> tuple[Lane, ...]:
    """Return the lanes, or those of the repository, and the one that may come."""
    return (*(load() if lanes is None else lanes), LATER)
