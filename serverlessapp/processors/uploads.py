"""Which uploads a processor takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Literal

from serverlessapp.errors import ProcessorError

if TYPE_CHECKING:
    from serverlessapp.processors.definition import Processor

DEFAULT_PREFIX = "uploads/"  # a stack's UploadPrefix
RESULTS = "results/"  # the only place in the upload bucket that processors may write to
# Of a stack's UploadPrefix. No "*" or "?": it is also part of an ARN in a policy. And not where
# processors write, or their results would be processed in turn.
PREFIX = f"(?!{RESULTS})([A-Za-z0-9_.=-]+/)+"
PREFIX_WORDS = (
    "must be one or more folders of letters, digits and _ . = -, each ending in a slash, such as "
    f"uploads/ or in/eu/, and must not begin with {RESULTS}"
)


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """Where files come from, below the stack's ``UploadPrefix``."""

    # How they are announced: by the bucket itself, or through EventBridge.
    source: Literal["notification", "eventbridge"] = "notification"
    folder: str = ""  # empty, or folders that end in a slash
    suffixes: tuple[str, ...] = ()  # ends of names; without any, all names

    def take(self, name: str) -> bool:
        """Tell whether they take a file, by its name below ``UploadPrefix``; case counts."""
        return name.startswith(self.folder) and (not self.suffixes or name.endswith(self.suffixes))

    def __str__(self) -> str:
        return f"{self.folder}*{' *'.join(self.suffixes)}"


def overlap(left: Uploads, right: Uploads) -> bool:
    """Tell whether S3 would refuse to announce both in one bucket.

    It does where the prefixes overlap and so do the suffixes, whatever files there are. What goes
    through EventBridge is no notification of a lane's own, so it overlaps nothing.

    Source: Amazon S3 User Guide, "Configuring event notifications using object key name filtering".
    """
    return (
        left.source == right.source == "notification"
        and (left.folder.startswith(right.folder) or right.folder.startswith(left.folder))
        and any(
            ends_alike(*pair) for pair in product(left.suffixes or ("",), right.suffixes or ("",))
        )
    )


def ends_alike(left: str, right: str) -> bool:
    """Tell whether a name can end in both suffixes, as in ``.gz`` and ``.tar.gz``."""
    return left.endswith(right) or right.endswith(left)


def misplaced(folder: str) -> str:
    """Return what is wrong with a folder that begins like what it is below or beside, or nothing.

    S3 would take it, and nobody would see why no file is processed.
    """
    first, _, rest = folder.partition("/")
    if f"{first}/" == DEFAULT_PREFIX:
        return f'folder is below UploadPrefix, which is {DEFAULT_PREFIX} by default: write "{rest}"'
    if f"{first}/" == RESULTS:
        return (
            f"folder is below UploadPrefix, and what processors write below {RESULTS} is never "
            'processed: name a folder of uploads, such as "reports/"'
        )
    return ""


def refuse_overlaps(processors: Iterable["Processor"]) -> None:
    """Refuse two lanes that ask for the same notification."""
    for left, right in combinations(processors, 2):
        if overlap(left.uploads, right.uploads):
            raise ProcessorError(
                f"{left.declaration} takes {left.uploads} and {right.declaration} takes "
                f"{right.uploads}, but S3 can notify only one queue of a file: change the folder "
                'or suffixes of one, or set source = "eventbridge" in [uploads] of the newer one'
            )
