"""What ``processor.toml`` may say."""

import re
from pathlib import Path
from typing import Any

from serverlessapp import declaration
from serverlessapp.declaration import KINDS, Declaration, Form, Key, between, one_of
from serverlessapp.errors import ProcessorError
from serverlessapp.processors.uploads import ends_alike

TIMEOUTS = (10, 30, 60, 120, 300, 600, 900)  # seconds; Lambda's maximum is 900
SETTINGS = "settings"  # the section whose keys are the processor's own
# Safe in keys, and taken literally by S3's filters, EventBridge's patterns and IAM's alike (Amazon
# S3 User Guide, "Naming Amazon S3 objects": others have to be encoded in a filter).
FOLDER = re.compile(r"(?:(?!\.{1,2}/)[A-Za-z0-9_.-]+/)*")
SUFFIX = re.compile(r"[._-][A-Za-z0-9_.-]*")
HANDLER = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*")


def are_suffixes(values: list[Any]) -> bool:
    """Tell whether names can end in each of them, and no name in two."""
    return all(isinstance(value, str) and SUFFIX.fullmatch(value) for value in values) and not any(
        ends_alike(value, other) for n, value in enumerate(values) for other in values[:n]
    )


# The ranges: AWS Lambda API Reference, "CreateFunction" and "ScalingConfig"; Amazon SQS API
# Reference, "SetQueueAttributes".
KEYS = (
    Key(
        name="handler",
        kind=str,
        allowed='module:function, such as "main:process", at most 128 characters',
        allows=lambda value: len(value) <= 128 and bool(HANDLER.fullmatch(value)),
        means="function that processes a file",
    ),
    Key(
        name="verify",
        kind=bool,
        allowed=KINDS[bool],
        means="whether the pipeline may upload the samples to a running stack",
    ),
    Key(
        section="uploads",
        name="source",
        kind=str,
        **one_of("notification", "eventbridge"),
        means="how S3 sends events; with EventBridge, several processors can get the same file",
    ),
    Key(
        section="uploads",
        name="folder",
        kind=str,
        allowed="folders of letters, digits and _ . - that each end in a slash, such as "
        '"reports/"; at most 256 characters',
        allows=lambda value: len(value) <= 256 and bool(FOLDER.fullmatch(value)),
        means="folder of the files, below `UploadPrefix`",
    ),
    Key(
        section="uploads",
        name="suffixes",
        kind=list,
        allowed='endings such as [".csv", "_final.txt"]: each is . _ or - and then letters, '
        "digits and _ . -, and none is the ending of another",
        allows=are_suffixes,
        means="endings of the files' names, case-sensitive; empty: all files",
    ),
    Key(
        section="function",
        name="memory",
        kind=int,
        **between(128, 10240),
        means="memory in MB; CPU power grows with it",
    ),
    Key(
        section="function",
        name="timeout",
        kind=int,
        **one_of(*TIMEOUTS),
        means="timeout in seconds, for a batch of up to ten files",
    ),
    Key(
        section="function",
        name="concurrency",
        kind=int,
        **between(2, 1000),
        means="maximum number of concurrent batches",
    ),
    Key(
        section="function",
        name="storage",
        kind=int,
        **between(512, 10240),
        means="size of `/tmp` in MB",
    ),
    Key(
        section="function",
        name="attempts",
        kind=int,
        # SQS takes 1,000. At the longest timeout, 100 take six days, and a message has 14.
        **between(1, 100),
        means="receives before a file is parked; AWS recommends at least 5",
    ),
)
FORM = Form(keys=KEYS, free=(SETTINGS,))


def load(path: Path) -> Declaration:
    """Return a file in which each key is known and has a value that is allowed.

    Raises:
        ProcessorError: It cannot be read, or a key or value is wrong.
    """
    declared = declaration.load(path, FORM, ProcessorError)
    if "handler" not in declared.content:
        raise declared.error('handler is missing; add at the top: handler = "main:process"')
    return declared
