"""
Asking the target: one question, one answer; a target that does not answer is an answer too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from conformance.harness.profile import Profile

_NO_ANSWER = 0
_OK, _MULTIPLE = 200, 300


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One answer; `status` 0 when there was none.
    """

    status: int
    document: Any
    text: str

    @property
    def accepted(self) -> bool:
        """
        Any 2xx with JSON: a page that answers every path is no API.
        """
        return _OK <= self.status < _MULTIPLE and self.document is not None

    def member(self, name: str) -> Any:
        """
        A member of the object, also where it is wrapped in `data`; None without it.
        """
        document = self.document
        if isinstance(document, dict) and name not in document:
            document = document.get("data")
        return document.get(name) if isinstance(document, dict) else None


class Asker:
    """
    Sends with the test merchant's credentials.
    """

    def __init__(self, http: httpx.AsyncClient, contract: Profile) -> None:
        self._http = http
        self.contract = contract

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        signed_in: bool = True,
    ) -> Reply:
        """
        One exchange.
        """
        auth = self.contract.auth
        sent = dict(headers or {})
        if signed_in:
            sent |= {auth["key_header"]: auth["key"], auth["secret_header"]: auth["secret"]}
        try:
            answer = await self._http.request(method, path, json=body, headers=sent)
        except httpx.HTTPError as error:
            return Reply(_NO_ANSWER, None, type(error).__name__)
        try:
            document = json.loads(answer.content)
        except (ValueError, RecursionError):
            document = None
        return Reply(answer.status_code, document, answer.text[:200])
