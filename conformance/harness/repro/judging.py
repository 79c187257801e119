"""
Turns the statement of a case that failed into one a repro can ask again: the same expectation, about the answers of the steps.

The statement is taken from the case's source and its names are replaced by what they stand for: `answers[3]`, a member of an answer's document,
a literal, or the expression a name was assigned.  What cannot be expressed that way is not guessed.
"""

import ast
import builtins
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any, Final

import conformance
from conformance.harness import bursts
from conformance.harness.client import Answer
from conformance.harness.repro.bundling import MODULES, NAMESPACES
from conformance.harness.repro.steps import Documents

_CASES: Final = str(Path(conformance.__file__).parent / "cases")
#: Waiting methods of the target that fail when the work in the background is never done.
_WAITING: Final = frozenset({"decided", "processed_refund"})
_BUILTINS: Final = frozenset(
    {"len", "set", "sorted", "str", "int", "bool", "any", "all", "sum", "list", "tuple", "dict", "type", "isinstance", "zip", "min", "max", "range", "enumerate", "repr"}
)  # fmt: skip
_IDS_LENGTH_MIN: Final = 8


class CannotAsk(Exception):
    """
    The statement needs more than the answers.
    """


@dataclass(frozen=True, slots=True)
class Question:
    """
    A statement over `answers`, the names it needs from the harness, and the steps it is about.
    """

    text: str
    roots: frozenset[str]
    steps: frozenset[int]


def question_of(trace: TracebackType | None, documents: Documents) -> Question:
    """
    The question that failed.  Raises `CannotAsk`.
    """
    frames: list[tuple[FrameType, int]] = []
    step = trace
    while step is not None:
        frames.append((step.tb_frame, step.tb_lineno))
        step = step.tb_next
    inside = [n for n, (f, _) in enumerate(frames) if f.f_code.co_filename.startswith(_CASES)]
    if not inside:
        raise CannotAsk("the failure is not in a case")
    frame, line = frames[inside[-1]]
    below = {f.f_code.co_name for f, _ in frames[inside[-1] + 1 :]}
    if below & _WAITING:
        last = len(documents.steps) - 1
        return Question(
            f"expect_done(answers[{last}])", frozenset({"RequirementFailed"}), frozenset({last})
        )
    asker = _Asker(frame, documents)
    return asker.ask(_statement(frame, line))


def _function(frame: FrameType) -> ast.FunctionDef | ast.AsyncFunctionDef:
    lines, first = inspect.getsourcelines(frame.f_code)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    ast.increment_lineno(tree, first - 1)
    found = tree.body[0]
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        raise CannotAsk("the failure is not in a function")
    return found


