"""Does a change of the routing code go unnoticed? Make one small change after another and run the tests that judge it.

`python -m bench.mutation` takes all of `core/routing`; `--sample N --seed S` takes N of the changes, `--only FILE`
those of one file. Each is made in a copy of the source. What the tests let pass is listed; docs/reliability.md
says why.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
ROUTING = Path("src/agentdesk/core/routing")
JUDGES = (
    "test_routing.py", "test_rings.py", "test_affinity.py", "test_pulling.py", "test_offers.py", "test_silence.py",
    "test_transfer.py", "test_presence.py", "test_sessions.py", "test_configuration.py",
    "test_desk_stateful.py", "test_fairness.py", "test_router.py",
)  # fmt: skip
"""The quick ones first; those that are there."""
TIMEOUT_S = 180
GAMES = "8"
"""How many long games each change has to stand."""
KILLED_MIN = 0.95

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One change: where, what, and the file as it is then."""

    path: Path
    line: int
    what: str
    source: str


class _Change(ast.NodeTransformer):
    """Makes the change of one number; counts all there are."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = 0
        self.line = 0
        self.what = ""

    def _maybe(self, node: ast.AST, new: ast.AST, what: str) -> ast.AST:
        self.seen += 1
        if self.seen - 1 != self.number:
            return node
        self.line, self.what = getattr(node, "lineno", 0), what
        return ast.copy_location(new, node)

    def _swapped(self, node: ast.AST, op: ast.AST, make: Callable[[ast.AST], ast.AST]) -> ast.AST:
        other = SWAPS.get(type(op))
        if other is None:
            return node
        return self._maybe(node, make(other()), f"{type(op).__name__} for {other.__name__}")

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        rest = node.ops[1:]
        return self._swapped(
            node, node.ops[0], lambda op: ast.Compare(node.left, [op, *rest], node.comparators)  # type: ignore[list-item]
        )  # fmt: skip

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        return self._swapped(node, node.op, lambda op: ast.BoolOp(op, node.values))  # type: ignore[arg-type]

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return self._swapped(node, node.op, lambda op: ast.BinOp(node.left, op, node.right))  # type: ignore[arg-type]

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        return self._swapped(
            node, node.op, lambda op: ast.AugAssign(node.target, op, node.value)  # type: ignore[arg-type]
        )  # fmt: skip

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self._maybe(node, node.operand, f"without {type(node.op).__name__}")

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            return self._maybe(node, ast.Constant(not node.value), f"{not node.value} for {node.value}")
        if isinstance(node.value, int):
            return self._maybe(node, ast.Constant(node.value + 1), f"{node.value + 1} for {node.value}")
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in OPPOSITES:
            return node
        new = ast.Call(ast.Name(OPPOSITES[name], ast.Load()), node.args, node.keywords)
        return self._maybe(node, new, f"{OPPOSITES[name]} for {name}")

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            return node
        return self._maybe(node, ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse), "the opposite")

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        return self._maybe(node, ast.Pass(), "no call") if isinstance(node.value, ast.Call) else node

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        return self._maybe(node, ast.Pass(), "no del")

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id.startswith("__"):
            return node
        kept = isinstance(target, ast.Attribute | ast.Subscript)
        return self._maybe(node, ast.Pass(), "no assignment") if kept else node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Constant):
            return node
        return self._maybe(node, ast.Return(ast.Constant(None)), "returns nothing")

    def visit_Continue(self, node: ast.Continue) -> ast.AST:
        return self._maybe(node, ast.Break(), "break for continue")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # Without a value an attribute isn't there, which any test notices.
        if node.name != "__init__":
            node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of one file."""
    text, number = (ROOT / path).read_text(encoding="utf-8"), 0
    while True:
        change = _Change(number)
        tree = ast.fix_missing_locations(change.visit(ast.parse(text)))
        if not change.what:
            return
        yield Mutant(path, change.line, change.what, ast.unparse(tree))
        number += 1


class Workshop:
    """A copy of source and tests, in which one file at a time is changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        left_out = shutil.ignore_patterns("__pycache__", ".hypothesis")
        for name in ("src", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        shutil.copy(ROOT / "pyproject.toml", folder)

    def notices(self, mutant: Mutant) -> bool:
        """Whether a test fails, or nothing comes back in time."""
        target = self.folder / mutant.path
        original = target.read_text(encoding="utf-8")
        target.write_text(mutant.source, encoding="utf-8")
        try:
            return not self.passes()
        finally:
            target.write_text(original, encoding="utf-8")

    def passes(self) -> bool:
        """Whether all judges are content."""
        judges = [f"tests/core/{name}" for name in JUDGES if (self.folder / "tests/core" / name).exists()]
        # The state machine would spend its time on making the failure small; the long games say the same.
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not TestDeskGame"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DESK_GAMES": GAMES,
        }
        try:
            run = subprocess.run(
                [*command, *judges], cwd=self.folder, env=environment, capture_output=True, timeout=TIMEOUT_S
            )
        except subprocess.TimeoutExpired:
            return False
        return run.returncode == 0


def main() -> int:
    """Make the changes; 1 if too many go unnoticed."""
    parser = argparse.ArgumentParser(prog="bench.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="this many of them, by chance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="the name of a file of core/routing")
    asked = parser.parse_args()
    files = [path.relative_to(ROOT) for path in sorted((ROOT / ROUTING).glob("*.py"))]
    every = [mutant for path in files if asked.only in ("", path.name) for mutant in mutants(path)]
    chosen = Random(asked.seed).sample(every, min(asked.sample or len(every), len(every)))
    with tempfile.TemporaryDirectory() as folder:
        survivors = _try_all(Workshop(Path(folder)), chosen, len(every))
    killed = len(chosen) - len(survivors)
    print(f"{killed} of {len(chosen)} noticed ({killed / len(chosen):.1%}); not noticed:")
    for mutant in sorted(survivors):
        print(f"  {mutant.path.name}:{mutant.line} {mutant.what}")
    return int(killed < KILLED_MIN * len(chosen))


def _try_all(workshop: Workshop, chosen: list[Mutant], count: int) -> list[Mutant]:
    if not workshop.passes():
        raise SystemExit("The tests fail before anything is changed.")
    survivors, began = [], time.monotonic()
    for number, mutant in enumerate(chosen, 1):
        if not workshop.notices(mutant):
            survivors.append(mutant)
            print(f"  not noticed: {mutant.path.name}:{mutant.line} {mutant.what}", flush=True)
        if number % 20 == 0:
            took_s = time.monotonic() - began
            print(f"{number} of {len(chosen)} (of {count}), {took_s:.0f} s, {len(survivors)} not noticed", flush=True)
    return survivors


if __name__ == "__main__":
    sys.exit(main())
