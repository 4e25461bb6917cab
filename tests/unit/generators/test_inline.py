"""Code in the template does the same as the code in the repository."""

import ast

import pytest

from generators import inline

FUNCTIONS = ("file_processor", "bucket_emptier")


class WithoutNotes(ast.NodeTransformer):
    """Removes what may be left out: docstrings, and annotations outside of classes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.without_docstring(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return ast.Assign(targets=[node.target], value=node.value) if node.value else node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        fields = [child for child in node.body if isinstance(child, ast.AnnAssign)]
        node.body = [child if child in fields else self.visit(child) for child in node.body]
        return self.without_docstring(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        return self.without_docstring(node)

    @staticmethod
    def without_docstring(node: ast.FunctionDef | ast.ClassDef | ast.Module) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node


def meaning(source: str) -> str:
    return ast.dump(WithoutNotes().visit(ast.parse(source)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_statements_are_the_same(function: str) -> None:
    original = (inline.FUNCTIONS / function / "index.py").read_text()
    assert meaning(inline.source(function)) == meaning(original)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_left_that_only_authors_need(function: str) -> None:
    code = inline.source(function)
    assert "#" not in code
    assert "->" not in code
    assert "\n\n" not in code


@pytest.mark.parametrize(
    ("literal", "smaller"),
    [
        ('"text"', "'text'"),
        ('b"text"', "b'text'"),
        ('f"{a} text"', "f'{a} text'"),
        ('{"a": ["b"]}["a"]', "{'a':['b']}['a']"),
        ('"it\'s"', '"it\'s"'),
        ("f\"{a['b']}\"", "f\"{a['b']}\""),
        (r'"\n"', r'"\n"'),
        ('"a" "b"', '"a" "b"'),
    ],
)
def test_quotes_become_those_that_json_does_not_escape(literal: str, smaller: str) -> None:
    assert inline.compact(f"a = {literal}\n") == f"a={smaller}\n"


@pytest.mark.parametrize(
    ("code", "smaller"),
    [
        ("f(a, *b, c = 1)[1: -1]", "f(a,*b,c=1)[1:-1]"),
        ("a if not (b) else -c", "a if not(b)else-c"),
        ("a is b and c in d", "a is b and c in d"),
        ('f"{a + b!r} c = {d, e}"', "f'{a + b!r} c = {d, e}'"),
        ('"a = b" + c', "'a = b'+c"),
        ("lambda a: a + 1.5", "lambda a:a+1.5"),
        ("f(\n    b\n    for b in\n    c\n)", "f(b for b in c)"),
        ("a = (\n    'a'\n    'b'\n)", "a=('a' 'b')"),
        ("if a:\n    b\n    if (\n        c\n    ): d\ne", "if a:\n b\n if(c):d\ne"),
        ("f(\n    a,\n    [b, c,],\n)", "f(a,[b,c])"),
        ("(a,), [a,], (a, b,), {a: (b,), c: d,}", "(a,),[a,],(a,b),{a:(b,),c:d}"),
    ],
)
def test_spaces_and_line_ends_go(code: str, smaller: str) -> None:
    assert inline.compact(code + "\n") == smaller + "\n"


@pytest.mark.parametrize(
    ("code", "smaller"),
    [
        ("if a:\n    b\nelif c:\n    d\nelse:\n    e", "if a:b\nelif c:d\nelse:e"),
        ("try:\n    a\nexcept B:\n    c\nfinally:\n    d", "try:a\nexcept B:c\nfinally:d"),
        ("if a:\n    if (b): c", "if a:\n if(b):c"),
        ("def a():\n    def b():\n        c: int = 1", "def a():\n def b():c=1"),
        ("while a:\n    if b:\n        break", "while a:\n if b:break"),
        ("for a in b:\n    c\n    d", "for a in b:\n c\n d"),
        (
            "with a:\n    match b:\n        case c:\n            d",
            "with a:\n match b:\n  case c:\n   d",
        ),
        ("class A:\n    @b\n    def c(self):\n        d", "class A:\n @b\n def c(self):d"),
    ],
)
def test_a_lone_simple_statement_goes_behind_the_colon(code: str, smaller: str) -> None:
    assert inline.compact(code + "\n") == smaller + "\n"


def test_a_hash_in_a_string_is_no_comment() -> None:
    assert inline.compact('a = "#1"  # first\n') == "a='#1'\n"


def test_a_body_of_nothing_but_a_docstring_keeps_a_statement() -> None:
    assert inline.compact('class A:\n    """Why.\n\n    How."""\n') == "class A:pass\n"


def test_annotations_of_fields_stay_and_those_of_functions_go() -> None:
    source = (
        "class A:\n    b: int\n    h: int = 2\n\n"
        "    def c(self, d: int = 1, *e: str, f: bool, **g: str) -> int:\n"
        "        self.i: list[int] = []\n        j: int\n        return d\n"
    )
    assert inline.compact(source) == (
        "class A:\n b:int\n h:int=2\n def c(self,d=1,*e,f,**g):\n  self.i=[]\n  j:int\n  return d\n"
    )


def test_letters_beyond_ascii_are_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        inline.compact('a = "ü"\n')