def _statement(frame: FrameType, line: int) -> ast.stmt:
    found = [
        node
        for node in ast.walk(_function(frame))
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if not found:
        raise CannotAsk("the failing line is not a statement of its own")
    return found[-1]


class _Asker(ast.NodeTransformer):
    """
    Replaces names by what they stand for.
    """

    def __init__(self, frame: FrameType, documents: Documents) -> None:
        self.frame = frame
        self.documents = documents
        self.function = _function(frame)
        self.roots: set[str] = {"RequirementFailed"}
        self.steps: set[int] = set()
        self.bound: set[str] = set()
        self.depth = 0

    def ask(self, statement: ast.stmt) -> Question:
        value = getattr(statement, "value", None)
        if value is None or any(isinstance(n, ast.Await) for n in ast.walk(value)):
            raise CannotAsk("the failing statement waits for the target")
        self.bound = {
            name.id
            for node in ast.walk(value)
            if isinstance(node, ast.comprehension)
            for name in ast.walk(node.target)
            if isinstance(name, ast.Name)
        }
        text = ast.unparse(ast.fix_missing_locations(self.visit(value)))
        if not self.steps:
            raise CannotAsk("the failing statement is not about an answer")
        return Question(text, frozenset(self.roots), frozenset(self.steps))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.bound:
            return node
        known = {**self.frame.f_globals, **self.frame.f_locals}
        if node.id not in known:
            if node.id in _BUILTINS and hasattr(builtins, node.id):
                return node
            raise CannotAsk(f"{node.id} is not known to a script")
        if node.id in self.frame.f_locals:
            assigned = self._assigned(node.id)
            if assigned is not None:
                return self._inlined(assigned)
        return self._global(node, known[node.id])

    def _inlined(self, assigned: ast.expr) -> ast.AST:
        self.depth += 1
        if self.depth > 20:  # noqa: PLR2004  a name that stands for itself
            raise CannotAsk("the failing statement is too deep")
        copy = ast.parse(ast.unparse(assigned), mode="eval").body
        self.bound |= {
            name.id
            for n in ast.walk(copy)
            if isinstance(n, ast.comprehension)
            for name in ast.walk(n.target)
            if isinstance(name, ast.Name)
        }
        found: ast.AST = self.visit(copy)
        self.depth -= 1
        return found

    def _assigned(self, name: str) -> ast.expr | None:
        """
        What a local name was assigned, when it was once and nothing was awaited for it.
        """
        found = [
            node.value
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign)
            and any(
                isinstance(n, ast.Name) and n.id == name for t in node.targets for n in ast.walk(t)
            )
        ]
        single = len(found) == 1 and not any(isinstance(n, ast.Await) for n in ast.walk(found[0]))
        return found[0] if single else None

    def _global(self, node: ast.Name, value: Any) -> ast.AST:
        if isinstance(value, ModuleType):
            if NAMESPACES.get(node.id) is not value:
                raise CannotAsk(f"{node.id} is not in a script")
            return node
        if isinstance(value, FunctionType | type):
            if value.__module__ not in {module.__name__ for module in MODULES}:
                raise CannotAsk(f"{node.id} is not in a script")
            self.roots.add(node.id)
            return node
        return self.encoded(value)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        base = node.value
        if isinstance(base, ast.Name) and NAMESPACES.get(base.id) is self._value(base):
            self.roots.add(node.attr)
            return node
        calls = any(isinstance(n, ast.Call) for n in ast.walk(node))
        if not calls and not self._is_bound(node) and not self._is_part_of_an_answer(base):
            return self.encoded(self._value(node))
        return self.generic_visit(node)

    def _is_part_of_an_answer(self, node: ast.expr) -> bool:
        """
        Whether the value hangs on an answer, or is plain data: then it is looked up again in a script.
        """
        if isinstance(self._value(node), Answer | bursts.Round | str | bytes | dict | list):
            return True
        return isinstance(node, ast.Attribute) and self._is_part_of_an_answer(node.value)

    def _is_bound(self, node: ast.AST) -> bool:
        return any(isinstance(n, ast.Name) and n.id in self.bound for n in ast.walk(node))

    def _value(self, node: ast.expr) -> Any:
        if self._is_bound(node) or any(isinstance(n, ast.Call) for n in ast.walk(node)):
            return None
        try:
            code = compile(
                ast.Expression(ast.parse(ast.unparse(node), mode="eval").body), "case", "eval"
            )
            return eval(code, self.frame.f_globals, dict(self.frame.f_locals))  # noqa: S307  the suite's own source
        except (NameError, AttributeError, LookupError, TypeError) as error:
            raise CannotAsk(f"{ast.unparse(node)} is not known") from error

    def encoded(self, value: Any) -> ast.expr:
        """
        An expression that has this value when the steps are played again.
        """
        return ast.parse(self._encoded(value), mode="eval").body

    def _encoded(self, value: Any) -> str:
        if isinstance(value, Answer):
            return self._answer(value)
        if isinstance(value, bursts.Round):
            self.roots.add("Round")
            return f"Round({self._encoded(value.subject)}, {self._encoded(value.answers)})"
        if value is None or isinstance(value, bool | int | float | bytes | str):
            return self._scalar(value)
        if isinstance(value, Mapping | Sequence | set | frozenset):
            return self._container(value)
        raise CannotAsk(f"a {type(value).__name__} is not made of answers")

    def _scalar(self, value: Any) -> str:
        is_id = isinstance(value, str) and len(value) >= _IDS_LENGTH_MIN
        place = self.documents.origin(value) if is_id else None
        return f"value({place[0]}, {place[1]!r})" if place else repr(value)

    def _container(self, value: Any) -> str:
        place = self.documents.place(value) if isinstance(value, dict | list) else None
        if place:
            self.steps.add(place[0])
            return f"value({place[0]}, {place[1]!r})"
        if isinstance(value, Mapping):
            pairs = (f"{k!r}: {self._encoded(v)}" for k, v in value.items())
            return "{" + ", ".join(pairs) + "}"
        return "[" + ", ".join(self._encoded(v) for v in value) + "]"

    def _answer(self, answer: Answer) -> str:
        index = self.documents.step_of(answer)
        if index is None:
            raise CannotAsk("an answer is not among the steps")
        self.steps.add(index)
        return f"answers[{index}]"
