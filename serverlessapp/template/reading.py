"""Reads a template from YAML or JSON, as CloudFormation does.

The result is what the template says in JSON: ``!GetAtt A.B`` is ``{"Fn::GetAtt": ["A", "B"]}``.

YAML is read from PyYAML's events and not by one of its constructors: those keep the last of two
equal keys, forget in which line something is, and crash where it is nested without end.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from serverlessapp.errors import OperatorError

Json = dict[str, Any]
Place = tuple[str | int, ...]  # keys and indexes, from the template's root

JSON = re.compile(r'\s*\{\s*["}]')  # and not YAML in flow style, whose first key has no quotes
DEEPEST = 100  # levels; far more than a template has, far fewer than Python can go
LARGEST = 1024 * 1024  # bytes; CloudFormation User Guide, "Understand CloudFormation quotas"
# Their long form has no "Fn::" (CloudFormation Template Reference, "Intrinsic functions").
WITHOUT_PREFIX = ("Ref", "Condition")
# What a macro puts in place of itself, or repeats; nobody can see what that will be.
TRANSFORM = "Fn::Transform"
MACROS = (TRANSFORM, "Fn::ForEach::")
# Of a macro, in a text; or an escape in a key, which may be one.
MARK = re.compile(r'Fn::Transform|!Transform|Fn::ForEach|\\[uUx][^"\n]*"\s*:')


class TemplateError(OperatorError):
    """A template that CloudFormation would not take, or that cannot be understood; says why."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template as it is written."""

    content: Json  # what it says, functions in their long form
    text: str = field(default="", repr=False)  # from which it was read; empty when it was not
    name: str = field(default="", compare=False)  # what errors call it, its file for example

    def section(self, name: str) -> Json:
        """Return a section like ``Conditions``; empty where there is none."""
        section: Json = self.content.get(name) or {}
        return section

    def entries(self, section: str) -> Json:
        """Return what a section has besides what macros are yet to make."""
        items = self.section(section).items()
        return {name: item for name, item in items if not name.startswith(MACROS)}

    def line(self, place: Place) -> int:
        """Return the line, from 1, of the nearest part around a place that has one; 0: unknown."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)

    @cached_property
    def has_macros(self) -> bool:
        """Whether a macro may be somewhere, or a loop."""
        if self.text and not MARK.search(self.text):
            return False  # quick, because most templates have none
        waiting: list[Any] = [self.content]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                if any(key.startswith(MACROS) for key in node):
                    return True
                node = node.values()
            waiting += (item for item in node if isinstance(item, (dict, list)))
        return False

    @cached_property
    def lines(self) -> dict[Place, int]:
        """The line, from 1, of every key and item."""
        reader = Reader(self.text.replace("\t", " "))  # JSON is YAML, but for tabs
        with suppress(TemplateError):  # JSON that is no YAML has lines up to there
            reader.document()
        return reader.lines


def read(path: Path) -> Template:
    """Return the template in a file.

    Raises:
        TemplateError: It cannot be read, or is no template.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"cannot read {path}: {error.strerror}") from error
    return parse(data, str(path))


def parse(text: str | bytes, name: str = "") -> Template:
    """Return the template in YAML or JSON; bytes are UTF-8, with or without a byte order mark.

    Raises:
        TemplateError: It is neither, is too large, has a key twice, or is no object.
    """
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.lstrip("\ufeff")
        size = len(decoded.encode())
        if size > LARGEST:
            raise TemplateError(f"it has {size:,} bytes, and CloudFormation allows {LARGEST:,}")
        content = from_json(decoded) if JSON.match(decoded) else Reader(decoded).document()
        if not isinstance(content, dict):
            raise TemplateError("a template must be an object with sections such as Resources")
    except UnicodeError as error:
        raise TemplateError(called(name, f"it is not valid UTF-8: {error}")) from error
    except TemplateError as error:
        raise TemplateError(called(name, str(error))) from error
    return Template(content=content, text=decoded, name=name)


def called(name: str, message: str) -> str:
    """Return a message about a template with its name, if it has one."""
    return f"{name}: {message}" if name else message


def load(text: str | bytes) -> Json:
    """Return the content of the template in a text; see ``parse``."""
    return parse(text).content


