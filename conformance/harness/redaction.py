"""
Takes secrets and card numbers out of everything that is written down.  Source: features N19.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

REDACTED: Final = "[redacted]"
_NUMBERED: Final = re.compile(r"\\+u([0-9A-Fa-f]{4})")
_RUN: Final = re.compile(r"[0-9](?:[ .\-]{0,2}[0-9]){12,}")
#: A SHA-256 in hex, alone: its digits are no card number, and a signature with a hole is no evidence.
_DIGEST: Final = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Za-z])")
#: ISO/IEC 7812: a card number has 13 to 19 digits here; shorter ones are not in use any more.
_PAN_LENGTHS: Final = range(13, 20)
#: First digits that card networks use.  Without this, every tenth Unix time in milliseconds would vanish from the evidence.
_PAN_HEADS: Final = frozenset("234568")
_SECRET_HEADERS: Final = frozenset(
    {"x-api-secret", "authorization", "proxy-authorization", "cookie", "set-cookie"}
)
#: JSON members whose text is secret whatever it is: a target may make new secrets that nobody told us.
_NAMES: Final = r"[A-Za-z0-9_\-]*(?:secret|password|passwd|cvv|cvc|private_?key)"
_SECRET_MEMBERS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf'("{_NAMES}"\s*:\s*")((?:[^"\\]|\\.)*)',
        rf'(\\"{_NAMES}\\"\s*:\s*\\")(.*?)(?=\\")',
        rf'(\\?"{_NAMES}\\?"\s*:\s*)([0-9]+)',
    )
)
_SECRET_NAME: Final = re.compile(_NAMES, re.IGNORECASE)
#: A secret that the target showed is looked for everywhere once it is this long; shorter ones ("123") are ordinary text elsewhere.
_LEARNED_LENGTH_MIN: Final = 12
_REMEMBERED_LENGTH_MAX: Final = 200
_REMEMBERED_MAX: Final = 20_000


def _luhn(digits: str) -> bool:
    total = 0
    for index, character in enumerate(reversed(digits)):
        value = int(character) * (1 + index % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  digit sum
    return total % 10 == 0


def _any_escape(character: str) -> str:
    """
    A character as it is, behind backslashes of any JSON in JSON, as its number there, or percent-encoded.
    """
    percent = "".join(f"%{byte:02x}" for byte in character.encode())
    return rf"(?:\\*{re.escape(character)}|(?i:{percent})|\\+u(?i:{ord(character):04x}))"


def _spellings(secret: str) -> str:
    """
    A pattern of how a secret may look: escaped in JSON and URLs, and as base64.
    """
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return "|".join(("".join(map(_any_escape, secret)), "".join(map(_any_escape, encoded)) + "=*"))


def _plain(text: str) -> str:
    """
    The text without escapes: a quick look whether the slow search is worth it.
    """
    if "\\" in text:
        text = _NUMBERED.sub(lambda match: chr(int(match.group(1), 16)), text).replace("\\", "")
    return unquote(text) if "%" in text else text


@dataclass(frozen=True, slots=True)
class _Known:
    """
    One secret: what to look for first, and what to take out.
    """

    plain: tuple[str, str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, secret: str) -> "_Known":
        encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
        return cls((_plain(secret), encoded), re.compile(_spellings(secret)))


class Redactor:
    """
    Replaces known secrets, members that are secret by name, and anything that could be a card number.

    It learns: a secret that a target shows under such a name is replaced wherever it comes up afterwards.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known: dict[str, _Known] = {}
        # Headers and URLs repeat in every exchange.
        self._seen: dict[str, str] = {}
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """
        Replace this from now on; nothing and `[redacted]` itself are no secrets.
        """
        if secret and secret != REDACTED and secret not in self._known:
            found = {**self._known, secret: _Known.of(secret)}
            longest_first = sorted(found, key=lambda text: (-len(text), text))
            self._known = {name: found[name] for name in longest_first}
            self._seen.clear()

    def learn_from(self, text: str) -> None:
        """
        Learn the secrets that a body shows under a secret's name.
        """
        for pattern in _SECRET_MEMBERS:
            for match in pattern.finditer(text):
                if len(match.group(2)) >= _LEARNED_LENGTH_MIN:
                    self.learn(match.group(2))

    def text(self, text: str) -> str:
        """
        The text without secrets.
        """
        if len(text) > _REMEMBERED_LENGTH_MAX:
            return self._search(text)
        shown = self._seen.get(text)
        if shown is None:
            if len(self._seen) >= _REMEMBERED_MAX:
                self._seen.clear()
            shown = self._seen[text] = self._search(text)
        return shown

    def _search(self, text: str) -> str:
        for pattern in _SECRET_MEMBERS:
            text = pattern.sub(_without_member, text)
        plain = _plain(text)
        for known in self._known.values():
            if any(form in plain for form in known.plain):
                text = known.pattern.sub(REDACTED, text)
        kept = _DIGEST.findall(text)
        pieces = _DIGEST.split(text)
        shown = [_RUN.sub(_without_cards, piece) for piece in pieces]
        return "".join(part for pair in zip(shown, [*kept, ""], strict=True) for part in pair)

    def body(self, body: bytes) -> dict[str, str]:
        """
        A body as JSON's text, or as base64 when it is not text; nothing when it is empty.
        """
        if not body:
            return {}
        try:
            return {"text": self.text(body.decode())}
        except UnicodeDecodeError:
            plain = self.text(body.decode("latin-1"))
            return {"base64": base64.b64encode(plain.encode("latin-1")).decode()}

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """
        The headers without secrets.
        """
        return {
            self.text(name): REDACTED if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }

    def tree(self, value: Any) -> Any:
        """
        JSON without secrets, names of members included.  A pair that names a secret header loses its value.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            shown = self.text(str(value))
            return value if shown == str(value) else shown
        if isinstance(value, list | tuple):
            if len(value) == 2 and isinstance(value[0], str):  # noqa: PLR2004  a header's name and value
                return [self.text(value[0]), self._member(value[0], value[1])]
            return [self.tree(member) for member in value]
        if isinstance(value, dict):
            return {self.text(name): self._member(name, member) for name, member in value.items()}
        return value

    def _member(self, name: str, value: Any) -> Any:
        secret = name.lower() in _SECRET_HEADERS or _SECRET_NAME.fullmatch(name) is not None
        return REDACTED if secret and isinstance(value, str | int) and value else self.tree(value)


def _without_member(match: re.Match[str]) -> str:
    name, value = match.groups()
    shown = REDACTED if name.rstrip().endswith('"') else f'"{REDACTED}"'
    return name + (shown if value else "")


def _without_cards(match: re.Match[str]) -> str:
    """
    The run of digits without its card numbers: every window of 13 to 19 digits that could be one goes, overlapping ones too, so no tail is left.
    """
    run = match.group()
    places = [index for index, character in enumerate(run) if character.isdigit()]
    digits = "".join(run[index] for index in places)
    hidden = [False] * len(run)
    for start, head in enumerate(digits):
        if head not in _PAN_HEADS:
            continue
        for length in _PAN_LENGTHS:
            end = start + length
            if end <= len(digits) and _luhn(digits[start:end]):
                span = range(places[start], places[end - 1] + 1)
                for index in span:
                    hidden[index] = True
    shown: list[str] = []
    for index, character in enumerate(run):
        if not hidden[index]:
            shown.append(character)
        elif index == 0 or not hidden[index - 1]:
            shown.append(REDACTED)
    return "".join(shown)
