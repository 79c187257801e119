"""
Effect probes: how often a payment took effect at the merchant, asked from the merchant's own side.  A 200 proves nothing.
"""

import json
import shlex
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import httpx

from conformance.harness.outcomes import Blocked

_ANSWER_S: Final = 10.0
_MEMBERS: Final = ("count", "effects", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """
    A URL to GET or a shell command; `{payment_id}` and `{event_id}` in it are filled in.  It gives a whole number, alone or as JSON member `count`.
    """

    url: str | None = None
    command: str | None = None

    @property
    def given(self) -> bool:
        """
        Whether effects can be counted at all.
        """
        return bool(self.url or self.command)

    def count(self, payment_id: str, event_id: str) -> int:
        """
        How often this payment took effect.  Raises `Blocked` when the probe does not say.
        """
        ids = {"payment_id": payment_id, "event_id": event_id}
        if self.url:
            text = _fetched(_filled(self.url, {k: quote(v, safe="") for k, v in ids.items()}))
        else:
            text = _ran(_filled(self.command or "", {k: shlex.quote(v) for k, v in ids.items()}))
        found = _number(text)
        if found is None:
            raise Blocked(f"expected the probe to give a whole number, got {text[:120]!r}")
        return found


def _filled(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


@cache
def _http() -> httpx.Client:
    """
    One client for all questions: making one costs more than asking.
    """
    return httpx.Client(timeout=_ANSWER_S, trust_env=False)


def _fetched(url: str) -> str:
    try:
        answer = _http().get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Blocked(f"the probe did not answer: {type(error).__name__} {error}") from error
    if answer.status_code == httpx.codes.NOT_FOUND:
        return "0"
    if not answer.is_success:
        raise Blocked(f"the probe answered {answer.status_code}")
    return answer.text


def _ran(command: str) -> str:
    try:
        ended = subprocess.run(  # noqa: S602  the merchant's own command
            command, shell=True, capture_output=True, text=True, timeout=_ANSWER_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Blocked(f"the probe command took more than {_ANSWER_S:g} s") from error
    if ended.returncode != 0:
        raise Blocked(f"the probe command ended with {ended.returncode}: {ended.stderr[:120]}")
    return ended.stdout


def _number(text: str) -> int | None:
    try:
        document: Any = json.loads(text)
    except ValueError:
        return None
    if isinstance(document, dict):
        document = next((document[m] for m in _MEMBERS if m in document), None)
    if isinstance(document, list):
        return len(document)
    return document if isinstance(document, int) and not isinstance(document, bool) else None
