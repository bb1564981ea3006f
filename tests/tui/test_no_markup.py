"""The rule that keeps customers' text from being read as markup, checked on the source of every screen.

What a widget shows must be a plain literal, a `Content` or `Text`, or be given with `markup=False`. A name counts
as safe when it is annotated so, or was assigned from something safe in the same function.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src" / "agentdesk" / "tui"

WIDGETS = {
    "Button",
    "Checkbox",
    "Collapsible",
    "DirectoryTree",
    "Label",
    "Link",
    "Markdown",
    "MarkdownViewer",
    "Option",
    "OptionList",
    "RadioButton",
    "SelectionList",
    "Static",
    "Tab",
    "TabPane",
    "Toast",
    "Tree",
}
"""Widgets that read markup in a string given to them."""

METHODS = {"notify", "add_option", "add_options", "add_row", "add_leaf", "add_column", "add_columns", "set_content"}
"""Methods that hand a string to such a widget. `update` is one too where its only argument is a text."""

ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label", "prompt"}
"""Attributes whose string is read as markup."""

SAFE_TYPES = {"Content", "Text", "Strip", "RenderResult"}
SAFE_CALLS = {"Content", "Text", "plain", "plain_line", "rich_plain", "Group", "Option"}


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def annotated_safe(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    names = {name_of(node) for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute)}
    return bool(names & SAFE_TYPES) and "str" not in names


def safe_functions(trees: list[ast.Module]) -> set[str]:
    """Names of functions and properties that return Content or Text wherever they are defined."""
    safe: dict[str, bool] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                safe[node.name] = safe.get(node.name, True) and annotated_safe(node.returns)
    return {name for name, good in safe.items() if good}


class Rule(ast.NodeVisitor):
    """Collects (line, words) of what breaks the rule."""

    def __init__(self, functions: set[str]) -> None:
        self.found: list[tuple[int, str]] = []
        self._functions = functions
        self._names: list[set[str]] = [set()]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self._names.append({a.arg for a in arguments if annotated_safe(a.annotation)})
        self.generic_visit(node)
        self._names.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES:
                self._check(node.value, f"{target.attr} =", node.lineno)
            elif isinstance(target, ast.Name):
                self._learn(target.id, self._safe(node.value))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._learn(node.target.id, annotated_safe(node.annotation))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = name_of(node.func)
        method = isinstance(node.func, ast.Attribute)
        shown = [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("content", "message", "label", "title"))]
        if any(
            k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False for k in node.keywords
        ):
            shown = []
        if name in WIDGETS or (method and name in METHODS) or (method and name == "update" and self._of_widget(node)):
            values = node.args if name in ("add_row", "add_columns", "OptionList") else shown
            for value in values:
                self._check(value, f"{name}(…)", node.lineno)
        self.generic_visit(node)

    @staticmethod
    def _of_widget(node: ast.Call) -> bool:
        """`update` of dictionaries, sets and transcripts takes other things than one text."""
        return (
            len(node.args) == 1
            and not node.keywords
            and isinstance(node.args[0], ast.JoinedStr | ast.Constant | ast.BinOp)
        )

    def _learn(self, name: str, safe: bool) -> None:
        (self._names[-1].add if safe else self._names[-1].discard)(name)

    def _check(self, value: ast.expr, where: str, line: int) -> None:
        if not self._safe(value):
            self.found.append((line, f"{where} is given {ast.unparse(value)[:60]}"))

    def _safe(self, value: ast.expr) -> bool:
        match value:
            case ast.Constant(value=text):
                return not isinstance(text, str) or "[" not in text
            case ast.Call(func=func):
                name = name_of(func)
                root = func.value if isinstance(func, ast.Attribute) else None
                return name in SAFE_CALLS or name in self._functions or name_of(root or func) in SAFE_TYPES
            case ast.Name(id=name):
                return name in self._names[-1]
            case ast.Attribute(attr=name):
                return name in self._functions
            case ast.IfExp(body=body, orelse=other):
                return self._safe(body) and self._safe(other)
            case ast.BinOp(left=left, right=right):
                return self._safe(left) and self._safe(right) and not isinstance(left, ast.Constant)
            case ast.Starred(value=ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner)):
                return self._safe(inner)
        return False


def broken(source: str, functions: set[str] | None = None) -> list[tuple[int, str]]:
    tree = ast.parse(source)
    rule = Rule(functions if functions is not None else safe_functions([tree]))
    rule.visit(tree)
    return rule.found


FILES = sorted(SOURCE.rglob("*.py"))
FUNCTIONS = safe_functions([ast.parse(path.read_text(encoding="utf-8")) for path in FILES])


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SOURCE)) for path in FILES])
def test_no_screen_lets_a_string_be_read_as_markup(path: Path) -> None:
    found = broken(path.read_text(encoding="utf-8"), FUNCTIONS)
    assert found == [], "give it as Content, by agentdesk.tui.text.plain, or with markup=False"


@pytest.mark.parametrize(
    "planted",
    [
        "Static(customer.name)",
        "Static(f'{name} waits')",
        "Label('hello ' + name)",
        "Static('[b]hello[/b]')",
        "Button(label=name)",
        "self.notify(reason)",
        "self.app.notify(f'{reason}')",
        "app.notify('fine', title=name)",
        "options.add_option(name)",
        "OptionList(*[c.name for c in customers])",
        "OptionList('fine', name)",
        "table.add_row('fine', name)",
        "Option(name)",
        "self.query_one('#x').update(f'{name}')",
        "pane.border_title = name",
        "pane.tooltip = f'{name}'",
        "Static(name, markup=True)",
        "Static(str(name))",
        "def f(self, name: str):\n    Static(name)",
        "def f(self):\n    text = Content(a)\n    text = a\n    Static(text)",
        "def title(self) -> str: ...\nStatic(self.title())",
    ],
)
def test_a_planted_violation_is_caught(planted: str) -> None:
    assert broken(planted)


@pytest.mark.parametrize(
    "fine",
    [
        "Static()",
        "Static('no chats yet: press p')",
        "Static(Content(name))",
        "Static(name, markup=False)",
        "Static(plain(name) if name else Content(''))",
        "Static(Content.assemble(name, 'bold'))",
        "self.notify(reason, markup=False)",
        "OptionList(*[Option(Content(c.name)) for c in customers])",
        "pane.border_title = plain_line(name)",
        "def f(self, name: Content):\n    Static(name)",
        "def f(self):\n    text = Content(a)\n    Static(text)",
        "def title(self) -> Content: ...\nStatic(self.title())",
        "seen.update(others)",
        "transcript.update(key, state=state)",
    ],
)
def test_what_is_fine_passes(fine: str) -> None:
    assert broken(fine) == []
