"""
The style guide's [check] rules over the syntax tree.  Each finding says file, line, rule, and what to write instead.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "gateway",
    "simulator",
    "conformance",
    "merchant_receiver",
    "sdk",
    "dashboard",
    "paywright",
)
MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
HANDLER_LINES_MAX = 25

#: Rule, file, reason.  Nothing else is excused.
EXCEPTIONS = {
    (
        "clock",
        "conformance/harness/ports.py",
    ): "pauses while a helper process starts, before any clock exists",
    (
        "function-size",
        "merchant_receiver/app.py",
    ): "a table of routes; each inner handler is a few lines",
    ("function-size", "gateway/config.py"): "one line per setting",
    ("function-size", "simulator/config.py"): "one line per setting",
    (
        "handler-size",
        "conformance/cases/idempotency/test_idempotency.py",
    ): "the burst's rounds stand in the case so that the report shows them",
}

_TIME = {
    "datetime.now",
    "datetime.utcnow",
    "date.today",
    "time.time",
    "time.monotonic",
    "time.sleep",
    "time.perf_counter",
}
_RANDOM_MODULES = {"random", "secrets"}
_VAGUE = {"utils", "common", "misc", "helpers"}
_ENTRY_POINTS = {"app.py", "worker.py", "cli.py"}


@dataclass(frozen=True)
class Finding:
    """
    One broken rule.
    """

    rule: str
    path: str
    line: int
    advice: str

    def __str__(self) -> str:
        """
        As a compiler says it.
        """
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _origins(tree: ast.AST) -> dict[str, str]:
    """
    What each imported name stands for: `t` is `time`, `nap` is `asyncio.sleep`.
    """
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found


def _called(node: ast.Call, origins: dict[str, str]) -> str:
    first, dot, rest = _dotted(node.func).partition(".")
    return f"{origins.get(first, first)}{dot}{rest}"


def _is_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
    )


def _size(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1


def _decorated(node: ast.FunctionDef | ast.AsyncFunctionDef, names: tuple[str, ...]) -> bool:
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if _dotted(call).rpartition(".")[2] in names:
            return True
    return False


def time_and_randomness(path: str, tree: ast.AST) -> Iterator[Finding]:
    """
    Only clock.py and rng.py ask the machine.
    """
    if Path(path).name in ("clock.py", "rng.py"):
        return
    origins = _origins(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ".".join(_called(node, origins).split(".")[-2:]) in _TIME:
            yield Finding(
                "clock",
                path,
                node.lineno,
                f"{_dotted(node.func)}() reads the machine's time; take a Clock from the entry point",
            )
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in _RANDOM_MODULES:
                    yield Finding(
                        "rng",
                        path,
                        node.lineno,
                        f"import {alias.name} belongs in rng.py; take an Rng from the entry point",
                    )
        if isinstance(node, ast.ImportFrom) and node.module in _RANDOM_MODULES:
            yield Finding(
                "rng",
                path,
                node.lineno,
                f"import from {node.module} belongs in rng.py; take an Rng from the entry point",
            )
        if isinstance(node, ast.Call) and _dotted(node.func).rpartition(".")[2] in (
            "uuid1",
            "uuid4",
            "urandom",
        ):
            yield Finding("rng", path, node.lineno, "draw ids from the Rng")


def sizes(path: str, tree: ast.AST, text: str) -> Iterator[Finding]:
    """
    Modules, functions, handlers and cases stay small.
    """
    lines = text.count("\n")
    if lines > MODULE_LINES_MAX:
        yield Finding(
            "module-size", path, 1, f"{lines} lines; split by noun below {MODULE_LINES_MAX}"
        )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = _size(node) - _docstring_lines(node)
            if body > FUNCTION_LINES_MAX:
                yield Finding(
                    "function-size",
                    path,
                    node.lineno,
                    f"{node.name} has {body} lines; at most {FUNCTION_LINES_MAX}",
                )
            small = _decorated(node, ("get", "post", "put", "delete", "requirement"))
            if small and body > HANDLER_LINES_MAX:
                yield Finding(
                    "handler-size",
                    path,
                    node.lineno,
                    f"{node.name} has {body} lines; handlers and cases have at most {HANDLER_LINES_MAX}",
                )


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return _size(first) if is_docstring else 0


def names(path: str) -> Iterator[Finding]:
    """
    A module is called after its idea.
    """
    for part in Path(path).parts:
        if part.removesuffix(".py") in _VAGUE:
            yield Finding("vague-name", path, 1, f"{part} says nothing; name the idea")


def exceptions(path: str, tree: ast.AST) -> Iterator[Finding]:
    """
    Nothing is caught by the dozen, nothing is swallowed silently.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        caught = {_dotted(one) if one is not None else "everything" for one in types}
        if (
            caught & {"Exception", "BaseException", "everything"}
            and Path(path).name not in _ENTRY_POINTS
        ):
            reraises = isinstance(node.body[-1], ast.Raise)
            if not reraises:
                yield Finding(
                    "broad-except", path, node.lineno, "catch the classes that you expect"
                )
        if len(node.body) == 1 and _is_nothing(node.body[0]):
            yield Finding(
                "silent-except",
                path,
                node.lineno,
                "say why with contextlib.suppress of a narrow class",
            )


def docstrings(path: str, tree: ast.Module) -> Iterator[Finding]:
    """
    Every public thing has one, and it begins on the line after the quotes.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        text = ast.get_docstring(node, clean=False)
        if text is not None and not text.startswith("\n"):
            yield Finding(
                "docstring",
                path,
                getattr(node, "lineno", 1),
                "begin the text on the line after the quotes",
            )


def sleeps(path: str, tree: ast.AST) -> Iterator[Finding]:
    """
    Cases wait for something, never for a while.
    """
    if not path.startswith("conformance/cases"):
        return
    origins = _origins(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node, origins).endswith("sleep"):
            yield Finding("bare-sleep", path, node.lineno, "wait for a condition with wait_until")


def floats(path: str, tree: ast.AST) -> Iterator[Finding]:
    """
    No float where money is (invariant S17).
    """
    if not re.match(
        r"gateway/(domain/(money|ledger|payment|refund|order)|services/(payments|refunds|captures|orders))",
        path,
    ):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.AnnAssign | ast.arg) or node.annotation is None:
            continue
        if "float" in ast.unparse(node.annotation) and "minor" in ast.unparse(node):
            yield Finding("float-money", path, node.lineno, "amounts are integers in minor units")


def check(path: str, text: str) -> list[Finding]:
    """
    Every rule over one module.
    """
    tree = ast.parse(text)
    found = [
        *time_and_randomness(path, tree), *sizes(path, tree, text), *names(path), *exceptions(path, tree), *docstrings(path, tree),
        *sleeps(path, tree), *floats(path, tree),
    ]  # fmt: skip
    return [finding for finding in found if (finding.rule, path) not in EXCEPTIONS]


def product_files() -> list[Path]:
    """
    Every module of the product.
    """
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
