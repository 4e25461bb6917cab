"""Lambda source code as CloudFormation's ``ZipFile`` takes it: inside the template.

A template has to stay under 51,200 bytes, so the code goes in without what only its
authors need: comments, docstrings, type annotations, blank lines and deep indentation.
All is cut out of the text, by position. Printing the syntax tree anew would be simpler,
but ``ast.unparse`` prints differently in each Python version.
"""

import ast
import io
import tokenize
from functools import cache
from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
INDENT = 4  # spaces per level in the source; one in the template

Cut = tuple[int, int, int]  # line, counted from 0, and the columns from and up to


@cache
def source(function: str) -> str:
    """Return ``functions/<function>/index.py`` as it goes into the template.

    Raises:
        FileNotFoundError: There is no such function.
        SyntaxError: It is not valid Python.
        ValueError: It has a letter beyond ASCII, which would shift the columns.
    """
    return compact((FUNCTIONS / function / "index.py").read_text(encoding="utf-8"))


def compact(text: str) -> str:
    """Return Python source that does the same in fewer bytes."""
    if not text.isascii():
        raise ValueError("inline code must be ASCII; write other letters as escapes")
    lines = text.split("\n")
    tree = ast.parse(text)
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


def annotations(tree: ast.AST, lines: list[str]) -> list[Cut]:
    """Return where functions annotate what they take and return (not fields of a class)."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and (note := node.annotation):
            start = node.col_offset + len(node.arg)
        elif isinstance(node, ast.FunctionDef) and (note := node.returns):
            start = lines[note.lineno - 1].rindex("->", 0, note.col_offset) - 1
        else:
            continue
        end = note.end_col_offset
        if end and note.lineno == note.end_lineno:
            found.append((note.lineno - 1, start, end))
    return found


def docstrings(tree: ast.AST) -> list[tuple[int, int]]:
    """Return the line ranges of docstrings that something follows."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        first = node.body[0]
        is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if is_text and len(node.body) > 1:
            found.append((first.lineno - 1, first.end_lineno or first.lineno))
    return found
