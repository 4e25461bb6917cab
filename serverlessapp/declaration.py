"""What a TOML file may say: each key, what it takes, and where a file breaks that."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from serverlessapp.errors import OperatorError

KINDS = {
    bool: "true or false",
    dict: "a section",
    int: "an integer",
    list: "a list of strings",
    str: "a string",
}


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of the file."""

    section: str = ""  # empty for those above all sections
    name: str
    kind: type
    allowed: str  # what it takes, after "must be"
    means: str
    allows: Callable[[Any], bool] = lambda _: True


@dataclass(frozen=True, kw_only=True)
class Form:
    """All that a file may say."""

    keys: tuple[Key, ...]
    free: tuple[str, ...] = ()  # sections whose keys are the writer's own
    repeated: tuple[str, ...] = ()  # sections of which there can be several: [[environments]]

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the sections, in order."""
        return (*dict.fromkeys(key.section for key in self.keys if key.section), *self.free)

    def header(self, section: str) -> str:
        """Return a section's name as the file has it, in its brackets."""
        return f"[[{section}]]" if section in self.repeated else f"[{section}]"


def one_of(*values: Any) -> dict[str, Any]:
    """Return what allows some values only."""
    words = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return {"allowed": f"one of {words}", "allows": lambda value: value in values}


def between(least: int, most: int) -> dict[str, Any]:
    """Return what allows a range of whole numbers."""
    return {"allowed": f"{least} to {most}", "allows": lambda value: least <= value <= most}


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A file that was read, and where it says what."""

    path: Path
    text: str
    content: Mapping[str, Any]  # as TOML has it; what is not said is not there
    mistake: type[OperatorError] = OperatorError  # of errors about it

    def section(self, name: str) -> dict[str, Any]:
        """Return what a section says."""
        return dict(self.content.get(name, {}))

    def error(self, words: str, *where: str | int) -> OperatorError:
        """Return the error about a key, by its section and name, or about the file."""
        line = f":{self.line(*where)}" if where else ""
        return self.mistake(f"{self.path}{line}: {words}")

    def line(self, *where: str | int) -> int:
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
                try:
                    content = content[name]
                except (KeyError, IndexError, TypeError):
                    content = None
            if content is not None:
                break
            begin = end + 1
        return begin


def load(path: Path, form: Form, mistake: type[OperatorError]) -> Declaration:
    """Return a file in which each key is known and has a value that is allowed.

    Raises:
        mistake: It cannot be read, or a key or value is wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        content = tomllib.loads(text)
    except OSError as error:
        raise mistake(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise mistake(f"{path}: not valid UTF-8: save it in this encoding") from error
    except (ValueError, RecursionError) as error:  # not only TOMLDecodeError: huge numbers, too
        line = re.search(r"line (\d+)", str(error))
        place = f":{line[1]}" if line else ""
        raise mistake(f"{path}{place}: not valid TOML: {error}") from error
    declaration = Declaration(path=path, text=text, content=content, mistake=mistake)
    for wrong in errors(declaration, form):
        raise wrong
    return declaration


def errors(declaration: Declaration, form: Form) -> Iterator[OperatorError]:
    """Yield what is wrong with the keys and their values, free sections aside."""
    known = {(key.section, key.name): key for key in form.keys}
    for section, value in declaration.content.items():
        if section in form.sections and not is_section(value, section, form):
            words = f"{section} must be a section: {form.header(section)}"
            yield declaration.error(words, section)
    for where, section, name, value in said(declaration.content, form):
        if key := known.get((section, name)):
            right = type(value) is key.kind  # bool is an int to isinstance
            if not right or not key.allows(value):
                allowed = [key.allowed] if right else [KINDS[key.kind], key.allowed]
                words = f"{': '.join(dict.fromkeys(allowed))}; it is {brief(value)}"
                yield declaration.error(f"{name} must be {words}", *where)
        elif section not in form.free:
            yield declaration.error(unknown(section, name, form), *where)


def is_section(value: Any, section: str, form: Form) -> bool:
    """Tell whether a value is what the section's header makes."""
    if section not in form.repeated:
        return isinstance(value, dict)
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def brief(value: Any) -> str:
    """Return a value, short enough for a message, much as TOML has it."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:60]}..."


def said(
    content: Mapping[str, Any], form: Form
) -> Iterator[tuple[tuple[str | int, ...], str, str, Any]]:
    """Yield each key: its way through the file, its section, its name, and its value."""
    for name, value in content.items():
        if name not in form.sections:
            yield (name,), "", name, value
        elif not is_section(value, name, form):
            continue
        elif name in form.repeated:
            for n, item in enumerate(value):
                yield from (((name, n, key), name, key, inner) for key, inner in item.items())
        else:
            yield from (((name, key), name, key, inner) for key, inner in value.items())


def unknown(section: str, name: str, form: Form) -> str:
    """Return what to say about a key or section that nobody reads."""
    for key in form.keys:
        if key.name == name:
            top = "at the top, above all sections"
            return f"{name} belongs {f'below {form.header(key.section)}' if key.section else top}"
    names = [key.name for key in form.keys if key.section == section]
    if not section:
        names += [form.header(each) for each in form.sections]
    return f"unknown key {name}; {nearest(name, names)}"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return which name was meant, or which there are."""
    # The name of a section may be nearer than it looks, with its brackets.
    bare = {each.strip("[]"): each for each in names}
    near = get_close_matches(name, bare, 1)
    return f"did you mean {bare[near[0]]}?" if near else f"known: {', '.join(bare.values())}"