def from_json(text: str) -> Any:
    """Return the content of JSON."""

    def unique(pairs: list[tuple[str, Any]]) -> Json:
        content = dict(pairs)
        if len(content) < len(pairs):
            names = [name for name, _ in pairs]
            key = max(names, key=names.count)
            line = text.count("\n", 0, max(text.rfind(f'"{key}"'), 0)) + 1
            raise TemplateError(twice(key, line))
        return content

    try:
        content = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise TemplateError(f"it is not valid JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError:
        too_deep()
    except ValueError as error:  # numbers without end
        raise TemplateError(f"it is not valid JSON: {error}") from error
    check(content)
    return content


def check(value: Any, depth: int = 0) -> None:
    """Refuse what nobody can go through or write down: what has no end, and half characters."""
    if depth > DEEPEST:
        too_deep()
    if isinstance(value, dict):
        for key, item in value.items():
            check(key)
            check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check(item, depth + 1)
    elif isinstance(value, float) and not isfinite(value):
        raise TemplateError(f"it is not valid JSON: {value} is not a number")
    elif isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise TemplateError(f"it has an unpaired surrogate: {value!r}") from error


def too_deep() -> NoReturn:
    """Refuse endless nesting."""
    raise TemplateError(f"it is nested more than {DEEPEST} levels deep")


def twice(key: str, line: int) -> str:
    """Return what is said about a key that is there twice."""
    return f"duplicate key {key} in line {line}"


class Reader:
    """Makes values of YAML's events, and keeps the line of each."""

    def __init__(self, text: str) -> None:
        import yaml  # takes time, and JSON does not need it

        self.yaml = yaml
        self.loader = yaml.CSafeLoader(text)
        self.lines: dict[Place, int] = {}

    def document(self) -> Any:
        """Return the only document."""
        try:
            start = [self.loader.get_event(), self.loader.get_event()]
            if isinstance(start[1], self.yaml.StreamEndEvent):
                return None
            content = self.value(self.loader.get_event(), ())
            end = [self.loader.get_event(), self.loader.get_event()]
        except self.yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" in line {mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or error
            raise TemplateError(f"it is not valid YAML: {problem}{where}") from error
        finally:
            self.loader.dispose()
        if not isinstance(end[1], self.yaml.StreamEndEvent):
            raise TemplateError(f"a second document begins in line {line_of(end[1])}")
        return content

    def value(self, event: Any, place: Place) -> Any:
        """Return what begins with an event, intrinsic functions in their long form."""
        if len(place) > DEEPEST:
            too_deep()
        if isinstance(event, self.yaml.AliasEvent):
            raise TemplateError(
                f"it has an alias in line {line_of(event)}, which CloudFormation does not support"
            )
        tag = event.tag or ""
        if tag.startswith("!") and tag != "!":
            name = tag.removeprefix("!")
            name = name if name in WITHOUT_PREFIX else f"Fn::{name}"
            self.lines[(*place, name)] = line_of(event)
            argument = self.plain(event, (*place, name))
            if name == "Fn::GetAtt" and isinstance(argument, str):
                argument = argument.split(".", 1)
            return {name: argument}
        return self.plain(event, place)

    def plain(self, event: Any, place: Place) -> Any:
        """Return what begins with an event, without its tag."""
        if isinstance(event, self.yaml.MappingStartEvent):
            content: Json = {}
            while not isinstance(key := self.loader.get_event(), self.yaml.MappingEndEvent):
                line = line_of(key)
                if not isinstance(key, self.yaml.ScalarEvent):
                    raise TemplateError(f"the key in line {line} is not a string")
                if key.value == "<<" and key.implicit[0]:
                    raise TemplateError(
                        f"it merges keys in line {line}, which CloudFormation does not support"
                    )
                if key.value in content:
                    raise TemplateError(twice(key.value, line))
                self.lines[(*place, key.value)] = line
                content[key.value] = self.value(self.loader.get_event(), (*place, key.value))
            return content
        if isinstance(event, self.yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := self.loader.get_event(), self.yaml.SequenceEndEvent):
                self.lines[(*place, len(items))] = line_of(item)
                items.append(self.value(item, (*place, len(items))))
            return items
        return event.value if event.style else scalar(event.value, event.tag)


@lru_cache(maxsize=10_000)
def scalar(text: str, tag: str | None) -> Any:
    """Return the text of a plain scalar, unless it is something else in YAML 1.1.

    CloudFormation reads that without timestamps (User Guide, "CloudFormation template format"):
    010 is 8 (cloudformation-coverage-roadmap#745).
    """
    import yaml

    resolver: Any = yaml.resolver.Resolver()
    tag = tag or resolver.resolve(yaml.ScalarNode, text, (True, False))
    kind = str(tag).removeprefix("tag:yaml.org,2002:")
    if kind not in ("bool", "int", "float", "null"):
        return text
    construct = getattr(yaml.constructor.SafeConstructor(), f"construct_yaml_{kind}")
    try:
        value = construct(yaml.ScalarNode(str(tag), text))
    except (ValueError, KeyError):  # tagged as what it is not, or a number without end
        return text
    return text if isinstance(value, float) and not isfinite(value) else value


def line_of(event: Any) -> int:
    """Return the line of an event, from 1."""
    return int(event.start_mark.line) + 1
