"""What AWS would refuse in the middle of a deployment, refused when a template is made."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from awacs.aws import PolicyDocument
from troposphere import Template, encode_to_dict

from generators import function_options, statements
from generators.render import GenerationError
from serverlessapp.processors.definition import Processor
from serverlessapp.template import reading
from serverlessapp.template.evaluation import Evaluation

# Of all inline policies of a role (IAM User Guide, "IAM and AWS STS quotas"; white space does not
# count).
POLICY_CHARACTERS = 10_240
# A stack's name, and what CloudFormation, an ARN and the longest attribute add to a logical ID.
STACK_NAME, AROUND = 128, 80
DIGITS = 16  # of a parameter that is a number
# Of an event pattern, 2,048 (Amazon EventBridge User Guide, "Amazon EventBridge quotas"), without
# what stands around the keys, the bucket's name among it.
PATTERN_CHARACTERS = 2048 - 200
PREFIX_CHARACTERS, SHORTEST_PREFIX = 256, 32  # of UploadPrefix
PSEUDO = {"AWS::AccountId": 12, "AWS::Partition": 3, "AWS::Region": 14, "AWS::URLSuffix": 13}
SECTIONS = ("parameters", "mappings", "conditions", "resources")


@contextmanager
def refused(owner: str) -> Iterator[None]:
    """Say in whose name troposphere refuses what is added meanwhile, and what to do.

    It counts resources, parameters and outputs (AWS CloudFormation User Guide, "Understand
    CloudFormation quotas"), and knows which names are there already.

    Raises:
        GenerationError: There are too many, or two of one name.
    """
    try:
        yield
    except ValueError as error:
        if "duplicate key" in str(error):
            advice = "rename the processor's folder, or the setting of this name"
        elif "Maximum" in str(error):
            advice = "move processors to a stack of their own, or have fewer settings"
        else:
            raise
        raise GenerationError(f"{owner}: {error}: {advice}") from error


def check(template: Template, processors: Sequence[Processor]) -> None:
    """Refuse a template with one name for two things, or with policies that are too long."""
    names = Counter(name for section in SECTIONS for name in getattr(template, section))
    for name, count in names.items():
        if count > 1:
            raise GenerationError(
                f"{name} would be used twice{owner(name, processors)}: rename the setting"
            )
    for processor in processors:
        refuse_repeated_sids(template, processor)
        refuse_long_policies(template, processor)


def owner(name: str, processors: Sequence[Processor]) -> str:
    """Return whose parameter a name is, for a message."""
    owners = [
        f", also for {variable} of processor {processor.name}"
        for processor in processors
        for variable in processor.settings
        if processor.setting(variable) == name
    ]
    return "".join(owners)


def refuse_repeated_sids(template: Template, processor: Processor) -> None:
    """Refuse a statement of a processor that is named as one which all functions have."""
    policy = template.resources[processor.logical_id("FileProcessorPolicy")]
    contents = encode_to_dict(policy.PolicyDocument)["Statement"]
    for sid, count in Counter(statements.sids(contents)).items():
        if count > 1:
            raise GenerationError(
                f"{processor.permissions or processor.name}: the Sid {sid} is used by the "
                "function's own policy: choose another"
            )


def refuse_long_policies(template: Template, processor: Processor) -> None:
    """Refuse policies that can get too long for the role of a processor's function."""
    kinds = ("FileProcessorPolicy", "FileProcessorKeyPolicy", "FileProcessorSourceKeyPolicy")
    own = template.resources.keys() & set(map(processor.logical_id, kinds))
    titles = (*own, *function_options.TITLES)
    length = sum(longest(template, template.resources[title].PolicyDocument) for title in titles)
    if length > POLICY_CHARACTERS:
        raise GenerationError(
            f"processor {processor.name}: the policies of its role can reach {length:,} "
            f"characters, and IAM allows {POLICY_CHARACTERS:,}: use fewer suffixes or a shorter "
            "folder, or fewer statements in permissions.py"
        )


def longest(template: Template, document: PolicyDocument) -> int:
    """Return how many characters a policy has where each name in it is as long as can be."""
    conditions = encode_to_dict(template.conditions)
    evaluation = Evaluation(template=reading.Template(content={"Conditions": conditions}))
    value = evaluation.value(encode_to_dict(document))
    text = json.dumps(value, separators=(",", ":"), default=str)

    def filled(hole: re.Match[str]) -> str:
        name = hole[1].partition(".")[0]
        if name in template.parameters:
            return "x" * int(getattr(template.parameters[name], "MaxLength", DIGITS))
        return "x" * PSEUDO.get(name, STACK_NAME + len(name) + AROUND)

    return len(re.sub(r"\$\{([^}]+)\}", filled, text))


def longest_prefix(processors: Sequence[Processor]) -> int:
    """Return how long ``UploadPrefix`` may be, so that the pattern of each rule fits.

    Raises:
        GenerationError: A processor has too many suffixes for that.
    """
    lengths = [PREFIX_CHARACTERS]
    for processor in processors:
        uploads = processor.uploads
        if uploads.source != "eventbridge" or not uploads.suffixes:
            continue
        around = len('{"wildcard":"*"},') + len(uploads.folder)
        rest = PATTERN_CHARACTERS - sum(around + len(suffix) for suffix in uploads.suffixes)
        lengths.append(rest // len(uploads.suffixes))
        if lengths[-1] < SHORTEST_PREFIX:
            raise GenerationError(
                f"processor {processor.name}: the event pattern of its {len(uploads.suffixes)} "
                "suffixes is too long for EventBridge: use fewer or shorter suffixes, or none"
            )
    return min(lengths)
