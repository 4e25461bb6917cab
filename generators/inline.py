"""Lambda source code as CloudFormation's ``ZipFile`` takes it: inside the template.

A template has to stay under 51,200 bytes, so the code goes in without what only its
authors need: comments, docstrings, type annotations, blank lines and deep indentation; and
with single quotes, because JSON takes two bytes for a double one. All is changed in the text,
by position. Printing the syntax tree anew would be simpler, but ``ast.unparse`` prints
differently in each Python version.
"""

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
DIGEST_DIGITS = 16  # as many as the packager puts into the name of a zip
INDENT = 4  # spaces per level in the source; one in the template

Cut = tuple[int, int, int]  # line, counted from 0, and the columns from and up to
Definition = ast.Module | ast.ClassDef | ast.FunctionDef


@cache
def source(function: str) -> str:
    """Return ``functions/<function>/index.py`` as it goes into the template.

    Raises:
        FileNotFoundError: There is no such function.
        SyntaxError: It is not valid Python.
        ValueError: It has a letter beyond ASCII, which would shift the columns.
    """
    return compact((FUNCTIONS / function / "index.py").read_text(encoding="utf-8"))


def digest(function: str) -> str:
    """Return the first digits of the SHA-256 of ``source(function)``: which code it is."""
    return hashlib.sha256(source(function).encode()).hexdigest()[:DIGEST_DIGITS]


def compact(text: str) -> str:
    """Return Python source that does the same in fewer bytes."""
    if not text.isascii():
        raise ValueError("inline code must be ASCII; write other letters as escapes")
    lines = text.split("\n")
    tree = ast.parse(text)
    for line, start, end in double_quoted(tree, lines):
        literal = lines[line][start:end].replace('"', "'")
        lines[line] = lines[line][:start] + literal + lines[line][end:]
    for line, start, end in sorted([*comments(text), *annotations(tree, lines)], reverse=True):
        lines[line] = lines[line][:start] + lines[line][end:]
    for first, last in docstrings(tree):
        lines[first:last] = [""] * (last - first)
    return "".join(reindent(line.rstrip()) + "\n" for line in lines if line.strip())


def reindent(line: str) -> str:
    """Return the line with one space per level."""
    code = line.lstrip()
    return " " * ((len(line) - len(code)) // INDENT) + code


def comments(text: str) -> list[Cut]:
    """Return where the comments are."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = [token for token in tokens if token.type == tokenize.COMMENT]
    return [(token.start[0] - 1, token.start[1], token.end[1]) for token in found]


def double_quoted(tree: ast.Module, lines: list[str]) -> Iterator[Cut]:
    """Yield where string literals are that mean the same in single quotes."""
    for node in literals(tree):
        line, start, end = node.lineno - 1, node.col_offset, node.end_col_offset
        text = lines[line][start:end]
        if text.count('"') == 2 and text.endswith('"') and not set(text) & {"'", "\\"}:
            yield line, start, end or start


def literals(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the literals that are on one line; an f-string as a whole."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant | ast.JoinedStr):
            if child.lineno == child.end_lineno:
                yield child
        else:
            yield from literals(child)


def definitions(node: Definition) -> Iterator[Definition]:
    """Yield the module, class or function and those directly inside, at any depth."""
    yield node
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield from definitions(child)


def annotations(tree: ast.Module, lines: list[str]) -> list[Cut]:
    """Return where functions annotate what they take and return (not fields of a class)."""
    found = []
    for function in definitions(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for argument in arguments(function.args):
            if argument.annotation:
                start = argument.col_offset + len(argument.arg)
                found.append((argument.annotation, start))
        if note := function.returns:
            start = lines[note.lineno - 1].rindex("->", 0, note.col_offset) - 1
            found.append((note, start))
    return [
        (note.lineno - 1, start, note.end_col_offset)
        for note, start in found
        if note.end_col_offset and note.lineno == note.end_lineno
    ]


def arguments(signature: ast.arguments) -> list[ast.arg]:
    """Return every argument of a function."""
    starred = [argument for argument in (signature.vararg, signature.kwarg) if argument]
    return [*signature.posonlyargs, *signature.args, *signature.kwonlyargs, *starred]


def docstrings(tree: ast.Module) -> list[tuple[int, int]]:
    """Return the line ranges of docstrings that something follows."""
    found = []
    for node in definitions(tree):
        first = node.body[0]
        is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if is_text and len(node.body) > 1:
            found.append((first.lineno - 1, first.end_lineno or first.lineno))
    return found
