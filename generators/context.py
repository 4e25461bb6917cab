"""Why a resource is as it is: written where it is made, read in the template.

The keys are AWS's own (CloudFormation Template Reference, "Metadata attribute", context schema).
What an analyzer objects to and we keep stands beside them, where that analyzer looks. ADR 0021.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

KEY: Final = "com.aws.cloudformation.Context"

Mutability = Literal[
    "must-never-change", "change-with-constraints", "review-required", "free-to-tune"
]
NEVER: Final = "must-never-change"
CONSTRAINED: Final = "change-with-constraints"
REVIEWED: Final = "review-required"
FREE: Final = "free-to-tune"

NOTHING: Mapping[str, Any] = MappingProxyType({})


def explained(
    why: str,
    *,
    mutable: Mutability,
    must: Sequence[str] = (),
    mutability: Mapping[str, Mutability] = NOTHING,
    skip: Mapping[str, str] = NOTHING,
) -> dict[str, Any]:
    """Return the ``Metadata`` of a resource.

    Args:
        why: What it is for, what was chosen, what was rejected; not what its properties say.
        mutable: How dangerous a change is, for properties that are not in ``mutability``.
        must: What breaks something when it no longer holds.
        mutability: Properties that are not as ``mutable`` says.
        skip: Findings that stay, by the rule's ID: checkov's, or one that cfn-lint runs, ours
            included. The reason is what people read instead of the finding.
    """
    context: dict[str, Any] = {"why": why}
    if must:
        context["must"] = list(must)
    context["mutable"] = mutable
    if mutability:
        context["mutability"] = dict(mutability)
    metadata: dict[str, Any] = {KEY: context}
    checkov = {rule: reason for rule, reason in skip.items() if rule.startswith("CKV")}
    if checkov:
        metadata["checkov"] = {"skip": [{"id": k, "comment": why} for k, why in checkov.items()]}
    if others := {rule: reason for rule, reason in skip.items() if rule not in checkov}:
        # cfn-lint reads its "config" only, and has no place for reasons in that.
        metadata["cfn-lint"] = {"config": {"ignore_checks": list(others)}, "reasons": others}
    return metadata


def architecture(
    arch: str, *, must: Sequence[str], ref: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    """Return what the whole template says of itself, a part of its ``Metadata``.

    ``arch`` has the parts, and what goes from one to the next; ``must``, what holds for all of
    them; ``ref``, pages of this repository, and what they have. Whom it belongs to is a tag, and
    AWS's schema wants it only in one place.
    """
    refs = [{"at": page, "has": content} for page, content in ref.items()]
    return {KEY: {"arch": arch, "must": list(must)} | ({"ref": refs} if refs else {})}
