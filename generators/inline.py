"""Lambda source code as CloudFormation's ``ZipFile`` takes it: inside the template.

A template has to stay under 51,200 bytes, so the code goes in without what only its authors need:
comments, docstrings, type annotations, deep indentation, and spaces, commas and line ends that
separate nothing; and with single quotes, because JSON takes two bytes for a double one. All is
changed in the text, by position. Printing the syntax tree anew would be simpler, but
``ast.unparse`` prints differently in each Python version.
"""

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
DIGEST_DIGITS = 16  # as many as the packager puts into the name of a zip
INDENT = 4  # spaces per level in the source; one in the template

Cut = tuple[int, int, int]  # line, counted from 0, and the columns from and up to
OPENING, CLOSING, COMMA = {*"([{"}, {*")]}"}, ","
COMPOUND = {"body", "cases"}  # what only a statement has that holds others
LINES = {"NEWLINE", "INDENT", "DEDENT", "ENDMARKER"}  # tokens around the end of a statement
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
    for line, start, end in sorted({*comments(text), *annotations(tree, lines)}, reverse=True):
        lines[line] = lines[line][:start] + lines[line][end:]
    for first, last, column in docstrings(tree):
        lines[first:last] = [" " * column + "pass" if column else ""] + [""] * (last - first - 1)
    code = "".join(reindent(line.rstrip()) + "\n" for line in lines if line.strip())
    return join_lone_statements(squeeze(code))


def squeeze(text: str) -> str:
    """Return the code without the spaces and line ends that separate nothing.

    Those around operators, commas and brackets; inside brackets, a line end is a space too. Not
    inside f-strings, whose inner parts are no tokens before Python 3.12.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]  # of each line
    tokens = [
        (tokenize.tok_name[token.type], starts[token.start[0] - 1] + token.start[1], token)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type != tokenize.NL
    ]
    kept, position, f_strings = [], 0, 0
    needless = set(last_commas([token.string for _, _, token in tokens]))
    for index, ((kind, start, token), (following, begin, _)) in enumerate(pairwise(tokens)):
        f_strings += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        end = start + len(token.string)
        if f_strings:
            continue
        if index in needless:
            kept += [text[position:start]]
            position = begin
        elif begin > end and not {kind, following} & LINES:
            kept += [text[position:end], "" if "OP" in (kind, following) else " "]
            position = begin
    return "".join([*kept, text[position:]])


def last_commas(tokens: list[str]) -> Iterator[int]:
    """Yield where a comma before a closing bracket says nothing: another makes it a tuple."""
    commas = [0]  # so far, in each open bracket
    for index, (token, following) in enumerate(pairwise(tokens)):
        if token in OPENING:
            commas.append(0)
        elif token in CLOSING:
            commas.pop()
        commas[-1] += token == COMMA
        if token == COMMA and following in CLOSING and commas[-1] > 1:
            yield index


def join_lone_statements(code: str) -> str:
    """Return squeezed code with each body of one simple statement behind its colon."""
    lines = code.split("\n")
    bodies = [
        getattr(node, name, [])
        for node in ast.walk(ast.parse(code))
        for name in ("body", "orelse", "finalbody")
        if isinstance(node, ast.stmt | ast.ExceptHandler)
    ]
    lone = [body[0] for body in bodies if len(body) == 1 and not COMPOUND & {*body[0]._fields}]
    places = sorted(((body.lineno - 1, body.col_offset) for body in lone), reverse=True)
    for line, column in places:
        if lines[line][:column].isspace():  # it is not there already
            lines[line - 1 : line + 1] = [lines[line - 1] + lines[line].lstrip()]
    return "\n".join(lines)


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
    """Return where functions annotate what they take, set and return (not fields of a class)."""
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
        found += [
            (statement.annotation, statement.target.end_col_offset or 0)
            for statement in ast.walk(function)
            if isinstance(statement, ast.AnnAssign) and statement.value
        ]
    return [
        (note.lineno - 1, start, note.end_col_offset)
        for note, start in found
        if note.end_col_offset and note.lineno == note.end_lineno
    ]


def arguments(signature: ast.arguments) -> list[ast.arg]:
    """Return every argument of a function."""
    starred = [argument for argument in (signature.vararg, signature.kwarg) if argument]
    return [*signature.posonlyargs, *signature.args, *signature.kwonlyargs, *starred]


def docstrings(tree: ast.Module) -> list[tuple[int, int, int]]:
    """Return the line ranges of docstrings, and the column of the ``pass`` one leaves, or 0."""
    found = []
    for node in definitions(tree):
        first = node.body[0]
        is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if is_text:
            column = first.col_offset if len(node.body) == 1 else 0
            found.append((first.lineno - 1, first.end_lineno or first.lineno, column))
    return found
