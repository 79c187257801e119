"""
Writes the script of one failure.
"""

import ast
import inspect
import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final

from conformance.harness.evidence import Exchange
from conformance.harness.profile import Profile
from conformance.harness.redaction import Redactor
from conformance.harness.repro import clock, rng, runtime
from conformance.harness.repro.bundling import CannotBundle, bundle
from conformance.harness.repro.judging import CannotAsk, Question, question_of
from conformance.harness.repro.steps import Documents
from conformance.harness.requirements import Requirement

_ALWAYS: Final = frozenset(
    {
        "Answer",
        "Profile",
        "contract_document",
        "RequirementFailed",
        "Dialect",
        "codes",
        "statuses",
        "shape",
    }
)
#: What taking a case's source apart can run into; a repro that cannot be written must not end the run.
_UNFORESEEN: Final = (
    OSError, SyntaxError, LookupError, TypeError, ValueError, AttributeError, RecursionError,
)  # fmt: skip
_GLUE: Final = '''
class Headers(dict):
    """Names in any case."""
    def get(self, name, default=None):
        return dict.get(self, name.lower(), default)
    def __getitem__(self, name):
        return dict.__getitem__(self, name.lower())
    def __contains__(self, name):
        return dict.__contains__(self, str(name).lower())

PROFILE = Profile(SCRIPT["profile"]["name"], SCRIPT["profile"])

def make_answer(status, headers, body):
    try:
        document = PROFILE.contract_document(json.loads(body))
    except (ValueError, RecursionError):
        document = None
    lower = Headers({name.lower(): value for name, value in headers.items()})
    return Answer(status=status, headers=lower, body=body, document=document, profile=PROFILE)

def expect_done(answer):
    state = answer.document.get("status") if isinstance(answer.document, dict) else None
    if state in ("pending", "processing", None):
        raise RequirementFailed(f"still {state}: {answer.body[:200]!r}")
'''


def make_script(
    requirement: Requirement,
    *,
    reason: str,
    target: str,
    profile: Profile,
    exchanges: Sequence[Exchange],
    trace: TracebackType | None,
    redactor: Redactor,
) -> str | None:
    """
    The whole text; None when there was no exchange at all.  When the suite's expectation cannot be asked outside of it, the script says CANNOT SAY.
    """
    if not exchanges:
        return None
    documents = Documents(exchanges, profile)
    try:
        question = question_of(trace, documents)
        library = bundle(question.roots | _ALWAYS)
    except (CannotAsk, CannotBundle, *_UNFORESEEN) as problem:
        question, library = _no_question(str(problem)), bundle(_ALWAYS)
    data = {
        "id": requirement.id,
        "sentence": requirement.sentence,
        "reason": " ".join(reason.split()),
        "target": target,
        "clock": profile.data["paths"].get("clock", ""),
        "profile": _public(profile, redactor),
        "steps": documents.rendered(redactor, question.steps),
    }
    return _text(requirement, data, question, library)


def _no_question(why: str) -> Question:
    text = f"cannot_say({why!r})"
    return Question(text, frozenset(), frozenset())


def _public(profile: Profile, redactor: Redactor) -> dict[str, Any]:
    """
    What expectations need of the profile; no credentials.
    """
    kept = ("name", "shape", "status", "codes", "answers", "fields", "states", "capabilities")
    shown: dict[str, Any] = redactor.tree({k: profile.data[k] for k in kept if k in profile.data})
    return {"name": profile.name, **shown}


def _runtime() -> tuple[str, str]:
    """
    Imports and the rest of the runtime, its docstring left out.
    """
    heads: list[str] = []
    rest: list[str] = []
    for module in (clock, rng, runtime):
        for node in ast.parse(inspect.getsource(module)).body[1:]:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                rest.append(ast.unparse(node))
            elif "conformance" not in ast.unparse(node):
                heads.append(ast.unparse(node))
    return "\n".join(sorted({*heads, "import types"})), "\n\n".join(rest)


def _text(requirement: Requirement, data: dict[str, Any], question: Question, library: str) -> str:
    imports, rest = _runtime()
    head = (
        f'"""\n{requirement.id}: {requirement.sentence}\n\nPlays the {len(data["steps"])} requests of the failed case again and asks the same question. '
        "Standard library only.\n\n    API_KEY=... API_SECRET=... python3 "
        f'{requirement.id}.py [--target http://host:port]\n\nExit status: 0 FIXED, 1 STILL FAILING, 2 wrong usage, 3 CANNOT SAY, 4 unreachable.\n"""\n'
    )
    script = json.dumps(data, indent=1, ensure_ascii=True)
    return (
        f"{head}{imports}\n\nSCRIPT = json.loads(r'''\n{_raw(script)}\n''')\n\n\n"
        "def judge(answers):\n"
        '    """\n    The question that failed, about the answers to the steps.\n    """\n'
        "    def value(step, path):\n        return member_at(answers[step].document, path)\n\n"
        "    def cannot_say(why):\n        raise CannotSay(f'only the suite can look at this ({why}); run: paywright replay')\n\n"
        f"    {question.text}\n\n\n"
        f"# From here on: the suite's expectations and what plays the steps.\n{library}\n{_GLUE}\n{rest}\n\n"
        'if __name__ == "__main__":\n    sys.exit(reproduce(SCRIPT, make_answer, judge, RequirementFailed, Dialect))\n'
    )


def _raw(script: str) -> str:
    """
    JSON inside a raw literal of three single quotes: no quote may stand in it.
    """
    return script.replace("'", "\\u0027")
