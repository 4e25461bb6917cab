"""What ``processor.toml`` may say: each key, what it takes, and where a file breaks that."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from serverlessapp.errors import ProcessorError
from serverlessapp.processors.uploads import ends_alike

TIMEOUTS = (10, 30, 60, 120, 300, 600, 900)  # seconds; Lambda's maximum is 900
SETTINGS = "settings"  # the section whose keys are the processor's own
KINDS = {bool: "true or false", int: "a whole number", list: "a list of texts", str: "a text"}
# Safe in keys, and taken literally by S3's filters, EventBridge's patterns and IAM's alike (Amazon
# S3 User Guide, "Naming Amazon S3 objects": others have to be encoded in a filter).
FOLDER = re.compile(r"(?:(?!\.{1,2}/)[A-Za-z0-9_.-]+/)*")
SUFFIX = re.compile(r"[._-][A-Za-z0-9_.-]*")
HANDLER = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of the file.

    Attributes:
        section: Empty for those above all sections.
        allowed: What it takes, after "must be".
        means: What it is for.
    """

    section: str = ""
    name: str
    kind: type
    allowed: str
    means: str
    allows: Callable[[Any], bool] = lambda _: True


def one_of(*values: Any) -> dict[str, Any]:
    """Return what allows some values only."""
    words = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return {"allowed": f"one of {words}", "allows": lambda value: value in values}


def between(least: int, most: int) -> dict[str, Any]:
    """Return what allows a range of whole numbers."""
    return {"allowed": f"{least} to {most}", "allows": lambda value: least <= value <= most}


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
        allowed='module:function of your code, such as "main:process", in 128 characters',
        allows=lambda value: len(value) <= 128 and bool(HANDLER.fullmatch(value)),
        means="what is called for each file",
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
        means="how S3 announces files; EventBridge can announce one to several processors",
    ),
    Key(
        section="uploads",
        name="folder",
        kind=str,
        allowed="folders of letters, digits and _ . - that each end in a slash, such as "
        '"reports/", in 256 characters',
        allows=lambda value: len(value) <= 256 and bool(FOLDER.fullmatch(value)),
        means="where files come from, below `UploadPrefix`",
    ),
    Key(
        section="uploads",
        name="suffixes",
        kind=list,
        allowed='ends of names, such as [".csv", "_final.txt"]: each a . _ or - before letters, '
        "digits and _ . -, and none the end of another",
        allows=are_suffixes,
        means="which files; case counts; without any, all",
    ),
    Key(
        section="function",
        name="memory",
        kind=int,
        **between(128, 10240),
        means="MB; processor power grows with it",
    ),
    Key(
        section="function",
        name="timeout",
        kind=int,
        **one_of(*TIMEOUTS),
        means="seconds for a batch of up to ten files",
    ),
    Key(
        section="function",
        name="concurrency",
        kind=int,
        **between(2, 1000),
        means="batches at the same time, at most",
    ),
    Key(section="function", name="storage", kind=int, **between(512, 10240), means="MB of `/tmp`"),
    Key(
        section="function",
        name="attempts",
        kind=int,
        # SQS takes 1,000. At the longest timeout, 100 take six days, and a message has 14.
        **between(1, 100),
        means="deliveries of a file before it is parked; AWS advises 5 or more",
    ),
)
SECTIONS = (*dict.fromkeys(key.section for key in KEYS if key.section), SETTINGS)


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A ``processor.toml`` that was read, and where it says what.

    Attributes:
        content: As TOML has it; what is not said is not there.
    """

    path: Path
    text: str
    content: Mapping[str, Any]

    def section(self, name: str) -> dict[str, Any]:
        """Return what a section says."""
        return dict(self.content.get(name, {}))

    def error(self, words: str, *where: str) -> ProcessorError:
        """Return the error about a key, by its section and name, or about the file."""
        line = f":{self.line(*where)}" if where else ""
        return ProcessorError(f"{self.path}{line}: {words}")

    def line(self, *where: str) -> int:
        """Return where the statement about a key begins, however it is written.

        The lines before it are TOML without the key, and those up to its end are TOML with it.
        """
        lines = self.text.split("\n")
        begin = 1
        for end in range(1, len(lines) + 1):
            try:
                content: Any = tomllib.loads("\n".join(lines[:end]))
            except tomllib.TOMLDecodeError:
                continue  # within a value of several lines
            for name in where:
                content = content.get(name) if isinstance(content, dict) else None
            if content is not None:
                break
            begin = end + 1
        return begin


def load(path: Path) -> Declaration:
    """Return a file in which each key is known and has a value that is allowed.

    Raises:
        ProcessorError: It cannot be read, or a key or value is wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        declaration = Declaration(path=path, text=text, content=tomllib.loads(text))
    except OSError as error:
        raise ProcessorError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProcessorError(f"{path}: this is not UTF-8: save it in this encoding") from error
    except (ValueError, RecursionError) as error:  # not only TOMLDecodeError: huge numbers, too
        line = re.search(r"line (\d+)", str(error))
        place = f":{line[1]}" if line else ""
        raise ProcessorError(f"{path}{place}: this is no TOML: {error}") from error
    for wrong in errors(declaration):
        raise wrong
    return declaration


def errors(declaration: Declaration) -> Iterator[ProcessorError]:
    """Yield what is wrong with the keys and their values, settings aside."""
    known = {(key.section, key.name): key for key in KEYS}
    for section, value in declaration.content.items():
        if section in SECTIONS and not isinstance(value, dict):
            yield declaration.error(f"{section} must be a section: [{section}]", section)
    for where, value in said(declaration.content):
        section, name = where
        if key := known.get(where):
            right = type(value) is key.kind  # bool is an int to isinstance
            if not right or not key.allows(value):
                allowed = [key.allowed] if right else [KINDS[key.kind], key.allowed]
                words = f"{': '.join(dict.fromkeys(allowed))}; it is {brief(value)}"
                yield declaration.error(f"{name} must be {words}", *filter(None, where))
        elif section != SETTINGS:
            yield declaration.error(unknown(section, name), *filter(None, where))
    if "handler" not in declaration.content:
        yield declaration.error('there is no handler; add at the top: handler = "main:process"')


def brief(value: Any) -> str:
    """Return a value, short enough for a message, much as TOML has it."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:60]}..."


def said(content: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield each key with its section, and its value."""
    for name, value in content.items():
        if name in SECTIONS and isinstance(value, dict):
            yield from (((name, key), inner) for key, inner in value.items())
        else:
            yield ("", name), value


def unknown(section: str, name: str) -> str:
    """Return what to say about a key or section that nobody reads."""
    for key in KEYS:
        if key.name == name:
            place = f"below [{key.section}]" if key.section else "at the top, above all sections"
            return f"{name} belongs {place}"
    names = [key.name for key in KEYS if key.section == section]
    if not section:
        names += [f"[{each}]" for each in SECTIONS]
    # The name of a section may be nearer than it looks, with its brackets.
    near = get_close_matches(name, [each.strip("[]") for each in names], 1)
    hint = [each for each in names if each.strip("[]") in near]
    return f"nobody reads {name}; " + (
        f"did you mean {hint[0]}?" if hint else f"there are {', '.join(names)}"
    )
