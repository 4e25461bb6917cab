"""What AWS would refuse in the middle of a deployment, refused when a template is made."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from troposphere import Template

from generators.render import GenerationError
from serverlessapp.processors.definition import Processor
from serverlessapp.template import reading
from serverlessapp.template.evaluation import Evaluation

# CloudFormation User Guide, "Understand CloudFormation quotas".
MAXIMUM = {"Parameters": 200, "Outputs": 200, "Resources": 500}
# Of all inline policies of a role (IAM User Guide, "IAM and AWS STS quotas"; white space does not
# count).
POLICY_CHARACTERS = 10_240
# A stack's name, and what CloudFormation, an ARN and the longest attribute add to a logical ID.
STACK_NAME, AROUND = 128, 80
PSEUDO = {"AWS::AccountId": 12, "AWS::Partition": 3, "AWS::Region": 14, "AWS::URLSuffix": 13}
SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources")


@contextmanager
def distinct(processor: Processor) -> Iterator[None]:
    """Refuse a name that is there already, while what a processor needs is added.

    Raises:
        GenerationError: There is one.
    """
    try:
        yield
    except ValueError as error:  # troposphere's
        if "duplicate key" not in str(error):
            raise
        raise GenerationError(
            f"processor {processor.name}: {error}: rename its folder, or the setting of this name"
        ) from error


def check(template: Template, processors: Sequence[Processor]) -> None:
    """Refuse a template that AWS would refuse.

    Raises:
        GenerationError: It would; the message says what to change.
    """
    content = template.to_dict()
    for section, maximum in MAXIMUM.items():
        if (count := len(content[section])) > maximum:
            raise GenerationError(
                f"the {len(processors)} processors make {count} {section}, of {maximum} that a "
                "template may have: move some to a stack of their own, or have fewer settings"
            )
    names = Counter(name for section in SECTIONS for name in content.get(section, ()))
    for name, count in names.items():
        if count > 1:
            raise GenerationError(
                f"{name} would stand for two things{owner(name, processors)}: rename the setting"
            )
    for processor in processors:
        refuse_long_policies(content, processor)


def owner(name: str, processors: Sequence[Processor]) -> str:
    """Return whose parameter a name is, for a message."""
    owners = [
        f", also for {variable} of processor {processor.name}"
        for processor in processors
        for variable in processor.settings
        if processor.setting(variable) == name
    ]
    return "".join(owners)


def refuse_long_policies(content: dict[str, Any], processor: Processor) -> None:
    """Refuse policies that can get too long for the role of a processor's function.

    Raises:
        GenerationError: They can.
    """
    titles = map(processor.logical_id, ("FileProcessorPolicy", "FileProcessorKeyPolicy"))
    documents = [content["Resources"][title]["Properties"]["PolicyDocument"] for title in titles]
    length = sum(longest(document, content) for document in documents)
    if length > POLICY_CHARACTERS:
        raise GenerationError(
            f"processor {processor.name}: the policies of its role can get {length:,} characters "
            f"long, of {POLICY_CHARACTERS:,} that IAM takes: have fewer suffixes or a shorter "
            "folder, or allow less in permissions.py"
        )


def longest(document: Any, content: dict[str, Any]) -> int:
    """Return how many characters a policy has where each name in it is as long as can be."""
    evaluation = Evaluation(template=reading.Template(content=content))
    text = json.dumps(evaluation.value(document), separators=(",", ":"), default=str)

    def length(hole: re.Match[str]) -> str:
        name = hole[1].partition(".")[0]
        if name in content["Parameters"]:
            return "x" * int(content["Parameters"][name].get("MaxLength", 16))
        return "x" * PSEUDO.get(name, STACK_NAME + len(name) + AROUND)

    return len(re.sub(r"\$\{([^}]+)\}", length, text))
